//! `json_schema`: a schema as it stands, or the path of a file that holds one.

use serde_json::Value;

use crate::{
    config::{Node, Section},
    expect::expectation::Expectation,
};

/// The expectation, and the schema itself: files that are written of it need no other file.
#[cfg(feature = "json-schema")]
pub(super) fn json_schema(
    section: &Section<'_>,
    key: &'static str,
    node: &Node,
) -> Option<(Expectation, Value)> {
    use crate::{config::NodeValue, expect::schema::Schema};

    let schema = match &node.value {
        NodeValue::Text(path) => file::read(section, key, node, path)?,
        NodeValue::Mapping(_) | NodeValue::Bool(_) => node.to_json(),
        _ => return section.wrong(key, node, "a schema, or the path of a file that holds one"),
    };
    match Schema::compile(&schema) {
        Ok(compiled) => Some((Expectation::JsonSchema(compiled), schema)),
        Err(error) => {
            let reason = format!("this is no JSON Schema: {error}");
            let hint = "nothing is fetched: what a schema refers to stands in it, under `$defs`";
            section.invalid(key, node, &reason, hint)
        }
    }
}

#[cfg(not(feature = "json-schema"))]
pub(super) fn json_schema(
    section: &Section<'_>,
    key: &'static str,
    node: &Node,
) -> Option<(Expectation, Value)> {
    let reason = "this build judges by no JSON Schema";
    let hint = "build with the feature `json-schema` of `fluxloop` (of `cargo-fluxloop`: on unless it was switched off)";
    section.invalid(key, node, reason, hint)
}

#[cfg(feature = "json-schema")]
mod file {
    use std::path::{Path, PathBuf};

    use serde_json::Value;

    use crate::config::{
        ConfigError, ErrorKind, INPUTS_LIMITS, Node, Origin, Section, SourceFile, parse,
    };

    /// Longer schemas are somebody's mistake: 1 MiB.
    const MOST_BYTES: u64 = 1 << 20;

    /// The value in a file that is named relative to the file that names it.
    pub(super) fn read(
        section: &Section<'_>,
        key: &'static str,
        node: &Node,
        path: &str,
    ) -> Option<Value> {
        let path = resolved(node, path);
        if !path.is_file() {
            let reason = format!("there is no file {}", path.display());
            let hint = "name it relative to the file that this stands in";
            return section.invalid(key, node, &reason, hint);
        }
        match value(&path) {
            Ok(value) => Some(value),
            Err(error) => {
                section.problems().error(error);
                None
            }
        }
    }

    fn resolved(node: &Node, path: &str) -> PathBuf {
        let folder = match &node.origin {
            Origin::File { source, .. } => source.path.parent(),
            _ => None,
        };
        folder
            .unwrap_or(Path::new(""))
            .join(path)
            .components()
            .collect()
    }

    fn value(path: &Path) -> Result<Value, ConfigError> {
        let source = SourceFile::read(path, path.parent().unwrap_or(path), MOST_BYTES)?;
        if path.extension().is_some_and(|ending| ending == "json") {
            return serde_json::from_str(&source.text).map_err(|error| {
                let message = format!("{}: {error}", path.display());
                ConfigError::new(ErrorKind::Syntax { message })
            });
        }
        Ok(parse(&source, INPUTS_LIMITS)?.to_json())
    }
}

use std::{path::Path, sync::Arc};

use super::{
    Format, Inputs, RawInput, csv, decode_entries, json,
    list::{list, no_inputs},
    written::as_written,
};
use crate::config::{
    Config, ConfigError, ConfigErrors, DEFAULT_INPUTS, ErrorKind, INPUTS_LIMITS, MAX_INPUTS_BYTES,
    Node, Problems, SourceFile, parse, shown_path, to_text,
};

/// Loads the inputs of a configuration: of its inputs files, one after the other, or its own `base_inputs` where it has
/// none.
///
/// # Errors
///
/// Every entry that is wrong; a file that is missing, unreadable or not in the format that its name says; no input at
/// all.
pub fn load_inputs(config: &Config) -> Result<Inputs, ConfigErrors> {
    if !config.inputs_files.is_empty() {
        return from_files(config);
    }
    if !config.base_inputs.is_empty() {
        return Ok(Inputs {
            entries: config.base_inputs.clone(),
            yaml: to_text(&as_written(&config.base_inputs)),
            files: Vec::new(),
            warnings: Vec::new(),
        });
    }
    let path = config.project_directory.join(DEFAULT_INPUTS);
    let path = shown_path(&path, &config.shown_from);
    let message =
        format!("no inputs: there is no {path}, and the configuration has no `base_inputs`");
    let example = Format::Yaml.example();
    Err(ConfigError::new(ErrorKind::NoInputs(message))
        .with_hint(format!(
            "name a file with `inputs_file` (`--inputs`), or write {path}, for example:\n\n{example}"
        ))
        .into())
}

fn from_files(config: &Config) -> Result<Inputs, ConfigErrors> {
    let problems = Problems::default();
    let mut entries = Vec::new();
    let mut verbatim = None;
    for path in &config.inputs_files {
        match read(path, &config.shown_from, &problems) {
            Ok((read, text)) => {
                entries.extend(read);
                verbatim = text;
            }
            Err(error) => problems.error(error),
        }
        if problems.are_many() {
            problems.error(ConfigError::new(ErrorKind::Invalid {
                subject: shown_path(path, &config.shown_from),
                reason: "so many errors that the rest was not read".to_owned(),
            }));
            break;
        }
    }
    let (entries, warnings) = problems.into_result(entries)?;
    let yaml = match verbatim {
        // What it takes from files beside it would not be beside the copy.
        Some(text) if config.inputs_files.len() == 1 && !reads_files(&entries) => text,
        _ => written_again(&entries)?,
    };
    Ok(Inputs {
        entries,
        yaml,
        files: config.inputs_files.clone(),
        warnings,
    })
}

/// The entries of a file, and its text where that can be kept as it is.
fn read(
    path: &Path,
    shown_from: &Path,
    problems: &Problems,
) -> Result<(Vec<RawInput>, Option<String>), ConfigError> {
    if !path.exists() {
        let kind = ErrorKind::NotFound {
            what: "inputs file",
            path: path.to_path_buf(),
        };
        return Err(ConfigError::new(kind).with_hint("check `inputs_file` or `--inputs`"));
    }
    let format = Format::of(path, &shown_path(path, shown_from))?;
    let source = SourceFile::read(path, shown_from, MAX_INPUTS_BYTES)?;
    let before = problems.count();
    let tree = tree(&source, format, problems)?;
    let (items, name) = list(&tree, format, problems);
    if items.is_empty() && problems.count() == before {
        return Err(no_inputs(&source.shown, format));
    }
    let entries = decode_entries(items, name, format, problems);
    drop(tree);
    let text = (format == Format::Yaml)
        .then(|| Arc::try_unwrap(source).map_or_else(|source| source.text.clone(), |it| it.text));
    Ok((entries, text))
}

fn tree(
    source: &Arc<SourceFile>,
    format: Format,
    problems: &Problems,
) -> Result<Node, ConfigError> {
    match format {
        Format::Yaml => parse(source, INPUTS_LIMITS),
        Format::Json => json::document(source),
        Format::JsonLines => json::lines(source, problems),
        Format::Csv => csv::rows(source, problems),
    }
}

fn reads_files(entries: &[RawInput]) -> bool {
    entries.iter().any(|entry| entry.expect.reads_files())
}

/// The inputs as one YAML file, which an experiment keeps and can be run from.
fn written_again(entries: &[RawInput]) -> Result<String, ConfigError> {
    let yaml = to_text(&as_written(entries));
    if yaml.len() as u64 <= MAX_INPUTS_BYTES {
        return Ok(yaml);
    }
    let kind = ErrorKind::TooLarge {
        file: "all inputs together as YAML".to_owned(),
        limit: MAX_INPUTS_BYTES,
    };
    Err(ConfigError::new(kind).with_hint("run them in several experiments"))
}

use fluxloop::{
    config::{LoadRequest, Setting, ValueSource, load, setting},
    edit::edit_file,
    secret::{MASK, looks_secret},
};
use serde_json::Value;

use super::super::{Invocation, error::CommandError, exit, plan};
use crate::cli::SetArguments;

/// `cargo fluxloop config set`: one value of one file, and nothing else of it.
pub(super) fn execute(
    arguments: &SetArguments,
    invocation: &Invocation,
) -> Result<i32, CommandError> {
    let request = plan::request(&arguments.project, &[])?;
    let setting = setting(&request, &arguments.key, &arguments.value)?;
    let shell = &invocation.shell;
    for warning in &setting.warnings {
        shell.text(&warning.report());
    }
    edit_file(&setting.file, |_| Ok(setting.text.clone()))?;
    let Setting {
        shown, line, key, ..
    } = &setting;
    let new = described(key, &setting.new);
    match &setting.old {
        Some(old) if *old == setting.new => {
            shell.info(format_args!("{shown}:{line}: `{key}` is {new} already"));
        }
        Some(old) => {
            let old = described(key, old);
            shell.info(format_args!(
                "{shown}:{line}: `{key}` was {old} and is {new}"
            ));
        }
        None => shell.info(format_args!(
            "{shown}:{line}: `{key}` was not set and is {new}"
        )),
    }
    if let Some(winner) = winner(&request, key) {
        shell.warn(format_args!("`{key}` has no effect: {winner} wins over it"));
    }
    Ok(exit::OK)
}

/// A value as people see it.
fn described(key: &str, value: &Value) -> String {
    let is_secret = key.split('.').next_back().is_some_and(looks_secret) && !key.ends_with("_env");
    if is_secret && !value.is_null() {
        return MASK.to_owned();
    }
    match value {
        Value::Null => "unset".to_owned(),
        other => format!("`{other}`"),
    }
}

/// What overrides the key in this environment.
fn winner(request: &LoadRequest, key: &str) -> Option<String> {
    let effective = load(request).ok()?.effective();
    let other_spelling = match key {
        "runner.iterations" => "iterations",
        "output.directory" => "output_directory",
        same => same,
    };
    let is_meant = |found: &str| found == key || found == other_spelling;
    let value = effective
        .values
        .into_iter()
        .find(|value| is_meant(&value.key))?;
    match value.source {
        ValueSource::File { .. } | ValueSource::Default => None,
        other => Some(other.to_string()),
    }
}

use std::{io, path::Path};

use fluxloop::{
    artifact::GitQuestion,
    config::{Config, ConfigError, LoadRequest},
    summary::words::plural,
};

use super::{super::inspection::Inspection, generation, supervisor};
use crate::terminal::{Check, Health};

/// What shows more than the first mistake.
const ALL: &str = "`cargo fluxloop config validate` shows each with its line";

/// The files themselves.
pub(super) fn configuration(inspection: &Inspection, request: &LoadRequest) -> Check {
    const NAME: &str = "configuration";
    match &inspection.config_errors[..] {
        [] => {}
        [only] => return located(NAME, only),
        [first, ..] => {
            let count = inspection.config_errors.len();
            let message = format!("{count} errors; the first: {}", line(first));
            return Check::new(NAME, Health::Fail, message).with_fix(ALL);
        }
    }
    let files = inspection.config.iter().flat_map(|config| &config.files);
    let files: Vec<String> = files.map(|file| shown(file, request)).collect();
    let files = files.join(", ");
    match &inspection.warnings[..] {
        [] => Check::new(NAME, Health::Ok, files),
        [only] => {
            let check = Check::new(NAME, Health::Warn, format!("{files}: {only}"));
            check.with_fix(only.hint().unwrap_or(ALL))
        }
        [first, ..] => {
            let count = inspection.warnings.len();
            let message = format!("{files}: {count} warnings; the first: {first}");
            Check::new(NAME, Health::Warn, message).with_fix(ALL)
        }
    }
}

/// What the configuration leads to.
pub(super) fn checks(
    config: &Config,
    inspection: &Inspection,
    request: &LoadRequest,
) -> Vec<Check> {
    let mut checks = Vec::new();
    checks.extend(inputs(inspection, request));
    checks.push(personas(config));
    checks.extend(plan(config, inspection));
    checks.push(supervisor::check(config, inspection, request));
    checks.extend(generation::check(config, request));
    checks.push(output(&config.output.directory, request));
    checks.push(git(&config.runner.working_directory));
    checks
}

fn inputs(inspection: &Inspection, request: &LoadRequest) -> Option<Check> {
    const NAME: &str = "inputs";
    let check = match inspection.inputs.as_ref()? {
        Ok(inputs) => {
            let files: Vec<String> = inputs
                .files
                .iter()
                .map(|file| shown(file, request))
                .collect();
            let place = if files.is_empty() {
                "`base_inputs` of the configuration".to_owned()
            } else {
                files.join(", ")
            };
            let message = format!("{} in {place}", plural(inputs.entries.len(), "input"));
            Check::new(NAME, Health::Ok, message)
        }
        Err(errors) => match &errors[..] {
            [first, _, ..] => {
                let message = format!("{} errors; the first: {}", errors.len(), line(first));
                Check::new(NAME, Health::Fail, message).with_fix(ALL)
            }
            errors => located(NAME, errors.first()?),
        },
    };
    Some(check)
}

fn personas(config: &Config) -> Check {
    let names = |names: &mut dyn Iterator<Item = &str>| names.collect::<Vec<_>>().join(", ");
    let all = names(&mut config.personas.iter().map(|persona| persona.name.as_str()));
    let message = match (&config.persona_filter, config.personas.len()) {
        (Some(kept), count) => {
            let kept = names(&mut kept.iter().map(String::as_str));
            format!("{count} configured, of which these are kept: {kept}")
        }
        (None, 0) => "none: inputs are asked as they stand".to_owned(),
        (None, count) => format!("{count}: {all}"),
    };
    Check::new("personas", Health::Ok, message)
}

fn plan(config: &Config, inspection: &Inspection) -> Option<Check> {
    let plan = match inspection.plan.as_ref()? {
        Ok(plan) => plan,
        Err(error) => {
            let check = Check::new("plan", Health::Fail, error.to_string());
            return Some(check.with_fix(error.hint()));
        }
    };
    let (runs, inputs) = (plan.len(), plan.inputs());
    let mut parts = vec![format!(
        "{} of {}",
        plural(runs, "run"),
        plural(inputs, "input")
    )];
    if !plan.personas().is_empty() {
        parts.push(format!("by {}", plural(plan.personas().len(), "persona")));
    }
    parts.push(plural(plan.iterations().get(), "iteration"));
    parts.push(format!("{} at a time", config.parallel));
    if plan.left_out() > 0 {
        parts.push(format!("{} left out", plural(plan.left_out(), "case")));
    }
    Some(Check::new("plan", Health::Ok, parts.join(", ")))
}

/// Whether experiments can be written there. Nothing is left behind.
fn output(directory: &Path, request: &LoadRequest) -> Check {
    const NAME: &str = "output";
    let place = shown(directory, request);
    // What is missing is made by the first experiment.
    let existing = directory.ancestors().find(|folder| folder.exists());
    let tried = match existing {
        Some(folder) if folder.is_dir() => tempfile::tempfile_in(folder).map(drop),
        Some(_) => Err(io::ErrorKind::NotADirectory.into()),
        None => Err(io::ErrorKind::NotFound.into()),
    };
    match tried {
        Ok(()) => Check::new(NAME, Health::Ok, format!("{place} can be written")),
        Err(error) => {
            let message = format!("{place} cannot be written: {error}");
            Check::new(NAME, Health::Fail, message)
                .with_fix("name another folder: `output.directory`, or `--output-dir`")
        }
    }
}

fn git(directory: &Path) -> Check {
    let Some(state) = GitQuestion::ask(directory.to_owned()).answer() else {
        let message = "no commit: experiments cannot say which code they are of";
        return Check::new("git", Health::Warn, message).with_fix("git init, and commit");
    };
    let commit: String = state.commit.chars().take(10).collect();
    let dirty = if state.dirty {
        ", with changes that are not committed"
    } else {
        ""
    };
    Check::new("git", Health::Ok, format!("commit {commit}{dirty}"))
}

/// A mistake with its place.
fn located(name: &'static str, error: &ConfigError) -> Check {
    let check = Check::new(name, Health::Fail, line(error));
    match error.hint() {
        Some(hint) => check.with_fix(hint),
        None => check.with_fix(ALL),
    }
}

fn line(error: &ConfigError) -> String {
    match error.place() {
        Some(place) => format!("{}:{}:{}: {error}", place.file, place.line, place.column),
        None => error.to_string(),
    }
}

/// A path as messages name it.
pub(super) fn shown(path: &Path, request: &LoadRequest) -> String {
    let path = path
        .strip_prefix(&request.current_directory)
        .unwrap_or(path);
    path.display().to_string()
}

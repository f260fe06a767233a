//! `runner`: which agent, where, and how long.

use std::{collections::BTreeMap, num::NonZeroU32};

use super::{
    MASK, Section, Surroundings,
    experiment::{deadline, given_count, preferred, seconds},
    looks_secret,
};
use crate::config::{
    Runner,
    error::Warning,
    node::{Entry, NodeValue},
};

/// What only the Python version reads.
const PYTHON_ONLY: [&str; 4] = [
    "python_path",
    "requirements_file",
    "setup_commands",
    "use_docker",
];
/// What only it reads, too, by the beginnings of the keys.
const PYTHON_ONLY_PREFIXES: [&str; 2] = ["docker_", "factory"];

/// Variables of `.env` that are the live service's: an experiment does not add its own calls to what the service records.
const OF_THE_SERVICE: [&str; 3] = [
    "FLUXLOOP_RECORD_ARGS",
    "FLUXLOOP_RECORDING_FILE",
    "FLUXLOOP_RECORDING_MAX_BYTES",
];

/// The section, and the key of it that belongs to the experiment.
pub(super) struct Decoded {
    pub(super) runner: Runner,
    pub(super) iterations: NonZeroU32,
}

pub(super) fn section(
    root: &Section<'_>,
    surroundings: &Surroundings<'_>,
    secrets: &mut Vec<String>,
) -> Decoded {
    let other = given_count(root, "iterations");
    let (runner, page) = root.section("runner", |section| {
        warn_of_python_keys(section, &PYTHON_ONLY, &PYTHON_ONLY_PREFIXES);
        (
            runner(section, surroundings, secrets),
            given_count(section, "iterations"),
        )
    });
    let iterations = preferred(root, ("runner.iterations", page), ("iterations", other));
    Decoded {
        runner,
        iterations: iterations.unwrap_or(NonZeroU32::MIN),
    }
}

fn runner(
    section: &Section<'_>,
    surroundings: &Surroundings<'_>,
    secrets: &mut Vec<String>,
) -> Runner {
    let own = section.section("environment_vars", |section| {
        variables(section, surroundings)
    });
    secrets.extend(
        own.iter()
            .filter(|(name, _)| looks_secret(name))
            .map(|(_, value)| value.clone()),
    );
    let is_set = |name: &String| {
        surroundings
            .environment
            .get(name)
            .is_some_and(|value| !value.is_empty())
    };
    let dotenv = surroundings
        .dotenv
        .iter()
        .filter(|(name, _)| !is_set(name) && !OF_THE_SERVICE.contains(&name.as_str()));
    let mut environment: BTreeMap<_, _> = dotenv
        .map(|(name, value)| (name.clone(), value.clone()))
        .collect();
    environment.extend(own);
    let retries = section.whole("max_retries", 0, u32::MAX.into());
    Runner {
        target: target(section),
        working_directory: surroundings.path_or(section, "working_directory", "."),
        environment,
        timeout: deadline(section, "timeout_seconds", 120),
        max_retries: retries
            .and_then(|retries| u32::try_from(retries).ok())
            .unwrap_or(3),
        retry_delay: seconds(section, "retry_delay", 5),
        crash_rerun: section.switch("crash_rerun").unwrap_or(true),
    }
}

/// `target`, or the two keys that say the same in older configurations.
fn target(section: &Section<'_>) -> Option<String> {
    let module = name_without_spaces(section, "module_path");
    let function = name_without_spaces(section, "function_name");
    let target = name_without_spaces(section, "target");
    target.or_else(|| match (module, function) {
        (Some(module), function) => {
            Some(format!("{module}:{}", function.as_deref().unwrap_or("run")))
        }
        (None, function) => function,
    })
}

fn name_without_spaces(section: &Section<'_>, key: &'static str) -> Option<String> {
    let name = section.name(key)?;
    if name.contains(char::is_whitespace) {
        return section.wrong(
            key,
            section.node(key)?,
            "`module.path:function` without spaces",
        );
    }
    Some(name)
}

/// The variables of the agents' process. One that was masked when the configuration was written is not set.
fn variables(section: &Section<'_>, surroundings: &Surroundings<'_>) -> BTreeMap<String, String> {
    let entries = section.prefixed("");
    let variable = |entry: &&Entry| {
        let value = value(section, entry)?;
        let is_masked = value == MASK && looks_secret(&entry.key);
        if is_masked
            && !surroundings.environment.contains_key(&entry.key)
            && !surroundings.dotenv.contains_key(&entry.key)
        {
            let message = format!(
                "`{}` was masked when this file was written: it is not set",
                section.path_of(&entry.key)
            );
            let hint = format!("set {} in the environment or in `.env`", entry.key);
            section
                .problems()
                .warning(Warning::new(message, entry.origin.place()).with_hint(hint));
        }
        (!is_masked).then(|| (entry.key.clone(), value))
    };
    entries.iter().filter_map(variable).collect()
}

fn value(section: &Section<'_>, entry: &Entry) -> Option<String> {
    let node = &entry.value;
    if entry.key.is_empty() || entry.key.contains(['=', '\0']) {
        let hint = "a variable's name is not empty and holds no `=`";
        return section.invalid(
            &entry.key,
            node,
            "not a name that a variable can have",
            hint,
        );
    }
    match &node.value {
        NodeValue::Null => None,
        NodeValue::Text(text) if text.contains('\0') => {
            let hint = "remove it: no variable can hold one";
            section.invalid(&entry.key, node, "the value holds a NUL character", hint)
        }
        NodeValue::Text(text) => Some(text.clone()),
        NodeValue::Number(_, written) => Some(written.to_string()),
        NodeValue::Bool(value) => Some(value.to_string()),
        NodeValue::Sequence(_) | NodeValue::Mapping(_) => section.wrong(&entry.key, node, "text"),
    }
}

/// Warns of keys of the Python version that say nothing here.
pub(super) fn warn_of_python_keys(
    section: &Section<'_>,
    keys: &[&'static str],
    prefixes: &[&'static str],
) {
    let warn = |key: &str, place| {
        let message = format!(
            "`{}` is of the Python version: it has no effect",
            section.path_of(key)
        );
        section
            .problems()
            .warning(Warning::new(message, place).with_hint("remove it"));
    };
    for key in keys {
        if let Some(node) = section.node(key) {
            warn(key, node.origin.place());
        }
    }
    for entry in prefixes.iter().flat_map(|prefix| section.prefixed(prefix)) {
        warn(&entry.key, entry.origin.place());
    }
}

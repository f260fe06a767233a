//! What concerns the experiment as a whole: its size, its inputs, its output, its gate.

use std::{
    num::NonZeroU32,
    path::{Path, PathBuf},
    time::Duration,
};

use regex::Regex;

use super::{Section, Surroundings};
use crate::config::{CaseSelection, Gate, Output, SnapshotSettings, error::Warning, node::Origin};

/// Where inputs are looked for when no key names a file.
pub(crate) const DEFAULT_INPUTS: &str = "inputs/generated.yaml";
/// Ten years: longer than any pause is meant to be, and short enough for every clock to add.
const LONGEST_SECONDS: f64 = 10.0 * 365.0 * 24.0 * 3600.0;

/// A number of runs or slots: at least 1, by default 1.
pub(super) fn count(section: &Section<'_>, key: &'static str) -> NonZeroU32 {
    given_count(section, key).unwrap_or(NonZeroU32::MIN)
}

pub(super) fn given_count(section: &Section<'_>, key: &'static str) -> Option<NonZeroU32> {
    let value = section.whole(key, 1, u32::MAX.into())?;
    NonZeroU32::new(u32::try_from(value).ok()?)
}

/// A pause, which may be none.
pub(super) fn seconds(section: &Section<'_>, key: &'static str, default: u64) -> Duration {
    let is_valid = |value| (0.0..=LONGEST_SECONDS).contains(&value);
    let value = section.number(key, "a number of seconds, 0 or more", is_valid);
    value.map_or(Duration::from_secs(default), Duration::from_secs_f64)
}

/// A deadline, which must leave some time.
pub(super) fn deadline(section: &Section<'_>, key: &'static str, default: u64) -> Duration {
    let is_valid = |value| value > 0.0 && value <= LONGEST_SECONDS;
    let value = section.number(key, "a number of seconds above 0", is_valid);
    value.map_or(Duration::from_secs(default), Duration::from_secs_f64)
}

/// The value of a key that has two spellings: that of the page wins, and a contradiction is said.
pub(super) fn preferred<T: PartialEq>(
    root: &Section<'_>,
    page: (&str, Option<T>),
    other: (&'static str, Option<T>),
) -> Option<T> {
    if let ((page_key, Some(page)), (key, Some(value))) = (&page, &other)
        && page != value
    {
        root.contradiction(
            key,
            &format!("`{page_key}` and `{key}` differ: `{page_key}` is used"),
        );
    }
    page.1.or(other.1)
}

pub(super) fn output(root: &Section<'_>, surroundings: &Surroundings<'_>) -> Output {
    let other = surroundings.path(root, "output_directory");
    let page = root.section("output", |output| {
        output.one_of("format", &[("jsonl", ())]);
        surroundings.path(output, "directory")
    });
    let directory = preferred(
        root,
        ("output.directory", page),
        ("output_directory", other),
    );
    Output {
        directory: directory
            .unwrap_or_else(|| super::join(surroundings.project_directory, "experiments")),
        save_traces: root.switch("save_traces").unwrap_or(true),
        save_aggregated_metrics: root.switch("save_aggregated_metrics").unwrap_or(true),
    }
}

/// The files that were asked for, which may be missing, or the default one if it is there.
pub(super) fn inputs_files(root: &Section<'_>, surroundings: &Surroundings<'_>) -> Vec<PathBuf> {
    // Inputs that code gives stand for those of any file.
    let own = root.node("base_inputs");
    if own.is_some_and(|own| matches!(own.origin, Origin::Code(_))) {
        root.ignore(&["inputs_file"]);
        return Vec::new();
    }
    let asked = surroundings.paths(root, "inputs_file");
    if !asked.is_empty() {
        return asked;
    }
    let default = super::join(surroundings.project_directory, DEFAULT_INPUTS);
    Some(default)
        .filter(|path| path.is_file())
        .into_iter()
        .collect()
}

pub(super) fn cases(section: &Section<'_>) -> CaseSelection {
    CaseSelection {
        filter: section.name("filter"),
        sample: given_count(section, "sample"),
        limit: given_count(section, "limit"),
    }
}

pub(super) fn gate(section: &Section<'_>) -> Gate {
    let expected = "a fraction from 0 to 1 (95 % is 0.95)";
    let rate = |key| section.number(key, expected, |value| (0.0..=1.0).contains(&value));
    Gate {
        max_failures: section.whole("max_failures", 0, u64::MAX).unwrap_or(0),
        min_success_rate: rate("min_success_rate"),
        min_case_pass_rate: rate("min_case_pass_rate"),
    }
}

pub(super) fn snapshots(root: &Section<'_>) -> SnapshotSettings {
    SnapshotSettings {
        enabled: root.switch("snapshots").unwrap_or(false),
        redact: root.section("snapshot", |snapshot| {
            let redact = snapshot.texts("redact");
            let wrong = redact.iter().find_map(|text| Regex::new(text).err());
            if let (Some(error), Some(node)) = (wrong, snapshot.node("redact")) {
                // The last line says what is wrong, those before draw it.
                let error = error.to_string();
                let error = error.lines().last().unwrap_or_default();
                snapshot.invalid::<()>(
                    "redact",
                    node,
                    &format!("an expression cannot be read: {}", error.trim_start_matches("error: ")),
                    "write regular expressions as the crate `regex` has them, in single quotes: `'order [0-9]+'`",
                );
            }
            redact
        }),
    }
}

/// The name of the experiment, else of the project's folder.
pub(super) fn name(root: &Section<'_>, project_directory: &Path) -> String {
    let folder = || {
        let name = project_directory.file_name()?.to_string_lossy();
        Some(name.chars().filter(|c| !c.is_control()).collect())
    };
    root.name("name")
        .or_else(folder)
        .unwrap_or_else(|| "experiment".to_owned())
}

pub(super) fn input_template(root: &Section<'_>) -> Option<String> {
    let template = root.text("input_template")?;
    if !template.contains("{input}") {
        let place = root
            .node("input_template")
            .and_then(|node| node.origin.place());
        let warning = Warning::new(
            "`input_template` has no `{input}`: every input reads the same",
            place,
        );
        root.problems()
            .warning(warning.with_hint("write `{input}` where the input belongs"));
    }
    Some(template)
}

/// The directory that a snapshot was taken in, which stands for the one that its own path gives.
pub(super) fn project_directory(root: &Section<'_>, surroundings: &Surroundings<'_>) -> PathBuf {
    if let Some(path) = root.name("project_directory")
        && let Some(node) = root.node("project_directory")
        && !Path::new(&path).is_absolute()
    {
        root.wrong::<()>("project_directory", node, "an absolute path");
    }
    surroundings.project_directory.to_path_buf()
}

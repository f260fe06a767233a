//! The merged tree → [`Config`]: every key with its type, default and range.

mod conversation;
mod experiment;
mod generation;
mod observe;
mod personas;
mod pricing;
mod replay;
mod runner;
mod supervisor;

use std::{
    collections::BTreeMap,
    path::{Path, PathBuf},
    sync::Arc,
};

pub(crate) use experiment::DEFAULT_INPUTS;

use super::{
    Config, ValueSource, Warning,
    error::ConfigError,
    node::{Node, NodeValue, Origin},
    problems::Problems,
    section::Section,
};
use crate::{
    expect, input,
    secret::{HEADER_VARIABLES, MASK, Secrets, header_values, is_secret_variable, looks_secret},
};

/// Keys of the original that say nothing here.
const ACCEPTED: [&str; 3] = ["collector_url", "source_root", "evaluators"];

/// What a configuration is read against.
pub(crate) struct Surroundings<'a> {
    /// What relative paths in files resolve against. Absolute.
    pub(crate) project_directory: &'a Path,
    /// What those of flags and variables resolve against. Absolute.
    pub(crate) current_directory: &'a Path,
    /// The variables of the process.
    pub(crate) environment: &'a BTreeMap<String, String>,
    /// The variables of the project's `.env`.
    pub(crate) dotenv: &'a BTreeMap<String, String>,
    /// The secrets in the files, those that are overridden too.
    pub(crate) in_files: &'a [String],
}

impl Surroundings<'_> {
    /// The path that a key holds, as it was meant where it was set. Absolute.
    fn path(&self, section: &Section<'_>, key: &'static str) -> Option<PathBuf> {
        let path = section.name(key)?;
        Some(self.resolved(&section.node(key)?.origin, &path))
    }

    /// The paths that a key holds: one, or a list.
    fn paths(&self, section: &Section<'_>, key: &'static str) -> Vec<PathBuf> {
        let Some(Node {
            value: NodeValue::Sequence(items),
            ..
        }) = section.node(key)
        else {
            return self.path(section, key).into_iter().collect();
        };
        let path = |item: &Node| match &item.value {
            NodeValue::Text(path) if is_path(path) => Some(self.resolved(&item.origin, path)),
            _ => section.wrong(key, item, "the path of a file"),
        };
        items.iter().filter_map(path).collect()
    }

    fn resolved(&self, origin: &Origin, path: &str) -> PathBuf {
        let base = match origin {
            Origin::CommandLine(_) | Origin::Code(_) | Origin::Environment(_) => {
                self.current_directory
            }
            Origin::File { .. } | Origin::DotEnv(_) | Origin::Default => self.project_directory,
        };
        join(base, path)
    }

    /// The path of a key that has a default.
    fn path_or(&self, section: &Section<'_>, key: &'static str, default: &str) -> PathBuf {
        self.path(section, key)
            .unwrap_or_else(|| join(self.project_directory, default))
    }

    /// A variable of the process, or of `.env`, and which of them. An empty one counts as unset.
    fn variable(&self, name: &str) -> Option<(String, ValueSource)> {
        let set = |variables: &BTreeMap<String, String>, origin: fn(Arc<str>) -> Origin| {
            let value = variables.get(name).filter(|value| !value.is_empty())?;
            Some((value.clone(), ValueSource::from(&origin(name.into()))))
        };
        set(self.environment, Origin::Environment).or_else(|| set(self.dotenv, Origin::DotEnv))
    }

    /// The values of the headers that OpenTelemetry's exporters send.
    fn collector_headers(&self) -> impl Iterator<Item = String> {
        HEADER_VARIABLES
            .iter()
            .filter_map(|name| self.environment.get(*name))
            .flat_map(|list| header_values(list))
    }

    /// The values that are secret by the names of their variables.
    fn secrets(&self) -> Vec<String> {
        let environment = self
            .environment
            .iter()
            .filter(|(name, _)| is_secret_variable(name));
        let dotenv = self.dotenv.iter().filter(|(name, _)| looks_secret(name));
        environment
            .chain(dotenv)
            .map(|(_, value)| value)
            .chain(self.in_files)
            .cloned()
            .chain(self.collector_headers())
            .collect()
    }
}

fn is_path(text: &str) -> bool {
    !text.trim().is_empty() && !text.chars().any(char::is_control)
}

/// A path without the `.` in `a/./b`.
fn join(base: &Path, path: &str) -> PathBuf {
    base.join(path).components().collect()
}

/// Decodes the tree of all layers. What is wrong in it stands as if it were not set.
pub(crate) fn decode(
    tree: &Node,
    files: Vec<PathBuf>,
    surroundings: &Surroundings<'_>,
) -> (Config, Vec<ConfigError>, Vec<Warning>) {
    let problems = Problems::default();
    let mut config = Section::decode(Some(tree), String::new(), &problems, |root| {
        config(root, files, surroundings)
    });
    config.merged = super::snapshot::without_secrets(tree);
    let (errors, warnings) = problems.into_parts();
    (config, errors, warnings)
}

fn config(root: &Section<'_>, files: Vec<PathBuf>, surroundings: &Surroundings<'_>) -> Config {
    let mut secrets = surroundings.secrets();
    secrets.extend(secret(root, "collector_api_key"));
    let personas = personas::personas(root);
    let replay = root.section("replay_args", |section| {
        replay::settings(section, surroundings)
    });
    let (multi_turn, keys) = root.section("multi_turn", |section| {
        conversation::multi_turn(section, &personas, surroundings)
    });
    secrets.extend(keys);
    root.ignore(&ACCEPTED);
    let generation = generation::settings(root, &multi_turn.supervisor, surroundings);
    secrets.extend(generation.model.api_key.clone());
    let runner = runner::section(root, surroundings, &mut secrets);
    Config {
        project_directory: experiment::project_directory(root, surroundings),
        files,
        name: experiment::name(root, surroundings.project_directory),
        description: root.text("description"),
        version: root.text("version"),
        tags: root.texts("tags"),
        metadata: root.map("metadata"),
        iterations: runner.iterations,
        parallel: experiment::count(root, "parallel_runs"),
        run_delay: experiment::seconds(root, "run_delay_seconds", 0),
        seed: root.whole("seed", 0, u64::MAX),
        input_template: experiment::input_template(root),
        runner: runner.runner,
        output: experiment::output(root, surroundings),
        inputs_files: experiment::inputs_files(root, surroundings),
        base_inputs: input::decode_entries(
            root.list("base_inputs"),
            "base_inputs",
            input::Format::Yaml,
            root.problems(),
        ),
        persona_filter: personas::filter(root, &personas),
        personas,
        generation,
        replay,
        multi_turn,
        pricing: root.section("pricing", pricing::pricing),
        observe: root.section("observe", observe::settings),
        snapshots: experiment::snapshots(root),
        cases: root.section("cases", experiment::cases),
        expect: expect::expectations(root),
        checks: expect::chosen(root),
        gate: root.section("gate", experiment::gate),
        fail_fast: root.switch("fail_fast").unwrap_or(false),
        secrets: Secrets::new(secrets),
        shown_from: surroundings.current_directory.to_path_buf(),
        merged: serde_json::Map::new(),
    }
}

/// A secret's value. `***` stands for one that was masked when it was written: it is not set.
fn secret(section: &Section<'_>, key: &'static str) -> Option<String> {
    section.text(key).filter(|value| value != MASK)
}

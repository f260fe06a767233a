//! The options of a run: one table for the environment and the command line.

use std::{fmt, sync::Arc};

use serde_json::Value;

use super::node::Origin;
use crate::secret::{MASK, looks_secret};

/// What an option takes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum OptionKind {
    /// Any text.
    Text,
    /// A path. A relative one is meant from the current directory.
    Path,
    /// Paths with commas between, each as [`Path`](Self::Path).
    Paths,
    /// A whole number.
    Whole,
    /// A number.
    Number,
    /// `true`, `false`, `1` or `0`.
    Switch,
    /// Texts with commas between.
    List,
}

/// An option that overrides a key of the configuration.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct RunOption {
    /// As on the command line, without the dashes before it: `max-turns`.
    pub name: &'static str,
    /// The dotted key that it overrides: `multi_turn.max_turns`.
    pub key: &'static str,
    /// What it takes.
    pub kind: OptionKind,
}

const fn option(name: &'static str, key: &'static str, kind: OptionKind) -> RunOption {
    RunOption { name, key, kind }
}

/// Every option that overrides a key. Each has a variable of the environment, too.
pub const RUN_OPTIONS: &[RunOption] = &[
    option("iterations", "iterations", OptionKind::Whole),
    option("personas", "persona_filter", OptionKind::List),
    option("inputs", "inputs_file", OptionKind::Paths),
    option("filter", "cases.filter", OptionKind::Text),
    option("sample", "cases.sample", OptionKind::Whole),
    option("limit", "cases.limit", OptionKind::Whole),
    option("output-dir", "output_directory", OptionKind::Path),
    option("experiment-name", "name", OptionKind::Text),
    option("parallel", "parallel_runs", OptionKind::Whole),
    option("seed", "seed", OptionKind::Whole),
    option("timeout", "runner.timeout_seconds", OptionKind::Number),
    option("retries", "runner.max_retries", OptionKind::Whole),
    option("max-failures", "gate.max_failures", OptionKind::Whole),
    option(
        "min-success-rate",
        "gate.min_success_rate",
        OptionKind::Number,
    ),
    option("fail-fast", "fail_fast", OptionKind::Switch),
    option("multi-turn", "multi_turn.enabled", OptionKind::Switch),
    option("max-turns", "multi_turn.max_turns", OptionKind::Whole),
    option(
        "auto-approve-tools",
        "multi_turn.auto_approve_tools",
        OptionKind::Switch,
    ),
    option(
        "persona-override",
        "multi_turn.persona_override",
        OptionKind::Text,
    ),
    option(
        "supervisor-provider",
        "multi_turn.supervisor.provider",
        OptionKind::Text,
    ),
    option(
        "supervisor-model",
        "multi_turn.supervisor.model",
        OptionKind::Text,
    ),
    option(
        "supervisor-temperature",
        "multi_turn.supervisor.temperature",
        OptionKind::Number,
    ),
    option(
        "supervisor-api-key",
        "multi_turn.supervisor.api_key",
        OptionKind::Text,
    ),
    option(
        "supervisor-base-url",
        "multi_turn.supervisor.base_url",
        OptionKind::Text,
    ),
    option(
        "supervisor-cassette",
        "multi_turn.supervisor.cassette.mode",
        OptionKind::Text,
    ),
];

/// The option of a name.
#[must_use]
pub fn run_option(name: &str) -> Option<&'static RunOption> {
    RUN_OPTIONS.iter().find(|option| option.name == name)
}

impl RunOption {
    /// Its variable of the environment: `FLUXLOOP_MAX_TURNS`.
    #[must_use]
    pub fn variable(&self) -> String {
        variable_of(self.name)
    }

    /// Its override, with the value as it was typed. One that does not fit is an error of [`load`](super::load),
    /// which names the flag.
    #[must_use]
    pub fn flag(&self, value: &str) -> Override {
        Override::flag(&format!("--{}", self.name), self.key, self.value(value))
    }

    /// What was typed as the type that the key takes; as text if it does not fit, for the decoder to refuse.
    pub(super) fn value(&self, typed: &str) -> Value {
        let text = || Value::from(typed);
        let typed = typed.trim();
        match self.kind {
            OptionKind::Text | OptionKind::Path | OptionKind::List => text(),
            OptionKind::Paths => typed.split(',').map(str::trim).collect(),
            OptionKind::Whole => typed
                .parse::<u64>()
                .map(Value::from)
                .or_else(|_| typed.parse::<i64>().map(Value::from))
                .unwrap_or_else(|_| text()),
            OptionKind::Number => typed
                .parse::<u64>()
                .map(Value::from)
                .or_else(|_| typed.parse::<f64>().map(Value::from))
                .ok()
                .filter(Value::is_number)
                .unwrap_or_else(text),
            OptionKind::Switch => switch_value(typed).map_or_else(text, Value::from),
        }
    }
}

pub(super) fn variable_of(option: &str) -> String {
    format!("FLUXLOOP_{}", option.to_ascii_uppercase().replace('-', "_"))
}

fn switch_value(text: &str) -> Option<bool> {
    match text {
        "true" | "1" => Some(true),
        "false" | "0" => Some(false),
        _ => None,
    }
}

/// A value that wins over those of the files.
#[derive(Clone)]
pub struct Override {
    pub(crate) key: String,
    pub(crate) value: Value,
    pub(crate) origin: Origin,
}

impl Override {
    /// The value that a flag gives to a dotted key. Messages name the flag as it is written here: `--no-multi-turn`.
    #[must_use]
    pub fn flag(flag: &str, key: &str, value: impl Into<Value>) -> Self {
        let origin = Origin::CommandLine(Arc::from(flag));
        Self {
            key: key.to_owned(),
            value: value.into(),
            origin,
        }
    }

    /// The value that code gives to a dotted key. A key that there is not is an error of [`load`](super::load).
    #[must_use]
    pub fn key(key: &str, value: impl Into<Value>) -> Self {
        Self::code(key, key, value)
    }

    /// The value that code gives to a dotted key by a method. Messages name the method as it is written here.
    #[must_use]
    pub fn code(method: &str, key: &str, value: impl Into<Value>) -> Self {
        Self {
            key: key.to_owned(),
            value: value.into(),
            origin: Origin::Code(Arc::from(method)),
        }
    }
}

impl fmt::Debug for Override {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut shown = f.debug_struct("Override");
        shown.field("key", &self.key);
        if looks_secret(&self.key) {
            shown.field("value", &MASK).finish_non_exhaustive()
        } else {
            shown.field("value", &self.value).finish_non_exhaustive()
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_option_has_one_name_and_one_key() {
        let mut names: Vec<_> = RUN_OPTIONS.iter().map(|option| option.name).collect();
        let mut keys: Vec<_> = RUN_OPTIONS.iter().map(|option| option.key).collect();
        for list in [&mut names, &mut keys] {
            list.sort_unstable();
            list.dedup();
            assert_eq!(list.len(), RUN_OPTIONS.len());
        }
    }

    #[test]
    fn debug_shows_no_secret() {
        let shown = format!(
            "{:?}",
            run_option("supervisor-api-key").unwrap().flag("sk-1234")
        );
        assert!(!shown.contains("sk-1234"), "{shown}");
    }
}

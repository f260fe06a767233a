//! The effective configuration as a document that [`load`](super::load) reads back.

use std::{path::Path, time::Duration};

use serde_json::{Map, Value, json};

use super::{
    Config, RecordedCalls, SupervisorSettings,
    node::{Node, NodeValue},
    yaml,
};
use crate::{
    expect,
    secret::{MASK, looks_secret},
};

impl Config {
    /// The configuration with everything that was overridden and every default written out: paths absolute, the seed as
    /// it is used, the inputs file as it is kept. Secrets stand as `***`, which is read back as unset.
    #[must_use]
    pub fn snapshot(&self, inputs_file: &Path, seed: u64) -> Value {
        let mut map = self.settled();
        map.insert("seed".into(), json!(seed));
        map.insert("inputs_file".into(), path(inputs_file));
        map.retain(|_, value| !value.is_null());
        let mut value = Value::Object(map);
        self.secrets.redact_value(&mut value);
        value
    }

    /// Every key with its value after all layers, paths absolute. Values of keys that hold secrets are masked, others that
    /// may hold some are not yet.
    pub(super) fn settled(&self) -> Map<String, Value> {
        let mut map = self.merged.clone();
        // Other spellings of what is set below.
        map.remove("output");
        map.insert("project_directory".into(), path(&self.project_directory));
        map.insert("name".into(), json!(self.name));
        map.insert("iterations".into(), json!(self.iterations));
        map.insert("parallel_runs".into(), json!(self.parallel));
        map.insert("run_delay_seconds".into(), seconds(self.run_delay));
        map.insert("output_directory".into(), path(&self.output.directory));
        map.insert("save_traces".into(), json!(self.output.save_traces));
        map.insert(
            "save_aggregated_metrics".into(),
            json!(self.output.save_aggregated_metrics),
        );
        map.insert("personas".into(), json!(self.personas));
        map.insert("fail_fast".into(), json!(self.fail_fast));
        map.insert("persona_filter".into(), json!(self.persona_filter));
        map.insert(
            "gate".into(),
            json!({
                "max_failures": self.gate.max_failures,
                "min_success_rate": self.gate.min_success_rate,
                "min_case_pass_rate": self.gate.min_case_pass_rate,
            }),
        );
        self.snapshot_runner(&mut map);
        self.snapshot_replay(&mut map);
        self.snapshot_conversations(&mut map);
        self.snapshot_observe(&mut map);
        self.snapshot_expectations(&mut map);
        map
    }

    /// [`snapshot`](Self::snapshot) as YAML text.
    #[must_use]
    pub fn snapshot_yaml(&self, inputs_file: &Path, seed: u64) -> String {
        yaml::to_text(&self.snapshot(inputs_file, seed))
    }

    fn snapshot_replay(&self, map: &mut Map<String, Value>) {
        let Some(replay) = &self.replay else {
            // What would be wrong if it were on may stand as it is.
            return;
        };
        let select = match replay.select {
            RecordedCalls::Last => json!("last"),
            RecordedCalls::First => json!("first"),
            RecordedCalls::All => json!("all"),
            RecordedCalls::Index(index) => json!({"index": index}),
        };
        let replay = json!({
            "enabled": true,
            "recording_file": path(&replay.recording_file),
            "override_param_path": replay.override_param_path.join("."),
            "create": replay.create,
            "select": select,
        });
        map.insert("replay_args".into(), replay);
    }

    fn snapshot_conversations(&self, map: &mut Map<String, Value>) {
        let conversations = map.entry("multi_turn").or_insert_with(|| json!({}));
        if let Value::Object(conversations) = conversations {
            conversations.insert("enabled".into(), json!(self.multi_turn.enabled));
            conversations.insert("max_turns".into(), json!(self.multi_turn.max_turns));
            conversations.insert("min_turns".into(), json!(self.multi_turn.min_turns));
            let automatic = self.multi_turn.auto_approve_tools;
            conversations.insert("auto_approve_tools".into(), json!(automatic));
            if let SupervisorSettings::Model(model) = &self.multi_turn.supervisor
                && let Some(cassette) = &model.cassette
                && let Some(Value::Object(supervisor)) = conversations.get_mut("supervisor")
            {
                let cassette = json!({"file": path(&cassette.file), "mode": cassette.mode.name()});
                supervisor.insert("cassette".into(), cassette);
            }
        }
    }

    /// As they were written, and with what they take from other files in them.
    fn snapshot_expectations(&self, map: &mut Map<String, Value>) {
        map.remove("expect");
        expect::write(map, &self.expect, &self.checks);
        let Some(Value::Array(base)) = map.get_mut("base_inputs") else {
            return;
        };
        for (entry, input) in base.iter_mut().zip(&self.base_inputs) {
            if let Value::Object(entry) = entry {
                expect::write(entry, &input.expect, &input.checks);
            }
        }
    }

    fn snapshot_observe(&self, map: &mut Map<String, Value>) {
        let observe = map.entry("observe").or_insert_with(|| json!({}));
        if let Value::Object(observe) = observe {
            observe.insert("max_per_run".into(), json!(self.observe.max_per_run));
            observe.insert(
                "max_value_bytes".into(),
                json!(self.observe.max_value_bytes),
            );
        }
    }

    fn snapshot_runner(&self, map: &mut Map<String, Value>) {
        let runner = map.entry("runner").or_insert_with(|| json!({}));
        if !runner.is_object() {
            *runner = json!({});
        }
        let Value::Object(runner) = runner else {
            return;
        };
        for other in ["iterations", "module_path", "function_name"] {
            runner.remove(other);
        }
        if let Some(target) = &self.runner.target {
            runner.insert("target".into(), json!(target));
        }
        runner.insert(
            "working_directory".into(),
            path(&self.runner.working_directory),
        );
        runner.insert("timeout_seconds".into(), seconds(self.runner.timeout));
        runner.insert("max_retries".into(), json!(self.runner.max_retries));
        runner.insert("retry_delay".into(), seconds(self.runner.retry_delay));
        runner.insert("crash_rerun".into(), json!(self.runner.crash_rerun));
    }
}

pub(super) fn path(path: &Path) -> Value {
    Value::String(path.to_string_lossy().into_owned())
}

/// Whole seconds as a whole number.
pub(super) fn seconds(duration: Duration) -> Value {
    if duration.subsec_nanos() == 0 {
        json!(duration.as_secs())
    } else {
        json!(duration.as_secs_f64())
    }
}

/// A merged tree as JSON, with the values of keys that hold secrets masked.
pub(super) fn without_secrets(tree: &Node) -> Map<String, Value> {
    let Value::Object(mut map) = tree.to_json() else {
        return Map::new();
    };
    mask_keys(&mut map, is_key_of_secret);
    if let Some(Value::Object(variables)) = map
        .get_mut("runner")
        .and_then(|runner| runner.get_mut("environment_vars"))
    {
        mask_keys(variables, looks_secret);
    }
    map
}

/// The values of keys that hold secrets.
pub(super) fn secrets_in(tree: &Node) -> Vec<String> {
    let mut found = Vec::new();
    let mut nodes = vec![tree];
    while let Some(node) = nodes.pop() {
        match &node.value {
            NodeValue::Mapping(mapping) => {
                for entry in &mapping.entries {
                    match &entry.value.value {
                        NodeValue::Text(text) if is_key_of_secret(&entry.key) && text != MASK => {
                            found.push(text.clone());
                        }
                        _ => nodes.push(&entry.value),
                    }
                }
            }
            NodeValue::Sequence(items) => nodes.extend(items),
            _ => {}
        }
    }
    found
}

fn mask_keys(map: &mut Map<String, Value>, is_secret: fn(&str) -> bool) {
    for (key, value) in map.iter_mut() {
        match value {
            Value::Object(map) => mask_keys(map, is_secret),
            Value::String(_) | Value::Number(_) if is_secret(key) => {
                *value = Value::String(MASK.to_owned());
            }
            Value::Array(items) => {
                let maps = items.iter_mut().filter_map(Value::as_object_mut);
                maps.for_each(|map| mask_keys(map, is_secret));
            }
            _ => {}
        }
    }
}

/// Narrower than [`looks_secret`]: a configuration has keys such as `api_key_env` and `author`, and users' own in
/// personas.
fn is_key_of_secret(key: &str) -> bool {
    let key = key.to_ascii_lowercase();
    [
        "api_key",
        "apikey",
        "password",
        "secret",
        "access_token",
        "auth_token",
    ]
    .iter()
    .any(|end| key.ends_with(end))
}

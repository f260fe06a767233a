//! The validated configuration: what every later pass reads. No `Option` here means "default".

mod model;
mod observe;

use std::{collections::BTreeMap, fmt, num::NonZeroU32, path::PathBuf, time::Duration};

use serde_json::{Map, Value};

use crate::{
    Persona,
    expect::{ChosenCheck, Expectations},
    generate::Strategy,
    supervisor::MockSupervisor,
};
pub use model::{CassetteMode, CassetteSettings, ModelProvider, ModelSettings};
pub use observe::{ObserveSettings, Observed, Subscriber};

/// A whole experiment's configuration, validated, all layers merged.
#[derive(Clone)]
#[non_exhaustive]
pub struct Config {
    /// What relative paths resolve against, and where `.env` is looked for. Absolute.
    pub project_directory: PathBuf,
    /// The files that were read, in the order they were merged.
    pub files: Vec<PathBuf>,
    /// The experiment's name.
    pub name: String,
    /// Recorded in the snapshot.
    pub description: Option<String>,
    /// Recorded in the snapshot.
    pub version: Option<String>,
    /// Recorded in the snapshot.
    pub tags: Vec<String>,
    /// `metadata` of the project; `service_context` in it is for the supervisor.
    pub metadata: Map<String, Value>,
    /// Runs per input and persona.
    pub iterations: NonZeroU32,
    /// Runs in flight at once.
    pub parallel: NonZeroU32,
    /// The pause before each next run starts.
    pub run_delay: Duration,
    /// Drives every random choice; drawn when the configuration names none.
    pub seed: Option<u64>,
    /// `{input}` and `{persona}` are filled in when a run has a persona.
    pub input_template: Option<String>,
    /// Which agent, where, and how long.
    pub runner: Runner,
    /// Where results go.
    pub output: Output,
    /// The inputs files (absolute), read as if they were one; none to use `base_inputs`.
    pub inputs_files: Vec<PathBuf>,
    /// Inputs in the configuration itself, each with its place for messages.
    pub base_inputs: Vec<crate::input::RawInput>,
    /// The configured personas, names unique.
    pub personas: Vec<Persona>,
    /// `--personas`: the names to keep.
    pub persona_filter: Option<Vec<String>>,
    /// Which cases are run.
    pub cases: CaseSelection,
    /// How inputs are generated.
    pub generation: GenerationSettings,
    /// Which recorded calls are replayed, if any.
    pub replay: Option<ReplaySettings>,
    /// How inputs become conversations.
    pub multi_turn: MultiTurn,
    /// What the agent's models cost.
    pub pricing: super::Pricing,
    /// What is recorded of what happens in runs.
    pub observe: ObserveSettings,
    /// Comparing answers with what they were, in `cargo test`.
    pub snapshots: SnapshotSettings,
    /// What is expected of the runs of all inputs.
    pub expect: Expectations,
    /// The checks that are made of the runs of all inputs: those that are written in Rust.
    pub checks: Vec<ChosenCheck>,
    /// When a finished experiment counts as passed.
    pub gate: Gate,
    /// Stop starting runs after the first failure.
    pub fail_fast: bool,
    /// Values that must appear in no output: secrets by name from `.env`, `environment_vars` and the environment.
    pub secrets: crate::secret::Secrets,
    /// The current directory: messages name paths below it relative to it.
    pub shown_from: PathBuf,
    /// The merged configuration as it was written, without values of keys whose names look secret: what the snapshot
    /// has of keys that no field here holds.
    pub(crate) merged: Map<String, Value>,
}

impl fmt::Debug for Config {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Config")
            .field("name", &self.secrets.redact(&self.name))
            .field("project_directory", &self.project_directory)
            .field("files", &self.files)
            .field("iterations", &self.iterations)
            .field("parallel", &self.parallel)
            .field("run_delay", &self.run_delay)
            .field("seed", &self.seed)
            .field("runner", &self.runner)
            .field("output", &self.output)
            .field("inputs_files", &self.inputs_files)
            .field("persona_filter", &self.persona_filter)
            .field("observe", &self.observe)
            .field("cases", &self.cases)
            .field("gate", &self.gate)
            .field("fail_fast", &self.fail_fast)
            .field("secrets", &self.secrets)
            .finish_non_exhaustive()
    }
}

impl Config {
    /// Replays the calls from a copy of them: all that it holds, or the only one.
    pub fn replays_copy(&mut self, recording_file: PathBuf) {
        if let Some(replay) = &mut self.replay {
            replay.recording_file = recording_file;
            if replay.select != RecordedCalls::All {
                replay.select = RecordedCalls::Last;
            }
        }
    }
}

/// Which agent, where, and how long.
#[derive(Clone)]
#[non_exhaustive]
pub struct Runner {
    /// `module.path:function`; none means the only registered agent.
    pub target: Option<String>,
    /// Where cargo finds the workspace, and the agents' working directory. Absolute.
    pub working_directory: PathBuf,
    /// Set for the agents' process, over what it inherits: `environment_vars`, and of `.env` what is not set already.
    pub environment: BTreeMap<String, String>,
    /// The agent's own time per run.
    pub timeout: Duration,
    /// Retries of transient failures, on top of the first attempt.
    pub max_retries: u32,
    /// The first pause before a retry; doubled each time, with jitter.
    pub retry_delay: Duration,
    /// Run the suspects of a crash again, each alone.
    pub crash_rerun: bool,
}

impl fmt::Debug for Runner {
    /// Shows of the environment only which variables there are: any may hold a secret.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Runner")
            .field("target", &self.target)
            .field("working_directory", &self.working_directory)
            .field("environment", &self.environment.keys().collect::<Vec<_>>())
            .field("timeout", &self.timeout)
            .field("max_retries", &self.max_retries)
            .field("retry_delay", &self.retry_delay)
            .field("crash_rerun", &self.crash_rerun)
            .finish()
    }
}

/// How recorded calls are replayed.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct ReplaySettings {
    /// The recording. Absolute.
    pub recording_file: PathBuf,
    /// Where the case's input goes: the parameter, then keys of mappings and indexes of lists. At least one.
    pub override_param_path: Vec<String>,
    /// Make what is absent of that path.
    pub create: bool,
    /// Which of the recorded calls.
    pub select: RecordedCalls,
}

/// Which calls of a recording are replayed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum RecordedCalls {
    /// The last one.
    Last,
    /// The first one.
    First,
    /// All of them: each makes cases of its own.
    All,
    /// The one at this index, from 0.
    Index(u64),
}

/// Where results go.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct Output {
    /// Holds one directory per experiment. Absolute.
    pub directory: PathBuf,
    /// Write `observations.jsonl`.
    pub save_traces: bool,
    /// Write durations, personas and failure kinds into `summary.json`.
    pub save_aggregated_metrics: bool,
}

/// Which cases are run: by default all of them. The filter is applied first, then the sample, then the limit.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct CaseSelection {
    /// Those with this text in their names.
    pub filter: Option<String>,
    /// So many of them, drawn by the experiment's seed.
    pub sample: Option<NonZeroU32>,
    /// So many of them, from the first on.
    pub limit: Option<NonZeroU32>,
}

impl CaseSelection {
    /// Whether all are run.
    #[cfg(feature = "harness")]
    pub(crate) fn are_all(&self) -> bool {
        *self == Self::default()
    }
}

/// How inputs are generated of `base_inputs`.
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub struct GenerationSettings {
    /// With or without a model.
    pub mode: GenerationMode,
    /// In the order they take turns; none for those that are used by default.
    pub strategies: Vec<Strategy>,
    /// How many inputs each base input, persona and strategy give.
    pub variations: NonZeroU32,
    /// Who writes them, with a model. What is not said of it is that of the supervisor.
    pub model: ModelSettings,
    /// What the strategy `custom` is: an instruction to the model.
    pub custom_prompt: Option<String>,
}

/// Who writes generated inputs.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum GenerationMode {
    /// Rules and a seed.
    Deterministic,
    /// A model.
    Llm,
}

/// How inputs become conversations.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct MultiTurn {
    /// Whether they do.
    pub enabled: bool,
    /// The last turn there can be, 1 to 100.
    pub max_turns: u32,
    /// The first turn after which the supervisor may end a conversation.
    pub min_turns: u32,
    /// Agents may use every tool without asking; in single questions, too.
    pub auto_approve_tools: bool,
    /// The one persona that asks every input.
    pub persona_override: Option<String>,
    /// Who plays the user.
    pub supervisor: SupervisorSettings,
}

/// Who plays the user of a conversation.
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub enum SupervisorSettings {
    /// A script.
    Mock(MockSupervisor),
    /// A model.
    Model(ModelSettings),
}

/// When a finished experiment counts as passed.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
#[non_exhaustive]
pub struct Gate {
    /// Failed runs that are accepted.
    pub max_failures: u64,
    /// The least rate of successful runs, 0 to 1.
    pub min_success_rate: Option<f64>,
    /// The least pass rate of each case over its iterations, 0 to 1.
    pub min_case_pass_rate: Option<f64>,
}

/// Comparing answers with what they were, in `cargo test`.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct SnapshotSettings {
    /// Whether they are compared.
    pub enabled: bool,
    /// Regular expressions, each valid, for what differs from run to run.
    pub redact: Vec<String>,
}

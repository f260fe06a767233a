use std::{
    fmt,
    path::{Path, PathBuf},
    time::Duration,
};

use serde_json::{Value, json};

use super::{ExperimentError, ExperimentResult, env, running::Running};
use crate::{
    config::{ConfigError, ConfigErrors, ErrorKind, LoadRequest, Override},
    setup::BeginError,
};

/// An experiment that a test runs: a configuration, and what the test changes of it.
///
/// What a method says wins over the environment (`FLUXLOOP_ITERATIONS=3`), which wins over the files. Of two calls of one
/// method, the later one counts. Nothing is checked before [`run`](Self::run), which names every mistake.
///
/// See the [module](crate::experiment) for an example, and for where the agents run.
#[derive(Clone)]
#[must_use = "an experiment does nothing until it is run"]
pub struct Experiment {
    request: LoadRequest,
    overrides: Vec<Override>,
    /// In place of those of the configuration, where there are any.
    inputs: Vec<Value>,
}

impl fmt::Debug for Experiment {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Experiment")
            .field("config", &self.request.config)
            .field("overrides", &self.overrides)
            .field("inputs", &self.inputs.len())
            .finish_non_exhaustive()
    }
}

impl Experiment {
    /// The experiment of a configuration: `configs/simulation.yaml` with the files beside it, or any other file.
    ///
    /// A relative path is meant from the folder of the package that is tested (`CARGO_MANIFEST_DIR`), else from the
    /// current directory; so are all others that methods take. `FLUXLOOP_…` variables count as for the command.
    ///
    /// # Errors
    ///
    /// When there is no such file.
    pub fn from_config(path: impl AsRef<Path>) -> Result<Self, ExperimentError> {
        let directory = env::package_directory()
            .map_err(BeginError::system("cannot tell the current directory"))?;
        let config: PathBuf = directory.join(path).components().collect();
        if !config.is_file() {
            let error = ConfigError::new(ErrorKind::NotFound {
                what: "configuration file",
                path: config,
            });
            let hint = format!(
                "a relative path is meant from the package's folder, {}",
                directory.display()
            );
            return Err(ConfigErrors::from(error.with_hint(hint)).into());
        }
        let mut request = LoadRequest::new(directory);
        request.config = Some(config);
        request.environment = crate::env::variables();
        Ok(Self {
            request,
            overrides: Vec::new(),
            inputs: Vec::new(),
        })
    }

    /// Sets any key of the configuration, by its dotted name: `set("gate.max_failures", 2)`. The value is a number, text,
    /// truth value, list, or any JSON. A key that there is not is an error of [`run`](Self::run).
    pub fn set(mut self, key: &str, value: impl Into<Value>) -> Self {
        self.overrides.push(Override::key(key, value));
        self
    }

    fn with(mut self, method: &str, key: &str, value: impl Into<Value>) -> Self {
        self.overrides.push(Override::code(method, key, value));
        self
    }

    /// How often each input is run: at least 1.
    pub fn iterations(self, iterations: u32) -> Self {
        self.with(".iterations()", "iterations", iterations)
    }

    /// Runs in flight at once: at least 1.
    pub fn parallel(self, runs: u32) -> Self {
        self.with(".parallel()", "parallel_runs", runs)
    }

    /// The personas to keep, by name.
    pub fn personas(self, names: impl IntoIterator<Item = impl Into<String>>) -> Self {
        let names: Vec<String> = names.into_iter().map(Into::into).collect();
        self.with(".personas()", "persona_filter", names)
    }

    /// The inputs of a file, in place of the configured ones.
    pub fn inputs(mut self, path: impl AsRef<Path>) -> Self {
        self.inputs.clear();
        let path = path.as_ref().display().to_string();
        self.with(".inputs()", "inputs_file", path)
    }

    /// Asks this, in place of all configured inputs: text, or the JSON of what the agent takes. Called again, it adds
    /// another input.
    pub fn input(mut self, input: impl Into<Value>) -> Self {
        self.inputs.push(input.into());
        self
    }

    /// The experiment's name.
    pub fn name(self, name: &str) -> Self {
        self.with(".name()", "name", name)
    }

    /// The seed of every random choice.
    pub fn seed(self, seed: u64) -> Self {
        self.with(".seed()", "seed", seed)
    }

    /// The time that a run may take; a conversation as a whole.
    pub fn timeout(self, limit: Duration) -> Self {
        let seconds = limit.as_secs_f64();
        self.with(".timeout()", "runner.timeout_seconds", seconds)
    }

    /// The folder that the experiment's directory is made in.
    pub fn output_dir(self, path: impl AsRef<Path>) -> Self {
        let path = path.as_ref().display().to_string();
        self.with(".output_dir()", "output_directory", path)
    }

    /// Runs the cases with this text in their names.
    pub fn filter(self, text: &str) -> Self {
        self.with(".filter()", "cases.filter", text)
    }

    /// Runs so many cases, drawn by the seed: at least 1.
    pub fn sample(self, cases: u32) -> Self {
        self.with(".sample()", "cases.sample", cases)
    }

    /// Runs the first cases, so many: at least 1.
    pub fn limit(self, cases: u32) -> Self {
        self.with(".limit()", "cases.limit", cases)
    }

    /// Whether inputs become conversations.
    pub fn multi_turn(self, enabled: bool) -> Self {
        self.with(".multi_turn()", "multi_turn.enabled", enabled)
    }

    /// The last turn of a conversation, 1 to 100.
    pub fn max_turns(self, turns: u32) -> Self {
        self.with(".max_turns()", "multi_turn.max_turns", turns)
    }

    /// The agent, as `module.path:function`. Without one it is the only agent that is linked.
    pub fn target(self, target: &str) -> Self {
        self.with(".target()", "runner.target", target)
    }

    /// Runs the experiment to its end. It may be called anywhere, also within a runtime; in an `async` test, prefer
    /// [`run_async`](Self::run_async), which leaves the test's runtime to what the agents may need of it.
    ///
    /// That runs failed is no error: see [`ExperimentResult`].
    ///
    /// # Errors
    ///
    /// When the experiment cannot begin, for its configuration, inputs, agent or supervisor, and when it cannot go on, for
    /// its results cannot be written or its supervisor's key is refused.
    pub fn run(&self) -> Result<ExperimentResult, ExperimentError> {
        Running::start(self.clone())?.join()
    }

    /// Runs the experiment to its end, as [`run`](Self::run) does, and lets the runtime of the caller do other things.
    ///
    /// Dropped before, it stops the experiment: the runs in flight are `cancelled`, and all rows stay.
    ///
    /// ```no_run
    /// # use fluxloop::{Experiment, ExperimentError};
    /// # async fn test() -> Result<(), ExperimentError> {
    /// let result = Experiment::from_config("configs/simulation.yaml")?
    ///     .input("Where is my order?")
    ///     .run_async()
    ///     .await?;
    /// assert_eq!(result.failed_runs, 0, "{:?}", result.errors);
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// # Errors
    ///
    /// As [`run`](Self::run).
    pub fn run_async(
        &self,
    ) -> impl Future<Output = Result<ExperimentResult, ExperimentError>> + Send + use<> {
        // It outlives the builder: a task of its own may have it.
        let experiment = self.clone();
        async move { Running::start(experiment)?.finished().await }
    }

    /// What configuration to load.
    pub(super) fn into_request(self) -> LoadRequest {
        let mut request = self.request;
        request.overrides = self.overrides;
        if !self.inputs.is_empty() {
            let entry = |input: Value| json!({ "input": input });
            let inputs: Vec<Value> = self.inputs.into_iter().map(entry).collect();
            let given = Override::code(".input()", "base_inputs", inputs);
            request.overrides.push(given);
        }
        request
    }
}

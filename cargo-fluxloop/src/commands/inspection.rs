use fluxloop::{
    config::{Config, ConfigError, ErrorKind, LoadRequest, Warning, examine},
    input::{Inputs, load_inputs},
    plan::{Plan, PlanError},
    replay::load_replay,
    supervisor::{Supervisor, SupervisorError},
    target::{SpecError, TargetSpec},
};

/// What a run checks before it builds, each part by itself: one that is wrong hides no other. Parts that could not be
/// judged, since what they depend on is wrong, are none.
pub(super) struct Inspection {
    /// As far as it could be read.
    pub(super) config: Option<Config>,
    pub(super) config_errors: Vec<ConfigError>,
    /// Of the configuration and the inputs.
    pub(super) warnings: Vec<Warning>,
    pub(super) inputs: Option<Result<Inputs, Vec<ConfigError>>>,
    pub(super) plan: Option<Result<Plan, PlanError>>,
    /// None within: no conversations.
    pub(super) supervisor: Option<Result<Option<Supervisor>, SupervisorError>>,
    /// None within: no target is configured.
    pub(super) target: Option<Result<Option<TargetSpec>, SpecError>>,
}

impl Inspection {
    /// Reads everything, and runs nothing.
    pub(super) fn of(request: &LoadRequest) -> Self {
        let examined = examine(request);
        let mut warnings = examined.warnings;
        let Some(config) = examined.config else {
            return Self {
                config: None,
                config_errors: examined.errors,
                warnings,
                inputs: None,
                plan: None,
                supervisor: None,
                target: None,
            };
        };
        let mut config_errors = examined.errors;
        let mut replay = None;
        if config_errors.is_empty() {
            match load_replay(&config) {
                Ok(loaded) => replay = loaded,
                Err(errors) => config_errors.extend(errors),
            }
        }
        let is_valid = config_errors.is_empty();
        warnings.extend(replay.iter().flat_map(|replay| replay.warnings.clone()));
        let inputs = inputs(&config, is_valid);
        if let Some(Ok(inputs)) = &inputs {
            warnings.extend(inputs.warnings.iter().cloned());
        }
        // Any seed: what is wrong is so with each.
        let seed = config.seed.unwrap_or(0);
        let plan = match &inputs {
            Some(Ok(inputs)) if is_valid => Some(Plan::replaying(
                &config,
                &inputs.entries,
                seed,
                replay.as_ref(),
            )),
            _ => None,
        };
        let target = config.runner.target.as_deref().map(str::parse);
        Self {
            supervisor: is_valid.then(|| Supervisor::new(&config, seed)),
            target: Some(target.transpose()),
            config_errors,
            config: Some(config),
            warnings,
            inputs,
            plan,
        }
    }
}

/// With a configuration that is wrong, the file that is missing may just not be named rightly.
fn inputs(config: &Config, is_valid: bool) -> Option<Result<Inputs, Vec<ConfigError>>> {
    match load_inputs(config) {
        Ok(inputs) => Some(Ok(inputs)),
        Err(errors) => {
            let errors: Vec<ConfigError> = errors.into_iter().collect();
            let is_none = |error: &ConfigError| matches!(error.kind(), ErrorKind::NoInputs(_));
            (is_valid || !errors.iter().any(is_none)).then_some(Err(errors))
        }
    }
}

use super::{Setup, SetupError, target_of};
use crate::{
    config::{Config, Warning},
    input::{Inputs, load_inputs},
    plan::{Outline, Plan},
    replay::{Replay, load_replay},
    supervisor::Supervisor,
    target::TargetSpec,
};

/// An experiment of which the cases have their names. What its runs need besides is not made yet: a list is the names.
#[derive(Debug)]
pub(crate) struct Outlined {
    pub(crate) config: Config,
    pub(crate) inputs: Inputs,
    pub(crate) outline: Outline,
    replay: Option<Replay>,
    seed: u64,
    supervisor: Option<Supervisor>,
    target: Option<TargetSpec>,
}

impl Outlined {
    /// Reads the inputs of a configuration, and what it replays. `seed` counts where none is configured.
    ///
    /// # Errors
    ///
    /// As [`Setup::of`], but where a filter leaves nothing to run.
    pub(crate) fn read(
        config: Config,
        seed: Option<u64>,
        warn: &mut dyn FnMut(&Warning),
    ) -> Result<Self, SetupError> {
        let inputs = load_inputs(&config)?;
        inputs.warnings.iter().for_each(&mut *warn);
        let replay = load_replay(&config)?;
        let warnings = replay.iter().flat_map(|replay| &replay.warnings);
        warnings.for_each(warn);
        Self::of(config, seed, inputs, replay)
    }

    /// The same of inputs that were read.
    ///
    /// # Errors
    ///
    /// When inputs and personas do not come together, or there is no such supervisor or target.
    pub(crate) fn of(
        config: Config,
        seed: Option<u64>,
        inputs: Inputs,
        replay: Option<Replay>,
    ) -> Result<Self, SetupError> {
        let seed = config.seed.or(seed);
        // Few enough digits for every program that reads the rows.
        let seed = seed.unwrap_or_else(|| u64::from(fastrand::u32(..)));
        let supervisor = Supervisor::new(&config, seed)?;
        let outline = Outline::new(&config, &inputs.entries, replay.as_ref())?;
        let target = target_of(&config)?;
        Ok(Self {
            config,
            inputs,
            outline,
            replay,
            seed,
            supervisor,
            target,
        })
    }

    /// With all that its runs need.
    ///
    /// # Errors
    ///
    /// When nothing is left to run.
    pub(crate) fn setup(self) -> Result<Setup, SetupError> {
        let entries = &self.inputs.entries;
        let plan = Plan::outlined(&self.config, entries, &self.outline, self.seed)?;
        Ok(Setup {
            target: self.target,
            config: self.config,
            inputs: self.inputs,
            replay: self.replay,
            plan,
            seed: self.seed,
            supervisor: self.supervisor,
        })
    }
}

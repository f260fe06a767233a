use std::collections::HashMap;

use opentelemetry_proto::tonic::trace::v1::Span;

use super::run_trace::{Limits, RunTrace};
use crate::event::{Event, Started};

/// Spans, of the events of an experiment.
#[derive(Debug)]
pub(super) struct Traces {
    limits: Limits,
    experiment: Experiment,
    /// By the position of their case in the plan.
    runs: HashMap<u64, RunTrace>,
}

/// What every run of an experiment says of it.
#[derive(Debug, Default)]
pub(super) struct Experiment {
    pub(super) name: String,
    /// The last part of its directory: unique where experiments stand together.
    pub(super) directory: String,
    /// `module.path:function`.
    pub(super) target: String,
}

impl Experiment {
    /// The function alone.
    pub(super) fn agent(&self) -> &str {
        let function = self.target.rsplit_once(':');
        function.map_or(&self.target, |(_, function)| function)
    }
}

impl From<&Started> for Experiment {
    fn from(started: &Started) -> Self {
        let directory = started.directory.file_name().unwrap_or_default();
        Self {
            name: started.experiment_name.clone(),
            directory: directory.to_string_lossy().into_owned(),
            target: started.target.clone(),
        }
    }
}

impl Traces {
    pub(super) fn new(limits: Limits) -> Self {
        Self {
            limits,
            experiment: Experiment::default(),
            runs: HashMap::new(),
        }
    }

    /// Takes an event in. The span that it ends.
    pub(super) fn event(&mut self, event: &Event<'_>) -> Option<Span> {
        match event {
            Event::ExperimentStarted(started) => {
                self.experiment = Experiment::from(*started);
                None
            }
            Event::RunStarted(case) => {
                self.runs.insert(case.index, RunTrace::new(self.limits));
                None
            }
            Event::Observed { run, observation } => self.runs.get_mut(run)?.observed(observation),
            Event::RunFinished { run, .. } => {
                let trace = self.runs.remove(&run.case.index)?;
                trace.finish(run, &self.experiment)
            }
            _ => None,
        }
    }
}

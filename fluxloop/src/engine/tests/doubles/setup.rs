use std::time::Duration;

use jiff::Timestamp;
use serde_json::json;
use tokio::time::Instant;

use super::{Recorder, Scripted, Step};
use crate::{
    config::{Gate, Pricing},
    engine::{
        Approver, Clock, Consumers, EngineError, Experiment, Settings, Stop, Stopper, ToolSight,
    },
    event::{Finished, Started},
    expect::sample,
    host::AgentHost,
    input::RawInput,
    plan::Plan,
    secret::Secrets,
    supervisor::Supervisor,
};

/// Time as the paused runtime counts it.
struct ManualClock(Instant);

impl Clock for ManualClock {
    fn now(&self) -> Timestamp {
        Timestamp::UNIX_EPOCH + self.0.elapsed()
    }
}

/// An experiment at these doubles.
pub(in super::super) struct Setup {
    pub(in super::super) host: Scripted,
    pub(in super::super) settings: Settings,
    pub(in super::super) inputs: usize,
    pub(in super::super) iterations: u32,
    pub(in super::super) recorder: Recorder,
    pub(in super::super) stop: Stop,
    pub(in super::super) supervisor: Option<Supervisor>,
    /// What is expected of all runs.
    pub(in super::super) expect: serde_json::Value,
    /// The checks that all runs are judged by.
    pub(in super::super) checks: Vec<&'static str>,
}

impl Setup {
    pub(in super::super) fn new(steps: impl IntoIterator<Item = Step>, inputs: usize) -> Self {
        let (_, stop) = Stopper::new();
        Self {
            host: Scripted::new(steps),
            settings: Settings {
                parallel: 1,
                run_delay: Duration::ZERO,
                timeout: Duration::from_mins(1),
                max_retries: 0,
                retry_delay: Duration::from_secs(5),
                max_turns: 8,
                min_turns: 1,
                fail_fast: false,
                gate: Gate {
                    max_failures: 0,
                    min_success_rate: None,
                    min_case_pass_rate: None,
                },
                max_observations: 10_000,
                pricing: Pricing::default(),
                tools: ToolSight::All,
                secrets: Secrets::new(["s3cret-value"]),
            },
            inputs,
            iterations: 1,
            recorder: Recorder::default(),
            stop,
            supervisor: None,
            expect: json!({}),
            checks: Vec::new(),
        }
    }

    fn plan(&self) -> Plan {
        let inputs: Vec<_> = (0..self.inputs)
            .map(|n| RawInput {
                id: Some(format!("in{n}")),
                input: json!("hello"),
                place: "inputs.yaml:1".to_owned(),
                ..RawInput::default()
            })
            .collect();
        let mut config = crate::config::Config::sample();
        (config.expect, config.checks) = sample(&self.expect, &self.checks);
        config.secrets = self.settings.secrets.clone();
        config.iterations = self.iterations.try_into().expect("at least 1");
        Plan::new(&config, &inputs, 7)
            .expect("a plan")
            .for_agent("agent")
    }

    pub(in super::super) async fn run(&mut self) -> Result<Finished, EngineError> {
        let host = std::mem::take(&mut self.host);
        let finished = self.run_at(&host, None).await;
        self.host = host;
        finished
    }

    /// Runs at another host, with somebody who allows tools.
    pub(in super::super) async fn run_at(
        &mut self,
        host: &impl AgentHost,
        approver: Option<&dyn Approver>,
    ) -> Result<Finished, EngineError> {
        let plan = self.plan();
        let clock = ManualClock(Instant::now());
        let mut started = Started::new("test", "/none", "tests:agent", clock.now());
        started.planned = plan.len();
        let experiment = Experiment {
            plan: &plan,
            agent: "agent",
            settings: &self.settings,
            host,
            supervisor: self.supervisor.as_ref(),
            approver,
        };
        let mut consumers = Consumers::new(&mut self.recorder, Vec::new());
        experiment
            .run(started, &clock, self.stop.clone(), &mut consumers)
            .await
    }
}

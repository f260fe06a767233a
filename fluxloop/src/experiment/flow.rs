use std::io;

use super::{Experiment, ExperimentError, ExperimentResult, env, failures::Failures, limits};
use crate::{
    artifact::GitQuestion,
    engine::{self, Consumers, Settings, Stop, StopLevel},
    event::Consumer,
    host::{InProcessHost, InProcessOptions},
    linked::{LinkedAgents, Linking},
    plan::Plan,
    setup::{Begun, Setup, rehearse},
    within_test::{self, warning},
    worker::protocol::AgentInfo,
};

/// An experiment, from its configuration to its result.
pub(super) async fn conduct(
    experiment: Experiment,
    stop: Stop,
) -> Result<ExperimentResult, ExperimentError> {
    let mut warnings = Warnings::default();
    let setup = Setup::load(&experiment.into_request(), &mut |warning| {
        warnings.add(warning.report());
    })?;
    let linked = LinkedAgents::collect(env::test_crate())?;
    let agent = linked.meant(setup.target.as_ref(), Linking::Use)?;
    let plan = setup.plan.clone().for_agent(&agent.name);
    setup.open_supervisor()?;
    let git = GitQuestion::ask(setup.config.runner.working_directory.clone());
    let replay = setup.replay.as_ref();
    if let Some(message) = replay.and_then(|replay| replay.warning_for(agent)) {
        warnings.add(warning(&message));
    }
    limits::of_tests(&setup.config).for_each(|limit| warnings.add(limit));
    let host = InProcessHost::start(InProcessOptions {
        parallel: usize::try_from(setup.config.parallel.get()).unwrap_or(usize::MAX),
        observe: setup.config.observe.options(&linked.crates()),
    })
    .await?;
    let bound = host.bind(&agent.id, plan.arguments());
    rehearse(agent, &plan, &host.checks(), bound).await?;
    if stop.level() > StopLevel::Run {
        return Err(ExperimentError::Stopped);
    }
    let ready = Ready {
        setup: &setup,
        agent,
        plan: &plan,
        host: &host,
    };
    let result = ready.run(git, warnings, stop).await;
    host.shut_down().await;
    result
}

/// What is odd: said at once, and part of the result.
#[derive(Default)]
struct Warnings {
    reports: Vec<String>,
}

impl Warnings {
    fn add(&mut self, report: String) {
        within_test::say(&report);
        self.reports.push(report);
    }
}

/// An experiment whose agent is known and ready.
struct Ready<'a> {
    setup: &'a Setup,
    agent: &'a AgentInfo,
    plan: &'a Plan,
    host: &'a InProcessHost,
}

impl Ready<'_> {
    async fn run(
        &self,
        git: GitQuestion,
        mut warnings: Warnings,
        stop: Stop,
    ) -> Result<ExperimentResult, ExperimentError> {
        let setup = self.setup;
        let Begun {
            directory,
            started,
            mut artifacts,
            ..
        } = setup.begin(self.agent, self.plan, git)?;
        if let Some(message) = directory.warning() {
            warnings.add(warning(message));
        }
        let mut failures = Failures::default();
        let mut best_effort: Vec<&mut dyn Consumer<Error = io::Error>> = vec![&mut failures];
        let mut traces = within_test::traces(&mut |report| warnings.add(report));
        best_effort.extend(traces.consumer());
        let mut consumers = Consumers::new(&mut artifacts, best_effort);
        let settings = Settings::from(&setup.config);
        let experiment = engine::Experiment {
            plan: self.plan,
            agent: &self.agent.id,
            settings: &settings,
            host: self.host,
            supervisor: setup.supervisor.as_ref(),
            approver: within_test::approver(&setup.config, &mut |report| warnings.add(report)),
        };
        let finished = experiment
            .run(started, &engine::SystemClock, stop.clone(), &mut consumers)
            .await;
        if let Some(loss) = traces.finish(&stop).await {
            warnings.add(warning(&loss));
        }
        let finished = finished.map_err(|engine| ExperimentError::Engine {
            engine,
            directory: directory.path().to_owned(),
        })?;
        let lists = (failures.into_runs(), warnings.reports);
        ExperimentResult::new(directory.path(), finished, lists)
    }
}

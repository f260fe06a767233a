use std::io;

use super::{Experiment, ExperimentError, ExperimentResult, env, failures::Failures, limits};
use crate::{
    artifact::GitQuestion,
    engine::{self, Consumers, NobodyToAsk, Settings, Stop, StopLevel},
    event::Consumer,
    host::{InProcessHost, InProcessOptions},
    linked::{LinkedAgents, Linking},
    plan::Plan,
    setup::{Begun, Setup, rehearse},
    worker::protocol::AgentInfo,
};

/// An experiment, from its configuration to its result.
pub(super) async fn conduct(
    experiment: Experiment,
    stop: Stop,
) -> Result<ExperimentResult, ExperimentError> {
    let mut warnings = Vec::new();
    let setup = Setup::load(&experiment.into_request(), &mut |warning| {
        warnings.push(warning.report());
    })?;
    let linked = LinkedAgents::collect(env::test_crate())?;
    let agent = linked.meant(setup.target.as_ref(), Linking::Use)?;
    let plan = setup.plan.clone().for_agent(&agent.name);
    setup.open_supervisor()?;
    let git = GitQuestion::ask(setup.config.runner.working_directory.clone());
    let replay = setup.replay.as_ref();
    warnings.extend(replay.and_then(|replay| replay.warning_for(agent)));
    warnings.extend(limits::of_tests(&setup.config));
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
        mut warnings: Vec<String>,
        stop: Stop,
    ) -> Result<ExperimentResult, ExperimentError> {
        let setup = self.setup;
        let Begun {
            directory,
            started,
            mut artifacts,
            ..
        } = setup.begin(self.agent, self.plan, git)?;
        warnings.extend(directory.warning().map(str::to_owned));
        let mut failures = Failures::default();
        let best_effort: Vec<&mut dyn Consumer<Error = io::Error>> = vec![&mut failures];
        let mut consumers = Consumers::new(&mut artifacts, best_effort);
        let approve_all = setup.config.multi_turn.auto_approve_tools;
        let settings = Settings::from(&setup.config);
        let experiment = engine::Experiment {
            plan: self.plan,
            agent: &self.agent.id,
            settings: &settings,
            host: self.host,
            supervisor: setup.supervisor.as_ref(),
            approver: (!approve_all).then_some(&NobodyToAsk),
        };
        let finished = experiment
            .run(started, &engine::SystemClock, stop, &mut consumers)
            .await
            .map_err(|engine| ExperimentError::Engine {
                engine,
                directory: directory.path().to_owned(),
            })?;
        ExperimentResult::new(directory.path(), finished, (failures.into_runs(), warnings))
    }
}

use std::io;

use super::{Experiment, ExperimentError, ExperimentResult, env, failures::Failures, limits};
use crate::{
    artifact::{Artifacts, ExperimentDirectory, GitQuestion},
    engine::{self, Clock as _, Consumers, NobodyToAsk, Settings, Stop, StopLevel, SystemClock},
    event::Consumer,
    host::{InProcessHost, InProcessOptions},
    linked::LinkedAgents,
    plan::Plan,
    setup::{Setup, SetupError, Unfit, UnknownCheck},
    target::TargetSpec,
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
    let agent = meant(&linked, setup.target.as_ref())?;
    let plan = setup.plan.clone().for_agent(&agent.name);
    if let Some(supervisor) = &setup.supervisor {
        supervisor.open().map_err(SetupError::from)?;
    }
    let git = GitQuestion::ask(setup.config.runner.working_directory.clone());
    let replay = setup.replay.as_ref();
    warnings.extend(replay.and_then(|replay| replay.warning_for(agent)));
    warnings.extend(limits::of_tests(&setup.config));
    let host = InProcessHost::start(InProcessOptions {
        parallel: usize::try_from(setup.config.parallel.get()).unwrap_or(usize::MAX),
        observe: setup.config.observe.options(&linked.crates()),
    })
    .await?;
    UnknownCheck::check(&plan, &host.checks())?;
    check_inputs(&host, agent, &plan).await?;
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

/// The agent that is meant.
fn meant<'l>(
    linked: &'l LinkedAgents,
    target: Option<&TargetSpec>,
) -> Result<&'l AgentInfo, ExperimentError> {
    if linked.is_empty() {
        return Err(ExperimentError::NoAgent);
    }
    linked
        .choose(target)
        .map_err(|choice| ExperimentError::Choice {
            choice,
            unlinked: target.and_then(|target| linked.unlinked(target)),
        })
}

/// Checks that every input fits the agent, before anything is called.
async fn check_inputs(
    host: &InProcessHost,
    agent: &AgentInfo,
    plan: &Plan,
) -> Result<(), ExperimentError> {
    let inputs = plan.distinct_inputs().map(|input| &input.arguments);
    let answers = host.bind(&agent.id, inputs).await;
    let answers = answers.map_err(ExperimentError::system("the inputs could not be checked"))?;
    Ok(Unfit::check(agent, plan, answers)?)
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
        let started_at = SystemClock.now();
        let directory = ExperimentDirectory::create(&setup.config.output.directory, started_at)?;
        warnings.extend(directory.warning().map(str::to_owned));
        let started = setup.started(self.agent, self.plan, &directory, started_at);
        let mut artifacts = Artifacts::open(setup.artifacts(started.clone(), git.answer()))?;
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
            .run(started, &SystemClock, stop, &mut consumers)
            .await
            .map_err(|engine| ExperimentError::Engine {
                engine,
                directory: directory.path().to_owned(),
            })?;
        ExperimentResult::new(directory.path(), finished, (failures.into_runs(), warnings))
    }
}

use std::{
    io,
    path::{Path, PathBuf},
    pin::pin,
};

use fluxloop::{
    artifact::GitQuestion,
    engine::{
        self, Approver, Consumers, DRAIN_LIMIT, Experiment, NobodyToAsk, Settings, Signals, Stop,
        StopLevel, Stopper, SystemClock,
    },
    event::{Consumer, Event, Finished},
    export::TraceExport,
    host::{Logs, WorkerHost},
    plan::Plan,
    setup::{Begun, Setup, rehearse},
    worker::protocol::AgentInfo,
};
use tokio::runtime::Runtime;

use super::{
    Invocation, error::CommandError, exit, plan, replayed, report::Reports, session::Workshop,
};
use crate::{
    cli::{ExperimentArguments, MessageFormat, RunOptions},
    terminal::{
        Answer, HumanOptions, HumanReporter, JsonReporter, PlanSummary, Stdout, TerminalApprover,
        confirm, show_plan, stdin_is_terminal,
    },
};

/// `cargo fluxloop run experiment`, from the command line to the exit code.
pub(super) fn execute(
    arguments: ExperimentArguments,
    invocation: &Invocation,
) -> Result<i32, CommandError> {
    let options = RunOptions::resolve(arguments, &invocation.variables)?;
    if !options.yes && !options.dry_run && !stdin_is_terminal() {
        return Err(CommandError::NotConfirmed);
    }
    let planned = plan::plan(&options.project, &options.overrides, invocation)?;
    let workshop = Workshop::open(&planned.config, options.cargo.clone(), invocation)?;
    let selection = workshop.select(planned.target.as_ref())?;
    agree(&planned, &options, invocation)?;
    if !options.dry_run {
        planned.open_supervisor()?;
    }
    let reports = Reports::begin(&options, invocation)?;
    let git = GitQuestion::ask(planned.config.runner.working_directory.clone());
    let worker = workshop.build(&selection.unit)?;
    let runtime = runtime()?;
    let code = runtime.block_on(async {
        let logs = Logs::new(planned.config.secrets.clone());
        let mut signals =
            Signals::listen().map_err(CommandError::system("cannot listen for signals"))?;
        let ready = async {
            let host = workshop.start(&worker, &selection.unit, &logs).await?;
            let agent = selection.agent(host.agents(), &workshop.workspace)?.clone();
            let plan = planned.plan.clone().for_agent(&agent.name);
            let bound = host.bind(&agent.id, plan.arguments());
            rehearse(&agent, &plan, host.checks(), bound).await?;
            if let Some(replay) = &planned.replay {
                replayed::tell(replay, &agent, &invocation.shell);
            }
            Ok::<_, CommandError>((host, agent, plan))
        };
        let (host, agent, plan) = tokio::select! {
            ready = ready => ready?,
            () = signals.next() => return Err(CommandError::Interrupted),
        };
        if options.dry_run {
            host.shut_down().await;
            dry_run(&planned, &agent, invocation);
            return Ok(exit::OK);
        }
        let run = Run {
            planned: &planned,
            options: &options,
            invocation,
            agent: &agent,
            place: workshop.workspace.absolute(Path::new(&agent.file)),
            reports: &reports,
            plan: &plan,
            logs: &logs,
        };
        run.to_the_end(&host, git, signals).await
    });
    // A signal may have come while a worker was starting: what is left of it ends with the runtime.
    drop(runtime);
    code
}

/// What the engine runs on.
pub(super) fn runtime() -> Result<Runtime, CommandError> {
    engine::runtime().map_err(CommandError::system("cannot start the runtime"))
}

/// What would be run, in figures.
fn with_summary<T>(
    planned: &Setup,
    target: Option<&str>,
    show: impl FnOnce(&PlanSummary<'_>) -> T,
) -> T {
    let personas = planned.plan.personas();
    show(&PlanSummary {
        target,
        inputs: planned.plan.inputs() as u64,
        personas: &personas,
        iterations: planned.plan.iterations().get(),
        total_runs: planned.plan.len(),
        left_out: planned.plan.left_out(),
        parallel: planned.config.parallel.get(),
        output: &planned.config.output.directory,
    })
}

/// Asks whether to go on, unless that was said before.
fn agree(
    planned: &Setup,
    options: &RunOptions,
    invocation: &Invocation,
) -> Result<(), CommandError> {
    if options.yes || options.dry_run {
        return Ok(());
    }
    let target = planned.config.runner.target.as_deref();
    let answer = with_summary(planned, target, |summary| {
        confirm(&invocation.shell, summary, &mut io::stdin().lock())
    });
    match answer.map_err(CommandError::system("cannot read the answer"))? {
        Answer::Yes => Ok(()),
        Answer::No => Err(CommandError::Declined),
    }
}

/// Says what would be run: built, found and checked, and not called.
fn dry_run(planned: &Setup, agent: &AgentInfo, invocation: &Invocation) {
    with_summary(planned, Some(&agent.target()), |summary| {
        show_plan(&invocation.shell, summary);
    });
    invocation
        .shell
        .info("Dry run: every input fits the agent, and nothing was run");
}

/// An experiment whose agent is known and ready.
struct Run<'a> {
    planned: &'a Setup,
    options: &'a RunOptions,
    invocation: &'a Invocation,
    agent: &'a AgentInfo,
    /// The agent's source.
    place: PathBuf,
    reports: &'a Reports<'a>,
    plan: &'a Plan,
    logs: &'a Logs,
}

impl Run<'_> {
    async fn to_the_end(
        &self,
        host: &WorkerHost,
        git: GitQuestion,
        signals: Signals,
    ) -> Result<i32, CommandError> {
        let planned = self.planned;
        let Begun {
            directory,
            started,
            mut artifacts,
            ..
        } = planned.begin(self.agent, self.plan, git)?;
        self.logs.open(&directory.logs());
        let (mut human, mut json) = self.reporters();
        let mut best_effort: Vec<&mut dyn Consumer<Error = io::Error>> = vec![&mut human];
        if let Some(json) = &mut json {
            best_effort.push(json);
        }
        let mut traces = self.traces();
        best_effort.extend(traces.consumer());
        let mut consumers = Consumers::new(&mut artifacts, best_effort);
        if let Some(warning) = directory.warning() {
            consumers.emit(&Event::Warning(warning))?;
        }
        let settings = Settings::from(&planned.config);
        let approver = self.approver(&mut consumers)?;
        let experiment = Experiment {
            plan: self.plan,
            agent: &self.agent.id,
            settings: &settings,
            host,
            supervisor: planned.supervisor.as_ref(),
            approver: approver.as_deref(),
        };
        let (stopper, stop) = Stopper::new();
        let mut passing_on = pin!(signals.pass_on(stopper));
        let finished = tokio::select! {
            finished = experiment.run(started.clone(), &SystemClock, stop.clone(), &mut consumers) => finished,
            never = &mut passing_on => match never {},
        };
        let release = async { tokio::join!(self.release(host, &stop), traces.finish(&stop)) };
        tokio::select! {
            ((), loss) = release => loss.iter().for_each(|loss| self.invocation.shell.warn(loss)),
            never = &mut passing_on => match never {},
        }
        let finished = finished?;
        self.reports
            .finish(&started, &finished, (&self.place, self.agent.line))?;
        Ok(self.exit_code(&finished))
    }

    fn reporters(&self) -> (HumanReporter, Option<JsonReporter>) {
        let shell = &self.invocation.shell;
        let json = self.options.message_format == MessageFormat::Json;
        let progress = self.options.progress.form(shell, json);
        let human = HumanReporter::new(
            shell.clone(),
            HumanOptions {
                progress,
                grace: DRAIN_LIMIT,
            },
        );
        (human, json.then(|| JsonReporter::new(Stdout::process())))
    }

    /// What sends runs as traces, where `OTEL_…` variables ask for that.
    fn traces(&self) -> TraceExport {
        let Invocation {
            shell, variables, ..
        } = self.invocation;
        let traces = TraceExport::start(
            |name| variables.get(name).map(str::to_owned),
            "this cargo-fluxloop was built without its feature `otlp`; install it with that feature",
            &mut |warning| shell.warn(warning),
        );
        if let Some(endpoint) = traces.endpoint() {
            shell.verbose(format_args!("Exporting traces to {endpoint}"));
        }
        traces
    }

    /// Who allows tools, unless all of them are.
    fn approver(
        &self,
        consumers: &mut Consumers<'_>,
    ) -> Result<Option<Box<dyn Approver>>, CommandError> {
        if self.planned.config.multi_turn.auto_approve_tools {
            return Ok(None);
        }
        let shell = &self.invocation.shell;
        let why = if self.options.message_format == MessageFormat::Json {
            "`--message-format json` asks nobody"
        } else if shell.is_terminal() && stdin_is_terminal() {
            let approver = TerminalApprover::listen(shell.clone())
                .map_err(CommandError::system("cannot listen to the keyboard"))?;
            return Ok(Some(Box::new(approver)));
        } else {
            "there is no terminal to ask at"
        };
        consumers.emit(&Event::Warning(&format!(
            "every tool will be refused: tools have to be approved, and {why}; \
             pass --auto-approve-tools to approve them all",
        )))?;
        Ok(Some(Box::new(NobodyToAsk)))
    }

    /// Ends the worker, and says what became of the logs.
    async fn release(&self, host: &WorkerHost, stop: &Stop) {
        match stop.level() {
            StopLevel::Run => host.shut_down().await,
            StopLevel::Drain | StopLevel::Now => host.kill().await,
        }
        if let Some(problem) = self.logs.problem() {
            self.invocation.shell.warn(problem);
        }
    }

    fn exit_code(&self, finished: &Finished) -> i32 {
        match finished {
            Finished {
                interrupted: true, ..
            } => exit::INTERRUPTED,
            Finished { verdict, .. } if verdict.passed || self.options.no_fail => exit::OK,
            _ => exit::GATE,
        }
    }
}

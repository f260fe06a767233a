use std::{pin::pin, time::Duration};

use futures_util::{StreamExt as _, stream::FuturesUnordered};
use jiff::Timestamp;
use tokio::{
    sync::mpsc,
    time::{Instant, MissedTickBehavior, interval, sleep_until},
};

use super::{
    Approver, Clock, Consumers, Settings, Stop, StopLevel,
    cases::Cases,
    in_flight::InFlight,
    notice::{Notice, Told, TurnBegan},
    recording::{Recording, Tell},
    run::{Done, Fatal, Runner},
};
use crate::{
    artifact::ArtifactError,
    event::{Event, Finished, Run, Started},
    host::AgentHost,
    plan::Plan,
    summary::Statistics,
    supervisor::Supervisor,
};

/// How long runs in flight have after the first request to end.
pub const DRAIN_LIMIT: Duration = Duration::from_secs(5);

/// How often consumers hear that time passes.
const TICK: Duration = Duration::from_millis(100);

/// An experiment that could not be run to its end.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum EngineError {
    /// Results could not be written.
    #[error(transparent)]
    Write(#[from] ArtifactError),
    /// There is no worker to call any more.
    #[error("no agent can be called any more: {0}")]
    Unavailable(String),
    /// The supervisor's provider refuses the key, and no conversation has succeeded.
    #[error("the supervisor's provider refuses the API key: {0}")]
    Refused(String),
}

impl EngineError {
    /// What to do about it, where that is known and not part of the message.
    #[must_use]
    pub fn hint(&self) -> Option<&'static str> {
        match self {
            Self::Write(error) => error.hint(),
            Self::Unavailable(_) | Self::Refused(_) => None,
        }
    }
}

/// An experiment, ready to run.
#[derive(Debug)]
pub struct Experiment<'a, H> {
    /// Its cases.
    pub plan: &'a Plan,
    /// The agent's id at the host.
    pub agent: &'a str,
    /// How it is run.
    pub settings: &'a Settings,
    /// Where its agent lives.
    pub host: &'a H,
    /// Who plays the user of conversations; without one, every run is a single turn.
    pub supervisor: Option<&'a Supervisor>,
    /// Who allows tools; without one, every tool is allowed.
    pub approver: Option<&'a dyn Approver>,
}

impl<H: AgentHost> Experiment<'_, H> {
    /// Runs every case, and tells `consumers` what happens.
    ///
    /// Ends early, in order, when `stop` asks for it, when the gate cannot hold any more and the settings say
    /// `fail_fast`, or when a result cannot be written.
    ///
    /// # Errors
    ///
    /// When results could not be written or no worker could be started any more. Consumers have heard
    /// [`Event::ExperimentFinished`] then, too.
    pub async fn run(
        &self,
        started: Started,
        clock: &dyn Clock,
        stop: Stop,
        consumers: &mut Consumers<'_>,
    ) -> Result<Finished, EngineError> {
        let cases = Cases::Plan { next: 0 };
        self.run_cases(cases, (started, clock), stop, consumers)
            .await
    }

    /// Runs the cases that are asked for by their positions in the whole plan, in that order, until nobody is left to ask;
    /// otherwise as [`run`](Self::run). What is asked for after an early end never begins.
    ///
    /// # Errors
    ///
    /// As [`run`](Self::run).
    pub async fn run_on_demand(
        &self,
        demands: mpsc::UnboundedReceiver<u64>,
        (started, clock): (Started, &dyn Clock),
        stop: Stop,
        consumers: &mut Consumers<'_>,
    ) -> Result<Finished, EngineError> {
        let cases = Cases::on_demand(demands);
        self.run_cases(cases, (started, clock), stop, consumers)
            .await
    }

    async fn run_cases(
        &self,
        cases: Cases,
        (started, clock): (Started, &dyn Clock),
        stop: Stop,
        consumers: &mut Consumers<'_>,
    ) -> Result<Finished, EngineError> {
        let (notices, heard) = mpsc::unbounded_channel();
        let runner = Runner {
            agent: self.agent,
            settings: self.settings,
            host: self.host,
            clock,
            supervisor: self.supervisor,
            approver: self.approver,
            stop: stop.clone(),
            notices,
        };
        let mut progress = Progress {
            plan: self.plan,
            settings: self.settings,
            supervisor: self.supervisor,
            clock,
            consumers,
            statistics: Statistics::of(self.plan.iterations().get(), &self.settings.gate),
            in_flight: InFlight::default(),
            cases,
            has_returned: false,
            phase: Phase::Running,
            failed: None,
        };
        progress.emit(&Event::ExperimentStarted(&started));
        progress.drive(&runner, stop, heard).await;
        progress.finish()
    }
}

/// How far an experiment is on its way to its end.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Phase {
    /// Runs start.
    Running,
    /// No run starts any more; those in flight end by themselves.
    Ending,
    /// The user wants it to end: those in flight have until then.
    Draining(Instant),
}

/// An experiment on its way.
struct Progress<'a, 'c> {
    plan: &'a Plan,
    settings: &'a Settings,
    supervisor: Option<&'a Supervisor>,
    clock: &'a dyn Clock,
    consumers: &'a mut Consumers<'c>,
    statistics: Statistics,
    in_flight: InFlight,
    /// Those that have not begun.
    cases: Cases,
    /// Whether any run has returned, right or not.
    has_returned: bool,
    phase: Phase,
    failed: Option<EngineError>,
}

impl Progress<'_, '_> {
    async fn drive<H: AgentHost>(
        &mut self,
        runner: &Runner<'_, H>,
        stop: Stop,
        mut heard: mpsc::UnboundedReceiver<Notice>,
    ) {
        let mut running = FuturesUnordered::new();
        let mut next_start = Instant::now();
        let mut asked = pin!(until(stop.clone(), StopLevel::Drain));
        let mut cut_off = pin!(until(stop, StopLevel::Now));
        let mut ticks = interval(TICK);
        ticks.set_missed_tick_behavior(MissedTickBehavior::Delay);
        loop {
            while running.len() < self.settings.parallel && next_start <= Instant::now() {
                let Some(case) = self.start_next() else { break };
                let at = self.clock.now();
                self.begin(&case, at);
                running.push(runner.run(case, at));
                next_start = Instant::now() + self.settings.run_delay;
            }
            let waits_to_start = self.may_start() && running.len() < self.settings.parallel;
            let may_come = self.phase == Phase::Running && self.cases.may_come();
            if running.is_empty() && !waits_to_start && !may_come {
                return;
            }
            let phase = self.phase;
            tokio::select! {
                biased;
                // Before the runs: one in a pause before a retry ends by it, and must not pass for the end of all.
                () = &mut asked, if !matches!(self.phase, Phase::Draining(_)) => self.drain(running.len()),
                // What a run has to tell comes before its end.
                Some(notice) = heard.recv() => {
                    self.tell(notice);
                    self.tell_all(&mut heard);
                }
                Some(done) = running.next() => {
                    self.tell_all(&mut heard);
                    self.take(done);
                }
                () = &mut cut_off => {
                    // Another thread may ask at any moment, also between looking for the one and for the other.
                    if !matches!(self.phase, Phase::Draining(_)) {
                        self.drain(running.len());
                    }
                    break;
                }
                () = self.cases.arrive(), if may_come => {}
                () = sleep_until(next_start), if waits_to_start => {}
                () = drained(phase) => break,
                _ = ticks.tick() => self.tick(),
            }
        }
        // Dropped before their cases are told of: no result can come in between.
        drop(running);
        self.cancel();
    }

    fn may_start(&self) -> bool {
        self.phase == Phase::Running && self.cases.are_ready(self.plan)
    }

    fn start_next(&mut self) -> Option<crate::plan::Case> {
        if !self.may_start() {
            return None;
        }
        let case = self.cases.take(self.plan)?;
        self.emit(&Event::RunStarted(&case));
        Some(case)
    }

    fn begin(&mut self, case: &crate::plan::Case, at: Timestamp) {
        let limit = self.settings.max_observations;
        let recording = self.observe(case.index, |tell| Recording::begin(case, at, limit, tell));
        self.in_flight.begin(case.index, at, recording);
    }

    /// Everything that runs have told so far.
    fn tell_all(&mut self, heard: &mut mpsc::UnboundedReceiver<Notice>) {
        while let Ok(notice) = heard.try_recv() {
            self.tell(notice);
        }
    }

    fn tell(&mut self, notice: Notice) {
        let run = notice.case;
        match notice.what {
            Told::Retry {
                case,
                attempt,
                failure,
                delay,
            } => {
                self.emit(&Event::RunRetried {
                    case: &case,
                    attempt,
                    failure: &failure,
                    delay,
                });
            }
            Told::TurnBegan(began) => self.turn_began(&began),
            Told::TurnEnded(end) => self.record_in(run, |recording, tell| {
                recording.turn_ended(&end, tell);
            }),
            Told::Happened { call, at_ns, what } => {
                let at = Timestamp::from_nanosecond(i128::from(at_ns)).unwrap_or_default();
                let settings = self.settings;
                self.record_in(run, |recording, tell| {
                    recording.happened((call, at), *what, settings, tell);
                });
            }
            Told::Returned { calls, facts } => {
                if let Some(recording) = self.in_flight.recording(run) {
                    // A run that was cut off meanwhile asks no more.
                    let _ = facts.send(recording.facts(&calls, self.settings.tools));
                }
            }
            Told::Decided(decided) => self.record_in(run, |recording, tell| {
                recording.decided(&decided, tell);
            }),
        }
    }

    fn turn_began(&mut self, began: &TurnBegan) {
        let TurnBegan {
            case,
            turn,
            at,
            history,
        } = began;
        let says = history.last().map_or("", |said| &said.content);
        self.emit(&Event::TurnStarted {
            case,
            turn: *turn,
            max_turns: self.settings.max_turns,
            says,
        });
        self.record_in(case.index, |recording, tell| {
            recording.turn_began(*turn, *at, says, tell);
        });
        self.in_flight.turn(case.index, *turn, history.clone());
    }

    /// Lets a run under way take in what happened. One that has ended takes in nothing more.
    fn record_in(&mut self, run: u64, take_in: impl FnOnce(&mut Recording, Tell<'_>)) {
        let Some(recording) = self.in_flight.recording(run) else {
            return;
        };
        let mut all_told = Ok(());
        take_in(recording, &mut |observation| {
            let told = self.consumers.emit(&Event::Observed { run, observation });
            if all_told.is_ok() {
                all_told = told;
            }
        });
        self.note(all_told);
    }

    /// Passes on what happens in a run.
    fn observe<T>(&mut self, run: u64, happens: impl FnOnce(Tell<'_>) -> T) -> T {
        happens(&mut |observation| self.emit(&Event::Observed { run, observation }))
    }

    fn take(&mut self, done: Done) {
        match done.fatal {
            Some(Fatal::Unavailable(reason)) => self.fail(EngineError::Unavailable(reason)),
            // A key that worked before is refused for another reason: that run's own.
            Some(Fatal::Refused(reason)) if !self.has_returned => {
                self.fail(EngineError::Refused(reason));
            }
            Some(Fatal::Refused(_)) | None => {}
        }
        if let Some(recording) = self.in_flight.end(done.run.case.index) {
            self.end(done.run, recording);
        }
    }

    fn end(&mut self, mut run: Run, recording: Recording) {
        self.observe(run.case.index, |tell| recording.finish(&mut run, tell));
        self.record(&run);
    }

    fn record(&mut self, run: &Run) {
        self.has_returned |= run.outcome.output().is_some();
        self.statistics.record(run);
        let told = self.consumers.emit(&Event::RunFinished {
            run,
            so_far: &self.statistics,
        });
        self.note(told);
        let lost = self.statistics.counts().failed > self.settings.gate.max_failures;
        if lost && self.settings.fail_fast && self.phase == Phase::Running {
            self.phase = Phase::Ending;
        }
    }

    fn drain(&mut self, in_flight: usize) {
        self.phase = Phase::Draining(Instant::now() + DRAIN_LIMIT);
        self.emit(&Event::Interrupted { in_flight });
    }

    fn cancel(&mut self) {
        let mut in_flight = std::mem::take(&mut self.in_flight);
        let now = self.clock.now();
        let plan = self.plan;
        for (run, recording) in in_flight.cancel(plan, self.supervisor, now) {
            self.end(run, recording);
        }
    }

    fn emit(&mut self, event: &Event<'_>) {
        let told = self.consumers.emit(event);
        self.note(told);
    }

    fn tick(&mut self) {
        let told = self.consumers.tick(self.clock.now());
        self.note(told);
    }

    fn note(&mut self, told: Result<(), ArtifactError>) {
        if let Err(error) = told {
            self.fail(EngineError::Write(error));
        }
    }

    /// The first reason counts; the experiment ends in order.
    fn fail(&mut self, error: EngineError) {
        self.failed.get_or_insert(error);
        if self.phase == Phase::Running {
            self.phase = Phase::Ending;
        }
    }

    fn finish(mut self) -> Result<Finished, EngineError> {
        let finished = Finished {
            verdict: self.settings.gate.judge(
                &self.statistics.counts(),
                self.statistics.worst_case_pass_rate(),
            ),
            statistics: std::mem::take(&mut self.statistics),
            at: self.clock.now(),
            interrupted: self.failed.is_some() || matches!(self.phase, Phase::Draining(_)),
        };
        self.emit(&Event::ExperimentFinished(&finished));
        match self.failed {
            Some(error) => Err(error),
            None => Ok(finished),
        }
    }
}

/// Ready when the runs in flight have had their time.
async fn drained(phase: Phase) {
    match phase {
        Phase::Draining(limit) => sleep_until(limit).await,
        Phase::Running | Phase::Ending => std::future::pending().await,
    }
}

async fn until(mut stop: Stop, level: StopLevel) {
    stop.reaches(level).await;
}

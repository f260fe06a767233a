use std::{fmt::Write as _, io, time::Duration};

use serde_json::value::RawValue;

use crate::{
    artifact::ArtifactError,
    engine::{StopLevel, Stopper},
    event::{Consumer, ConversationRecord, Event, FailureKind, Observation, What},
    expect::JudgedCheck,
    worker::protocol::Usage,
};

/// Keeps what matters of every event, and may fail.
#[derive(Default)]
pub(in super::super) struct Recorder {
    pub(in super::super) lines: Vec<String>,
    pub(in super::super) kinds: Vec<Option<FailureKind>>,
    pub(in super::super) durations: Vec<Duration>,
    pub(in super::super) walls: Vec<Duration>,
    pub(in super::super) attempts: Vec<u32>,
    pub(in super::super) texts: String,
    pub(in super::super) fail_at_run: Option<usize>,
    pub(in super::super) stop_at_run: Option<(usize, Stopper, StopLevel)>,
    pub(in super::super) stop_at_turn: Option<(u32, Stopper, StopLevel)>,
    pub(in super::super) conversations: Vec<ConversationRecord>,
    pub(in super::super) observations: Vec<String>,
    pub(in super::super) usages: Vec<Option<Usage>>,
    pub(in super::super) dropped: Vec<u64>,
    pub(in super::super) costs: Vec<Option<f64>>,
    pub(in super::super) checks: Vec<Vec<JudgedCheck>>,
}

impl Recorder {
    fn take(&mut self, event: &Event<'_>) {
        match event {
            Event::ExperimentStarted(started) => {
                self.lines.push(format!("started {}", started.planned));
            }
            Event::RunStarted(case) => self.lines.push(format!("> {}", case.name)),
            Event::Observed { run, observation } => self.observe(*run, observation),
            Event::RunRetried {
                case,
                attempt,
                failure,
                ..
            } => {
                self.lines.push(format!(
                    "retry {} after {attempt}: {}",
                    case.name, failure.message
                ));
            }
            Event::TurnStarted {
                case,
                turn,
                max_turns,
                says,
            } => {
                self.lines
                    .push(format!("> {} {turn}/{max_turns}: {says}", case.trace_id()));
                if let Some((at, stopper, level)) = &self.stop_at_turn
                    && turn == at
                {
                    stopper.ask(*level);
                }
            }
            Event::RunFinished { run, so_far } => {
                if let Some(output) = run.outcome.output() {
                    self.texts.push_str(output.get());
                }
                let failure = run.outcome.failure();
                if let Some(failure) = failure {
                    self.texts
                        .push_str(&serde_json::to_string(failure).expect("plain data"));
                }
                let word = if failure.is_some() { "FAILED" } else { "ok" };
                let kind = failure.map(|failure| failure.kind);
                self.lines.push(format!(
                    "< {} {word} ({})",
                    run.trace_id,
                    so_far.counts().total
                ));
                self.kinds.push(kind);
                self.durations.push(run.duration);
                self.walls.push(run.wall);
                self.attempts.push(run.attempts);
                self.conversations.extend(run.conversation.clone());
                self.usages.push(run.usage);
                self.costs.push(run.cost);
                self.checks.push(run.checks.clone());
                self.dropped.push(run.observations_dropped);
                if let Some((at, stopper, level)) = &self.stop_at_run
                    && self.kinds.len() == *at
                {
                    stopper.ask(*level);
                }
            }
            Event::Warning(text) => self.lines.push(format!("warning {text}")),
            Event::Interrupted { in_flight } => {
                self.lines.push(format!("interrupted with {in_flight}"));
            }
            Event::ExperimentFinished(finished) => {
                self.lines
                    .push(format!("finished, interrupted: {}", finished.interrupted));
            }
        }
    }
}

impl Recorder {
    /// How often the supervisor has decided.
    pub(in super::super) fn decisions(&self) -> usize {
        let ends = self
            .observations
            .iter()
            .filter(|line| line.contains("< decision_"));
        ends.count()
    }

    /// `<run> > <id> in <parent>: <kind> <name> <attributes>`, `<` for an end, `.` for a moment.
    fn observe(&mut self, run: u64, observation: &Observation<'_>) {
        let mut line = String::new();
        let (sign, more) = match &observation.what {
            What::Start { input } => (">", text(input.as_deref())),
            What::Moment { input, .. } => (".", text(input.as_deref())),
            What::End(ended) => {
                let error = serde_json::to_string(&ended.error).expect("plain data");
                let error = if ended.error.is_some() {
                    error
                } else {
                    String::new()
                };
                let input = ended.input.as_deref();
                let input = input.map_or_else(String::new, |input| format!("for {input} "));
                (
                    "<",
                    format!(
                        "{input}{}{error} after {:?}",
                        text(ended.output.as_deref()),
                        ended.duration
                    ),
                )
            }
        };
        write!(line, "{run} {sign}").expect("a string");
        for (word, id) in [(" ", observation.id), (" in ", observation.parent)] {
            if let Some(id) = id {
                write!(line, "{word}{id}").expect("a string");
            }
        }
        write!(line, ": {:?} {} {more}", observation.kind, observation.name).expect("a string");
        if let Some(attributes) = &observation.attributes {
            write!(line, " {attributes}").expect("a string");
        }
        self.observations.push(line);
    }
}

fn text(json: Option<&RawValue>) -> String {
    json.map(|json| json.get().to_owned()).unwrap_or_default()
}

impl Consumer for Recorder {
    type Error = ArtifactError;

    fn event(&mut self, event: &Event<'_>) -> Result<(), ArtifactError> {
        self.take(event);
        if matches!(event, Event::RunFinished { .. }) && self.fail_at_run == Some(self.kinds.len())
        {
            return Err(ArtifactError::sample());
        }
        Ok(())
    }
}

/// A reporter whose output is closed after the first event.
pub(in super::super) struct Broken(
    pub(in super::super) io::ErrorKind,
    pub(in super::super) usize,
);

impl Consumer for Broken {
    type Error = io::Error;

    fn event(&mut self, _: &Event<'_>) -> io::Result<()> {
        self.1 += 1;
        Err(self.0.into())
    }
}

/// A reporter that works.
#[derive(Default)]
pub(in super::super) struct Listener {
    pub(in super::super) warnings: Vec<String>,
    pub(in super::super) others: usize,
}

impl Consumer for Listener {
    type Error = io::Error;

    fn event(&mut self, event: &Event<'_>) -> io::Result<()> {
        match event {
            Event::Warning(text) => self.warnings.push((*text).to_owned()),
            _ => self.others += 1,
        }
        Ok(())
    }
}

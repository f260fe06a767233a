use std::{collections::BTreeMap, io, time::Duration};

use fluxloop::{
    artifact::SummaryRow,
    event::{Consumer, ConversationState, Event, Failure, FailureKind, Finished, Run, Started},
    github::inert_json,
    json_line::push_json_line,
    plan::Case,
    summary::{CheckCounts, DurationsMs, Verdict},
};
use jiff::Timestamp;
use serde::{Serialize, Serializer};

use super::Stdout;

/// `--message-format json`: one object a line on standard output, each with its `reason`. Fields bear the names
/// that they have in the experiment's files.
#[derive(Debug)]
pub(crate) struct JsonReporter {
    out: Stdout,
    buffer: Vec<u8>,
    /// Said again at the end, so that its reader needs no earlier line.
    directory: Option<String>,
}

#[derive(Serialize)]
#[serde(tag = "reason", rename_all = "kebab-case")]
enum Message<'a> {
    ExperimentStarted {
        experiment_name: &'a str,
        path: &'a str,
        target: &'a str,
        inputs: u64,
        iterations: u32,
        planned_traces: u64,
        left_out: u64,
        seed: u64,
        #[serde(serialize_with = "rfc3339")]
        started_at: Timestamp,
        fluxloop_version: &'static str,
    },
    RunStarted(CaseFields<'a>),
    TurnStarted {
        #[serde(flatten)]
        case: CaseFields<'a>,
        conversation_state: ConversationState,
        turn: u32,
        max_turns: u32,
        user_message: &'a str,
    },
    RunRetried {
        #[serde(flatten)]
        case: CaseFields<'a>,
        attempt: u32,
        delay_ms: f64,
        error: &'a Failure,
    },
    RunFinished(SummaryRow<'a>),
    Warning {
        message: &'a str,
    },
    Interrupted {
        in_flight: usize,
    },
    ExperimentFinished(FinishedFields<'a>),
}

#[derive(Serialize)]
struct CaseFields<'a> {
    case: &'a str,
    iteration: u32,
    #[serde(skip_serializing_if = "Option::is_none")]
    persona: Option<&'a str>,
}

#[derive(Serialize)]
struct FinishedFields<'a> {
    status: &'static str,
    path: Option<&'a str>,
    total_traces: u64,
    successful: u64,
    failed: u64,
    success_rate: Option<f64>,
    avg_duration_ms: Option<f64>,
    duration_ms: Option<DurationsMs>,
    failures_by_kind: &'a BTreeMap<FailureKind, u64>,
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    checks: &'a BTreeMap<String, CheckCounts>,
    gate: &'a Verdict,
    #[serde(serialize_with = "rfc3339")]
    completed_at: Timestamp,
}

impl JsonReporter {
    /// Nothing is written yet.
    pub(crate) fn new(out: Stdout) -> Self {
        Self {
            out,
            buffer: Vec::new(),
            directory: None,
        }
    }

    fn write(&mut self, message: &Message<'_>) -> io::Result<()> {
        self.buffer.clear();
        push_json_line(&mut self.buffer, message)?;
        inert_json(&mut self.buffer);
        self.out.write(&self.buffer)
    }

    fn experiment_started(&mut self, started: &Started) -> io::Result<()> {
        let directory = started.directory.to_string_lossy().into_owned();
        self.write(&Message::ExperimentStarted {
            experiment_name: &started.experiment_name,
            path: &directory,
            target: &started.target,
            inputs: started.inputs,
            iterations: started.iterations,
            planned_traces: started.planned,
            left_out: started.left_out,
            seed: started.seed,
            started_at: started.at,
            fluxloop_version: env!("CARGO_PKG_VERSION"),
        })?;
        self.directory = Some(directory);
        Ok(())
    }

    fn run_finished(&mut self, run: &Run) -> io::Result<()> {
        self.write(&Message::RunFinished(SummaryRow::new(run)))
    }

    fn experiment_finished(&mut self, finished: &Finished) -> io::Result<()> {
        let statistics = &finished.statistics;
        let counts = statistics.counts();
        let directory = self.directory.take();
        self.write(&Message::ExperimentFinished(FinishedFields {
            status: if finished.interrupted {
                "interrupted"
            } else {
                "completed"
            },
            path: directory.as_deref(),
            total_traces: counts.total,
            successful: counts.successful,
            failed: counts.failed,
            success_rate: counts.success_rate,
            avg_duration_ms: statistics.avg_duration_ms(),
            duration_ms: statistics.durations_ms(),
            failures_by_kind: statistics.failures_by_kind(),
            checks: statistics.checks(),
            gate: &finished.verdict,
            completed_at: finished.at,
        }))
    }
}

impl Consumer for JsonReporter {
    type Error = io::Error;

    /// # Errors
    ///
    /// When standard output cannot be written, other than by its reader having left.
    fn event(&mut self, event: &Event<'_>) -> io::Result<()> {
        match event {
            Event::ExperimentStarted(started) => self.experiment_started(started),
            Event::RunStarted(case) => self.write(&Message::RunStarted(CaseFields::of(case))),
            Event::TurnStarted {
                case,
                turn,
                max_turns,
                says,
            } => self.write(&Message::TurnStarted {
                case: CaseFields::of(case),
                conversation_state: ConversationState::Active,
                turn: *turn,
                max_turns: *max_turns,
                user_message: says,
            }),
            Event::RunRetried {
                case,
                attempt,
                failure,
                delay,
            } => self.write(&Message::RunRetried {
                case: CaseFields::of(case),
                attempt: *attempt,
                delay_ms: milliseconds(*delay),
                error: failure,
            }),
            Event::RunFinished { run, .. } => self.run_finished(run),
            Event::Warning(message) => self.write(&Message::Warning { message }),
            Event::Interrupted { in_flight } => self.write(&Message::Interrupted {
                in_flight: *in_flight,
            }),
            Event::ExperimentFinished(finished) => self.experiment_finished(finished),
            // What later versions add has no line until it has one here.
            _ => Ok(()),
        }
    }
}

impl<'a> CaseFields<'a> {
    fn of(case: &'a Case) -> Self {
        Self {
            case: &case.name,
            iteration: case.iteration,
            persona: persona(case),
        }
    }
}

fn persona(case: &Case) -> Option<&str> {
    case.persona.as_ref().map(|persona| persona.name.as_str())
}

fn rfc3339<S: Serializer>(time: &Timestamp, serializer: S) -> Result<S::Ok, S::Error> {
    serializer.collect_str(time)
}

fn milliseconds(duration: Duration) -> f64 {
    (duration.as_secs_f64() * 1e6).round() / 1e3
}

#[cfg(test)]
mod tests;

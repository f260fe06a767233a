use std::{borrow::Cow, sync::Arc, time::Duration};

use jiff::Timestamp;
use serde_json::{
    Value, json,
    value::{RawValue, to_raw_value},
};

use crate::{
    Persona,
    config::Gate,
    event::{
        Event, Failure, FailureKind, Finished, Observation, ObservationKind, ObservedError,
        Outcome, Run, SpanEnded, SpanId, Started, What,
    },
    plan::{Case, PlannedInput},
    summary::Statistics,
    worker::protocol::{Level, Usage},
};

/// Runs of an experiment that never was.
pub(super) struct Sample {
    /// How many runs.
    pub(super) runs: u64,
    /// What happened in each, between its beginning and its end.
    pub(super) happened: Vec<Observation<'static>>,
    /// What each failed with, where it did.
    pub(super) failure: Option<Failure>,
    /// What is known of a run at its end.
    pub(super) finishing: fn(&mut Run),
}

impl Sample {
    pub(super) fn of(happened: impl IntoIterator<Item = Observation<'static>>) -> Self {
        Self {
            runs: 1,
            happened: happened.into_iter().collect(),
            failure: None,
            finishing: |_| {},
        }
    }

    /// Many runs in which nothing was seen.
    pub(super) fn runs(runs: u64) -> Self {
        Self {
            runs,
            ..Self::of([])
        }
    }

    /// Tells of all of it, in the order in which an engine does.
    pub(super) fn play(&self, tell: &mut dyn FnMut(&Event<'_>)) {
        let started = Started::new(
            "shop",
            "/tmp/exp_20261101_143022",
            "shop.desk:answer",
            at(0),
        );
        tell(&Event::ExperimentStarted(&started));
        let mut statistics = Statistics::new();
        for index in 0..self.runs {
            self.run(index, &mut statistics, tell);
        }
        let verdict = Gate::default().judge(&statistics.counts(), None);
        tell(&Event::ExperimentFinished(&Finished::new(
            statistics,
            verdict,
            at(9),
        )));
    }

    fn run(&self, index: u64, statistics: &mut Statistics, tell: &mut dyn FnMut(&Event<'_>)) {
        let case = case(index);
        tell(&Event::RunStarted(&case));
        let run = index;
        let mut observed =
            |observation: &Observation<'_>| tell(&Event::Observed { run, observation });
        observed(
            &start(SpanId::Run, None, "agent_run", ObservationKind::Agent, 1)
                .saying(&json!("the question")),
        );
        self.happened.iter().for_each(&mut observed);
        let mut end = end(
            SpanId::Run,
            None,
            "agent_run",
            ObservationKind::Agent,
            (1, 8),
        );
        let outcome = match &self.failure {
            None => {
                end = end.saying(&json!("the answer"));
                Outcome::Returned(raw(&json!("the answer")))
            }
            Some(failure) => {
                let failure = failure.clone();
                end = end.failing(ObservedError::Failure(Cow::Owned(failure.clone())));
                Outcome::Failed(failure)
            }
        };
        observed(&end);
        let mut finished = Run::new(case, outcome, at(1));
        (self.finishing)(&mut finished);
        statistics.record(&finished);
        tell(&Event::RunFinished {
            run: &finished,
            so_far: statistics,
        });
    }
}

fn case(index: u64) -> Case {
    let input = PlannedInput::new("where-is-it-1a2b3c", raw(&json!("the question")));
    let mut case = Case::new(
        "answer::novice::where-is-it-1a2b3c::iter_2",
        Arc::new(input),
    );
    case.index = index;
    case.iteration = 2;
    case.persona = Some(Arc::new(Persona::named("novice")));
    case
}

/// Seconds after the beginning.
pub(super) fn at(seconds: i64) -> Timestamp {
    Timestamp::from_second(1_800_000_000 + seconds).unwrap()
}

/// The same in the unit of OTLP.
pub(super) fn nanoseconds(seconds: i64) -> u64 {
    u64::try_from(at(seconds).as_nanosecond()).unwrap()
}

pub(super) fn raw(value: &Value) -> Box<RawValue> {
    to_raw_value(value).unwrap()
}

/// The agent's own span of this number.
pub(super) fn told(span: u64) -> SpanId {
    SpanId::Told { call: 1, span }
}

pub(super) fn start(
    id: SpanId,
    parent: Option<SpanId>,
    name: &'static str,
    kind: ObservationKind,
    second: i64,
) -> Observation<'static> {
    Observation {
        id: Some(id),
        parent,
        name: Cow::Borrowed(name),
        kind,
        level: None,
        at: at(second),
        what: What::Start { input: None },
        attributes: None,
    }
}

pub(super) fn end(
    id: SpanId,
    parent: Option<SpanId>,
    name: &'static str,
    kind: ObservationKind,
    (from, to): (i64, i64),
) -> Observation<'static> {
    let lasted = Duration::from_millis(1500);
    Observation {
        what: What::End(Box::new(SpanEnded::new(at(from), lasted))),
        ..start(id, parent, name, kind, to)
    }
}

/// Something in the agent's span of this number.
pub(super) fn moment(parent: u64, name: &'static str) -> Observation<'static> {
    Observation {
        id: None,
        level: Some(Level::Warn),
        what: What::Moment {
            input: None,
            output: None,
        },
        ..start(told(0), Some(told(parent)), name, ObservationKind::Span, 3)
    }
}

impl Observation<'static> {
    /// With what went in; of an end, what came out.
    pub(super) fn saying(mut self, said: &Value) -> Self {
        let said = Some(Cow::Owned(raw(said)));
        match &mut self.what {
            What::Start { input } | What::Moment { input, .. } => *input = said,
            What::End(ended) => ended.output = said,
        }
        self
    }

    /// With what went in, told with the end.
    pub(super) fn asked(mut self, said: &Value) -> Self {
        if let What::End(ended) = &mut self.what {
            ended.input = Some(Cow::Owned(raw(said)));
        }
        self
    }

    pub(super) fn with(mut self, attributes: &Value) -> Self {
        self.attributes = Some(Cow::Owned(raw(attributes)));
        self
    }

    pub(super) fn failing(mut self, error: ObservedError<'static>) -> Self {
        self.level = Some(Level::Error);
        if let What::End(ended) = &mut self.what {
            ended.error = Some(error);
        }
        self
    }

    pub(super) fn by(mut self, model: &'static str, used: Usage) -> Self {
        if let What::End(ended) = &mut self.what {
            ended.model = Some(Cow::Borrowed(model));
            ended.usage = Some(used);
        }
        self
    }
}

/// A failure of which all is known.
pub(super) fn panic() -> Failure {
    let mut failure = Failure::new(FailureKind::Panic, "no order 12");
    failure.causes = vec!["the desk is closed".to_owned()];
    failure.file = Some("src/desk.rs".to_owned());
    failure.line = Some(30);
    failure
}

//! What happens within a run, from what is told to what rows say.

mod actions;
mod cost;
mod decision;
pub(super) mod mask;
mod spans;
mod tool_calls;

use std::borrow::Cow;

use jiff::Timestamp;
use serde_json::value::{RawValue, to_raw_value};

use super::{
    Settings,
    notice::{Decided, TurnEnd},
    settings::ToolSight,
};
use crate::{
    config::Pricing,
    event::{Observation, ObservationKind, ObservedError, Run, SpanEnded, SpanId, What},
    expect::RunFacts,
    plan::Case,
    supervisor::TokenUsage,
    worker::protocol::{Happening, Level, PointInTime, SpanEnd, SpanKind, SpanStart, Usage},
};
use actions::Actions;
use cost::Cost;
use spans::{Open, OpenSpans};
use tool_calls::ToolCalls;

/// Takes observations.
pub(crate) type Tell<'a> = &'a mut dyn FnMut(&Observation<'_>);

/// What is known of a run under way by what happens in it: its open spans, its tokens, what the agent did.
///
/// Observations go on as they come. What the agent's process tells is bounded; what the engine itself tells is not.
#[derive(Debug)]
pub(crate) struct Recording {
    started_at: Timestamp,
    /// The turn that is open.
    turn: Option<u32>,
    open: OpenSpans,
    /// Observations of the agent's process that may still be told.
    room: u64,
    dropped: u64,
    decisions: u32,
    supervisor_usage: Option<TokenUsage>,
    usage: Option<Usage>,
    /// A generation did not tell all of its tokens.
    has_untold_tokens: bool,
    cost: Cost,
    actions: Actions,
    tool_calls: ToolCalls,
}

impl Recording {
    /// A run begins. `limit`: the most observations of the agent's process that are told.
    pub(crate) fn begin(case: &Case, at: Timestamp, limit: u64, tell: Tell<'_>) -> Self {
        tell(&Observation {
            what: What::Start {
                input: Some(Cow::Borrowed(&case.input.recorded)),
            },
            ..of_run(at)
        });
        Self {
            started_at: at,
            turn: None,
            open: OpenSpans::default(),
            room: limit,
            dropped: 0,
            decisions: 0,
            supervisor_usage: None,
            usage: None,
            has_untold_tokens: false,
            cost: Cost::default(),
            actions: Actions::default(),
            tool_calls: ToolCalls::new(case.input.criteria.asks_for_tools()),
        }
    }

    /// A turn of a conversation begins; `says` is what the user says in it.
    pub(super) fn turn_began(&mut self, turn: u32, at: Timestamp, says: &str, tell: Tell<'_>) {
        let said = to_raw_value(says).ok();
        let attributes = to_raw_value(&serde_json::json!({ "turn": turn })).ok();
        tell(&Observation {
            what: What::Start {
                input: said.as_deref().map(Cow::Borrowed),
            },
            attributes: attributes.as_deref().map(Cow::Borrowed),
            ..of_turn(turn, at)
        });
        self.turn = Some(turn);
        self.actions.turn_began(turn);
        self.open.insert(SpanId::Turn(turn), Open::turn(at));
    }

    /// A turn of a conversation ended.
    pub(super) fn turn_ended(&mut self, end: &TurnEnd, tell: Tell<'_>) {
        let id = SpanId::Turn(end.turn);
        let Some(turn) = self.open.remove(id) else {
            return;
        };
        self.close_open(end.at, tell);
        self.turn = None;
        let mut ended = SpanEnded::new(turn.at, end.duration);
        match &end.result {
            Ok(output) => ended.output = Some(Cow::Borrowed(output)),
            Err(failure) => ended.error = Some(ObservedError::Failure(Cow::Borrowed(failure))),
        }
        tell(&Observation {
            level: end.result.is_err().then_some(Level::Error),
            what: What::End(Box::new(ended)),
            ..of_turn(end.turn, end.at)
        });
    }

    /// The supervisor has decided, or has not.
    pub(super) fn decided(&mut self, decided: &Decided, tell: Tell<'_>) {
        let used = match &decided.result {
            Ok(decision) => {
                self.decisions += 1;
                decision.usage
            }
            Err(failure) => failure.usage,
        };
        if let Some(used) = used {
            *self.supervisor_usage.get_or_insert_default() += used;
        }
        decision::tell(decided, tell);
    }

    /// Something happened in a call of the agent, the `call`th of the run.
    pub(super) fn happened(
        &mut self,
        (call, at): (u32, Timestamp),
        what: Happening<'static>,
        settings: &Settings,
        tell: Tell<'_>,
    ) {
        self.tool_calls.heard();
        let what = mask::happening(what, &settings.secrets);
        match what {
            Happening::SpanStart(start) => self.span_began((call, at), start, tell),
            Happening::SpanEnd(end) => self.span_ended((call, at), end, &settings.pricing, tell),
            Happening::Event(event) => self.moment((call, at), event, tell),
        }
    }

    /// The run has ended: closes what is open, and adds what is known to the run.
    pub(super) fn finish(mut self, run: &mut Run, tell: Tell<'_>) {
        self.close(run, tell);
        run.usage = self.usage;
        run.cost = self.cost.known();
        run.observations_dropped = self.dropped;
        if let Some(conversation) = &mut run.conversation {
            conversation.actions = self.actions.into();
            conversation.decisions = self.decisions;
            conversation.usage = self.supervisor_usage;
        }
    }

    /// Closes what is open, the run last.
    pub(crate) fn close(&mut self, run: &Run, tell: Tell<'_>) {
        self.close_open(run.completed_at, tell);
        let mut ended = SpanEnded::new(self.started_at, run.duration);
        let failure = run.outcome.failure();
        ended.output = run.outcome.output().map(Cow::Borrowed);
        ended.error = failure.map(|failure| ObservedError::Failure(Cow::Borrowed(failure)));
        tell(&Observation {
            level: ended.error.as_ref().map(|_| Level::Error),
            what: What::End(Box::new(ended)),
            ..of_run(run.completed_at)
        });
    }

    /// What is known of the run until now, where the answers came of these calls of the agent.
    pub(super) fn facts(&self, calls: &[u32], sight: ToolSight) -> RunFacts {
        RunFacts {
            usage: self.usage,
            has_untold_tokens: self.has_untold_tokens || self.open.has_generation(),
            tool_calls: self.tool_calls.of(calls),
            missing_calls: self.tool_calls.missing(sight),
        }
    }

    /// Ends what has not ended by itself.
    fn close_open(&mut self, at: Timestamp, tell: Tell<'_>) {
        self.has_untold_tokens |= self.open.has_generation();
        self.open.close_all(at, tell);
    }

    fn span_began(&mut self, (call, at): (u32, Timestamp), start: SpanStart<'_>, tell: Tell<'_>) {
        let id = SpanId::Told {
            call,
            span: start.id,
        };
        let told = self.has_room();
        self.tool_calls.began((call, start.id), &start);
        let mut open = Open {
            name: start.name.into_owned(),
            kind: start.kind.into(),
            parent: self.parent(call, start.parent),
            level: start.level,
            at,
            told,
            action: None,
            counted: false,
            model: (start.kind == SpanKind::Generation)
                .then(|| model_of(start.attributes.as_deref()))
                .flatten(),
        };
        if told {
            open.action = self.actions.add(&open, open.model.as_deref());
            tell(&Observation {
                what: What::Start { input: start.input },
                attributes: start.attributes,
                ..open.observed(id, at)
            });
        }
        self.open.insert(id, open);
    }

    fn span_ended(
        &mut self,
        (call, at): (u32, Timestamp),
        end: SpanEnd<'_>,
        pricing: &Pricing,
        tell: Tell<'_>,
    ) {
        let id = SpanId::Told { call, span: end.id };
        let Some(mut open) = self.open.remove(id) else {
            return;
        };
        if let Some(kind) = end.kind {
            open.kind = kind.into();
        }
        self.account(&open, &end, pricing);
        self.tool_calls.ended((call, end.id), &end);
        if !open.told {
            return;
        }
        match open.action {
            Some(action) => self.actions.name(action, &open, end.model.as_deref()),
            None => {
                self.actions.add(&open, end.model.as_deref());
            }
        }
        let mut ended = SpanEnded::new(open.at, open.lasted(at));
        ended.input = end.input;
        ended.output = end.output;
        ended.error = end.error.map(|error| ObservedError::Told {
            message: error.message,
            panic: error.panic,
        });
        ended.model = end.model;
        ended.usage = end.usage;
        let level = if ended.error.is_some() {
            Level::Error
        } else {
            open.level
        };
        tell(&Observation {
            level: Some(level),
            what: What::End(Box::new(ended)),
            attributes: end.attributes,
            ..open.observed(id, at)
        });
    }

    /// Adds the tokens of a span to the run's.
    fn account(&mut self, open: &Open, end: &SpanEnd<'_>, pricing: &Pricing) {
        if let Some(usage) = end.usage {
            *self.usage.get_or_insert_default() += usage;
            self.has_untold_tokens |= usage.total_tokens().is_none();
            let later = model_of(end.attributes.as_deref());
            let asked = open.model.as_deref().or(later.as_deref());
            self.cost.add([end.model.as_deref(), asked], usage, pricing);
            self.open.mark_counted(open.parent);
        } else if open.counted {
            self.open.mark_counted(open.parent);
        } else if open.kind == ObservationKind::Generation {
            self.usage.get_or_insert_default();
            self.has_untold_tokens = true;
            self.cost.add_unknown();
        }
    }

    fn moment(&mut self, (call, at): (u32, Timestamp), event: PointInTime<'_>, tell: Tell<'_>) {
        if !self.has_room() {
            return;
        }
        tell(&Observation {
            id: None,
            parent: Some(self.parent(call, event.parent)),
            name: event.name,
            kind: event.kind.into(),
            level: Some(event.level),
            at,
            what: What::Moment {
                input: event.input,
                output: event.output,
            },
            attributes: event.attributes,
        });
    }

    /// Whether another observation may be told.
    fn has_room(&mut self) -> bool {
        let room = self.room > 0;
        if room {
            self.room -= 1;
        } else {
            self.dropped += 1;
        }
        room
    }

    /// What a span is part of: one that was told of, else the turn, else the run.
    fn parent(&self, call: u32, parent: Option<u64>) -> SpanId {
        let around = self.turn.map_or(SpanId::Run, SpanId::Turn);
        parent.map_or(around, |span| {
            self.open.nearest_told(SpanId::Told { call, span })
        })
    }
}

fn of_run(at: Timestamp) -> Observation<'static> {
    Observation {
        id: Some(SpanId::Run),
        parent: None,
        name: Cow::Borrowed("agent_run"),
        kind: ObservationKind::Agent,
        level: None,
        at,
        what: What::Start { input: None },
        attributes: None,
    }
}

fn of_turn(turn: u32, at: Timestamp) -> Observation<'static> {
    Observation {
        id: Some(SpanId::Turn(turn)),
        parent: Some(SpanId::Run),
        name: Cow::Borrowed("turn"),
        kind: ObservationKind::Turn,
        ..of_run(at)
    }
}

/// The model that a generation asks, where its start says so.
fn model_of(attributes: Option<&RawValue>) -> Option<String> {
    #[derive(serde::Deserialize)]
    struct Asked {
        #[serde(rename = "gen_ai.request.model")]
        model: String,
    }
    let asked: Asked = serde_json::from_str(attributes?.get()).ok()?;
    Some(asked.model)
}

use std::time::Duration;

use serde_json::value::{RawValue, to_raw_value};

use crate::{
    Conversation, Message,
    agent::Arguments,
    event::{ConversationEnd, ConversationRecord, Decided},
    plan::Case,
    supervisor::{Said, Speaker, Supervisor, TokenUsage},
};

/// A run on its way: what was said, what the agent keeps, what it took so far.
#[derive(Debug)]
pub(super) struct Talk {
    /// The turn, from 1.
    pub(super) turn: u32,
    /// The agent's own time.
    pub(super) spent: Duration,
    /// Calls of the agent.
    pub(super) attempts: u32,
    /// What the agent keeps.
    pub(super) state: Option<Box<RawValue>>,
    /// What the user says in this turn; the case's own input in the first.
    follow_up: Option<Arguments>,
    history: Vec<Said>,
    decisions: Vec<Decided>,
    usage: Option<TokenUsage>,
}

impl Talk {
    pub(super) fn begin(case: &Case) -> Self {
        Self {
            turn: 1,
            spent: Duration::ZERO,
            attempts: 0,
            state: None,
            follow_up: None,
            history: vec![Said {
                turn: 1,
                speaker: Speaker::User,
                content: text(&case.input.recorded),
                closing: false,
            }],
            decisions: Vec::new(),
            usage: None,
        }
    }

    /// What the agent is called with in this turn.
    pub(super) fn arguments<'a>(&'a self, case: &'a Case) -> &'a Arguments {
        self.follow_up.as_ref().unwrap_or(&case.input.arguments)
    }

    /// The messages before this turn's, as the agent sees them; absent where there are none.
    pub(super) fn before(&self) -> Option<Box<RawValue>> {
        let before = &self.history[..self.history.len() - 1];
        let messages: Conversation = before
            .iter()
            .map(|said| match said.speaker {
                Speaker::User => Message::user(&said.content),
                Speaker::Assistant => Message::assistant(&said.content),
            })
            .collect();
        // Text throughout: it can be written.
        (!before.is_empty())
            .then(|| to_raw_value(&messages).ok())
            .flatten()
    }

    /// Everything said so far.
    pub(super) fn history(&self) -> &[Said] {
        &self.history
    }

    /// The agent has answered this turn.
    pub(super) fn answered(&mut self, output: &RawValue) {
        self.say(Speaker::Assistant, text(output), false);
    }

    /// The user goes on: the next turn begins.
    pub(super) fn goes_on(&mut self, message: String) {
        self.turn += 1;
        self.follow_up = to_raw_value(&message).ok().map(Arguments::Input);
        self.say(Speaker::User, message, false);
    }

    /// The user has said goodbye.
    pub(super) fn closes(&mut self, message: String) {
        self.say(Speaker::User, message, true);
    }

    pub(super) fn decided(&mut self, decided: Decided) {
        self.used(decided.decision.usage);
        self.decisions.push(decided);
    }

    pub(super) fn used(&mut self, usage: Option<TokenUsage>) {
        if let Some(usage) = usage {
            *self.usage.get_or_insert_default() += usage;
        }
    }

    /// What is kept of it; where nobody supervised it was no conversation.
    pub(super) fn record(
        self,
        end: ConversationEnd,
        supervisor: Option<&Supervisor>,
    ) -> Option<ConversationRecord> {
        let mut record = ConversationRecord::new(end, (self.turn, self.history), supervisor?);
        record.decisions = self.decisions;
        record.usage = self.usage;
        Some(record)
    }

    fn say(&mut self, speaker: Speaker, content: String, closing: bool) {
        self.history.push(Said {
            turn: self.turn,
            speaker,
            content,
            closing,
        });
    }
}

/// Text as it is, and other JSON as JSON.
fn text(json: &RawValue) -> String {
    serde_json::from_str(json.get()).unwrap_or_else(|_| json.get().to_owned())
}

use std::time::Duration;

use serde_json::value::{RawValue, to_raw_value};

use crate::{
    Conversation, Message,
    agent::Arguments,
    event::{ConversationEnd, ConversationRecord},
    plan::Case,
    supervisor::{Said, Speaker, Supervisor},
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
    /// Those that it answered, from 1.
    pub(super) answered: Vec<u32>,
    /// What the agent keeps.
    pub(super) state: Option<Box<RawValue>>,
    /// What the user says in this turn; the case's own input in the first.
    follow_up: Option<Arguments>,
    /// Absent where nobody supervises: it is no conversation then.
    history: Option<Vec<Said>>,
}

impl Talk {
    /// `supervised`: it can go on after its first turn.
    pub(super) fn begin(case: &Case, supervised: bool) -> Self {
        let mut talk = Self {
            turn: 1,
            spent: Duration::ZERO,
            attempts: 0,
            answered: Vec::new(),
            state: None,
            follow_up: None,
            history: supervised.then(Vec::new),
        };
        talk.say(Speaker::User, || text(&case.input.recorded), false);
        talk
    }

    /// What the agent is called with in this turn.
    pub(super) fn arguments<'a>(&'a self, case: &'a Case) -> &'a Arguments {
        self.follow_up.as_ref().unwrap_or(&case.input.arguments)
    }

    /// The messages before this turn's, as the agent sees them; absent where there are none.
    pub(super) fn before(&self) -> Option<Box<RawValue>> {
        let (_, before) = self.history.as_ref()?.split_last()?;
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
        self.history.as_deref().unwrap_or_default()
    }

    /// The agent has answered this turn.
    pub(super) fn answers(&mut self, output: &RawValue) {
        self.answered.push(self.attempts);
        self.say(Speaker::Assistant, || text(output), false);
    }

    /// The user goes on: the next turn begins.
    pub(super) fn goes_on(&mut self, case: &Case, message: String) {
        self.turn += 1;
        self.follow_up = case.input.follow_up(&message);
        self.say(Speaker::User, || message, false);
    }

    /// The user has said goodbye.
    pub(super) fn closes(&mut self, message: String) {
        self.say(Speaker::User, || message, true);
    }

    /// What is kept of it; where nobody supervised it was no conversation.
    pub(super) fn record(
        self,
        end: ConversationEnd,
        supervisor: Option<&Supervisor>,
    ) -> Option<ConversationRecord> {
        Some(ConversationRecord::new(
            end,
            (self.turn, self.history?),
            supervisor?,
        ))
    }

    fn say(&mut self, speaker: Speaker, content: impl FnOnce() -> String, closing: bool) {
        if let Some(history) = &mut self.history {
            history.push(Said {
                turn: self.turn,
                speaker,
                content: content(),
                closing,
            });
        }
    }
}

/// Text as it is, and other JSON as JSON.
fn text(json: &RawValue) -> String {
    serde_json::from_str(json.get()).unwrap_or_else(|_| json.get().to_owned())
}

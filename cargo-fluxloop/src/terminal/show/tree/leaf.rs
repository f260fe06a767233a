use fluxloop::{
    artifact::read::{Level, Observation, ObservationKind, RecordedFailure},
    summary::words::plural,
};
use serde_json::value::RawValue;

use super::super::{
    figures::tokens,
    line::Line,
    page::{FAINT, ODD, Page, STRONG},
    paragraph::lines,
    value::{as_text, in_line},
};
use crate::terminal::{
    sanitize::{truncated, width},
    shell::BAD,
};

/// Attributes that are told in words of their own.
const TOLD: [&str; 6] = [
    "attempts",
    "message",
    "model",
    "token_usage",
    "turn",
    "unfinished",
];

/// A span or an event, as its line and those below it.
pub(super) struct Leaf<'a> {
    observation: &'a Observation,
    input: Option<&'a RawValue>,
    output: Option<&'a RawValue>,
    error: Option<&'a RecordedFailure>,
}

impl<'a> Leaf<'a> {
    /// `told`: what the user said and how the agent answered or failed stand elsewhere.
    pub(super) fn of(observation: &'a Observation, told: bool, page: Page) -> Self {
        let is_told = match observation.kind {
            ObservationKind::Agent | ObservationKind::Turn => told,
            // It has words of its own; its prompt is for those who want everything.
            ObservationKind::Supervisor => !page.is_whole() && decision(observation).is_some(),
            _ => false,
        };
        Self {
            observation,
            input: observation.input.as_deref().filter(|_| !is_told),
            output: observation.output.as_deref().filter(|_| !is_told),
            error: observation.error.as_ref().filter(|_| !is_told),
        }
    }

    /// Adds what it is, up to a column, and with it input and output where there is room for both. Returns whether they
    /// are still to be told.
    pub(super) fn push_name(&self, line: &mut Line, end: usize, page: Page) -> bool {
        let observation = self.observation;
        if self.has_failed() {
            line.paint(BAD, "✗ ");
        }
        if observation.is_event {
            self.push_event(line, end);
        } else {
            line.paint(FAINT, kind(observation.kind));
            let room = end.saturating_sub(line.columns());
            line.paint(STRONG, &truncated(&self.name(), room));
        }
        let unfinished = observation.is_unfinished().then(|| "unfinished".to_owned());
        let notes = self.notes(page).into_iter().map(|note| (FAINT, note));
        for (style, note) in unfinished.map(|word| (ODD, word)).into_iter().chain(notes) {
            // The gap before it takes two, and a word less than six tells nothing.
            let room = end.saturating_sub(line.columns() + 2);
            if room >= 6 {
                line.push("  ").paint(style, &truncated(&note, room));
            }
        }
        match self.beside(end.saturating_sub(line.columns() + 2), page) {
            Some(values) => {
                line.push("  ").push(&values);
                false
            }
            None => true,
        }
    }

    fn push_event(&self, line: &mut Line, end: usize) {
        let (style, level) = match self.observation.level {
            Some(Level::Error) => (BAD, "ERROR "),
            Some(Level::Warn) => (ODD, "WARN "),
            Some(Level::Debug) => (FAINT, "DEBUG "),
            Some(Level::Trace) => (FAINT, "TRACE "),
            _ => (FAINT, "• "),
        };
        line.paint(style, level);
        let room = end.saturating_sub(line.columns());
        line.push(&truncated(&self.name(), room));
    }

    fn name(&self) -> String {
        let observation = self.observation;
        match observation.kind {
            _ if observation.is_event => observation
                .attribute("message")
                .unwrap_or_else(|| observation.name.clone()),
            ObservationKind::Turn => match observation.attribute::<u64>("turn") {
                Some(turn) => format!("{} {turn}", observation.name),
                None => observation.name.clone(),
            },
            _ => observation.name.clone(),
        }
    }

    /// An error in itself; an event of that level says so in words.
    fn has_failed(&self) -> bool {
        self.observation.error.is_some()
            || (!self.observation.is_event && self.observation.level == Some(Level::Error))
    }

    /// What else is worth knowing.
    fn notes(&self, page: Page) -> Vec<String> {
        let observation = self.observation;
        let mut notes = Vec::new();
        notes.extend(
            observation
                .model()
                .filter(|model| !observation.name.contains(model)),
        );
        notes.extend(decision(observation));
        notes.extend(observation.token_usage().and_then(|usage| tokens(&usage)));
        let attempts = observation.attribute::<u64>("attempts");
        notes.extend(
            attempts
                .filter(|attempts| *attempts > 1)
                .map(|attempts| plural(attempts, "attempt")),
        );
        // Where everything is wanted, each has a line of its own.
        if observation.kind == ObservationKind::Span && !page.is_whole() {
            notes.extend(
                self.attributes()
                    .map(|(name, value)| format!("{name}={}", value.get())),
            );
        }
        notes
    }

    /// Attributes without words of their own.
    fn attributes(&self) -> impl Iterator<Item = (&'a String, &'a RawValue)> {
        let attributes = self.observation.attributes.iter();
        attributes
            .filter(|(name, _)| !TOLD.contains(&name.as_str()))
            .map(|(name, value)| (name, &**value))
    }

    /// Input and output in so many columns; none where they do not fit whole.
    fn beside(&self, room: usize, page: Page) -> Option<String> {
        if page.is_whole() {
            return None;
        }
        // One more than there is room for tells whether it fits.
        let in_line = |value: Option<&RawValue>| Some(in_line(value?, room.saturating_add(1)));
        let values = match (in_line(self.input), in_line(self.output)) {
            (None, None) => return None,
            (Some(input), None) => input,
            (None, Some(output)) => format!("→ {output}"),
            (Some(input), Some(output)) => format!("{input} → {output}"),
        };
        (width(&values) <= room).then_some(values)
    }

    /// Adds the lines below its own, each after `before`. `rest`: input and output are still to be told.
    pub(super) fn push_details(&self, to: &mut String, before: &str, rest: bool, page: Page) {
        let values = [("in", self.input), ("out", self.output)];
        for (label, value) in values {
            if let Some(value) = value.filter(|_| rest) {
                push_value(to, before, label, value, page);
            }
        }
        if page.is_whole() {
            for (name, value) in self.attributes() {
                let label = truncated(name, page.room(width(before)) / 3);
                push_value(to, before, &format!("{label} ="), value, page);
            }
        }
        self.push_error(to, before, page);
    }

    fn push_error(&self, to: &mut String, before: &str, page: Page) {
        let Some(error) = self.error else {
            return;
        };
        let kind = match &error.kind {
            Some(kind) => kind.as_str(),
            None if error.panic => "panic",
            None => "error",
        };
        let indent = 2 + width(before);
        let mut told = vec![format!("{kind}: {}", error.message)];
        if page.is_whole() {
            let causes = error.causes.iter();
            told.extend(causes.map(|cause| format!("caused by: {cause}")));
        }
        for text in told {
            let shown = if page.is_whole() {
                lines(&text, page.prose(indent))
            } else {
                vec![truncated(
                    text.lines().next().unwrap_or_default(),
                    page.room(indent),
                )]
            };
            for text in shown {
                let mut line = Line::new(page);
                line.push("  ").paint(FAINT, before).paint(BAD, &text);
                line.end(to);
            }
        }
    }
}

/// What goes before the name of a span of this kind.
fn kind(kind: ObservationKind) -> &'static str {
    match kind {
        ObservationKind::Tool => "tool ",
        ObservationKind::Generation => "generation ",
        _ => "",
    }
}

/// What a supervisor decided, in short.
fn decision(observation: &Observation) -> Option<String> {
    #[derive(serde::Deserialize)]
    struct Output {
        decision: String,
        next_user_message: Option<String>,
        termination_reason: Option<String>,
    }
    if observation.kind != ObservationKind::Supervisor {
        return None;
    }
    let output = observation.output.as_ref()?;
    let decided: Output = serde_json::from_str(output.get()).ok()?;
    let why = decided.next_user_message.or(decided.termination_reason);
    Some(match why {
        Some(why) => format!("{}: {why}", decided.decision),
        None => decided.decision,
    })
}

/// A value below its span: as much as the page is wide, or all of it.
fn push_value(to: &mut String, before: &str, label: &str, value: &RawValue, page: Page) {
    let label = format!("{label:<3} ");
    let indent = 2 + width(before) + width(&label);
    let shown = if page.is_whole() {
        lines(&as_text(value, indent, page), page.prose(indent))
    } else {
        vec![in_line(value, page.room(indent))]
    };
    for (index, text) in shown.iter().enumerate() {
        let mut line = Line::new(page);
        line.push("  ").paint(FAINT, before);
        if index == 0 {
            line.paint(FAINT, &label);
        }
        line.pad_to(indent).push(text);
        line.end(to);
    }
}

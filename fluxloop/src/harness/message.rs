use std::{borrow::Cow, fmt::Write as _, path::Path};

use serde_json::value::RawValue;

use crate::{
    event::{ConversationRecord, Failure, FailureKind, Run},
    supervisor::Speaker,
    visible::visible,
};

/// The most of a text that is shown, in bytes. The experiment has it whole.
const MOST: usize = 4000;

/// What one needs to act on a case that failed: what went wrong, what was asked by whom, what was said, and where it stands.
pub(super) fn failed(run: &Run, failure: &Failure, directory: &Path) -> String {
    let mut message = String::new();
    push(
        &mut message,
        &format!("{}: ", failure.kind),
        &failure.message,
    );
    for cause in &failure.causes {
        push(&mut message, "  caused by: ", cause);
    }
    if let (Some(file), Some(line)) = (&failure.file, failure.line) {
        push(&mut message, "  at: ", &format!("{file}:{line}"));
    }
    push_asked(&mut message, run);
    if run.attempts > 1 && run.conversation.is_none() {
        push(&mut message, "attempts: ", &run.attempts.to_string());
    }
    if let Some(conversation) = &run.conversation {
        message.push_str("conversation:\n");
        push_transcript(&mut message, conversation);
    } else if let Some(output) = run.outcome.output() {
        push(&mut message, "output: ", &text(output));
    }
    if failure.kind == FailureKind::Crash {
        let log = directory.join("logs").join("stderr.log");
        push(&mut message, "log: ", &log.to_string_lossy());
    }
    push_place(&mut message, run, directory);
    message
}

/// Which run it is whose answer is not that of its snapshot: the difference itself is shown by insta.
pub(super) fn about(run: &Run, directory: &Path) -> String {
    let mut message = String::new();
    push_asked(&mut message, run);
    push_place(&mut message, run, directory);
    message
}

/// What was asked, and by whom.
fn push_asked(message: &mut String, run: &Run) {
    push(message, "input: ", &text(&run.case.input.recorded));
    if let Some(persona) = &run.case.persona {
        push(message, "persona: ", &persona.name);
    }
}

/// Where the run is written down; the last line of a message.
fn push_place(message: &mut String, run: &Run, directory: &Path) {
    let place = format!("{} ({})", directory.display(), run.trace_id);
    push(message, "experiment: ", &place);
    message.truncate(message.trim_end().len());
}

/// What was said, turn by turn.
pub(super) fn push_transcript(message: &mut String, conversation: &ConversationRecord) {
    let mut turn = 0;
    for said in &conversation.history {
        if said.turn != turn {
            turn = said.turn;
            // Writing to a string cannot fail.
            let _ = writeln!(message, "  turn {turn}");
        }
        let label = match said.speaker {
            Speaker::User => "    user: ",
            Speaker::Assistant => "    assistant: ",
        };
        push(message, label, &said.content);
    }
}

/// A line, and those that follow in it below, all safe to show.
fn push(message: &mut String, label: &str, text: &str) {
    let shown = &text[..text.floor_char_boundary(MOST)];
    let mut lines = shown.lines();
    message.push_str(label);
    message.push_str(&visible(lines.next().unwrap_or_default()));
    let indent = label.len() - label.trim_start().len() + 2;
    for line in lines {
        let _ = write!(message, "\n{:indent$}{}", "", visible(line));
    }
    if shown.len() < text.len() {
        let _ = write!(message, "… ({} bytes)", text.len());
    }
    message.push('\n');
}

/// What was asked or answered: text as it is, anything else as JSON.
fn text(value: &RawValue) -> Cow<'_, str> {
    serde_json::from_str::<String>(value.get()).map_or(Cow::Borrowed(value.get()), Cow::Owned)
}

use std::fmt::Write as _;

use quick_junit::{NonSuccessKind, TestCase, TestCaseStatus};
use serde_json::value::RawValue;

use super::{
    CaseVerdict,
    text::{clean, cut, seconds},
};
use crate::artifact::read::{RecordedFailure, RecordedRun};

/// The most of a message, of a description and of a transcript that a report has, in bytes. The experiment has them whole.
const MOST_OF_MESSAGE: usize = 1_000;
const MOST_OF_DESCRIPTION: usize = 8_000;
const MOST_OF_TRANSCRIPT: usize = 32_000;
/// The most of one text within these.
const MOST_OF_TEXT: usize = 4_000;

/// A run as a test case, with what else became of it.
pub(super) fn of(run: &RecordedRun, verdict: Option<&CaseVerdict>, target: &str) -> TestCase {
    let status = match verdict {
        Some(CaseVerdict::Rejected { kind, message }) if run.success => {
            let failure = RecordedFailure {
                kind: Some(kind.clone()),
                message: message.clone(),
                ..RecordedFailure::default()
            };
            failed(run, &failure)
        }
        _ => status(run),
    };
    let mut case = TestCase::new(clean(&run.case), status);
    case.set_classname(clean(target));
    case.set_time(seconds(run.duration_ms / 1000.0));
    if let Some(started) = run.started_at {
        case.extra
            .insert("timestamp".into(), started.to_string().into());
    }
    case.add_property(("trace_id", clean(&run.trace_id).as_str()));
    if let Some(attempts) = run.attempts {
        case.add_property(("attempts", attempts.to_string().as_str()));
    }
    if !run.conversation_history.is_empty() {
        case.set_system_out(transcript(run));
    }
    case
}

/// A case of which there is no run.
pub(super) fn without_run(name: &str, verdict: &CaseVerdict, target: &str) -> TestCase {
    let mut status;
    match verdict {
        CaseVerdict::Skipped { reason } => {
            status = TestCaseStatus::skipped();
            status.set_message(clean(reason));
        }
        CaseVerdict::Rejected { kind, message } => {
            status = TestCaseStatus::non_success(NonSuccessKind::Failure);
            status.set_type(clean(kind)).set_message(clean(message));
        }
    }
    let mut case = TestCase::new(clean(name), status);
    case.set_classname(clean(target));
    case
}

fn status(run: &RecordedRun) -> TestCaseStatus {
    if run.success {
        return TestCaseStatus::success();
    }
    let unknown = RecordedFailure::default();
    failed(run, run.error.as_ref().unwrap_or(&unknown))
}

fn failed(run: &RecordedRun, failure: &RecordedFailure) -> TestCaseStatus {
    let kind = failure.kind.as_deref().unwrap_or("failed");
    let mut status = TestCaseStatus::non_success(fault(kind));
    let first = failure.message.lines().next().unwrap_or_default();
    status
        .set_type(clean(kind))
        .set_message(clean(&cut(first, MOST_OF_MESSAGE)))
        .set_description(description(run, failure));
    status
}

/// Whose fault a failure is: the agent's, or what it runs in.
fn fault(kind: &str) -> NonSuccessKind {
    match kind {
        "supervisor_error" | "cancelled" => NonSuccessKind::Error,
        _ => NonSuccessKind::Failure,
    }
}

/// What one needs to act on it.
fn description(run: &RecordedRun, failure: &RecordedFailure) -> String {
    let mut text = String::new();
    push(&mut text, "", &failure.message);
    for cause in &failure.causes {
        push(&mut text, "caused by: ", cause);
    }
    if let (Some(file), Some(line)) = (&failure.file, failure.line) {
        push(&mut text, "at: ", &format!("{file}:{line}"));
    }
    if let Some(input) = &run.input {
        push(&mut text, "input: ", &plain(input));
    }
    if let Some(persona) = &run.persona {
        push(&mut text, "persona: ", persona);
    }
    // It returned, and a check did not hold. Of a conversation, all that was said stands below.
    if let Some(output) = &run.output
        && run.conversation_history.is_empty()
    {
        push(&mut text, "output: ", &plain(output));
    }
    clean(&cut(text.trim_end(), MOST_OF_DESCRIPTION))
}

fn transcript(run: &RecordedRun) -> String {
    let mut text = String::new();
    for said in &run.conversation_history {
        push(
            &mut text,
            &format!("[{}] {}: ", said.turn, said.role),
            &said.content,
        );
    }
    if let Some(reason) = &run.termination_reason {
        push(&mut text, "ended by: ", reason);
    }
    clean(&cut(text.trim_end(), MOST_OF_TRANSCRIPT))
}

fn push(to: &mut String, label: &str, text: &str) {
    // Writing to a string cannot fail.
    let _ = writeln!(to, "{label}{}", cut(text, MOST_OF_TEXT));
}

/// What was asked or answered: text as it is, anything else as JSON.
fn plain(value: &RawValue) -> String {
    serde_json::from_str(value.get()).unwrap_or_else(|_| value.get().to_owned())
}

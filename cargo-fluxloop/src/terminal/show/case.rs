use std::fmt::Write as _;

use fluxloop::{
    artifact::read::{ObservationTree, RecordedFailure, RecordedRun},
    summary::words::plural,
};
use serde_json::value::RawValue;

use super::{
    checks::push_checks,
    figures::{amount, grouped, moment, tokens},
    line::Line,
    page::{ODD, Page, STRONG},
    paragraph::{lines, push_paragraph},
    transcript::push_transcript,
    tree::push_tree,
    value::as_text,
};
use crate::terminal::{
    duration::measured,
    sanitize::{visible, width},
    shell::{BAD, GOOD},
};

/// Columns before what stands in a section.
const INDENT: usize = 2;
const SEPARATOR: &str = " · ";

/// One run, and what is known of what happened in it.
#[derive(Clone, Copy, Debug)]
pub(crate) struct CaseView<'a> {
    /// The run.
    pub(crate) run: &'a RecordedRun,
    /// Absent where the experiment has recorded none.
    pub(crate) observations: Option<&'a ObservationTree>,
    /// The most observations that are shown.
    pub(crate) most: usize,
}

impl CaseView<'_> {
    /// The run as a whole: what it was, what went in and came out, what was said, and what was done.
    pub(crate) fn text(&self, page: Page) -> String {
        let mut text = String::new();
        self.push_head(&mut text, page);
        let conversation = &self.run.conversation_history;
        let [first, last] = [
            conversation.first(),
            conversation.iter().rfind(|said| said.role == "assistant"),
        ];
        // What stands in the conversation is not said twice.
        let is_said = |value: &RawValue, said: Option<&str>| {
            said.is_some() && serde_json::from_str::<String>(value.get()).ok().as_deref() == said
        };
        if let Some(input) = &self.run.input
            && !is_said(input, first.map(|said| &said.content[..]))
        {
            push_value(&mut text, "Input", input, page);
        }
        if let Some(error) = &self.run.error {
            push_error(&mut text, error, page);
        }
        if let Some(output) = &self.run.output
            && !is_said(output, last.map(|said| &said.content[..]))
        {
            push_value(&mut text, "Output", output, page);
        }
        if page.is_brief() {
            return text;
        }
        if !self.run.checks.is_empty() {
            push_checks(&mut text, &self.run.checks, page);
        }
        if !conversation.is_empty() {
            push_transcript(&mut text, self.run, page);
        }
        self.push_observations(&mut text, page);
        text
    }

    fn push_head(&self, to: &mut String, page: Page) {
        let run = self.run;
        let mut line = Line::new(page);
        if run.success {
            line.paint(GOOD, "✓ ");
        } else {
            line.paint(BAD, "✗ ");
        }
        line.paint(STRONG, &visible(&run.case));
        line.end(to);
        page.push_note(to, &flowing(&facts(run), page.prose(INDENT)));
    }

    fn push_observations(&self, to: &mut String, page: Page) {
        let note = match self.observations {
            None => "not recorded: the experiment ran with `save_traces: false`".to_owned(),
            // The run itself is all that is there.
            Some(tree) if tree.len() <= 1 => "nothing within the run was observed".to_owned(),
            Some(tree) => {
                push_tree(to, tree, self.most, true, page);
                match self.run.observations_dropped {
                    0 => return,
                    dropped => format!(
                        "{} more were dropped while it ran (`observe.max_per_run`)",
                        grouped(dropped)
                    ),
                }
            }
        };
        if self.observations.is_none_or(|tree| tree.len() <= 1) {
            page.push_heading(to, "Observations");
        }
        page.push_note(to, &note);
    }
}

/// A run without a row: it was killed on its way, and what it had observed by then is all that is left of it.
pub(crate) fn unfinished(
    trace_id: &str,
    tree: &ObservationTree,
    most: usize,
    page: Page,
) -> String {
    let mut text = String::new();
    let mut line = Line::new(page);
    line.paint(ODD, "? ").paint(STRONG, &visible(trace_id));
    line.end(&mut text);
    page.push_note(
        &mut text,
        "still running, or killed on its way: it has no result",
    );
    push_tree(&mut text, tree, most, false, page);
    text
}

/// Facts one after the other, none of them broken where it fits a line.
fn flowing(facts: &[String], columns: Option<usize>) -> String {
    let mut text = String::new();
    let mut used = 0;
    for fact in facts {
        let fact = visible(fact);
        let needed = width(&fact);
        if used > 0 {
            let fits = columns.is_none_or(|columns| used + width(SEPARATOR) + needed <= columns);
            text.push_str(if fits { SEPARATOR } else { "\n" });
            used = if fits { used + width(SEPARATOR) } else { 0 };
        }
        text.push_str(&fact);
        used += needed;
    }
    text
}

/// What is known of a run in a few words each.
fn facts(run: &RecordedRun) -> Vec<String> {
    let mut facts = vec![run.trace_id.clone()];
    facts.extend(run.persona.as_ref().map(|name| format!("persona {name}")));
    facts.push(format!("iteration {}", run.iteration));
    facts.extend(run.started_at.map(moment));
    facts.push(match run.wall_ms {
        Some(wall) if measured(wall) != measured(run.duration_ms) => {
            format!(
                "{} ({} with waiting)",
                measured(run.duration_ms),
                measured(wall)
            )
        }
        _ => measured(run.duration_ms),
    });
    facts.extend(run.turn_count.map(|turns| plural(turns, "turn")));
    facts.extend(run.attempts.map(|attempts| plural(attempts, "attempt")));
    let used = run.token_usage.as_ref().and_then(tokens);
    facts.extend(used.map(|used| format!("tokens {used}")));
    facts.extend(run.cost.map(|cost| format!("cost {}", amount(cost))));
    if let Some(supervisor) = &run.supervisor {
        let model = supervisor
            .model
            .as_ref()
            .map_or_else(String::new, |model| format!(" ({model})"));
        facts.push(format!("supervisor {}{model}", supervisor.provider));
    }
    facts
}

fn push_value(to: &mut String, heading: &str, value: &RawValue, page: Page) {
    page.push_heading(to, heading);
    push_paragraph(to, &as_text(value, INDENT, page), INDENT, page);
}

/// What is known of a failure: kind and place, message, causes.
fn push_error(to: &mut String, error: &RecordedFailure, page: Page) {
    page.push_heading(to, "Error");
    let mut kind = error.kind.clone().unwrap_or_else(|| "failed".to_owned());
    if let Some(file) = &error.file {
        let line = error
            .line
            .map_or_else(String::new, |line| format!(":{line}"));
        let _ = write!(kind, " at {file}{line}");
    }
    let known = [
        error.signal.map(|signal| format!("signal {signal}")),
        error.exit_code.map(|code| format!("exit code {code}")),
        error.transient.then(|| "transient".to_owned()),
    ];
    let known: Vec<_> = known.into_iter().flatten().collect();
    if !known.is_empty() {
        let _ = write!(kind, " ({})", known.join(", "));
    }
    // In a line of its own, whatever is in it.
    for text in lines(&visible(&kind), page.prose(INDENT)) {
        let mut line = Line::new(page);
        line.pad_to(INDENT).paint(BAD, &text);
        line.end(to);
    }
    push_paragraph(to, &error.message, INDENT, page);
    for cause in &error.causes {
        push_paragraph(to, &format!("caused by: {cause}"), INDENT, page);
    }
}

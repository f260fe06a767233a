use anstyle::{AnsiColor, Style};
use fluxloop::{
    artifact::read::{RecordedRun, Said},
    summary::words::plural,
};

use super::{
    line::Line,
    page::{FAINT, Page, USER},
    paragraph::lines,
};
use crate::terminal::sanitize::{truncated, width};

/// Who answers.
const ASSISTANT: Style = AnsiColor::Green.on_default();
/// The most columns for who speaks: a role of a later version may be longer.
const ROLE: usize = 16;
/// The most columns for why it ended.
const REASON: usize = 200;

/// What was said in a conversation, turn by turn, and how it ended.
pub(super) fn push_transcript(to: &mut String, run: &RecordedRun, page: Page) {
    page.push_heading(to, "Conversation");
    let history = &run.conversation_history;
    let turns = history.iter().map(|said| said.turn).max().unwrap_or(0);
    let most = ROLE.min(page.room(0) / 4);
    let layout = Layout {
        turn: turns.to_string().len() + 2,
        role: history
            .iter()
            .map(|said| width(&truncated(&said.role, most)))
            .max()
            .unwrap_or(0),
        page,
    };
    let mut turn = None;
    for said in history {
        let is_next = turn.replace(said.turn) != Some(said.turn);
        if is_next && said.turn != history[0].turn {
            to.push('\n');
        }
        layout.push_said(to, said, is_next);
    }
    if let Some(end) = end(run) {
        to.push('\n');
        page.push_note(to, &end);
    }
}

struct Layout {
    /// Columns of the number of a turn, what stands before it included.
    turn: usize,
    role: usize,
    page: Page,
}

impl Layout {
    fn push_said(&self, to: &mut String, said: &Said, is_next: bool) {
        let mut line = Line::new(self.page);
        if is_next {
            line.paint_right(FAINT, &said.turn.to_string(), self.turn);
        }
        let style = if said.role == "user" { USER } else { ASSISTANT };
        let role = truncated(&said.role, self.role);
        line.pad_to(self.turn + 2).paint(style, &role);
        let indent = self.turn + 2 + self.role + 2;
        let prose = self.page.prose(indent);
        for text in lines(&said.content, prose) {
            line.pad_to(indent).push(&text);
            line.end(to);
            line = Line::new(self.page);
        }
        // Nothing was said: who did not is worth a line.
        if line.columns() > 0 {
            line.end(to);
        }
        if !said.actions.is_empty() {
            for text in lines(&said.actions.join(", "), prose) {
                let mut line = Line::new(self.page);
                line.pad_to(indent).paint(FAINT, &text);
                line.end(to);
            }
        }
    }
}

/// How it ended.
fn end(run: &RecordedRun) -> Option<String> {
    let turns = run.turn_count.map_or_else(String::new, |turns| {
        format!(" after {}", plural(turns, "turn"))
    });
    let end = match run.termination_reason.as_deref()? {
        "supervisor_stop" => format!("ended by the supervisor{turns}"),
        "max_turns" => format!("cut off{turns}: no more were allowed"),
        "error" => format!("cut off by an error{turns}"),
        other => format!("ended{turns}: {}", truncated(other, REASON)),
    };
    Some(match &run.termination_detail {
        Some(detail) => format!("{end}: {}", truncated(detail, REASON)),
        None => end,
    })
}

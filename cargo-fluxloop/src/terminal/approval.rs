use std::{
    fmt::Write as _,
    future::Future,
    io::{self, BufRead as _},
    pin::Pin,
    thread,
};

use fluxloop::{
    engine::{ApprovalRequest, Approver},
    worker::protocol::ApprovalDecision,
};
use serde_json::{Value, value::RawValue};
use tokio::sync::{Mutex, mpsc};

use super::{
    Shell,
    sanitize::{truncated, visible, width},
};

/// The most lines that a tool's arguments are shown in.
const MOST_LINES: usize = 12;
/// Where the terminal does not say how wide it is.
const COLUMNS: usize = 80;
/// How far what follows a label is indented.
const INDENT: usize = 14;
const PROMPT: &str = "Allow it? [y/N/all] ";

/// Asks whoever sits at the terminal whether an agent may use a tool: one question at a time, in the order in which
/// they come. Until it is answered, the question stands in place of the bar.
#[derive(Debug)]
pub(crate) struct TerminalApprover {
    shell: Shell,
    answers: Mutex<Answers>,
}

/// What is typed.
#[derive(Debug)]
struct Answers {
    typed: mpsc::UnboundedReceiver<String>,
    /// Yes to everything, from now on.
    allows_all: bool,
    /// Nothing can be typed any more, which has been said.
    ended: bool,
}

/// What was said to a question.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Answer {
    Yes,
    All,
    No,
}

impl Answer {
    fn read(line: &str) -> Self {
        match line.trim().to_ascii_lowercase().as_str() {
            "y" | "yes" => Self::Yes,
            "a" | "all" => Self::All,
            _ => Self::No,
        }
    }
}

impl TerminalApprover {
    /// Listens to standard input from now on.
    ///
    /// # Errors
    ///
    /// When there is no thread for it.
    pub(crate) fn listen(shell: Shell) -> io::Result<Self> {
        let (sender, typed) = mpsc::unbounded_channel();
        // A thread that nobody waits for: a question that is still open must not keep the process.
        thread::Builder::new()
            .name("keyboard".to_owned())
            .spawn(move || pass_lines_on(&sender))?;
        Ok(Self::answered_by(shell, typed))
    }

    fn answered_by(shell: Shell, typed: mpsc::UnboundedReceiver<String>) -> Self {
        Self {
            shell,
            answers: Mutex::new(Answers {
                typed,
                allows_all: false,
                ended: false,
            }),
        }
    }

    async fn ask(&self, request: ApprovalRequest<'_>) -> ApprovalDecision {
        let mut answers = self.answers.lock().await;
        if answers.allows_all {
            return ApprovalDecision::Allowed;
        }
        // What was typed before the question is no answer to it.
        while answers.typed.try_recv().is_ok() {}
        if answers.ended {
            return ApprovalDecision::NobodyToAsk;
        }
        let columns = self.shell.columns().unwrap_or(COLUMNS);
        let question = self.shell.ask(&described(&request, columns), PROMPT);
        let Some(line) = answers.typed.recv().await else {
            question.closes("");
            answers.ended = true;
            self.shell
                .warn("Standard input has ended: every tool is refused from now on");
            return ApprovalDecision::Refused;
        };
        question.answered();
        match Answer::read(&line) {
            Answer::Yes => ApprovalDecision::Allowed,
            Answer::All => {
                answers.allows_all = true;
                ApprovalDecision::Allowed
            }
            Answer::No => ApprovalDecision::Refused,
        }
    }
}

impl Approver for TerminalApprover {
    fn decide<'a>(
        &'a self,
        request: ApprovalRequest<'a>,
    ) -> Pin<Box<dyn Future<Output = ApprovalDecision> + 'a>> {
        Box::pin(self.ask(request))
    }
}

/// Passes lines on until there are no more, or until nobody wants any.
fn pass_lines_on(to: &mpsc::UnboundedSender<String>) {
    let mut input = io::stdin().lock();
    let mut line = Vec::new();
    while let Ok(1..) = input.read_until(b'\n', &mut line) {
        let text = String::from_utf8_lossy(&line).into_owned();
        if to.send(text).is_err() {
            return;
        }
        line.clear();
    }
}

/// The question: who asks, for what, and what would be done.
fn described(request: &ApprovalRequest<'_>, columns: usize) -> String {
    let room = columns.saturating_sub(INDENT).max(1);
    let mut text = String::from("An agent wants to use a tool:");
    let rows = [
        ("Case:", truncated(request.case, room)),
        ("Turn:", request.turn.to_string()),
        ("Tool:", truncated(request.tool, room)),
    ];
    // Writing to a string cannot fail.
    for (label, value) in rows {
        let _ = write!(text, "\n  {label:<11} {value}");
    }
    let (lines, is_whole) = laid_out(request.arguments, room);
    for (index, line) in lines.iter().enumerate() {
        let label = if index == 0 { "Arguments:" } else { "" };
        let _ = write!(text, "\n  {label:<11} {line}");
    }
    if !is_whole {
        let rest = format!("… ({} bytes in all)", request.arguments.get().len());
        let _ = write!(text, "\n  {:<11} {}", "", truncated(&rest, room));
    }
    text
}

/// The beginning of JSON in lines of at most so many columns, and whether that is all of it.
fn laid_out(json: &RawValue, columns: usize) -> (Vec<String>, bool) {
    let pretty = serde_json::from_str::<Value>(json.get())
        .and_then(|value| serde_json::to_string_pretty(&value))
        // Nested deeper than we read.
        .unwrap_or_else(|_| json.get().to_owned());
    // Enough characters to fill the lines: megabytes are not worth breaking to their end.
    let most = columns.saturating_mul(MOST_LINES * 4);
    let end = pretty.char_indices().nth(most);
    let shown = &pretty[..end.map_or(pretty.len(), |(end, _)| end)];
    let mut lines: Vec<_> = shown
        .lines()
        .flat_map(|line| broken(line, columns))
        .collect();
    let is_whole = end.is_none() && lines.len() <= MOST_LINES;
    lines.truncate(MOST_LINES);
    (lines, is_whole)
}

/// A line made safe, broken where it is too wide.
fn broken(line: &str, columns: usize) -> Vec<String> {
    let mut parts = vec![String::new()];
    for character in visible(line).chars() {
        let mut wider = parts.pop().unwrap_or_default();
        wider.push(character);
        if width(&wider) > columns && wider.chars().nth(1).is_some() {
            wider.pop();
            parts.push(wider);
            wider = String::from(character);
        }
        parts.push(wider);
    }
    parts
}

#[cfg(test)]
mod tests;

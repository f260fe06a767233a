use fluxloop::artifact::read::RecordedCheck;

use super::{
    line::Line,
    page::{FAINT, ODD, Page},
    paragraph::lines,
};
use crate::terminal::shell::{BAD, GOOD};

/// Columns before what a check says.
const INDENT: usize = 4;

/// What a run was judged by, and what became of that.
pub(super) fn push_checks(to: &mut String, checks: &[RecordedCheck], page: Page) {
    page.push_heading(to, "Checks");
    for check in checks {
        push_check(to, check, page);
    }
}

fn push_check(to: &mut String, check: &RecordedCheck, page: Page) {
    let (style, sign) = match check.result.as_str() {
        "passed" => (GOOD, "✓ "),
        "failed" => (BAD, "✗ "),
        // Also what a later version may say.
        _ => (ODD, "? "),
    };
    let what = match (check.result.as_str(), check.message.as_str()) {
        ("passed" | "failed" | "not_judged", "") => check.check.clone(),
        ("passed" | "failed", message) => format!("{}: {message}", check.check),
        ("not_judged", reason) => format!("{}: not judged: {reason}", check.check),
        (other, message) => format!("{}: {other}: {message}", check.check),
    };
    for (number, text) in lines(&what, page.prose(INDENT)).iter().enumerate() {
        let mut line = Line::new(page);
        line.pad_to(INDENT - 2);
        if number == 0 {
            line.paint(style, sign);
        }
        line.pad_to(INDENT);
        if check.result == "passed" {
            line.paint(FAINT, text);
        } else {
            line.push(text);
        }
        line.end(to);
    }
}

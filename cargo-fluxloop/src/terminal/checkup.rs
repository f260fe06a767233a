use anstyle::{AnsiColor, Style};
use serde::Serialize;

use super::{
    Page,
    show::{FAINT, ODD, STRONG, push_paragraph},
};

/// What stands before a message.
const INDENT: usize = 6;

/// How a check came out.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum Health {
    /// As it should be.
    Ok,
    /// Neither good nor bad.
    Info,
    /// A run goes, and may not be what was meant.
    Warn,
    /// No run goes.
    Fail,
}

/// One thing that was checked.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub(crate) struct Check {
    /// What: `supervisor`.
    #[serde(rename = "check")]
    pub(crate) name: &'static str,
    /// How it came out.
    pub(crate) status: Health,
    /// What was found.
    pub(crate) message: String,
    /// What to do about it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) fix: Option<String>,
}

impl Check {
    /// Something that was found.
    pub(crate) fn new(name: &'static str, status: Health, message: impl Into<String>) -> Self {
        Self {
            name,
            status,
            message: message.into(),
            fix: None,
        }
    }

    /// What to do about it.
    pub(crate) fn with_fix(mut self, fix: impl Into<String>) -> Self {
        self.fix = Some(fix.into());
        self
    }
}

impl Health {
    fn word(self) -> (Style, &'static str) {
        match self {
            Self::Ok => (AnsiColor::Green.on_default(), "ok"),
            Self::Info => (FAINT, "info"),
            Self::Warn => (ODD, "warn"),
            Self::Fail => (AnsiColor::Red.on_default().bold(), "FAIL"),
        }
    }
}

/// The checks one below the other, and how many failed. Of a brief page: those that are not as they should be.
pub(crate) fn checkup(checks: &[Check], page: Page) -> String {
    let mut text = String::new();
    for check in checks {
        if page.is_brief() && matches!(check.status, Health::Ok | Health::Info) {
            continue;
        }
        push_check(&mut text, check, page);
    }
    let count = |status| checks.iter().filter(|check| check.status == status).count();
    let summary = match (count(Health::Fail), count(Health::Warn)) {
        (0, 0) => "Everything that a run needs is there".to_owned(),
        (0, 1) => "A run can go, with 1 warning".to_owned(),
        (0, warnings) => format!("A run can go, with {warnings} warnings"),
        (1, _) => "1 check failed: a run would stop there".to_owned(),
        (failed, _) => format!("{failed} checks failed: a run would stop there"),
    };
    if !page.is_brief() {
        text.push('\n');
        push_paragraph(&mut text, &summary, 0, page);
    }
    text
}

fn push_check(text: &mut String, check: &Check, page: Page) {
    let (style, word) = check.status.word();
    let mut message = String::new();
    push_paragraph(
        &mut message,
        &format!("{}: {}", check.name, check.message),
        INDENT,
        page,
    );
    text.push_str(&page.paint(style, word));
    text.push_str(&message[word.len()..]);
    if let Some(fix) = &check.fix {
        let mut lines = String::new();
        push_paragraph(&mut lines, &format!("fix: {fix}"), INDENT, page);
        match lines.trim_start().strip_prefix("fix:") {
            Some(rest) => {
                text.extend(std::iter::repeat_n(' ', INDENT));
                text.push_str(&page.paint(STRONG, "fix:"));
                text.push_str(rest);
            }
            None => text.push_str(&lines),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::terminal::Verbosity;

    fn checks() -> Vec<Check> {
        let check = |name, status, message: &str, fix: Option<&str>| Check {
            name,
            status,
            message: message.to_owned(),
            fix: fix.map(str::to_owned),
        };
        vec![
            check(
                "cargo",
                Health::Ok,
                "cargo 1.95.0 (0123456 2026-04-14)",
                None,
            ),
            check("harness", Health::Info, "no tests/fluxloop.rs", None),
            check("git", Health::Warn, "no repository here", Some("git init")),
            check(
                "target",
                Health::Fail,
                "no agent fits `\u{1b}[2Jrun`; there are:\n  demo:run  src/lib.rs:3",
                Some("name one of them in the configuration:\nrunner:\n  target: \"demo:run\""),
            ),
        ]
    }

    #[test]
    fn each_check_says_what_to_do() {
        for (name, columns) in [("plain", None), ("80", Some(80)), ("40", Some(40))] {
            let page = Page::new(columns, false, Verbosity::Normal);
            let text = checkup(&checks(), page);
            insta::assert_snapshot!(name, text);
            for line in text.lines() {
                assert!(
                    columns.is_none_or(|columns| line.chars().count() <= columns),
                    "{line}"
                );
            }
        }
    }

    #[test]
    fn styles_change_no_word() {
        let plain = checkup(&checks(), Page::new(None, false, Verbosity::Normal));
        let styled = checkup(&checks(), Page::new(None, true, Verbosity::Normal));
        assert_ne!(plain, styled);
        assert_eq!(anstream::adapter::strip_str(&styled).to_string(), plain);
    }

    #[test]
    fn a_brief_page_has_the_failures_only() {
        let text = checkup(&checks(), Page::new(None, false, Verbosity::Quiet));
        assert!(
            !text.contains("cargo") && text.contains("FAIL") && text.contains("warn"),
            "{text}"
        );
        assert_eq!(
            checkup(&checks()[..2], Page::new(None, false, Verbosity::Quiet)),
            ""
        );
    }
}

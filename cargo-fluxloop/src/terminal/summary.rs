use std::fmt::Write as _;

use fluxloop::{
    event::{Finished, Started},
    summary::{
        Counts, DurationsMs, FailureGroup, Repeats,
        words::{percentage, plural},
    },
};

use super::{
    Shell, Verbosity,
    duration::measured,
    sanitize::{truncated, visible},
    shell::{BAD, GOOD},
};

/// Groups of failures and cases of a group that are shown unless all are asked for.
const GROUPS: usize = 10;
const CASES: usize = 3;
/// Flaky cases that are named unless all are asked for.
const FLAKY: usize = 5;
/// Columns before what a row says.
const LABEL: usize = 14;
/// Columns of a message where there is no terminal.
const MESSAGE_COLUMNS: usize = 200;

/// What is said at the end.
#[derive(Debug)]
pub(super) struct Summary<'a> {
    /// Absent when the experiment ended before it began.
    pub(super) started: Option<&'a Started>,
    pub(super) finished: &'a Finished,
    pub(super) shell: &'a Shell,
}

impl Summary<'_> {
    /// Failures, counts, durations, the gate's verdict and where to look further, after an empty line.
    pub(super) fn text(&self) -> String {
        let mut text = String::from("\n");
        self.push_failures(&mut text);
        let statistics = &self.finished.statistics;
        let counts = statistics.counts();
        self.push_counts(&mut text, counts);
        if let Some(repeats) = statistics.repeats() {
            self.push_repeats(&mut text, &repeats);
        }
        self.push_checks(&mut text);
        if let (Some(mean), Some(spread)) =
            (statistics.avg_duration_ms(), statistics.durations_ms())
        {
            push_row(&mut text, "Duration", &durations(mean, spread));
        }
        let verdict = &self.finished.verdict;
        let word = match (verdict.passed, self.finished.interrupted) {
            (true, false) => self.shell.paint(GOOD, "holds"),
            (true, true) => "held so far".to_owned(),
            (false, _) => self.shell.paint(BAD, "does not hold"),
        };
        push_row(
            &mut text,
            "Gate",
            &format!("{word}: {}", verdict.conditions(counts)),
        );
        if let Some(started) = self.started {
            push_row(
                &mut text,
                "Experiment",
                &visible(&started.directory.to_string_lossy()),
            );
            push_row(
                &mut text,
                "",
                "a line for each run in trace_summary.jsonl, agents' prints in logs/",
            );
        }
        // The shell ends the last line.
        text.truncate(text.trim_end().len());
        text
    }

    /// libtest's last line. It says `ok` exactly when the experiment ran to its end and the gate holds, as the
    /// exit code does: failures that the gate accepts fail nobody's build.
    pub(super) fn test_result(&self) -> String {
        let counts = self.finished.statistics.counts();
        let passed = self.finished.verdict.passed && !self.finished.interrupted;
        let word = if passed {
            self.shell.paint(GOOD, "ok")
        } else {
            self.shell.paint(BAD, "FAILED")
        };
        let seconds = self.started.map_or(0.0, |started| {
            self.finished
                .at
                .duration_since(started.at)
                .as_secs_f64()
                .max(0.0)
        });
        let left_out = self.started.map_or(0, |started| started.left_out);
        format!(
            "\ntest result: {word}. {} passed; {} failed; 0 ignored; 0 measured; {left_out} filtered out; \
             finished in {seconds:.2}s",
            counts.successful, counts.failed,
        )
    }

    fn push_counts(&self, text: &mut String, counts: Counts) {
        let total = match self.started {
            Some(started) if counts.total < started.planned => {
                format!("{} of {} finished", counts.total, started.planned)
            }
            _ => format!("{} finished", counts.total),
        };
        let cut_short = if self.finished.interrupted {
            ", then interrupted"
        } else {
            ""
        };
        push_row(
            text,
            "Runs",
            &format!(
                "{total}{cut_short}: {} succeeded, {} failed",
                counts.successful, counts.failed
            ),
        );
        if let Some(rate) = counts.success_rate {
            push_row(text, "Success rate", &percentage(rate));
        }
    }

    /// How cases that were tried more than once came out, and those that did not always come out the same.
    fn push_repeats(&self, text: &mut String, repeats: &Repeats) {
        let Some((tries, pass_at)) = repeats.pass_at.last_key_value().filter(|(k, _)| **k > 1)
        else {
            return;
        };
        let pass_all = repeats.pass_all.get(tries).copied().unwrap_or_default();
        let cases = format!(
            "{}: {} always passed, {} flaky, {} never passed",
            plural(repeats.total, "case"),
            repeats.always_passed,
            repeats.flaky,
            repeats.never_passed
        );
        push_row(text, "Cases", &cases);
        let rates = format!(
            "pass@{tries} {}, pass^{tries} {}",
            percentage(*pass_at),
            percentage(pass_all)
        );
        push_row(text, "", &rates);
        let most = if self.shell.verbosity() == Verbosity::Verbose {
            usize::MAX
        } else {
            FLAKY
        };
        let flaky = repeats.cases.iter().filter(|case| case.tries.is_flaky());
        for case in flaky.take(most) {
            push_row(text, "", &format!("flaky: {}", case.sentence()));
        }
        let shown = u64::try_from(most).unwrap_or(u64::MAX);
        if repeats.flaky > shown {
            let more = format!("and {} more in summary.json", repeats.flaky - shown);
            push_row(text, "", &more);
        }
    }

    /// How checks came out, and which could not be judged: those are neither passed nor failed.
    fn push_checks(&self, text: &mut String) {
        let checks = self.finished.statistics.checks().values();
        let (passed, failed, not_judged) = checks.fold((0, 0, 0), |sum, counts| {
            (
                sum.0 + counts.passed,
                sum.1 + counts.failed,
                sum.2 + counts.not_judged,
            )
        });
        if passed + failed + not_judged == 0 {
            return;
        }
        let mut figures = format!("{passed} passed, {failed} failed");
        if not_judged > 0 {
            let _ = write!(figures, ", {not_judged} not judged");
        }
        push_row(text, "Checks", &figures);
        let all = self.finished.statistics.not_judged();
        let most = if self.shell.verbosity() == Verbosity::Verbose {
            usize::MAX
        } else {
            GROUPS
        };
        let columns = self.shell.columns().unwrap_or(MESSAGE_COLUMNS);
        for one in all.iter().take(most) {
            let line = format!("not judged: {} × {}: {}", one.count, one.check, one.reason);
            // A terminal too narrow for any reason still gets a few words of it.
            let room = columns.saturating_sub(LABEL).max(40);
            push_row(text, "", &truncated(&line, room));
        }
        if all.len() > most {
            push_row(text, "", &format!("and {} more reasons", all.len() - most));
        }
    }

    fn push_failures(&self, text: &mut String) {
        let groups = self.finished.statistics.failure_groups();
        if groups.is_empty() {
            return;
        }
        text.push_str("Failures:\n");
        let all = self.shell.verbosity() == Verbosity::Verbose;
        let shown = if all {
            groups.len()
        } else {
            GROUPS.min(groups.len())
        };
        for group in &groups[..shown] {
            self.push_group(text, group, if all { usize::MAX } else { CASES });
        }
        let (mut messages, mut runs) = (0, 0);
        for group in &groups[shown..] {
            messages += 1;
            runs += group.count;
        }
        if messages > 0 {
            let _ = writeln!(
                text,
                "  and {} with {}",
                plural(runs, "failure"),
                plural(messages, "other message")
            );
        }
        text.push('\n');
    }

    fn push_group(&self, text: &mut String, group: &FailureGroup, most: usize) {
        let head = format!("  {} × {}: ", group.count, group.kind);
        let columns = self
            .shell
            .columns()
            .unwrap_or(MESSAGE_COLUMNS)
            .saturating_sub(head.chars().count());
        // A terminal too narrow for any message still gets a few words of it, on a second line.
        let _ = writeln!(text, "{head}{}", truncated(&group.message, columns.max(20)));
        let mut named = 0;
        for case in group.cases.iter().take(most) {
            let _ = writeln!(text, "      {}", visible(case));
            named += 1;
        }
        if group.count > named {
            let _ = writeln!(text, "      and {} more", group.count - named);
        }
    }
}

/// Mean and percentiles, each with a unit.
pub(crate) fn durations(mean: f64, spread: DurationsMs) -> String {
    let (mean, p50, p95) = (measured(mean), measured(spread.p50), measured(spread.p95));
    format!("mean {mean}, p50 {p50}, p95 {p95}")
}

fn push_row(text: &mut String, label: &str, value: &str) {
    let label = if label.is_empty() {
        String::new()
    } else {
        format!("{label}:")
    };
    let _ = writeln!(text, "{label:<LABEL$}{value}");
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn durations_are_told_apart() {
        let spread = DurationsMs {
            min: 0.5,
            p50: 12.34,
            p95: 1250.0,
            max: 135_000.0,
        };
        insta::assert_snapshot!(durations(250.5, spread), @"mean 250.5ms, p50 12.3ms, p95 1.25s");
    }
}

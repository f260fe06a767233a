use std::{
    fmt::Write as _,
    io::{self, BufRead},
    path::Path,
};

use fluxloop::summary::words::plural;

use super::{Shell, sanitize::visible};

/// More runs than this get a warning.
const MANY_RUNS: u64 = 100;

/// What a run would do, as far as it is known before anything is built.
#[derive(Clone, Copy, Debug)]
pub(crate) struct PlanSummary<'a> {
    /// The agent; `None` stands for the only one that is registered.
    pub(crate) target: Option<&'a str>,
    /// How many inputs there are.
    pub(crate) inputs: u64,
    /// The names of the personas that take part.
    pub(crate) personas: &'a [&'a str],
    /// Runs per input and persona.
    pub(crate) iterations: u32,
    /// How many runs there are in all.
    pub(crate) total_runs: u64,
    /// How many cases there are besides, which are not run.
    pub(crate) left_out: u64,
    /// Runs in flight at once.
    pub(crate) parallel: u32,
    /// What holds the experiment's directory.
    pub(crate) output: &'a Path,
}

/// What the user says to it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Answer {
    /// Go on.
    Yes,
    /// Run nothing.
    No,
}

/// Shows what would be run, also when quiet: it was asked for.
pub(crate) fn show_plan(shell: &Shell, plan: &PlanSummary<'_>) {
    let personas = match plan.personas {
        [] => "none".to_owned(),
        names => names
            .iter()
            .map(|name| visible(name))
            .collect::<Vec<_>>()
            .join(", "),
    };
    let rows = [
        (
            "Agent",
            visible(plan.target.unwrap_or("the only one registered")).into_owned(),
        ),
        ("Inputs", plan.inputs.to_string()),
        ("Personas", personas),
        ("Iterations", plan.iterations.to_string()),
        (
            "Total runs",
            format!("{}{}", plan.total_runs, left_out(plan.left_out)),
        ),
        ("Parallel", plan.parallel.to_string()),
        (
            "Output",
            visible(&plan.output.to_string_lossy()).into_owned(),
        ),
    ];
    let mut text = String::from("Experiment:");
    for (label, value) in rows {
        // Writing to a string cannot fail.
        let _ = write!(text, "\n  {:<12} {value}", format!("{label}:"));
    }
    shell.text(&text);
}

/// What stands behind a number of runs where `--filter`, `--sample` or `--limit` leave some out.
pub(super) fn left_out(count: u64) -> String {
    match count {
        0 => String::new(),
        count => format!(", {count} left out"),
    }
}

/// Shows what would be run and asks whether to.
///
/// # Errors
///
/// When the answer cannot be read.
pub(crate) fn confirm(
    shell: &Shell,
    plan: &PlanSummary<'_>,
    answers: &mut dyn BufRead,
) -> io::Result<Answer> {
    show_plan(shell, plan);
    if plan.total_runs > MANY_RUNS {
        shell.warn(format_args!(
            "{}: each of them calls the agent, which may take long and cost money",
            plural(plan.total_runs, "run"),
        ));
    }
    ask(shell, "Continue? [y/N] ", answers)
}

/// Asks. Anything but `y` or `yes` is a no, the end of the input too.
///
/// # Errors
///
/// When the answer cannot be read.
pub(crate) fn ask(shell: &Shell, question: &str, answers: &mut dyn BufRead) -> io::Result<Answer> {
    shell.prompt(question);
    let mut line = Vec::new();
    let read = answers.read_until(b'\n', &mut line)?;
    if read == 0 {
        // Nobody pressed Enter: what comes next begins its own line.
        shell.text("");
    }
    let answer = String::from_utf8_lossy(&line).trim().to_ascii_lowercase();
    Ok(if matches!(answer.as_str(), "y" | "yes") {
        Answer::Yes
    } else {
        Answer::No
    })
}

#[cfg(test)]
mod tests;

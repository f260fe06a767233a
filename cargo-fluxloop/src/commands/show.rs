use fluxloop::artifact::read::{ObservationTree, ReadError, RecordedExperiment, Rows};

use super::{Invocation, error::CommandError, exit};
use crate::{
    cli::ShowArguments,
    terminal::{CaseView, Page, RunTable, Stdout, head, unfinished},
};
use case::Found;

mod case;
mod error;
mod place;

pub(super) use error::ShowError;

/// `cargo fluxloop show`: an experiment, or one case of it, as people read it.
pub(super) fn execute(
    arguments: &ShowArguments,
    invocation: &Invocation,
) -> Result<i32, CommandError> {
    let wanted = place::find(arguments, invocation)?;
    let (mut stdout, page) = Stdout::for_people(
        invocation.options.verbosity,
        invocation.options.color,
        |name| invocation.variables.get(name),
    );
    let experiment = RecordedExperiment::open(&wanted.directory).map_err(ShowError::from)?;
    let text = match &wanted.case {
        None => listed(&experiment, arguments.most_runs(), page, invocation)?,
        Some(case) => {
            let found = case::find(&experiment, case, wanted.is_sole)?;
            in_full(
                &experiment,
                found,
                arguments.most_observations(),
                page,
                invocation,
            )
            .map_err(ShowError::from)?
        }
    };
    stdout
        .write(text.as_bytes())
        .map_err(CommandError::Output)?;
    Ok(exit::OK)
}

/// The experiment as a whole, and its runs.
fn listed(
    experiment: &RecordedExperiment,
    most: usize,
    page: Page,
    invocation: &Invocation,
) -> Result<String, ShowError> {
    let mut table = RunTable::new(most);
    let mut rows = experiment.runs()?;
    for run in rows.by_ref() {
        table.add(&run?);
    }
    warn_of_damage(&rows, invocation);
    let mut text = head(
        experiment.summary(),
        experiment.path(),
        table.counts(),
        page,
    );
    if !page.is_brief() {
        let runs = table.text(page);
        if !runs.is_empty() {
            text.push('\n');
            text.push_str(&runs);
        }
    }
    Ok(text)
}

fn warn_of_damage<T>(rows: &Rows<T>, invocation: &Invocation) {
    let (what, verb) = match rows.damaged() {
        0 => return,
        1 => ("1 line".to_owned(), "is no row and was"),
        damaged => (format!("{damaged} lines"), "are no rows and were"),
    };
    invocation.shell.warn(format_args!(
        "{what} of `{}` {verb} left out",
        rows.path().display()
    ));
}

/// One case with all that is known of it.
fn in_full(
    experiment: &RecordedExperiment,
    found: Found,
    most: usize,
    page: Page,
    invocation: &Invocation,
) -> Result<String, ReadError> {
    match found {
        Found::Unfinished(trace_id, tree) => Ok(unfinished(&trace_id, &tree, most, page)),
        Found::Run(row) => {
            // A torn file may have the short row only.
            let run = experiment.trace(&row.trace_id)?.unwrap_or(*row);
            let observations = if page.is_brief() {
                None
            } else {
                observed(experiment, &run.trace_id, invocation)?
            };
            let view = CaseView {
                run: &run,
                observations: observations.as_ref(),
                most,
            };
            Ok(view.text(page))
        }
    }
}

/// What happened within a run; none where the experiment has not recorded any.
fn observed(
    experiment: &RecordedExperiment,
    trace_id: &str,
    invocation: &Invocation,
) -> Result<Option<ObservationTree>, ReadError> {
    let Some(rows) = experiment.observations()? else {
        return Ok(None);
    };
    let mut rows = rows.of(trace_id);
    let tree = ObservationTree::read(&mut rows)?;
    warn_of_damage(&rows, invocation);
    Ok(Some(tree))
}

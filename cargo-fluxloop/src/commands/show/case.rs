use fluxloop::artifact::read::{ObservationTree, ReadError, RecordedExperiment, RecordedRun};

use super::error::ShowError;

/// Matches that are named.
const MOST_NAMED: usize = 10;
/// Below this similarity, a suggestion puzzles more than it helps.
const LIKELY: f64 = 0.75;

/// What a case's name led to.
pub(super) enum Found {
    Run(Box<RecordedRun>),
    /// It has no row: only what it had observed so far.
    Unfinished(String, ObservationTree),
}

/// The run that is meant by a case's name, a part of one that no other has, or a trace id.
pub(super) fn find(
    experiment: &RecordedExperiment,
    wanted: &str,
    is_sole: bool,
) -> Result<Found, ShowError> {
    let mut search = Search::new(wanted);
    for run in experiment.runs()? {
        if let Some(run) = search.look_at(run?) {
            return Ok(Found::Run(run));
        }
    }
    if search.total == 0
        && let Some(tree) = left_of(experiment, wanted)?
    {
        return Ok(Found::Unfinished(wanted.to_owned(), tree));
    }
    match search.first {
        Some(run) if search.total == 1 => Ok(Found::Run(run)),
        Some(_) => Err(ShowError::Ambiguous {
            wanted: wanted.to_owned(),
            total: search.total,
            named: search.named,
        }),
        None => Err(ShowError::NoCase {
            wanted: wanted.to_owned(),
            experiment: experiment.path().to_owned(),
            nearest: search.nearest.map(|(_, name)| name),
            is_sole,
        }),
    }
}

/// What a run left that has no row.
fn left_of(
    experiment: &RecordedExperiment,
    trace_id: &str,
) -> Result<Option<ObservationTree>, ReadError> {
    let tree = experiment.observations_of(trace_id)?;
    Ok(tree.filter(|tree| !tree.is_empty()))
}

/// Goes from run to run, and keeps no more of them than are named.
struct Search<'a> {
    wanted: &'a str,
    first: Option<Box<RecordedRun>>,
    named: Vec<String>,
    total: u64,
    nearest: Option<(f64, String)>,
}

impl<'a> Search<'a> {
    fn new(wanted: &'a str) -> Self {
        Self {
            wanted,
            first: None,
            named: Vec::new(),
            total: 0,
            nearest: None,
        }
    }

    /// Gives the run back when it is certainly the one.
    fn look_at(&mut self, run: RecordedRun) -> Option<Box<RecordedRun>> {
        if run.case == self.wanted || run.trace_id == self.wanted {
            return Some(Box::new(run));
        }
        if run.case.contains(self.wanted) {
            self.total += 1;
            if self.named.len() < MOST_NAMED {
                self.named.push(format!("{}  {}", run.trace_id, run.case));
            }
            self.first.get_or_insert_with(|| Box::new(run));
        } else if self.total == 0 {
            self.compare(&run);
        }
        None
    }

    /// Keeps the name if it is nearer than all before. A part may be what was misspelt.
    fn compare(&mut self, run: &RecordedRun) {
        let parts = run.case.split("::");
        let names = parts.chain([&run.case[..], &run.trace_id[..]]);
        let similarity = names
            .map(|name| strsim::jaro_winkler(self.wanted, name))
            .fold(0.0, f64::max);
        let best = self.nearest.as_ref().map_or(LIKELY, |(best, _)| *best);
        if similarity > best {
            self.nearest = Some((similarity, run.case.clone()));
        }
    }
}

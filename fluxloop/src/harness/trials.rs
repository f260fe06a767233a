use std::sync::Arc;

use libtest_mimic::{Completion, Failed, Trial};

use super::{
    flags::{Flags, NAMELESS},
    logfile::Logfile,
    snapshots::Mismatch,
    suite::Suite,
    verdicts::Verdict,
};
use crate::plan::Case;

/// Why a case may not be run.
const NOT_RUN: &str = "the experiment ended before it";

/// The tests that libtest may run.
pub(super) struct Trials {
    /// Those that are selected, and a nameless one for each that is not, so that they are counted.
    pub(super) trials: Vec<Trial>,
    /// Those of each suite that will be run, by their positions in the suite's plan.
    pub(super) selected: Vec<Vec<u64>>,
}

impl Trials {
    /// The one that is asked for, where that is said exactly, is found by its name: it costs the same however many there are.
    pub(super) fn of(suites: &[Suite], flags: &Flags, logfile: Option<Logfile>) -> Self {
        let logfile = logfile.map(Arc::new);
        let mut trials = Vec::new();
        let mut selected = Vec::new();
        for suite in suites {
            let mut of_suite = Vec::new();
            let mut left_out = suite.plan.len();
            let mut push = |case: Case| {
                let name = suite.test_name(&case.name);
                if flags.selects(&name) {
                    left_out -= 1;
                    of_suite.push(case.index);
                    trials.push(trial(suite, &case, name, logfile.clone()));
                }
            };
            match flags.only() {
                Some(name) => {
                    let name = suite.case_name(name);
                    let case = name.and_then(|name| suite.plan.case_named(name));
                    case.into_iter().for_each(&mut push);
                }
                None => suite.plan.cases().for_each(&mut push),
            }
            trials.extend((0..left_out).map(|_| Trial::test(NAMELESS, || Ok(()))));
            if flags.ignores() {
                of_suite.clear();
            }
            selected.push(of_suite);
        }
        Self { trials, selected }
    }

    /// How many tests wait for their cases at once: as many as the experiments run.
    pub(super) fn threads(&self, suites: &[Suite]) -> usize {
        let parallel = suites.iter().map(|suite| suite.setup.config.parallel.get());
        let most = usize::try_from(parallel.max().unwrap_or(1)).unwrap_or(usize::MAX);
        most.min(self.selected.iter().map(Vec::len).sum()).max(1)
    }
}

fn trial(suite: &Suite, case: &Case, name: String, logfile: Option<Arc<Logfile>>) -> Trial {
    let run = run(suite, case, name.clone());
    let test = name.clone();
    Trial::ignorable_test(name, move || {
        let result = run();
        if let Some(logfile) = logfile {
            let word = match &result {
                Ok(Completion::Completed) => "ok",
                Ok(Completion::Ignored { .. }) => "ignored",
                Err(_) => "failed",
            };
            logfile.add(word, &test)?;
        }
        result
    })
}

/// Runs a case, and judges its answer by its snapshot.
fn run(
    suite: &Suite,
    case: &Case,
    test: String,
) -> impl FnOnce() -> Result<Completion, Failed> + Send + 'static {
    let (desk, verdicts) = (Arc::clone(&suite.desk), Arc::clone(&suite.verdicts));
    let snapshots = suite.snapshots.clone();
    let (index, iteration) = (case.index, case.iteration);
    let case = case.name.clone();
    move || {
        let rejected = |mismatch: Mismatch, about: &str| {
            let message = format!("{}\n{about}", mismatch.message);
            verdicts.note(&case, Verdict::Rejected(mismatch));
            message
        };
        let all_tries = test.rsplit_once("::iter_").map_or(&*test, |(name, _)| name);
        if let Some(snapshots) = &snapshots {
            snapshots
                .begin(all_tries, iteration)
                .map_err(|mismatch| rejected(mismatch, "it was not run"))?;
        }
        let Some(answer) = desk.run(index) else {
            verdicts.note(&case, Verdict::Ignored(NOT_RUN));
            return Ok(Completion::ignored_with(NOT_RUN));
        };
        if let (Some(view), Some(snapshots)) = (answer?, &snapshots) {
            snapshots
                .judge(all_tries, iteration, &view)
                .map_err(|mismatch| rejected(mismatch, &view.about))?;
        }
        Ok(Completion::Completed)
    }
}

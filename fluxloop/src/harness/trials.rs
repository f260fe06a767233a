use std::sync::Arc;

use libtest_mimic::{Arguments, Completion, Trial};

use super::{HarnessError, project::Project, report, suite::Suite};
use crate::plan::Case;

/// The tests that libtest may run.
pub(super) struct Trials {
    pub(super) trials: Vec<Trial>,
    /// Those of each suite that it will run, by their positions in the suite's plan.
    pub(super) selected: Vec<Vec<u64>>,
}

impl Trials {
    /// All of them; the one that is asked for where that is said exactly: a run of a single test costs the same however
    /// many there are.
    pub(super) fn of(suites: &[Suite], arguments: &Arguments) -> Self {
        let mut trials = Vec::new();
        let mut selected = Vec::new();
        for suite in suites {
            let mut of_suite = Vec::new();
            let mut push = |case: Case| {
                let trial = trial(suite, &case);
                if !arguments.is_filtered_out(&trial) && !arguments.is_ignored(&trial) {
                    of_suite.push(case.index);
                }
                trials.push(trial);
            };
            match &arguments.filter {
                Some(name) if arguments.exact => {
                    let name = suite.case_name(name);
                    let case = name.and_then(|name| suite.plan.case_named(name));
                    case.into_iter().for_each(&mut push);
                }
                _ => suite.plan.cases().for_each(&mut push),
            }
            selected.push(of_suite);
        }
        Self { trials, selected }
    }

    /// How many tests wait for their cases at once: as many as the experiments run.
    pub(super) fn threads(&self, suites: &[Suite]) -> usize {
        let parallel = suites.iter().map(|suite| suite.setup.config.parallel.get());
        let most = usize::try_from(parallel.max().unwrap_or(1)).unwrap_or(usize::MAX);
        most.min(self.trials.len()).max(1)
    }
}

fn trial(suite: &Suite, case: &Case) -> Trial {
    let desk = Arc::clone(&suite.desk);
    let snapshots = suite.snapshots.clone();
    let (index, iteration) = (case.index, case.iteration);
    let name = suite.test_name(&case.name);
    let test = name.clone();
    Trial::ignorable_test(name, move || {
        let Some(answer) = desk.run(index) else {
            return Ok(Completion::ignored_with("the experiment ended before it"));
        };
        if let (Some(view), Some(snapshots)) = (answer?, &snapshots) {
            let case = test.rsplit_once("::iter_").map_or(&*test, |(case, _)| case);
            snapshots.judge(case, iteration, &view)?;
        }
        Ok(Completion::Completed)
    })
}

/// Lists the tests as libtest does. By hand, since that takes each name apart to look for colours, as it prints it: most of
/// the time that a long list would take.
pub(super) fn list(projects: Vec<Project>, arguments: &Arguments) -> Result<(), HarnessError> {
    let mut trials = Vec::new();
    for project in projects {
        let names = project.names()?.into_iter();
        trials.extend(names.map(|name| Trial::test(name, || Ok(()))));
    }
    if arguments.logfile.is_some() {
        // It says nothing of a list.
        let _ = libtest_mimic::run(arguments, trials);
        return Ok(());
    }
    let mut listed = String::new();
    // None of them is an ignored one.
    trials.retain(|trial| !arguments.ignored && !arguments.is_filtered_out(trial));
    for trial in &trials {
        listed.extend([trial.name(), ": test\n"]);
    }
    report::list(&listed).map_err(HarnessError::system("the list of tests cannot be written"))
}

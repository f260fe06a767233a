use serde::Serialize;

use super::{
    Counts,
    words::{percentage, plural, required},
};
use crate::config::Gate;

/// What the gate says of a finished experiment.
#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
#[non_exhaustive]
pub struct Verdict {
    /// Whether every condition holds.
    pub passed: bool,
    /// Failed runs that were accepted.
    pub max_failures: u64,
    /// The least success rate that was asked for.
    pub min_success_rate: Option<f64>,
    /// The least pass rate that was asked for of each case.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub min_case_pass_rate: Option<f64>,
    /// The lowest pass rate of any case, where cases are told apart.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub worst_case_pass_rate: Option<f64>,
}

impl Verdict {
    /// The gate's conditions beside what they were held against: `2 runs failed, at most 1 may`.
    #[must_use]
    pub fn conditions(&self, counts: Counts) -> String {
        let failed = match counts.failed {
            0 => "no run failed".to_owned(),
            failed => format!(
                "{} failed, at most {} may",
                plural(failed, "run"),
                self.max_failures
            ),
        };
        let each_case = match (self.min_case_pass_rate, self.worst_case_pass_rate) {
            (Some(least), Some(worst)) => format!(
                "; of each case at least {} must pass, and of the worst {} did",
                required(least),
                percentage(worst)
            ),
            _ => String::new(),
        };
        let Some(least) = self.min_success_rate.map(required) else {
            return failed + &each_case;
        };
        match counts.success_rate {
            Some(rate) => format!(
                "{failed}; {} succeeded, at least {least} must{each_case}",
                percentage(rate)
            ),
            None => format!("no run finished, and at least {least} must succeed"),
        }
    }
}

impl Gate {
    /// Judges an experiment by its counts, and by the lowest pass rate of any case.
    ///
    /// Where a least rate is asked for and nothing ran, the gate does not hold: there is no rate, and nothing
    /// has been shown.
    #[must_use]
    pub fn judge(&self, counts: &Counts, worst_case: Option<f64>) -> Verdict {
        let holds = |least: Option<f64>, rate: Option<f64>| match (least, rate) {
            (None, _) => true,
            (Some(least), Some(rate)) => rate >= least,
            (Some(_), None) => false,
        };
        Verdict {
            passed: counts.failed <= self.max_failures
                && holds(self.min_success_rate, counts.success_rate)
                && holds(self.min_case_pass_rate, worst_case),
            max_failures: self.max_failures,
            min_success_rate: self.min_success_rate,
            min_case_pass_rate: self.min_case_pass_rate,
            worst_case_pass_rate: worst_case,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn judge(max_failures: u64, least: Option<f64>, successful: u64, failed: u64) -> bool {
        let mut counts = Counts::default();
        for number in 0..successful + failed {
            counts.record(number < successful);
        }
        let gate = Gate {
            max_failures,
            min_success_rate: least,
            min_case_pass_rate: None,
        };
        gate.judge(&counts, None).passed
    }

    #[test]
    fn failures_are_accepted_up_to_the_limit() {
        assert!(judge(0, None, 3, 0));
        assert!(!judge(0, None, 3, 1));
        assert!(judge(2, None, 0, 2));
        assert!(!judge(2, None, 97, 3));
    }

    #[test]
    fn a_rate_that_is_exactly_the_least_holds() {
        assert!(judge(u64::MAX, Some(0.98), 98, 2));
        assert!(!judge(u64::MAX, Some(0.98), 97, 3));
        assert!(judge(u64::MAX, Some(0.1), 1, 9));
        assert!(judge(u64::MAX, Some(0.3), 3, 7));
    }

    #[test]
    fn both_conditions_must_hold() {
        assert!(!judge(1, Some(0.5), 5, 2));
        assert!(!judge(9, Some(0.9), 5, 2));
    }

    #[test]
    fn one_case_that_always_fails_does_not_hide_in_a_good_average() {
        let mut counts = Counts::default();
        (0..100).for_each(|run| counts.record(run < 98));
        let gate = Gate {
            max_failures: 5,
            min_success_rate: Some(0.9),
            min_case_pass_rate: Some(0.5),
        };
        assert!(!gate.judge(&counts, Some(0.0)).passed);
        assert!(gate.judge(&counts, Some(0.5)).passed);
        assert!(!gate.judge(&counts, None).passed, "nothing has been shown");
    }

    #[test]
    fn nothing_run_holds_unless_a_rate_is_asked_for() {
        assert!(judge(0, None, 0, 0));
        assert!(!judge(0, Some(0.0), 0, 0));
    }

    #[test]
    fn each_condition_of_the_gate_has_its_numbers() {
        let counts = |successful: u64, failed: u64| {
            let total = successful + failed;
            #[expect(clippy::cast_precision_loss, reason = "small counts")]
            let success_rate = (total > 0).then(|| successful as f64 / total as f64);
            Counts {
                total,
                successful,
                failed,
                success_rate,
            }
        };
        let said = |max_failures, least, counts: Counts| {
            let gate = Gate {
                max_failures,
                min_success_rate: least,
                min_case_pass_rate: None,
            };
            gate.judge(&counts, None).conditions(counts)
        };
        insta::assert_snapshot!(said(0, None, counts(10, 0)), @"no run failed");
        insta::assert_snapshot!(said(2, None, counts(9, 1)), @"1 run failed, at most 2 may");
        insta::assert_snapshot!(said(0, Some(0.9995), counts(1999, 1)), @"1 run failed, at most 0 may; 99.9% succeeded, at least 99.95% must");
        insta::assert_snapshot!(said(0, Some(0.5), counts(0, 0)), @"no run finished, and at least 50% must succeed");
    }
}

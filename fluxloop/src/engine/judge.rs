//! Judges runs that returned.

use std::{sync::Arc, time::Duration};

use tokio::sync::oneshot;

use super::{notice::Told, run::Runner, view};
use crate::{
    check::CheckResult,
    event::{Outcome, Run},
    expect::{self, JudgedCheck, RunFacts},
    host::{AgentHost, CheckCall, Checked},
    plan::Case,
};

impl<H: AgentHost> Runner<'_, H> {
    /// Judges a run by all that is expected of it. `false` where nothing is, or it did not return.
    ///
    /// `calls`: the calls of the agent that its answers came of.
    pub(super) async fn judge(&self, run: &mut Run, calls: Vec<u32>) -> bool {
        if !run.outcome.is_success() || run.case.input.criteria.is_empty() {
            return false;
        }
        let Some(facts) = self.facts(&run.case, calls).await else {
            return false;
        };
        let mut checks = run.case.input.criteria.judge(run, &facts);
        checks.extend(self.checked(run, facts).await);
        for check in &mut checks {
            check.mask(&self.settings.secrets);
        }
        run.checks = checks;
        if let Some(failure) = expect::failure(&run.checks) {
            let returned = std::mem::replace(&mut run.outcome, Outcome::Failed(failure.clone()));
            run.outcome = returned.rejected(failure);
        }
        true
    }

    /// What happened in a run until now. Nobody knows once the experiment has ended.
    async fn facts(&self, case: &Case, calls: Vec<u32>) -> Option<RunFacts> {
        let (facts, known) = oneshot::channel();
        self.tell(case, Told::Returned { calls, facts });
        known.await.ok()
    }

    /// What the checks say that live with the agents.
    async fn checked(&self, run: &Run, facts: RunFacts) -> Vec<JudgedCheck> {
        let mut judged = Vec::new();
        let chosen = run.case.input.criteria.checks();
        if chosen.is_empty() {
            return judged;
        }
        let Some(view) = view::of(run, facts) else {
            return judged;
        };
        let (view, limit) = (Arc::new(view), self.settings.timeout);
        for check in chosen {
            let call = CheckCall {
                check: &check.name,
                view: &view,
                limit,
            };
            let checked = self.host.check(call).await;
            judged.push(judgement(&check.name, checked, limit));
        }
        judged
    }
}

fn judgement(name: &str, checked: Checked, limit: Duration) -> JudgedCheck {
    match checked {
        Checked::Judged(CheckResult::Passed) => JudgedCheck::passed(name),
        Checked::Judged(CheckResult::Failed(message)) => JudgedCheck::failed(name, message),
        Checked::Judged(CheckResult::NotJudged(reason)) => JudgedCheck::not_judged(name, reason),
        Checked::Panicked(panic) => {
            let place = match (&panic.file, panic.line) {
                (Some(file), Some(line)) => format!(" at {file}:{line}"),
                _ => String::new(),
            };
            JudgedCheck::failed(name, format!("panicked{place}: {}", panic.message))
        }
        Checked::TimedOut => JudgedCheck::failed(
            name,
            format!(
                "the check said nothing within {} s (`runner.timeout_seconds`)",
                limit.as_secs_f64()
            ),
        ),
        Checked::Crashed(death) => {
            JudgedCheck::failed(name, format!("while the check looked at the run, {death}"))
        }
        Checked::Unavailable(reason) => {
            JudgedCheck::not_judged(name, format!("nobody can be asked: {reason}"))
        }
    }
}

//! Judges runs that returned.

use tokio::sync::oneshot;

use super::{notice::Told, run::Runner};
use crate::{
    event::{Outcome, Run},
    expect::{self, RunFacts},
    host::AgentHost,
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
}

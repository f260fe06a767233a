//! Agents that use up their time: each is stopped, and its neighbours are not.

use super::{HOMES, assert_attempts, culprit, one};

/// Long enough for every other run, on a busy machine too.
const CONFIG: &str = "runner: { timeout_seconds: 3, max_retries: 2, retry_delay: 0 }";

#[track_caller]
fn times_out(agent: &str, order: &str) {
    for (home, parallel) in HOMES.into_iter().zip([1, 8]) {
        let project = one((home, agent), CONFIG, order);
        let (row, others) = culprit(&project, order, &format!("--parallel {parallel}"));
        assert_eq!(row["error"]["kind"], "timeout", "{row}");
        let message = "the agent did not return within 3 s (`runner.timeout_seconds`)";
        assert_eq!(row["error"]["message"], message);
        assert_eq!(row["duration_ms"], 3000.0, "its own time is its limit");
        // Its deadline is over: there is nothing to try again.
        assert_attempts(&row, 1);
        assert_eq!(others.len(), 19);
    }
}

#[test]
fn an_agent_that_awaits_for_ever() {
    times_out("acts", "wait");
}

#[test]
fn an_agent_that_blocks_its_own_thread() {
    times_out("works", "block");
}

#[test]
fn an_agent_that_blocks_a_thread_of_the_runtime() {
    times_out("acts", "block");
}

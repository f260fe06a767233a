use std::time::Duration;

use crate::{
    agent::AgentError,
    event::{Failure, FailureKind},
    host::{Death, Ended, Returned},
    secret::Secrets,
    worker::protocol::Panic,
};

/// What came of a call: an answer, or what rows say of there being none, secrets masked.
pub(super) fn answer(
    ended: Ended,
    limit: Duration,
    secrets: &Secrets,
) -> Result<Returned, Failure> {
    let failure = match ended {
        Ended::Returned(returned) => return Ok(returned),
        Ended::Error(error) => of_error(error),
        Ended::Panicked(panic) => of_panic(panic),
        Ended::TimedOut => Failure::new(
            FailureKind::Timeout,
            format!(
                "the agent did not return within {} s (`runner.timeout_seconds`)",
                limit.as_secs_f64()
            ),
        ),
        Ended::Crashed(death) => of_death(&death),
        Ended::Unbound(unbound) => Failure::new(FailureKind::AgentError, unbound.to_string()),
        Ended::Unavailable(reason) => Failure::new(FailureKind::Crash, reason),
    };
    Err(masked(failure, secrets))
}

fn of_error(error: AgentError) -> Failure {
    let mut failure = Failure::new(FailureKind::AgentError, error.message);
    failure.causes = error.causes;
    failure.transient = error.transient;
    failure
}

fn of_panic(panic: Panic) -> Failure {
    let mut failure = Failure::new(FailureKind::Panic, panic.message);
    failure.file = panic.file;
    failure.line = panic.line;
    failure
}

fn of_death(death: &Death) -> Failure {
    let mut failure = Failure::new(FailureKind::Crash, death.to_string());
    failure.signal = death.signal;
    failure.exit_code = death.exit_code;
    failure
}

fn masked(mut failure: Failure, secrets: &Secrets) -> Failure {
    failure.message = secrets.redact(&failure.message).into_owned();
    for cause in &mut failure.causes {
        *cause = secrets.redact(cause).into_owned();
    }
    failure
}

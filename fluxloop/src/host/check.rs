use serde_json::value::{RawValue, to_raw_value};

use super::{
    CheckCall, Checked, Death,
    process::RunEnd,
    task::{End, Task},
};
use crate::{
    check::{CheckResult, RunView},
    worker::protocol::{MAX_LINE, WireCheckResult},
};

/// Has a check look at a run. `carry_out` has its task done by a worker.
pub(super) async fn look(
    call: CheckCall<'_>,
    carry_out: impl AsyncFnOnce(Task<'_>) -> End,
) -> Checked {
    let view = match written(call.view) {
        Ok(view) => view,
        Err(reason) => return Checked::Judged(CheckResult::NotJudged(reason)),
    };
    let task = Task::Check {
        check: call.check,
        view: &view,
        limit: call.limit,
    };
    carry_out(task).await.of_check()
}

/// The run as it goes to a worker.
///
/// # Errors
///
/// When it is longer than a line may be.
fn written(view: &RunView) -> Result<Box<RawValue>, String> {
    let written = to_raw_value(view).map_err(|error| error.to_string())?;
    // The rest of the line is a name and a number.
    if written.get().len() > MAX_LINE - 64 * 1024 {
        return Err(format!(
            "the run is {} bytes of JSON, more than a check can be given",
            written.get().len()
        ));
    }
    Ok(written)
}

impl End {
    /// The end of a check.
    pub(super) fn of_check(self) -> Checked {
        match self {
            Self::Run(RunEnd::Checked(result)) => match result {
                WireCheckResult::Passed => Checked::Judged(CheckResult::Passed),
                WireCheckResult::Failed(message) => Checked::Judged(CheckResult::Failed(message)),
                WireCheckResult::NotJudged(reason) => {
                    Checked::Judged(CheckResult::NotJudged(reason))
                }
                WireCheckResult::Panic(panic) => Checked::Panicked(panic),
                // Nobody cancelled it: its worker was ending.
                WireCheckResult::Cancelled => Checked::Crashed(Death::unknown()),
            },
            Self::Died(fate) | Self::Run(RunEnd::Died(fate)) => Checked::Crashed(fate.death),
            Self::TimedOut => Checked::TimedOut,
            Self::Unavailable(reason) => Checked::Unavailable(reason),
            // Its worker was ending, or answers what it was not asked.
            Self::Run(_) => Checked::Crashed(Death::unknown()),
        }
    }
}

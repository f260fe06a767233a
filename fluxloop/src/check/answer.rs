use std::{error::Error, fmt::Write as _, sync::Arc};

use super::{CheckInvocation, CheckResult, RunView};
use crate::agent::AgentError;

type BoxError = Box<dyn Error + Send + Sync>;

/// What a check can return.
#[diagnostic::on_unimplemented(
    message = "a check cannot return `{Self}`",
    label = "says nothing of the run",
    note = "a check returns a `fluxloop::CheckResult`, a `bool`, nothing at all, or a `Result` of one of these",
    note = "an error implements `std::error::Error`, or is an `anyhow::Error`, a `String` or a `&str`"
)]
pub trait CheckAnswer {
    /// What it says.
    fn result(self) -> CheckResult;
}

#[diagnostic::do_not_recommend]
impl CheckAnswer for CheckResult {
    fn result(self) -> CheckResult {
        self
    }
}

#[diagnostic::do_not_recommend]
impl CheckAnswer for bool {
    fn result(self) -> CheckResult {
        CheckResult::expect(self, "it returned `false`")
    }
}

/// A check of assertions: it fails by its panic.
#[diagnostic::do_not_recommend]
impl CheckAnswer for () {
    fn result(self) -> CheckResult {
        CheckResult::Passed
    }
}

#[diagnostic::do_not_recommend]
impl<T: CheckAnswer, E: Into<BoxError>> CheckAnswer for Result<T, E> {
    fn result(self) -> CheckResult {
        match self {
            Ok(answer) => answer.result(),
            Err(error) => CheckResult::Failed(in_words(&*error.into())),
        }
    }
}

/// An error and what caused it.
fn in_words(error: &(dyn Error + 'static)) -> String {
    let error = AgentError::new(error);
    let mut words = error.message;
    for cause in error.causes {
        let _ = write!(words, ": {cause}");
    }
    words
}

/// The run that a check takes, so that one that takes something else is told so on its type.
#[must_use]
pub fn borrowed(run: &Arc<RunView>) -> &RunView {
    run
}

/// The invocation of an `async` check.
pub fn asynchronous(result: impl Future<Output = CheckResult> + Send + 'static) -> CheckInvocation {
    CheckInvocation::Async(Box::pin(result))
}

/// The invocation of a check that is a plain function.
pub fn blocking(result: impl FnOnce() -> CheckResult + Send + 'static) -> CheckInvocation {
    CheckInvocation::Blocking(Box::new(result))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_form_says_what_it_means() {
        assert_eq!(().result(), CheckResult::Passed);
        assert_eq!(true.result(), CheckResult::Passed);
        assert_eq!(false.result(), CheckResult::failed("it returned `false`"));
        assert_eq!(Ok::<_, String>(false).result(), false.result());
        assert_eq!(
            Err::<(), _>("too rude").result(),
            CheckResult::failed("too rude")
        );
        let unread = "x".parse::<u32>().map(|_| ());
        assert_eq!(
            unread.result(),
            CheckResult::failed("invalid digit found in string")
        );
        let caused = Err::<(), _>(anyhow::anyhow!("inner").context("outer"));
        assert_eq!(caused.result(), CheckResult::failed("outer: inner"));
    }
}

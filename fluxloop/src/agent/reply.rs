//! From what an agent returned to its reply.
//!
//! The macro writes `Returned::new(agent(…)).reply()`, and method resolution tells the kinds of answers apart by type,
//! so that an alias such as `io::Result` is seen through. The first of these that fits is taken:
//!
//! 1. the inherent method: a `Result` whose error holds another one and lends it, as `anyhow::Error` and `Box<dyn Error>`
//!    do. Converted into a `Box`, it would hide the type that it holds.
//! 2. [`ReplyOfResult`]: any other `Result`.
//! 3. [`ReplyOfValue`], one automatic borrow further away: anything else.
//!
//! The bounds stand on the methods and not on the implementations: so the choice never depends on them, and one that does
//! not hold is reported as such.

use std::error::Error;

use serde::Serialize;
use serde_json::value::to_raw_value;

use super::{AgentError, Invocation, Reply};

type BoxError = Box<dyn Error + Send + Sync>;

/// What an agent can answer.
#[diagnostic::on_unimplemented(
    message = "an agent cannot return `{Self}`",
    label = "cannot be written as JSON",
    note = "an agent returns a `String`, a type that implements `serde::Serialize`, or a `Result` of one",
    note = "an agent that awaits is an `async fn`"
)]
pub trait Output {
    /// The answer as JSON text.
    ///
    /// # Errors
    /// Fails if it has no form in JSON.
    fn reply(&self) -> Reply;
}

#[diagnostic::do_not_recommend]
impl<T: Serialize> Output for T {
    fn reply(&self) -> Reply {
        to_raw_value(self).map_err(|error| AgentError::unwritable(&error))
    }
}

/// What an agent can fail with.
#[diagnostic::on_unimplemented(
    message = "an agent cannot fail with `{Self}`",
    label = "cannot be kept as the error of a run",
    note = "an error implements `std::error::Error`, or is an `anyhow::Error`, a `String` or a `&str`",
    note = "a boxed error is a `Box<dyn std::error::Error + Send + Sync>`: runs move between threads"
)]
pub trait Failure {
    /// What is kept of it.
    fn agent_error(self) -> AgentError;
}

#[diagnostic::do_not_recommend]
impl<E: Into<BoxError>> Failure for E {
    fn agent_error(self) -> AgentError {
        AgentError::new(&*self.into())
    }
}

/// What an agent returned.
#[derive(Debug)]
pub struct Returned<T>(T);

impl<T> Returned<T> {
    /// Takes an agent's answer.
    pub fn new(value: T) -> Self {
        Self(value)
    }
}

impl<T, E: AsRef<dyn Error + Send + Sync>> Returned<Result<T, E>> {
    /// The agent's reply.
    ///
    /// # Errors
    /// As the agent's own.
    pub fn reply(self) -> Reply
    where
        T: Output,
    {
        match self.0 {
            Ok(value) => value.reply(),
            Err(error) => Err(AgentError::new(error.as_ref())),
        }
    }
}

/// The reply of an agent that returns a `Result`.
pub trait ReplyOfResult {
    /// What it returns if it succeeds.
    type Value;
    /// What it fails with.
    type Error;

    /// The agent's reply.
    ///
    /// # Errors
    /// As the agent's own.
    fn reply(self) -> Reply
    where
        Self::Value: Output,
        Self::Error: Failure;
}

impl<T, E> ReplyOfResult for Returned<Result<T, E>> {
    type Value = T;
    type Error = E;

    fn reply(self) -> Reply
    where
        T: Output,
        E: Failure,
    {
        match self.0 {
            Ok(value) => value.reply(),
            Err(error) => Err(error.agent_error()),
        }
    }
}

/// The reply of an agent that cannot fail.
pub trait ReplyOfValue {
    /// What it returns.
    type Value;

    /// The agent's reply.
    ///
    /// # Errors
    /// Fails if the answer cannot be written as JSON.
    fn reply(&self) -> Reply
    where
        Self::Value: Output;
}

impl<T> ReplyOfValue for Returned<T> {
    type Value = T;

    fn reply(&self) -> Reply
    where
        T: Output,
    {
        self.0.reply()
    }
}

/// The invocation of an `async` agent.
pub fn asynchronous(reply: impl Future<Output = Reply> + Send + 'static) -> Invocation {
    Invocation::Async(Box::pin(reply))
}

/// The invocation of an agent that is a plain function.
pub fn blocking(reply: impl FnOnce() -> Reply + Send + 'static) -> Invocation {
    Invocation::Blocking(Box::new(reply))
}

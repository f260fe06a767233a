//! What `#[fluxloop::tool]` and `observe!` write down besides the fields of a span or an event.
//!
//! Arguments and results are handed to the layer through the thread: what `tracing` calls it with is made on the same
//! thread and at once, so nobody can come between. As fields they would be printed by every other subscriber.

use std::{
    cell::RefCell,
    error::Error,
    fmt::{self, Debug, Display},
    panic::{AssertUnwindSafe, catch_unwind},
};

use serde::Serialize;
use serde_json::json;
use tracing::{Span, span::Entered};

use super::{
    fields::Chain,
    recorder::is_recording,
    text::{Held, HeldJson},
};

/// The field that marks spans and events of ours.
pub(super) const KIND_FIELD: &str = "fluxloop.kind";
/// The field that is recorded when a tool ends.
pub(super) const OUTCOME_FIELD: &str = "fluxloop.outcome";

thread_local! {
    static HANDED_OVER: RefCell<Option<HandedOver>> = const { RefCell::new(None) };
}

/// What the layer takes, the moment it is called.
#[derive(Debug)]
pub(super) enum HandedOver {
    /// A tool is called with these arguments.
    Arguments(Held),
    /// A tool ended.
    Outcome(Outcome),
    /// A value that is worth recording.
    Value { name: String, value: Held },
}

/// Takes what was handed over, if anything was.
pub(super) fn taken() -> Option<HandedOver> {
    HANDED_OVER.take()
}

/// Hands something over while `tracing` calls the layer. Where none listens, it is gone afterwards.
fn hand_over<T>(what: HandedOver, call: impl FnOnce() -> T) -> T {
    HANDED_OVER.set(Some(what));
    let result = call();
    HANDED_OVER.take();
    result
}

/// How a tool ended.
#[derive(Debug)]
pub struct Outcome(pub(super) Result<Option<Held>, String>);

/// A call of a tool, from its arguments to its outcome.
#[derive(Debug)]
pub struct ToolCall {
    span: Span,
}

impl ToolCall {
    /// Begins one. Where nothing is recorded, neither of the two is called.
    pub fn start(span: impl FnOnce() -> Span, arguments: impl FnOnce(&mut Arguments)) -> Self {
        if !is_recording() {
            return Self { span: Span::none() };
        }
        let mut told = Arguments::default();
        arguments(&mut told);
        Self {
            span: hand_over(HandedOver::Arguments(told.object()), span),
        }
    }

    /// Its span, for as long as its thread is in it.
    pub fn enter(&self) -> Entered<'_> {
        self.span.enter()
    }

    /// Its span, for a future to happen in.
    #[must_use]
    pub fn span(&self) -> Span {
        self.span.clone()
    }

    /// Ends it. Where nothing is recorded, `outcome` is not called.
    pub fn end(self, outcome: impl FnOnce() -> Outcome) {
        if self.span.is_disabled() {
            return;
        }
        let outcome = outcome();
        let word = if outcome.0.is_ok() { "ok" } else { "error" };
        hand_over(HandedOver::Outcome(outcome), || {
            self.span.record(OUTCOME_FIELD, word)
        });
    }
}

/// The arguments of a tool, by name.
#[derive(Debug, Default)]
pub struct Arguments(Vec<(&'static str, Held)>);

impl Arguments {
    /// Takes one.
    pub fn record(&mut self, name: &'static str, value: &(impl Argument + ?Sized)) {
        self.0.push((name, value.held().0));
    }

    /// All of them as an object. Of one that is too long to be held, there is the beginning.
    fn object(self) -> Held {
        let mut object = Held::default();
        object.push_json("{");
        for (position, (name, value)) in self.0.into_iter().enumerate() {
            if position > 0 {
                object.push_json(",");
            }
            object.push_json(&super::recorder::quoted(name));
            object.push_json(":");
            object.push_held(&value);
        }
        object.push_json("}");
        object
    }
}

/// What a tool takes or answers, as JSON.
#[derive(Debug)]
pub struct Json(Held);

/// Writes a value. One that cannot be written says so in its place: a record is no reason to fail.
fn json(value: &(impl Serialize + ?Sized)) -> Json {
    let written = catch_unwind(AssertUnwindSafe(|| {
        let mut json = HeldJson::default();
        serde_json::to_writer(&mut json, value).map(|()| json.held())
    }));
    let problem = match written {
        Ok(Ok(held)) => return Json(held),
        Ok(Err(error)) => error.to_string(),
        Err(_) => "its `Serialize` panicked".to_owned(),
    };
    let mut held = Held::default();
    held.push_json(&json!({"unrecorded": problem}).to_string());
    Json(held)
}

/// What a tool can take.
#[diagnostic::on_unimplemented(
    message = "the argument of a tool cannot be recorded: `{Self}` does not implement `serde::Serialize`",
    label = "cannot be written as JSON",
    note = "leave the argument out of the record: `#[fluxloop::tool(skip(name))]`"
)]
pub trait Argument {
    /// It as JSON.
    fn held(&self) -> Json;
}

#[diagnostic::do_not_recommend]
impl<T: Serialize + ?Sized> Argument for T {
    fn held(&self) -> Json {
        json(self)
    }
}

/// What a tool can answer.
#[diagnostic::on_unimplemented(
    message = "the result of a tool cannot be recorded: `{Self}` does not implement `serde::Serialize`",
    label = "cannot be written as JSON",
    note = "leave the result out of the record: `#[fluxloop::tool(skip(return))]`"
)]
pub trait Answer {
    /// It as JSON.
    fn held(&self) -> Json;
}

#[diagnostic::do_not_recommend]
impl<T: Serialize + ?Sized> Answer for T {
    fn held(&self) -> Json {
        json(self)
    }
}

/// What a tool returned. The macro writes `(&&&&&Came(&result)).outcome()`, and method resolution tells the kinds of
/// results apart by type: each of the traits below fits one reference less than the one above it.
pub struct Came<'r, T: ?Sized>(pub &'r T);

impl<T: ?Sized> Debug for Came<'_, T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Came")
    }
}

/// A kind of result whose error is told apart: its trait, how many references it stands behind, and what the error says.
macro_rules! kind_of_result {
    ($(#[$doc:meta])* $name:ident, [$($reference:tt)*], $error:ident: $($bound:path $(, $more:lifetime)?)?, |$failed:ident| $message:expr) => {
        $(#[$doc])*
        pub trait $name {
            /// What it returns if it succeeds.
            type Value;

            /// How the tool ended, with what it returned.
            fn outcome(&self) -> Outcome
            where
                Self::Value: Answer;

            /// Whether it failed.
            fn failure(&self) -> Outcome;
        }

        impl<T, $error: $($bound $(+ $more)?)?> $name for $($reference)* Came<'_, Result<T, $error>> {
            type Value = T;

            fn outcome(&self) -> Outcome
            where
                T: Answer,
            {
                match self.0 {
                    Ok(value) => Outcome(Ok(Some(value.held().0))),
                    Err($failed) => Outcome(Err($message)),
                }
            }

            fn failure(&self) -> Outcome {
                match self.0 {
                    Ok(_) => Outcome(Ok(None)),
                    Err($failed) => Outcome(Err($message)),
                }
            }
        }
    };
}

kind_of_result! {
    /// A `Result` of an error type: its causes are told with it.
    FailsWithError, [&&&&], E: Error, 'static, |error| Chain(error).to_string()
}
kind_of_result! {
    /// A `Result` whose error lends another one, as `anyhow::Error` and boxes do.
    FailsWithBoxed, [&&&], E: AsRef<dyn Error + Send + Sync>, |error| Chain(error.as_ref()).to_string()
}
kind_of_result! {
    /// A `Result` whose error is for people, such as a text.
    FailsWithWords, [&&], E: Display, |error| error.to_string()
}
kind_of_result! {
    /// A `Result` whose error is for developers alone.
    FailsWithDebug, [&], E: Debug, |error| format!("{error:?}")
}

/// Anything else.
pub trait Returns {
    /// What it is.
    type Value: ?Sized;

    /// What the tool returned.
    fn outcome(&self) -> Outcome
    where
        Self::Value: Answer;

    /// That it ended.
    fn failure(&self) -> Outcome;
}

impl<T: ?Sized> Returns for Came<'_, T> {
    type Value = T;

    fn outcome(&self) -> Outcome
    where
        T: Answer,
    {
        Outcome(Ok(Some(self.0.held().0)))
    }

    fn failure(&self) -> Outcome {
        Outcome(Ok(None))
    }
}

/// Tells a value. Where nothing is recorded, it is not even computed.
pub fn observe<T: Serialize>(name: impl FnOnce() -> String, value: impl FnOnce() -> T) {
    if !is_recording() {
        return;
    }
    let name = name();
    let value = json(&value()).0;
    let told = HandedOver::Value {
        name: name.clone(),
        value,
    };
    hand_over(told, || {
        tracing::info!(target: "fluxloop::observed", { fluxloop.kind = "value" }, "{name}");
    });
}

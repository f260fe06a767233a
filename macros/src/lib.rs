//! The attributes of fluxloop. Use them as `fluxloop::agent`: the crate `fluxloop` re-exports and documents them.

mod check;
mod expand;
mod expectations;
mod parameter;
mod parse;
mod record;
mod registered;
mod shape;
mod tool;

use proc_macro::TokenStream;

/// Registers a function as an agent.
///
/// The function stays as it is, and can be called as before. Every runner that links its crate finds it by its name.
///
/// ```
/// use serde::{Deserialize, Serialize};
///
/// #[fluxloop::agent]
/// async fn greet(input: String) -> String {
///     format!("Hello! You asked: {input}")
/// }
///
/// #[derive(Deserialize)]
/// struct Ticket {
///     order: u32,
/// }
///
/// #[derive(Serialize)]
/// struct Refund {
///     cents: u64,
/// }
///
/// #[fluxloop::agent(name = "refunds")]
/// fn refund(ticket: Ticket, context: &fluxloop::Context) -> Result<Refund, String> {
///     match (ticket.order, context.persona()) {
///         (0, Some(persona)) => Err(format!("no such order, dear {}", persona.name)),
///         (0, None) => Err("no such order".to_owned()),
///         _ => Ok(Refund { cents: 1_999 }),
///     }
/// }
/// ```
///
/// # The function
///
/// A free function, `async` or not, of any visibility, in any module of a library, binary, example or test.
/// `async` agents run on a multi-threaded tokio runtime, so their futures are [`Send`]. Other agents run on
/// threads that they may block.
///
/// # Parameters
///
/// The input is a `String`, a `&str`, or any type that implements `serde::Deserialize` and owns its data: a mapping
/// in the inputs file becomes a struct. References to such a type do as well.
///
/// `&fluxloop::Context`, in any position, is the run's context. It is recognised by its type, whatever it is called
/// where the function stands.
///
/// Further parameters make every parameter a named argument, taken from the key of its name in the input's mapping.
/// An input that is no mapping goes whole to the first. An `Option` that nothing provides is `None`; any other
/// parameter that nothing provides is an error before the first run. Keys that no parameter takes are ignored.
/// An agent without parameters ignores its input.
///
/// # What it returns
///
/// Any type that implements `serde::Serialize`; or a `Result` of one, whose error is anything that converts into
/// `Box<dyn Error + Send + Sync>`: an error type, `anyhow::Error`, `String`, `&str`. Aliases of `Result` do as well.
/// Errors made with `fluxloop::transient`, and I/O errors that may pass, are worth a retry.
///
/// # Options
///
/// `name = "support"` replaces the function's name in targets and in the names of cases. It has no `:`,
/// no white space and no control characters.
///
/// `record` records the arguments of every call, whoever calls it, where `FLUXLOOP_RECORD_ARGS=true`: see
/// `fluxloop::record`. They implement `serde::Serialize`, too, and have names; the context is not recorded. Anywhere else
/// nothing is serialised.
///
/// `crate = path` says where the crate `fluxloop` is, if its name in `Cargo.toml` is another.
#[proc_macro_attribute]
pub fn agent(options: TokenStream, item: TokenStream) -> TokenStream {
    expand::agent(options.into(), item.into()).into()
}

/// Registers a function as a check: it looks at a run that returned, and says whether it is right.
///
/// The function stays as it is. A configuration chooses it by its name, for all inputs or for one:
///
/// ```yaml
/// checks: [polite]
/// ```
///
/// ```
/// use fluxloop::{CheckResult, RunView};
///
/// #[fluxloop::check]
/// fn polite(run: &RunView) -> CheckResult {
///     let text = run.text();
///     CheckResult::expect(!text.contains("obviously"), format!("expected no \"obviously\" in {text:?}"))
/// }
///
/// #[fluxloop::check]
/// fn looks_up_before_it_refunds(run: &RunView) {
///     let names: Vec<_> = run.tool_calls().iter().map(|call| call.name()).collect();
///     assert_eq!(names.first(), Some(&"lookup_order"), "found {names:?}");
/// }
/// ```
///
/// # The function
///
/// A free function, `async` or not, of any visibility, in any module that is linked with the agents. It takes the run as
/// `&fluxloop::RunView` and nothing else. It runs where the agents do, in their process, and has as long as a run of
/// theirs; what happens in it is no part of the run. One that panics has failed with the panic's message, and so has one
/// that takes its process down.
///
/// # What it returns
///
/// A `fluxloop::CheckResult`; a `bool`; nothing at all, where it asserts; or a `Result` of one of these, whose error, of
/// any type that an agent can fail with, is what is wrong with the run.
///
/// # Options
///
/// `name = "polite"` replaces the function's name. The keys of `expect` are no names of checks.
///
/// `crate = path` says where the crate `fluxloop` is, if its name in `Cargo.toml` is another.
#[proc_macro_attribute]
pub fn check(options: TokenStream, item: TokenStream) -> TokenStream {
    let mut output = item.clone();
    output.extend(TokenStream::from(check::check(options.into(), item.into())));
    output
}

/// Records every call of a function as the use of a tool, with its arguments and its result.
///
/// ```
/// # #[derive(serde::Serialize)] struct Status { shipped: bool }
/// # struct Database;
/// # impl Database { async fn find(&self, order: u32) -> Result<Status, std::io::Error> { let _ = order; Ok(Status { shipped: true }) } }
/// #[fluxloop::tool(skip(database))]
/// async fn lookup_order(order: u32, database: &Database) -> Result<Status, std::io::Error> {
///     let status = database.find(order).await?;
///     Ok(status)
/// }
/// ```
///
/// In a run, each call is a span of kind `tool` in the run's `observations.jsonl`: its input is `{"order": 12}`, its
/// output what the function returned. An `Err` is the span's error, with what caused it, and so is a panic. What happens
/// in the function is part of the span. Anywhere else the function does what it did without the attribute.
///
/// # The function
///
/// A free function or a method, `async` or not, generic or not, of any visibility. `self` is not recorded. A method that
/// is not `async`, takes `&mut self` and returns what it borrows from it does not compile: put the attribute on what it
/// calls.
///
/// Arguments and result implement `serde::Serialize`; of a `Result`, the value does, and the error implements `Display`
/// or `Debug`. One that has no form in JSON when it is recorded says so in the record, and the call goes on.
///
/// # Options
///
/// `name = "lookup"` replaces the function's name in the record.
///
/// `skip(database, return)` leaves arguments out of the record, and with `return` what the function returned; that it
/// failed, and why, is recorded all the same.
///
/// `crate = path` says where the crate `fluxloop` is, if its name in `Cargo.toml` is another.
#[proc_macro_attribute]
pub fn tool(options: TokenStream, item: TokenStream) -> TokenStream {
    tool::tool(options.into(), item.into()).into()
}

/// The keys of `expect`, for `fluxloop` itself: one list for what reads them and for `check`, which takes none of them as a name.
#[doc(hidden)]
#[proc_macro]
pub fn expectation_keys(_: TokenStream) -> TokenStream {
    expectations::keys().into()
}

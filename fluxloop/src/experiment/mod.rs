//! Experiments within ordinary tests: `#[test]` and `#[tokio::test]`, as many at once as there are.
//!
//! [`Experiment`] takes a configuration, changes what a test wants changed, and runs the agents that are linked into the
//! test. What comes of it is an [`ExperimentResult`]: figures, the failed runs, what a test may
//! [require](ExperimentResult::require_success), every run, and a [snapshot](ExperimentResult::snapshot).
//!
//! ```no_run
//! use std::time::Duration;
//! use fluxloop::Experiment;
//!
//! // Links the crate with the agents. Nothing else has to name it.
//! # #[cfg(any())]
//! use my_crate as _;
//!
//! # fn wrapped() {
//! #[test]
//! fn answers_in_time() -> Result<(), Box<dyn std::error::Error>> {
//!     let result = Experiment::from_config("configs/simulation.yaml")?
//!         .iterations(3)
//!         .timeout(Duration::from_secs(10))
//!         .set("multi_turn.supervisor.provider", "mock")
//!         .run()?;
//!     result
//!         .require_min_runs(6)?
//!         .require_success(0.95)?
//!         .require_max_duration(500.0)?;
//!     Ok(())
//! }
//! # }
//! ```
//!
//! # Where the agents run
//!
//! On threads of the test's own process, named `fluxloop-worker`, with a tokio runtime of their own for each experiment.
//! It is otherwise the worker that `cargo fluxloop` starts: retries, deadlines, conversations, approvals and
//! observations are the same, and so are the files. What a process of its own would be needed for is not there:
//!
//! - An agent that ends the process (`abort`, a stack overflow) ends the test executable. Where agents may do that, use
//!   `fluxloop::main!`, whose cases run in a worker process.
//! - An agent that ignores its deadline is a run that failed with `timeout`, and its thread is left behind until the test
//!   executable ends.
//! - What agents print is part of the test's output, which `cargo test` shows if the test fails. `logs/` stays empty, and
//!   secrets in what is printed are not masked.
//! - `runner.environment_vars` and `.env` are not set for them, and their working directory is the test's. Where that makes
//!   a difference, the result [says so](ExperimentResult::warnings).
//! - Nobody is there to approve tools: with `multi_turn.auto_approve_tools: false` all of them are refused.
//!
//! Warnings are part of the [result](ExperimentResult::warnings), and printed on standard error, each once in a process.
//!
//! # What is observed
//!
//! As anywhere else, the `tracing` spans and events within a run, each experiment its own. The subscriber that a test
//! installs stays in its place: add [`fluxloop::layer()`](crate::layer) to it, and runs are recorded by it; without the
//! layer, each run says that nothing is recorded. Where no subscriber is installed when the experiment starts, none is
//! needed. Threads that an agent starts itself, outside of tokio, are then not recorded.

mod builder;
mod env;
mod error;
mod failures;
mod flow;
mod limits;
mod require;
mod result;
mod running;
mod runs;
mod snapshot;

pub use builder::Experiment;
pub use error::ExperimentError;
pub use failures::FailedRun;
pub use require::RequireError;
pub use result::ExperimentResult;
pub use runs::Runs;
pub use snapshot::{CaseSnapshot, ErrorSnapshot, SaidSnapshot, Snapshot};

/// The page for users, whose examples have to compile.
#[cfg(doctest)]
#[doc = include_str!("../../../docs/api.md")]
struct Page;

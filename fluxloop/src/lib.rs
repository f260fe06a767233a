//! Simulated users for LLM agents, from `cargo`.

pub mod agent;
pub mod check;
mod env;
#[doc(hidden)]
pub mod json_line;
pub mod observe;
pub mod record;
pub mod secret;
#[doc(hidden)]
pub mod visible;
pub mod worker;

#[cfg(feature = "engine")]
pub mod artifact;
#[cfg(feature = "engine")]
pub mod config;
#[cfg(feature = "engine")]
pub mod edit;
#[cfg(feature = "engine")]
pub mod engine;
#[cfg(feature = "engine")]
pub mod event;
#[cfg(feature = "engine")]
pub mod expect;
#[cfg(feature = "harness")]
pub mod experiment;
#[cfg(feature = "engine")]
pub mod export;
#[cfg(feature = "engine")]
pub mod generate;
#[cfg(feature = "engine")]
#[doc(hidden)]
pub mod github;
#[cfg(feature = "harness")]
pub mod harness;
#[cfg(feature = "engine")]
#[doc(hidden)]
pub mod help;
#[cfg(feature = "engine")]
pub mod host;
#[cfg(any(feature = "llm", feature = "otlp"))]
mod http;
#[cfg(feature = "engine")]
pub mod input;
#[cfg(feature = "engine")]
mod json_members;
#[cfg(feature = "junit")]
pub mod junit;
#[cfg(feature = "harness")]
mod linked;
#[cfg(feature = "otlp")]
pub mod otlp;
#[cfg(feature = "engine")]
pub mod plan;
#[cfg(feature = "engine")]
pub mod replay;
#[cfg(feature = "engine")]
pub mod setup;
#[cfg(feature = "engine")]
pub mod summary;
#[cfg(feature = "engine")]
pub mod supervisor;
#[cfg(feature = "engine")]
pub mod target;
#[cfg(feature = "engine")]
#[doc(hidden)]
pub mod whole_file;
#[cfg(feature = "harness")]
mod within_test;

pub use agent::{
    Approval, Context, Conversation, ExpertiseLevel, Message, Persona, Role, StateError, Transient,
    transient,
};
pub use check::{CheckResult, RunView, ToolCall};
#[cfg(feature = "harness")]
pub use experiment::{Experiment, ExperimentError, ExperimentResult};
pub use fluxloop_macros::{agent, check, tool};
pub use observe::layer;
pub use record::{flush_recording, record_args};
pub use worker::protocol::ApprovalDecision;

#[doc(hidden)]
pub mod __private;

#[cfg(not(feature = "harness"))]
#[doc(hidden)]
#[macro_export]
macro_rules! main {
    ($($options:tt)*) => {
        ::core::compile_error!(
            "`fluxloop::main!` needs the feature `harness`: in Cargo.toml, under `[dev-dependencies]`, write \
             `fluxloop = { version = \"…\", features = [\"harness\"] }`"
        );
    };
}

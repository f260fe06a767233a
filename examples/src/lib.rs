//! Agents that really work: the ones that the shipped experiment runs.
//!
//! - [`docs`] answers questions from this repository's documentation. It is what `cargo fluxloop run experiment` runs here.
//! - [`my_agent`] is the smallest agent that does something: text in, text out.
//! - [`order_desk`] looks up, changes, cancels and refunds orders over several turns, keeps state meanwhile, and asks
//!   before money goes back.
//! - `llm` (feature `llm`) asks a language model at any OpenAI-compatible address; `llm::reader` is an agent of rig's there,
//!   which searches the documentation with a tool.

pub mod docs;
#[cfg(feature = "llm")]
mod env;
#[cfg(feature = "llm")]
pub mod llm;
pub mod my_agent;
pub mod order_desk;

/// The Rust blocks of the documentation, compiled.
#[cfg(doctest)]
#[doc = include_str!("../../docs/agents.md")]
#[doc = include_str!("../../docs/conversations.md")]
#[doc = include_str!("../../docs/getting-started.md")]
#[doc = include_str!("../../docs/models.md")]
#[doc = include_str!("../../docs/observations.md")]
#[doc = include_str!("../../docs/targets.md")]
struct DocumentedAgents;

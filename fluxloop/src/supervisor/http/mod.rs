//! Supervisors that ask a model over HTTP: `OpenAI`'s Chat Completions, Anthropic's Messages, and what speaks like them.
//!
//! Only [`exchange`] knows the HTTP client.

mod anthropic;
mod exchange;
mod limiter;
mod model;
mod openai;
mod provider;
mod schema;
mod settings;
mod supervisor;
mod verdict;

pub(crate) use model::Question;
pub(super) use model::{Answered, Model};
pub(super) use schema::DECISION;
pub use settings::{HttpSettings, Provider, SettingsError};
pub use supervisor::HttpSupervisor;
pub(super) use supervisor::seed;

//! Supervisors that ask a model over HTTP: `OpenAI`'s Chat Completions, Anthropic's Messages, and what speaks like them.
//!
//! Only [`exchange`] knows the HTTP client.

mod anthropic;
mod exchange;
mod limiter;
mod openai;
mod provider;
mod schema;
mod settings;
mod supervisor;
mod verdict;

pub(super) use schema::VERSION as SCHEMA_VERSION;
pub use settings::{HttpSettings, Provider, SettingsError};
pub(super) use supervisor::Asked;
pub use supervisor::HttpSupervisor;

//! Configuration: located values in layers → [`Config`].

mod error;
mod node;
mod place;
mod source;
mod types;
mod yaml;

pub use error::{ConfigError, ConfigErrors, ErrorKind, Warning};
pub use place::Place;
pub use types::*;

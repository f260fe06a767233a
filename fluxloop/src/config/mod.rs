//! Configuration: located values in layers → [`Config`].

mod types;

pub use types::*;

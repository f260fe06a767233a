//! Configuration: located values in layers → [`Config`].
//!
//! Every layer (files, `.env`, environment, command line) becomes a tree of values that know where they were set. The
//! trees are merged, a later one wins key by key, and the result is decoded once. So every message about a value can
//! name its file, line and column, or the flag or variable that set it.

mod decode;
mod dotenv;
mod effective;
mod error;
mod layers;
mod load;
mod nearest;
mod node;
mod options;
mod place;
mod pricing;
mod problems;
#[cfg(test)]
mod sample;
pub(crate) mod scalar;
mod section;
mod setting;
mod snapshot;
mod source;
mod types;
mod variables;
mod yaml;

pub use effective::{Effective, EffectiveLine, EffectiveValue, ValueSource, shown_address};
pub use error::{ConfigError, ConfigErrors, ErrorKind, Warning};
pub use load::{Examined, LoadRequest, Loaded, Located, examine, load, locate};
pub use options::{OptionKind, Override, RUN_OPTIONS, RunOption, run_option};
pub use place::Place;
pub use pricing::{Price, Pricing};
pub use setting::{Setting, SettingError, setting};
pub use types::*;

// For inputs files, which are read the same way, and for what edits files.
pub(crate) use decode::DEFAULT_INPUTS;
pub(crate) use dotenv::variables as dotenv_variables;
#[cfg(feature = "harness")]
pub(crate) use error::report;
pub(crate) use nearest::nearest;
pub(crate) use node::{Entry, Mapping, Node, NodeValue, Origin};
pub(crate) use place::shown_path;
pub(crate) use problems::Problems;
pub(crate) use section::Section;
pub(crate) use source::{MAX_INPUTS_BYTES, SourceFile};
pub(crate) use yaml::{CONFIG_LIMITS, INPUTS_LIMITS, MAX_DEPTH, parse, to_text};

#[cfg(test)]
mod tests;

//! From `module.path:function`, as a configuration names an agent, to one that is registered.
//!
//! [`Query::best`] has the rules. They are the same for sources that were scanned and for agents that a worker holds.

mod choice;
mod crate_names;
mod kind;
mod listed;
mod name;
mod query;
mod spec;

pub use choice::{Candidate, ChoiceError, choose, listed};
pub use crate_names::CrateNames;
pub use kind::Kind;
pub use listed::Listed;
pub use name::{AgentName, normal};
pub use query::{Named, Query};
pub use spec::{SpecError, TargetSpec};

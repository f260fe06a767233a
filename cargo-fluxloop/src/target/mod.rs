//! From `module.path:function` to a cargo target, and to an agent that its worker registered.
//!
//! A scan of the sources picks the target to build; what the built worker registers is the truth. Both steps match names
//! by the same rules, see [`Query::best`].

mod error;
mod gate;
mod imports;
mod listed;
mod name;
mod query;
mod registered;
mod scan;
mod select;
mod spec;
mod stray;
mod unit;

pub(crate) use error::TargetError;
pub(crate) use listed::Listed;
pub(crate) use name::AgentName;
pub(crate) use query::{Named, Query};
pub(crate) use registered::Selection;
pub(crate) use spec::{SpecError, TargetSpec};
pub(crate) use unit::{Mode, Unit};

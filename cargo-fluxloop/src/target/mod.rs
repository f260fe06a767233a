//! From `module.path:function` to a cargo target, and to an agent that its worker registered.
//!
//! A scan of the sources picks the target to build; what the built worker registers is the truth. Both steps match names
//! by the same rules, see [`Query::best`](fluxloop::target::Query::best).

mod error;
mod gate;
mod imports;
mod named;
mod registered;
mod scan;
mod select;
mod stray;
mod unit;

pub(crate) use error::TargetError;
pub(crate) use gate::Gate;
pub(crate) use registered::{Selection, listed_as_built};
pub(crate) use scan::{SourceAgent, scan};
pub(crate) use select::{Found, agents_in};
pub(crate) use unit::{Mode, Unit};

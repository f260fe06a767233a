//! What cargo knows of the user's workspace: which members can hold agents, and their targets.

mod cargo_target;
mod error;
mod load;
mod member;
mod metadata;
mod options;

pub(crate) use cargo_target::{CargoTarget, Kind};
pub(crate) use error::{WorkspaceError, feature_hint};
pub(crate) use load::Workspace;
pub(crate) use member::{Bystander, LinkedFluxloop, Member};
pub(crate) use metadata::{Cargo, interrupted};
pub(crate) use options::{CargoCall, CargoOptions, ProfileError};

//! What cargo knows of the user's workspace: which members can hold agents, and their targets.

mod cargo_target;
mod error;
mod load;
mod member;
mod metadata;
mod options;
mod package;
#[cfg(test)]
pub(crate) mod test_project;

pub(crate) use cargo_target::{CargoTarget, flag};
pub(crate) use error::{WorkspaceError, feature_hint};
pub(crate) use load::Workspace;
pub(crate) use member::{Bystander, Member};
pub(crate) use metadata::{Cargo, interrupted};
pub(crate) use options::{CargoCall, CargoOptions, ProfileError, absolute_path};
pub(crate) use package::OwnPackage;

use std::{
    fmt,
    path::{Path, PathBuf},
    sync::Arc,
};

use cargo_metadata::{Target, TargetKind};
use fluxloop::target::Kind;

use super::Member;

/// The flag that names a target of this kind to cargo.
pub(crate) fn flag(kind: Kind) -> &'static str {
    match kind {
        Kind::Lib => "--lib",
        Kind::Bin => "--bin",
        Kind::Example => "--example",
        Kind::Test => "--test",
    }
}

/// The kind of a target in cargo's metadata, if it can hold agents.
pub(super) fn kind_of(target: &Target) -> Option<Kind> {
    target.kind.iter().find_map(|kind| match kind {
        TargetKind::Lib
        | TargetKind::RLib
        | TargetKind::DyLib
        | TargetKind::CDyLib
        | TargetKind::StaticLib => Some(Kind::Lib),
        TargetKind::Bin => Some(Kind::Bin),
        TargetKind::Example => Some(Kind::Example),
        TargetKind::Test => Some(Kind::Test),
        _ => None,
    })
}

/// One target of a member: what cargo compiles to one crate.
#[derive(Clone, Debug)]
pub(crate) struct CargoTarget {
    member: Arc<Member>,
    kind: Kind,
    name: String,
    source: PathBuf,
}

impl CargoTarget {
    /// The target of a member, if agents can live in it.
    pub(super) fn new(member: &Arc<Member>, target: &Target) -> Option<Self> {
        Some(Self {
            member: Arc::clone(member),
            kind: kind_of(target)?,
            name: target.name.clone(),
            source: target.src_path.clone().into(),
        })
    }

    /// The package it belongs to.
    pub(crate) fn member(&self) -> &Member {
        &self.member
    }

    /// Library, binary, example or test.
    pub(crate) fn kind(&self) -> Kind {
        self.kind
    }

    /// The name as cargo takes it.
    pub(crate) fn name(&self) -> &str {
        &self.name
    }

    /// The name as Rust code sees it.
    pub(crate) fn crate_name(&self) -> String {
        self.name.replace('-', "_")
    }

    /// The crate's root file.
    pub(crate) fn source(&self) -> &Path {
        &self.source
    }

    /// Whether this is the same target, of the same package.
    pub(crate) fn same_as(&self, other: &Self) -> bool {
        self.kind == other.kind && self.name == other.name && self.member.id == other.member.id
    }
}

impl fmt::Display for CargoTarget {
    /// The form is "example … of package …".
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            f,
            "{} `{}` of package `{}`",
            self.kind, self.name, self.member.package.name
        )
    }
}

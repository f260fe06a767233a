use std::{
    fmt,
    path::{Path, PathBuf},
    sync::Arc,
};

use cargo_metadata::{Target, TargetKind};

use super::Member;

/// The kinds of cargo targets that can hold agents.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(crate) enum Kind {
    /// The library.
    Lib,
    /// A binary.
    Bin,
    /// An example.
    Example,
    /// An integration test.
    Test,
}

impl Kind {
    /// All kinds.
    pub(crate) const ALL: [Self; 4] = [Self::Lib, Self::Bin, Self::Example, Self::Test];

    /// The word before the name in a target: `examples.my_agent:run`.
    pub(crate) fn prefix(self) -> &'static str {
        match self {
            Self::Lib => "lib",
            Self::Bin => "bins",
            Self::Example => "examples",
            Self::Test => "tests",
        }
    }

    /// The flag that names such a target to cargo.
    pub(crate) fn flag(self) -> &'static str {
        match self {
            Self::Lib => "--lib",
            Self::Bin => "--bin",
            Self::Example => "--example",
            Self::Test => "--test",
        }
    }

    /// The kind of a target in cargo's metadata, if it can hold agents.
    pub(super) fn of(target: &Target) -> Option<Self> {
        target.kind.iter().find_map(|kind| match kind {
            TargetKind::Lib
            | TargetKind::RLib
            | TargetKind::DyLib
            | TargetKind::CDyLib
            | TargetKind::StaticLib => Some(Self::Lib),
            TargetKind::Bin => Some(Self::Bin),
            TargetKind::Example => Some(Self::Example),
            TargetKind::Test => Some(Self::Test),
            _ => None,
        })
    }
}

impl fmt::Display for Kind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Lib => "library",
            Self::Bin => "binary",
            Self::Example => "example",
            Self::Test => "test",
        })
    }
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
            kind: Kind::of(target)?,
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

use std::collections::HashMap;

use cargo_metadata::{
    Dependency, DependencyKind, Metadata, Node, Package, PackageId, semver::Version,
};

/// The package that agents' crates depend on.
const FLUXLOOP: &str = "fluxloop";

/// A workspace member that can hold agents.
#[derive(Clone, Debug)]
pub(crate) struct Member {
    /// Its package id: the one name that cargo never takes for another package.
    pub(crate) id: String,
    /// What cargo says of it.
    pub(crate) package: Package,
    /// The fluxloop it depends on, newest first; more than one only where it names several versions.
    pub(crate) fluxloop: Vec<LinkedFluxloop>,
}

/// A dependency on fluxloop, as cargo resolved it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct LinkedFluxloop {
    /// What the member's code calls it.
    pub(crate) local_name: String,
    /// The version that is linked.
    pub(crate) version: Version,
    /// Whether the library and binaries see it, rather than tests and examples only.
    pub(crate) normal: bool,
}

/// A member that cannot hold agents as things stand.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Bystander {
    /// It does not depend on fluxloop.
    Unrelated {
        /// The package's name.
        package: String,
    },
    /// It has fluxloop as an optional dependency, and no feature turned it on.
    FeatureOff {
        /// The package's name.
        package: String,
        /// The features that would, any one of them.
        features: Vec<String>,
    },
}

impl Bystander {
    /// The package's name.
    pub(crate) fn package(&self) -> &str {
        match self {
            Self::Unrelated { package } | Self::FeatureOff { package, .. } => package,
        }
    }
}

impl Member {
    /// Whether its library is linked with fluxloop outside of tests.
    pub(crate) fn links_fluxloop(&self) -> bool {
        self.fluxloop.iter().any(|fluxloop| fluxloop.normal)
    }

    /// What its code calls fluxloop.
    pub(crate) fn local_names(&self) -> Vec<String> {
        let name = |fluxloop: &LinkedFluxloop| fluxloop.local_name.clone();
        self.fluxloop.iter().map(name).collect()
    }

    /// The version whose worker a library of this member exports.
    pub(crate) fn fluxloop_version(&self) -> &Version {
        let linked = self.fluxloop.iter().find(|fluxloop| fluxloop.normal);
        &linked.unwrap_or(&self.fluxloop[0]).version
    }

    /// A package as its manifest declares it, whether or not it depends on fluxloop yet. In its sources fluxloop is called as
    /// the manifest calls it.
    pub(super) fn declared(package: &Package, version: &Version) -> Self {
        let declared = package
            .dependencies
            .iter()
            .filter(|dependency| dependency.name == FLUXLOOP);
        let linked = |dependency: &Dependency| LinkedFluxloop {
            local_name: dependency
                .rename
                .as_deref()
                .unwrap_or(FLUXLOOP)
                .replace('-', "_"),
            version: version.clone(),
            normal: dependency.kind == DependencyKind::Normal,
        };
        let mut fluxloop: Vec<_> = declared.map(linked).collect();
        if !fluxloop.iter().any(|fluxloop| fluxloop.normal) {
            // What it would be once it is there.
            fluxloop.push(LinkedFluxloop {
                local_name: FLUXLOOP.to_owned(),
                version: version.clone(),
                normal: true,
            });
        }
        Self {
            id: package.id.repr.clone(),
            package: package.clone(),
            fluxloop,
        }
    }

    /// Tells the members that can hold agents from those that cannot.
    pub(super) fn sort(metadata: &Metadata) -> (Vec<Self>, Vec<Bystander>) {
        let packages: HashMap<&PackageId, &Package> = metadata
            .packages
            .iter()
            .map(|package| (&package.id, package))
            .collect();
        let nodes: HashMap<&PackageId, &Node> = metadata
            .resolve
            .iter()
            .flat_map(|resolve| &resolve.nodes)
            .map(|node| (&node.id, node))
            .collect();
        let mut members = Vec::new();
        let mut bystanders = Vec::new();
        for id in &metadata.workspace_members {
            let Some(&package) = packages.get(id) else {
                continue;
            };
            let fluxloop = nodes
                .get(id)
                .map_or_else(Vec::new, |node| linked(node, &packages));
            if fluxloop.is_empty() {
                bystanders.push(bystander(package));
            } else {
                members.push(Self {
                    id: id.repr.clone(),
                    package: package.clone(),
                    fluxloop,
                });
            }
        }
        (members, bystanders)
    }
}

/// The versions of fluxloop that a package is compiled with, newest first.
fn linked(node: &Node, packages: &HashMap<&PackageId, &Package>) -> Vec<LinkedFluxloop> {
    let mut found: Vec<_> = node
        .deps
        .iter()
        .filter_map(|dependency| {
            let package = packages.get(&dependency.pkg)?;
            let seen_by = |kind| dependency.dep_kinds.iter().any(|info| info.kind == kind);
            let normal = seen_by(DependencyKind::Normal);
            let usable = normal || seen_by(DependencyKind::Development);
            (package.name.as_str() == FLUXLOOP && usable).then(|| LinkedFluxloop {
                local_name: dependency.name.clone(),
                version: package.version.clone(),
                normal,
            })
        })
        .collect();
    found.sort_by(|a, b| b.version.cmp(&a.version));
    found
}

fn bystander(package: &Package) -> Bystander {
    let name = package.name.to_string();
    match package
        .dependencies
        .iter()
        .find(|dependency| dependency.name == FLUXLOOP && dependency.optional)
    {
        Some(dependency) => Bystander::FeatureOff {
            features: switches(package, dependency),
            package: name,
        },
        None => Bystander::Unrelated { package: name },
    }
}

/// The features of a package that turn an optional dependency on.
fn switches(package: &Package, dependency: &Dependency) -> Vec<String> {
    let local = dependency.rename.as_ref().unwrap_or(&dependency.name);
    let explicit = format!("dep:{local}");
    let through = format!("{local}/");
    package
        .features
        .iter()
        .filter(|(_, enables)| {
            enables
                .iter()
                .any(|item| *item == explicit || item.starts_with(&through))
        })
        .map(|(feature, _)| feature.clone())
        .collect()
}

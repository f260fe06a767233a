use std::{
    path::{Path, PathBuf},
    sync::Arc,
};

use cargo_metadata::Metadata;
use fluxloop::target::{CrateNames, Kind};

use super::{Bystander, Cargo, CargoTarget, Member, WorkspaceError, cargo_target::kind_of};

/// The user's workspace: where agents can be, and how to call cargo for it.
#[derive(Clone, Debug)]
pub(crate) struct Workspace {
    cargo: Cargo,
    root: PathBuf,
    target_directory: PathBuf,
    build_directory: PathBuf,
    targets: Vec<CargoTarget>,
    bystanders: Vec<Bystander>,
    crate_names: CrateNames,
}

impl Workspace {
    /// Asks cargo, once. Its status lines go to `status`.
    ///
    /// # Errors
    ///
    /// [`WorkspaceError`] when there is no workspace, cargo refuses it, or no package that was asked for can hold agents.
    pub(crate) fn load(cargo: Cargo, status: &mut dyn FnMut(&str)) -> Result<Self, WorkspaceError> {
        let metadata = cargo.metadata(status)?;
        Self::new(cargo, &metadata)
    }

    fn new(cargo: Cargo, metadata: &Metadata) -> Result<Self, WorkspaceError> {
        let (members, bystanders) = Member::sort(metadata);
        let (members, bystanders) = only(&cargo.options.packages, members, bystanders)?;
        if members.is_empty() {
            return Err(no_member(bystanders));
        }
        let targets = members
            .into_iter()
            .map(Arc::new)
            .flat_map(|member| {
                let of = |target| CargoTarget::new(&member, target);
                member
                    .package
                    .targets
                    .iter()
                    .filter_map(of)
                    .collect::<Vec<_>>()
            })
            .collect();
        let target_directory = cargo.options.target_dir.clone();
        let target_directory =
            target_directory.unwrap_or_else(|| metadata.target_directory.clone().into());
        Ok(Self {
            root: metadata.workspace_root.clone().into(),
            build_directory: metadata
                .build_directory
                .clone()
                .map_or_else(|| target_directory.clone(), PathBuf::from),
            target_directory,
            targets,
            bystanders,
            crate_names: crate_names(metadata),
            cargo,
        })
    }

    /// How to call cargo.
    pub(crate) fn cargo(&self) -> &Cargo {
        &self.cargo
    }

    /// The folder of the workspace's own manifest.
    pub(crate) fn root(&self) -> &Path {
        &self.root
    }

    /// A path as people see it: from the root, if it is below.
    pub(crate) fn relative<'p>(&self, path: &'p Path) -> &'p Path {
        path.strip_prefix(&self.root).unwrap_or(path)
    }

    /// A path as compilers see it, from the root.
    pub(crate) fn absolute(&self, path: &Path) -> PathBuf {
        self.root.join(path)
    }

    /// Where cargo puts what it builds.
    pub(crate) fn target_directory(&self) -> &Path {
        &self.target_directory
    }

    /// Where cargo puts what it needs in between; the target directory unless configured.
    pub(crate) fn build_directory(&self) -> &Path {
        &self.build_directory
    }

    /// All targets that agents can live in.
    pub(crate) fn targets(&self) -> &[CargoTarget] {
        &self.targets
    }

    /// The members that cannot hold agents as things stand.
    pub(crate) fn bystanders(&self) -> &[Bystander] {
        &self.bystanders
    }

    /// The names of all members, those without fluxloop too.
    pub(crate) fn crate_names(&self) -> &CrateNames {
        &self.crate_names
    }
}

/// What the crates of all members are called.
pub(super) fn crate_names(metadata: &Metadata) -> CrateNames {
    let members = metadata.workspace_packages();
    let targets = members.iter().flat_map(|package| &package.targets);
    let libraries = targets.filter(|target| kind_of(target) == Some(Kind::Lib));
    CrateNames::new(
        libraries.map(|target| &target.name),
        members.iter().map(|package| &package.name),
    )
}

/// The packages that `--package` names, or all.
fn only(
    names: &[String],
    members: Vec<Member>,
    bystanders: Vec<Bystander>,
) -> Result<(Vec<Member>, Vec<Bystander>), WorkspaceError> {
    if names.is_empty() {
        return Ok((members, bystanders));
    }
    let of_members = members.iter().map(|member| member.package.name.as_str());
    let of_bystanders = bystanders.iter().map(Bystander::package);
    let known: Vec<&str> = of_members.chain(of_bystanders).collect();
    if let Some(name) = names.iter().find(|name| !known.contains(&name.as_str())) {
        let known = known.into_iter().map(str::to_owned).collect();
        return Err(WorkspaceError::unknown_package(name, known));
    }
    let wanted = |package: &str| names.iter().any(|name| name == package);
    Ok((
        members
            .into_iter()
            .filter(|member| wanted(member.package.name.as_str()))
            .collect(),
        bystanders
            .into_iter()
            .filter(|bystander| wanted(bystander.package()))
            .collect(),
    ))
}

/// Why nothing in the workspace can hold agents. A dependency that is off is nearer to working than none.
fn no_member(bystanders: Vec<Bystander>) -> WorkspaceError {
    let mut packages = Vec::new();
    for bystander in bystanders {
        match bystander {
            Bystander::FeatureOff { package, features } => {
                return WorkspaceError::FeatureOff { package, features };
            }
            Bystander::Unrelated { package } => packages.push(package),
        }
    }
    WorkspaceError::NoDependency { packages }
}

#[cfg(test)]
mod tests;

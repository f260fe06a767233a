use std::{
    fs,
    path::{Path, PathBuf},
    sync::Arc,
};

use cargo_metadata::{Metadata, Package, semver::Version};
use fluxloop::target::CrateNames;

use super::{Cargo, CargoTarget, Member, WorkspaceError, load::crate_names};

/// One package of the workspace, whether or not it depends on fluxloop.
#[derive(Debug)]
pub(crate) struct OwnPackage {
    /// What cargo says of it.
    pub(crate) package: Package,
    /// Its targets that agents can live in.
    pub(crate) targets: Vec<CargoTarget>,
    /// The manifest of the workspace, which may be the package's own.
    pub(crate) workspace_manifest: PathBuf,
    /// What the crates of all members are called.
    pub(crate) crate_names: CrateNames,
}

impl OwnPackage {
    /// The package that is named, else the one whose folder this is, else the only one. `version` is that of this fluxloop.
    ///
    /// # Errors
    ///
    /// [`WorkspaceError`] when there is none such, or cargo refuses the workspace.
    pub(crate) fn find(
        cargo: &Cargo,
        name: Option<&str>,
        version: &Version,
    ) -> Result<Self, WorkspaceError> {
        let metadata = cargo.own_metadata()?;
        let package = one_of(&metadata, cargo, name)?.clone();
        let member = Arc::new(Member::declared(&package, version));
        let targets = package.targets.iter();
        Ok(Self {
            targets: targets
                .filter_map(|target| CargoTarget::new(&member, target))
                .collect(),
            workspace_manifest: metadata.workspace_root.join("Cargo.toml").into(),
            crate_names: crate_names(&metadata),
            package,
        })
    }

    /// Its folder.
    pub(crate) fn folder(&self) -> &Path {
        let manifest = self.package.manifest_path.as_std_path();
        manifest.parent().unwrap_or(manifest)
    }
}

fn one_of<'m>(
    metadata: &'m Metadata,
    cargo: &Cargo,
    name: Option<&str>,
) -> Result<&'m Package, WorkspaceError> {
    let packages = metadata.workspace_packages();
    let names = || packages.iter().map(|package| package.name.to_string());
    if let Some(name) = name {
        let mut all = packages.iter().copied();
        return all
            .find(|package| *package.name == name)
            .ok_or_else(|| WorkspaceError::unknown_package(name, names().collect()));
    }
    let at_hand = cargo.manifest();
    let is_at_hand = |package: &&&Package| {
        let own = fs::canonicalize(&package.manifest_path).ok();
        own.is_some() && own == at_hand
    };
    match (packages.iter().find(is_at_hand), packages.as_slice()) {
        (Some(package), _) | (None, [package]) => Ok(package),
        _ => Err(WorkspaceError::SeveralPackages(names().collect())),
    }
}

impl Cargo {
    /// The manifest that cargo would start from, without links.
    fn manifest(&self) -> Option<PathBuf> {
        let path = self.options.manifest_path.clone().or_else(|| {
            let candidates = self
                .directory
                .ancestors()
                .map(|folder| folder.join("Cargo.toml"));
            candidates.into_iter().find(|manifest| manifest.is_file())
        });
        fs::canonicalize(path?).ok()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::workspace::test_project::{Project, manifest};

    fn found(project: &Project, flags: &[&str], name: Option<&str>) -> Result<String, String> {
        let version = Version::new(0, 1, 0);
        match OwnPackage::find(&project.cargo(flags), name, &version) {
            Ok(own) => Ok(own.package.name.to_string()),
            Err(error) => Err(format!("{error}; {}", error.hint().unwrap_or_default())),
        }
    }

    #[test]
    fn the_package_at_hand_is_meant_unless_another_is_named() {
        let (one, two) = (manifest("one"), manifest("two"));
        let project = Project::new(&[
            (
                "Cargo.toml",
                "[workspace]\nresolver = \"3\"\nmembers = [\"*\"]\nexclude = [\"target\"]\n",
            ),
            ("one/Cargo.toml", &one),
            ("one/src/lib.rs", ""),
            ("two/Cargo.toml", &two),
            ("two/src/lib.rs", ""),
        ]);
        let manifest = project.path("two/Cargo.toml");
        let flags = ["--manifest-path", manifest.to_str().unwrap()];
        assert_eq!(found(&project, &flags, None), Ok("two".to_owned()));
        assert_eq!(found(&project, &flags, Some("one")), Ok("one".to_owned()));
        insta::assert_snapshot!(
            found(&project, &[], None).unwrap_err(),
            @"the workspace has several packages: one, two; say which is meant, as in `--package one`"
        );
        insta::assert_snapshot!(
            found(&project, &[], Some("tow")).unwrap_err(),
            @"no package `tow` in the workspace; did you mean `two`?"
        );
    }
}

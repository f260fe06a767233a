//! The environment of a worker: what `cargo run` would give it.

use std::{
    env::{join_paths, split_paths},
    ffi::OsString,
    path::{Path, PathBuf},
};

use cargo_metadata::Package;

use crate::env::{Environment, LIBRARY_PATH};

/// Room for libraries that bring static TLS along, such as an allocator: the dynamic loader keeps little of it by default.
const STATIC_TLS: &str = "glibc.rtld.optional_static_tls";
const STATIC_TLS_BYTES: &str = "16384";

/// What cargo sets for the programs of a package. `cargo run` may have set them for us: a build that inherits them could
/// find them changed, and build scripts that watch them would run again.
pub(super) const PACKAGE_VARIABLES: [&str; 17] = [
    "CARGO_MANIFEST_DIR",
    "CARGO_MANIFEST_LINKS",
    "CARGO_MANIFEST_PATH",
    "CARGO_PKG_AUTHORS",
    "CARGO_PKG_DESCRIPTION",
    "CARGO_PKG_HOMEPAGE",
    "CARGO_PKG_LICENSE",
    "CARGO_PKG_LICENSE_FILE",
    "CARGO_PKG_NAME",
    "CARGO_PKG_README",
    "CARGO_PKG_REPOSITORY",
    "CARGO_PKG_RUST_VERSION",
    "CARGO_PKG_VERSION",
    "CARGO_PKG_VERSION_MAJOR",
    "CARGO_PKG_VERSION_MINOR",
    "CARGO_PKG_VERSION_PATCH",
    "CARGO_PKG_VERSION_PRE",
];

/// Where libraries of a build can be.
#[derive(Clone, Debug, Default)]
pub(super) struct LibraryFolders {
    /// Where build scripts found some.
    pub(super) linked: Vec<PathBuf>,
    /// Cargo's target and build directories: of the linked folders, only those in them count.
    pub(super) generated: Vec<PathBuf>,
    /// `target/<profile>`.
    pub(super) profile: Option<PathBuf>,
    /// The toolchain's.
    pub(super) toolchain: Option<PathBuf>,
}

/// The variables that cargo sets for a package's programs.
pub(super) fn package_variables(package: &Package) -> Vec<(&'static str, OsString)> {
    let version = &package.version;
    let text = |text: &Option<String>| text.clone().unwrap_or_default();
    let path = |path: &Option<cargo_metadata::camino::Utf8PathBuf>| {
        path.clone().unwrap_or_default().into_string()
    };
    let manifest = package.manifest_path.as_std_path();
    let mut variables: Vec<(&'static str, OsString)> = vec![
        (
            "CARGO_MANIFEST_DIR",
            manifest.parent().unwrap_or(Path::new("")).into(),
        ),
        ("CARGO_MANIFEST_PATH", manifest.into()),
    ];
    let of_package = [
        ("CARGO_PKG_AUTHORS", package.authors.join(":")),
        ("CARGO_PKG_DESCRIPTION", text(&package.description)),
        ("CARGO_PKG_HOMEPAGE", text(&package.homepage)),
        ("CARGO_PKG_LICENSE", text(&package.license)),
        ("CARGO_PKG_LICENSE_FILE", path(&package.license_file)),
        ("CARGO_PKG_NAME", package.name.to_string()),
        ("CARGO_PKG_README", path(&package.readme)),
        ("CARGO_PKG_REPOSITORY", text(&package.repository)),
        (
            "CARGO_PKG_RUST_VERSION",
            package
                .rust_version
                .as_ref()
                .map(ToString::to_string)
                .unwrap_or_default(),
        ),
        ("CARGO_PKG_VERSION", version.to_string()),
        ("CARGO_PKG_VERSION_MAJOR", version.major.to_string()),
        ("CARGO_PKG_VERSION_MINOR", version.minor.to_string()),
        ("CARGO_PKG_VERSION_PATCH", version.patch.to_string()),
        ("CARGO_PKG_VERSION_PRE", version.pre.to_string()),
    ];
    variables.extend(of_package.map(|(name, value)| (name, value.into())));
    if let Some(links) = &package.links {
        variables.push(("CARGO_MANIFEST_LINKS", links.into()));
    }
    variables
}

/// The loader's search path, in cargo's own order; what was set before comes last.
///
/// # Errors
///
/// When a folder's name holds the character that separates folders.
pub(super) fn library_path(
    folders: &LibraryFolders,
    before: &Environment,
) -> Result<(&'static str, OsString), std::env::JoinPathsError> {
    let is_generated = |path: &&PathBuf| {
        folders
            .generated
            .iter()
            .any(|directory| path.starts_with(directory))
    };
    let mut paths: Vec<PathBuf> = folders
        .linked
        .iter()
        .filter(is_generated)
        .cloned()
        .collect();
    if let Some(profile) = &folders.profile {
        paths.extend([profile.clone(), profile.join("deps")]);
    }
    paths.extend(folders.toolchain.clone());
    match before.library_path.as_ref().filter(|set| !set.is_empty()) {
        Some(set) => paths.extend(split_paths(set)),
        // Setting the variable would hide the loader's defaults there.
        None if cfg!(target_os = "macos") => {
            let home = before.home.as_ref();
            paths.extend(home.map(|home| Path::new(home).join("lib")));
            paths.extend(["/usr/local/lib".into(), "/usr/lib".into()]);
        }
        None => {}
    }
    let mut seen = std::collections::HashSet::new();
    paths.retain(|path| seen.insert(path.clone()));
    Ok((LIBRARY_PATH, join_paths(paths)?))
}

/// `GLIBC_TUNABLES` with room for static TLS, unless the user has set that already.
pub(super) fn glibc_tunables(before: Option<&OsString>) -> OsString {
    let ours = format!("{STATIC_TLS}={STATIC_TLS_BYTES}");
    match before {
        Some(set) if set.to_string_lossy().contains(STATIC_TLS) => set.clone(),
        Some(set) if !set.is_empty() => {
            let mut both = set.clone();
            both.push(":");
            both.push(ours);
            both
        }
        _ => ours.into(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::workspace::test_project::Project;

    fn before(library_path: Option<&str>) -> Environment {
        Environment {
            library_path: library_path.map(Into::into),
            home: Some("/home/me".into()),
            ..Environment::default()
        }
    }

    fn searched(folders: &LibraryFolders, set: Option<&str>) -> Vec<String> {
        let (name, value) = library_path(folders, &before(set)).unwrap();
        assert_eq!(name, LIBRARY_PATH);
        let paths = split_paths(&value).map(|path| path.display().to_string());
        paths.collect()
    }

    #[test]
    fn libraries_are_searched_for_in_cargos_order() {
        let folders = LibraryFolders {
            linked: ["/t/debug/build/a/out", "/usr/lib/b", "/build/c", "/t/debug"]
                .map(PathBuf::from)
                .into(),
            generated: vec!["/t".into(), "/build".into()],
            profile: Some("/t/debug".into()),
            toolchain: Some("/rust/lib".into()),
        };
        assert_eq!(
            searched(&folders, Some("/mine")),
            [
                "/t/debug/build/a/out",
                "/build/c",
                "/t/debug",
                "/t/debug/deps",
                "/rust/lib",
                "/mine"
            ]
        );
    }

    #[test]
    fn the_loaders_defaults_are_kept_where_setting_the_variable_hides_them() {
        let searched = searched(&LibraryFolders::default(), Some(""));
        if cfg!(target_os = "macos") {
            assert_eq!(searched, ["/home/me/lib", "/usr/local/lib", "/usr/lib"]);
        } else {
            assert_eq!(
                searched,
                [""],
                "an empty variable splits to one empty folder"
            );
        }
    }

    #[test]
    fn a_folder_that_the_variable_cannot_hold_is_an_error() {
        let folders = LibraryFolders {
            toolchain: Some(if cfg!(windows) { "a\"b" } else { "a:b" }.into()),
            ..LibraryFolders::default()
        };
        assert!(library_path(&folders, &before(None)).is_err());
    }

    #[test]
    fn room_for_static_tls_is_added_to_what_the_user_sets() {
        let tunables = |set: Option<&str>| glibc_tunables(set.map(OsString::from).as_ref());
        let ours = "glibc.rtld.optional_static_tls=16384";
        assert_eq!(tunables(None), ours);
        assert_eq!(tunables(Some("")), ours);
        assert_eq!(
            tunables(Some("glibc.malloc.check=3")).to_str().unwrap(),
            format!("glibc.malloc.check=3:{ours}")
        );
        let own = "glibc.rtld.optional_static_tls=9";
        assert_eq!(tunables(Some(own)), own);
    }

    #[test]
    fn a_package_is_described_as_cargo_does() {
        let project = Project::new(&[
            (
                "Cargo.toml",
                "[package]\nname = \"my-pkg\"\nversion = \"1.2.3-rc.1\"\nedition = \"2024\"\nauthors = [\"A <a@b>\", \"C\"]\ndescription = \"What it is\"\nlicense = \"MIT\"\nlinks = \"z\"\nbuild = \"build.rs\"\n[dependencies]\nfluxloop = { path = \"FLUXLOOP\" }\n",
            ),
            ("build.rs", "fn main() {}"),
            ("src/lib.rs", ""),
        ]);
        let workspace = project.load();
        let package = &workspace.targets()[0].member().package;
        let mut names: Vec<&str> = package_variables(package)
            .iter()
            .map(|(name, _)| *name)
            .collect();
        names.sort_unstable();
        assert_eq!(names, PACKAGE_VARIABLES);
        let shown: Vec<String> = package_variables(package)
            .into_iter()
            .map(|(name, value)| format!("{name}={}", value.display()))
            .collect();
        let root = project.path("").display().to_string();
        let shown = shown
            .join("\n")
            .replace(root.trim_end_matches('/'), "/project");
        insta::assert_snapshot!(shown, @r"
        CARGO_MANIFEST_DIR=/project
        CARGO_MANIFEST_PATH=/project/Cargo.toml
        CARGO_PKG_AUTHORS=A <a@b>:C
        CARGO_PKG_DESCRIPTION=What it is
        CARGO_PKG_HOMEPAGE=
        CARGO_PKG_LICENSE=MIT
        CARGO_PKG_LICENSE_FILE=
        CARGO_PKG_NAME=my-pkg
        CARGO_PKG_README=
        CARGO_PKG_REPOSITORY=
        CARGO_PKG_RUST_VERSION=
        CARGO_PKG_VERSION=1.2.3-rc.1
        CARGO_PKG_VERSION_MAJOR=1
        CARGO_PKG_VERSION_MINOR=2
        CARGO_PKG_VERSION_PATCH=3
        CARGO_PKG_VERSION_PRE=rc.1
        CARGO_MANIFEST_LINKS=z
        ");
    }
}

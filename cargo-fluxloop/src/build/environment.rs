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

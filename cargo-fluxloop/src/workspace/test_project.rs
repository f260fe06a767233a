//! Cargo projects for tests: written to a temporary folder, built into one shared target directory.

use std::{
    fs,
    path::{Path, PathBuf},
};

use clap::Parser;
use tempfile::TempDir;

use super::{Cargo, CargoOptions, Workspace, WorkspaceError};
use crate::env::Environment;

/// This repository.
fn repository() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR")).parent().unwrap()
}

/// A generated project.
#[derive(Debug)]
pub(crate) struct Project {
    folder: TempDir,
}

#[derive(Parser)]
struct Flags {
    #[command(flatten)]
    cargo: CargoOptions,
}

impl Project {
    /// Writes files; `FLUXLOOP` in them stands for the path of this repository's library.
    pub(crate) fn new(files: &[(&str, &str)]) -> Self {
        let project = Self {
            folder: tempfile::tempdir().unwrap(),
        };
        // The versions that this repository has downloaded, so that nothing else is looked for.
        fs::copy(repository().join("Cargo.lock"), project.path("Cargo.lock")).unwrap();
        for (path, content) in files {
            project.write(path, content);
        }
        project
    }

    /// A package with a library and what else there is, as its own workspace.
    pub(crate) fn package(name: &str, files: &[(&str, &str)]) -> Self {
        let manifest = format!("{}\n[workspace]\n", manifest(name));
        let mut all = vec![("Cargo.toml", manifest.as_str())];
        all.extend(files);
        Self::new(&all)
    }

    /// Writes one file more, or another time.
    pub(crate) fn write(&self, path: &str, content: &str) {
        let library = repository().join("fluxloop");
        let content = content.replace("FLUXLOOP", library.to_str().unwrap());
        let path = self.path(path);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, content).unwrap();
    }

    /// A path in the project.
    pub(crate) fn path(&self, path: &str) -> PathBuf {
        // Cargo resolves links: on macOS the temporary folder is below one.
        fs::canonicalize(self.folder.path()).unwrap().join(path)
    }

    /// How to call cargo in the project, with the user's flags.
    pub(crate) fn cargo(&self, flags: &[&str]) -> Cargo {
        let flags = [&["test"], flags].concat();
        let mut options = Flags::try_parse_from(flags).unwrap().cargo;
        options.offline = true;
        options
            .target_dir
            .get_or_insert_with(shared_target_directory);
        Cargo {
            program: Environment::of_process().cargo_program(),
            directory: self.path(""),
            options,
        }
    }

    /// Asks cargo about the project.
    pub(crate) fn try_load(&self, flags: &[&str]) -> Result<Workspace, WorkspaceError> {
        Workspace::load(self.cargo(flags), &mut |_| {})
    }

    /// Asks cargo about the project, which must be in order.
    pub(crate) fn load(&self) -> Workspace {
        self.try_load(&[]).unwrap()
    }
}

/// The manifest of a package that depends on fluxloop.
pub(crate) fn manifest(name: &str) -> String {
    format!(
        "[package]\nname = \"{name}\"\nversion = \"1.2.3\"\nedition = \"2024\"\n\n[dependencies]\nfluxloop = {{ path = \"FLUXLOOP\" }}\n"
    )
}

/// Where all generated projects are built: dependencies are compiled once.
pub(crate) fn shared_target_directory() -> PathBuf {
    let this = std::env::current_exe().unwrap();
    let target = this
        .ancestors()
        .find(|folder| folder.ends_with("debug") || folder.ends_with("release"));
    target.unwrap().with_file_name("tests-generated")
}

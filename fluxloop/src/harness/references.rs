use std::{
    fs::OpenOptions,
    io::Write as _,
    path::{Path, PathBuf},
};

use super::{Call, env::Environment};

/// Where `cargo insta test --unreferenced` wants to read the snapshots that there are tests for. insta names those that it
/// compares; it cannot know of a run that failed, and would take its snapshot for one that nobody needs.
#[derive(Debug)]
pub(super) struct References {
    /// Where they are named, a line each.
    list: PathBuf,
    /// Where snapshots stand.
    folder: PathBuf,
    /// What leads their names.
    module: String,
}

impl References {
    /// Absent where nobody asks.
    pub(super) fn of(call: &Call<'_>, environment: &Environment) -> Option<Self> {
        let list = environment.get("INSTA_SNAPSHOT_REFERENCES_FILE")?;
        let root = environment.get("INSTA_WORKSPACE_ROOT").map(Path::new);
        let folder = folder(Path::new(call.manifest_dir), call.file, root);
        Some(Self {
            list: list.into(),
            folder: folder.join("snapshots"),
            module: call.crate_name.to_owned(),
        })
    }

    /// Names a snapshot, whether it is there or not.
    pub(super) fn add(&self, name: &str) -> Result<(), String> {
        let path = self.folder.join(format!("{}__{name}.snap", self.module));
        let mut options = OpenOptions::new();
        let list = options.append(true).create(true).open(&self.list);
        // At once: other processes add theirs.
        let line = format!("{}\n", path.display());
        list.and_then(|mut list| list.write_all(line.as_bytes()))
            .map_err(|error| format!("cannot add to `{}`: {error}", self.list.display()))
    }
}

/// The folder of a test target's file, as insta finds it: below the workspace, which is the package's folder or one above.
fn folder(package: &Path, file: &str, workspace: Option<&Path>) -> PathBuf {
    let mut roots = package.ancestors();
    let root = workspace.or_else(|| roots.find(|root| root.join(file).is_file()));
    let file = root.unwrap_or(package).join(file);
    file.parent().unwrap_or(package).to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn snapshots_stand_beside_the_test() {
        let workspace = tempfile::tempdir().unwrap();
        let package = workspace.path().join("crates/shop");
        let tests = package.join("tests");
        std::fs::create_dir_all(&tests).unwrap();
        std::fs::write(tests.join("fluxloop.rs"), "").unwrap();
        let of_member = folder(&package, "crates/shop/tests/fluxloop.rs", None);
        assert_eq!(of_member, tests);
        assert_eq!(folder(&package, "tests/fluxloop.rs", None), tests);
        let told = folder(&package, "tests/fluxloop.rs", Some("/elsewhere".as_ref()));
        assert_eq!(told, Path::new("/elsewhere/tests"));
    }
}

use std::{
    fs, io,
    path::{Path, PathBuf},
};

use jiff::Timestamp;

use super::{ArtifactError, Operation};

/// An experiment's own directory, which no other experiment writes to.
#[derive(Debug)]
pub struct ExperimentDirectory {
    path: PathBuf,
    warning: Option<String>,
}

impl ExperimentDirectory {
    /// Makes `<output_dir>/exp_YYYYMMDD_HHMMSS` (UTC) with `logs` in it, and has `<output_dir>/latest` point there.
    ///
    /// The name gets `_2`, `_3` … when it is taken: two experiments never share a directory, not even those
    /// that other processes start in the same second. `latest` is a convenience: failing to link it is a
    /// [`warning`](Self::warning). It is made on Unix only.
    ///
    /// # Errors
    ///
    /// When one of the directories cannot be made.
    pub fn create(output_dir: &Path, now: Timestamp) -> Result<Self, ArtifactError> {
        fs::create_dir_all(output_dir)
            .map_err(|e| ArtifactError::new(Operation::CreateDirectory, output_dir, e))?;
        let (name, path) = create_exclusively(output_dir, now)?;
        let mut directory = Self {
            path,
            warning: None,
        };
        let logs = directory.logs();
        fs::create_dir(&logs)
            .map_err(|e| ArtifactError::new(Operation::CreateDirectory, logs, e))?;
        directory.warning = link_latest(output_dir, &name);
        Ok(directory)
    }

    /// Where it is.
    #[must_use]
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// The folder for what agents print.
    #[must_use]
    pub fn logs(&self) -> PathBuf {
        self.path.join("logs")
    }

    /// Why `latest` does not point here, in a sentence.
    #[must_use]
    pub fn warning(&self) -> Option<&str> {
        self.warning.as_deref()
    }
}

impl AsRef<Path> for ExperimentDirectory {
    fn as_ref(&self) -> &Path {
        &self.path
    }
}

/// The first free name is ours: `create_dir` fails where anything stands, so that no check can be outrun.
fn create_exclusively(
    output_dir: &Path,
    now: Timestamp,
) -> Result<(String, PathBuf), ArtifactError> {
    let stem = now.strftime("exp_%Y%m%d_%H%M%S").to_string();
    let mut name = stem.clone();
    let mut attempt = 1_u32;
    loop {
        let path = output_dir.join(&name);
        match fs::create_dir(&path) {
            Ok(()) => return Ok((name, path)),
            Err(error) if error.kind() == io::ErrorKind::AlreadyExists => {
                attempt += 1;
                name = format!("{stem}_{attempt}");
            }
            Err(error) => {
                return Err(ArtifactError::new(Operation::CreateDirectory, path, error));
            }
        }
    }
}

/// Points `latest` to the experiment, in one step for those who follow it meanwhile. The link is relative,
/// so that the output directory can be moved. Returns what went wrong.
#[cfg(unix)]
fn link_latest(output_dir: &Path, name: &str) -> Option<String> {
    let latest = output_dir.join("latest");
    match fs::symlink_metadata(&latest) {
        Ok(found) if !found.is_symlink() => {
            return Some(format!(
                "`{}` is not a link, so it is left alone and does not lead to this experiment",
                latest.display()
            ));
        }
        // Nothing there, or nothing that can be looked at: the rename says what is wrong, if anything is.
        Ok(_) | Err(_) => {}
    }
    // Made within our own directory, where the name is certainly free, then moved over the old link.
    let temporary = output_dir.join(name).join(".latest");
    let linked = std::os::unix::fs::symlink(name, &temporary).and_then(|()| {
        fs::rename(&temporary, &latest).inspect_err(|_| {
            // The rename is what failed and is reported; a link that stays behind harms nobody.
            let _ = fs::remove_file(&temporary);
        })
    });
    linked.err().map(|error| {
        format!(
            "could not link `{}` to this experiment: {error}",
            latest.display()
        )
    })
}

/// Directory links need a privilege elsewhere, and cannot be replaced in one step.
#[cfg(not(unix))]
fn link_latest(_output_dir: &Path, _name: &str) -> Option<String> {
    None
}

#[cfg(test)]
mod tests {
    use std::{collections::HashSet, thread};

    use super::*;

    fn at(text: &str) -> Timestamp {
        text.parse().unwrap()
    }

    fn create(output_dir: &Path) -> ExperimentDirectory {
        ExperimentDirectory::create(output_dir, at("2024-11-01T15:30:22.9+01:00")).unwrap()
    }

    fn name(directory: &ExperimentDirectory) -> &str {
        directory.path().file_name().unwrap().to_str().unwrap()
    }

    #[test]
    fn it_is_named_after_the_second_in_utc() {
        let folder = tempfile::tempdir().unwrap();
        let directory = create(&folder.path().join("deep/er"));
        assert_eq!(
            directory.path(),
            folder.path().join("deep/er/exp_20241101_143022")
        );
        assert!(directory.logs().is_dir());
        assert_eq!(directory.warning(), None);
    }

    #[test]
    fn a_taken_name_is_counted_on_whatever_took_it() {
        let folder = tempfile::tempdir().unwrap();
        create(folder.path());
        fs::write(folder.path().join("exp_20241101_143022_2"), "a file").unwrap();
        assert_eq!(name(&create(folder.path())), "exp_20241101_143022_3");
        assert_eq!(name(&create(folder.path())), "exp_20241101_143022_4");
    }

    #[test]
    fn experiments_that_start_together_share_no_directory() {
        let folder = tempfile::tempdir().unwrap();
        let names: Vec<String> = thread::scope(|scope| {
            let threads: Vec<_> = (0..8)
                .map(|_| {
                    scope.spawn(|| {
                        (0..5)
                            .map(|_| name(&create(folder.path())).to_owned())
                            .collect::<Vec<_>>()
                    })
                })
                .collect();
            threads
                .into_iter()
                .flat_map(|t| t.join().unwrap())
                .collect()
        });
        let different: HashSet<_> = names.iter().collect();
        assert_eq!(different.len(), 40);
        #[cfg(unix)]
        assert!(folder.path().join("latest/logs").is_dir());
    }

    #[test]
    fn a_file_in_place_of_the_output_directory_is_an_error_with_its_path() {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("experiments");
        fs::write(&file, "").unwrap();
        let error = ExperimentDirectory::create(&file, Timestamp::UNIX_EPOCH).unwrap_err();
        assert_eq!(error.path, file);
        assert_eq!(error.operation, Operation::CreateDirectory);
        assert!(error.hint().is_some());
    }

    #[cfg(unix)]
    #[test]
    fn latest_is_a_relative_link_to_the_newest() {
        let folder = tempfile::tempdir().unwrap();
        let latest = folder.path().join("latest");
        create(folder.path());
        assert_eq!(
            fs::read_link(&latest).unwrap(),
            Path::new("exp_20241101_143022")
        );
        let second = create(folder.path());
        assert_eq!(
            fs::read_link(&latest).unwrap(),
            Path::new("exp_20241101_143022_2")
        );
        let left: Vec<_> = fs::read_dir(second.path())
            .unwrap()
            .map(|e| e.unwrap().file_name())
            .collect();
        assert_eq!(left, ["logs"]);
    }

    #[cfg(unix)]
    #[test]
    fn a_dangling_latest_is_replaced() {
        let folder = tempfile::tempdir().unwrap();
        std::os::unix::fs::symlink("gone", folder.path().join("latest")).unwrap();
        assert_eq!(create(folder.path()).warning(), None);
        assert!(folder.path().join("latest/logs").is_dir());
    }

    #[cfg(unix)]
    #[test]
    fn a_latest_of_the_users_own_is_left_alone_with_a_warning() {
        let folder = tempfile::tempdir().unwrap();
        let latest = folder.path().join("latest");
        fs::write(&latest, "mine").unwrap();
        let directory = create(folder.path());
        assert!(directory.warning().unwrap().contains("is not a link"));
        assert_eq!(fs::read_to_string(&latest).unwrap(), "mine");

        fs::remove_file(&latest).unwrap();
        fs::create_dir(&latest).unwrap();
        assert!(create(folder.path()).warning().is_some());
        assert!(!latest.is_symlink());
    }
}

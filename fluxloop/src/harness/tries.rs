use std::{
    fs, io,
    path::{Path, PathBuf},
};

/// What the tries of cases were answered, where each has a process of its own: a file for each, in the experiment's directory.
#[derive(Debug)]
pub(super) struct SharedTries {
    folder: PathBuf,
}

impl SharedTries {
    /// Those of an experiment.
    pub(super) fn of(experiment: &Path) -> Self {
        Self {
            folder: experiment.join(".processes/answers"),
        }
    }

    /// A try begins: what an earlier attempt at it was answered counts no more.
    pub(super) fn begin(&self, case: &str, iteration: u32) -> io::Result<()> {
        let path = self.folder.join(case).join(iteration.to_string());
        absent(fs::remove_file(path)).map(drop)
    }

    /// A try was answered so. The first of the others that was answered otherwise, and how.
    ///
    /// Each process adds its answer before it looks for others: of two that end at once, one sees the other at least.
    pub(super) fn add(
        &self,
        case: &str,
        iteration: u32,
        text: &str,
    ) -> io::Result<Option<(u32, String)>> {
        let folder = self.folder.join(case);
        fs::create_dir_all(&folder)?;
        // Others see all of it or nothing.
        let new = folder.join(format!("{iteration}.new"));
        fs::write(&new, text)?;
        fs::rename(new, folder.join(iteration.to_string()))?;
        let mut others = Vec::new();
        for entry in fs::read_dir(&folder)? {
            let name = entry?.file_name();
            others.extend(name.to_str().and_then(|name| name.parse::<u32>().ok()));
        }
        others.retain(|other| *other != iteration);
        others.sort_unstable();
        for other in others {
            // One that is tried again meanwhile has none.
            let said = absent(fs::read_to_string(folder.join(other.to_string())))?;
            if let Some(said) = said.filter(|said| said != text) {
                return Ok(Some((other, said)));
            }
        }
        Ok(None)
    }
}

/// What is not there is no error.
fn absent<T>(result: io::Result<T>) -> io::Result<Option<T>> {
    match result {
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(None),
        result => result.map(Some),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_last_attempt_at_each_try_is_compared_with_all_others() {
        let folder = tempfile::tempdir().unwrap();
        let tries = SharedTries::of(folder.path());
        let answered = |iteration, text| {
            // As a process of its own.
            let tries = SharedTries::of(folder.path());
            tries.begin("case", iteration).unwrap();
            tries.add("case", iteration, text).unwrap()
        };
        let said = |iteration, text: &str| Some((iteration, text.to_owned()));
        assert_eq!(answered(10, "a"), None);
        assert_eq!(answered(2, "a"), None);
        assert_eq!(tries.add("another", 3, "b").unwrap(), None);
        assert_eq!(answered(3, "b"), said(2, "a"));
        // Tried again, it agrees; so do the others from then on.
        assert_eq!(answered(3, "a"), None);
        assert_eq!(answered(10, "b"), said(2, "a"));
        assert_eq!(answered(2, "a"), said(10, "b"));
        // An attempt that has no answer leaves none of before.
        tries.begin("case", 10).unwrap();
        assert_eq!(answered(2, "a"), None);
    }
}

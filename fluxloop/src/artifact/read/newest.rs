use std::{
    fs, io,
    path::{Path, PathBuf},
};

use super::{ReadError, RecordedExperiment};

/// What the names of experiments begin with.
const PREFIX: &str = "exp_";

/// The newest experiment of an output directory: the one that `latest` leads to, else the last by its name, which
/// tells when it began. None where there is none, or no such directory.
///
/// ```no_run
/// # use fluxloop::artifact::read::{ReadError, RecordedExperiment, newest};
/// # fn main() -> Result<(), ReadError> {
/// if let Some(path) = newest("experiments".as_ref())? {
///     println!("{}", RecordedExperiment::open(path)?.summary().experiment_name);
/// }
/// # Ok(())
/// # }
/// ```
///
/// # Errors
///
/// When the directory is there and cannot be listed.
pub fn newest(output_directory: &Path) -> Result<Option<PathBuf>, ReadError> {
    if let Some(linked) = linked(output_directory) {
        return Ok(Some(linked));
    }
    let entries = match fs::read_dir(output_directory) {
        Ok(entries) => entries,
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(None),
        Err(error) => return Err(ReadError::read(output_directory)(error)),
    };
    let mut newest: Option<(Began, PathBuf)> = None;
    for entry in entries {
        let entry = entry.map_err(ReadError::read(output_directory))?;
        let Some(began) = entry.file_name().to_str().and_then(Began::of) else {
            continue;
        };
        let is_newer = newest.as_ref().is_none_or(|(known, _)| began > *known);
        if is_newer && RecordedExperiment::is_at(&entry.path()) {
            newest = Some((began, entry.path()));
        }
    }
    Ok(newest.map(|(_, path)| path))
}

/// Where `latest` leads to: the experiment under its own name, for it is what people know it by.
fn linked(output_directory: &Path) -> Option<PathBuf> {
    let link = output_directory.join("latest");
    // No link, or one that leads nowhere: the names decide.
    let target = fs::read_link(&link).ok()?;
    RecordedExperiment::is_at(&link).then(|| output_directory.join(target))
}

/// What a name tells of when its experiment began. `exp_20241101_143022_10` is after `exp_20241101_143022_9`.
#[derive(Debug, PartialEq, Eq, PartialOrd, Ord)]
struct Began {
    moment: String,
    count: u64,
}

impl Began {
    fn of(name: &str) -> Option<Self> {
        let rest = name.strip_prefix(PREFIX)?;
        let mut parts = rest.splitn(3, '_');
        let (date, time) = (parts.next()?, parts.next().unwrap_or_default());
        // A name that somebody else gave sorts as text, too.
        let count = parts.next().and_then(|count| count.parse().ok());
        Some(Self {
            moment: format!("{date}_{time}"),
            count: count.unwrap_or(1),
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn output(names: &[&str]) -> tempfile::TempDir {
        let folder = tempfile::tempdir().unwrap();
        for name in names {
            fs::create_dir(folder.path().join(name)).unwrap();
            fs::write(folder.path().join(name).join("summary.json"), "{}").unwrap();
        }
        folder
    }

    fn found(folder: &tempfile::TempDir) -> Option<String> {
        let path = newest(folder.path()).unwrap()?;
        assert!(path.starts_with(folder.path()));
        Some(path.file_name()?.to_str()?.to_owned())
    }

    #[test]
    fn the_last_by_name_where_there_is_no_link() {
        let folder = output(&[
            "exp_20241101_143022_9",
            "exp_20241101_143022_10",
            "exp_20231101_143022",
            "other",
        ]);
        // Neither is an experiment.
        fs::create_dir(folder.path().join("exp_20251101_143022")).unwrap();
        fs::write(folder.path().join("exp_20261101_143022"), "").unwrap();
        assert_eq!(found(&folder).as_deref(), Some("exp_20241101_143022_10"));
    }

    #[test]
    fn nothing_there_is_none_and_a_file_an_error() {
        let folder = output(&[]);
        assert_eq!(found(&folder), None);
        assert_eq!(newest(&folder.path().join("gone")).unwrap(), None);
        let file = folder.path().join("file");
        fs::write(&file, "").unwrap();
        assert!(matches!(newest(&file), Err(ReadError::Read { path, .. }) if path == file));
    }

    #[cfg(unix)]
    #[test]
    fn latest_decides_unless_it_leads_nowhere() {
        use std::os::unix::fs::symlink;
        let folder = output(&["exp_20241101_143022", "exp_20251101_143022"]);
        let latest = folder.path().join("latest");
        symlink("exp_20241101_143022", &latest).unwrap();
        assert_eq!(found(&folder).as_deref(), Some("exp_20241101_143022"));
        fs::remove_dir_all(folder.path().join("exp_20241101_143022")).unwrap();
        assert_eq!(found(&folder).as_deref(), Some("exp_20251101_143022"));
    }
}

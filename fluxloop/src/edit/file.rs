use std::{fs, io, path::Path};

use super::{EditError, FileError};
use crate::whole_file;

/// What an edit did to a file.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum FileEdit {
    /// It was not there.
    Created,
    /// It has a new text.
    Changed,
    /// It said so already: it was not touched.
    Unchanged,
}

/// Changes a text file as a whole: who reads it meanwhile sees the old text or the new one. A file that is not there
/// counts as empty, and its folders are made. A link stays a link, and permissions stay as they are.
///
/// # Errors
///
/// What the edit refuses, and what the system does. The file is then as it was.
pub fn edit_file(
    path: &Path,
    edit: impl FnOnce(&str) -> Result<String, EditError>,
) -> Result<FileEdit, FileError> {
    let text = match fs::read_to_string(path) {
        Ok(text) => Some(text),
        Err(error) if error.kind() == io::ErrorKind::NotFound => None,
        Err(error) => {
            return Err(FileError::Read {
                path: path.to_path_buf(),
                error,
            });
        }
    };
    let old = text.as_deref().unwrap_or_default();
    let new = edit(old).map_err(|error| FileError::Edit {
        path: path.to_path_buf(),
        error,
    })?;
    if text.is_some() && new == old {
        return Ok(FileEdit::Unchanged);
    }
    whole_file::write(path, new.as_bytes(), true).map_err(|error| FileError::Write {
        path: path.to_path_buf(),
        error,
    })?;
    Ok(if text.is_some() {
        FileEdit::Changed
    } else {
        FileEdit::Created
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[expect(clippy::unnecessary_wraps, reason = "an edit as all are")]
    fn add(text: &str) -> Result<String, EditError> {
        Ok(format!("{text}b\n"))
    }

    #[test]
    fn a_file_is_made_with_its_folders_changed_and_left_alone() {
        let directory = tempfile::tempdir().unwrap();
        let path = directory.path().join("configs/a.yaml");
        assert_eq!(edit_file(&path, add).unwrap(), FileEdit::Created);
        assert_eq!(edit_file(&path, add).unwrap(), FileEdit::Changed);
        assert_eq!(
            edit_file(&path, |text| Ok(text.to_owned())).unwrap(),
            FileEdit::Unchanged
        );
        assert_eq!(fs::read_to_string(&path).unwrap(), "b\nb\n");
        let others = fs::read_dir(path.parent().unwrap()).unwrap().count();
        assert_eq!(others, 1, "nothing is left behind");
    }

    #[test]
    fn a_refused_edit_touches_nothing() {
        let directory = tempfile::tempdir().unwrap();
        let path = directory.path().join("a");
        fs::write(&path, "a").unwrap();
        let error = edit_file(&path, |_| Err(EditError::Key(String::new()))).unwrap_err();
        assert!(matches!(error, FileError::Edit { .. }));
        assert_eq!(fs::read_to_string(&path).unwrap(), "a");
    }

    #[cfg(unix)]
    #[test]
    fn links_and_permissions_stay() {
        use std::os::unix::fs::{PermissionsExt as _, symlink};
        let directory = tempfile::tempdir().unwrap();
        let (path, link) = (directory.path().join("a"), directory.path().join("link"));
        fs::write(&path, "a").unwrap();
        fs::set_permissions(&path, fs::Permissions::from_mode(0o600)).unwrap();
        symlink("a", &link).unwrap();
        edit_file(&link, add).unwrap();
        assert!(fs::symlink_metadata(&link).unwrap().is_symlink());
        assert_eq!(fs::read_to_string(&path).unwrap(), "ab\n");
        let mode = fs::metadata(&path).unwrap().permissions().mode() & 0o777;
        assert_eq!(mode, 0o600);
        edit_file(&directory.path().join(".env"), add).unwrap();
        let mode = fs::metadata(directory.path().join(".env")).unwrap();
        assert_eq!(mode.permissions().mode() & 0o777, 0o600);
    }
}

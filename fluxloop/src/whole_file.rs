//! Files that are there as a whole or not at all.

use std::{
    fs,
    io::{self, Write as _},
    path::Path,
};

/// Writes a file by way of a temporary one beside it. The folders that it needs are made.
///
/// A file that is replaced keeps its permissions; a new one is readable for everybody who works on the project,
/// unless it is an `.env`. A link is followed: what it leads to is replaced.
///
/// # Errors
///
/// When the system does not let us; [`io::ErrorKind::AlreadyExists`] when the file is there and is not to be replaced.
pub fn write(path: &Path, content: &[u8], replace: bool) -> io::Result<()> {
    let path = &match fs::canonicalize(path) {
        Ok(followed) if replace => followed,
        Err(error) if replace && error.kind() != io::ErrorKind::NotFound => return Err(error),
        _ => path.to_path_buf(),
    };
    let folder = match path.parent() {
        Some(folder) if !folder.as_os_str().is_empty() => folder,
        _ => Path::new("."),
    };
    // Not to be taken for the file itself that is there.
    fs::create_dir_all(folder).map_err(|error| match error.kind() {
        io::ErrorKind::AlreadyExists => io::Error::new(
            io::ErrorKind::NotADirectory,
            format!("{} is no folder", folder.display()),
        ),
        _ => error,
    })?;
    let mut file = tempfile::Builder::new()
        .prefix(".fluxloop")
        .tempfile_in(folder)?;
    file.write_all(content)?;
    match fs::metadata(path) {
        Ok(replaced) => file.as_file().set_permissions(replaced.permissions())?,
        // As the temporary file is: secrets go there.
        Err(_) if path.file_name().is_some_and(|name| name == ".env") => {}
        Err(_) => readable(file.as_file())?,
    }
    file.as_file().sync_all()?;
    let result = if replace {
        file.persist(path)
    } else {
        file.persist_noclobber(path)
    };
    result.map(|_| ()).map_err(|error| error.error)
}

/// A temporary file is its owner's alone.
#[cfg(unix)]
fn readable(file: &fs::File) -> io::Result<()> {
    use std::os::unix::fs::PermissionsExt as _;
    file.set_permissions(fs::Permissions::from_mode(0o644))
}

#[cfg(not(unix))]
#[expect(clippy::unnecessary_wraps, reason = "alike on all systems")]
fn readable(_file: &fs::File) -> io::Result<()> {
    Ok(())
}

#[cfg(unix)]
#[cfg(test)]
mod tests {
    use std::os::unix::fs::{PermissionsExt as _, symlink};

    use super::*;

    fn mode(path: &Path) -> u32 {
        fs::metadata(path)
            .expect("it is there")
            .permissions()
            .mode()
            & 0o777
    }

    #[test]
    fn a_file_is_made_replaced_or_left_alone() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("a/b/file");
        write(&path, b"one", false).unwrap();
        assert_eq!(mode(&path), 0o644);
        let error = write(&path, b"two", false).unwrap_err();
        assert_eq!(error.kind(), io::ErrorKind::AlreadyExists);
        assert_eq!(fs::read(&path).unwrap(), b"one");
        fs::set_permissions(&path, fs::Permissions::from_mode(0o600)).unwrap();
        let link = folder.path().join("link");
        symlink(&path, &link).unwrap();
        write(&link, b"two", true).unwrap();
        assert_eq!(fs::read(&path).unwrap(), b"two");
        assert_eq!(mode(&path), 0o600);
        assert!(fs::symlink_metadata(&link).unwrap().is_symlink());
        let entries = fs::read_dir(path.parent().unwrap()).unwrap();
        assert_eq!(entries.count(), 1, "nothing is left behind");
        let error = write(&path.join("file"), b"", false).unwrap_err();
        assert_eq!(error.kind(), io::ErrorKind::NotADirectory);
    }
}

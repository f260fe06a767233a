use std::{
    fs, io,
    path::{Path, PathBuf},
};

use fluxloop::whole_file;

use super::InitError;

/// One file of the crate, as it is and as it is to be.
#[derive(Debug)]
pub(crate) struct Change {
    /// The file, absolute.
    pub(crate) path: PathBuf,
    /// What it says now; none if it is not there.
    pub(crate) before: Option<String>,
    /// What it is to say.
    pub(crate) after: String,
}

/// What becomes of a file.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Effect {
    /// It is written.
    Create,
    /// Some of its lines change.
    Change,
    /// It is left as it is.
    Keep,
}

impl Change {
    /// A file of our own: one that is there stays, unless it is to be replaced.
    pub(super) fn to_text(path: PathBuf, text: String, replace: bool) -> Result<Self, InitError> {
        let before = read(&path)?;
        Ok(Self {
            after: match &before {
                Some(before) if !replace => before.clone(),
                _ => text,
            },
            before,
            path,
        })
    }

    /// A file of the user's, with something put into it.
    pub(super) fn of_file<E>(
        path: PathBuf,
        edit: impl FnOnce(&str) -> Result<String, E>,
        failed: impl FnOnce(PathBuf, E) -> InitError,
    ) -> Result<Self, InitError> {
        let before = read(&path)?.unwrap_or_default();
        match edit(&before) {
            Ok(after) => Ok(Self {
                after,
                before: Some(before),
                path,
            }),
            Err(error) => Err(failed(path, error)),
        }
    }

    /// What becomes of it.
    pub(crate) fn effect(&self) -> Effect {
        match &self.before {
            None => Effect::Create,
            Some(before) if *before == self.after => Effect::Keep,
            Some(_) => Effect::Change,
        }
    }

    /// Writes it, whole or not at all.
    ///
    /// # Errors
    ///
    /// When it cannot be written, or is there although it was not.
    pub(super) fn apply(&self) -> Result<(), InitError> {
        let replace = match self.effect() {
            Effect::Keep => return Ok(()),
            Effect::Create => false,
            Effect::Change => true,
        };
        whole_file::write(&self.path, self.after.as_bytes(), replace).map_err(|source| {
            InitError::Write {
                path: self.path.clone(),
                source,
            }
        })
    }
}

/// What a file says; none if it is not there.
fn read(path: &Path) -> Result<Option<String>, InitError> {
    match fs::read_to_string(path) {
        Ok(text) => Ok(Some(text)),
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(None),
        Err(source) => Err(InitError::Read {
            path: path.to_owned(),
            source,
        }),
    }
}

use std::{
    fs::File,
    io::{self, Read},
    path::{Path, PathBuf},
    sync::Arc,
};

use super::{
    error::{ConfigError, ErrorKind},
    place::{Place, shown_path},
};

/// The most that a configuration file may hold: 1 MiB.
pub(crate) const MAX_CONFIG_BYTES: u64 = 1 << 20;
/// The most that an inputs file may hold: 32 MiB.
pub(crate) const MAX_INPUTS_BYTES: u64 = 32 << 20;

/// A file as it was read, kept to show lines of it in messages.
pub(crate) struct SourceFile {
    /// Absolute.
    pub(crate) path: PathBuf,
    /// How messages name it.
    pub(crate) shown: String,
    pub(crate) text: String,
}

impl SourceFile {
    /// Reads a text file of at most `limit` bytes. No more than that is ever held.
    pub(crate) fn read(
        path: &Path,
        shown_from: &Path,
        limit: u64,
    ) -> Result<Arc<Self>, ConfigError> {
        let shown = shown_path(path, shown_from);
        let bytes = read_bytes(path, limit)?;
        let Some(bytes) = bytes else {
            let error = ConfigError::new(ErrorKind::TooLarge { file: shown, limit });
            return Err(error.with_hint("check that this is the file you mean, or split it"));
        };
        let text = text(bytes, &shown)?;
        Ok(Arc::new(Self {
            path: path.to_path_buf(),
            shown,
            text,
        }))
    }

    /// A text that is not read from a file.
    pub(crate) fn of_text(shown: &str, text: &str) -> Self {
        Self {
            path: PathBuf::from(shown),
            shown: shown.to_owned(),
            text: text.to_owned(),
        }
    }

    /// A position in the file, with the line to show.
    pub(crate) fn place(&self, line: u32, column: u32) -> Place {
        Place::in_text(&self.shown, &self.text, line, column)
    }
}

/// The file's bytes, or `None` if there are more than `limit`.
fn read_bytes(path: &Path, limit: u64) -> Result<Option<Vec<u8>>, ConfigError> {
    let unreadable = |error: io::Error| {
        ConfigError::new(ErrorKind::Unreadable {
            path: path.to_path_buf(),
            error,
        })
    };
    let file = File::open(path).map_err(unreadable)?;
    let metadata = file.metadata().map_err(unreadable)?;
    if metadata.is_dir() {
        let error = ConfigError::new(ErrorKind::Directory {
            path: path.to_path_buf(),
        });
        return Err(error.with_hint("name the file in it, for example `configs/simulation.yaml`"));
    }
    if metadata.len() > limit {
        return Ok(None);
    }
    // The length may be wrong (a pipe, a file that grows): the limit holds while reading, too.
    let mut bytes = Vec::new();
    file.take(limit + 1)
        .read_to_end(&mut bytes)
        .map_err(unreadable)?;
    Ok((bytes.len() as u64 <= limit).then_some(bytes))
}

fn text(bytes: Vec<u8>, shown: &str) -> Result<String, ConfigError> {
    let (text, found, offset) = match String::from_utf8(bytes) {
        Ok(text) => match text.find('\0') {
            None => return Ok(text),
            Some(offset) => (text, "a NUL character", offset),
        },
        Err(error) => {
            let valid = error.utf8_error().valid_up_to();
            let text = String::from_utf8_lossy(error.as_bytes()).into_owned();
            (text, "bytes that are not UTF-8", valid)
        }
    };
    let error = ConfigError::new(ErrorKind::NotText { found })
        .at(Some(Place::at_offset(shown, &text, offset)));
    Err(error.with_hint("save the file as UTF-8 text"))
}

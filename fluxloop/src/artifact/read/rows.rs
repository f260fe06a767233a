use std::{
    borrow::Cow,
    fmt,
    fs::File,
    io::{self, BufRead as _, BufReader, Read as _, Seek as _, SeekFrom, Take},
    marker::PhantomData,
    ops::Range,
    path::{Path, PathBuf},
};

use serde::{Deserialize, de::DeserializeOwned};

use super::ReadError;

/// The rows of a `.jsonl` file, read one by one.
///
/// A last line without a line break is torn and ignored. Any other line that holds no such row is left out and counted.
pub struct Rows<T> {
    path: PathBuf,
    /// Absent: the file is not there, so it has no rows.
    file: Option<BufReader<Take<File>>>,
    /// How far it was read, in bytes.
    offset: u64,
    /// Rows of other runs are passed over.
    trace_id: Option<String>,
    line: Vec<u8>,
    damaged: u64,
    row: PhantomData<fn() -> T>,
}

impl<T> fmt::Debug for Rows<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Rows")
            .field("path", &self.path)
            .field("trace_id", &self.trace_id)
            .field("damaged", &self.damaged)
            .finish_non_exhaustive()
    }
}

/// What tells whose row a line is.
#[derive(Deserialize)]
struct Owner<'a> {
    #[serde(borrow)]
    trace_id: Cow<'a, str>,
}

impl<T> Rows<T> {
    pub(super) fn open(path: PathBuf) -> Result<Self, ReadError> {
        Self::within(path, 0..u64::MAX)
    }

    /// The rows of a part of the file, in bytes.
    pub(super) fn within(path: PathBuf, part: Range<u64>) -> Result<Self, ReadError> {
        let file = match File::open(&path) {
            Ok(mut file) => {
                if let Err(error) = file.seek(SeekFrom::Start(part.start)) {
                    return Err(ReadError::read(path)(error));
                }
                let part = file.take(part.end.saturating_sub(part.start));
                Some(BufReader::with_capacity(1 << 16, part))
            }
            Err(error) if error.kind() == io::ErrorKind::NotFound => None,
            Err(error) => return Err(ReadError::read(path)(error)),
        };
        Ok(Self {
            path,
            file,
            offset: part.start,
            trace_id: None,
            line: Vec::new(),
            damaged: 0,
            row: PhantomData,
        })
    }

    /// Of one run only.
    #[must_use]
    pub fn of(mut self, trace_id: &str) -> Self {
        self.trace_id = Some(trace_id.to_owned());
        self
    }

    /// The file.
    #[must_use]
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// Whether there is such a file.
    pub(super) fn is_there(&self) -> bool {
        self.file.is_some()
    }

    /// Lines so far that hold no row and were left out. A torn last line is none of them.
    #[must_use]
    pub fn damaged(&self) -> u64 {
        self.damaged
    }

    /// Whether there was another line, whole.
    fn read_line(&mut self) -> io::Result<bool> {
        self.line.clear();
        let Some(file) = &mut self.file else {
            return Ok(false);
        };
        self.offset += file.read_until(b'\n', &mut self.line)? as u64;
        Ok(self.line.ends_with(b"\n"))
    }
}

impl<T> Rows<T> {
    /// Tells of each row whose it is, and where it stands in the file. A line that holds no row is nobody's.
    pub(super) fn each_owner(
        &mut self,
        mut take: impl FnMut(&str, Range<u64>),
    ) -> Result<(), ReadError> {
        loop {
            let start = self.offset;
            match self.read_line() {
                Ok(true) => {}
                Ok(false) => return Ok(()),
                Err(error) => return Err(ReadError::read(&self.path)(error)),
            }
            match serde_json::from_slice::<Owner<'_>>(&self.line) {
                Ok(owner) => take(&owner.trace_id, start..self.offset),
                Err(_) => self.damaged += 1,
            }
        }
    }
}

impl<T: DeserializeOwned> Rows<T> {
    /// What the line holds; none where it is another run's.
    fn decode(&self) -> serde_json::Result<Option<T>> {
        if let Some(wanted) = &self.trace_id {
            // Telling whose row it is costs less than building it, and most are others'.
            let owner: Owner<'_> = serde_json::from_slice(&self.line)?;
            if owner.trace_id != wanted.as_str() {
                return Ok(None);
            }
        }
        serde_json::from_slice(&self.line).map(Some)
    }
}

impl<T: DeserializeOwned> Iterator for Rows<T> {
    type Item = Result<T, ReadError>;

    fn next(&mut self) -> Option<Self::Item> {
        loop {
            match self.read_line() {
                Ok(true) => {}
                Ok(false) => return None,
                Err(error) => {
                    // Trying again would fail again.
                    self.file = None;
                    return Some(Err(ReadError::read(&self.path)(error)));
                }
            }
            match self.decode() {
                Ok(Some(row)) => return Some(Ok(row)),
                Ok(None) => {}
                Err(_) => self.damaged += 1,
            }
        }
    }
}

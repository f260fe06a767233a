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

use super::{
    ReadError,
    attempts::{Begins, LastAttempts},
};

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
    /// Rows of attempts before these are passed over.
    last: LastAttempts,
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

    /// Of each case the rows of its last attempt, of those that are there by now.
    pub(super) fn of_last_attempts(path: PathBuf, is_first: Begins) -> Result<Self, ReadError> {
        let last = LastAttempts::find(Self::open(path.clone())?, is_first)?;
        let rows = Self::within(path, 0..last.end)?;
        Ok(Self { last, ..rows })
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
            last: LastAttempts::default(),
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
    /// Tells of each row whose it is, where it stands in the file, and its line. A line that holds no row is nobody's.
    pub(super) fn each_owner(
        &mut self,
        mut take: impl FnMut(&str, Range<u64>, &[u8]),
    ) -> Result<(), ReadError> {
        loop {
            let start = self.offset;
            match self.read_line() {
                Ok(true) => {}
                Ok(false) => return Ok(()),
                Err(error) => return Err(ReadError::read(&self.path)(error)),
            }
            match serde_json::from_slice::<Owner<'_>>(&self.line) {
                Ok(owner) if self.last.supersede(&owner.trace_id, start) => {}
                Ok(owner) => take(&owner.trace_id, start..self.offset, &self.line),
                Err(_) => self.damaged += 1,
            }
        }
    }
}

impl<T: DeserializeOwned> Rows<T> {
    /// What the line holds, which begins at this place; none where it is another run's, or of an attempt that does not count.
    fn decode(&self, start: u64) -> serde_json::Result<Option<T>> {
        let wanted = self.trace_id.as_deref();
        if wanted.is_some() || !self.last.is_empty() {
            // Telling whose row it is costs less than building it, and most are others'.
            let owner: Owner<'_> = serde_json::from_slice(&self.line)?;
            let is_wanted = wanted.is_none_or(|wanted| owner.trace_id == wanted);
            if !is_wanted || self.last.supersede(&owner.trace_id, start) {
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
            let start = self.offset;
            match self.read_line() {
                Ok(true) => {}
                Ok(false) => return None,
                Err(error) => {
                    // Trying again would fail again.
                    self.file = None;
                    return Some(Err(ReadError::read(&self.path)(error)));
                }
            }
            match self.decode(start) {
                Ok(Some(row)) => return Some(Ok(row)),
                Ok(None) => {}
                Err(_) => self.damaged += 1,
            }
        }
    }
}

use std::{
    ffi::OsString,
    fs::{self, File, Metadata, OpenOptions},
    io::{self, Write as _},
    path::{Path, PathBuf},
};

use super::settings::Settings;

/// The file that lines are appended to. It is opened for each batch: it may be moved or removed meanwhile.
#[derive(Debug)]
pub(super) struct RecordingFile {
    path: PathBuf,
    max_bytes: u64,
    /// The last line that was written has no end: the disk was full.
    is_torn: bool,
}

/// What was written of a batch before something failed.
#[derive(Debug)]
pub(super) struct Failed {
    /// Lines that are in the file.
    pub(super) written: u64,
    pub(super) error: io::Error,
}

impl RecordingFile {
    pub(super) fn new(settings: Settings) -> Self {
        Self {
            path: settings.file,
            max_bytes: settings.max_bytes,
            is_torn: false,
        }
    }

    pub(super) fn path(&self) -> &Path {
        &self.path
    }

    /// Appends whole lines.
    pub(super) fn append(&mut self, mut lines: &[u8]) -> Result<(), Failed> {
        let mut written = 0;
        while !lines.is_empty() {
            let part = self.part(lines, &mut written);
            let length = part.map_err(|error| Failed { written, error })?;
            lines = &lines[length..];
        }
        Ok(())
    }

    /// Appends as many lines as the file has room for: at least one. Their length.
    fn part(&mut self, lines: &[u8], written: &mut u64) -> io::Result<usize> {
        let mut file = open_locked(&self.path)?;
        let metadata = file.metadata()?;
        let mut length = metadata.len();
        let mut fitting = fitting(lines, self.max_bytes.saturating_sub(length));
        // Pipes and devices have no length, and nothing to be moved.
        while fitting == 0 && length > 0 && metadata.is_file() {
            // Whoever waits for the file finds that it was moved, and moves no other.
            fs::rename(&self.path, rotated(&self.path))?;
            file = open_locked(&self.path)?;
            // Somebody else may have been first in it.
            length = file.metadata()?.len();
            fitting = self::fitting(lines, self.max_bytes.saturating_sub(length));
            self.is_torn = false;
        }
        if fitting == 0 {
            fitting = lines
                .iter()
                .position(|byte| *byte == b'\n')
                .map_or(lines.len(), |at| at + 1);
        }
        // Else somebody else has begun a file meanwhile.
        if std::mem::take(&mut self.is_torn) && length > 0 {
            file.write_all(b"\n")?;
            length += 1;
        }
        let part = &lines[..fitting];
        let outcome = write_whole(&mut file, part);
        let end = outcome
            .as_ref()
            .map_or_else(|(written, _)| *written, |()| fitting);
        *written += count(&part[..end]);
        let Err((end, error)) = outcome else {
            return Ok(fitting);
        };
        let whole = part[..end]
            .iter()
            .rposition(|byte| *byte == b'\n')
            .map_or(0, |at| at + 1);
        if whole < end {
            self.is_torn = !cut(&file, length + end as u64, length + whole as u64);
        }
        Err(error)
    }
}

fn open(path: &Path) -> io::Result<File> {
    let mut options = OpenOptions::new();
    // Windows locks no file that is only appended to; elsewhere, a pipe is not to be read by its writer.
    options.append(true).create(true).read(cfg!(windows));
    // What users of the service said is for its owner.
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    match options.open(path) {
        Err(error) if error.kind() == io::ErrorKind::NotFound => {
            if let Some(folder) = path.parent() {
                fs::create_dir_all(folder)?;
            }
            options.open(path)
        }
        opened => opened,
    }
}

/// The file that has this name, which no other process writes to or moves until it is closed.
fn open_locked(path: &Path) -> io::Result<File> {
    loop {
        let file = open(path)?;
        // Nobody minds who else writes to a pipe or a device, which may keep a writer waiting.
        if !file.metadata()?.is_file() || !lock(&file)? || is_at(&file, path)? {
            return Ok(file);
        }
    }
}

/// Waits for other writers. False on a file system without locks: one process alone may then rotate the file.
fn lock(file: &File) -> io::Result<bool> {
    loop {
        match file.lock() {
            Ok(()) => return Ok(true),
            Err(error) if error.kind() == io::ErrorKind::Unsupported => return Ok(false),
            Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
            Err(error) => return Err(error),
        }
    }
}

/// Whether the file still has this name: it may have been moved while it was waited for.
fn is_at(file: &File, path: &Path) -> io::Result<bool> {
    match fs::metadata(path) {
        Ok(named) => Ok(is_same(&file.metadata()?, &named)),
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(false),
        Err(error) => Err(error),
    }
}

#[cfg(unix)]
fn is_same(a: &Metadata, b: &Metadata) -> bool {
    use std::os::unix::fs::MetadataExt as _;
    (a.dev(), a.ino()) == (b.dev(), b.ino())
}

/// A file that is locked does not change, and one that is moved away is full: the next is shorter, or was made later.
#[cfg(not(unix))]
fn is_same(a: &Metadata, b: &Metadata) -> bool {
    a.len() == b.len() && a.created().ok() == b.created().ok()
}

/// Writes all of it; else how much was written, and why no more.
fn write_whole(file: &mut File, bytes: &[u8]) -> Result<(), (usize, io::Error)> {
    let mut written = 0;
    while written < bytes.len() {
        match file.write(&bytes[written..]) {
            Ok(0) => return Err((written, io::ErrorKind::WriteZero.into())),
            Ok(length) => written += length,
            Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
            Err(error) => return Err((written, error)),
        }
    }
    Ok(())
}

/// Cuts half a line off the file's end, unless somebody else has written behind it.
fn cut(file: &File, end: u64, whole: u64) -> bool {
    file.metadata().is_ok_and(|metadata| metadata.len() == end) && file.set_len(whole).is_ok()
}

/// The length of the lines that fit into so many bytes.
fn fitting(lines: &[u8], room: u64) -> usize {
    let room = usize::try_from(room).unwrap_or(usize::MAX).min(lines.len());
    lines[..room]
        .iter()
        .rposition(|byte| *byte == b'\n')
        .map_or(0, |at| at + 1)
}

fn count(lines: &[u8]) -> u64 {
    lines.iter().map(|byte| u64::from(*byte == b'\n')).sum()
}

/// `args.jsonl.1`
fn rotated(path: &Path) -> PathBuf {
    let mut name = OsString::from(path);
    name.push(".1");
    name.into()
}

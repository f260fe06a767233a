use std::{
    fs::File,
    io::{self, Write as _},
    path::Path,
    sync::{Mutex, PoisonError},
};

use super::HarnessError;

/// `--logfile`: a line for each test that ended, as libtest writes them.
#[derive(Debug)]
pub(super) struct Logfile(Mutex<File>);

impl Logfile {
    /// Makes the file anew.
    pub(super) fn create(path: &Path) -> Result<Self, HarnessError> {
        match File::create(path) {
            Ok(file) => Ok(Self(Mutex::new(file))),
            Err(source) => Err(HarnessError::Logfile {
                path: path.to_owned(),
                source,
            }),
        }
    }

    /// A test has ended in such a way.
    pub(super) fn add(&self, result: &str, test: &str) -> io::Result<()> {
        let mut file = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        writeln!(file, "{result} {test}")
    }
}

use std::{fs, path::PathBuf};

use serde_json::Value;

/// An experiment directory, read back.
#[derive(Debug)]
pub struct Experiment {
    folder: PathBuf,
}

impl Experiment {
    /// The directory at this path.
    #[must_use]
    pub fn at(folder: PathBuf) -> Self {
        Self { folder }
    }

    /// A file of it, as text.
    ///
    /// # Panics
    ///
    /// When it is not there.
    #[must_use]
    #[track_caller]
    pub fn text(&self, name: &str) -> String {
        let path = self.folder.join(name);
        fs::read_to_string(&path).unwrap_or_else(|error| panic!("{}: {error}", path.display()))
    }

    /// `summary.json`.
    ///
    /// # Panics
    ///
    /// When it is no JSON.
    #[must_use]
    #[track_caller]
    pub fn summary(&self) -> Value {
        serde_json::from_str(&self.text("summary.json")).expect("summary.json is JSON")
    }

    /// The rows of a `.jsonl` file.
    ///
    /// # Panics
    ///
    /// When a line is no JSON.
    #[must_use]
    #[track_caller]
    pub fn rows(&self, name: &str) -> Vec<Value> {
        let text = self.text(name);
        text.lines()
            .map(|line| {
                serde_json::from_str(line).unwrap_or_else(|error| panic!("{error}: {line}"))
            })
            .collect()
    }

    /// The rows of `trace_summary.jsonl` by case name.
    #[must_use]
    #[track_caller]
    pub fn runs(&self) -> std::collections::BTreeMap<String, Value> {
        let rows = self.rows("trace_summary.jsonl");
        rows.into_iter()
            .map(|row| (row["case"].as_str().unwrap_or_default().to_owned(), row))
            .collect()
    }

    /// Every file below the directory, with its bytes.
    ///
    /// # Panics
    ///
    /// When one cannot be read.
    #[must_use]
    pub fn files(&self) -> Vec<(PathBuf, Vec<u8>)> {
        let mut files = Vec::new();
        let mut folders = vec![self.folder.clone()];
        while let Some(folder) = folders.pop() {
            for entry in fs::read_dir(folder).expect("the folder is there") {
                let path = entry.expect("entries are read").path();
                if path.is_dir() {
                    folders.push(path);
                } else {
                    let bytes = fs::read(&path).expect("files are read");
                    files.push((path, bytes));
                }
            }
        }
        files
    }
}

//! Which experiment of an output directory is whose.

use std::{
    fs,
    path::{Path, PathBuf},
};

use super::locked::FileLock;
use crate::artifact::{ArtifactError, Operation};

/// The most that is remembered: far more runs than there are at once.
const MOST: usize = 100;

/// The directory that is registered for a key and still there; otherwise the one that `create` makes, while others wait.
pub(super) fn find_or_register<E: From<ArtifactError>>(
    output_dir: &Path,
    key: &str,
    create: impl FnOnce() -> Result<PathBuf, E>,
) -> Result<PathBuf, E> {
    fs::create_dir_all(output_dir)
        .map_err(|error| ArtifactError::new(Operation::CreateDirectory, output_dir, error))?;
    let registry = FileLock::open(output_dir.join(".nextest"))?;
    registry.held(|| {
        let text = registry.text().map_err(|error| registry.error(error))?;
        let mut lines: Vec<&str> = text.lines().collect();
        let known = lines.iter().rev().find_map(|line| line.strip_prefix(key));
        let known = known.map(|name| output_dir.join(name.trim_start()));
        if let Some(directory) = known.filter(|directory| directory.is_dir()) {
            return Ok(directory);
        }
        let directory = create()?;
        let name = directory.file_name().unwrap_or_default().to_string_lossy();
        let line = format!("{key} {name}");
        lines.push(&line);
        let kept = &lines[lines.len().saturating_sub(MOST)..];
        let text = kept.join("\n") + "\n";
        registry
            .replace(&text)
            .map_err(|error| registry.error(error))?;
        Ok(directory)
    })
}

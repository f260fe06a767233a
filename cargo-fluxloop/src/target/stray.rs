use std::{
    collections::BTreeSet,
    fs,
    path::{Path, PathBuf},
};

use super::scan::{has_agent, scan};
use crate::workspace::Workspace;

/// How deep folders of sources may nest.
const MAX_DEPTH: usize = 32;

/// A source file with an agent that no `mod` item leads to, relative to the workspace: the commonest reason for an agent
/// that is not there.
pub(super) fn stray_file(workspace: &Workspace) -> Option<PathBuf> {
    let reached: BTreeSet<PathBuf> = workspace
        .targets()
        .iter()
        .flat_map(|target| scan(target).files)
        .collect();
    workspace.targets().iter().find_map(|target| {
        let folder = target.source().parent()?;
        let file = sources_under(folder, MAX_DEPTH)
            .into_iter()
            .find(|file| !reached.contains(file) && has_agent(target, file))?;
        Some(workspace.relative(&file).to_owned())
    })
}

/// The Rust files of a folder. What cannot be read is left out: this only helps to word a hint.
fn sources_under(folder: &Path, depth: usize) -> Vec<PathBuf> {
    let (Ok(entries), Some(depth)) = (fs::read_dir(folder), depth.checked_sub(1)) else {
        return Vec::new();
    };
    let mut paths: Vec<PathBuf> = entries.flatten().map(|entry| entry.path()).collect();
    paths.sort();
    paths
        .into_iter()
        .flat_map(|path| {
            if path.is_dir() {
                sources_under(&path, depth)
            } else if path.extension().is_some_and(|extension| extension == "rs") {
                vec![path]
            } else {
                Vec::new()
            }
        })
        .collect()
}

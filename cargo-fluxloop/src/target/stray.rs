use std::{
    collections::BTreeSet,
    fs::{self, DirEntry},
    path::{Path, PathBuf},
};

use fluxloop::target::Kind;

use super::scan::{has_agent, scan};
use crate::workspace::{CargoTarget, Workspace};

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
    // Beside examples and tests there are folders of sources that are meant to be no module.
    let with_modules = |target: &&CargoTarget| matches!(target.kind(), Kind::Lib | Kind::Bin);
    let mut targets = workspace.targets().iter().filter(with_modules);
    targets.find_map(|target| {
        let folder = target.source().parent()?;
        let file = sources_under(folder, workspace.target_directory(), MAX_DEPTH)
            .into_iter()
            .find(|file| !reached.contains(file) && has_agent(target, file))?;
        Some(workspace.relative(&file).to_owned())
    })
}

/// The Rust files of a folder, without links, hidden folders and what cargo generated. What cannot be read is left out:
/// this only helps to word a hint.
fn sources_under(folder: &Path, generated: &Path, depth: usize) -> Vec<PathBuf> {
    let (Ok(entries), Some(depth)) = (fs::read_dir(folder), depth.checked_sub(1)) else {
        return Vec::new();
    };
    let mut entries: Vec<DirEntry> = entries.flatten().collect();
    entries.sort_by_key(DirEntry::file_name);
    let mut sources = Vec::new();
    for entry in entries {
        let path = entry.path();
        let hidden = entry.file_name().as_encoded_bytes().starts_with(b".");
        match entry.file_type() {
            Ok(kind) if kind.is_dir() && !hidden && path != generated => {
                sources.extend(sources_under(&path, generated, depth));
            }
            Ok(kind) if kind.is_file() && path.extension().is_some_and(|rs| rs == "rs") => {
                sources.push(path);
            }
            _ => {}
        }
    }
    sources
}

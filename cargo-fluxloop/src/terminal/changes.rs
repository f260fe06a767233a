use std::fmt::Write as _;

use similar::{ChangeTag, TextDiff};

use super::sanitize::visible;
use crate::init::{Effect, Project};

/// What becomes of each file of a crate; of those that change, the lines.
pub(crate) fn changes(project: &Project<'_>) -> String {
    let mut text = format!(
        "Package {} in {}:",
        visible(project.name()),
        visible(&project.folder().to_string_lossy())
    );
    for change in &project.changes {
        let (verb, before) = match change.effect() {
            Effect::Create => ("create", None),
            Effect::Change => ("change", change.before.as_deref()),
            Effect::Keep => ("as it is", None),
        };
        let path = project.relative(&change.path).to_string_lossy();
        // Writing to a string cannot fail.
        let _ = write!(text, "\n  {verb:<9} {}", visible(&path));
        let Some(before) = before else { continue };
        for line in TextDiff::from_lines(before, change.after.as_str()).iter_all_changes() {
            let sign = match line.tag() {
                ChangeTag::Equal => continue,
                ChangeTag::Delete => '-',
                ChangeTag::Insert => '+',
            };
            let line = visible(line.value().trim_end());
            let _ = write!(text, "\n{:12}{}", "", format!("{sign} {line}").trim_end());
        }
    }
    text
}

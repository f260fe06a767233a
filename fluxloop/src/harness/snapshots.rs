use std::{
    cell::Cell,
    collections::{HashMap, hash_map},
    io,
    panic::{self, AssertUnwindSafe, catch_unwind},
    path::Path,
    sync::{Mutex, Once, OnceLock, PoisonError},
};

use regex::Regex;
use serde_json::{Map, Value};

use super::{
    message::{about, push_transcript},
    references::References,
    tries::SharedTries,
};
use crate::{
    config::{SnapshotSettings, to_text},
    event::{Outcome, Run},
    visible::visible,
};

/// What stands in place of what differs from run to run.
const REDACTED: &str = "[redacted]";
/// The longest name of a file but for what insta adds, in bytes. File systems take 255.
const LONGEST: usize = 180;

/// An answer that is not what it should be.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Mismatch {
    /// In a word.
    pub(super) kind: &'static str,
    /// With the texts that differ, safe to show.
    pub(super) message: String,
}

/// The answers of one configuration's cases, beside what they were.
#[derive(Debug)]
pub(super) struct Snapshots {
    compare: fn(&str, &str),
    redact: Vec<Regex>,
    references: Option<References>,
    /// What each case was answered first, and by which try.
    first: Mutex<HashMap<String, (u32, String)>>,
    /// Where the tries of a case are processes of their own.
    shared: OnceLock<SharedTries>,
}

/// An answer to compare.
#[derive(Debug)]
pub(super) struct View {
    /// What is the same in each run of a case that goes the same way.
    text: String,
    /// Which run it is.
    pub(super) about: String,
}

thread_local! {
    /// Whether this thread compares: insta says what differs, and then panics to say that it does.
    static COMPARES: Cell<bool> = const { Cell::new(false) };
}

impl Snapshots {
    pub(super) fn new(compare: fn(&str, &str), settings: &SnapshotSettings) -> Self {
        Self {
            compare,
            // They were checked when they were read.
            redact: settings
                .redact
                .iter()
                .filter_map(|text| Regex::new(text).ok())
                .collect(),
            references: None,
            first: Mutex::default(),
            shared: OnceLock::new(),
        }
    }

    /// Notes which snapshots there are tests for, where somebody wants to know.
    pub(super) fn noting(self, references: Option<References>) -> Self {
        Self { references, ..self }
    }

    /// From now on tries are compared with those that other processes make for the same experiment.
    pub(super) fn share(&self, experiment: &Path) {
        // There is one experiment.
        let _ = self.shared.set(SharedTries::of(experiment));
    }

    /// A test begins, which is called so but for its iteration. However it ends, its snapshot is wanted: a run that fails has no
    /// answer to compare.
    pub(super) fn begin(&self, case: &str, iteration: u32) -> Result<(), Mismatch> {
        let name = file_name(case);
        if let Some(references) = &self.references {
            references.add(&name).map_err(of_snapshot)?;
        }
        if let Some(shared) = self.shared.get() {
            shared
                .begin(&name, iteration)
                .map_err(|error| unknown(&error))?;
        }
        Ok(())
    }

    /// Compares the answer of a test, which is called so but for its iteration, with those of its other tries, and with its
    /// snapshot.
    pub(super) fn judge(&self, case: &str, iteration: u32, view: &View) -> Result<(), Mismatch> {
        let mut text = view.text.clone();
        for redact in &self.redact {
            text = redact.replace_all(&text, REDACTED).into_owned();
        }
        self.tries_agree(case, iteration, &text)?;
        quietly(|| (self.compare)(&file_name(case), &text)).map_err(|panic| {
            let said = panic.downcast_ref::<String>().map(String::as_str);
            let said = said.or_else(|| panic.downcast_ref::<&str>().copied());
            let said = said.unwrap_or("the answer is not that of its snapshot");
            let hint = "`cargo insta review` shows and accepts what has changed";
            of_snapshot(format!("{}\n{hint}", shown(said)))
        })
    }

    /// An agent that answers differently each time has no snapshot that could hold.
    fn tries_agree(&self, case: &str, iteration: u32, text: &str) -> Result<(), Mismatch> {
        let other = match self.shared.get() {
            Some(shared) => shared
                .add(&file_name(case), iteration, text)
                .map_err(|error| unknown(&error))?,
            None => self.first_other(case, iteration, text),
        };
        let Some((other, said)) = other else {
            return Ok(());
        };
        let message = format!(
            "unstable: the same case was answered in different ways, so it was not compared with its snapshot\n\
             iter_{other}: {}\niter_{iteration}: {}\n\
             what may differ can be left out: `snapshot.redact` in the configuration",
            shown(&said),
            shown(text)
        );
        Err(Mismatch {
            kind: "unstable",
            message,
        })
    }

    /// The first try of this process, where it was answered otherwise.
    fn first_other(&self, case: &str, iteration: u32, text: &str) -> Option<(u32, String)> {
        let mut first = self.first.lock().unwrap_or_else(PoisonError::into_inner);
        match first.entry(case.to_owned()) {
            hash_map::Entry::Vacant(none) => {
                none.insert((iteration, text.to_owned()));
                None
            }
            hash_map::Entry::Occupied(known) => {
                let (_, said) = known.get();
                (said != text).then(|| known.get().clone())
            }
        }
    }
}

fn unknown(error: &io::Error) -> Mismatch {
    of_snapshot(format!(
        "cannot compare with the other tries of this case: {error}"
    ))
}

fn of_snapshot(message: String) -> Mismatch {
    Mismatch {
        kind: "snapshot",
        message,
    }
}

/// Calls what says itself why it panics: neither the panic's place in insta nor a backtrace of it helps anybody.
fn quietly(compare: impl FnOnce()) -> std::thread::Result<()> {
    static HOOK: Once = Once::new();
    HOOK.call_once(|| {
        let usual = panic::take_hook();
        panic::set_hook(Box::new(move |panic| {
            if !COMPARES.get() {
                usual(panic);
            }
        }));
    });
    COMPARES.set(true);
    let compared = catch_unwind(AssertUnwindSafe(compare));
    COMPARES.set(false);
    compared
}

/// What there is to compare: the answer, or what was said. Nothing where the run failed.
pub(super) fn view(run: &Run, directory: &Path) -> Option<View> {
    let text = compared_text(run)?;
    let about = about(run, directory);
    Some(View { text, about })
}

fn compared_text(run: &Run) -> Option<String> {
    let Outcome::Returned(output) = &run.outcome else {
        return None;
    };
    if let Some(conversation) = &run.conversation {
        let mut text = String::new();
        push_transcript(&mut text, conversation);
        return Some(text);
    }
    match serde_json::from_str(output.get()) {
        Ok(Value::String(text)) => Some(text),
        Ok(value) => Some(to_text(&sorted(value))),
        Err(_) => Some(output.get().to_owned()),
    }
}

/// The same with the keys of objects in their order: how they come depends on what else is built.
fn sorted(value: Value) -> Value {
    match value {
        Value::Array(items) => items.into_iter().map(sorted).collect(),
        Value::Object(object) => {
            let mut entries: Vec<_> = object.into_iter().collect();
            entries.sort_unstable_by(|(one, _), (other, _)| one.cmp(other));
            let entries = entries.into_iter().map(|(key, value)| (key, sorted(value)));
            Value::Object(entries.collect::<Map<_, _>>())
        }
        plain => plain,
    }
}

/// A test's name as a file's: `::` is `__`. A name that cannot be a file's as it is, has a hash behind what is left of it.
fn file_name(case: &str) -> String {
    let plain = case.replace("::", "__");
    let is_fine = |c: char| c.is_alphanumeric() || matches!(c, '-' | '_' | '.');
    if plain.chars().all(is_fine) && plain.len() <= LONGEST {
        return plain;
    }
    let kept: String = plain.chars().filter(|c| is_fine(*c)).collect();
    let kept = &kept[..kept.floor_char_boundary(LONGEST)];
    format!("{kept}-{:08x}", crate::plan::seed::of_pair(0, case) >> 32)
}

fn shown(text: &str) -> String {
    let lines: Vec<_> = text.lines().map(visible).collect();
    lines.join("\n  ")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_case_has_a_file_of_its_own() {
        assert_eq!(
            file_name("run::ada::how-do-i-start-5feeee"),
            "run__ada__how-do-i-start-5feeee"
        );
        assert_eq!(file_name("run::any::größe"), "run__any__größe");
        let strange = [
            "run::any::a/b",
            "run::any::a\\b",
            "run::any::ab",
            "run::any::a b",
        ]
        .map(file_name);
        for (at, name) in strange.iter().enumerate() {
            assert!(
                name.starts_with("run__any__ab") && !strange[..at].contains(name),
                "{strange:?}"
            );
        }
        let long = file_name(&"x".repeat(300));
        assert!(long.len() < 200, "{long}");
    }

    #[test]
    fn tries_that_differ_are_unstable_and_not_compared() {
        let compare = |name: &str, text: &str| {
            assert_eq!(name, "run__any__a");
            assert!(text != "wrong", "insta says so");
        };
        let settings = SnapshotSettings {
            redact: vec!["[0-9]+ms".to_owned()],
            ..SnapshotSettings::default()
        };
        let snapshots = Snapshots::new(compare, &settings);
        let view = |text: &str| View {
            text: text.to_owned(),
            about: String::new(),
        };
        let judge = |iteration, text| snapshots.judge("run::any::a", iteration, &view(text));
        assert_eq!(judge(0, "took 12ms"), Ok(()));
        assert_eq!(judge(1, "took 13ms"), Ok(()));
        insta::assert_snapshot!(judge(2, "took\nlong").unwrap_err().message);
        let other = Snapshots::new(compare, &SnapshotSettings::default());
        let mismatch = other.judge("run::any::a", 0, &view("wrong")).unwrap_err();
        assert_eq!(mismatch.kind, "snapshot");
        insta::assert_snapshot!(mismatch.message, @"
        insta says so
        `cargo insta review` shows and accepts what has changed
        ");
    }

    #[test]
    fn keys_stand_in_their_order() {
        let value = serde_json::json!({"b": [{"d": 1, "c": 2}], "a": null});
        insta::assert_snapshot!(to_text(&sorted(value)), @r"
        a: null
        b:
        - c: 2
          d: 1
        ");
    }
}

use std::{fmt, future::Future, pin::Pin, sync::Arc};

use super::{CheckResult, RunView};
use crate::agent::Place;

/// A check on its way: what runs the user's function.
pub enum CheckInvocation {
    /// An `async` check.
    Async(Pin<Box<dyn Future<Output = CheckResult> + Send>>),
    /// A plain function: it may block its thread.
    Blocking(Box<dyn FnOnce() -> CheckResult + Send>),
}

impl fmt::Debug for CheckInvocation {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Async(_) => "CheckInvocation::Async",
            Self::Blocking(_) => "CheckInvocation::Blocking",
        })
    }
}

/// One registered check, as `#[fluxloop::check]` submits it.
#[derive(Debug)]
pub struct CheckEntry {
    /// What configurations choose it by.
    pub name: &'static str,
    /// Source file, as the compiler names it.
    pub file: &'static str,
    /// Line of the function's name, from 1.
    pub line: u32,
    /// Prepares the look at a run.
    pub call: fn(Arc<RunView>) -> CheckInvocation,
}

inventory::collect!(CheckEntry);

impl CheckEntry {
    /// Where the function is.
    #[must_use]
    pub fn place(&self) -> Place {
        Place {
            file: self.file,
            line: self.line,
        }
    }
}

/// The checks that this program holds, sorted by name.
#[derive(Debug)]
pub struct CheckRegistry {
    checks: Vec<&'static CheckEntry>,
}

/// Two checks have the same name.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("two checks are registered as `{name}`: at {first} and at {second}")]
pub struct CheckRegistryError {
    /// The name of both.
    pub name: &'static str,
    /// Where the first one is.
    pub first: Place,
    /// Where the second one is.
    pub second: Place,
}

impl CheckRegistryError {
    /// What to do about it.
    #[must_use]
    pub fn hint(&self) -> &'static str {
        "give one of them a name of its own: `#[fluxloop::check(name = \"…\")]`"
    }
}

impl CheckRegistry {
    /// Collects all checks whose crates are linked into this program.
    ///
    /// # Errors
    /// Fails if two checks have the same name.
    pub fn collect() -> Result<Self, CheckRegistryError> {
        Self::of(inventory::iter::<CheckEntry>)
    }

    fn of(
        entries: impl IntoIterator<Item = &'static CheckEntry>,
    ) -> Result<Self, CheckRegistryError> {
        let mut checks: Vec<_> = entries.into_iter().collect();
        // By place as well: which of two duplicates is the first must not depend on the linker.
        checks.sort_by_key(|check| (check.name, check.place()));
        match checks.windows(2).find(|pair| pair[0].name == pair[1].name) {
            Some(pair) => Err(CheckRegistryError {
                name: pair[0].name,
                first: pair[0].place(),
                second: pair[1].place(),
            }),
            None => Ok(Self { checks }),
        }
    }

    /// All checks, in the order of their names.
    #[must_use]
    pub fn checks(&self) -> impl ExactSizeIterator<Item = &'static CheckEntry> + '_ {
        self.checks.iter().copied()
    }

    /// The check of this name.
    #[must_use]
    pub fn get(&self, name: &str) -> Option<&'static CheckEntry> {
        let found = self.checks.binary_search_by(|check| check.name.cmp(name));
        found.ok().map(|index| self.checks[index])
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn entry(name: &'static str, line: u32) -> &'static CheckEntry {
        Box::leak(Box::new(CheckEntry {
            name,
            file: "src/desk.rs",
            line,
            call: |_| CheckInvocation::Blocking(Box::new(|| CheckResult::Passed)),
        }))
    }

    #[test]
    fn checks_are_sorted_and_found_by_name() {
        let registry = CheckRegistry::of([entry("polite", 9), entry("brief", 40)]).unwrap();
        let names: Vec<_> = registry.checks().map(|check| check.name).collect();
        assert_eq!(names, ["brief", "polite"]);
        assert_eq!(registry.get("polite").unwrap().line, 9);
        assert!(registry.get("polit").is_none());
    }

    #[test]
    fn two_of_one_name_are_refused_with_both_places_in_order() {
        let error = CheckRegistry::of([entry("polite", 40), entry("polite", 9)]).unwrap_err();
        assert_eq!(
            error.to_string(),
            "two checks are registered as `polite`: at src/desk.rs:9 and at src/desk.rs:40"
        );
    }
}

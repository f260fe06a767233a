use std::fmt;

use super::AgentEntry;

/// The agents that this program holds, sorted by id.
#[derive(Debug)]
pub struct Registry {
    agents: Vec<(String, &'static AgentEntry)>,
}

/// Two agents have the same id.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("two agents are registered as `{id}`: at {first} and at {second}")]
pub struct RegistryError {
    /// The id of both.
    pub id: String,
    /// Where the first one is.
    pub first: Place,
    /// Where the second one is.
    pub second: Place,
}

impl RegistryError {
    /// What to do about it.
    #[must_use]
    pub fn hint(&self) -> &'static str {
        "give one of them a name of its own: `#[fluxloop::agent(name = \"…\")]`"
    }
}

/// A line of a source file, shown as `file:line`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Place {
    /// As the compiler names it.
    pub file: &'static str,
    /// From 1.
    pub line: u32,
}

impl fmt::Display for Place {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}:{}", self.file, self.line)
    }
}

impl Registry {
    /// Collects all agents whose crates are linked into this program.
    ///
    /// A crate that only stands in `Cargo.toml` is not linked: its agents are here once something names it, as
    /// `use my_crate as _;` does.
    ///
    /// # Errors
    /// Fails if two agents have the same id.
    pub fn collect() -> Result<Self, RegistryError> {
        Self::of(inventory::iter::<AgentEntry>)
    }

    fn of(entries: impl IntoIterator<Item = &'static AgentEntry>) -> Result<Self, RegistryError> {
        let mut agents: Vec<_> = entries
            .into_iter()
            .map(|entry| (entry.id(), entry))
            .collect();
        // By place as well: which of two duplicates is the first must not depend on the linker.
        agents.sort_by(|(id, entry), (other_id, other)| {
            (id, entry.place()).cmp(&(other_id, other.place()))
        });
        match agents.windows(2).find(|pair| pair[0].0 == pair[1].0) {
            Some(pair) => Err(RegistryError {
                id: pair[0].0.clone(),
                first: pair[0].1.place(),
                second: pair[1].1.place(),
            }),
            None => Ok(Self { agents }),
        }
    }

    /// All agents, in the order of their ids.
    #[must_use]
    pub fn agents(&self) -> impl ExactSizeIterator<Item = &'static AgentEntry> + '_ {
        self.agents.iter().map(|(_, entry)| *entry)
    }

    /// The agent with this [id](AgentEntry::id).
    #[must_use]
    pub fn get(&self, id: &str) -> Option<&'static AgentEntry> {
        self.agents
            .binary_search_by(|(other, _)| other.as_str().cmp(id))
            .ok()
            .map(|index| self.agents[index].1)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::agent::Invocation;

    fn entry(name: &'static str, line: u32, binary: Option<&'static str>) -> &'static AgentEntry {
        Box::leak(Box::new(AgentEntry {
            name,
            module_path: "shop::support",
            file: "src/support.rs",
            line,
            package: "shop",
            binary,
            bind: |_| Ok(()),
            call: |_, _| Ok(Invocation::Blocking(Box::new(|| Ok(Box::default())))),
        }))
    }

    #[test]
    fn agents_are_sorted_and_found_by_id() {
        let registry = Registry::of([entry("refund", 9, None), entry("greet", 40, None)]).unwrap();
        let ids: Vec<_> = registry.agents().map(AgentEntry::id).collect();
        assert_eq!(ids, ["shop::support:greet", "shop::support:refund"]);
        assert_eq!(registry.get("shop::support:refund").unwrap().line, 9);
        assert!(registry.get("shop::support:ref").is_none());
        assert!(registry.get("shop::support:refunds").is_none());
    }

    #[test]
    fn duplicates_are_rejected_with_both_places_in_order() {
        let error = Registry::of([entry("run", 40, None), entry("run", 9, None)]).unwrap_err();
        assert_eq!(
            error.to_string(),
            "two agents are registered as `shop::support:run`: at src/support.rs:9 and at src/support.rs:40"
        );
    }

    #[test]
    fn a_binary_and_the_library_of_its_name_are_told_apart() {
        let registry =
            Registry::of([entry("run", 9, Some("shop")), entry("run", 9, None)]).unwrap();
        let ids: Vec<_> = registry.agents().map(AgentEntry::id).collect();
        assert_eq!(ids, ["shop::support:run", "shop::support:run@shop"]);
    }
}

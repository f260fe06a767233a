use std::fmt;

use super::{AgentName, CrateNames, Named, Query, TargetSpec};

/// How many agents a message lists.
const SHOWN: usize = 10;

/// An agent as messages show it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Listed {
    /// A target that means this agent and no other of the list, if there is one.
    pub target: String,
    /// `src/lib.rs:12`
    pub place: String,
}

impl Named for AgentName {
    fn agent_name(&self) -> &AgentName {
        self
    }
}

impl Listed {
    /// Lists agents, each by the shortest target that tells it apart.
    pub fn all(
        agents: impl IntoIterator<Item = (AgentName, String)>,
        crates: &CrateNames,
    ) -> Vec<Self> {
        let (names, places): (Vec<AgentName>, Vec<String>) = agents.into_iter().unzip();
        names
            .iter()
            .zip(places)
            .map(|(name, place)| Self {
                target: unique_target(name, &names, crates),
                place,
            })
            .collect()
    }

    /// Whether a target is likely to be this one, misspelt.
    #[must_use]
    pub fn is_near(&self, target: &str) -> bool {
        const LIKELY: f64 = 0.8;
        let function = |text: &str| text.rsplit([':', '.']).next().map(str::to_owned);
        let (Some(wanted), Some(own)) = (function(target), function(&self.target)) else {
            return false;
        };
        strsim::jaro_winkler(&wanted, &own) > LIKELY
    }

    /// Puts those nearest to a target first.
    pub fn sort_by_nearness(list: &mut [Self], spec: &TargetSpec) {
        let wanted = spec.to_string().replace("::", ".");
        let near = |listed: &Self| {
            let name = listed.target.rsplit(':').next().unwrap_or_default();
            let by_name = strsim::jaro_winkler(spec.function(), name);
            let whole = strsim::jaro_winkler(&wanted, &listed.target);
            by_name + whole
        };
        list.sort_by(|a, b| {
            near(b)
                .total_cmp(&near(a))
                .then_with(|| a.target.cmp(&b.target))
        });
    }
}

fn unique_target(name: &AgentName, among: &[AgentName], crates: &CrateNames) -> String {
    let plain = name.to_string();
    let with_kind = format!("{}.{plain}", name.kind().prefix());
    let with_package = format!("{}.{plain}", name.package());
    let candidates = [&plain, &with_kind, &with_package];
    let means_it = |candidate: &&&String| {
        candidate.parse::<TargetSpec>().is_ok_and(|spec| {
            let query = Query::new(&spec, crates);
            matches!(query.best(among)[..], [only] if std::ptr::eq(only, name))
        })
    };
    candidates
        .iter()
        .find(means_it)
        .map_or_else(|| plain.clone(), |target| (*target).clone())
}

/// The lines of a list in a message, each indented.
pub(super) struct Lines<'a>(pub(super) &'a [Listed]);

impl fmt::Display for Lines<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let shown = &self.0[..self.0.len().min(SHOWN)];
        let width = shown
            .iter()
            .map(|listed| listed.target.chars().count())
            .max();
        let width = width.unwrap_or_default();
        for listed in shown {
            write!(f, "\n  {:width$}  {}", listed.target, listed.place)?;
        }
        if self.0.len() > SHOWN {
            write!(f, "\n  … and {} more", self.0.len() - SHOWN)?;
        }
        Ok(())
    }
}

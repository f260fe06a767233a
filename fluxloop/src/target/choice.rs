use super::{AgentName, CrateNames, Listed, Named, Query, listed::Lines};
use crate::worker::protocol::AgentInfo;

/// A registered agent with the name it is matched by.
#[derive(Clone, Debug)]
pub struct Candidate<'r> {
    /// The agent.
    pub agent: &'r AgentInfo,
    /// Its name, with the kind of cargo target that it is compiled in.
    pub name: AgentName,
    /// Whether it stands in the target itself, rather than in a library that the target links.
    pub own: bool,
}

impl Named for Candidate<'_> {
    fn agent_name(&self) -> &AgentName {
        &self.name
    }
}

/// Why no agent was chosen.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum ChoiceError {
    /// Several agents fit.
    #[error("target `{spec}` fits {} agents:{}", .matches.len(), Lines(.matches))]
    Ambiguous {
        /// The target.
        spec: String,
        /// They.
        matches: Vec<Listed>,
    },
    /// No target is configured, and there are several agents.
    #[error("no target is configured, and there are {} agents:{}", .known.len(), Lines(.known))]
    Unspecified {
        /// They.
        known: Vec<Listed>,
    },
    /// No agent fits.
    #[error("no agent fits target `{spec}`; there are:{}", Lines(.known))]
    Unknown {
        /// The target.
        spec: String,
        /// All agents, the nearest name first.
        known: Vec<Listed>,
        /// Set if nothing was built: a target that would build a crate to look for the agent.
        crate_to_name: Option<String>,
    },
}

impl ChoiceError {
    /// No agent of a list is meant by a query.
    #[must_use]
    pub fn unknown(query: &Query, mut known: Vec<Listed>, crate_to_name: Option<String>) -> Self {
        Listed::sort_by_nearness(&mut known, query.spec());
        Self::Unknown {
            spec: query.spec().to_string(),
            known,
            crate_to_name,
        }
    }

    /// What to do about it.
    #[must_use]
    pub fn hint(&self) -> String {
        match self {
            Self::Ambiguous { .. } => "name one of them as it stands in the list".to_owned(),
            Self::Unspecified { known } => {
                let first = known.first().map_or("", |listed| listed.target.as_str());
                format!(
                    "put the one to run into the configuration:\nrunner:\n  target: \"{first}\""
                )
            }
            Self::Unknown {
                spec,
                known,
                crate_to_name,
            } => {
                let nearest = known.first().filter(|listed| listed.is_near(spec));
                let advice = match nearest {
                    Some(listed) => format!("did you mean `{}`?", listed.target),
                    None => "take one of the list".to_owned(),
                };
                let is_listed =
                    |target: &&String| known.iter().any(|agent| agent.target == **target);
                match crate_to_name.as_ref().filter(|target| !is_listed(target)) {
                    Some(target) => format!(
                        "{advice} (an agent that a macro writes is found if its crate is named, as in `{target}`)"
                    ),
                    None => advice,
                }
            }
        }
    }
}

/// The agent that is meant; the only one, if there is no query.
///
/// # Errors
///
/// When none or several are.
pub fn choose<'r>(
    query: Option<&Query>,
    candidates: &[Candidate<'r>],
    crates: &CrateNames,
) -> Result<&'r AgentInfo, ChoiceError> {
    // The target's own agents come before those of a library that it happens to link.
    let own = || candidates.iter().filter(|candidate| candidate.own);
    let mut fitting: Vec<_> = match query {
        Some(query) => query.best(own()),
        None => own().collect(),
    };
    if fitting.is_empty() {
        fitting = match query {
            Some(query) => query.best(candidates),
            None => candidates.iter().collect(),
        };
    }
    match (fitting.as_slice(), query) {
        ([only], _) => Ok(only.agent),
        ([], Some(query)) => Err(ChoiceError::unknown(
            query,
            listed(candidates, crates),
            None,
        )),
        (_, Some(query)) => Err(ChoiceError::Ambiguous {
            spec: query.spec().to_string(),
            matches: listed(fitting, crates),
        }),
        (_, None) => Err(ChoiceError::Unspecified {
            known: listed(fitting, crates),
        }),
    }
}

/// Registered agents as messages show them.
pub fn listed<'c, 'r: 'c>(
    candidates: impl IntoIterator<Item = &'c Candidate<'r>>,
    crates: &CrateNames,
) -> Vec<Listed> {
    let entries = candidates.into_iter().map(|candidate| {
        let AgentInfo { file, line, .. } = candidate.agent;
        (candidate.name.clone(), format!("{file}:{line}"))
    });
    Listed::all(entries, crates)
}

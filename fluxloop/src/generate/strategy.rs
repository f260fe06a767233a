use std::{fmt, str::FromStr};

use serde::{Serialize, Serializer};

use super::{adversarial, form::Form, length, mistakes, persona, phrasing, typos};

/// How generated inputs differ from those they are made of.
///
/// ```
/// use fluxloop::generate::Strategy;
///
/// let strategy: Strategy = "error_prone".parse()?;
/// assert_eq!(strategy, Strategy::ErrorProne);
/// assert!(!strategy.needs_model());
/// assert!(Strategy::Multilingual.needs_model());
/// # Ok::<(), fluxloop::generate::GenerateError>(())
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Strategy {
    /// The same question in other words. English.
    Rephrase,
    /// The same in more words: a story before it, hedges, fillers. English.
    Verbose,
    /// The same in fewer words. English, for the most part.
    Concise,
    /// Casing, punctuation, lost spaces, mixed-up words.
    ErrorProne,
    /// Neighbouring keys, dropped, doubled and swapped letters.
    Typo,
    /// As the persona would ask: by its expertise, characteristics, goals and constraints.
    PersonaBased,
    /// What an agent should survive: injections, lookalike and invisible characters, very long and empty texts.
    Adversarial,
    /// In other languages. Needs a model.
    Multilingual,
    /// As a prompt of one's own says. Needs a model.
    Custom,
}

impl Strategy {
    /// Each of them.
    pub const ALL: [Self; 9] = [
        Self::Rephrase,
        Self::Verbose,
        Self::Concise,
        Self::ErrorProne,
        Self::Typo,
        Self::PersonaBased,
        Self::Adversarial,
        Self::Multilingual,
        Self::Custom,
    ];

    /// What configurations, options and generated files call it: `error_prone`.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Rephrase => "rephrase",
            Self::Verbose => "verbose",
            Self::Concise => "concise",
            Self::ErrorProne => "error_prone",
            Self::Typo => "typo",
            Self::PersonaBased => "persona_based",
            Self::Adversarial => "adversarial",
            Self::Multilingual => "multilingual",
            Self::Custom => "custom",
        }
    }

    /// Whether rules alone cannot do it.
    #[must_use]
    pub fn needs_model(self) -> bool {
        self.forms().is_empty()
    }

    /// Whether its inputs ask for the same as what they are made of: then the same answer is expected.
    #[must_use]
    pub fn asks_for_the_same(self) -> bool {
        match self {
            Self::Rephrase
            | Self::Verbose
            | Self::Concise
            | Self::ErrorProne
            | Self::Typo
            | Self::PersonaBased => true,
            Self::Adversarial | Self::Multilingual | Self::Custom => false,
        }
    }

    pub(super) fn forms(self) -> &'static [Form] {
        match self {
            Self::Rephrase => phrasing::FORMS,
            Self::Verbose => length::VERBOSE,
            Self::Concise => length::CONCISE,
            Self::ErrorProne => mistakes::FORMS,
            Self::Typo => typos::FORMS,
            Self::PersonaBased => persona::FORMS,
            Self::Adversarial => adversarial::FORMS,
            Self::Multilingual | Self::Custom => &[],
        }
    }
}

impl fmt::Display for Strategy {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

impl FromStr for Strategy {
    type Err = super::GenerateError;

    fn from_str(name: &str) -> Result<Self, Self::Err> {
        let known = Self::ALL
            .into_iter()
            .find(|strategy| strategy.name() == name);
        known.ok_or_else(|| super::GenerateError::UnknownStrategy(name.to_owned()))
    }
}

impl Serialize for Strategy {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(self.name())
    }
}

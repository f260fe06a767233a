use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

/// How much a simulated user knows.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum ExpertiseLevel {
    /// New to the subject.
    Novice,
    /// Knows the basics.
    Intermediate,
    /// Knows it better than most.
    Expert,
}

/// The simulated user of a run.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct Persona {
    /// Unique among the configured personas.
    pub name: String,
    /// Who this is, in a sentence or two.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub description: Option<String>,
    /// Traits, such as `impatient`.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub characteristics: Vec<String>,
    /// The language the user writes in, a BCP 47 tag; `en` unless configured.
    #[serde(default = "english")]
    pub language: String,
    /// How much the user knows.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub expertise_level: Option<ExpertiseLevel>,
    /// What the user wants to get done.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub goals: Vec<String>,
    /// What the user will not accept.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub constraints: Vec<String>,
    /// Anything else that the configuration says of this user.
    #[serde(default, skip_serializing_if = "Map::is_empty")]
    pub custom_attributes: Map<String, Value>,
}

fn english() -> String {
    "en".to_owned()
}

impl Persona {
    /// A persona known by its name alone.
    #[must_use]
    pub fn named(name: impl Into<String>) -> Self {
        Self {
            name: name.into(),
            description: None,
            characteristics: Vec::new(),
            language: english(),
            expertise_level: None,
            goals: Vec::new(),
            constraints: Vec::new(),
            custom_attributes: Map::new(),
        }
    }
}

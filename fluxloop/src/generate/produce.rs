use std::{
    collections::HashSet,
    num::{NonZeroU32, NonZeroUsize},
    sync::Arc,
};

use serde::Serialize;
use serde_json::{Map, Value};
use sha2::{Digest, Sha256};

use super::{
    GenerateError, Strategy,
    chance::Chance,
    form::{Form, Source},
};
use crate::{
    Persona,
    config::Config,
    input::RawInput,
    plan::{InputIds, Personas},
};

/// What is to be generated.
#[derive(Clone, Debug)]
pub struct Generation<'a> {
    /// Base inputs, personas, and who of them is kept.
    pub config: &'a Config,
    /// In the order they take turns; none for those that are used by default.
    pub strategies: Vec<Strategy>,
    /// How many inputs each base input, persona and strategy give.
    pub variations: NonZeroU32,
    /// Of every choice.
    pub seed: u64,
    /// The most inputs there are to be.
    pub limit: Option<NonZeroUsize>,
}

/// Generated inputs, none twice, and what the user should know of them.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct Generated {
    /// Who wrote them.
    pub author: Author,
    /// Those that were used.
    pub strategies: Vec<Strategy>,
    /// At least one, of rules.
    pub inputs: Vec<GeneratedInput>,
    /// In sentences.
    pub warnings: Vec<String>,
}

/// Who wrote inputs.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Author {
    /// Rules.
    Rules {
        /// Of every choice.
        seed: u64,
    },
    /// A model.
    Model {
        /// Whose it is: `openai`.
        provider: &'static str,
        /// As the provider calls it.
        model: String,
    },
}

/// An input as the file has it.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[non_exhaustive]
pub struct GeneratedInput {
    /// The text.
    pub input: String,
    /// Who asks.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub persona: Option<String>,
    /// The same for the same base input, form, persona and text.
    pub id: String,
    /// The text of the base input.
    pub source: String,
    /// What it was made by.
    pub strategy: Strategy,
    /// The form of the strategy: `dropped_letter`; a model has none.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub variation: Option<&'static str>,
    /// The base input's own.
    #[serde(skip_serializing_if = "Value::is_null")]
    pub metadata: Value,
    /// What is expected of the base input's runs, as far as that is right for this one, too.
    #[serde(skip_serializing_if = "Value::is_null")]
    pub expect: Value,
    /// The checks of the base input's runs, as above.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub checks: Vec<String>,
}

/// Generates inputs of a configuration's `base_inputs`.
///
/// Base inputs, personas and strategies take turns, so that a limit leaves some of each.
///
/// # Errors
///
/// Without base inputs or anything to do for the strategies; personas that are not configured; a strategy that needs a
/// model.
pub fn generate(generation: &Generation<'_>) -> Result<Generated, GenerateError> {
    let config = generation.config;
    if let Some(strategy) = generation
        .strategies
        .iter()
        .find(|strategy| strategy.needs_model())
    {
        return Err(GenerateError::NeedsModel(*strategy));
    }
    let mut warnings = Vec::new();
    let askings = askings(config, &mut warnings)?;
    let strategies = strategies(generation, &askings, &mut warnings);
    let mut inputs = Vec::new();
    let mut seen = HashSet::new();
    let most = generation.limit.map_or(usize::MAX, NonZeroUsize::get);
    for round in 0..strategies.len() * generation.variations.get() as usize {
        for (turn, asking) in askings.iter().enumerate() {
            if inputs.len() == most {
                break;
            }
            let strategy = strategies[(round + turn) % strategies.len()];
            let variation = round / strategies.len();
            let maker = Maker {
                asking,
                strategy,
                seed: generation.seed,
            };
            inputs.extend(maker.input(variation, &mut seen));
        }
    }
    if inputs.is_empty() {
        return Err(GenerateError::NothingGenerated);
    }
    Ok(Generated {
        author: Author::Rules {
            seed: generation.seed,
        },
        strategies,
        inputs,
        warnings,
    })
}

/// A base input and who asks it.
pub(super) struct Asking<'a> {
    pub(super) id: String,
    pub(super) text: &'a str,
    pub(super) base: &'a RawInput,
    pub(super) persona: Option<Arc<Persona>>,
}

pub(super) fn askings<'a>(
    config: &'a Config,
    warnings: &mut Vec<String>,
) -> Result<Vec<Asking<'a>>, GenerateError> {
    if config.base_inputs.is_empty() {
        return Err(GenerateError::NoBaseInputs);
    }
    let personas = Personas::new(config)?;
    let mut ids = InputIds::new(&config.secrets);
    let mut askings = Vec::new();
    let mut is_text = false;
    for base in &config.base_inputs {
        let id = ids.assign(base);
        let Value::String(text) = &base.input else {
            warnings.push(format!(
                "{}: nothing is generated of an input that is no text",
                base.place
            ));
            continue;
        };
        is_text = true;
        for persona in personas.asking(base)? {
            askings.push(Asking {
                id: id.clone(),
                text,
                base,
                persona,
            });
        }
    }
    match (askings.is_empty(), is_text) {
        (false, _) => Ok(askings),
        (true, true) => Err(personas.nothing_left(&config.base_inputs).into()),
        (true, false) => Err(GenerateError::NothingGenerated),
    }
}

/// Those that were asked for, or that are used by default: nobody gets attacks who does not ask for them.
pub(super) fn strategies(
    generation: &Generation<'_>,
    askings: &[Asking<'_>],
    warnings: &mut Vec<String>,
) -> Vec<Strategy> {
    let has_personas = askings.iter().any(|asking| asking.persona.is_some());
    let mut strategies = generation.strategies.clone();
    if strategies.is_empty() {
        strategies.extend([
            Strategy::Rephrase,
            Strategy::Verbose,
            Strategy::Concise,
            Strategy::ErrorProne,
            Strategy::Typo,
        ]);
        if has_personas {
            strategies.push(Strategy::PersonaBased);
        }
    } else if strategies.contains(&Strategy::PersonaBased) && !has_personas {
        warnings.push(
            "the strategy `persona_based` has nothing to do: no persona is configured".to_owned(),
        );
    }
    strategies
}

/// Makes inputs of one base input, persona and strategy.
struct Maker<'a> {
    asking: &'a Asking<'a>,
    strategy: Strategy,
    seed: u64,
}

impl Maker<'_> {
    /// Each variation prefers another form. A text that is there already is passed over for the next form's.
    fn input(
        &self,
        variation: usize,
        seen: &mut HashSet<(Option<String>, String)>,
    ) -> Option<GeneratedInput> {
        let asking = self.asking;
        let persona = asking.persona.as_deref();
        let name = persona.map(|persona| persona.name.clone());
        let what = format!(
            "{}::{}::{}",
            asking.id,
            name.as_deref().unwrap_or("any"),
            self.strategy
        );
        let mut forms: Vec<Form> = Chance::of(self.seed, &what).shuffled(self.strategy.forms());
        let first = variation % forms.len();
        forms.rotate_left(first);
        let source = Source {
            text: asking.text,
            persona,
        };
        forms.iter().find_map(|form| {
            let mut chance = Chance::of(self.seed, &format!("{what}::{}::{variation}", form.name));
            let text = form.of(source, &mut chance)?;
            seen.insert((name.clone(), text.clone()))
                .then(|| GeneratedInput {
                    id: id(&asking.id, form.name, name.as_deref(), &text),
                    input: text,
                    persona: name.clone(),
                    source: asking.text.to_owned(),
                    strategy: self.strategy,
                    variation: Some(form.name),
                    metadata: sorted(&asking.base.metadata),
                    expect: asking.expected(self.strategy),
                    checks: asking.checks(self.strategy),
                })
        })
    }
}

impl Asking<'_> {
    /// What is expected of the base input's runs: all of it where a strategy asks for the same, else what must hold
    /// whatever is asked.
    pub(super) fn expected(&self, strategy: Strategy) -> Value {
        let expect = &self.base.expect;
        if strategy.asks_for_the_same() {
            sorted(expect.written())
        } else {
            sorted(&expect.of_any_answer())
        }
    }

    /// The checks of the base input's runs, where a strategy asks for the same.
    pub(super) fn checks(&self, strategy: Strategy) -> Vec<String> {
        let chosen = self.base.checks.iter();
        let chosen = chosen.filter(|_| strategy.asks_for_the_same());
        chosen.map(|check| check.name.clone()).collect()
    }
}

/// `how-do-i-start-5feeee.dropped_letter.1c09ab`: says what it is made of, and depends on nothing else.
pub(super) fn id(base: &str, form: &str, persona: Option<&str>, text: &str) -> String {
    let mut hash = Sha256::new();
    hash.update(persona.unwrap_or_default());
    hash.update([0]);
    hash.update(text);
    let hash = hash.finalize();
    format!(
        "{base}.{form}.{:02x}{:02x}{:02x}",
        hash[0], hash[1], hash[2]
    )
}

/// Metadata in the order of its keys, whoever else is in the build; null where there is none.
pub(super) fn sorted(metadata: &Map<String, Value>) -> Value {
    if metadata.is_empty() {
        return Value::Null;
    }
    let mut metadata = Value::Object(metadata.clone());
    metadata.sort_all_objects();
    metadata
}

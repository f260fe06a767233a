use std::{collections::BTreeMap, sync::Arc};

use serde_json::Value;

use super::{PlanError, PlanErrorKind};
use crate::{
    Persona,
    config::{Config, nearest},
    input::RawInput,
};

/// Who asks which input.
#[derive(Debug)]
pub(crate) struct Personas<'a> {
    configured: BTreeMap<&'a str, Arc<Persona>>,
    /// Those that ask an input which names nobody, in the order of the configuration or of `--personas`.
    asking: Vec<Arc<Persona>>,
    filter: Option<&'a [String]>,
    /// Asks every input, whoever it names.
    forced: Option<Arc<Persona>>,
}

impl<'a> Personas<'a> {
    pub(crate) fn new(config: &'a Config) -> Result<Self, PlanError> {
        let all: Vec<_> = config.personas.iter().cloned().map(Arc::new).collect();
        let configured: BTreeMap<_, _> = config
            .personas
            .iter()
            .zip(&all)
            .map(|(persona, shared)| (persona.name.as_str(), Arc::clone(shared)))
            .collect();
        let filter = config.persona_filter.as_deref();
        let asking = match filter {
            None => all,
            Some(names) => names
                .iter()
                .map(|name| match configured.get(name.as_str()) {
                    Some(persona) => Ok(Arc::clone(persona)),
                    None if configured.is_empty() => Ok(Arc::new(Persona::named(name))),
                    None => Err(unknown(
                        &configured,
                        name,
                        "`--personas` (`persona_filter`)",
                    )),
                })
                .collect::<Result<_, _>>()?,
        };
        let forced = match &config.multi_turn.persona_override {
            Some(name) if config.multi_turn.enabled => Some(match configured.get(name.as_str()) {
                Some(persona) => Arc::clone(persona),
                None if configured.is_empty() => Arc::new(Persona::named(name)),
                None => {
                    return Err(unknown(
                        &configured,
                        name,
                        "`--persona-override` (`multi_turn.persona_override`)",
                    ));
                }
            }),
            _ => None,
        };
        Ok(Self {
            configured,
            asking,
            filter,
            forced,
        })
    }

    /// Who asks this input: nobody where the filter leaves it out, `None` where no persona is known.
    pub(crate) fn asking(&self, input: &RawInput) -> Result<Vec<Option<Arc<Persona>>>, PlanError> {
        if let Some(persona) = &self.forced {
            return Ok(vec![Some(Arc::clone(persona))]);
        }
        let Some(name) = &input.persona else {
            return Ok(match (self.asking.is_empty(), self.filter) {
                (true, None) => vec![None],
                _ => self.asking.iter().cloned().map(Some).collect(),
            });
        };
        let persona = match self.configured.get(name.as_str()) {
            Some(persona) => Arc::clone(persona),
            None if self.configured.is_empty() => Arc::new(described(name, input)),
            None => return Err(unknown(&self.configured, name, &input.place)),
        };
        let kept = self.filter.is_none_or(|names| names.contains(name));
        Ok(if kept {
            vec![Some(persona)]
        } else {
            Vec::new()
        })
    }

    /// Why no case is left.
    pub(crate) fn nothing_left(&self, inputs: &[RawInput]) -> PlanError {
        let mut named: Vec<&str> = inputs
            .iter()
            .filter_map(|input| input.persona.as_deref())
            .collect();
        named.sort_unstable();
        named.dedup();
        PlanError::new(
            PlanErrorKind::NothingLeft,
            format_args!(
                "no input is left to run: `--personas {}` keeps none of the {}",
                self.filter.unwrap_or_default().join(","),
                match inputs.len() {
                    1 => "one input".to_owned(),
                    several => format!("{several} inputs"),
                }
            ),
            format_args!("the inputs name these personas: {}", named.join(", ")),
        )
    }
}

/// A persona known by an input alone.
fn described(name: &str, input: &RawInput) -> Persona {
    let mut persona = Persona::named(name);
    persona.description = input
        .metadata
        .get("persona_description")
        .and_then(Value::as_str)
        .map(str::to_owned);
    persona
}

fn unknown(configured: &BTreeMap<&str, Arc<Persona>>, name: &str, place: &str) -> PlanError {
    let names: Vec<_> = configured.keys().copied().collect();
    let nearest =
        nearest(name, names.iter().copied()).map(|known| format!("did you mean `{known}`? "));
    PlanError::new(
        PlanErrorKind::UnknownPersona,
        format_args!("{place}: no persona `{name}` is configured"),
        format_args!(
            "{}the configured personas are: {}",
            nearest.unwrap_or_default(),
            names.join(", ")
        ),
    )
}

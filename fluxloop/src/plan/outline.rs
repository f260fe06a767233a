use std::sync::Arc;

use super::{InputIds, Personas, PlanError};
use crate::{
    Persona,
    config::Config,
    input::RawInput,
    replay::{RecordedCall, Replay},
};

/// Who asks which input under which name: what a plan begins with, and all that a list of its cases says.
#[derive(Debug)]
pub(crate) struct Outline {
    /// In the order of the plan.
    pub(super) asked: Vec<Asked>,
}

/// An input, the recorded call that it goes into, if it goes into one, and who asks it.
#[derive(Debug)]
pub(super) struct Asked {
    /// Position among the inputs.
    pub(super) input: usize,
    pub(super) id: String,
    pub(super) call: Option<Arc<RecordedCall>>,
    /// Nobody where the input is left out, `None` where no persona is known.
    pub(super) by: Vec<Option<Arc<Persona>>>,
}

impl Asked {
    /// `<persona or any>::<input id>`.
    pub(super) fn name(&self, by: Option<&Persona>) -> String {
        let asker = by.map_or("any", |persona| &persona.name);
        [asker, "::", &self.id].concat()
    }
}

impl Outline {
    /// Crosses inputs with personas and names what comes of it. Where all of a recording is replayed, each input is asked
    /// once with each call, and its id ends with the call's line: `@line_3`.
    ///
    /// # Errors
    ///
    /// When an input or `--personas` names a persona that is not configured, or nobody asks anything.
    pub(crate) fn new(
        config: &Config,
        inputs: &[RawInput],
        replay: Option<&Replay>,
    ) -> Result<Self, PlanError> {
        let personas = Personas::new(config)?;
        let mut ids = InputIds::new(&config.secrets);
        let mut asked = Vec::with_capacity(inputs.len());
        for (input, raw) in inputs.iter().enumerate() {
            // Also for an input that is left out: adding a filter renames no case.
            let id = ids.assign(raw);
            let by = personas.asking(raw)?;
            for (id, call) in asked_with(&mut ids, id, replay) {
                asked.push(Asked {
                    input,
                    id,
                    call,
                    by: by.clone(),
                });
            }
        }
        if asked.iter().all(|asked| asked.by.is_empty()) {
            return Err(personas.nothing_left(inputs));
        }
        Ok(Self { asked })
    }

    /// The names of all pairs, without the agent, each with its input's position among the inputs and its id.
    #[cfg(feature = "harness")]
    pub(crate) fn pairs(&self) -> impl Iterator<Item = (String, usize, &str)> {
        self.asked.iter().flat_map(|asked| {
            let by = asked.by.iter();
            by.map(|by| (asked.name(by.as_deref()), asked.input, asked.id.as_str()))
        })
    }
}

/// The calls that an input goes into, each with an id of its own.
fn asked_with(
    ids: &mut InputIds<'_>,
    id: String,
    replay: Option<&Replay>,
) -> Vec<(String, Option<Arc<RecordedCall>>)> {
    match replay {
        None => vec![(id, None)],
        Some(replay) if !replay.is_all => vec![(id, replay.calls.first().cloned())],
        Some(replay) => {
            let calls = replay.calls.iter();
            calls
                .map(|call| {
                    let own = ids.unique(&format!("{id}@line_{}", call.line));
                    (own, Some(Arc::clone(call)))
                })
                .collect()
        }
    }
}

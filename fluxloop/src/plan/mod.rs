//! The plan: which cases an experiment has, in which order, under which names.
//!
//! A [`Plan`] is a pure value. `list cases`, the progress total, the engine and its reporters all read the
//! same one. Cases are made one by one: a million of them cost no million strings.

mod case;
mod error;
mod input_id;
mod outline;
mod personas;
pub(crate) mod seed;
mod selection;
#[cfg(test)]
mod tests;

use std::{num::NonZeroU32, sync::Arc};

pub(crate) use case::trace_id;
pub use case::{Case, PlannedInput};
pub use error::{PlanError, PlanErrorKind};
// Generated inputs are named, seeded and asked as those of a plan.
pub(crate) use input_id::InputIds;
pub(crate) use outline::Outline;
pub(crate) use personas::Personas;

use serde_json::value::RawValue;

use crate::{
    Persona,
    agent::Arguments,
    config::Config,
    expect::{ChosenCheck, Criteria},
    input::RawInput,
    replay::Replay,
};
use outline::Asked;
use selection::Selection;

/// The cases of an experiment.
#[derive(Clone, Debug)]
pub struct Plan {
    agent: String,
    iterations: NonZeroU32,
    pairs: Vec<Pair>,
    selection: Selection,
    /// Whether any case of a pair is run.
    is_run: Vec<bool>,
    /// Where the pairs stand, if they are not all that the plan has.
    part: Option<Part>,
}

/// Pairs that stand together in a plan.
#[derive(Clone, Copy, Debug)]
struct Part {
    /// The place of the first within an iteration.
    first: u64,
    /// How many the whole plan has in each.
    of: u64,
}

/// An input and who asks it: what every iteration repeats.
#[derive(Clone, Debug)]
struct Pair {
    input: Arc<PlannedInput>,
    persona: Option<Arc<Persona>>,
    persona_json: Option<Arc<RawValue>>,
    /// `<persona or any>::<input id>`.
    name: String,
    seed: u64,
}

impl Asked {
    /// Adds a pair for each persona that asks.
    fn pairs(
        &self,
        of: (&RawInput, &Criteria),
        (config, seed): (&Config, u64),
        pairs: &mut Vec<Pair>,
    ) {
        let (raw, criteria) = of;
        let mut plain = None;
        for persona in &self.by {
            let template = persona.as_ref().and(config.input_template.as_deref());
            let input = match (template, &plain) {
                (None, Some(input)) => Arc::clone(input),
                _ => Arc::new(PlannedInput::of(
                    (&self.id, raw),
                    persona.as_deref().zip(template),
                    self.call.as_ref(),
                    (&config.secrets, criteria.clone()),
                )),
            };
            if template.is_none() {
                plain = Some(Arc::clone(&input));
            }
            let name = self.name(persona.as_deref());
            let persona_json = persona
                .as_deref()
                .map(|persona| Arc::from(case::json(persona)));
            pairs.push(Pair {
                input,
                persona: persona.clone(),
                persona_json,
                seed: seed::of_pair(seed, &name),
                name,
            });
        }
    }
}

impl Plan {
    /// Crosses inputs with personas, for an experiment of this seed, and selects the cases that are to be run. What is
    /// left out changes nothing of the others: not their names, ids, positions and seeds.
    ///
    /// # Errors
    ///
    /// When an input or `--personas` names a persona that is not configured, or nothing is left to run.
    pub fn new(config: &Config, inputs: &[RawInput], seed: u64) -> Result<Self, PlanError> {
        Self::replaying(config, inputs, seed, None)
    }

    /// The same of inputs that go into the arguments of recorded calls. Where all of a recording is replayed, each input
    /// is asked once with each call, and its id ends with the call's line: `@line_3`.
    ///
    /// # Errors
    ///
    /// As [`new`](Self::new).
    pub fn replaying(
        config: &Config,
        inputs: &[RawInput],
        seed: u64,
        replay: Option<&Replay>,
    ) -> Result<Self, PlanError> {
        let outline = Outline::new(config, inputs, replay)?;
        Self::outlined(config, inputs, &outline, seed)
    }

    /// The plan of an outline of these inputs.
    ///
    /// # Errors
    ///
    /// When nothing is left to run.
    pub(crate) fn outlined(
        config: &Config,
        inputs: &[RawInput],
        outline: &Outline,
        seed: u64,
    ) -> Result<Self, PlanError> {
        let mut pairs = Vec::new();
        let secrets = &config.secrets;
        let of_all = Criteria::of_all(&config.expect, &config.checks, secrets);
        for asked in &outline.asked {
            let raw = &inputs[asked.input];
            let criteria = of_all.with(&raw.expect, &raw.checks, secrets);
            asked.pairs((raw, &criteria), (config, seed), &mut pairs);
        }
        let selection = Selection::of(&config.cases, &pairs, config.iterations)?;
        Ok(Self {
            agent: String::new(),
            iterations: config.iterations,
            is_run: selection.pairs(pairs.len()),
            selection,
            pairs,
            part: None,
        })
    }

    /// The plan of an experiment with more inputs, of which the others are not at hand: this one's pairs stand together,
    /// the first of them at a place among so many in each iteration. All cases of the whole plan are run.
    #[cfg(feature = "harness")]
    pub(crate) fn into_part(self, first: u64, of: u64) -> Self {
        let all = u64::from(self.iterations.get()) * of;
        Self {
            selection: Selection::First(all),
            part: Some(Part { first, of }),
            ..self
        }
    }

    /// The same plan for an agent of this name.
    #[must_use]
    pub fn for_agent(mut self, name: &str) -> Self {
        name.clone_into(&mut self.agent);
        self
    }

    /// How many cases are run.
    #[must_use]
    pub fn len(&self) -> u64 {
        self.selection.len()
    }

    /// How many cases `--filter`, `--sample` and `--limit` leave out.
    #[must_use]
    pub fn left_out(&self) -> u64 {
        u64::from(self.iterations.get()) * self.pairs_per_iteration() - self.len()
    }

    /// Never: a plan without cases is an error.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// Inputs that are run.
    #[must_use]
    pub fn inputs(&self) -> usize {
        let mut last = None;
        // The pairs of one input stand together.
        let ids = self.pairs_run().map(|pair| pair.input.id.as_str());
        ids.filter(|id| last.replace(*id) != Some(*id)).count()
    }

    /// Runs per input and persona.
    #[must_use]
    pub fn iterations(&self) -> NonZeroU32 {
        self.iterations
    }

    /// Names of the personas that ask something, in the order they first do.
    #[must_use]
    pub fn personas(&self) -> Vec<&str> {
        let mut names = Vec::new();
        for persona in self.pairs_run().filter_map(|pair| pair.persona.as_ref()) {
            if !names.contains(&persona.name.as_str()) {
                names.push(&persona.name);
            }
        }
        names
    }

    /// The checks that are written in Rust and that runs are judged by, each once.
    #[must_use]
    pub fn checks(&self) -> Vec<&ChosenCheck> {
        let mut chosen: Vec<&ChosenCheck> = Vec::new();
        for check in self
            .pairs_run()
            .flat_map(|pair| pair.input.criteria.checks())
        {
            if !chosen.iter().any(|known| known.name == check.name) {
                chosen.push(check);
            }
        }
        chosen
    }

    /// The inputs as agents get them, each once.
    pub fn distinct_inputs(&self) -> impl Iterator<Item = &Arc<PlannedInput>> {
        let mut last: Option<&Arc<PlannedInput>> = None;
        self.pairs_run()
            .map(|pair| &pair.input)
            .filter(move |input| {
                // The pairs of one input stand together.
                let seen = last.is_some_and(|last| Arc::ptr_eq(last, input));
                last = Some(input);
                !seen
            })
    }

    /// What the agent gets of each of the [distinct inputs](Self::distinct_inputs), in their order.
    pub fn arguments(&self) -> impl Iterator<Item = &Arguments> {
        self.distinct_inputs().map(|input| &input.arguments)
    }

    /// The case that is run as this one, from 0; `None` beyond the last.
    #[must_use]
    pub fn case(&self, index: u64) -> Option<Case> {
        self.case_at(self.selection.position(index)?)
    }

    /// The case at a position in the whole plan, from 0, whether it is run or not; `None` beyond the last.
    #[must_use]
    pub fn case_at(&self, index: u64) -> Option<Case> {
        let iteration = u32::try_from(index / self.pairs_per_iteration()).ok()?;
        if iteration >= self.iterations.get() {
            return None;
        }
        let place = index % self.pairs_per_iteration();
        let at_hand = place.checked_sub(self.part.map_or(0, |part| part.first))?;
        let pair = self.pairs.get(usize::try_from(at_hand).ok()?)?;
        Some(Case {
            index,
            iteration,
            pair: place,
            name: format!("{}::{}::iter_{iteration}", self.agent, pair.name),
            input: Arc::clone(&pair.input),
            persona: pair.persona.clone(),
            persona_json: pair.persona_json.clone(),
            seed: seed::of_iteration(pair.seed, iteration),
        })
    }

    /// The case of this name, if it is run. It costs no other case's name.
    #[must_use]
    pub fn case_named(&self, name: &str) -> Option<Case> {
        let rest = name.strip_prefix(&*self.agent)?.strip_prefix("::")?;
        let (pair, iteration) = rest.rsplit_once("::iter_")?;
        let iteration: u64 = iteration.parse().ok()?;
        let place = self.pairs.iter().position(|known| known.name == pair)?;
        let place = self.part.map_or(0, |part| part.first) + place as u64;
        let index = iteration
            .checked_mul(self.pairs_per_iteration())?
            .checked_add(place)?;
        let case = self.case_at(index)?;
        // `iter_01` is nobody's name.
        (self.selection.contains(index) && case.name == name).then_some(case)
    }

    /// The same plan with these of its cases alone, by their positions in the whole plan: the others are left out.
    #[must_use]
    pub fn only(self, positions: impl IntoIterator<Item = u64>) -> Self {
        let selection = self.selection.only(positions);
        let is_run = match self.part {
            None => selection.pairs(self.pairs.len()),
            // Those that are not run have no say: few are asked for by their names.
            Some(_) => vec![true; self.pairs.len()],
        };
        Self {
            selection,
            is_run,
            ..self
        }
    }

    /// All cases that are run, by iteration, then input, then persona.
    pub fn cases(&self) -> impl Iterator<Item = Case> {
        (0..self.len()).filter_map(|index| self.case(index))
    }

    fn pairs_run(&self) -> impl Iterator<Item = &Pair> {
        let pairs = self.pairs.iter().zip(&self.is_run);
        pairs.filter(|(_, is_run)| **is_run).map(|(pair, _)| pair)
    }

    fn pairs_per_iteration(&self) -> u64 {
        self.part.map_or(self.pairs.len() as u64, |part| part.of)
    }
}

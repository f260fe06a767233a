use std::{cell::RefCell, collections::HashSet, num::NonZeroU32, num::NonZeroUsize, pin::pin};

use futures_util::{StreamExt as _, stream};
use sha2::{Digest as _, Sha256};

use super::{
    super::{
        Author, GenerateError, Generated, GeneratedInput, Generation, Strategy,
        produce::{self, Asking},
    },
    InputWriter,
    prompt::{self, INPUTS},
    reply::{self, Wanted},
};
use crate::{
    config::Config,
    supervisor::{Moment, Question, SupervisorFailure, TokenUsage},
};

/// The most texts that are asked for at once: of more, models lose count.
const MOST_AT_ONCE: usize = 20;

/// What a model wrote, and what it did not.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct Written {
    /// As far as there are any. Texts that were rejected are among its warnings.
    pub generated: Generated,
    /// In the order of their combinations.
    pub failures: Vec<Failure>,
    /// It was to end before all was asked.
    pub interrupted: bool,
    /// What the model used; absent where it did not say.
    pub usage: Option<TokenUsage>,
}

/// A base input, persona and strategy of which not all was written.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Failure {
    /// Which: "`typo` of `how-do-i-start-5feeee` for `novice`".
    pub what: String,
    /// Why, without any secret.
    pub message: String,
    /// The provider refused the key (401, 403): nothing more was asked.
    pub refused: bool,
}

/// Asks for inputs of a configuration's `base_inputs`: so many combinations at a time, until all are written or `stop`
/// is ready. What is written by then is kept. `tell` is called for each combination that is done.
///
/// # Errors
///
/// Before anything is asked: without base inputs, personas that are not configured, `custom` without an instruction.
pub async fn write_inputs(
    generation: &Generation<'_>,
    writer: &InputWriter,
    parallel: NonZeroU32,
    stop: impl Future<Output = ()>,
    mut tell: impl FnMut(&str),
) -> Result<Written, GenerateError> {
    let config = generation.config;
    let mut warnings = Vec::new();
    let askings = produce::askings(config, &mut warnings)?;
    let strategies = produce::strategies(generation, &askings, &mut warnings);
    if strategies.contains(&Strategy::Custom) && config.generation.custom_prompt.is_none() {
        return Err(GenerateError::NoInstruction);
    }
    let combinations = combinations(generation, &askings, &strategies);
    let progress: Vec<RefCell<Progress>> =
        combinations.iter().map(|_| RefCell::default()).collect();
    let jobs = combinations.iter().zip(&progress);
    let jobs = jobs.map(|(combination, progress)| async move {
        combination.write(config, writer, progress).await;
        (combination, progress)
    });
    let at_once = usize::try_from(parallel.get()).unwrap_or(usize::MAX);
    let mut done = stream::iter(jobs).buffer_unordered(at_once);
    let mut stop = pin!(stop);
    let interrupted = loop {
        tokio::select! {
            biased;
            () = &mut stop => break true,
            next = done.next() => match next {
                None => break false,
                Some((combination, progress)) => {
                    let progress = progress.borrow();
                    tell(&format!("{}: {} of {}", combination.what(), progress.texts.len(), combination.count));
                    // No other question will be answered either.
                    if progress.failure.as_ref().is_some_and(|failure| failure.refused) {
                        break false;
                    }
                }
            },
        }
    };
    drop(done);
    let mut assembly = Assembly {
        config,
        written: Written {
            generated: Generated {
                author: Author::Model {
                    provider: writer.provider(),
                    model: writer.model().to_owned(),
                },
                strategies,
                inputs: Vec::new(),
                warnings,
            },
            failures: Vec::new(),
            interrupted,
            usage: None,
        },
        seen: HashSet::new(),
    };
    for (combination, progress) in combinations.iter().zip(progress) {
        assembly.add(combination, progress.into_inner());
    }
    Ok(assembly.written)
}

/// What one or several requests ask for.
struct Combination<'a> {
    asking: &'a Asking<'a>,
    strategy: Strategy,
    count: usize,
    /// As cassettes have it.
    name: String,
}

/// Base inputs and strategies take turns, so that a limit leaves some of each.
fn combinations<'a>(
    generation: &Generation<'_>,
    askings: &'a [Asking<'a>],
    strategies: &[Strategy],
) -> Vec<Combination<'a>> {
    let variations = usize::try_from(generation.variations.get()).unwrap_or(usize::MAX);
    let mut left = generation.limit.map_or(usize::MAX, NonZeroUsize::get);
    let mut combinations = Vec::new();
    for round in 0..strategies.len() {
        for (turn, asking) in askings.iter().enumerate() {
            let count = variations.min(left);
            if count == 0 {
                return combinations;
            }
            left -= count;
            let strategy = strategies[(round + turn) % strategies.len()];
            combinations.push(Combination {
                name: format!(
                    "generate::{}::{}::{strategy}",
                    asking.id,
                    persona(asking).unwrap_or("any")
                ),
                asking,
                strategy,
                count,
            });
        }
    }
    combinations
}

fn persona<'a>(asking: &'a Asking<'_>) -> Option<&'a str> {
    asking.persona.as_ref().map(|persona| persona.name.as_str())
}

/// What is written of a combination so far.
#[derive(Debug, Default)]
struct Progress {
    texts: Vec<String>,
    rejected: Vec<String>,
    answered: bool,
    usage: Option<TokenUsage>,
    failure: Option<SupervisorFailure>,
}

impl Combination<'_> {
    /// As messages name it.
    fn what(&self) -> String {
        let of_persona = persona(self.asking).map(|name| format!(" for `{name}`"));
        format!(
            "`{}` of `{}`{}",
            self.strategy,
            self.asking.id,
            of_persona.unwrap_or_default()
        )
    }

    /// Asks until there are as many texts as were wanted, the model has no more, or it fails.
    async fn write(&self, config: &Config, writer: &InputWriter, progress: &RefCell<Progress>) {
        for turn in 1.. {
            let known = progress.borrow().texts.clone();
            let count = MOST_AT_ONCE.min(self.count - known.len());
            if count == 0 {
                return;
            }
            let asked_for = u32::try_from(count).unwrap_or(u32::MAX);
            let question = Question {
                prompt: prompt::prompt(config, self.asking, self.strategy, asked_for, &known),
                form: &INPUTS,
                seed: seed(&self.name, turn),
            };
            let moment = Moment {
                case: &self.name,
                iteration: 0,
                turn,
            };
            let wanted = Wanted {
                source: self.asking.text,
                known: &known,
                count,
            };
            let answer = writer
                .answerer
                .put(moment, question, |text| reply::read(text, wanted));
            let answer = answer.await;
            let mut progress = progress.borrow_mut();
            match answer {
                Ok(answered) => {
                    progress.add(answered.usage);
                    progress.answered = true;
                    let got = answered.value.accepted.len();
                    progress.texts.extend(answered.value.accepted);
                    progress.rejected.extend(answered.value.rejected);
                    if got < count {
                        return;
                    }
                }
                Err(failure) => {
                    progress.add(failure.usage);
                    progress.failure = Some(failure);
                    return;
                }
            }
        }
    }
}

impl Progress {
    fn add(&mut self, usage: Option<TokenUsage>) {
        if let Some(more) = usage {
            *self.usage.get_or_insert_default() += more;
        }
    }
}

/// Of pauses: requests that are turned away together do not come back together.
fn seed(name: &str, turn: u32) -> u64 {
    let hash = Sha256::digest(name);
    let bytes = hash.iter().take(8);
    bytes.fold(u64::from(turn), |seed, byte| (seed << 8) ^ u64::from(*byte))
}

/// Puts together what was written, in the order of combinations.
struct Assembly<'a> {
    config: &'a Config,
    written: Written,
    seen: HashSet<(Option<String>, String)>,
}

impl Assembly<'_> {
    fn add(&mut self, combination: &Combination<'_>, progress: Progress) {
        let what = combination.what();
        let asking = combination.asking;
        let mut rejected = progress.rejected;
        let mut count = 0;
        for text in progress.texts {
            let text = self.config.secrets.redact(&text).into_owned();
            let name = persona(asking).map(str::to_owned);
            if !self.seen.insert((name.clone(), text.clone())) {
                rejected.push("a text was written of another input or strategy already".to_owned());
                continue;
            }
            count += 1;
            self.written.generated.inputs.push(GeneratedInput {
                id: produce::id(
                    &asking.id,
                    combination.strategy.name(),
                    name.as_deref(),
                    &text,
                ),
                input: text,
                persona: name,
                source: asking.text.to_owned(),
                strategy: combination.strategy,
                variation: None,
                metadata: produce::sorted(&asking.base.metadata),
                expect: asking.expected(combination.strategy),
                checks: asking.checks(combination.strategy),
            });
        }
        let warnings = &mut self.written.generated.warnings;
        warnings.extend(
            rejected
                .into_iter()
                .map(|reason| format!("{what}: rejected: {reason}")),
        );
        match progress.failure {
            Some(failure) => self.written.failures.push(Failure {
                what,
                message: self.config.secrets.redact(&failure.message).into_owned(),
                refused: failure.refused,
            }),
            None if progress.answered && count < combination.count => warnings.push(format!(
                "{what}: expected {} texts, found {count} that can be used",
                combination.count
            )),
            None => {}
        }
        if let Some(more) = progress.usage {
            *self.written.usage.get_or_insert_default() += more;
        }
    }
}

use std::{collections::BinaryHeap, num::NonZeroU32, sync::Arc};

use super::{Pair, PlanError, PlanErrorKind, seed};
use crate::config::CaseSelection;

/// Which cases of a plan are run. Where all of them are, or the first so many, it takes no memory; else 8 bytes a case
/// that is run.
#[derive(Clone, Debug)]
pub(super) enum Selection {
    /// This many from the first on.
    First(u64),
    /// Those at these positions, in their order.
    At(Arc<[u64]>),
}

impl Selection {
    /// Applies the filter, then the sample, then the limit.
    pub(super) fn of(
        cases: &CaseSelection,
        pairs: &[Pair],
        iterations: NonZeroU32,
    ) -> Result<Self, PlanError> {
        let whole = Whole { pairs, iterations };
        let kept = match &cases.filter {
            None => Self::First(whole.len()),
            Some(text) => whole.filtered(text)?,
        };
        let sampled = match cases.sample {
            Some(size) if u64::from(size.get()) < kept.len() => whole.sampled(&kept, size),
            _ => kept,
        };
        Ok(match cases.limit {
            Some(limit) => sampled.first(u64::from(limit.get())),
            None => sampled,
        })
    }

    pub(super) fn len(&self) -> u64 {
        match self {
            Self::First(count) => *count,
            Self::At(positions) => positions.len() as u64,
        }
    }

    /// The position in the plan of the case that is run as this one, from 0.
    pub(super) fn position(&self, index: u64) -> Option<u64> {
        match self {
            Self::First(count) => (index < *count).then_some(index),
            Self::At(positions) => positions.get(usize::try_from(index).ok()?).copied(),
        }
    }

    /// Whether the case at a position in the plan is run.
    pub(super) fn contains(&self, position: u64) -> bool {
        match self {
            Self::First(count) => position < *count,
            Self::At(positions) => positions.binary_search(&position).is_ok(),
        }
    }

    /// Of these positions those that are run, in the order of the plan.
    pub(super) fn only(&self, positions: impl IntoIterator<Item = u64>) -> Self {
        let kept = positions.into_iter().filter(|at| self.contains(*at));
        let mut kept: Vec<u64> = kept.collect();
        kept.sort_unstable();
        kept.dedup();
        Self::At(kept.into())
    }

    /// Which pairs have a case that is run, by their order.
    pub(super) fn pairs(&self, count: usize) -> Vec<bool> {
        let mut asked = vec![false; count];
        match self {
            Self::First(cases) => {
                let cases = usize::try_from(*cases).unwrap_or(count).min(count);
                asked[..cases].fill(true);
            }
            Self::At(positions) => {
                for position in positions.iter() {
                    let pair = position % count as u64;
                    asked[usize::try_from(pair).unwrap_or(0)] = true;
                }
            }
        }
        asked
    }

    fn first(self, limit: u64) -> Self {
        match self {
            Self::First(count) => Self::First(count.min(limit)),
            Self::At(positions) => {
                let limit = usize::try_from(limit).unwrap_or(usize::MAX);
                Self::At(positions[..positions.len().min(limit)].into())
            }
        }
    }
}

/// All cases of a plan.
struct Whole<'a> {
    pairs: &'a [Pair],
    iterations: NonZeroU32,
}

impl Whole<'_> {
    fn len(&self) -> u64 {
        self.pairs.len() as u64 * u64::from(self.iterations.get())
    }

    /// The cases that have the text in what stands behind the agent's name. A name that was copied with the agent's is
    /// taken, too: the agent is not known yet, and all cases have the same.
    fn filtered(&self, text: &str) -> Result<Selection, PlanError> {
        let mut kept = self.matching(|name| name.contains(text));
        if kept.is_empty()
            && let Some((_agent, rest)) = text.split_once("::")
        {
            // As names begin: with a persona as a whole.
            kept = self.matching(|name| {
                let persona = name.split("::").next();
                name.starts_with(rest) && rest.split("::").next() == persona
            });
        }
        if kept.is_empty() {
            return Err(self.nothing_left(text));
        }
        Ok(Selection::At(kept.into()))
    }

    /// The positions of the cases whose `<persona or any>::<input id>::iter_<i>` is kept.
    fn matching(&self, is_kept: impl Fn(&str) -> bool) -> Vec<u64> {
        let iterations = 0..self.iterations.get();
        let names = iterations.flat_map(|n| {
            let pairs = self.pairs.iter();
            pairs.map(move |pair| format!("{}::iter_{n}", pair.name))
        });
        (0..)
            .zip(names)
            .filter(|(_, name)| is_kept(name))
            .map(|(at, _)| at)
            .collect()
    }

    /// So many cases, drawn by the seed of each: another case more or less changes little.
    fn sampled(&self, kept: &Selection, size: NonZeroU32) -> Selection {
        let size = usize::try_from(size.get()).unwrap_or(usize::MAX);
        let mut drawn: BinaryHeap<(u64, u64)> = BinaryHeap::new();
        for at in (0..).map_while(|index| kept.position(index)) {
            let count = self.pairs.len() as u64;
            let pair = &self.pairs[usize::try_from(at % count).unwrap_or(0)];
            let iteration = u32::try_from(at / count).unwrap_or(u32::MAX);
            drawn.push((seed::rank(seed::of_iteration(pair.seed, iteration)), at));
            if drawn.len() > size {
                drawn.pop();
            }
        }
        let mut positions: Vec<u64> = drawn.into_iter().map(|(_, at)| at).collect();
        positions.sort_unstable();
        Selection::At(positions.into())
    }

    fn nothing_left(&self, text: &str) -> PlanError {
        let cases = match self.len() {
            1 => "the one case".to_owned(),
            several => format!("the {several} cases"),
        };
        let example = self.pairs.first().map_or("", |pair| &pair.name);
        PlanError::new(
            PlanErrorKind::NothingLeft,
            format_args!("no case is left to run: `--filter {text}` keeps none of {cases}"),
            format_args!(
                "the text must stand in a case's name, for example in `{example}::iter_0`; \
                 `cargo fluxloop list cases` prints all names"
            ),
        )
    }
}

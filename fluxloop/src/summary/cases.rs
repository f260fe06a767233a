use std::{cmp::Ordering, collections::BTreeMap, sync::Arc};

use serde::{Deserialize, Serialize};

use super::{Interval, Tries, tally::Tally, words::percentage};
use crate::{Persona, event::FailureKind, plan::PlannedInput, visible::visible};

/// The most cases that [`Repeats`] lists.
const MOST_LISTED: usize = 1000;

/// The tries of each case: what repeated runs of it came to. It takes some 24 bytes a case.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
#[serde(from = "Written", into = "Written")]
pub(super) struct CaseTries {
    /// In the order of cases within an iteration.
    cases: Vec<Option<Tried>>,
    agent: String,
}

/// The tries of each case, written down.
#[derive(Serialize, Deserialize)]
struct Written {
    agent: String,
    /// Place, name, tries.
    cases: Vec<(usize, Box<str>, Tries)>,
}

impl From<CaseTries> for Written {
    fn from(of_all: CaseTries) -> Self {
        let CaseTries { cases, agent } = of_all;
        let cases = cases.iter().enumerate();
        let cases = cases.filter_map(|(place, tried)| {
            let tried = tried.as_ref()?;
            Some((place, tried.case.text(&agent).into(), tried.tries))
        });
        Self {
            cases: cases.collect(),
            agent,
        }
    }
}

impl From<Written> for CaseTries {
    fn from(written: Written) -> Self {
        let mut cases = Vec::new();
        for (place, name, tries) in written.cases {
            if cases.len() <= place {
                cases.resize(place + 1, None);
            }
            let case = Name::Told(name);
            cases[place] = Some(Tried { case, tries });
        }
        Self {
            cases,
            agent: written.agent,
        }
    }
}

#[derive(Clone, Debug)]
struct Tried {
    case: Name,
    tries: Tries,
}

/// A case's name without the iteration.
#[derive(Clone, Debug)]
enum Name {
    /// What it is made of besides the agent.
    Planned(Arc<PlannedInput>, Option<Arc<Persona>>),
    /// All of it.
    Told(Box<str>),
}

/// What repeated tries of the cases say.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[non_exhaustive]
pub struct Repeats {
    /// Cases with a try that ended.
    pub total: u64,
    /// Those that passed each time.
    pub always_passed: u64,
    /// Those that passed and failed.
    pub flaky: u64,
    /// Those that failed each time.
    pub never_passed: u64,
    /// pass@k by `k`, the mean over cases: how likely at least one of `k` tries passes.
    pub pass_at: BTreeMap<u32, f64>,
    /// pass^k by `k`, the mean over cases: how likely all of `k` tries pass.
    pub pass_all: BTreeMap<u32, f64>,
    /// The cases, those with the lowest rate first, else in the order of the plan; 1,000 at most.
    pub cases: Vec<CaseReport>,
    /// Cases that are not listed: none with a lower rate than those that are.
    pub omitted: u64,
}

/// What repeated tries of one case say.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[non_exhaustive]
pub struct CaseReport {
    /// Its name, without the iteration.
    pub case: String,
    /// How often it was tried, and passed.
    #[serde(flatten)]
    pub tries: Tries,
    /// From 0 to 1.
    pub pass_rate: f64,
    /// The pass rates that are likely, at 95 % confidence (Wilson).
    pub interval: Interval,
    /// pass@k by `k`.
    pub pass_at: BTreeMap<u32, f64>,
    /// pass^k by `k`.
    pub pass_all: BTreeMap<u32, f64>,
}

impl CaseReport {
    /// How it came out, safe to show: `run::any::a passed 2 of 4 (15.0% to 85.0%)`.
    #[must_use]
    pub fn sentence(&self) -> String {
        format!(
            "{} passed {} of {} ({} to {})",
            visible(&self.case),
            self.tries.passes,
            self.tries.tries,
            percentage(self.interval.low),
            percentage(self.interval.high)
        )
    }
}

impl CaseTries {
    /// Takes a finished run in. One that was cut off from outside is no try.
    pub(super) fn record(&mut self, run: &Tally<'_>) {
        if run.failed == Some(FailureKind::Cancelled) {
            return;
        }
        let Ok(place) = usize::try_from(run.pair) else {
            return;
        };
        if self.agent.is_empty() {
            let name = run.case.split("::").next();
            name.unwrap_or_default().clone_into(&mut self.agent);
        }
        if self.cases.len() <= place {
            self.cases.resize(place + 1, None);
        }
        let tried = self.cases[place].get_or_insert_with(|| Tried {
            case: Name::of(run),
            tries: Tries::default(),
        });
        tried.tries.record(run.failed.is_none());
    }

    /// The lowest pass rate of any case; absent over nothing.
    pub(super) fn worst(&self) -> Option<f64> {
        let rates = self.tried().filter_map(|tried| tried.tries.pass_rate());
        rates.min_by(f64::total_cmp)
    }

    pub(super) fn report(&self) -> Option<Repeats> {
        let most = self.tried().map(|tried| tried.tries.tries).max()?;
        let mut ranked: Vec<_> = self.tried().collect();
        let count = |holds: fn(Tries) -> bool| {
            let cases = ranked.iter().filter(|tried| holds(tried.tries));
            cases.count() as u64
        };
        let (flaky, never_passed) = (count(Tries::is_flaky), count(|tries| tries.passes == 0));
        let total = ranked.len() as u64;
        let mean = |of: fn(Tries, u32) -> Option<f64>| {
            let means = steps(most).filter_map(|k| {
                let values: Vec<_> = ranked
                    .iter()
                    .filter_map(|tried| of(tried.tries, k))
                    .collect();
                #[expect(clippy::cast_precision_loss, reason = "cases stay far below 2^53")]
                let mean = values.iter().sum::<f64>() / values.len() as f64;
                (!values.is_empty()).then_some((k, mean))
            });
            means.collect()
        };
        let (pass_at, pass_all) = (mean(Tries::pass_at), mean(Tries::pass_all));
        // Stable: cases of one rate stay in the order of the plan.
        ranked.sort_by(|one, other| {
            let (one, other) = (one.tries.pass_rate(), other.tries.pass_rate());
            one.partial_cmp(&other).unwrap_or(Ordering::Equal)
        });
        let listed = ranked.iter().take(MOST_LISTED);
        Some(Repeats {
            total,
            always_passed: total - flaky - never_passed,
            flaky,
            never_passed,
            pass_at,
            pass_all,
            cases: listed
                .filter_map(|tried| tried.report(&self.agent))
                .collect(),
            omitted: total.saturating_sub(MOST_LISTED as u64),
        })
    }

    fn tried(&self) -> impl Iterator<Item = &Tried> {
        self.cases.iter().flatten()
    }
}

impl Name {
    fn of(run: &Tally<'_>) -> Self {
        if let Some((input, persona)) = run.planned {
            return Self::Planned(Arc::clone(input), persona.cloned());
        }
        let case = run.case.rsplit_once("::iter_");
        Self::Told(case.map_or(&*run.case, |(case, _)| case).into())
    }

    fn text(&self, agent: &str) -> String {
        match self {
            Self::Planned(input, persona) => {
                let persona = persona.as_ref();
                let persona = persona.map_or("any", |persona| persona.name.as_str());
                format!("{agent}::{persona}::{}", input.id)
            }
            Self::Told(name) => name.to_string(),
        }
    }
}

impl Tried {
    fn report(&self, agent: &str) -> Option<CaseReport> {
        let each = |of: fn(Tries, u32) -> Option<f64>| {
            let values = steps(self.tries.tries);
            values
                .filter_map(|k| Some((k, of(self.tries, k)?)))
                .collect()
        };
        Some(CaseReport {
            case: self.case.text(agent),
            tries: self.tries,
            pass_rate: self.tries.pass_rate()?,
            interval: self.tries.interval()?,
            pass_at: each(Tries::pass_at),
            pass_all: each(Tries::pass_all),
        })
    }
}

/// The `k` that are reported: 1, 2, 5, 10, 20, 50 …, and all tries.
fn steps(tries: u32) -> impl Iterator<Item = u32> {
    let tens = std::iter::successors(Some(1_u32), |ten| ten.checked_mul(10));
    let steps = tens.flat_map(|ten| [1, 2, 5].map(|step| ten.saturating_mul(step)));
    let below = steps.take_while(move |step| *step < tries);
    below.chain(std::iter::once(tries))
}

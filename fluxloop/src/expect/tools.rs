//! The tools that an agent called, beside those that it was expected to call.

use std::fmt::Write as _;

use serde_json::Value;

use super::{RunFacts, compare, expectation::Verdict, quote};
use crate::{check::ToolCall, secret::Secrets};

/// Which tools are to be called.
#[derive(Clone, Debug)]
pub(super) struct ToolsExpected {
    pub(super) calls: Vec<ExpectedCall>,
    pub(super) by: Match,
    pub(super) arguments: ArgumentsBy,
}

/// One of the calls that are expected.
#[derive(Clone, Debug)]
pub(super) struct ExpectedCall {
    pub(super) name: String,
    /// Absent where any will do.
    pub(super) arguments: Option<Value>,
}

/// How the calls that were made stand to those that are expected.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Match {
    /// These, in this order, and no others.
    Exact,
    /// All of these, in this order; others may stand between them.
    InOrder,
    /// All of these, in any order; others may be made, too.
    AnyOrder,
    /// None but these, as often as the agent likes.
    Subset,
}

/// How arguments are compared.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum ArgumentsBy {
    /// The same, and no others.
    Exact,
    /// Those that are named, whatever the others are.
    Subset,
    /// Not at all.
    Ignored,
}

/// What is taken of what nobody knows.
#[derive(Clone, Copy, Debug)]
struct Assumption {
    /// Whether arguments that are not known are those that are expected.
    arguments: bool,
    /// Whether the calls that nobody knows of are what is expected; absent where there are none.
    missing: Option<bool>,
}

impl ToolsExpected {
    pub(super) fn mask(&mut self, secrets: &Secrets) {
        for arguments in self
            .calls
            .iter_mut()
            .filter_map(|call| call.arguments.as_mut())
        {
            secrets.redact_value(arguments);
        }
    }

    /// Judged only where what is not known makes no difference.
    pub(super) fn judge(&self, facts: &RunFacts) -> Verdict {
        let missing = facts.missing_calls.as_deref();
        let assuming = |best: bool| Assumption {
            arguments: best,
            missing: missing.map(|_| best),
        };
        let made = &facts.tool_calls;
        if self.holds(made, assuming(false)) {
            return Verdict::Passed;
        }
        if !self.holds(made, assuming(true)) {
            return Verdict::failed(self.in_words(), described(made));
        }
        let unknown = made.iter().find(|call| call.arguments.is_none());
        Verdict::not_judged(match (missing, unknown) {
            (Some(reason), _) => reason.to_owned(),
            (None, Some(call)) => format!(
                "the arguments of `{}` were not recorded as a whole (`observe.max_value_bytes`)",
                call.name
            ),
            (None, None) => "what was called is not known".to_owned(),
        })
    }

    fn holds(&self, made: &[ToolCall], assumed: Assumption) -> bool {
        let fits = |expected: &ExpectedCall, made: &ToolCall| self.fits(expected, made, assumed);
        match (self.by, assumed.missing) {
            // Calls that nobody knows of may be the ones that are still expected, or others.
            (Match::Exact | Match::Subset, Some(false)) => false,
            (Match::InOrder | Match::AnyOrder, Some(true)) => true,
            (Match::Exact, Some(true)) => {
                in_order(&self.calls, made, |expected, made| fits(expected, made))
            }
            (Match::Exact, None) => {
                self.calls.len() == made.len()
                    && self
                        .calls
                        .iter()
                        .zip(made)
                        .all(|(expected, made)| fits(expected, made))
            }
            (Match::InOrder, _) => {
                in_order(made, &self.calls, |made, expected| fits(expected, made))
            }
            (Match::AnyOrder, _) => all_paired(&self.calls, made, fits),
            (Match::Subset, _) => made
                .iter()
                .all(|made| self.calls.iter().any(|expected| fits(expected, made))),
        }
    }

    fn fits(&self, expected: &ExpectedCall, made: &ToolCall, assumed: Assumption) -> bool {
        if expected.name != made.name {
            return false;
        }
        match (self.arguments, &expected.arguments, &made.arguments) {
            (ArgumentsBy::Ignored, ..) | (_, None, _) => true,
            (_, Some(_), None) => assumed.arguments,
            (ArgumentsBy::Exact, Some(expected), Some(made)) => compare::same(made, expected),
            (ArgumentsBy::Subset, Some(expected), Some(made)) => compare::includes(made, expected),
        }
    }

    fn in_words(&self) -> String {
        if self.calls.is_empty() {
            return "no call of a tool".to_owned();
        }
        let calls: Vec<_> = self
            .calls
            .iter()
            .map(|call| self.call_in_words(call))
            .collect();
        let calls = calls.join(", ");
        match self.by {
            Match::Exact => format!("exactly the calls {calls}"),
            Match::InOrder => format!("the calls {calls} in this order"),
            Match::AnyOrder => format!("the calls {calls} in any order"),
            Match::Subset => format!("no calls but {calls}"),
        }
    }

    fn call_in_words(&self, call: &ExpectedCall) -> String {
        let arguments = call.arguments.as_ref();
        let arguments = arguments.filter(|_| self.arguments != ArgumentsBy::Ignored);
        let arguments = arguments.map(quote::value).unwrap_or_default();
        format!("{}{arguments}", call.name)
    }
}

/// Whether `part` stands in `whole`, in its order.
fn in_order<W, P>(whole: &[W], part: &[P], fits: impl Fn(&W, &P) -> bool) -> bool {
    let mut rest = whole.iter();
    part.iter()
        .all(|wanted| rest.any(|item| fits(item, wanted)))
}

/// Whether each of the calls that are expected has one of its own among those that were made: an expected call that
/// takes any arguments must not take the one that another needs.
fn all_paired(
    expected: &[ExpectedCall],
    made: &[ToolCall],
    fits: impl Fn(&ExpectedCall, &ToolCall) -> bool,
) -> bool {
    let mut taken_by: Vec<Option<usize>> = vec![None; made.len()];
    (0..expected.len()).all(|wanted| {
        let mut tried = vec![false; made.len()];
        takes(wanted, &mut taken_by, &mut tried, &|wanted, at| {
            fits(&expected[wanted], &made[at])
        })
    })
}

/// Finds a call for an expected one; others move on to another where that makes room (Kuhn's algorithm for matchings).
fn takes(
    wanted: usize,
    taken_by: &mut [Option<usize>],
    tried: &mut [bool],
    fits: &dyn Fn(usize, usize) -> bool,
) -> bool {
    for at in 0..taken_by.len() {
        if tried[at] || !fits(wanted, at) {
            continue;
        }
        tried[at] = true;
        let is_free = taken_by[at].is_none_or(|other| takes(other, taken_by, tried, fits));
        if is_free {
            taken_by[at] = Some(wanted);
            return true;
        }
    }
    false
}

/// Calls that a message shows.
const SHOWN: usize = 20;

fn described(made: &[ToolCall]) -> String {
    if made.is_empty() {
        return "none".to_owned();
    }
    let shown = made.iter().take(SHOWN).map(|call| {
        let arguments = call.arguments.as_ref().map(quote::value);
        format!("{}{}", call.name, arguments.unwrap_or_default())
    });
    let mut text = shown.collect::<Vec<_>>().join(", ");
    if made.len() > SHOWN {
        let _ = write!(text, " and {} more", made.len() - SHOWN);
    }
    text
}

#[cfg(test)]
mod tests;

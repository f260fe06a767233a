#![deny(warnings)]

use fluxloop::{CheckResult, RunView, ToolCall};

#[fluxloop::check]
fn outcome(run: &RunView) -> CheckResult {
    CheckResult::expect(run.text() == "yes", "expected yes")
}

#[fluxloop::check]
pub fn flag(run: &fluxloop::RunView) -> bool {
    !run.text().is_empty()
}

#[fluxloop::check]
pub(crate) fn asserts(run: &RunView) {
    assert_eq!(run.turns(), 1);
}

#[fluxloop::check]
fn fallible(run: &RunView) -> Result<(), serde_json::Error> {
    run.parse::<String>().map(drop)
}

#[fluxloop::check]
fn fallible_flag(run: &RunView) -> anyhow::Result<bool> {
    Ok(run.parse::<String>()?.len() < 80)
}

#[fluxloop::check]
fn in_words(run: &RunView) -> Result<CheckResult, String> {
    match run.token_usage() {
        None => Ok(CheckResult::not_judged("no tokens are known")),
        Some(_) => Err("too many".to_owned()),
    }
}

#[fluxloop::check(name = "polite")]
async fn asynchronous<'r>(run: &'r RunView) -> bool {
    std::future::ready(run.tool_calls().iter().all(|call: &ToolCall| call.error().is_none())).await
}

mod ours {
    use super::RunView as Run;

    #[deprecated]
    #[fluxloop::check]
    pub fn r#match(_: &Run) {}
}

type Borrowed = RunView;

#[fluxloop::check]
fn alias(run: &Borrowed) -> bool {
    run.persona().is_none()
}

fn main() {
    let names: Vec<_> = fluxloop::__private::inventory::iter::<fluxloop::__private::CheckEntry>
        .into_iter()
        .map(|check| check.name)
        .collect();
    for name in ["outcome", "flag", "asserts", "fallible", "fallible_flag", "in_words", "polite", "match", "alias"] {
        assert!(names.contains(&name), "{name} of {names:?}");
    }
    let run = RunView::of("a question", "yes");
    assert_eq!(outcome(&run), CheckResult::Passed);
    assert!(flag(&run) && alias(&run) && fallible_flag(&run).unwrap());
    asserts(&run);
    fallible(&run).unwrap();
    let _ = in_words(&run).unwrap();
    #[allow(deprecated)]
    ours::r#match(&run);
}

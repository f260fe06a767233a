use fluxloop::{CheckResult, RunView};

use super::Answer;

/// Whether the page that has to answer did. Where the input says that none has to, the honest answer is that the
/// documentation does not say.
#[fluxloop::check]
fn from_the_right_page(run: &RunView) -> Result<CheckResult, String> {
    let Some(expected) = run.metadata().get("expected_page") else {
        let reason = "the input's metadata has no `expected_page`";
        return Ok(CheckResult::not_judged(reason));
    };
    let answer = run.parse().map_err(|error| error.to_string())?;
    let found = match answer {
        Answer::Found { place, .. } => Some(place.page),
        Answer::NotInDocumentation { .. } => None,
    };
    let found = found.as_deref();
    let message = format!("expected {expected}, found {}", found.unwrap_or("no page"));
    Ok(CheckResult::expect(expected.as_str() == found, message))
}

#[cfg(test)]
mod tests {
    use fluxloop::Persona;
    use serde_json::json;

    use super::*;
    use crate::docs::answer_question;

    #[test]
    fn it_tells_right_pages_from_wrong_ones() {
        let judge = |question: &str, page: serde_json::Value| {
            let answer = answer_question(question, None).unwrap();
            let metadata = json!({"expected_page": page});
            let run = RunView::of(question, answer)
                .with_persona(Persona::named("novice_user"))
                .with_metadata(metadata.as_object().unwrap().clone());
            from_the_right_page(&run).unwrap()
        };
        let start = "How do I start?";
        assert_eq!(
            judge(start, json!("docs/getting-started.md")),
            CheckResult::Passed
        );
        assert_eq!(
            judge("What is the capital of France?", json!(null)),
            CheckResult::Passed
        );
        assert_eq!(
            judge(start, json!("docs/ci.md")),
            CheckResult::failed("expected \"docs/ci.md\", found docs/getting-started.md")
        );
        let unknown = RunView::of(start, answer_question(start, None).unwrap());
        let unknown = from_the_right_page(&unknown).unwrap();
        assert!(matches!(unknown, CheckResult::NotJudged(_)), "{unknown:?}");
    }
}

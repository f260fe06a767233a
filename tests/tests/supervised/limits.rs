//! More conversations at a time than a provider allows.

use tests::{
    list,
    provider::{Provider, openai},
};

use super::echo;

#[test]
fn two_hundred_conversations_get_through_a_limit_of_five() {
    let inputs = list((0..200).map(|number| format!("question {number}")));
    let project = echo()
        .config("multi_turn: { enabled: true }")
        .inputs(&inputs);
    let provider = Provider::limited(openai, 5);
    let arguments = format!(
        "run experiment --yes --parallel 50 --supervisor-provider openai --supervisor-base-url {}",
        provider.address
    );
    let finished = project.run(&arguments).exits(0);
    let experiment = project.latest();
    let summary = experiment.summary();
    assert_eq!(summary["successful"], 200, "{finished}");
    assert_eq!(summary["supervisor"]["decisions"], 400);
    assert_eq!(
        summary["supervisor"]["token_usage"]["total_tokens"],
        400 * 110
    );
    for row in experiment.rows("traces.jsonl") {
        assert_eq!(row["conversation_state"], "completed");
        assert_eq!(
            (row["turn_count"].as_u64(), &row["output"]),
            (Some(2), &"tell me more".into())
        );
    }
    let asked = provider.requests().len();
    assert!(asked > 400, "the limit was never met");
    assert!(asked < 800, "{asked} requests: the limit was never learned");
}

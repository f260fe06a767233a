//! The shipped recording, `recordings/order_desk.jsonl`: played by `configs/recorded.yaml`.

use serde_json::{Value, json};
use tests::{Project, provider::Provider, workspace};

/// What each customer says after the desk's first, second, third answer; the last word ends the conversation.
const CUSTOMERS: [(&str, &[&str]); 3] = [
    (
        "I have moved",
        &[
            "Please send it to 5 Mill Lane.",
            "Yes.",
            "And where does it go now?",
            "the new address is confirmed",
        ],
    ),
    (
        "Cancel A-1001",
        &[
            "Will there be an e-mail about it?",
            "Yes.",
            "the order is cancelled",
        ],
    ),
    (
        "where's my stuff",
        &["A-1002", "the customer knows where the order is"],
    ),
];

/// Plays them all, in the form of `OpenAI`.
fn customers(request: &Value) -> (u16, Value) {
    let prompt = request["messages"][1]["content"].as_str().unwrap_or("");
    let (_, says) = CUSTOMERS
        .iter()
        .find(|(opening, _)| prompt.contains(opening))
        .expect("a customer of ours");
    let turn = (1..=says.len())
        .find(|turn| prompt.contains(&format!("Turn {turn} of at most")))
        .expect("a turn of theirs");
    let (word, over) = (says[turn - 1], turn == says.len());
    let decision = json!({
        "decision": if over { "terminate" } else { "continue" },
        "next_user_message": if over { None } else { Some(word) },
        "termination_reason": if over { Some(word) } else { None },
        "closing_user_message": if over { Some("Thank you, goodbye.") } else { None },
    });
    // About four characters a token, as models count.
    let (read, written) = (
        request.to_string().len() / 4,
        decision.to_string().len() / 4,
    );
    let reply = json!({
        "choices": [{
            "index": 0,
            "finish_reason": "stop",
            "message": { "role": "assistant", "content": decision.to_string() },
        }],
        "usage": { "prompt_tokens": read, "completion_tokens": written, "total_tokens": read + written },
    });
    (200, reply)
}

/// For whoever changes the order desk or the prompt, and has no model at hand.
#[test]
#[ignore = "writes recordings/order_desk.jsonl anew"]
fn record() {
    let provider = Provider::start(customers);
    let project = Project::bare();
    let arguments = format!(
        "run experiment --yes --parallel 1 --config {} --supervisor-cassette record --supervisor-base-url {} --output-dir {}",
        workspace().join("configs/recorded.yaml").display(),
        provider.address,
        project.path("experiments").display(),
    );
    let finished = project.run(&arguments).exits(0);
    assert_eq!(provider.requests().len(), 9, "{finished}");
}

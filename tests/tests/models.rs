//! The shipped agent of rig's, `configs/reader.yaml`, on a model at an address of ours: what rig tells of itself is what
//! stands in the record. The agent has not a line of fluxloop in it besides the attribute.
//!
//! It is built in the repository's own target folder, where most of what it needs is built already.

use std::collections::BTreeMap;

use serde_json::{Value, json};
use tests::{Experiment, Finished, Project, provider::Provider, workspace};

const QUESTION: &str = "How is a run seeded?";
const ASKED: &str = "reader-model";
/// As providers name what answers in fact.
const ANSWERED: &str = "reader-model-2026-11-01";
const ANSWER: &str = "With --seed, says docs/running.md.";

/// Asks for the tool first, then answers.
fn model(request: &Value) -> (u16, Value) {
    let messages = request["messages"].as_array().expect("messages");
    let has_searched = messages.last().expect("a message")["role"] == "tool";
    let (message, reason, usage) = if has_searched {
        let usage = json!({
            "prompt_tokens": 900, "completion_tokens": 30, "total_tokens": 930,
            "prompt_tokens_details": {"cached_tokens": 128},
        });
        (
            json!({"role": "assistant", "content": ANSWER}),
            "stop",
            usage,
        )
    } else {
        let arguments = json!({ "query": QUESTION }).to_string();
        let call = json!({
            "id": "call_1", "type": "function",
            "function": {"name": "search_documentation", "arguments": arguments},
        });
        let usage = json!({"prompt_tokens": 150, "completion_tokens": 12, "total_tokens": 162});
        (
            json!({"role": "assistant", "content": null, "tool_calls": [call]}),
            "tool_calls",
            usage,
        )
    };
    let reply = json!({
        "id": "chatcmpl-1", "object": "chat.completion", "created": 1_730_000_000, "model": ANSWERED,
        "choices": [{"index": 0, "message": message, "finish_reason": reason}],
        "usage": usage,
    });
    (200, reply)
}

/// Runs the shipped configuration on one question, twice, as conversations of a turn.
fn read(project: &Project, provider: &Provider) -> Finished {
    let arguments = format!(
        "run experiment --yes --config {} --inputs {} --output-dir {} --features llm --personas novice_user \
         --multi-turn --supervisor-provider mock --iterations 2",
        workspace().join("configs/reader.yaml").display(),
        project.path("inputs/generated.yaml").display(),
        project.path("experiments").display(),
    );
    project
        .command(&arguments)
        .env("OPENAI_BASE_URL", format!("{}/v1", provider.address))
        .env("OPENAI_MODEL", ASKED)
        .env("CARGO_TARGET_DIR", workspace().join("target"))
        .env_remove("CARGO_PROFILE_DEV_DEBUG")
        .output()
        .expect("the command starts")
        .into()
}

/// A span, of its two rows.
#[derive(Debug)]
struct Span {
    start: Value,
    end: Value,
}

/// All spans, those of a run in the order in which they began.
fn spans(experiment: &Experiment) -> Vec<Span> {
    let rows = experiment.rows("observations.jsonl");
    let mut ends: BTreeMap<_, _> = rows
        .iter()
        .filter(|row| row["type"] == "span_end")
        .map(|row| (row["id"].to_string(), row.clone()))
        .collect();
    let starts = rows.iter().filter(|row| row["type"] == "span_start");
    starts
        .map(|start| Span {
            start: start.clone(),
            end: ends.remove(&start["id"].to_string()).expect("it has ended"),
        })
        .collect()
}

/// What stands in the record of a turn: two questions to the model, and a call of the tool between them.
fn check_turn(within: &[&Span]) {
    let [asks, searches, answers] = within else {
        panic!("expected three spans in a turn: {within:#?}");
    };
    for (generation, usage) in [
        (
            asks,
            json!({"input_tokens": 150, "output_tokens": 12, "total_tokens": 162}),
        ),
        (
            answers,
            json!({"input_tokens": 900, "output_tokens": 30, "total_tokens": 930, "cached_tokens": 128}),
        ),
    ] {
        let Span { start, end } = generation;
        assert_eq!(
            (&start["kind"], &end["kind"]),
            (&json!("generation"), &json!("generation"))
        );
        assert_eq!(end["model"], ANSWERED);
        assert_eq!(end["attributes"]["gen_ai.request.model"], ASKED);
        assert_eq!(end["token_usage"], usage);
        // rig tells of what it asks once the span has begun.
        assert!(start.get("input").is_none(), "{start}");
        assert!(end["input"].to_string().contains("role"), "{end}");
    }
    assert!(
        asks.end["output"]
            .to_string()
            .contains("search_documentation")
    );
    assert!(answers.end["output"].to_string().contains(ANSWER));

    let Span { start, end } = searches;
    assert_eq!(
        (&start["kind"], &start["name"], &start["input"]),
        (
            &json!("tool"),
            &json!("search_documentation"),
            &json!({ "query": QUESTION })
        )
    );
    let found = end["output"].to_string();
    assert!(found.contains("docs/running.md"), "{end}");
    assert!(answers.end["input"].to_string().contains("docs/running.md"));
}

#[test]
fn what_rig_tells_of_itself_stands_in_the_record() {
    let project = Project::bare().inputs(&format!("- {QUESTION}"));
    let provider = Provider::start(model);
    let _ = read(&project, &provider).exits(0);
    let experiment = project.latest();

    let spans = spans(&experiment);
    let generation = format!("generation:{ANSWERED}");
    let actions = json!([generation, "tool:search_documentation", generation]);
    let rows = experiment.rows("traces.jsonl");
    assert_eq!(rows.len(), 2, "{rows:#?}");
    for row in &rows {
        let of_run = |span: &&Span| span.start["trace_id"] == row["trace_id"];
        let turn = spans
            .iter()
            .filter(of_run)
            .find(|span| span.start["kind"] == "turn")
            .expect("a turn");
        let within: Vec<_> = spans
            .iter()
            .filter(|span| span.start["parent_id"] == turn.start["id"])
            .collect();
        check_turn(&within);

        assert_eq!(row["output"], ANSWER);
        assert_eq!(row["token_usage"], used(1));
        let said = row["conversation_history"].as_array().expect("messages");
        let answer = said.iter().find(|message| message["role"] == "assistant");
        assert_eq!(answer.expect("an answer")["actions"], actions, "{row}");
    }
    assert_eq!(experiment.summary()["token_usage"], used(2));

    // The model was asked no more than that, and had the tool.
    let requests = provider.requests();
    assert_eq!(requests.len(), 4, "{requests:#?}");
    for request in requests {
        assert_eq!(request.body["model"], ASKED);
        let tool = &request.body["tools"][0]["function"];
        assert_eq!(tool["name"], "search_documentation");
    }

    let shown = project.run("show experiments/latest trace_001").exits(0);
    for part in [
        "generation chat",
        "900 in, 30 out, 128 cached",
        "tool search_documentation",
        "in  {\"query\":\"How is a run seeded?\"}",
        "in  [{\"role\":\"system\"",
    ] {
        assert!(shown.stdout.contains(part), "{part}\n{shown}");
    }
}

/// What so many runs use: each asks twice.
fn used(runs: u64) -> Value {
    json!({
        "input_tokens": runs * (150 + 900),
        "output_tokens": runs * (12 + 30),
        "total_tokens": runs * (162 + 930),
        "cached_tokens": runs * 128,
    })
}

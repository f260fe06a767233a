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
/// Tokens of each question to the model: read, written, and of those that were read from a cache.
const USED: [[u64; 3]; 3] = [[150, 12, 0], [180, 14, 128], [900, 30, 128]];

/// Searches for nothing first, then for something, then answers.
fn model(request: &Value) -> (u16, Value) {
    let messages = request["messages"].as_array().expect("messages");
    let results = messages
        .iter()
        .filter(|message| message["role"] == "tool")
        .count();
    let search = |query: &str| {
        let function = json!({
            "name": "search_documentation",
            "arguments": json!({ "query": query }).to_string(),
        });
        let call =
            json!({"id": format!("call_{results}"), "type": "function", "function": function});
        json!({"role": "assistant", "content": null, "tool_calls": [call]})
    };
    let (message, reason) = match results {
        0 => (search(" "), "tool_calls"),
        1 => (search(QUESTION), "tool_calls"),
        _ => (json!({"role": "assistant", "content": ANSWER}), "stop"),
    };
    let [input, output, cached] = USED[results];
    let usage = json!({
        "prompt_tokens": input, "completion_tokens": output, "total_tokens": input + output,
        "prompt_tokens_details": {"cached_tokens": cached},
    });
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

/// What stands in the record of a turn: three questions to the model, and a call of the tool after the first two.
fn check_turn(within: &[&Span]) {
    let [first, fails, second, finds, third] = within else {
        panic!("expected five spans in a turn: {within:#?}");
    };
    for (Span { start, end }, used) in [first, second, third].into_iter().zip(USED) {
        assert_eq!([&start["kind"], &end["kind"]], ["generation"; 2]);
        assert_eq!(end["model"], ANSWERED);
        assert_eq!(end["attributes"]["gen_ai.request.model"], ASKED);
        assert_eq!(end["token_usage"], sum([used]));
        // rig tells of what it asks once the span has begun.
        assert!(start.get("input").is_none(), "{start}");
        assert!(end["input"].to_string().contains(QUESTION), "{end}");
    }
    assert!(has(&first.end["output"], "search_documentation"));
    assert!(has(&third.end["input"], "docs/running.md"));
    assert!(has(&third.end["output"], ANSWER));

    for (Span { start, end }, query) in [(fails, " "), (finds, QUESTION)] {
        assert_eq!([&start["kind"], &end["kind"]], ["tool"; 2]);
        assert_eq!(start["name"], "search_documentation");
        assert_eq!(start["input"], json!({ "query": query }));
    }
    assert!(has(&finds.end["output"], "docs/running.md"));
    assert!(finds.end.get("error").is_none());
    // What the model was told, and what rig calls it.
    assert!(has(&fails.end["output"], "the question is empty"));
    assert_eq!(fails.end["error"], json!({"message": "invalid_args"}));
    assert_eq!(fails.end["level"], "ERROR");
}

fn has(value: &Value, text: &str) -> bool {
    value.to_string().contains(text)
}

#[test]
fn what_rig_tells_of_itself_stands_in_the_record() {
    let project = Project::bare().inputs(&format!("- {QUESTION}"));
    let provider = Provider::start(model);
    let _ = read(&project, &provider).exits(0);
    let experiment = project.latest();

    let spans = spans(&experiment);
    let generation = format!("generation:{ANSWERED}");
    let tool = "tool:search_documentation";
    let actions = json!([generation, tool, generation, tool, generation]);
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
        assert_eq!(row["token_usage"], sum(USED));
        let said = row["conversation_history"].as_array().expect("messages");
        let answer = said.iter().find(|message| message["role"] == "assistant");
        assert_eq!(answer.expect("an answer")["actions"], actions, "{row}");
    }
    assert_eq!(
        experiment.summary()["token_usage"],
        sum([USED, USED].concat())
    );

    // The model was asked no more than that, and had the tool.
    let requests = provider.requests();
    assert_eq!(requests.len(), 6, "{requests:#?}");
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

/// What so many questions use together, as rows say it.
fn sum(used: impl IntoIterator<Item = [u64; 3]>) -> Value {
    let [mut input, mut output, mut cached] = [0; 3];
    for question in used {
        input += question[0];
        output += question[1];
        cached += question[2];
    }
    json!({
        "input_tokens": input,
        "output_tokens": output,
        "total_tokens": input + output,
        "cached_tokens": cached,
    })
}

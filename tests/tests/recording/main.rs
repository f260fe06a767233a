//! Recording and replay, from a live service to an experiment.

mod replay;
mod service;
mod switches;

use serde_json::{Value, json};

/// What a client of the service sends.
fn question(index: usize) -> Value {
    json!({
        "message": {"content": format!("question {index}: {}", "é".repeat(index % 50)), "channel": {"phone": {"number": "5"}}},
        "user": {"id": index, "api_key": format!("opaque-{index}"), "tags": ["a", "b"]},
    })
}

//! An order desk that was asked four questions.

use serde_json::{Value, json};

pub(super) fn summary() -> Value {
    json!({
        "format_version": "1.1", "experiment_name": "order_desk", "status": "completed", "total_traces": 4,
        "successful": 2, "failed": 2, "success_rate": 0.5, "planned_traces": 4, "avg_duration_ms": 1491.175,
        "started_at": "2024-11-01T14:30:22.000000Z", "completed_at": "2024-11-01T14:30:35.250000Z",
        "gate": {"passed": false, "max_failures": 0, "min_success_rate": 0.95},
        "duration_ms": {"min": 300.0, "p50": 1234.5, "p95": 4120.0, "max": 4120.0},
        "token_usage": {"input_tokens": 123_456, "output_tokens": 7890, "total_tokens": 131_346}, "cost": 0.1234,
        "target": "shop.desk:answer", "seed": 7,
    })
}

/// In the order in which they ended.
pub(super) fn runs() -> Vec<Value> {
    vec![
        json!({
            "trace_id": "trace_004", "case": "answer::any::hello-3f2a11::iter_0", "iteration": 0, "persona": null,
            "input": "Hello", "output": {"text": "Hi"}, "duration_ms": 300.0, "success": true,
        }),
        talk(),
        json!({
            "trace_id": "trace_002", "case": "answer::novice_user::cancel-a-1001-5feeee::iter_0", "iteration": 0,
            "persona": "novice_user", "input": "Cancel A-1001", "output": null, "duration_ms": 310.2, "success": false,
            "error": {
                "kind": "panic", "message": "called `Option::unwrap()` on a `None` value\nin the order desk",
                "causes": ["the shelf is empty", "nobody refilled it"], "file": "src/desk.rs", "line": 30,
            },
        }),
        json!({
            "trace_id": "trace_003", "case": "answer::expert_user::refund-a-1003-c50a0b::iter_0", "iteration": 0,
            "persona": "expert_user", "input": "Refund A-1003", "output": null, "duration_ms": 4120.0, "success": false,
            "attempts": 4, "token_usage": {"input_tokens": 1500},
            "error": {
                "kind": "agent_error", "transient": true,
                "message": "the payment provider answered 503 Service Unavailable after three attempts: try again later",
            },
        }),
    ]
}

/// A conversation.
pub(super) fn talk() -> Value {
    json!({
        "trace_id": "trace_001", "case": "answer::hurried_user::where-is-my-order-a-1002-81feea::iter_0",
        "iteration": 0, "persona": "hurried_user", "input": "Where is my order A-1002?", "output": "Done.",
        "duration_ms": 1234.5, "success": true, "conversation_state": "completed",
        "termination_reason": "supervisor_stop", "turn_count": 2, "cost": 0.00123,
        "token_usage": {"input_tokens": 2345, "output_tokens": 156, "total_tokens": 2501},
        "wall_ms": 1851.75, "started_at": "2024-11-01T14:30:22.000000Z", "observations_dropped": 12,
        "termination_detail": "the customer has what they wanted",
        "supervisor": {"provider": "openai", "model": "gpt-4o"},
        "conversation_history": [
            {"turn": 1, "role": "user", "content": "Where is my order A-1002?", "source": "input"},
            {
                "turn": 1, "role": "assistant", "source": "agent",
                "content": "Order A-1002, two lamps, is on its way to 3 Station Road.\n\n\
                            - It left our warehouse yesterday.\n- It should be with you tomorrow.",
                "actions": ["tool:lookup_order", "generation:gpt-4o-mini"],
            },
            {
                "turn": 2, "role": "user", "source": "supervisor",
                "content": "Send it to 5 Mill Lane, please, which is where I will be for the rest of the week. \u{1b}[2J世界",
            },
            {"turn": 2, "role": "assistant", "content": "Done.", "source": "agent", "actions": ["tool:change_address"]},
            {
                "turn": 2, "role": "user", "content": "Thank you, that was all.", "source": "supervisor",
                "closing": true,
            },
        ],
    })
}

fn start(id: &str, parent: &str, name: &str, kind: &str, more: &Value) -> Value {
    let row =
        json!({"type": "span_start", "id": id, "parent_id": parent, "name": name, "kind": kind});
    merged(row, more)
}

fn end(id: &str, milliseconds: f64, more: &Value) -> Value {
    merged(
        json!({"type": "span_end", "id": id, "duration_ms": milliseconds}),
        more,
    )
}

fn merged(mut row: Value, more: &Value) -> Value {
    row["trace_id"] = json!("trace_001");
    for (key, value) in more.as_object().unwrap() {
        row[key] = value.clone();
    }
    row
}

/// What happened in the conversation.
pub(super) fn observations() -> Vec<Value> {
    let none = json!({});
    let event = json!({"type": "event"});
    let slow = merged(
        event.clone(),
        &json!({"name": "slow query", "parent_id": "sql", "level": "WARN", "attributes": {"elapsed_ms": 120}}),
    );
    let missed = merged(
        event,
        &json!({
            "name": "event src/desk.rs:12", "parent_id": "look", "level": "INFO",
            "attributes": {"message": "cache miss", "key": "A-1002"},
        }),
    );
    vec![
        start(
            "run",
            "",
            "agent_run",
            "agent",
            &json!({"input": "Where is my order A-1002?"}),
        ),
        start(
            "turn_1",
            "run",
            "turn",
            "turn",
            &json!({"attributes": {"turn": 1}}),
        ),
        start(
            "look",
            "turn_1",
            "lookup_order",
            "tool",
            &json!({"input": {"order": "A-1002"}}),
        ),
        missed,
        end(
            "look",
            12.34,
            &json!({"output": {"address": "3 Station Road, 12345 Somewhere", "items": ["lamp", "lamp"], "status": "shipped"}}),
        ),
        start(
            "ask",
            "turn_1",
            "chat gpt-4o-mini",
            "generation",
            &json!({
                "input": [{"content": "You are the order desk of a shop. Answer briefly and politely.", "role": "system"}],
                "attributes": {"model": "gpt-4o-mini", "gen_ai.request.temperature": 0.2},
            }),
        ),
        end(
            "ask",
            850.1,
            &json!({
                "output": "Order A-1002, two lamps, is on its way.\nIt left our warehouse yesterday.",
                "attributes": {"token_usage": {"input_tokens": 1234, "output_tokens": 56, "cached_tokens": 1024}},
            }),
        ),
        end("turn_1", 900.2, &none),
        start(
            "decision_1",
            "run",
            "supervisor_decision",
            "supervisor",
            &none,
        ),
        end(
            "decision_1",
            412.0,
            &json!({
                "output": {"decision": "continue", "next_user_message": "Send it to 5 Mill Lane, please."},
                "attributes": {"turn": 1, "attempts": 2, "token_usage": {"input_tokens": 250, "output_tokens": 30}},
            }),
        ),
        start(
            "turn_2",
            "run",
            "turn",
            "turn",
            &json!({"attributes": {"turn": 2}}),
        ),
        start(
            "change",
            "turn_2",
            "change_address",
            "tool",
            &json!({"input": {"to": "5 Mill Lane"}}),
        ),
        start(
            "sql",
            "change",
            "sql.query",
            "span",
            &json!({"attributes": {"db.statement": "UPDATE orders SET address = $1", "rows": 1}}),
        ),
        slow,
        end("sql", 121.0, &none),
        end("change", 123.4, &json!({"output": true})),
        start("stock", "turn_2", "stock", "tool", &none),
        end(
            "stock",
            3.0,
            &json!({"level": "ERROR", "error": {"message": "no such shelf\nat all", "panic": true}}),
        ),
        start("sync", "turn_2", "background sync", "span", &none),
        end("sync", 50.0, &json!({"attributes": {"unfinished": true}})),
        start(
            "again",
            "turn_2",
            "chat",
            "generation",
            &json!({"input": {"truncated": "You are the order desk of a shop that has been in business", "bytes": 123_456}}),
        ),
        end(
            "again",
            200.0,
            &json!({"output": "Done.", "model": "gpt-4o-mini", "token_usage": {"output_tokens": 100}}),
        ),
        end("turn_2", 334.0, &none),
        end("run", 1234.5, &json!({"output": "Done."})),
    ]
}

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

/// What happened in the conversation.
pub(super) fn observations() -> Vec<Value> {
    let rows = include_str!("observations.jsonl").lines();
    rows.map(|row| serde_json::from_str(row).unwrap()).collect()
}

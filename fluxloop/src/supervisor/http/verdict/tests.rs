use super::*;
use crate::supervisor::TokenUsage;

fn response(status: u16, reason: &'static str, body: &str) -> Response {
    Response {
        status,
        reason,
        retry_after: Some(Duration::from_secs(3)),
        body: body.as_bytes().to_vec(),
    }
}

fn of_openai(status: u16, reason: &'static str, body: &str) -> Verdict {
    judge(Provider::OpenAi, Ok(response(status, reason, body)), true)
}

#[test]
fn failures_are_told_apart_in_the_providers_own_words() {
    let openai = r#"{"error":{"message":"The model `gpt-9` does not exist","type":"invalid_request_error","param":null,"code":"model_not_found"}}"#;
    let anthropic = r#"{"type":"error","error":{"type":"authentication_error","message":"invalid x-api-key"},"request_id":"req_1"}"#;
    let quota = r#"{"error":{"message":"You exceeded your current quota","type":"insufficient_quota","param":null,"code":"insufficient_quota"}}"#;
    let verdicts = [
        of_openai(404, "Not Found", openai),
        of_openai(400, "Bad Request", r#"{"error":"model is required"}"#),
        of_openai(
            422,
            "Unprocessable Entity",
            r#"{"object":"error","message":"too many tokens"}"#,
        ),
        of_openai(401, "Unauthorized", anthropic),
        of_openai(403, "Forbidden", ""),
        of_openai(429, "Too Many Requests", quota),
        of_openai(429, "Too Many Requests", "slow\ndown"),
        of_openai(500, "Internal Server Error", "<h1>oops</h1>"),
        of_openai(
            529,
            "",
            r#"{"type":"error","error":{"type":"overloaded_error","message":"Overloaded"}}"#,
        ),
        of_openai(307, "Temporary Redirect", ""),
        of_openai(200, "OK", "<html>Sign in</html>"),
        of_openai(200, "OK", r#"{"error":{"message":"no such route"}}"#),
        of_openai(200, "OK", r#"{"choices":[{"mess"#),
    ];
    let shown: Vec<String> = verdicts
        .iter()
        .map(|verdict| format!("{verdict:?}"))
        .collect();
    insta::assert_snapshot!(shown.join("\n"), @r#"
    Final("it answered 404 Not Found: The model `gpt-9` does not exist")
    Final("it answered 400 Bad Request: model is required")
    Final("it answered 422 Unprocessable Entity: too many tokens")
    Refused("it answered 401 Unauthorized: invalid x-api-key")
    Refused("it answered 403 Forbidden")
    Final("it answered 429 Too Many Requests: You exceeded your current quota")
    Limited { problem: "it answered 429 Too Many Requests: slow down", pause: Some(3s) }
    Passing { problem: "it answered 500 Internal Server Error: <h1>oops</h1>", pause: Some(3s) }
    Passing { problem: "it answered 529: Overloaded", pause: Some(3s) }
    Final("it answered 307 Temporary Redirect")
    Final("expected an answer in the form of `openai`, found `<html>Sign in</html>` (expected value at line 1 column 1)")
    Final("expected an answer in the form of `openai`, found `{\"error\":{\"message\":\"no such route\"}}` (missing field `choices` at line 1 column 37)")
    Passing { problem: "the answer was cut off before its end", pause: None }
    "#);
}

#[test]
fn only_a_refusal_of_the_schema_that_was_sent_is_one() {
    let body = r#"{"error":{"message":"unknown field `response_format`"}}"#;
    for (status, with_schema, expected) in [
        (400, true, true),
        (422, true, true),
        (400, false, false),
        (500, true, false),
    ] {
        let verdict = judge(
            Provider::OpenAi,
            Ok(response(status, "", body)),
            with_schema,
        );
        assert_eq!(
            verdict == Verdict::NoSchema,
            expected,
            "{status} {with_schema}"
        );
    }
    assert!(matches!(
        of_openai(400, "", r#"{"error":"no model"}"#),
        Verdict::Final(_)
    ));
}

#[test]
fn a_long_message_is_cut() {
    let Verdict::Final(problem) = of_openai(404, "Not Found", &"x".repeat(10_000)) else {
        panic!("404 is final");
    };
    assert_eq!(
        problem.chars().count(),
        "it answered 404 Not Found: ".len() + SHOWN + 1
    );
}

fn answer(provider: Provider, body: &str) -> Answer {
    match judge(provider, Ok(response(200, "OK", body)), true) {
        Verdict::Answered(answer) => answer,
        other => panic!("{other:?}"),
    }
}

#[test]
fn tokens_are_counted_where_the_provider_counts_them() {
    let with_usage = |usage: &str| {
        let body = format!(r#"{{"choices":[{{"message":{{"content":"x"}}}}],"usage":{usage}}}"#);
        answer(Provider::OpenAi, &body).usage
    };
    let counted = TokenUsage {
        input_tokens: 7,
        output_tokens: 2,
        total_tokens: 9,
    };
    assert_eq!(
        with_usage(r#"{"prompt_tokens":7,"completion_tokens":2,"total_tokens":9}"#),
        Some(counted)
    );
    assert_eq!(with_usage("null"), None);
    assert_eq!(with_usage(r#"{"prompt_tokens":"many"}"#), None);
}

#[test]
fn a_reply_that_the_provider_itself_calls_unusable_is_a_fault() {
    let openai = |message: &str, reason: &str| {
        let body = format!(r#"{{"choices":[{{"message":{message},"finish_reason":"{reason}"}}]}}"#);
        answer(Provider::OpenAi, &body)
            .fault
            .map(|fault| fault.to_string())
    };
    let anthropic = |content: &str, reason: &str| {
        let body = format!(r#"{{"content":{content},"stop_reason":"{reason}"}}"#);
        answer(Provider::Anthropic, &body)
            .fault
            .map(|fault| fault.to_string())
    };
    let faults = [
        openai(
            r#"{"content":null,"refusal":"I cannot play that."}"#,
            "stop",
        ),
        openai(r#"{"content":"{\"deci"}"#, "length"),
        openai(r#"{"content":null}"#, "content_filter"),
        openai(r#"{"content":"x","refusal":null}"#, "stop"),
        anthropic(r#"[{"type":"text","text":"No."}]"#, "refusal"),
        anthropic("[]", "refusal"),
        anthropic(
            r#"[{"type":"tool_use","name":"decide","input":{}}]"#,
            "max_tokens",
        ),
        anthropic(
            r#"[{"type":"tool_use","name":"decide","input":{}}]"#,
            "tool_use",
        ),
    ];
    let shown: Vec<String> = faults.iter().map(|fault| format!("{fault:?}")).collect();
    insta::assert_snapshot!(shown.join("\n"), @r#"
    Some("the model refused: I cannot play that.")
    Some("the reply was cut off before its end")
    Some("the model refused: its content filter stopped it")
    None
    Some("the model refused: No.")
    Some("the model refused: no reason given")
    Some("the reply was cut off before its end")
    None
    "#);
    assert_eq!(
        answer(Provider::OpenAi, r#"{"choices":[]}"#)
            .fault
            .map(|fault| fault.to_string())
            .as_deref(),
        Some("the reply was empty")
    );
}

use super::*;

fn facts(fields: &[(&str, &str)]) -> Facts {
    facts_of(Names::Conventional, fields)
}

fn facts_of(names: Names, fields: &[(&str, &str)]) -> Facts {
    let mut facts = Facts::default();
    for (field, value) in fields {
        if let Some(fact) = names.fact(field) {
            facts.look(fact, &mut Held::text(value));
        }
    }
    facts
}

#[test]
fn operations_decide_the_kind() {
    for (operation, kind) in [
        ("chat", Some(SpanKind::Generation)),
        ("text_completion", Some(SpanKind::Generation)),
        ("generate_content", Some(SpanKind::Generation)),
        ("embeddings", Some(SpanKind::Generation)),
        ("LLM", Some(SpanKind::Generation)),
        ("execute_tool", Some(SpanKind::Tool)),
        ("TOOL", Some(SpanKind::Tool)),
        ("invoke_agent", Some(SpanKind::Span)),
        ("create_agent", Some(SpanKind::Span)),
        ("dance", None),
    ] {
        assert_eq!(
            facts(&[("gen_ai.operation.name", operation)]).kind(),
            kind,
            "{operation}"
        );
    }
}

#[test]
fn every_name_of_a_count_is_known() {
    let named = [
        [
            "gen_ai.usage.input_tokens",
            "gen_ai.usage.output_tokens",
            "gen_ai.usage.cache_read.input_tokens",
            "gen_ai.usage.cache_creation.input_tokens",
            "gen_ai.usage.reasoning_tokens",
        ],
        [
            "gen_ai.usage.prompt_tokens",
            "gen_ai.usage.completion_tokens",
            "gen_ai.usage.cached_tokens",
            "gen_ai.usage.cache_creation_input_tokens",
            "gen_ai.usage.reasoning.output_tokens",
        ],
        [
            "llm.usage.prompt_tokens",
            "llm.usage.completion_tokens",
            "llm.usage.cache_read_input_tokens",
            "llm.usage.cache_creation_input_tokens",
            "llm.usage.reasoning_tokens",
        ],
        [
            "llm.token_count.prompt",
            "llm.token_count.completion",
            "llm.token_count.prompt_details.cache_read",
            "llm.token_count.prompt_details.cache_write",
            "llm.token_count.completion_details.reasoning",
        ],
    ];
    for [input, output, read, written, reasoning] in named {
        let usage = facts(&[
            (input, "5"),
            (output, "Some(4)"),
            (read, "3"),
            (written, "2"),
            (reasoning, "1"),
        ])
        .usage();
        let expected = Usage {
            input_tokens: Some(5),
            output_tokens: Some(4),
            cached_tokens: Some(3),
            cache_creation_tokens: Some(2),
            reasoning_tokens: Some(1),
        };
        assert_eq!(usage, Some(expected), "{input}");
    }
}

#[test]
fn what_is_unknown_is_absent() {
    assert_eq!(facts(&[]).usage(), None);
    let half = facts(&[
        ("gen_ai.usage.input_tokens", "None"),
        ("gen_ai.usage.output_tokens", "0"),
    ]);
    let expected = Usage {
        output_tokens: Some(0),
        ..Usage::default()
    };
    assert_eq!(half.usage(), Some(expected));
}

#[test]
fn names_models_and_errors_are_found() {
    let tool = facts(&[
        ("gen_ai.operation.name", "execute_tool"),
        ("gen_ai.tool.name", "look"),
        ("otel.name", "execute_tool look"),
    ]);
    assert_eq!(tool.name(), Some("look"));
    let chat = facts(&[
        ("gen_ai.operation.name", "chat"),
        ("gen_ai.tool.name", "look"),
        ("otel.name", "chat m"),
    ]);
    assert_eq!(chat.name(), Some("chat m"));
    let both = facts(&[
        ("gen_ai.request.model", "m"),
        ("gen_ai.response.model", "Some(\"m-1\")"),
    ]);
    assert_eq!(
        (both.model(), facts(&[("llm.model_name", "m")]).model()),
        (Some("m-1"), Some("m"))
    );
    for (fields, error) in [
        (&[("otel.status_code", "ERROR")][..], Some("error")),
        (
            &[
                ("otel.status_code", "ERROR"),
                ("otel.status_description", "no route"),
            ],
            Some("no route"),
        ),
        (&[("otel.status_code", "OK")], None),
        (&[("error.type", "timeout")], Some("timeout")),
        (
            &[("gen_ai.tool.error.type", "not_found")],
            Some("not_found"),
        ),
        (
            &[("error", "it broke"), ("error.type", "timeout")],
            Some("it broke"),
        ),
        (
            &[("error", "true"), ("otel.status_message", "why")],
            Some("why"),
        ),
        (&[("error", "false")], None),
    ] {
        assert_eq!(facts(fields).error(), error, "{fields:?}");
    }
}

#[test]
fn plain_words_count_where_the_span_can_be_nothing_else() {
    use tracing::{field::Empty, info_span};

    let names = |span: &tracing::Span| Names::of(span.metadata().unwrap());
    tracing::subscriber::with_default(tracing_subscriber::registry(), || {
        let of_langchain = info_span!(
            "llm.generate",
            model = "m",
            prompt_tokens = Empty,
            completion_tokens = Empty
        );
        let of_another = info_span!("ask", model = "m", input_tokens = 1, output_tokens = 2);
        for span in [of_langchain, of_another] {
            assert_eq!(names(&span), Names::OfGeneration, "{span:?}");
        }
        let tool = info_span!("tool.call", tool = "lookup");
        assert_eq!(names(&tool), Names::OfTool);
        for span in [
            info_span!("load", model = "m"),
            info_span!("report", prompt_tokens = 1, completion_tokens = 2),
            info_span!("half", model = "m", prompt_tokens = 1, output_tokens = 2),
            info_span!("sharpen", tool = "axe"),
        ] {
            assert_eq!(names(&span), Names::Conventional, "{span:?}");
        }
    });

    let fields = [
        ("model", "m"),
        ("prompt_tokens", "3"),
        ("completion_tokens", "2"),
        ("cached_tokens", "1"),
        ("reasoning_tokens", "0"),
    ];
    let asked = facts_of(Names::OfGeneration, &fields);
    let expected = Usage {
        input_tokens: Some(3),
        output_tokens: Some(2),
        cached_tokens: Some(1),
        reasoning_tokens: Some(0),
        ..Usage::default()
    };
    assert_eq!((asked.model(), asked.usage()), (Some("m"), Some(expected)));
    let plain = facts(&fields);
    assert_eq!((plain.model(), plain.usage()), (None, None));

    let mut tool = facts_of(Names::OfTool, &[("tool", "lookup")]);
    tool.suppose(SpanKind::Tool);
    assert_eq!(
        (tool.kind(), tool.name()),
        (Some(SpanKind::Tool), Some("lookup"))
    );
    // A field that says otherwise is right.
    let mut said = facts(&[("gen_ai.operation.name", "invoke_agent")]);
    said.suppose(SpanKind::Generation);
    assert_eq!(said.kind(), Some(SpanKind::Span));
}

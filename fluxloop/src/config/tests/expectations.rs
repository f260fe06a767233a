//! `expect` and `checks`: what is read of them, what is refused, and that nothing of them is lost.

use std::path::Path;

use serde_json::json;

use super::*;

/// Everything that can be expected, once.
#[cfg(feature = "json-schema")]
const ALL: &str = r#"
expect:
  contains: [refund, 12]
  not_contains: "as an AI"
  equals: {status: done, n: 1.0}
  matches: "^It (left|arrived)"
  json_schema: {type: object}
  max_duration_ms: 1500.5
  max_turns: 3
  max_tokens: 1000
  tools_called:
    calls: [lookup_order, {name: refund, arguments: {order: 12}}]
    match: any_order
    arguments: subset
  termination: completed
checks: [polite, brief]
"#;

fn keys(config: &Config) -> Vec<&str> {
    config.expect.written().keys().map(String::as_str).collect()
}

#[cfg(feature = "json-schema")]
#[test]
fn everything_is_read_and_kept() {
    let config = Project::simulation(ALL).config();
    let mut found = keys(&config);
    found.sort_unstable();
    let expected = [
        "contains",
        "equals",
        "json_schema",
        "matches",
        "max_duration_ms",
        "max_tokens",
        "max_turns",
        "not_contains",
        "termination",
        "tools_called",
    ];
    assert_eq!(found, expected);
    let places: Vec<_> = config
        .checks
        .iter()
        .map(|check| (&*check.name, &*check.place))
        .collect();
    let place = "configs/simulation.yaml:16";
    assert_eq!(places, [("polite", place), ("brief", place)]);
    // Run again from what an experiment keeps, it expects the same.
    let text = config.snapshot_yaml(Path::new("/i.yaml"), 1);
    let mut again = Project::new(&[("exp_1/config.yaml", &text)]);
    again.request.config = Some("exp_1/config.yaml".into());
    let again = again.config();
    assert_eq!(again.expect, config.expect);
    let names: Vec<_> = again
        .checks
        .iter()
        .map(|check| check.name.as_str())
        .collect();
    assert_eq!(names, ["polite", "brief"]);
}

#[test]
fn nothing_is_expected_unless_it_is_said_and_evaluation_may_say_it() {
    for nothing in ["", "expect:\n", "expect: {}\n", "expect: []\nchecks:\n"] {
        let config = Project::simulation(nothing).config();
        assert!(
            config.expect.is_empty() && config.checks.is_empty(),
            "{nothing}"
        );
    }
    let project = Project::new(&[
        ("configs/simulation.yaml", "expect: {contains: a}\n"),
        (
            "configs/evaluation.yaml",
            "expect: {matches: b}\nchecks: polite, brief\nevaluators: [x]\n",
        ),
    ]);
    let config = project.config();
    assert_eq!(
        json!(config.expect.written()),
        json!({"contains": "a", "matches": "b"})
    );
    assert_eq!(config.checks.len(), 2);
}

#[test]
fn what_is_misspelt_or_says_nothing_is_an_error() {
    let wrong = r#"
expect:
  contain: hi
  contains: ""
  not_contains: []
  equals: [fine]
  matches: ["a(b", "fine"]
  max_duration_ms: "5"
  max_turns: 0
  max_tokens:
"#;
    insta::assert_snapshot!(Project::simulation(wrong).errors(), @r#"
    error: `expect.contain`: nothing reads this key
     --> configs/simulation.yaml:3:3
      |
    3 |   contain: hi
      |   ^
      = help: did you mean `contains`?

    error: `expect.contains`: expected text that is not empty, or a list of such texts, found an empty text
     --> configs/simulation.yaml:4:13
      |
    4 |   contains: ""
      |             ^

    error: `expect.not_contains`: nothing is expected
     --> configs/simulation.yaml:5:17
      |
    5 |   not_contains: []
      |                 ^
      = help: name a text, or remove the key

    error: `expect.matches`: `a(b` is no regular expression: unclosed group
     --> configs/simulation.yaml:7:12
      |
    7 |   matches: ["a(b", "fine"]
      |            ^
      = help: its syntax is that of the crate `regex`; a text as it stands is expected with `contains`

    error: `expect.max_duration_ms`: expected a number of milliseconds above 0, found the text `5`
     --> configs/simulation.yaml:8:20
      |
    8 |   max_duration_ms: "5"
      |                    ^
      = help: remove the quotes

    error: `expect.max_turns`: expected a whole number from 1 to 100, found 0
     --> configs/simulation.yaml:9:14
      |
    9 |   max_turns: 0
      |              ^

    error: `expect.max_tokens`: nothing is expected
      --> configs/simulation.yaml:10:13
       |
    10 |   max_tokens:
       |             ^
       = help: give it a value, or remove it
    "#);
}

#[test]
fn words_that_nobody_knows_are_errors() {
    let wrong = r"
expect:
  termination: complete
  tools_called: {call: [a], match: exactly, arguments: some}
checks: [{name: polite}]
";
    insta::assert_snapshot!(Project::simulation(wrong).errors(), @r"
    error: `expect.termination`: expected `completed`, `supervisor_stop`, `terminated` or `max_turns`, found the text `complete`
     --> configs/simulation.yaml:3:16
      |
    3 |   termination: complete
      |                ^
      = help: did you mean `completed`?

    error: `expect.tools_called`: `calls` is missing
     --> configs/simulation.yaml:4:17
      |
    4 |   tools_called: {call: [a], match: exactly, arguments: some}
      |                 ^
      = help: name the tools: `calls: [lookup_order]`; `[]` for none

    error: `expect.tools_called.call`: nothing reads this key
     --> configs/simulation.yaml:4:18
      |
    4 |   tools_called: {call: [a], match: exactly, arguments: some}
      |                  ^
      = help: did you mean `calls`?

    error: `expect.tools_called.match`: expected `exact`, `in_order`, `any_order` or `subset`, found the text `exactly`
     --> configs/simulation.yaml:4:36
      |
    4 |   tools_called: {call: [a], match: exactly, arguments: some}
      |                                    ^
      = help: did you mean `exact`?

    error: `expect.tools_called.arguments`: expected `exact`, `subset` or `ignored`, found the text `some`
     --> configs/simulation.yaml:4:56
      |
    4 |   tools_called: {call: [a], match: exactly, arguments: some}
      |                                                        ^

    error: `checks`: expected the name of a check, or a list of names, found a mapping
     --> configs/simulation.yaml:5:10
      |
    5 | checks: [{name: polite}]
      |          ^
    ");
}

#[test]
fn calls_of_tools_are_refused_where_they_say_nothing() {
    insta::assert_snapshot!(Project::simulation("expect: {tools_called: {calls: [], match: in_order}}").errors(), @r"
    error: `expect.tools_called.calls`: nothing is expected: other calls may be made, too
     --> configs/simulation.yaml:1:32
      |
    1 | expect: {tools_called: {calls: [], match: in_order}}
      |                                ^
      = help: write `match: exact` where no tool is to be called
    ");
    insta::assert_snapshot!(Project::simulation("expect: {tools_called: [{nam: a}, {name: b, arguments: [1]}, 7]}").errors(), @r"
    error: `expect.tools_called[0]`: `name` is missing
     --> configs/simulation.yaml:1:25
      |
    1 | expect: {tools_called: [{nam: a}, {name: b, arguments: [1]}, 7]}
      |                         ^
      = help: write `name: lookup_order`

    error: `expect.tools_called[0].nam`: nothing reads this key
     --> configs/simulation.yaml:1:26
      |
    1 | expect: {tools_called: [{nam: a}, {name: b, arguments: [1]}, 7]}
      |                          ^
      = help: did you mean `name`?

    error: `expect.tools_called[1].arguments`: expected a mapping of arguments to values, found a list
     --> configs/simulation.yaml:1:56
      |
    1 | expect: {tools_called: [{nam: a}, {name: b, arguments: [1]}, 7]}
      |                                                        ^

    error: `expect.tools_called`: expected a tool's name, or `{name, arguments}`, found 7
     --> configs/simulation.yaml:1:62
      |
    1 | expect: {tools_called: [{nam: a}, {name: b, arguments: [1]}, 7]}
      |                                                              ^
    ");
    // No call at all is something to expect.
    for none in [
        "[]",
        "{calls: [], match: exact}",
        "{calls: [], match: subset}",
    ] {
        let config = Project::simulation(&format!("expect: {{tools_called: {none}}}")).config();
        assert_eq!(keys(&config), ["tools_called"]);
    }
}

#[cfg(feature = "json-schema")]
mod schemas {
    use super::*;

    #[test]
    fn a_schema_may_stand_in_a_file_beside_and_is_kept_as_a_whole() {
        let project = Project::new(&[
            (
                "configs/simulation.yaml",
                "expect: {json_schema: ../schemas/reply.json}\n",
            ),
            ("schemas/reply.json", "{\n\t\"type\": \"object\"\n}\n"),
        ]);
        let config = project.config();
        let written = config.snapshot(Path::new("/i.yaml"), 1);
        assert_eq!(
            written["expect"],
            json!({"json_schema": {"type": "object"}})
        );
        let in_yaml = Project::new(&[
            (
                "configs/simulation.yaml",
                "expect: {json_schema: reply.yaml}\n",
            ),
            ("configs/reply.yaml", "type: object\n"),
        ]);
        assert_eq!(in_yaml.config().expect, config.expect);
        // Of inputs in the configuration, too.
        let base = Project::new(&[
            (
                "configs/simulation.yaml",
                "base_inputs: [{input: a, expect: {json_schema: reply.yaml}}, b]\n",
            ),
            ("configs/reply.yaml", "type: object\n"),
        ]);
        let written = base.config().snapshot(Path::new("/i.yaml"), 1);
        assert_eq!(
            written["base_inputs"],
            json!([{"input": "a", "expect": {"json_schema": {"type": "object"}}}, "b"])
        );
    }

    #[test]
    fn what_is_no_schema_is_an_error() {
        let errors = |text: &str| Project::simulation(text).errors();
        insta::assert_snapshot!(errors("expect: {json_schema: {type: objekt}}"), @r#"
        error: `expect.json_schema`: this is no JSON Schema: "objekt" is not valid under any of the schemas listed in the 'anyOf' keyword
         --> configs/simulation.yaml:1:23
          |
        1 | expect: {json_schema: {type: objekt}}
          |                       ^
          = help: nothing is fetched: what a schema refers to stands in it, under `$defs`
        "#);
        insta::assert_snapshot!(errors("expect: {json_schema: nowhere.json}"), @r"
        error: `expect.json_schema`: there is no file /my_project/configs/nowhere.json
         --> configs/simulation.yaml:1:23
          |
        1 | expect: {json_schema: nowhere.json}
          |                       ^
          = help: name it relative to the file that this stands in
        ");
        insta::assert_snapshot!(errors("expect: {json_schema: {$ref: \"https://example.com/schema.json\"}}"), @r#"
        error: `expect.json_schema`: this is no JSON Schema: Resource 'https://example.com/schema.json' is not present in a registry and retrieving it failed: `resolve-http` feature or a custom resolver is required to resolve external schemas via HTTP
         --> configs/simulation.yaml:1:23
          |
        1 | expect: {json_schema: {$ref: "https://example.com/schema.json"}}
          |                       ^
          = help: nothing is fetched: what a schema refers to stands in it, under `$defs`
        "#);
        insta::assert_snapshot!(errors("expect: {json_schema: 7}"), @r"
        error: `expect.json_schema`: expected a schema, or the path of a file that holds one, found 7
         --> configs/simulation.yaml:1:23
          |
        1 | expect: {json_schema: 7}
          |                       ^
        ");
        let torn = Project::new(&[
            (
                "configs/simulation.yaml",
                "expect: {json_schema: reply.json}\n",
            ),
            ("configs/reply.json", "{"),
        ]);
        insta::assert_snapshot!(torn.errors(), @"error: /my_project/configs/reply.json: EOF while parsing an object at line 1 column 1");
    }
}

#[cfg(not(feature = "json-schema"))]
#[test]
fn without_schemas_the_error_names_the_feature() {
    let errors = Project::simulation("expect: {json_schema: {type: object}}").errors();
    assert!(errors.contains("the feature `json-schema`"), "{errors}");
}

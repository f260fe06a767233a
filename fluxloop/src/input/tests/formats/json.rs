//! JSON, and lines of it.

use super::*;

#[test]
fn json_has_the_forms_of_yaml() {
    let text = r#"{"generated_inputs": [
  {"input": "crab \ud83e\udd80 \u00e9", "persona": "p", "metadata": {"n": 1.50, "deep": [null, true]}},
  "just\ttext",
  {"input": {"order": 18446744073709551615, "less": -7}, "id": "second"}
]}"#;
    let inputs = read("in.json", text);
    let [first, second, third] = &inputs.entries[..] else {
        panic!("{inputs:?}")
    };
    assert_eq!(first.input, json!("crab 🦀 é"));
    assert_eq!(
        json!(first.metadata),
        json!({"n": 1.5, "deep": [null, true]})
    );
    assert_eq!(
        (first.persona.as_deref(), first.place.as_str()),
        (Some("p"), "in.json:2")
    );
    assert_eq!(second.input, json!("just\ttext"));
    assert_eq!(third.input, json!({"order": u64::MAX, "less": -7}));
    assert_eq!(
        (third.id.as_deref(), third.place.as_str()),
        (Some("second"), "in.json:4")
    );
    kept(&inputs);
    assert_eq!(texts(&read("in.JSON", "\u{feff}[\"a\"]")), [("a", None)]);
    assert_eq!(
        texts(&read("list.json", r#"{"inputs": [{"input": "a"}]}"#)),
        [("a", None)]
    );
}

#[test]
fn json_is_strict() {
    insta::assert_snapshot!(wrong("in.json", "[\n  \"ä\", {\"input\": \"a\",}\n]"), @r#"
    error: key must be a string
     --> in.json:2:22
      |
    2 |   "ä", {"input": "a",}
      |                      ^
      = help: JSON has no comments and no comma behind the last item, and its keys and texts stand in double quotes
    "#);
    insta::assert_snapshot!(wrong("in.json", "[{\"input\": 'a'}]"), @r#"
    error: expected value
     --> in.json:1:12
      |
    1 | [{"input": 'a'}]
      |            ^
      = help: JSON has no comments and no comma behind the last item, and its keys and texts stand in double quotes
    "#);
    insta::assert_snapshot!(wrong("in.json", "[{\"input\": \"a\", \"input\": \"b\"}]"), @r#"
    error: the key `input` stands twice in one object
     --> in.json:1:17
      |
    1 | [{"input": "a", "input": "b"}]
      |                 ^
      = help: keep one of them
    "#);
    insta::assert_snapshot!(wrong("in.json", "[{\"input\": \"a\"}"), @r#"
    error: the text ends while parsing a list
     --> in.json:1:15
      |
    1 | [{"input": "a"}
      |               ^
      = help: JSON has no comments and no comma behind the last item, and its keys and texts stand in double quotes
    "#);
    insta::assert_snapshot!(wrong("in.json", "[{\"input\": 123456789012345678901}]"), @r#"
    error: the whole number 123456789012345678901 is too large: at most 64 bits are kept
     --> in.json:1:12
      |
    1 | [{"input": 123456789012345678901}]
      |            ^
      = help: put it in quotes to keep it as text
    "#);
    insta::assert_snapshot!(wrong("in.json", r#"["fine", "\ud800 alone"]"#), @r#"
    error: expected text, found an escape (`\u…`) that stands for no character
     --> in.json:1:10
      |
    1 | ["fine", "\ud800 alone"]
      |          ^
      = help: write both halves of the pair, or the character itself
    "#);
    insta::assert_snapshot!(wrong("in.json", "  \n"), @r#"
    error: in.json has no inputs
      = help: write at least one, for example:

              {"generated_inputs": [{"input": "How do I start?"}]}
    "#);
    insta::assert_snapshot!(wrong("in.json", "[]"), @r#"
    error: in.json has no inputs
      = help: write at least one, for example:

              {"generated_inputs": [{"input": "How do I start?"}]}
    "#);
    for text in [
        "[\"a\"] # comment",
        "// comment\n[\"a\"]",
        "- a",
        "[1e999]",
        "[NaN]",
        "[\"a\"] [\"b\"]",
        "{input: a}",
    ] {
        assert!(wrong("in.json", text).contains(" --> in.json:"), "{text}");
    }
    let deep = format!("[{}{}]", "[".repeat(200), "]".repeat(200));
    assert!(wrong("in.json", &deep).contains("nested too deeply"));
}

#[test]
fn wrong_entries_of_json_are_told_with_their_place() {
    insta::assert_snapshot!(wrong("in.json", "[\n  {\"question\": \"hi\"},\n  7,\n  {\"input\": \"a\", \"persona\": [\"b\"]}\n]"), @r#"
    error: `inputs[0]`: `input` is missing
     --> in.json:2:3
      |
    2 |   {"question": "hi"},
      |   ^
      = help: write the text itself, or an object with `input`, for example `{"input": "How do I start?"}`

    error: `inputs[1]`: expected text or a mapping with `input`, found 7
     --> in.json:3:3
      |
    3 |   7,
      |   ^
      = help: write the text itself, or an object with `input`, for example `{"input": "How do I start?"}`

    error: `inputs[2].persona`: expected text, found a list
     --> in.json:4:29
      |
    4 |   {"input": "a", "persona": ["b"]}
      |                             ^
    "#);
}

#[test]
fn each_line_is_an_entry() {
    let text = "{\"input\": \"a\", \"persona\": \"p\"}\r\n\n\"b\"\n  {\"input\": {\"n\": 1}, \"id\": \"c\"}  ";
    let inputs = read("in.jsonl", text);
    let places: Vec<&str> = inputs
        .entries
        .iter()
        .map(|entry| entry.place.as_str())
        .collect();
    assert_eq!(places, ["in.jsonl:1", "in.jsonl:3", "in.jsonl:4"]);
    assert_eq!(inputs.entries[0].persona.as_deref(), Some("p"));
    assert_eq!(inputs.entries[2].input, json!({"n": 1}));
    kept(&inputs);
    assert_eq!(read("in.ndjson", "\"a\"\n").entries.len(), 1);
}

#[test]
fn every_wrong_line_is_an_error() {
    let text = "{\"input\": \"a\"}\n{\"input\": \"b\"\nnot json\n{\"inputs\": \"c\"}\n{\"input\": \"d\"} {}\n";
    insta::assert_snapshot!(wrong("in.jsonl", text), @r#"
    error: the text ends while parsing an object
     --> in.jsonl:2:13
      |
    2 | {"input": "b"
      |             ^
      = help: JSON has no comments and no comma behind the last item, and its keys and texts stand in double quotes

    error: expected value
     --> in.jsonl:3:2
      |
    3 | not json
      |  ^
      = help: JSON has no comments and no comma behind the last item, and its keys and texts stand in double quotes

    error: `inputs[1].inputs`: `input` is missing, and nothing reads this key
     --> in.jsonl:4:2
      |
    4 | {"inputs": "c"}
      |  ^
      = help: did you mean `input`?

    error: trailing characters
     --> in.jsonl:5:16
      |
    5 | {"input": "d"} {}
      |                ^
      = help: JSON has no comments and no comma behind the last item, and its keys and texts stand in double quotes
    "#);
    assert!(wrong("in.jsonl", "\n \n").contains("in.jsonl has no inputs"));
}

#[test]
fn a_file_that_is_wrong_all_along_is_not_read_to_its_end() {
    for text in ["nonsense\n", "{\"question\": \"a\"}\n"] {
        let report = wrong("in.jsonl", &text.repeat(100_000));
        assert!(report.ends_with("and 91 more errors"), "{report}");
    }
}

#[test]
fn a_key_that_nothing_reads_is_said_once_for_all_lines() {
    let inputs = read(
        "in.jsonl",
        &"{\"input\": \"a\", \"category\": 1}\n".repeat(3),
    );
    insta::assert_snapshot!(warnings(&inputs), @r#"
    warning: unknown key `inputs[0].category`, and 2 more like it: nothing reads them
     --> in.jsonl:1:16
      |
    1 | {"input": "a", "category": 1}
      |                ^
      = help: remove it, or check its spelling
    "#);
}

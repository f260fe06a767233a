//! What is read in the usual form is what the parser reads, to the place of each value.

use proptest::prelude::*;

use super::*;

/// A tree with all that a value has, its place included.
fn shown(node: &Node) -> String {
    let Origin::File { line, column, .. } = &node.origin else {
        panic!("values of a file are in a file")
    };
    let value = match &node.value {
        NodeValue::Null => "null".to_owned(),
        NodeValue::Bool(value) => value.to_string(),
        NodeValue::Number(number, written) => format!("{number:?} {written}"),
        NodeValue::Text(text) => format!("{text:?}"),
        NodeValue::Sequence(items) => items.iter().map(shown).collect::<Vec<_>>().join(" ; "),
        NodeValue::Mapping(mapping) => {
            let entry = |entry: &Entry| {
                let Origin::File { line, column, .. } = &entry.origin else {
                    panic!("keys of a file are in a file")
                };
                format!("{line}:{column} {:?}: {}", entry.key, shown(&entry.value))
            };
            mapping
                .entries
                .iter()
                .map(entry)
                .collect::<Vec<_>>()
                .join(", ")
        }
    };
    let kind = std::mem::discriminant(&node.value);
    format!("{line}:{column} {kind:?}({value})")
}

/// Whether the text is read in the usual form. Where it is, the parser reads the same.
fn is_usual(text: &str) -> bool {
    let source = Arc::new(SourceFile::of_text("f", text));
    let read = usual_document(&source, INPUTS_LIMITS);
    if let Some(node) = &read {
        let parsed = document(&source, INPUTS_LIMITS);
        let parsed = parsed.unwrap_or_else(|error| panic!("{text}\n{}", error.report()));
        assert_eq!(shown(node), shown(&parsed), "{text}");
    }
    read.is_some()
}

/// Whether no part of it goes to the parser.
fn is_read_here(text: &str) -> bool {
    let source = Arc::new(SourceFile::of_text("f", text));
    assert!(is_usual(text), "{text}");
    usual::document(&source, usize::MAX, &|_, _| None).is_some()
}

const USUAL: [&str; 10] = [
    "- {input: \"é, }\", metadata: {topic: a b, n: 1.5, list: [ x, 'y]', true ], none: null}}\n- []\n- [[a], {}]\n",
    "- { id: last, input: seed }\n- input: a\n  expect: {contains: [\"b: c\", \"d\\\"\"]}\n  metadata: { }\n",
    "- a\n- b c\n",
    "  \n# said first\n- input: a\n  persona: p\n\n# more\n-   input: \"b\\n\\\"\\u00e9\\x41\\\\\"\n    id: 'it''s'",
    "generation_config:\n  seed: 0\n  strategies:\n  - rephrase\n  - typo\ngenerated_inputs:\n- input: >-\n    one\n    two\n  \
     source: |\n    a\n\n      b\n\n  metadata:\n    score: 0.5\n    none: null\n    yes: -3\n- input: |-\n    x\n",
    "inputs:\n  -   input: a b\n        c d\n      at: 2026-11-26T10:00:00Z\n      empty: {}\n      list: []\n      q: 'a\n        b'\n",
    "- input: é – ü\n  n: 18446744073709551615\n- input: 3 items, please\n  n: -9223372036854775808\n",
    "- \"n\": a\n  'yes': b\n- null\n- true\n- false\n- nullable\n- 0.10\n- (see below)\n- yes\n",
    "- input: a\n  list:\n    - a\n    - b: c\n      d: e\n  expect:\n    contains:\n    - x\n",
    "- input: |\n    a\n  # said\n- b\n",
];

#[test]
fn what_programs_and_people_usually_write_needs_no_parser() {
    for text in USUAL {
        assert!(is_read_here(text), "{text}");
    }
}

#[test]
fn an_item_that_is_not_usual_costs_no_other() {
    for text in [
        "- a\n- {b: c, d}\n- d\n- e # said\n- [f,\n  g]\n- 0x10\n",
        "inputs:\n  - a: \"b\n\n      c\"\n  - \"d\": |+\n      e\n\n  - &f g\n  - !!str 1\n",
        "inputs:\n- [a: b]\n- b\n",
        "- a\n  - b\n- c: |\n- d:\n- e\n",
        "- a: 1e3\n  b:\n\n  c: ~\n- d: 1\n  # said\n  e : f\n",
    ] {
        assert!(is_usual(text) && !is_read_here(text), "{text}");
    }
}

#[test]
fn what_is_wrong_or_otherwise_joined_is_read_as_a_whole() {
    for text in [
        "",
        "a",
        "- a: b\n  a: c\n",
        "- &a b\n- *a\n",
        "- \"a\n- b\"\n",
        "- a\n- b\n---\n- c\n",
        "- a\n...\n",
        "%YAML 1.2\n---\n- a\n",
        "- a\n b: c\n",
        "- a\n- [b c: d]\nc: d\n",
        "a: b\na: c\n",
        "- a\n\t- b\n",
        "\u{feff}- a\n",
        "- a: b: c\n",
        "- true: a\n",
        "- 18446744073709551616\n",
        "- a\r\n- b\r\n",
    ] {
        assert!(!is_usual(text), "{text}");
    }
}

#[test]
fn a_document_may_not_hold_too_much_in_either_form() {
    let most = |nodes| Limits {
        nodes,
        ..INPUTS_LIMITS
    };
    let source = |text: &str| Arc::new(SourceFile::of_text("f", text));
    let (here, mixed) = (source("- a\n- b\n- c\n"), source("- a\n- [b,\n   c]\n"));
    for (source, nodes) in [(here, 4), (mixed, 5)] {
        assert!(usual_document(&source, most(nodes)).is_some());
        assert!(document(&source, most(nodes)).is_ok());
        assert!(usual_document(&source, most(nodes - 1)).is_none());
        assert!(document(&source, most(nodes - 1)).is_err());
    }
}

#[test]
fn a_long_text_is_read_in_the_usual_form_and_its_errors_are_the_parsers() {
    let items = "- input: a\n  persona: p\n".repeat(4_000);
    for (end, problem) in [
        ("- input: [a,\n    b]\n", None),
        ("- input: a\n  input: b\n", Some("8002:3")),
        ("- input: \"a\n", Some("8001:10")),
    ] {
        let source = Arc::new(SourceFile::of_text("f", &format!("{items}{end}")));
        assert!(source.text.len() > LONG);
        let parsed = parse(&source, INPUTS_LIMITS);
        match problem {
            None => assert_eq!(
                shown(&parsed.unwrap_or_else(|error| panic!("{}", error.report()))),
                shown(
                    &document(&source, INPUTS_LIMITS)
                        .unwrap_or_else(|error| panic!("{}", error.report()))
                ),
            ),
            Some(place) => {
                let report = parsed.err().expect(end).report();
                let whole = document(&source, INPUTS_LIMITS).err().expect(end).report();
                assert_eq!(report, whole);
                assert!(report.contains(place), "{report}");
            }
        }
    }
}

/// What documents are made of, right and wrong.
const PARTS: [&str; 64] = [
    "a",
    "b c",
    "é",
    "日本 語",
    "\u{301}x",
    "🦀",
    "1",
    "-2",
    "0.5",
    "007",
    "0x1f",
    "1e3",
    "1_0",
    "1.2.3",
    "2026-01-02",
    "null",
    "Null",
    "~",
    "true",
    "TRUE",
    "yes",
    ".inf",
    "\"q\"",
    "\"q\\n\\u00e9\"",
    "\"\\ud83e\"",
    "\"open",
    "'s'",
    "'it''s'",
    "'open",
    "|",
    "|-",
    "|+",
    "|2",
    ">",
    ">-",
    "# c",
    " # c",
    "x#y",
    ": ",
    ":",
    "a:b",
    "key: ",
    "key:",
    "other: v",
    "input: ",
    "\"k\": v",
    "- ",
    "-",
    "- - ",
    "? ",
    "[a, b]",
    "[]",
    "{}",
    "{a: b}",
    "[",
    "&a ",
    "*a",
    "!t ",
    "---",
    "...",
    "%",
    "@",
    "\t",
    "  ",
];

fn line() -> impl Strategy<Value = String> {
    let parts = prop::collection::vec(prop::sample::select(&PARTS[..]), 0..4);
    let end = prop::sample::select(
        &[
            "\n", "\n", "\n", "\n", "\n\n", " \n", "\r\n", "\u{85}", "\u{2028}",
        ][..],
    );
    (0_usize..7, parts, end)
        .prop_map(|(indent, parts, end)| format!("{}{}{end}", " ".repeat(indent), parts.concat()))
}

/// Brackets with something in them.
fn flow() -> impl Strategy<Value = String> {
    let part = prop::sample::select(
        &[
            "a",
            "b c",
            "\"é, ]\"",
            "'it''s'",
            "'q'",
            "1",
            "1.5",
            "-1",
            "null",
            "True",
            "{",
            "}",
            "[",
            "]",
            ", ",
            ", ",
            ", ",
            ",",
            ": ",
            "a: ",
            "b: ",
            "\"k\": ",
            "\"k\":",
            " ",
            "é",
            "#",
            " #",
            "&a ",
            "*a",
            "|",
            "? ",
        ][..],
    );
    let inside = prop::collection::vec(part, 0..7);
    (inside, any::<bool>()).prop_map(|(parts, is_list)| {
        let inside = parts.concat();
        if is_list {
            format!("[{inside}]")
        } else {
            format!("{{{inside}}}")
        }
    })
}

/// An entry as it is usually written, with a part of it replaced.
fn entry() -> impl Strategy<Value = String> {
    let value = || {
        prop_oneof![
            4 => prop::sample::select(&PARTS[..]).prop_map(str::to_owned),
            2 => "[a-zé ]{1,12}",
            1 => Just("one\n    two\n    three".to_owned()),
            1 => Just(">-\n    one\n    two".to_owned()),
            1 => Just("|\n    one\n\n      two".to_owned()),
            1 => Just("'one\n    two'".to_owned()),
            1 => Just("\"one\n    two\"".to_owned()),
            1 => Just("\n    k: v\n    l: 1".to_owned()),
            1 => Just("\n  - v\n  - w: x\n    y: z".to_owned()),
            1 => Just("\n    - v\n    - >-\n      w".to_owned()),
            2 => flow(),
            1 => "\\PC{0,8}",
        ]
    };
    (value(), value(), value())
        .prop_map(|(a, b, c)| format!("- input: {a}\n  persona: {b}\n  metadata: {c}\n"))
}

fn text() -> impl Strategy<Value = String> {
    let lines = prop::collection::vec(prop_oneof![3 => entry(), 1 => line()], 0..5);
    let head =
        prop::sample::select(&["", "", "inputs:\n", "config:\n  a: b\ninputs:\n", "# c\n\n"][..]);
    let change = prop::option::of((
        any::<prop::sample::Index>(),
        prop::sample::select(&PARTS[..]),
        0_usize..4,
    ));
    (head, lines, any::<bool>(), change).prop_map(|(head, lines, is_indented, change)| {
        let mut body = lines.concat();
        if is_indented {
            let lines: Vec<String> = body.lines().map(|line| format!("  {line}\n")).collect();
            body = lines.concat();
        }
        let mut text = format!("{head}{body}");
        if let Some((at, part, less)) = change {
            let mut characters: Vec<char> = text.chars().collect();
            let at = at.index(characters.len() + 1);
            let end = (at + less).min(characters.len());
            characters.splice(at..end, part.chars());
            text = characters.into_iter().collect();
        }
        text
    })
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(2_000))]

    #[test]
    fn what_is_read_in_the_usual_form_is_what_the_parser_reads(text in text()) {
        let _ = is_usual(&text);
    }

    #[test]
    fn lines_of_anything_are_read_as_the_parser_reads_them(lines in prop::collection::vec(line(), 0..7)) {
        let _ = is_usual(&lines.concat());
    }

    #[test]
    fn what_is_written_is_read_again(texts in prop::collection::vec("(\\PC|[a-z' :#\\n-]){0,200}", 1..4)) {
        let entry = |text: &String| serde_json::json!({"input": text, "metadata": {"topic": text, "n": 1}});
        let entries: Vec<_> = texts.iter().map(entry).collect();
        let text = to_text(&serde_json::json!({"generated_inputs": entries}));
        prop_assert!(is_usual(&text), "{}", text);
    }
}

use proptest::prelude::*;
use serde_json::json;

use super::*;

#[track_caller]
fn check(text: &str, key: &str, value: &Value, edited: &str) {
    assert_eq!(set(text, key, value).unwrap(), edited, "{text}");
}

#[test]
fn a_value_is_changed_where_it_stands() {
    check("a: 1\n", "a", &json!(2), "a: 2\n");
    check(
        "a:   1   # one\nb: 2",
        "a",
        &json!(2),
        "a:   2   # one\nb: 2",
    );
    check(
        "a: x y # z\r\nb: 2\r\n",
        "a",
        &json!(true),
        "a: true # z\r\nb: 2\r\n",
    );
    check(
        "a: \"x\" # z\n",
        "a",
        &json!("y \"z\""),
        "a: \"y \\\"z\\\"\" # z\n",
    );
    check("a: 'it''s' # z\n", "a", &json!("'"), "a: '''' # z\n");
    check("a: http://x#y # z\n", "a", &json!("b"), "a: b # z\n");
    check("\u{feff}a: 1\n", "a", &json!(2), "\u{feff}a: 2\n");
    check("'a': 1\n\"b\" : 2\n", "b", &json!(3), "'a': 1\n\"b\" : 3\n");
    check(
        "a:\n    b:\n        c: 1\nd: 2\n",
        "a.b.c",
        &json!(null),
        "a:\n    b:\n        c: null\nd: 2\n",
    );
    check(
        "a: [1, \"]\", {x: 2}] # z\n",
        "a",
        &json!(["x"]),
        "a: [\"x\"] # z\n",
    );
    check(
        "a: {b: 1, c: 2} # z\n",
        "a.b",
        &json!(3),
        "a: {b: 3, c: 2} # z\n",
    );
    check(
        "a: {b: {c: x y}}\n",
        "a.b.c",
        &json!("z"),
        "a: {b: {c: z}}\n",
    );
    check("a: # none\nb: 2\n", "a", &json!(1), "a: 1 # none\nb: 2\n");
    check("ä: ü # ö\n", "ä", &json!("é"), "ä: é # ö\n");
}

#[test]
fn items_of_lists_are_stepped_into() {
    check(
        "a:\n  - x # 1\n  - y\n",
        "a.1",
        &json!("z"),
        "a:\n  - x # 1\n  - z\n",
    );
    check(
        "- b: 1\n  c: 2\n- d\n",
        "0.c",
        &json!(3),
        "- b: 1\n  c: 3\n- d\n",
    );
    check(
        "a:\n- b: 1\nc: 2\n",
        "a.0.d",
        &json!(3),
        "a:\n- b: 1\n  d: 3\nc: 2\n",
    );
    check("a: [x, y]\n", "a.0", &json!("z"), "a: [z, y]\n");
}

#[test]
fn keys_are_added_at_the_end_of_what_they_belong_to() {
    check("", "a", &json!(1), "a: 1\n");
    check("# note\n", "a.b", &json!(1), "# note\na:\n  b: 1\n");
    check("a: 1", "b", &json!(2), "a: 1\nb: 2\n");
    check(
        "a:\r\n    b: 1\r\n",
        "c.d",
        &json!("x"),
        "a:\r\n    b: 1\r\nc:\r\n    d: x\r\n",
    );
    check(
        "a:\n  b: 1\n\n# of d\nd: 2\n",
        "a.c",
        &json!(3),
        "a:\n  b: 1\n  c: 3\n\n# of d\nd: 2\n",
    );
    check(
        "a:\n  b:\n    - 1\n    # not yet\n\n  # of c\n  c: 2\nd: 2\n",
        "a.b2",
        &json!([1, {"x": "y"}]),
        "a:\n  b:\n    - 1\n    # not yet\n\n  # of c\n  c: 2\n  b2: [1,{\"x\":\"y\"}]\nd: 2\n",
    );
    check(
        "a:\n  b: |\n    # text\n\n    text\nc: 1\n",
        "a.d",
        &json!(1),
        "a:\n  b: |\n    # text\n\n    text\n  d: 1\nc: 1\n",
    );
}

#[test]
fn keys_are_added_below_one_that_has_no_value() {
    check("a:\nb: 1\n", "a.c", &json!(2), "a:\n  c: 2\nb: 1\n");
    check(
        "a: # none\n  # yet\nb: 1\n",
        "a.c.d",
        &json!(2),
        "a: # none\n  c:\n    d: 2\n  # yet\nb: 1\n",
    );
    check(
        "a: {} # none\nb: 1\n",
        "a.c",
        &json!(2),
        "a: # none\n  c: 2\nb: 1\n",
    );
    check("a: null\nb: 1\n", "a.c", &json!(2), "a:\n  c: 2\nb: 1\n");
}

#[test]
fn keys_are_added_within_braces() {
    for (text, key, edited) in [
        ("a: {b: 1} # z\n", "a.c", "a: {b: 1, c: x} # z\n"),
        ("a: { b: 1 }\n", "a.c.d", "a: { b: 1, c: {d: x} }\n"),
        ("a: {b: 1,}\n", "a.c", "a: {b: 1, c: x}\n"),
        ("a: {b: \"}\"}\n", "a.c", "a: {b: \"}\", c: x}\n"),
        (
            "a: {b: {}, c: 1}\n",
            "a.b.d.e",
            "a: {b: {d: {e: x}}, c: 1}\n",
        ),
        ("a: {b: , c: 1}\n", "a.b.d", "a: {b: {d: x}, c: 1}\n"),
        ("a: {b: null}\n", "a.b.d", "a: {b: {d: x}}\n"),
        ("a: [{b: 1}, {}]\n", "a.0.c", "a: [{b: 1, c: x}, {}]\n"),
        ("a: [{b: 1}, {}]\n", "a.1.c", "a: [{b: 1}, {c: x}]\n"),
        ("a:\n  - {}\n", "a.0.c", "a:\n  - {c: x}\n"),
        ("{a: 1}", "b", "{a: 1, b: x}"),
        ("{} # none\n", "a.b", "{a: {b: x}} # none\n"),
        ("{ }\n", "a", "{a: x}\n"),
    ] {
        check(text, key, &json!("x"), edited);
    }
    check(
        "a: {b: 1}\n",
        "a.c d",
        &json!("x, y"),
        "a: {b: 1, c d: \"x, y\"}\n",
    );
}

#[test]
fn texts_are_read_back_as_they_are() {
    for text in [
        "",
        " ",
        "x",
        "x y",
        "true",
        "No",
        "1",
        "1.5",
        ".5",
        "~",
        "null",
        "x: y",
        "x #y",
        "#x",
        "- x",
        "*x",
        "&x",
        "!x",
        "%x",
        "@x",
        "'",
        "\"",
        "\\",
        "a\nb",
        "\t",
        "é",
        "{}",
        "[",
        "2024-01-01",
        "0x1f",
        ".nan",
        "recordings/a.jsonl",
        "a:b",
        "x:",
        "nan",
        "Infinity",
        "a\u{7f}\u{2028}\u{85}b",
        "\u{feff}a",
        "x, y",
        "x]",
    ] {
        let edited = set("a: 1\n", "a", &json!(text)).unwrap();
        assert_eq!(read(&edited).unwrap().to_json(), json!({"a": text}));
        let edited = set("{a: {b: 1}}\n", "a.c", &json!(text)).unwrap();
        assert_eq!(
            read(&edited).unwrap().to_json(),
            json!({"a": {"b": 1, "c": text}})
        );
    }
}

#[test]
fn values_are_found_by_their_keys() {
    let text = "\u{feff}a:\n  b: [x, {c: 1.5}]\nd: ~\n";
    for (key, value) in [
        ("a.b.0", Some(json!("x"))),
        ("a.b.1.c", Some(json!(1.5))),
        ("a.b.2", None),
        ("d", Some(json!(null))),
        ("d.e", None),
        ("a.c", None),
    ] {
        assert_eq!(get(text, key).unwrap(), value, "{key}");
    }
    assert!(get("a: [", "a").is_err());
}

#[test]
fn what_says_so_already_is_not_touched() {
    for text in [
        "a: {b: \"x\"}\n",
        "a:\n  b: |-\n    x\n",
        "a:\n  'b':   x # y",
    ] {
        check(text, "a.b", &json!("x"), text);
    }
}

#[test]
fn what_cannot_be_edited_safely_is_refused_with_the_lines_to_write() {
    for (text, key) in [
        ("a: |\n  text\n", "a"),
        ("a: two\n  lines\n", "a"),
        ("a: \"two\n  lines\"\n", "a"),
        ("a: [1,\n  2]\n", "a"),
        ("a:\n  b: 1\n", "a"),
        ("a: {b: 1,\n  c: 2}\n", "a.d"),
        ("{a: 1, # }\n  b: 2}\n", "c"),
        ("a: {b: it's}\n", "a.c"),
        ("x: &x {b: 1}\na: *x\n", "a.c"),
        ("x: &x\n  b: 1\na: *x\n", "a.b"),
        ("x: &x 1\na: 2\n", "x"),
        ("a: *x\nx: &x 1\n", "x"),
        ("? a\n: 1\n", "a"),
        ("a: 1\n...\n", "b"),
    ] {
        match set(text, key, &json!("new")) {
            Err(EditError::Unsafe { by_hand, .. }) => {
                assert!(by_hand.ends_with(": new"), "{text}: {by_hand}");
            }
            // An alias before its anchor is no YAML.
            Err(EditError::Unreadable(_)) => assert!(text.starts_with("a: *x")),
            other => panic!("{text}: {other:?}"),
        }
    }
    let error = set("a: # x\n  b: [1,\n  2]\n", "a.b", &json!(1)).unwrap_err();
    assert_eq!(
        error.to_string(),
        "line 2 cannot be edited safely: its value takes several lines"
    );
    assert_eq!(error.hint().unwrap(), "write it by hand:\n\na:\n  b: 1");
}

#[test]
fn keys_that_lead_nowhere_are_named() {
    let message = |text: &str, key: &str| set(text, key, &json!(1)).unwrap_err().to_string();
    assert_eq!(
        message("a: x\n", "a.b.c"),
        "`a` is the text `x`: nothing can be set in it"
    );
    assert_eq!(
        message("a: [1]\n", "a.1"),
        "`a` is a list: nothing can be set in it"
    );
    assert_eq!(
        message("[1]\n", "a"),
        "`the document` is a list: nothing can be set in it"
    );
    for key in ["", ".", "a.", "a..b", " "] {
        assert!(matches!(
            set("a: 1\n", key, &json!(1)),
            Err(EditError::Key(_))
        ));
    }
}

/// A mapping in block style, with comments and blank lines, by its lines.
fn mapping(depth: u32) -> BoxedStrategy<Vec<String>> {
    let noise = prop_oneof![Just(String::new()), "# [a-z: ]{0,10}"];
    let end = prop_oneof![Just(String::new()), " {1,3}# [a-z: #]{0,10}"];
    let scalar = prop_oneof![
        "[a-z][a-z ]{0,6}[a-z]",
        "[0-9]{1,4}",
        "\"[a-z #:,]{0,8}\"",
        "'[a-z #:\\[]{0,8}'",
        Just("[1, x]".to_owned()),
        Just("{x: 1}".to_owned()),
        Just("{ a: 1, b: {c: \"}\"}, }".to_owned()),
        Just("{a: , b: {}, c: null}".to_owned()),
        Just("{}".to_owned()),
        Just("null".to_owned()),
    ];
    let leaf = (scalar, end.clone()).prop_map(|(value, end)| vec![format!(" {value}{end}")]);
    let text = prop::collection::vec("[a-z#:]{1,6}( [a-z#]{1,4})?", 1..3).prop_map(|lines| {
        let lines = lines.into_iter().map(|line| format!("    {line}"));
        std::iter::once(" |".to_owned())
            .chain(lines)
            .collect::<Vec<_>>()
    });
    let value = if depth == 0 {
        prop_oneof![4 => leaf, 1 => text].boxed()
    } else {
        let nested = (end, mapping(depth - 1)).prop_map(|(end, lines)| {
            let lines = lines.into_iter().map(|line| format!("  {line}"));
            std::iter::once(end).chain(lines).collect::<Vec<_>>()
        });
        prop_oneof![3 => leaf, 1 => text, 2 => nested].boxed()
    };
    prop::collection::btree_map("[a-e]", (prop::collection::vec(noise, 0..2), value), 1..4)
        .prop_map(|entries| {
            let mut lines = Vec::new();
            for (key, (noise, mut value)) in entries {
                lines.extend(noise);
                value[0].insert_str(0, &format!("{key}:"));
                lines.extend(value);
            }
            lines
        })
        .boxed()
}

/// What has to come out, said in values alone.
fn with(mut document: Value, path: &[&str], value: &Value) -> Option<Value> {
    let mut place = &mut document;
    for part in path {
        if place.is_null() {
            *place = json!({});
        }
        place = place.as_object_mut()?.entry(*part).or_insert(Value::Null);
    }
    *place = value.clone();
    Some(document)
}

proptest! {
    #[test]
    fn only_the_value_changes(
        lines in mapping(2),
        path in prop::collection::vec("[a-f]", 1..4),
        value in prop_oneof![
            any::<bool>().prop_map(Value::from), any::<i32>().prop_map(Value::from), "[a-zA-Z#:' ]{0,8}".prop_map(Value::from),
            Just(json!(["x", {"y": 1}])),
        ],
        ending in prop_oneof![Just("\n"), Just("\r\n")],
    ) {
        let text: String = lines.iter().flat_map(|line| [line, ending]).collect();
        let path: Vec<&str> = path.iter().map(String::as_str).collect();
        let key = path.join(".");
        let before = read(&text).unwrap().to_json();
        let Ok(edited) = set(&text, &key, &value) else {
            let old = path.iter().try_fold(&before, |value, part| value.get(part));
            let is_long = old.is_some_and(|old| old.is_object() || old.as_str().is_some_and(|text| text.contains('\n')));
            let leads_nowhere = with(before.clone(), &path, &value).is_none();
            prop_assert!(is_long || leads_nowhere, "{text}\n{key}");
            return Ok(());
        };
        prop_assert_eq!(Some(read(&edited).unwrap().to_json()), with(before, &path, &value));
        // Byte for byte the same: all lines before the first that differs, and all behind what was changed or added.
        let (old, new): (Vec<&str>, Vec<&str>) = (text.split_inclusive('\n').collect(), edited.split_inclusive('\n').collect());
        let head = old.iter().zip(&new).take_while(|(a, b)| a == b).count();
        let tail = old[head..].iter().rev().zip(new[head..].iter().rev()).take_while(|(a, b)| a == b).count();
        prop_assert!(old.len() - head - tail <= 1, "{text}\n{edited}");
        prop_assert!(new.len() - head - tail <= path.len() + 1, "{text}\n{edited}");
        prop_assert_eq!(set(&edited, &key, &value).unwrap(), edited);
    }

    #[test]
    fn no_text_makes_it_panic(text: String, key: String) {
        let _ = set(&text, &key, &json!(1));
        let _ = set(&text, "a", &json!("x"));
    }

    #[test]
    fn no_document_makes_it_panic(text in "[a-c:#'\"\\[\\]{}|>&*! \n\r\t,-]{0,40}", key in "[a-c0-2](\\.[a-c0-2])?") {
        let _ = set(&text, &key, &json!("x"));
    }
}

//! CSV with a header.

use super::*;

#[test]
fn csv_has_columns_for_what_an_entry_says() {
    let text = "\u{feff}input, persona ,id,metadata.topic,metadata.a.b,expected_intent\r\n\
                How do I start?, novice_user ,start,basics,,\r\n\
                \"two\nlines, and \"\"quotes\"\"\",,,\" kept \",x,buy\r\n\
                \r\n\
                \"\",expert,,,,\r\n";
    let inputs = read("in.csv", text);
    let [first, second, third] = &inputs.entries[..] else {
        panic!("{inputs:?}")
    };
    assert_eq!(first.input, json!("How do I start?"));
    assert_eq!(
        (first.persona.as_deref(), first.id.as_deref()),
        (Some("novice_user"), Some("start"))
    );
    assert_eq!(json!(first.metadata), json!({"topic": "basics"}));
    assert_eq!(first.place, "in.csv:2");
    assert_eq!(second.input, json!("two\nlines, and \"quotes\""));
    assert_eq!((&second.persona, &second.id), (&None, &None));
    let metadata = json!({"topic": " kept ", "a.b": "x", "expected_intent": "buy"});
    assert_eq!(json!(second.metadata), metadata);
    assert_eq!(third.input, json!(""));
    assert_eq!(third.place, "in.csv:6");
    assert_eq!(warnings(&inputs), "");
    kept(&inputs);
}

#[test]
fn numbers_in_csv_are_text() {
    let inputs = read("in.csv", "id,input,metadata.n\n1.10,007,1\n");
    assert_eq!(inputs.entries[0].input, json!("007"));
    assert_eq!(inputs.entries[0].id.as_deref(), Some("1.10"));
    assert_eq!(json!(inputs.entries[0].metadata), json!({"n": "1"}));
}

#[test]
fn every_wrong_row_is_an_error() {
    let text = "input,persona\na,b,c\nd\n,expert\n5\" disk,e\n\"f\"g,h\nä,\"never closed\nend\n";
    insta::assert_snapshot!(wrong("in.csv", text), @r#"
    error: expected 2 columns as the header has them, found 3
     --> in.csv:2:1
      |
    2 | a,b,c
      | ^
      = help: put text that contains commas or line breaks in double quotes

    error: expected 2 columns as the header has them, found 1
     --> in.csv:3:1
      |
    3 | d
      | ^
      = help: put text that contains commas or line breaks in double quotes

    error: `inputs[0]`: `input` has no value
     --> in.csv:4:1
      |
    4 | ,expert
      | ^
      = help: write the text in the column `input`; an empty text is `""`

    error: expected a comma or the end of the line behind a closing quote
     --> in.csv:6:4
      |
    6 | "f"g,h
      |    ^
      = help: write quotes inside of a text twice: `"a ""word"""`

    error: a quote is opened here and never closed
     --> in.csv:7:3
      |
    7 | ä,"never closed
      |   ^
      = help: close it, and write quotes inside of a text twice: `"a ""word"""`
    "#);
}

#[test]
fn the_header_is_checked() {
    insta::assert_snapshot!(wrong("in.csv", "inptu,persona\na,b\n"), @"
    error: expected a header with the column `input`, found `inptu`, `persona`
     --> in.csv:1:7
      |
    1 | inptu,persona
      |       ^
      = help: did you mean `input` by `inptu`?
    ");
    insta::assert_snapshot!(wrong("in.csv", "input;persona\na;b\n"), @"
    error: expected a header with the column `input`, found `input;persona`
     --> in.csv:1:1
      |
    1 | input;persona
      | ^
      = help: separate columns by commas
    ");
    insta::assert_snapshot!(wrong("in.csv", "How do I start?\nWhat else?\n"), @"
    error: expected a header with the column `input`, found `How do I start?`
     --> in.csv:1:1
      |
    1 | How do I start?
      | ^
      = help: name the columns in the first line: `input,persona,id,metadata.topic`
    ");
    insta::assert_snapshot!(wrong("in.csv", "input,id,input,,metadata\na,b,c,d,e\n"), @"
    error: the column `input` stands twice in the header
     --> in.csv:1:10
      |
    1 | input,id,input,,metadata
      |          ^
      = help: keep one of them

    error: a column of the header has no name
     --> in.csv:1:16
      |
    1 | input,id,input,,metadata
      |                ^
      = help: name every column, or remove the comma

    error: the column `metadata` names no key
     --> in.csv:1:17
      |
    1 | input,id,input,,metadata
      |                 ^
      = help: write the key behind it, for example `metadata.topic`
    ");
    let inputs = read("in.csv", "input,persna,category\na,b,c\nd,e,f\n");
    insta::assert_snapshot!(warnings(&inputs), @"
    warning: unknown column `persna`: nothing reads it
     --> in.csv:1:7
      |
    1 | input,persna,category
      |       ^
      = help: did you mean `persona`?

    warning: unknown column `category`: nothing reads it
     --> in.csv:1:14
      |
    1 | input,persna,category
      |              ^
      = help: remove it, or keep it with the input as `metadata.category`
    ");
    for empty in ["", "\n", "input,persona\n"] {
        assert!(
            wrong("in.csv", empty).contains("in.csv has no inputs"),
            "{empty}"
        );
    }
}

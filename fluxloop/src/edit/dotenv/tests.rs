use proptest::prelude::*;

use super::*;

#[test]
fn a_variable_is_changed_where_it_stands() {
    for (text, edited) in [
        ("", "A=new\n"),
        ("# note", "# note\nA=new\n"),
        ("B=1\r\nC=2", "B=1\r\nC=2\r\nA=new\r\n"),
        ("A=old # why\nB=1\n", "A=new # why\nB=1\n"),
        ("A = old\n", "A = new\n"),
        ("  export A=old\r\nB=1\r\n", "  export A=new\r\nB=1\r\n"),
        ("A=\"old one\" # x\n", "A=\"new\" # x\n"),
        ("A='old one'\n", "A='new'\n"),
        ("A=\nB=1\n", "A=new\nB=1\n"),
        ("A= # none\n", "A= new # none\n"),
        ("\u{feff}A=old\n", "\u{feff}A=new\n"),
        ("A=1\nAA=2\n#A=3\nA=4\n", "A=new\nAA=2\n#A=3\nA=new\n"),
        ("A=new # as it is\n", "A=new # as it is\n"),
    ] {
        assert_eq!(set(text, "A", "new").unwrap(), edited, "{text:?}");
    }
}

#[test]
fn what_would_touch_more_is_refused_with_the_line_to_write() {
    for text in ["A=\"two\nlines\"\n", "A=1\nB=$A\n", "B=\"x\nA=1\n\"\n"] {
        let error = set(text, "A", "new").unwrap_err();
        assert_eq!(
            error.hint().unwrap(),
            "write it by hand:\n\nA=new",
            "{text:?}"
        );
    }
    let error = set("A=1\nno variable\n", "A", "2").unwrap_err();
    assert!(matches!(error, EditError::Unreadable(_)), "{error}");
    assert!(matches!(set("", "A B", "2"), Err(EditError::Key(_))));
}

fn line() -> impl Strategy<Value = String> {
    prop_oneof![
        "(export )?[B-D][A-Z_]{0,5} ?= ?[a-z0-9_./-]{0,8}( # [a-zA-Z= ]{0,8})?",
        "[B-D][A-Z_]{0,5}=(\"[a-z #=]{0,8}\"|'[a-z #=$]{0,8}')",
        "A=[a-z0-9]{0,8}( # [a-z]{0,8})?",
        "#[ a-zA-Z=]{0,12}",
        Just(String::new()),
    ]
}

proptest! {
    #[test]
    fn only_the_variable_changes(
        lines in prop::collection::vec(line(), 0..8),
        ending in prop_oneof![Just("\n"), Just("\r\n")],
        value in "[a-zA-Z0-9 /.:#$'\"\\\\-]{0,12}",
    ) {
        let text: String = lines.iter().flat_map(|line| [line, ending]).collect();
        // Both kinds of quotes with a `$` behind them cannot be written in one pair of quotes.
        let Ok(edited) = set(&text, "A", &value) else {
            prop_assert!(value.contains(['\\', '$', '\'', '"']));
            return Ok(());
        };
        prop_assert_eq!(variables(&edited).unwrap().remove("A"), Some(value.clone()));
        let others = |text: &str| -> Vec<String> {
            let lines = text.split_inclusive('\n').filter(|line| !line.starts_with("A="));
            lines.map(str::to_owned).collect()
        };
        prop_assert_eq!(others(&edited), others(&text));
        prop_assert_eq!(set(&edited, "A", &value).unwrap(), edited);
    }

    #[test]
    fn no_text_makes_it_panic(text: String, name: String, value: String) {
        let _ = set(&text, &name, &value);
        let _ = set(&text, "A", &value);
    }
}

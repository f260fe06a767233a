use super::*;

/// The YAML of an input of the function `run` in these sources.
fn sample(source: &str) -> String {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("lib.rs");
    fs::write(&file, source).unwrap();
    let line = source.lines().position(|line| line.contains("fn run("));
    let agent = SourceAgent {
        name: fluxloop::target::AgentName::new("a", fluxloop::target::Kind::Lib, "a", "run"),
        file: file.clone(),
        line: line.unwrap() + 1,
        gate: crate::target::Gate::Always,
    };
    match Sample::of(&agent, [&file]) {
        Ok(sample) => format!("input:{}", sample.yaml("Hello?", 2)),
        Err(Unclear(ty)) => format!("unclear: {ty}"),
    }
}

#[test]
fn parameters_tell_what_the_input_is() {
    let of = |parameters: &str| {
        sample(&format!(
            "fn other(a: u8) {{}}\nmod m {{\n  fn run({parameters}) {{}}\n}}"
        ))
    };
    for text in [
        "input: String",
        "input: &str",
        "context: &fluxloop::Context, input: Cow<'_, str>",
        "input: Option<Box<str>>",
        "input: serde_json::Value",
        "context: &Context",
    ] {
        assert_eq!(of(text), "input: \"Hello?\"\n", "{text}");
    }
    assert_eq!(of("n: u64"), "input: 1\n");
    assert_eq!(of("n: &[bool]"), "input:\n  - true\n");
    assert_eq!(of("n: (f64, char)"), "input:\n  - 1.5\n  - \"a\"\n");
    assert_eq!(of("n: BTreeMap<String, u8>"), "input: {}\n");
    insta::assert_snapshot!(of("order: u32, r#type: String, ctx: &Context, list: Vec<Vec<u8>>"), @r#"
    input:
      order: 1
      type: "Hello?"
      list:
        - - 1
    "#);
    for unclear in [
        "input: impl Sized",
        "input: Unknown<u8>",
        "(a, b): (u8, u8), c: Order",
        "f: fn()",
    ] {
        assert!(of(unclear).starts_with("unclear: "), "{unclear}");
    }
    assert_eq!(of("input: crate::Order"), "unclear: crate::Order");
}

#[test]
fn a_struct_of_the_sources_is_a_mapping() {
    insta::assert_snapshot!(sample(r#"
        #[derive(Debug, serde::Deserialize)]
        #[serde(deny_unknown_fields)]
        struct Ticket {
            /// Of an order.
            order: OrderId,
            #[serde(rename = "on", default = "yes")]
            is_on: bool,
            #[serde(default)]
            lines: Vec<Line>,
            mood: Mood,
            way: Way,
            note: Note,
        }
        #[derive(Deserialize)]
        struct OrderId(u64);
        #[derive(Deserialize)]
        struct Line { text: String, times: Option<u8> }
        #[derive(Deserialize)]
        enum Mood { Angry, Calm }
        #[derive(Deserialize)]
        enum Way { Mail { to: String }, Phone(u64) }
        type Note = String;
        fn run(ticket: Ticket) {}
    "#), @r#"
    input:
      order: 1
      "on": true
      lines:
        - text: "Hello?"
          times: 1
      mood: "Angry"
      way:
        Mail:
          to: "Hello?"
      note: "Hello?"
    "#);
}

#[test]
fn what_serde_reads_otherwise_is_not_guessed() {
    let of = |ticket: &str| sample(&format!("{ticket}\nfn run(ticket: Ticket) {{}}"));
    for ticket in [
        "struct Ticket { order: u8 }",
        "#[derive(Deserialize)]\n#[serde(rename_all = \"camelCase\")]\nstruct Ticket { order: u8 }",
        "#[derive(Deserialize)]\nstruct Ticket { #[serde(flatten)] order: u8 }",
        "#[derive(Deserialize)]\n#[serde(untagged)]\nenum Ticket { A }",
        "#[derive(Deserialize)]\nenum Ticket { #[serde(skip)] A, B }",
        "#[derive(Deserialize)]\nstruct Ticket<T> { order: T }",
        "mod a { #[derive(Deserialize)] struct Ticket; } mod b { #[derive(Deserialize)] struct Ticket; }",
        "#[derive(Deserialize)]\nstruct Ticket { next: Box<Ticket> }",
        "#[derive(Deserialize)]\nstruct Ticket { other: Elsewhere }",
    ] {
        let told = of(ticket);
        assert!(told.starts_with("unclear: "), "{ticket}\n{told}");
    }
}

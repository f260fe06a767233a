//! Files that are broken, or made to break the reader.

use std::fmt::Write;

use super::*;

fn refused(bytes: &[u8]) -> String {
    let project = Project::simulation("");
    project.write("configs/simulation.yaml", bytes);
    project.errors()
}

#[test]
fn broken_yaml_is_shown_at_its_place() {
    insta::assert_snapshot!(refused(b"runner:\n\ttarget: x\n"), @r#"
    error: tabs disallowed within this context (block indentation)
     --> configs/simulation.yaml:2:2
      |
    2 |  target: x
      |  ^
      = help: indent with spaces: YAML allows no tabs there
    "#);
    insta::assert_snapshot!(refused(b"runner:\n  target: x\n iterations: 3\n"), @r#"
    error: while parsing a block mapping, did not find expected key
     --> configs/simulation.yaml:3:2
      |
    3 |  iterations: 3
      |  ^
      = help: check the indentation of this line against the ones above
    "#);
    insta::assert_snapshot!(refused(b"name: a: b\n"), @r#"
    error: mapping values are not allowed in this context
     --> configs/simulation.yaml:1:8
      |
    1 | name: a: b
      |        ^
      = help: check the indentation, and put text that contains `: ` in quotes
    "#);
    insta::assert_snapshot!(refused(b"tags: [a, b\nname: x\n"), @r#"
    error: illegal placement of ':' indicator
     --> configs/simulation.yaml:2:5
      |
    2 | name: x
      |     ^
      = help: check the brackets, quotes and indentation of this line and the ones above
    "#);
    insta::assert_snapshot!(refused(b"name: \"open\n"), @r#"
    error: unclosed quote
     --> configs/simulation.yaml:1:7
      |
    1 | name: "open
      |       ^
      = help: close the quotes
    "#);
    insta::assert_snapshot!(refused(b"seed: 1\nname: x\nseed: 2\n"), @r#"
    error: the key `seed` stands twice in one mapping
     --> configs/simulation.yaml:3:1
      |
    3 | seed: 2
      | ^
      = help: keep one of them
    "#);
}

#[test]
fn yaml_that_means_nothing_here_is_shown_at_its_place() {
    insta::assert_snapshot!(refused(b"seed: 1\n---\nseed: 2\n"), @r#"
    error: expected one YAML document, found another after `---`
     --> configs/simulation.yaml:3:1
      |
    3 | seed: 2
      | ^
      = help: remove the `---` line, or put the second document in a file of its own
    "#);
    insta::assert_snapshot!(refused(b"name: *nobody\n"), @r#"
    error: an alias (`*name`) names a value that does not stand before it (`&name`)
     --> configs/simulation.yaml:1:7
      |
    1 | name: *nobody
      |       ^
      = help: put text that begins with `*` in quotes
    "#);
    insta::assert_snapshot!(refused(b"name: !ruby/object x\n"), @r#"
    error: a tag (`!name`) has no meaning here
     --> configs/simulation.yaml:1:20
      |
    1 | name: !ruby/object x
      |                    ^
      = help: remove the tag, or put text that begins with `!` in quotes
    "#);
    insta::assert_snapshot!(refused(b"- a\n- b\n"), @r#"
    error: expected a mapping of keys to values, found a list
     --> configs/simulation.yaml:1:1
      |
    1 | - a
      | ^
      = help: write `key: value` lines, for example `iterations: 10`
    "#);
    insta::assert_snapshot!(refused(b"1: x\n"), @r#"
    error: expected text as a key, found 1
     --> configs/simulation.yaml:1:1
      |
    1 | 1: x
      | ^
      = help: put the key in quotes
    "#);
    insta::assert_snapshot!(refused(b"seed: 184467440737095516160\n"), @r#"
    error: the whole number 184467440737095516160 is too large: at most 64 bits are kept
     --> configs/simulation.yaml:1:7
      |
    1 | seed: 184467440737095516160
      |       ^
      = help: put it in quotes to keep it as text
    "#);
    insta::assert_snapshot!(refused(b"run_delay_seconds: .inf\n"), @r#"
    error: expected a number that JSON can hold, found .inf
     --> configs/simulation.yaml:1:20
      |
    1 | run_delay_seconds: .inf
      |                    ^
      = help: put it in quotes to keep it as text
    "#);
}

#[test]
fn what_is_no_text_is_refused_with_its_place() {
    insta::assert_snapshot!(refused(b"name: x\ntags: [\xff\xfe]\n"), @r#"
    error: expected UTF-8 text, found bytes that are not UTF-8
     --> configs/simulation.yaml:2:8
      |
    2 | tags: [��]
      |        ^
      = help: save the file as UTF-8 text
    "#);
    insta::assert_snapshot!(refused(b"name: x\0y\n"), @r#"
    error: expected UTF-8 text, found a NUL character
     --> configs/simulation.yaml:1:8
      |
    1 | name: x�y
      |        ^
      = help: save the file as UTF-8 text
    "#);
}

#[test]
fn a_secret_on_a_broken_line_is_not_shown() {
    let report = refused(b"runner:\n  environment_vars:\n    API_KEY: \"sk-12345\" x\n");
    assert!(
        report.contains("API_KEY: ***") && !report.contains("sk-12345"),
        "{report}"
    );
}

#[test]
fn large_files_are_not_read() {
    insta::assert_snapshot!(refused(&vec![b'#'; (1 << 20) + 1]), @r#"
    error: configs/simulation.yaml is larger than 1 MiB
      = help: check that this is the file you mean, or split it
    "#);
    let project = Project::simulation("");
    let path = project.path("configs/simulation.yaml");
    std::fs::File::create(path)
        .unwrap()
        .set_len(100 << 30)
        .unwrap();
    assert!(project.errors().contains("is larger than 1 MiB"));
}

#[test]
#[cfg(unix)]
fn an_endless_file_is_cut_off() {
    let mut project = Project::simulation("");
    project.request.config = Some("/dev/zero".into());
    assert!(
        project.errors().contains("/dev/zero is larger than 1 MiB"),
        "{}",
        project.errors()
    );
}

#[test]
fn alias_bombs_are_refused() {
    let mut bomb = "a0: &a0 [x, x, x, x, x, x, x, x, x]\n".to_owned();
    for level in 1..30 {
        let items = vec![format!("*a{}", level - 1); 9].join(", ");
        writeln!(bomb, "a{level}: &a{level} [{items}]").unwrap();
    }
    insta::assert_snapshot!(refused(bomb.as_bytes()), @r#"
    error: the document holds too many values
     --> configs/simulation.yaml:1:28
      |
    1 | a0: &a0 [x, x, x, x, x, x, x, x, x]
      |                            ^
      = help: split the file, or write out what aliases (`*name`) repeat too often
    "#);
    let mut long = format!("a: &a {}\nb:\n", "x".repeat(500_000));
    long.push_str(&"  - *a\n".repeat(50_000));
    assert!(refused(long.as_bytes()).contains("too many values"));
    insta::assert_snapshot!(refused(b"a: &a\n  b: *a\n"), @r#"
    error: an alias stands inside the value that it repeats
     --> configs/simulation.yaml:2:6
      |
    2 |   b: *a
      |      ^
      = help: write the value out instead
    "#);
}

#[test]
fn deep_nesting_is_refused() {
    for (open, close) in [("[", "]"), ("{a: ", "}")] {
        for depth in [100, 10_000, 200_000] {
            let report =
                refused(format!("x: {}{}", open.repeat(depth), close.repeat(depth)).as_bytes());
            assert!(report.starts_with("error: "), "{depth}: {report}");
        }
    }
    let mut steps = String::new();
    for depth in 0..500 {
        writeln!(steps, "{}a:", " ".repeat(depth)).unwrap();
    }
    insta::assert_snapshot!(refused(steps.as_bytes()).lines().next().unwrap(), @"error: the values are nested too deeply");
}

#[test]
fn many_values_are_refused_before_they_are_kept() {
    let report = refused("[],".repeat(340_000).replacen("[]", "x: [[]", 1).as_bytes());
    assert!(report.contains("too many values"), "{report}");
}

#[test]
fn scalars_are_those_of_yaml_1_2() {
    let project = Project::simulation(
        "metadata: {a: yes, b: 012, c: 1_000, d: 2024-01-01, e: 0x10, f: 1e3, g: ~, h: TRUE, i: !!binary aGk=, j: -5, k: '1'}\n",
    );
    let metadata = serde_json::to_string(&project.config().metadata).unwrap();
    insta::assert_snapshot!(metadata, @r#"{"a":"yes","b":"012","c":"1_000","d":"2024-01-01","e":16,"f":1000.0,"g":null,"h":true,"i":"hi","j":-5,"k":"1"}"#);
}

proptest::proptest! {
    #[test]
    fn no_text_makes_it_panic(text in "[a-z:\\-\\[\\]{}&*!|>'\"%@`#\t \n0-9.,?~]{0,200}") {
        let project = Project::simulation(&text);
        if let Err(errors) = project.load() {
            proptest::prop_assert!(errors.report().starts_with("error: "));
        }
    }
}

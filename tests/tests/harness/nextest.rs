//! `cargo nextest run`: a process for each test, and one experiment.

use std::fs;

use tests::has_cargo;

use super::{Suite, package};

#[test]
fn all_processes_of_a_run_write_one_experiment() {
    if !has_cargo("nextest") {
        return;
    }
    let suite = Suite::new(
        "iterations: 3\ngate: { max_failures: 9 }",
        "- { id: a, input: hello }\n- { id: b, input: abort }\n- { id: c, input: seed, persona: ada }\n- { id: d, input: fail }",
    );
    let finished = suite.nextest("").exits(100);
    // The same names as `cargo test` has.
    for case in ["run::any::a::iter_0", "run::ada::c::iter_2"] {
        assert!(
            finished
                .stderr
                .contains(&format!("e2e_harness::cases {case}")),
            "{finished}"
        );
    }
    let _ = finished.says("12 tests run: 6 passed, 6 failed");
    assert_eq!(suite.experiments(), 1);
    let experiment = suite.project.latest();
    let summary = experiment.summary();
    assert_eq!(summary["status"], "completed");
    assert_eq!(summary["planned_traces"], 12);
    assert_eq!(summary["total_traces"], 12);
    assert_eq!(summary["failures_by_kind"]["crash"], 3);
    assert_eq!(summary["by_persona"]["ada"]["successful"], 3);
    assert_eq!(summary["repeats"]["always_passed"], 2);
    assert_eq!(summary["repeats"]["cases"][0]["case"], "run::any::b");
    assert_eq!(
        summary["gate"]["passed"], true,
        "of the whole, for those who read it"
    );
    for file in ["trace_summary.jsonl", "traces.jsonl"] {
        assert_eq!(experiment.rows(file).len(), 12, "{file}");
    }
    assert_eq!(experiment.runs().len(), 12);
    assert!(experiment.rows("observations.jsonl").len() >= 24);
    // The seed was drawn once for all of them.
    let seed = summary["seed"].as_u64().expect("a number");
    let runs = experiment.runs();
    let _ = suite
        .test_with(&format!("FLUXLOOP_SEED={seed} FLUXLOOP_NO_FAIL=1"), "::c::")
        .exits(0);
    for (case, run) in suite.project.latest().runs() {
        assert_eq!(run["output"], runs[&case]["output"], "{case}");
    }
    // Another run is another experiment.
    let _ = suite.nextest("-E test(::a::)").exits(0);
    assert_eq!(suite.experiments(), 3);
}

#[test]
fn a_partition_is_an_experiment_of_a_part() {
    if !has_cargo("nextest") {
        return;
    }
    let suite = Suite::new("iterations: 4", "- { id: a, input: hello }");
    let mut cases = Vec::new();
    for part in 1..=2 {
        let _ = suite
            .nextest(&format!("--partition count:{part}/2"))
            .exits(0);
        let experiment = suite.project.latest();
        assert_eq!(experiment.summary()["total_traces"], 2);
        cases.extend(experiment.runs().into_keys());
    }
    cases.sort_unstable();
    assert_eq!(
        cases,
        [
            "run::any::a::iter_0",
            "run::any::a::iter_1",
            "run::any::a::iter_2",
            "run::any::a::iter_3"
        ]
    );
}

#[test]
fn the_last_try_counts() {
    if !has_cargo("nextest") {
        return;
    }
    let suite = Suite::new("", "- { id: a, input: second }\n- { id: b, input: hello }");
    let finished = suite.nextest("--retries 2").exits(0);
    let _ = finished.says("2 tests run: 2 passed (1 flaky)");
    let experiment = suite.project.latest();
    let summary = experiment.summary();
    assert_eq!(
        (&summary["total_traces"], &summary["successful"]),
        (&2.into(), &2.into())
    );
    assert_eq!(summary["failures_by_kind"], serde_json::json!({}));
    assert_eq!(summary["status"], "completed");
    // Both tries are told, the one that counts last.
    let rows = experiment.rows("trace_summary.jsonl");
    let tries: Vec<_> = rows
        .iter()
        .filter(|row| row["trace_id"] == "trace_001")
        .collect();
    assert_eq!(tries.len(), 2);
    assert_eq!(
        (&tries[0]["success"], &tries[1]["success"]),
        (&false.into(), &true.into())
    );
    assert!(suite.project.path("tried").exists());
    // What reads the experiment back sees that one alone.
    assert_eq!(summary["shared"], true);
    let listed = suite.project.run("show").exits(0).stdout;
    assert!(
        !listed.contains("not yet") && !listed.contains("agent_error"),
        "{listed}"
    );
    let shown = suite
        .project
        .run("show experiments/latest trace_001")
        .exits(0)
        .stdout;
    assert!(
        shown.contains("now") && !shown.contains("not yet"),
        "{shown}"
    );
}

/// One after the other, whatever the snapshot says: the second differs from the first.
#[test]
fn tries_that_differ_are_unstable_across_processes() {
    if !has_cargo("nextest") {
        return;
    }
    let suite = Suite::new(
        "iterations: 2\nsnapshots: true",
        "- { id: seed, input: seed }\n- { id: hello, input: hello }",
    );
    let run = |arguments: &str| {
        suite.cargo(
            "nextest run --test cases --no-fail-fast --test-threads 1",
            "INSTA_UPDATE=no INSTA_FORCE_PASS=1",
            arguments,
        )
    };
    let finished = run("").exits(100).says("4 tests run: 3 passed, 1 failed");
    for said in [
        "unstable: the same case was answered in different ways",
        "iter_0: ",
        "iter_1: ",
    ] {
        assert!(
            finished.stdout.contains(said) || finished.stderr.contains(said),
            "{finished}"
        );
    }
    // A try alone agrees with itself, and with no other run's.
    let _ = run("-E test(seed::iter_1)").exits(0);
}

#[test]
fn a_case_of_many_is_what_it_was_when_all_were_read() {
    let list = |last: &str| {
        let inputs =
            (0..300).map(|n| format!("- {{ input: \"number {n}\", metadata: {{ n: {n} }} }}\n"));
        inputs
            .chain([format!("- {{ id: last, input: {last} }}\n")])
            .collect::<String>()
    };
    let suite = Suite::new(
        "personas: [{ name: ada }, { name: bob, goals: [x] }]\niterations: 2\nseed: 3",
        &list("seed"),
    );
    // The first reads all, and keeps it for the others.
    let first = suite.test("--list --format terse").exits(0).stdout;
    assert_eq!(suite.test("--list --format terse").exits(0).stdout, first);
    assert_eq!(first.lines().count(), 301 * 2 * 2);
    let _ = suite.test("number-29").exits(0);
    let of_all = suite.project.latest().runs();
    let name = of_all
        .keys()
        .find(|case| case.contains("bob::number-299") && case.ends_with("iter_1"));
    let name = name.expect("it was run");
    let _ = suite.test(&format!("--exact {name}")).exits(0);
    let alone = suite.project.latest();
    for key in ["trace_id", "input", "persona", "output"] {
        assert_eq!(alone.runs()[name][key], of_all[name][key], "{key}");
    }
    let metadata = &alone.rows("traces.jsonl")[0]["metadata"];
    assert_eq!(*metadata, serde_json::json!({"n": 299}));
    assert_eq!(alone.text("inputs.yaml"), list("seed"));
    let _ = suite.test("--exact run::ada::last::iter_0").exits(0);
    let seed = suite.project.latest().runs()["run::ada::last::iter_0"]["output"].clone();
    assert_ne!(seed, serde_json::Value::Null);
    // Other inputs are read anew, and so is another configuration.
    suite.project.write("inputs/generated.yaml", &list("fail"));
    let _ = suite.test("--exact run::ada::last::iter_0").exits(101);
    suite
        .project
        .write("configs/simulation.yaml", "iterations: 1");
    assert_eq!(
        suite
            .test("--list --format terse")
            .exits(0)
            .stdout
            .lines()
            .count(),
        301
    );
    let _ = suite.test("--exact run::any::last::iter_0").exits(101);
    // Broken ones are refused, whatever is kept.
    suite
        .project
        .write("inputs/generated.yaml", "- { text: wrong }");
    let _ = suite
        .test("--exact run::any::last::iter_0")
        .exits(101)
        .says("inputs/generated.yaml:1");
}

#[test]
fn a_long_list_is_the_same_however_it_is_written() {
    let entry = |n: usize| {
        let (said, id) = (format!("number {n}: what is it?"), format!("case-{n}"));
        serde_json::json!({"input": said, "id": id, "persona": "ada", "metadata": {"n": n, "topic": "it's"}})
    };
    let entries: Vec<_> = (0..1500).map(entry).collect();
    // As programs and people write them; some as nobody does, so that the parser has to read them.
    let written = |(n, entry): (usize, &serde_json::Value)| match n % 100 {
        7 => format!("- {entry}\n"),
        8 => format!("- id: case-{n}\n  input: &a number {n}: what is it?\n  persona: ada\n")
            .replace("&a ", "&a \"")
            .replace("it?", "it?\" # said"),
        9 => format!(
            "- id: case-{n}\n  input: >-\n    number {n}:\n    what is it?\n  persona: ada\n"
        ),
        _ => format!(
            "- id: case-{n}\n  input: \"number {n}: what is it?\"\n  persona: ada\n  metadata:\n    n: {n}\n    topic: it's\n"
        ),
    };
    let yaml: String = entries.iter().enumerate().map(written).collect();
    assert!(yaml.len() > 64 << 10, "short texts are left to the parser");
    let suite = Suite::new("iterations: 1", &format!("generated_inputs:\n{yaml}"));
    suite.project.write(
        "inputs/same.json",
        &serde_json::json!({"inputs": entries}).to_string(),
    );
    let terse = "--list --format terse";
    let first = suite.test(terse).exits(0).stdout;
    let names = (0..1500).map(|n| format!("run::ada::case-{n}::iter_0: test\n"));
    assert_eq!(first, names.collect::<String>());
    let json = suite.project.path("inputs/same.json");
    let json = format!("FLUXLOOP_INPUTS={}", json.display());
    for variables in ["", &*json, &*json] {
        assert_eq!(suite.test_with(variables, terse).exits(0).stdout, first);
    }
    let part = suite
        .test("--list --format terse --skip case-21 case-2")
        .exits(0)
        .stdout;
    assert_eq!(part.lines().count(), 111 - 11);
    for n in [107, 108, 109, 110] {
        let _ = suite
            .test(&format!("--exact run::ada::case-{n}::iter_0"))
            .exits(0);
        let row = &suite.project.latest().rows("trace_summary.jsonl")[0];
        assert_eq!(row["input"], format!("number {n}: what is it?"));
        assert_eq!(row["trace_id"], format!("trace_{}", n + 1));
    }
    // What is wrong is found where it stands, and not listed.
    let twice = yaml.replacen("  persona: ada\n", "  persona: ada\n  persona: bob\n", 1);
    for (text, place, problem) in [
        (twice, "generated.yaml:5:3", "stands twice"),
        (
            format!("{yaml}- id: x\n"),
            "generated.yaml:",
            "`input` is missing",
        ),
        (format!("{yaml}- input: \"x\n"), "generated.yaml:", "quote"),
    ] {
        suite.project.write(
            "inputs/generated.yaml",
            &format!("generated_inputs:\n{text}"),
        );
        let refused = suite.test("--list").exits(101).says(place).says(problem);
        assert_eq!(refused.stdout.trim(), "");
    }
}

#[test]
fn a_configuration_that_is_wrong_fails_the_list() {
    if !has_cargo("nextest") {
        return;
    }
    let suite = Suite::new("iterations: none", "- hello");
    let finished = suite.nextest("");
    assert_ne!(finished.code, Some(0), "{finished}");
    let _ = finished.says("`iterations`: expected");
    fs::remove_file(suite.project.path("configs/simulation.yaml")).expect("it was written");
    let finished = suite.nextest("");
    assert_ne!(finished.code, Some(0), "{finished}");
    let _ = finished.says("configuration file not found");
    assert!(package().path("Cargo.toml").exists());
}

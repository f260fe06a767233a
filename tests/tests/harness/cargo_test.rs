//! `cargo test`, with libtest's flags.

use serde_json::json;

use super::{Suite, package, shown};

#[test]
fn each_case_is_a_test_and_failures_say_all_there_is_to_know() {
    let suite = Suite::new(
        "parallel_runs: 2\ngate: { max_failures: 3 }",
        "- { id: hi, input: hello, persona: ada }\n- { id: stop, input: abort }\n- { id: throw, input: panic, persona: bob }\n- { id: no, input: fail }",
    );
    // Failures that the gate accepts print as failed, and fail nothing.
    let finished = suite.test("--test-threads 1").exits(0);
    insta::assert_snapshot!(shown(&suite, &finished.stdout));
    insta::assert_snapshot!(shown(&suite, &finished.stderr), @"
    fluxloop: 4 runs finished: 1 succeeded, 3 failed
    fluxloop: the gate holds: 3 runs failed, at most 3 may
    fluxloop: [project]/experiments/[experiment]
    ");
    let experiment = suite.project.latest();
    let summary = experiment.summary();
    assert_eq!(summary["status"], "completed");
    assert_eq!(summary["gate"]["passed"], true);
    assert_eq!(summary["planned_traces"], 4);
    assert_eq!(summary["failed"], 3);
    let runs = experiment.runs();
    assert_eq!(runs["run::ada::hi::iter_0"]["output"], "heard hello");
    assert_eq!(runs["run::any::stop::iter_0"]["error"]["kind"], "crash");
    assert!(
        experiment
            .text("logs/stdout.log")
            .contains("the agent prints hello")
    );
    // What it kept is the same plan.
    let kept = suite.project.path("experiments/latest/config.yaml");
    let variables = format!("FLUXLOOP_CONFIG={}", kept.display());
    let listed = suite
        .test_with(&variables, "--list --quiet")
        .exits(0)
        .stdout;
    let mut listed: Vec<_> = listed.lines().collect();
    listed.sort_unstable();
    let cases: Vec<_> = runs.keys().map(|case| format!("{case}: test")).collect();
    assert_eq!(listed, cases);
    // The gate decides over what was run.
    let finished = suite.test_with("FLUXLOOP_MAX_FAILURES=2", "").exits(101);
    let _ = finished.says("the gate does not hold: 3 runs failed, at most 2 may");
    let variables = "FLUXLOOP_MAX_FAILURES=2 FLUXLOOP_NO_FAIL=true";
    let finished = suite.test_with(variables, "").exits(0);
    let _ = finished.says("FLUXLOOP_NO_FAIL is set: no failed run fails the tests");
    assert_eq!(suite.experiments(), 3);
}

/// What passes without having been judged, or only now and then, is not hidden.
#[test]
fn the_end_tells_what_a_list_of_tests_does_not() {
    let suite = Suite::new(
        "iterations: 2\nexpect: { max_turns: 3, not_contains: [cross], max_tokens: 5 }",
        "- { id: a, input: cross }\n- { id: b, input: often }\n- { id: stop, input: abort }",
    );
    let finished = suite.test("").exits(101);
    insta::assert_snapshot!(shown(&suite, &finished.stderr), @"
    fluxloop: 6 runs finished: 1 succeeded, 5 failed
    fluxloop: 6 checks not judged
      3 × max_tokens: no generation was observed, so no tokens are known
      3 × max_turns: the run was no conversation
    fluxloop: 1 of 3 cases flaky
      run::any::b passed 1 of 2 (9.4% to 90.5%)
    fluxloop: the gate does not hold: 5 runs failed, at most 0 may
    fluxloop: [project]/experiments/[experiment]

    error: test failed, to rerun pass `--test cases`
    ");
    for said in ["\noutput: heard cross\n", "/logs/stderr.log\n"] {
        assert!(finished.stdout.contains(said), "{finished}");
    }
}

#[test]
fn libtests_flags_select_what_is_run() {
    let suite = Suite::new(
        "iterations: 2",
        "- { id: a, input: hello }\n- { id: b, input: fail }",
    );
    let listed = suite.test("--list --format terse").exits(0);
    insta::assert_snapshot!(listed.stdout, @"
    run::any::a::iter_0: test
    run::any::b::iter_0: test
    run::any::a::iter_1: test
    run::any::b::iter_1: test
    ");
    let ignored = suite.test("--list --ignored --format terse").exits(0);
    assert_eq!(ignored.stdout, "");
    let listed = suite.test("--list ::a:: b::iter_1 --skip iter_0").exits(0);
    insta::assert_snapshot!(listed.stdout, @"
    run::any::a::iter_1: test
    run::any::b::iter_1: test

    2 tests, 0 benchmarks
    ");
    assert_eq!(
        suite.test("--list nothing").exits(0).stdout,
        "0 tests, 0 benchmarks\n"
    );
    // A filter that matches nothing is a success, as libtest has it.
    let finished = suite.test("nothing").exits(0);
    assert!(
        finished
            .stdout
            .contains("0 passed; 0 failed; 0 ignored; 0 measured; 4 filtered out"),
        "{finished}"
    );
    let _ = suite.test("run::any::a --exact").exits(0);
    let _ = suite.test("run::any::a::iter_01 --exact").exits(0);
    assert_eq!(suite.experiments(), 0, "nothing was run");
    // One case, and no other is checked or run.
    let finished = suite.test("--exact run::any::a::iter_1").exits(0);
    for said in [
        "test run::any::a::iter_1 ... ok",
        "1 passed; 0 failed; 0 ignored; 0 measured; 3 filtered out",
    ] {
        assert!(finished.stdout.contains(said), "{finished}");
    }
    let rows = suite.project.latest().rows("trace_summary.jsonl");
    assert_eq!(rows.len(), 1);
    assert_eq!(rows[0]["trace_id"], "trace_003", "as in the whole plan");
    assert_eq!(suite.project.latest().summary()["planned_traces"], 1);
    // A part of the name; those that are skipped are neither run nor judged.
    let _ = suite.test("any --skip ::b::").exits(0);
    assert_eq!(suite.project.latest().summary()["successful"], 2);
    let _ = suite.test("::b::").exits(101);
    assert_eq!(suite.project.latest().summary()["failed"], 2);
    // Several of either: what one of them fits.
    let finished = suite
        .test("a::iter_0 nothing a::iter_1 --skip b --skip iter_1")
        .exits(0);
    assert!(
        finished
            .stdout
            .contains("1 passed; 0 failed; 0 ignored; 0 measured; 3 filtered out"),
        "{finished}"
    );
    let both = "--exact run::any::a::iter_1 run::any::b::iter_0 a";
    let _ = suite.test(both).exits(101);
    let runs = suite.project.latest().runs();
    assert_eq!(
        runs.keys().collect::<Vec<_>>(),
        ["run::any::a::iter_1", "run::any::b::iter_0"]
    );
    let _ = suite
        .test(&format!("{both} --skip run::any::b::iter_0"))
        .exits(0);
    assert_eq!(suite.project.latest().runs().len(), 1);
}

/// libtest's other flags, one after the other, as `cargo test -- --help` names them.
#[test]
fn libtests_flags_do_what_they_say() {
    let suite = Suite::new("", "- { id: a, input: hello }\n- { id: b, input: fail }");
    // No case is ignored.
    for (flags, said) in [
        (
            "--ignored",
            "0 passed; 0 failed; 0 ignored; 0 measured; 2 filtered out",
        ),
        (
            "--bench",
            "0 passed; 0 failed; 2 ignored; 0 measured; 0 filtered out",
        ),
    ] {
        let finished = suite.test(flags).exits(0);
        assert!(finished.stdout.contains(said), "{flags}: {finished}");
    }
    assert_eq!(suite.experiments(), 0, "nothing was run");
    for flags in ["--include-ignored", "--test", "--show-output"] {
        let finished = suite.test(flags).exits(101);
        let said = "1 passed; 1 failed; 0 ignored; 0 measured; 0 filtered out";
        assert!(finished.stdout.contains(said), "{flags}: {finished}");
    }
    // What agents print goes to the experiment, and is shown where that is asked for.
    let quiet = suite.test("::a::").exits(0);
    let loud = suite.test("::a:: --nocapture").exits(0);
    let _ = suite
        .test("::a:: --no-capture")
        .exits(0)
        .says("the agent prints hello");
    assert!(loud.stderr.contains("the agent prints hello\n"), "{loud}");
    assert!(!quiet.stderr.contains("the agent prints"), "{quiet}");
    // A word for each, a character for each, an event for each.
    let terse = suite.test("--quiet --test-threads 1").exits(101);
    assert!(
        terse.stdout.contains("\n.F\n") || terse.stdout.contains("\n.F"),
        "{terse}"
    );
    let pretty = suite.test("--quiet --format pretty").exits(101);
    assert!(
        pretty.stdout.contains("test run::any::a::iter_0 ... ok"),
        "{pretty}"
    );
    let json = suite
        .test("-q --format json -Z unstable-options")
        .exits(101);
    let events: Vec<serde_json::Value> = json
        .stdout
        .lines()
        .map(|line| serde_json::from_str(line).expect("an event a line"))
        .collect();
    assert_eq!(events.last().expect("the end")["failed"], 1);
    let colourful = suite.test("--color always ::a::").exits(0);
    assert!(colourful.stdout.contains("\u{1b}[32mok"), "{colourful}");
    let plain = suite.test("--color never ::a::").exits(0);
    assert!(!plain.stdout.contains('\u{1b}'), "{plain}");
    // A file besides.
    let path = suite.project.path("results.log");
    let logged = suite
        .test(&format!("--test-threads 1 --logfile {}", path.display()))
        .exits(101);
    assert!(logged.stdout.contains("1 passed; 1 failed"), "{logged}");
    assert_eq!(
        std::fs::read_to_string(&path).expect("it was written"),
        "ok run::any::a::iter_0\nfailed run::any::b::iter_0\n"
    );
    let before = suite.experiments();
    for (flags, said) in [
        (
            "--logfile /nowhere/at/all",
            "error: cannot create `/nowhere/at/all`, which `--logfile` names",
        ),
        ("--test-threads 0", "error: `--test-threads`: expected"),
        ("--ignored --include-ignored", "cannot be used with"),
        ("--no-such-flag", "unexpected argument '--no-such-flag'"),
    ] {
        let _ = suite.test(flags).exits(101).says(said);
    }
    let help = suite.test("--help").exits(0);
    assert!(help.stdout.contains("--test-threads"), "{help}");
    assert_eq!(suite.experiments(), before, "nothing was run");
}

#[test]
fn variables_override_as_they_do_for_the_command() {
    let suite = Suite::new(
        "parallel_runs: 3",
        "- { id: where, input: where }\n- { id: env, input: env }\n- { id: seed, input: seed }",
    );
    let variables =
        "FLUXLOOP_ITERATIONS=2 FLUXLOOP_SEED=7 FLUXLOOP_EXPERIMENT_NAME=mine SHOP_MODE=inherited";
    let _ = suite.test_with(variables, "").exits(0);
    let experiment = suite.project.latest();
    let summary = experiment.summary();
    assert_eq!(summary["experiment_name"], "mine");
    assert_eq!(summary["seed"], 7);
    assert_eq!(summary["total_traces"], 6);
    assert_eq!(summary["config_snapshot"]["parallel_runs"], 3);
    let runs = experiment.runs();
    assert_eq!(runs["run::any::env::iter_1"]["output"], "inherited");
    // As for the command, agents run in the project's folder.
    let folder = std::fs::canonicalize(suite.project.path("")).expect("it is there");
    assert_eq!(runs["run::any::where::iter_0"]["output"], json!(folder));
    // As many at once as libtest is told.
    let _ = suite.test_with("RUST_TEST_THREADS=2", "").exits(0);
    assert_eq!(
        suite.project.latest().summary()["config_snapshot"]["parallel_runs"],
        2
    );
    let _ = suite
        .test_with("RUST_TEST_THREADS=2", "--test-threads 4")
        .exits(0);
    assert_eq!(
        suite.project.latest().summary()["config_snapshot"]["parallel_runs"],
        4
    );
    let refused = suite.test_with("RUST_TEST_THREADS=many", "").exits(101);
    let _ = refused.says("error: `RUST_TEST_THREADS`: expected");
}

#[test]
fn a_conversation_that_fails_is_shown() {
    let suite = Suite::new(
        "multi_turn:\n  enabled: true\n  supervisor:\n    provider: mock\n    metadata: { scripted_questions: [\"and\\nthen?\", \"what else?\"] }\n",
        "- { id: talk, input: \"where is\\nmy order?\", persona: ada }",
    );
    let finished = suite.test("--test-threads 1").exits(101);
    insta::assert_snapshot!(shown(&suite, &finished.stdout));
}

/// Ctrl-C: what is under way gets its time, what has not begun is ignored, and what ended is kept.
#[cfg(unix)]
#[test]
fn an_interrupted_harness_keeps_what_ended() {
    let suite = Suite::new(
        "",
        "- { id: a, input: hello }\n- { id: b, input: wait }\n- { id: c, input: hello }",
    );
    let executable = {
        let built = suite.cargo("test --test cases --no-run", "", "").exits(0);
        let path = built
            .stderr
            .rsplit_once('(')
            .and_then(|(_, rest)| rest.split_once(')'));
        path.expect("cargo names what it built").0.to_owned()
    };
    let mut command = std::process::Command::new(executable);
    command
        .current_dir(package().path(""))
        .args(["--test-threads", "1"])
        .env(
            "FLUXLOOP_CONFIG",
            suite.project.path("configs/simulation.yaml"),
        )
        .env("FLUXLOOP_EXPERIMENT_NAME", "interrupted")
        .env("FLUXLOOP_JUNIT", suite.project.path("junit.xml"));
    let running = tests::Running::start(command);
    let begun = suite.project.path("begun");
    tests::wait_until("a run in flight", || tests::is_there(&begun));
    running.signal(rustix::process::Signal::INT);
    suite.project.write("go", "");
    let finished = running.finish().exits(130);
    assert!(
        finished
            .stdout
            .contains("test run::any::c::iter_0 ... ignored (the experiment ended before it)"),
        "{finished}"
    );
    let _ = finished.says("2 runs until it was interrupted: 2 succeeded, 0 failed");
    let xml = std::fs::read_to_string(suite.project.path("junit.xml")).expect("a report");
    for text in [
        "tests=\"4\" skipped=\"1\" failures=\"0\" errors=\"1\"",
        "<testcase name=\"run::any::c::iter_0\"",
        "<skipped message=\"the experiment ended before it\"/>",
        "type=\"interrupted\"",
    ] {
        assert!(xml.contains(text), "{text}: {xml}");
    }
    let summary = suite.project.latest().summary();
    assert_eq!(
        (&summary["status"], &summary["total_traces"]),
        (&"interrupted".into(), &2.into())
    );
}

#[test]
fn several_configurations_lead_their_cases() {
    let folder = package();
    folder.write("inputs/few.yaml", "- { id: hi, input: hello }\n");
    folder.write(
        "configs/polite.yaml",
        "inputs_file: inputs/few.yaml\nseed: 1\n",
    );
    folder.write(
        "configs/rude.yaml",
        "inputs_file: inputs/few.yaml\nseed: 2\n",
    );
    folder.write("configs/own.yaml", "inputs_file: inputs/few.yaml\n");
    let results = tempfile::tempdir().expect("a temporary folder");
    let cargo = |arguments: &str| -> tests::Finished {
        let mut command = folder.cargo(arguments);
        command.env("FLUXLOOP_OUTPUT_DIR", results.path());
        command.output().expect("cargo starts").into()
    };
    let listed = cargo("test --quiet --test several -- --list --format terse").exits(0);
    assert_eq!(
        listed.stdout,
        "polite::run::any::hi::iter_0: test\nrude::run::any::hi::iter_0: test\n"
    );
    let finished = cargo("test --quiet --test several -- --test-threads 1").exits(0);
    assert_eq!(
        finished
            .stderr
            .matches("1 run finished: 1 succeeded")
            .count(),
        2,
        "{finished}"
    );
    // What is odd about both is said once.
    let mut odd = folder.cargo("test --quiet --test several");
    odd.env("FLUXLOOP_OUTPUT_DIR", results.path())
        .env("FLUXLOOP_ITERATION", "2");
    let finished: tests::Finished = odd.output().expect("cargo starts").into();
    let finished = finished.exits(0);
    assert_eq!(
        finished.stderr.matches("FLUXLOOP_ITERATION`").count(),
        1,
        "{finished}"
    );
    // One of them alone: the other is not started.
    let finished =
        cargo("test --quiet --test several -- --exact rude::run::any::hi::iter_0").exits(0);
    assert_eq!(
        finished.stderr.matches("1 run finished").count(),
        1,
        "{finished}"
    );
    let newest = tests::Experiment::at(results.path().join("latest"));
    assert_eq!(newest.summary()["seed"], 2);
    // An agent in the test itself, for the harness and for the command.
    let finished = cargo("test --quiet --test own").exits(0);
    assert!(finished.stdout.contains("1 passed"), "{finished}");
    assert_eq!(newest.runs()["own::any::hi::iter_0"]["output"], "own hello");
    folder.write(
        "configs/of_test.yaml",
        "inputs_file: inputs/few.yaml\nrunner: { target: \"tests.own:own\" }\n",
    );
    let mut command = folder
        .command("run experiment --yes --config configs/of_test.yaml --experiment-name by_command");
    command.env("FLUXLOOP_OUTPUT_DIR", results.path());
    let finished: tests::Finished = command.output().expect("the command starts").into();
    let _ = finished.exits(0);
    assert_eq!(newest.summary()["experiment_name"], "by_command");
    assert_eq!(newest.runs()["own::any::hi::iter_0"]["output"], "own hello");
}

#[test]
fn a_report_is_written_where_a_variable_asks_for_one() {
    let suite = Suite::new(
        "gate: { max_failures: 1 }",
        "- { id: hi, input: hello }\n- { id: no, input: fail }",
    );
    let report = suite.project.path("reports/junit.xml");
    let variable = format!("FLUXLOOP_JUNIT={}", report.display());
    let _ = suite.test_with(&variable, "").exits(0);
    let xml = std::fs::read_to_string(&report).expect("a report");
    assert!(
        xml.contains("tests=\"3\" skipped=\"0\" failures=\"1\" errors=\"0\""),
        "{xml}"
    );
    assert!(
        xml.contains("<testcase name=\"run::any::hi::iter_0\""),
        "{xml}"
    );
    assert_eq!(suite.experiments(), 1);
    // Listed is not run.
    std::fs::remove_file(&report).expect("it is there");
    let _ = suite.test_with(&variable, "--list").exits(0);
    assert!(!report.exists());
    let taken = suite.project.path("configs/simulation.yaml/junit.xml");
    let variable = format!("FLUXLOOP_JUNIT={}", taken.display());
    let finished = suite.test_with(&variable, "").exits(101);
    let _ = finished.says("error: cannot write the JUnit report ");
    assert_eq!(suite.experiments(), 1, "nothing was run");
}

//! `cargo fluxloop show`, from an experiment that was run to what a person reads of it.

use std::{fs, io::Write as _};

use tests::{Experiment, Finished, Home, Project, unruly};

const CONFIG: &str = "
name: desk
personas: [{ name: novice }]
runner: { timeout_seconds: 60 }
multi_turn:
  supervisor:
    provider: mock
    metadata: { scripted_questions: [say and that], mock_closing: thanks }
";

/// Runs that succeed, fail and panic.
fn desk(arguments: &str) -> Project {
    let orders = [
        "say hello \u{1b}[2Jthere",
        "fail",
        "panic",
        "say hello again",
    ];
    let project = unruly((Home::Library, "works"), CONFIG, orders);
    let _ = project.experiment(arguments).exits(100);
    project
}

/// What was shown, without what differs from run to run.
#[track_caller]
fn shown(project: &Project, arguments: &str) -> String {
    let finished = project.run(arguments).exits(0);
    assert_eq!(finished.stderr, "", "{finished}");
    steady(&finished.stdout)
}

/// Without times, and without the blanks that they make longer or shorter.
fn steady(text: &str) -> String {
    let mut lines = Vec::new();
    for line in text.lines() {
        let indent = line.len() - line.trim_start().len();
        let words: Vec<_> = line.split_whitespace().map(timeless).collect();
        lines.push(" ".repeat(indent) + &words.join(" "));
    }
    let text = lines.join("\n");
    // A run that never waited has one time.
    text.replace("[time] ([time] with waiting)", "[time]")
}

fn timeless(word: &str) -> String {
    let bare = word.trim_matches(|c| matches!(c, '(' | ')' | ','));
    let number = bare.trim_start_matches(|c: char| c.is_ascii_digit() || c == '.');
    let is_moment = bare.len() >= 8
        && bare
            .split(['-', ':'])
            .all(|part| part.parse::<u32>().is_ok());
    if bare.starts_with("experiments/exp_") {
        word.replace(bare, "experiments/[name]")
    } else if bare.starts_with("src/lib.rs:") {
        word.replace(bare, "src/lib.rs:[line]")
    } else if is_moment {
        word.replace(bare, "[moment]")
    } else if number != bare && matches!(number, "µs" | "ms" | "s") {
        word.replace(bare, "[time]")
    } else {
        word.to_owned()
    }
}

#[track_caller]
fn told(project: &Project, finished: Finished, code: i32) -> String {
    let finished = finished.exits(code);
    assert_eq!(finished.stdout, "", "{finished}");
    let told = project.told(&finished);
    match told.split_once("`experiments/exp_") {
        Some((before, rest)) => {
            let (_, after) = rest.split_once('`').expect("a name in quotes");
            format!("{before}`experiments/[name]`{after}")
        }
        None => told,
    }
}

#[test]
fn an_experiment_and_its_cases() {
    let project = desk("");
    insta::assert_snapshot!(shown(&project, "show"), @"
    Experiment: desk
    Agent: e2e_unruly:works
    Status: completed
    Started: [moment] [moment] UTC, took [time]
    Runs: 4 finished: 2 succeeded, 2 failed
    Success rate: 50.0%
    Duration: mean [time], p50 [time], p95 [time], max [time]
    Gate: does not hold: at most 0 may fail
    Directory: experiments/[name]

      TRACE CASE DURATION ERROR
    ✗ trace_002 works::novice::fail-51280d::iter_0 [time] agent_error: no answer
    ✗ trace_003 works::novice::panic-79631c::iter_0 [time] panic: the cupboard is bare
    ✓ trace_001 works::novice::say-hello-2jthere-e8d067::iter_0 [time]
    ✓ trace_004 works::novice::say-hello-again-b0f389::iter_0 [time]
    ");
    insta::assert_snapshot!(shown(&project, "show fail"), @"
    ✗ works::novice::fail-51280d::iter_0
      trace_002 · persona novice · iteration 0 · [moment] [moment] UTC · [time]

    Input
      fail

    Error
      agent_error
      no answer
      caused by: the shelf is empty
      caused by: nobody refilled it

    Observations
      nothing within the run was observed
    ");
    insta::assert_snapshot!(shown(&project, "show experiments/latest panic"), @"
    ✗ works::novice::panic-79631c::iter_0
      trace_003 · persona novice · iteration 0 · [moment] [moment] UTC · [time]

    Input
      panic

    Error
      panic at src/lib.rs:[line]
      the cupboard is bare

    Observations
      nothing within the run was observed
    ");
    // By its id, with its text made safe.
    let runs = project.latest().runs();
    let (case, row) = runs
        .iter()
        .find(|(case, _)| case.contains("there"))
        .expect("a case");
    let id = row["trace_id"].as_str().expect("an id");
    let by_id = shown(&project, &format!("show experiments {id}"));
    assert!(by_id.contains(case.as_str()), "{by_id}");
    assert!(by_id.contains("hello \\u{1b}[2Jthere"), "{by_id}");
    // The name of an experiment, and what bounds the list.
    let name = fs::read_link(project.path("experiments/latest")).expect("a link");
    let few = shown(&project, &format!("show {} --limit 3", name.display()));
    assert!(
        few.ends_with("  … and 1 that succeeded (`--limit all` shows every run)"),
        "{few}"
    );
    let whole = shown(&project, "show --limit all");
    assert_eq!(
        whole.lines().filter(|line| line.starts_with("✓ ")).count(),
        2,
        "{whole}"
    );
    let brief = shown(&project, "show -q");
    assert!(
        brief.starts_with("Experiment: desk\n") && !brief.contains("CASE"),
        "{brief}"
    );
}

#[test]
fn a_conversation_is_shown_as_it_went() {
    let project = desk("--multi-turn");
    insta::assert_snapshot!(shown(&project, "show again"), @"
    ✓ works::novice::say-hello-again-b0f389::iter_0
      trace_004 · persona novice · iteration 0 · [moment] [moment] UTC · [time] · 2 turns · supervisor mock

    Conversation
      1 user say hello again
         assistant hello again

      2 user say and that
         assistant and that
         user thanks

      ended by the supervisor after 2 turns: script_complete

    Observations
      agent_run [time]
      ├─ turn 1 [time]
      ├─ supervisor_decision continue: say and that [time]
      ├─ turn 2 [time]
      └─ supervisor_decision terminate: script_complete [time]
    ");
}

#[test]
fn what_is_not_there_is_said() {
    let project = unruly(
        (Home::Library, "works"),
        CONFIG,
        ["say one", "say other", "say another"],
    );
    let show =
        |arguments: &str, code| told(&project, project.run(&format!("show {arguments}")), code);
    insta::assert_snapshot!(show("", 4), @"
    error: there is no experiment in `experiments`
      = help: run one with `cargo fluxloop run experiment`, or name another directory: `cargo fluxloop show DIR`
    ");
    insta::assert_snapshot!(show("src/experiments", 2), @"
    error: there is no directory `src/experiments`
      = help: name an experiment or the directory that holds them; without it, `cargo fluxloop show` takes the newest of the project
    ");
    insta::assert_snapshot!(show("configs", 4), @"
    error: there is no experiment in `configs`
      = help: run one with `cargo fluxloop run experiment`, or name another directory: `cargo fluxloop show DIR`
    ");
    let _ = project.experiment("").exits(0);
    insta::assert_snapshot!(show("other", 2), @"
    error: 2 cases have `other` in their names:
      trace_002  works::novice::say-other-1b3b5a::iter_0
      trace_003  works::novice::say-another-b2ee94::iter_0
      = help: name more of it, or the trace id before it
    ");
    insta::assert_snapshot!(show("say_onne", 2), @"
    error: no case of `experiments/[name]` is named `say_onne` or has that in its name
      = help: did you mean `works::novice::say-one-f27605::iter_0`?
    ");
    insta::assert_snapshot!(show("experiments nobody", 2), @"
    error: no case of `experiments/[name]` is named `nobody` or has that in its name
      = help: leave the case out to see which there are
    ");
    insta::assert_snapshot!(show("--limit 0", 2), @"
    error: invalid value '0' for '--limit <N>': expected a whole number from 1, or `all`

    For more information, try '--help'.
    ");
    // Results of another place.
    insta::assert_snapshot!(show("--output-dir elsewhere", 4), @"
    error: there is no experiment in `elsewhere`
      = help: run one with `cargo fluxloop run experiment`, or name another directory: `cargo fluxloop show DIR`
    ");
    insta::assert_snapshot!(show("--config nowhere.yaml", 96), @"
    error: configuration file not found: [project]/nowhere.yaml
      = help: check the path given by `--config`
    ");
}

#[test]
fn what_is_left_of_a_damaged_experiment_is_shown() {
    let project = desk("");
    let folder = fs::canonicalize(project.path("experiments/latest")).expect("an experiment");
    let append = |file: &str, text: &str| {
        let path = folder.join(file);
        let mut file = fs::OpenOptions::new()
            .append(true)
            .open(path)
            .expect("a file");
        file.write_all(text.as_bytes()).expect("it is written");
    };
    append("trace_summary.jsonl", "{\"trace_id\": \"trace_009\", \"ca");
    append(
        "observations.jsonl",
        "{\"trace_id\": \"trace_009\", \"type\": \"span_start\", \"name\": \"agent_run\", \"mood\": 1}\n{\"trace",
    );
    let _ = shown(&project, "show");
    let killed = shown(&project, "show trace_009");
    assert!(
        killed.contains("killed on its way") && killed.contains("agent_run unfinished"),
        "{killed}"
    );
    append("trace_summary.jsonl", "\n");
    let finished = project.run("show").exits(0).says("[WARN] 1 line of ");
    assert!(finished.stdout.contains("4 finished"), "{finished}");
    fs::remove_file(folder.join("observations.jsonl")).expect("it is there");
    assert!(shown(&project, "show fail").contains("not recorded"));
    // Of a later version, or ruined by somebody.
    let summary = Experiment::at(folder.clone()).text("summary.json");
    let rewrite = |text: &str| fs::write(folder.join("summary.json"), text).expect("it is written");
    rewrite(&summary.replace("\"format_version\": \"1.", "\"format_version\": \"2."));
    let newer = told(&project, project.run("show experiments"), 96);
    insta::assert_snapshot!(newer, @"
    error: `experiments/[name]` has format version 2.0, and this fluxloop reads versions up to 1.x
      = help: read it with the version that wrote it, or a newer one
    ");
    rewrite("{");
    let _ = project
        .run("show")
        .exits(96)
        .says("is not the summary of an experiment");
}

#[cfg(unix)]
#[test]
fn a_terminal_gets_colours_and_lines_that_fit_it() {
    let project = desk("");
    for columns in [40, 80, 200] {
        let mut command = project.command("show --limit 3");
        command.env("FLUXLOOP_COLOR", "auto");
        let (code, text) = tests::Terminal::start(command, columns).finish();
        assert_eq!(code, Some(0), "{text}");
        assert!(text.contains("\u{1b}[31m"), "{text:?}");
        let (_, table) = text.split_once("CASE").expect("a table");
        for line in table.lines() {
            let plain: Vec<_> = line
                .split('\u{1b}')
                .map(|part| part.split_once('m').map_or(part, |(_, rest)| rest))
                .collect();
            let width = plain.concat().trim_end().chars().count();
            assert!(width <= usize::from(columns), "{width} columns: {line:?}");
        }
    }
}

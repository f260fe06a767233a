//! Messages, each read as by someone who sees only the message and the file.

use super::*;

fn errors(text: &str) -> String {
    Project::simulation(text).errors()
}

#[test]
fn wrong_values() {
    insta::assert_snapshot!(errors("runner:\n  iterations: zero\n"), @r#"
    error: `runner.iterations`: expected a whole number of at least 1, found the text `zero`
     --> configs/simulation.yaml:2:15
      |
    2 |   iterations: zero
      |               ^
    "#);
    insta::assert_snapshot!(errors("iterations: \"10\"\n"), @r#"
    error: `iterations`: expected a whole number of at least 1, found the text `10`
     --> configs/simulation.yaml:1:13
      |
    1 | iterations: "10"
      |             ^
      = help: remove the quotes
    "#);
    insta::assert_snapshot!(errors("save_traces: yes\n"), @r#"
    error: `save_traces`: expected true or false, found the text `yes`
     --> configs/simulation.yaml:1:14
      |
    1 | save_traces: yes
      |              ^
      = help: write `true` or `false`
    "#);
    insta::assert_snapshot!(errors("gate:\n  min_success_rate: 95\n"), @r#"
    error: `gate.min_success_rate`: expected a fraction from 0 to 1 (95 % is 0.95), found 95
     --> configs/simulation.yaml:2:21
      |
    2 |   min_success_rate: 95
      |                     ^
    "#);
    insta::assert_snapshot!(errors("runner: cargo\n"), @r#"
    error: `runner`: expected a mapping of keys to values, found the text `cargo`
     --> configs/simulation.yaml:1:9
      |
    1 | runner: cargo
      |         ^
    "#);
    insta::assert_snapshot!(errors("multi_turn: {supervisor: {provider: open-ai}}\n"), @r#"
    error: `multi_turn.supervisor.provider`: expected `openai`, `anthropic` or `mock`, found the text `open-ai`
     --> configs/simulation.yaml:1:37
      |
    1 | multi_turn: {supervisor: {provider: open-ai}}
      |                                     ^
      = help: did you mean `openai`?
    "#);
    insta::assert_snapshot!(errors("output: {format: parquet}\n"), @r#"
    error: `output.format`: expected `jsonl`, found the text `parquet`
     --> configs/simulation.yaml:1:18
      |
    1 | output: {format: parquet}
      |                  ^
    "#);
}

#[test]
fn wrong_flags_and_variables() {
    insta::assert_snapshot!(Project::simulation("").flag("iterations", "0").errors(), @"error: `--iterations`: expected a whole number of at least 1, found 0");
    let variables = [("FLUXLOOP_FAIL_FAST", "yes"), ("FLUXLOOP_PARALLEL", "many")];
    insta::assert_snapshot!(Project::simulation("").environment(&variables).errors(), @r#"
    error: `FLUXLOOP_PARALLEL`: expected a whole number of at least 1, found the text `many`

    error: `FLUXLOOP_FAIL_FAST`: expected true, false, 1 or 0, found the text `yes`
    "#);
}

#[test]
fn personas() {
    insta::assert_snapshot!(errors("personas:\n  - name: a\n  - name: a\n"), @r#"
    error: `personas[1].name`: there is a persona `a` already
     --> configs/simulation.yaml:3:5
      |
    3 |   - name: a
      |     ^
      = help: give each persona a name of its own
    "#);
    insta::assert_snapshot!(errors("personas:\n  - description: nobody\n"), @r#"
    error: `personas[0].name` is missing
     --> configs/simulation.yaml:2:5
      |
    2 |   - description: nobody
      |     ^
      = help: add `name: …` to the persona
    "#);
    insta::assert_snapshot!(errors("personas: [novice]\n"), @r#"
    error: `personas[0]`: expected a mapping, found the text `novice`
     --> configs/simulation.yaml:1:12
      |
    1 | personas: [novice]
      |            ^
      = help: write `- name: novice_user`, and what else describes the persona below it
    "#);
    let known = Project::simulation("personas: [{name: novice_user}, {name: expert_user}]\n");
    insta::assert_snapshot!(known.flag("personas", "novice_usr,expert_user").errors(), @r#"
    error: `--personas`: there is no persona `novice_usr`
      = help: did you mean `novice_user`?
    "#);
}

#[test]
fn replays() {
    insta::assert_snapshot!(errors("replay_args: {enabled: true}\n"), @"
    error: `replay_args.recording_file`: expected the recording to replay, found none
      = help: add `recording_file: recordings/args.jsonl`, or set `enabled: false`
    ");
    insta::assert_snapshot!(errors("replay_args: {override_param_path: data..content, select: newest}\n"), @"
    error: `replay_args.override_param_path`: expected a dotted path such as `data.content` or `items.0.text`, found the text `data..content`
     --> configs/simulation.yaml:1:36
      |
    1 | replay_args: {override_param_path: data..content, select: newest}
      |                                    ^

    error: `replay_args.select`: expected `last`, `first`, `all` or `{index: 0}`, found the text `newest`
     --> configs/simulation.yaml:1:59
      |
    1 | replay_args: {override_param_path: data..content, select: newest}
      |                                                           ^
    ");
    insta::assert_snapshot!(errors("replay_args: {enabled: false, select: {line: 3}}\n"), @"
    error: `replay_args.select`: expected `last`, `first`, `all` or `{index: 0}`, found a mapping
     --> configs/simulation.yaml:1:39
      |
    1 | replay_args: {enabled: false, select: {line: 3}}
      |                                       ^
    ");
    insta::assert_snapshot!(errors("replay_args: {select: {index: -1}, create: maybe}\n"), @"
    error: `replay_args.select.index`: expected a whole number of at least 0, found -1
     --> configs/simulation.yaml:1:31
      |
    1 | replay_args: {select: {index: -1}, create: maybe}
      |                               ^

    error: `replay_args.create`: expected true or false, found the text `maybe`
     --> configs/simulation.yaml:1:44
      |
    1 | replay_args: {select: {index: -1}, create: maybe}
      |                                            ^
    ");
}

#[test]
fn later_versions() {
    insta::assert_snapshot!(errors("multi_turn:\n  enabled: true\n"), @"
    error: `multi_turn.supervisor.api_key`: the supervisor has no API key for openai
      = help: looked for `--supervisor-api-key`, FLUXLOOP_SUPERVISOR_API_KEY, `multi_turn.supervisor.api_key`, OPENAI_API_KEY (in the environment and in .env); a server of your own needs none: name it by `base_url`. `provider: mock` plays a script without any
    ");
    insta::assert_snapshot!(errors("multi_turn: {max_turns: 2, min_turns: 3}\n"), @"
    error: `multi_turn.min_turns`: expected no more than `multi_turn.max_turns`, found 3
     --> configs/simulation.yaml:1:39
      |
    1 | multi_turn: {max_turns: 2, min_turns: 3}
      |                                       ^
    ");
    insta::assert_snapshot!(Project::simulation("").flag("max-turns", "3").warnings(), @"warning: `--max-turns` has no effect: it is about conversations, which are off");
}

#[test]
fn all_mistakes_are_reported_at_once_up_to_ten() {
    let lists = ["[]"; 12].join(", ");
    let errors = Project::simulation(&format!("tags: [{lists}]\n"));
    let errors = errors.load().unwrap_err();
    assert_eq!(errors.errors().len(), 12);
    assert_eq!(errors.report().matches("error: ").count(), 10);
    assert!(errors.report().ends_with("and 2 more errors"));
}

#[test]
fn cassettes() {
    insta::assert_snapshot!(errors("multi_turn:\n  enabled: true\n  supervisor:\n    base_url: http://localhost\n    cassette: { mode: record }\n"), @"
    error: `multi_turn.supervisor.cassette.mode`: there is no file to play or record
     --> configs/simulation.yaml:5:23
      |
    5 |     cassette: { mode: record }
      |                       ^
      = help: name it: `multi_turn.supervisor.cassette.file`, relative to the project
    ");
    insta::assert_snapshot!(errors("multi_turn:\n  supervisor:\n    cassette: { file: a.jsonl, mode: replai }\n"), @"
    error: `multi_turn.supervisor.cassette.mode`: expected `replay`, `record` or `auto`, found the text `replai`
     --> configs/simulation.yaml:3:38
      |
    3 |     cassette: { file: a.jsonl, mode: replai }
      |                                      ^
      = help: did you mean `replay`?
    ");
    insta::assert_snapshot!(errors("multi_turn:\n  supervisor:\n    cassette: a.jsonl\n"), @"
    error: `multi_turn.supervisor.cassette`: expected a mapping of keys to values, found the text `a.jsonl`
     --> configs/simulation.yaml:3:15
      |
    3 |     cassette: a.jsonl
      |               ^
    ");
    let scripted = "multi_turn:\n  enabled: true\n  supervisor:\n    provider: mock\n    cassette: { file: a.jsonl }\n";
    insta::assert_snapshot!(Project::simulation(scripted).warnings(), @"
    warning: `multi_turn.supervisor.cassette` has no effect: with `provider: mock` no model is asked
     --> configs/simulation.yaml:5:15
      |
    5 |     cassette: { file: a.jsonl }
      |               ^
      = help: remove it, or name the provider whose answers it holds
    ");
    // It may wait there for the day that conversations are switched on.
    let waiting = scripted.replace("enabled: true", "enabled: false");
    assert_eq!(Project::simulation(&waiting).warnings(), "");
}

//! Conversations are not in this version: their options are checked, and asking for one is refused.

use tests::obedient;

#[test]
fn asking_for_conversations_is_refused() {
    let project = obedient("", &["say a"]);
    for (variables, arguments) in [
        ("", "--multi-turn"),
        ("FLUXLOOP_MULTI_TURN=true", ""),
        (
            "",
            "--multi-turn --max-turns 12 --auto-approve-tools --supervisor-provider mock",
        ),
        ("FLUXLOOP_MULTI_TURN=false", "--multi-turn"),
        ("", "--no-multi-turn --multi-turn"),
    ] {
        let arguments = format!("run experiment --yes {arguments}");
        let finished = project.run_with(variables, &arguments).exits(96);
        let _ = finished.says("conversations are not part of this version yet");
    }
    project.write("configs/simulation.yaml", "multi_turn: { enabled: true }");
    let finished = project.experiment("").exits(96);
    insta::assert_snapshot!(project.told(&finished), @"
    error: `multi_turn.enabled`: conversations are not part of this version yet
     --> configs/simulation.yaml:1:24
      |
    1 | multi_turn: { enabled: true }
      |                        ^
      = help: set `multi_turn.enabled: false` for runs of one turn
    ");
    assert!(!project.path("experiments").exists());
}

#[test]
fn what_is_refused_may_be_switched_off() {
    let project = obedient("multi_turn: { enabled: true }", &["say a"]);
    for (variables, arguments) in [
        ("", "--no-multi-turn"),
        ("FLUXLOOP_MULTI_TURN=false", ""),
        ("FLUXLOOP_MULTI_TURN=true", "--no-multi-turn"),
        ("", "--multi-turn --no-multi-turn"),
    ] {
        let arguments = format!("run experiment --yes {arguments}");
        let _ = project.run_with(variables, &arguments).exits(0);
    }
}

#[test]
fn an_option_that_has_no_effect_says_so() {
    let project = obedient("", &["say a"]);
    for (option, value) in [
        ("max-turns", "3"),
        ("supervisor-provider", "mock"),
        ("supervisor-model", "gpt-4o"),
        ("supervisor-temperature", "0.5"),
        ("supervisor-base-url", "http://127.0.0.1:9"),
        ("persona-override", "ada"),
        ("auto-approve-tools", ""),
        ("manual-approve-tools", ""),
    ] {
        let finished = project.experiment(&format!("--{option} {value}")).exits(0);
        let _ = finished.says(&format!("`--{option}` has no effect"));
    }
    let finished = project.run_with("FLUXLOOP_AUTO_APPROVE_TOOLS=false", "run experiment -y");
    let _ = finished
        .exits(0)
        .says("`FLUXLOOP_AUTO_APPROVE_TOOLS` has no effect");
}

#[test]
fn values_are_checked() {
    let project = obedient("personas: [{ name: novice }]", &["say a"]);
    for arguments in [
        "--max-turns 0",
        "--max-turns 101",
        "--supervisor-provider bard",
        "--supervisor-temperature 1.5",
        "--multi-turn=true",
    ] {
        let _ = project.experiment(arguments).exits(2);
    }
    for (variables, arguments, message) in [
        (
            "FLUXLOOP_MAX_TURNS=101",
            "",
            "a whole number from 1 to 100, found 101",
        ),
        (
            "FLUXLOOP_SUPERVISOR_PROVIDER=bard",
            "",
            "found the text `bard`",
        ),
        (
            "FLUXLOOP_AUTO_APPROVE_TOOLS=yes",
            "",
            "found the text `yes`",
        ),
        ("", "--persona-override novise", "did you mean `novice`?"),
        (
            "",
            "--supervisor-base-url example.com",
            "an address that begins with http://",
        ),
    ] {
        let arguments = format!("run experiment --yes {arguments}");
        let _ = project
            .run_with(variables, &arguments)
            .exits(96)
            .says(message);
    }
}

#[test]
fn a_key_for_the_supervisor_is_kept_to_ourselves() {
    let project = obedient("", &["say sk-by-flag-1234567 sk-by-variable-1234567"]);
    let finished = project
        .run_with(
            "FLUXLOOP_SUPERVISOR_API_KEY=sk-by-variable-1234567",
            "run experiment --yes -v --supervisor-api-key sk-by-flag-1234567",
        )
        .exits(0);
    let files = project.latest().files();
    let texts = files
        .iter()
        .map(|(path, bytes)| (path.display().to_string(), String::from_utf8_lossy(bytes)));
    for (place, text) in texts.chain([("messages".to_owned(), finished.to_string().into())]) {
        assert!(!text.contains("sk-by-"), "{place}: {text}");
    }
    assert_eq!(super::outputs(&project.latest()), ["*** ***"]);
}

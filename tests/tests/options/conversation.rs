//! Conversations: played by a script; what needs a model is refused.

use std::sync::OnceLock;

use serde_json::Value;
use tests::{Experiment, Project, obedient};

/// An agent that tells what it knows of its conversation.
const AGENT: &str = r#"
use fluxloop::{Context, StateError};

#[fluxloop::agent]
fn talk(message: &str, context: &Context) -> Result<String, String> {
    let kept: u32 = context.state().map_err(|error: StateError| error.to_string())?;
    context.set_state(&(kept + 1)).map_err(|error| error.to_string())?;
    match message {
        "fail" => Err("as asked".to_owned()),
        "abort" => std::process::abort(),
        _ => Ok(format!("{}/{kept}/{}", context.turn(), context.conversation().messages().len())),
    }
}
"#;

const SCRIPT: &str = r"
personas: [{ name: novice }, { name: expert }]
multi_turn:
  supervisor:
    provider: mock
    metadata:
      scripted_questions: [more, edge cases, errors]
      mock_closing: thanks
";

/// The whole conversation: turn, role, source, content.
const SAID: [&str; 9] = [
    "1 user input hello",
    "1 assistant agent 1/0/0",
    "2 user supervisor more",
    "2 assistant agent 2/1/2",
    "3 user supervisor edge cases",
    "3 assistant agent 3/2/4",
    "4 user supervisor errors",
    "4 assistant agent 4/3/6",
    "4 user supervisor thanks",
];

/// A folder beside the agent, with a conversation to play.
fn talkative() -> Project {
    static AGENTS: OnceLock<Project> = OnceLock::new();
    let agents = AGENTS.get_or_init(|| {
        Project::kept("e2e_talk")
            .package("", "e2e_talk", "\n[workspace]\n")
            .locked()
            .file("src/lib.rs", AGENT)
    });
    agents
        .beside("talk")
        .config(SCRIPT)
        .inputs("- { id: a, input: hello, persona: novice }")
}

/// Runs the project's conversation, and gives the rows of `traces.jsonl`.
fn conversations(project: &Project, name: &str, variables: &str, arguments: &str) -> Vec<Value> {
    let folder = project.path(name);
    let arguments = format!(
        "run experiment --yes --output-dir {} {arguments}",
        folder.display()
    );
    let _ = project.run_with(variables, &arguments).exits(0);
    Experiment::at(folder.join("latest")).rows("traces.jsonl")
}

#[test]
fn a_script_is_played_to_its_end() {
    let project = talkative();
    for (name, variables, arguments) in [
        ("by-flag", "", "--multi-turn"),
        ("by-variable", "FLUXLOOP_MULTI_TURN=true", ""),
    ] {
        let row = &conversations(&project, name, variables, arguments)[0];
        assert_eq!(row["output"], "4/3/6");
        assert_eq!(row["conversation_state"], "completed");
        assert_eq!(row["termination_reason"], "supervisor_stop");
        assert_eq!(row["termination_detail"], "script_complete");
        assert_eq!(
            (
                row["turn_count"].as_u64(),
                row["supervisor"]["provider"].as_str()
            ),
            (Some(4), Some("mock"))
        );
        let said: Vec<String> = row["conversation_history"]
            .as_array()
            .unwrap()
            .iter()
            .map(|said| {
                format!(
                    "{} {} {} {}",
                    said["turn"], said["role"], said["source"], said["content"]
                )
                .replace('"', "")
            })
            .collect();
        assert_eq!(said, SAID);
    }
    let observations = Experiment::at(project.path("by-flag/latest")).rows("observations.jsonl");
    let decisions = observations
        .iter()
        .filter(|row| row["kind"] == "supervisor" && row["type"] == "span_end");
    assert_eq!(decisions.count(), 4);
}

#[test]
fn the_last_turn_cuts_a_conversation_off() {
    let project = talkative();
    for (name, variables, arguments) in [
        ("max-flag", "", "--multi-turn --max-turns 2"),
        ("max-variable", "FLUXLOOP_MAX_TURNS=2", "--multi-turn"),
    ] {
        let row = &conversations(&project, name, variables, arguments)[0];
        assert_eq!(row["turn_count"], 2);
        assert_eq!(
            (
                row["conversation_state"].as_str(),
                row["termination_reason"].as_str()
            ),
            (Some("terminated"), Some("max_turns"))
        );
    }
}

#[test]
fn one_persona_may_ask_everything() {
    let project = talkative();
    let row = &conversations(
        &project,
        "persona",
        "",
        "--multi-turn --persona-override expert",
    )[0];
    assert_eq!(row["persona"], "expert");
    assert_eq!(row["case"], "talk::expert::a::iter_0");
}

#[test]
fn conversations_may_be_switched_off() {
    let project = talkative();
    for (name, variables, arguments) in [
        ("off-flag", "FLUXLOOP_MULTI_TURN=true", "--no-multi-turn"),
        ("off-last", "", "--multi-turn --no-multi-turn"),
        ("off-variable", "FLUXLOOP_NO_MULTI_TURN=true", ""),
    ] {
        let row = &conversations(&project, name, variables, arguments)[0];
        assert_eq!(row["output"], "1/0/0");
        assert!(row.get("conversation_history").is_none() && row.get("turn_count").is_none());
    }
}

#[test]
fn variables_that_contradict_each_other_are_refused() {
    let project = talkative();
    let finished = project
        .run_with(
            "FLUXLOOP_MULTI_TURN=true FLUXLOOP_NO_MULTI_TURN=true",
            "run experiment --yes",
        )
        .exits(96);
    let _ = finished.says("`FLUXLOOP_NO_MULTI_TURN`: it contradicts `FLUXLOOP_MULTI_TURN`");
}

#[test]
fn turns_before_a_failure_are_kept() {
    for (word, kind) in [("fail", "agent_error"), ("abort", "crash")] {
        let project = talkative();
        let config = SCRIPT.replace("edge cases", word);
        project.write(format!("configs/{word}.yaml"), &config);
        project.write(format!("{word}-inputs.yaml"), "- hello");
        let folder = project.path(word);
        let arguments = format!(
            "run experiment --yes --multi-turn --personas novice --config configs/{word}.yaml --inputs {word}-inputs.yaml -o {}",
            folder.display()
        );
        let _ = project.run(&arguments).exits(100);
        let row = &Experiment::at(folder.join("latest")).rows("traces.jsonl")[0];
        assert_eq!(
            (row["error"]["kind"].as_str(), row["turn_count"].as_u64()),
            (Some(kind), Some(3))
        );
        assert_eq!(
            (
                row["conversation_state"].as_str(),
                row["termination_reason"].as_str()
            ),
            (Some("terminated"), Some("error"))
        );
        assert_eq!(
            row["conversation_history"].as_array().map(Vec::len),
            Some(5)
        );
    }
}

#[test]
fn turns_are_told_to_programs() {
    let project = talkative();
    let arguments = format!(
        "run experiment --yes --multi-turn --message-format json -o {}",
        project.path("told").display()
    );
    let finished = project.run(&arguments).exits(0);
    let messages: Vec<Value> = finished
        .stdout
        .lines()
        .map(|line| serde_json::from_str(line).expect("a message"))
        .collect();
    let turns: Vec<_> = messages
        .iter()
        .filter(|message| message["reason"] == "turn-started")
        .collect();
    assert_eq!(turns.len(), 4);
    assert!(
        turns
            .iter()
            .all(|turn| turn["conversation_state"] == "active" && turn["max_turns"] == 8)
    );
    assert_eq!(turns[2]["user_message"], "edge cases");
}

#[test]
fn a_missing_key_is_found_before_anything_runs() {
    let project = talkative();
    for (provider, variable) in [
        ("openai", "OPENAI_API_KEY"),
        ("anthropic", "ANTHROPIC_API_KEY"),
    ] {
        let folder = project.path("keyless");
        let arguments = format!(
            "run experiment --yes --multi-turn --supervisor-provider {provider} -o {}",
            folder.display()
        );
        let finished = project.run(&arguments).exits(96);
        let _ = finished.says("has no API key").says(variable);
        assert!(!folder.exists());
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
        ("supervisor-cassette", "record"),
        ("persona-override", "ada"),
    ] {
        let finished = project.experiment(&format!("--{option} {value}")).exits(0);
        let _ = finished.says(&format!("`--{option}` has no effect"));
    }
    let finished = project.run_with("FLUXLOOP_MAX_TURNS=3", "run experiment -y");
    let _ = finished.exits(0).says("`FLUXLOOP_MAX_TURNS` has no effect");
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

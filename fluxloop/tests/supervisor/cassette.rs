//! What a model said, recorded and played.

use std::{collections::BTreeMap, fs, path::PathBuf, sync::Arc};

use fluxloop::{
    config::{Config, LoadRequest, load},
    plan::{Case, PlannedInput},
    supervisor::{
        Decision, DecisionRequest, Said, Speaker, Step, Supervisor, SupervisorError,
        SupervisorFailure,
    },
};
use futures_util::{StreamExt as _, stream};
use serde_json::{Value, json, value::to_raw_value};
use tempfile::TempDir;

use crate::{
    conversation::{KEY, go_on, stop},
    server::{Server, completion, ok, tool_use},
};

/// A project with a cassette.
struct Project {
    folder: TempDir,
    /// With the dot before it, as a further key of the supervisor.
    provider: &'static str,
    base_url: Option<String>,
    key: Option<&'static str>,
}

impl Project {
    fn new() -> Self {
        Self {
            folder: tempfile::tempdir().unwrap(),
            provider: "openai",
            base_url: None,
            key: None,
        }
    }

    /// With a server to ask, and the key for it.
    fn online(mut self, server: &Server) -> Self {
        self.base_url = Some(server.address.clone());
        self.key = Some(KEY);
        self
    }

    /// Without both.
    fn offline(mut self) -> Self {
        self.base_url = None;
        self.key = None;
        self
    }

    fn config(&self, mode: &str, model: &str) -> Config {
        let configuration = json!({ "multi_turn": { "enabled": true, "supervisor": {
            "provider": self.provider, "model": model, "temperature": 0.5, "base_url": self.base_url, "max_retries": 0,
            "cassette": { "file": "recordings/desk.jsonl", "mode": mode },
        }}});
        let path = self.folder.path().join("configs/simulation.yaml");
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, configuration.to_string()).unwrap();
        let mut request = LoadRequest::new(self.folder.path());
        let mut environment =
            BTreeMap::from([("SERVICE_TOKEN".to_owned(), "tok-1234567".to_owned())]);
        if let Some(key) = self.key {
            environment.insert("OPENAI_API_KEY".to_owned(), key.to_owned());
            environment.insert("ANTHROPIC_API_KEY".to_owned(), key.to_owned());
        }
        request.environment = environment;
        match load(&request) {
            Ok(loaded) => loaded.config,
            Err(errors) => panic!("{}", errors.report()),
        }
    }

    fn supervisor(&self, mode: &str) -> Supervisor {
        self.try_supervisor(mode).unwrap()
    }

    fn try_supervisor(&self, mode: &str) -> Result<Supervisor, SupervisorError> {
        let supervisor = Supervisor::new(&self.config(mode, "a-model"), 7)?;
        Ok(supervisor.expect("conversations are on"))
    }

    fn file(&self) -> PathBuf {
        self.folder.path().join("recordings/desk.jsonl")
    }

    fn lines(&self) -> Vec<Value> {
        let text = fs::read_to_string(self.file()).unwrap();
        text.lines()
            .map(|line| serde_json::from_str(line).unwrap())
            .collect()
    }
}

/// Asks after a turn of a case in which everything was said as usual.
async fn ask(
    supervisor: &Supervisor,
    case: &str,
    turn: u32,
) -> Result<Decision, SupervisorFailure> {
    let input = PlannedInput::new("late", to_raw_value("Where is my order?").unwrap());
    let mut case = Case::new(case, Arc::new(input));
    case.iteration = 3;
    let said = |speaker, content: &str| Said {
        turn: 1,
        speaker,
        content: content.to_owned(),
        closing: false,
    };
    let history = [
        said(Speaker::User, "Where is my order?"),
        said(Speaker::Assistant, "Which one do you mean?"),
    ];
    let request = DecisionRequest {
        case: &case,
        turn,
        max_turns: 8,
        may_stop: true,
        history: &history,
    };
    supervisor.decide(&request).await
}

const CASE: &str = "desk::any::late::iter_3";

/// Everything there is to it.
fn all(decision: &Decision) -> String {
    format!("{decision:?}")
}

#[tokio::test]
async fn what_was_recorded_is_played_without_network_and_key() {
    let openai = [
        ok(completion("I would rather not say.")),
        ok(completion(&go_on().to_string())),
        ok(completion(&stop().to_string())),
    ];
    let anthropic = [ok(tool_use(&go_on())), ok(tool_use(&stop()))];
    for (provider, server) in [
        ("openai", Server::playing(openai).await),
        ("anthropic", Server::playing(anthropic).await),
    ] {
        let mut project = Project::new().online(&server);
        project.provider = provider;
        let recording = project.supervisor("record");
        recording.open().unwrap();
        let mut recorded = Vec::new();
        for turn in [1, 2] {
            recorded.push(all(&ask(&recording, CASE, turn).await.unwrap()));
        }
        assert_eq!(
            (recording.provider(), recording.model()),
            (provider, Some("a-model"))
        );
        drop(recording);

        let project = project.offline();
        let replay = project.supervisor("replay");
        for (turn, recorded) in (1..).zip(&recorded) {
            let played = ask(&replay, CASE, turn).await.unwrap();
            assert_eq!(&all(&played), recorded);
        }
        assert!(recorded[0].contains("The red one.") && recorded[1].contains("Thanks!"));

        let [first, second] = &project.lines()[..] else {
            panic!("two exchanges")
        };
        assert_eq!(first["case"], CASE);
        assert_eq!(
            (&first["iteration"], &first["turn"]),
            (&json!(3), &json!(1))
        );
        assert_eq!(second["turn"], 2);
        assert_eq!(first["request"]["provider"], provider);
        assert_eq!(first["request"]["temperature"], 0.5);
        let text = fs::read_to_string(project.file()).unwrap();
        for hidden in [KEY, "authorization", "x-api-key", "127.0.0.1"] {
            assert!(!text.to_lowercase().contains(hidden), "{hidden}: {text}");
        }
    }
}

#[tokio::test]
async fn secrets_are_masked_in_what_is_recorded() {
    let mut reply = go_on();
    reply["next_user_message"] = json!(format!("My token is tok-1234567, my key {KEY}."));
    let server = Server::playing([ok(completion(&reply.to_string()))]).await;
    let project = Project::new().online(&server);
    let recorded = ask(&project.supervisor("record"), CASE, 1).await.unwrap();
    let masked = "My token is ***, my key ***.";
    assert_eq!(recorded.step, Step::Continue(masked.to_owned()));
    let text = fs::read_to_string(project.file()).unwrap();
    assert!(!text.contains("tok-1234567") && !text.contains(KEY) && text.contains(masked));
    let played = ask(&project.supervisor("replay"), CASE, 1).await.unwrap();
    assert_eq!(all(&played), all(&recorded));
}

#[tokio::test]
async fn what_is_not_recorded_fails_loudly() {
    let server = Server::playing([ok(completion(&go_on().to_string()))]).await;
    let project = Project::new().online(&server);
    ask(&project.supervisor("record"), CASE, 1).await.unwrap();
    let project = project.offline();
    let replay = project.supervisor("replay");
    let failure = ask(&replay, CASE, 2).await.unwrap_err();
    insta::assert_snapshot!(failure, @"the cassette `recordings/desk.jsonl` holds no decision after turn 2 of `desk::any::late::iter_3`, only after 1; record it with `multi_turn.supervisor.cassette.mode: record`");
    assert_eq!((failure.attempts, failure.refused), (0, false));
    assert!(failure.prompt.unwrap().contains("Which one do you mean?"));
    let other = Supervisor::new(&project.config("replay", "another"), 7);
    let failure = ask(&other.unwrap().unwrap(), CASE, 1).await.unwrap_err();
    insta::assert_snapshot!(failure, @"what is asked after turn 1 of `desk::any::late::iter_3` is not what line 1 of the cassette `recordings/desk.jsonl` answers: expected the model `a-model`, found `another`; record it with `multi_turn.supervisor.cassette.mode: record`");
}

#[tokio::test]
async fn auto_asks_what_is_not_there_and_keeps_it() {
    let server = Server::playing([
        ok(completion(&go_on().to_string())),
        ok(completion(&stop().to_string())),
    ])
    .await;
    let project = Project::new().online(&server);
    // Each time anew, as experiments are: two questions are asked, each once.
    for turns in [1..=1, 1..=2, 1..=2] {
        let supervisor = project.supervisor("auto");
        for turn in turns {
            ask(&supervisor, CASE, turn).await.unwrap();
        }
    }
    assert_eq!(server.requests().len(), 2);
    assert_eq!(project.lines().len(), 2);
}

#[tokio::test]
async fn auto_misses_a_key_only_when_there_is_something_to_ask() {
    let server = Server::playing([ok(completion(&go_on().to_string()))]).await;
    let project = Project::new().online(&server);
    ask(&project.supervisor("record"), CASE, 1).await.unwrap();
    let project = project.offline();
    let auto = project.supervisor("auto");
    ask(&auto, CASE, 1).await.unwrap();
    let failure = ask(&auto, "desk::any::other::iter_0", 1).await.unwrap_err();
    insta::assert_snapshot!(failure, @"the cassette `recordings/desk.jsonl` holds nothing of `desk::any::other::iter_0`, and nobody can be asked: the supervisor has no API key for openai: looked for `--supervisor-api-key`, FLUXLOOP_SUPERVISOR_API_KEY, `multi_turn.supervisor.api_key`, OPENAI_API_KEY (in the environment and in .env); a server of your own needs none: name it by `base_url`. `provider: mock` plays a script without any");
    assert_eq!(project.lines().len(), 1);
}

#[tokio::test]
async fn a_decision_that_was_not_had_is_not_recorded() {
    let server = Server::playing([ok(completion("no")), ok(completion("no"))]).await;
    let project = Project::new().online(&server);
    let recording = project.supervisor("record");
    recording.open().unwrap();
    assert_eq!(ask(&recording, CASE, 1).await.unwrap_err().attempts, 2);
    drop(recording);
    assert!(!project.file().exists());
}

#[tokio::test]
async fn a_cassette_that_cannot_be_played_is_said_at_once() {
    let project = Project::new();
    let said = |mode| {
        let error = project.try_supervisor(mode).unwrap_err();
        format!("{error}\n  = help: {}", error.hint().unwrap())
    };
    insta::assert_snapshot!(said("replay"), @"
    the cassette `recordings/desk.jsonl` is not there
      = help: record one with `mode: record`, or check `cassette.file` in the configuration
    ");
    fs::create_dir_all(project.file().parent().unwrap()).unwrap();
    fs::write(project.file(), "").unwrap();
    insta::assert_snapshot!(said("replay"), @"
    the cassette `recordings/desk.jsonl` holds no exchange
      = help: record one with `mode: record`, or check `cassette.file` in the configuration
    ");
    fs::write(project.file(), "{}\n").unwrap();
    insta::assert_snapshot!(said("replay"), @"
    line 1 of the cassette `recordings/desk.jsonl` is no exchange: missing field `version` at column 2
      = help: mend or remove the line, or record it all again with `mode: record`
    ");
    assert_eq!(said("auto"), said("replay"));
}

#[tokio::test]
async fn conversations_at_the_same_time_are_all_there() {
    let answers = (0..100).map(|_| ok(completion(&go_on().to_string())));
    let server = Server::playing(answers).await;
    let project = Project::new().online(&server);
    let recording = project.supervisor("record");
    let cases: Vec<String> = (0..100)
        .map(|i| format!("desk::any::c{i}::iter_0"))
        .collect();
    let ask_all = async |supervisor: &Supervisor| {
        let decisions = stream::iter(&cases).map(|case| ask(supervisor, case, 1));
        let decisions: Vec<_> = decisions.buffer_unordered(20).collect().await;
        assert!(decisions.iter().all(Result::is_ok), "{decisions:?}");
    };
    ask_all(&recording).await;
    drop(recording);
    ask_all(&project.offline().supervisor("replay")).await;
}

#[cfg(target_os = "linux")]
#[tokio::test]
async fn answers_that_cannot_be_kept_are_not_asked_for() {
    let server = Server::playing([ok(completion(&go_on().to_string()))]).await;
    let project = Project::new().online(&server);
    fs::create_dir(project.file().parent().unwrap()).unwrap();
    std::os::unix::fs::symlink("/dev/full", project.file()).unwrap();
    let recording = project.supervisor("record");
    recording.open().unwrap();
    // The first one was paid for.
    let failure = ask(&recording, CASE, 1).await.unwrap_err();
    insta::assert_snapshot!(failure, @"the decision was not recorded: the cassette `recordings/desk.jsonl` cannot be written: No space left on device (os error 28)");
    assert_eq!(failure.usage.unwrap().total_tokens, 110);
    assert!(failure.reply.unwrap().contains("The red one."));
    let failure = ask(&recording, CASE, 2).await.unwrap_err();
    insta::assert_snapshot!(failure, @"the model was not asked, since the cassette `recordings/desk.jsonl` cannot be written: No space left on device (os error 28)");
    assert_eq!(server.requests().len(), 1);
}

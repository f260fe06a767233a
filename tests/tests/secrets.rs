//! Secrets are in no file, in no message and on no stream, whatever agents do with them.

use std::{collections::BTreeMap, fmt::Write as _, process::Command};

use serde_json::{Value, json};
use tests::{Finished, Project, list};

/// Where each secret comes from, what it is, and whether the agent finds it in its environment.
const SECRETS: [(&str, &str, bool); 10] = [
    ("OPENAI_API_KEY", "sk-openai-Q7wErTy01", true),
    ("GITHUB_TOKEN", "ghp_NothingToSeeHere42", true),
    (
        "SERVICE_TOKEN",
        "tok 'quoted' \"twice\" and \\slashed\\",
        true,
    ),
    ("DB_PASSWORD", "pässwörd/mit+Ümlaut", true),
    ("PIN_SECRET", "9081726354", true),
    ("DOTENV_API_KEY", "dot-env-Zx91-key", true),
    ("supervisor.api_key", "sk-supervisor-in-file-5511", false),
    ("collector_api_key", "collect-me-if-you-can-77", false),
    ("--supervisor-api-key", "sk-supervisor-by-flag-8822", false),
    (
        "MULTILINE_SECRET",
        "-----BEGIN KEY-----\nMIIabcdefgh1234\nMIIijklmnop5678\n-----END KEY-----",
        true,
    ),
];

const ORDERS: [&str; 9] = [
    "has", "text", "key", "debug", "nested", "escaped", "fail", "panic", "print",
];

fn secret(name: &str) -> &'static str {
    let found = SECRETS.iter().find(|(known, ..)| *known == name);
    found.expect("a secret").1
}

/// A project whose agent knows every secret.
fn leaky() -> Project {
    let dependencies =
        "serde_json = { version = \"1\", features = [\"raw_value\"] }\n[workspace]\n";
    let project = Project::bare()
        .package("", "e2e_leaky", dependencies)
        .locked()
        .file("src/lib.rs", include_str!("../agents/leaky.rs"));
    let variables: BTreeMap<&str, &str> = [
        "SERVICE_TOKEN",
        "DB_PASSWORD",
        "PIN_SECRET",
        "MULTILINE_SECRET",
    ]
    .into_iter()
    .map(|name| (name, secret(name)))
    .collect();
    let config = json!({
        "runner": {"environment_vars": variables},
        "multi_turn": {"enabled": false, "supervisor": {"provider": "openai", "api_key": secret("supervisor.api_key")}},
        "collector_api_key": secret("collector_api_key"),
    });
    let mut file = String::new();
    for (name, value, _) in SECRETS {
        writeln!(file, "{name}={}", Value::from(value)).expect("a string takes it");
    }
    let orders = ORDERS
        .iter()
        .flat_map(|order| (0..SECRETS.len()).map(move |line| format!("{order} {line}")));
    let orders: Vec<_> = orders
        .chain(["header".to_owned(), "bearer".to_owned()])
        .collect();
    project
        .config(&config.to_string())
        .file(
            ".env",
            &format!(
                "DOTENV_API_KEY={}\nPLAIN=\"not a secret\"\n",
                secret("DOTENV_API_KEY")
            ),
        )
        .file("secrets.txt", &file)
        .inputs(&list(orders))
}

/// With everything that holds a secret outside of files.
fn command(project: &Project, arguments: &str) -> Command {
    let mut command = project.command(arguments);
    command
        .env("SECRETS_FILE", project.path("secrets.txt"))
        .env("OPENAI_API_KEY", secret("OPENAI_API_KEY"))
        .env("GITHUB_TOKEN", secret("GITHUB_TOKEN"));
    command
}

fn run(project: &Project, arguments: &str) -> Finished {
    let mut command = command(project, &format!("run experiment --yes {arguments}"));
    command.args(["--supervisor-api-key", secret("--supervisor-api-key")]);
    command.output().expect("the command starts").into()
}

/// Letters and digits only, in lower case: no escape, slug or line break hides a secret.
fn plain(text: &str) -> String {
    text.chars()
        .filter(|c| c.is_alphanumeric())
        .flat_map(char::to_lowercase)
        .collect()
}

#[track_caller]
fn assert_silent(place: &str, text: &str) {
    let unknown = [
        "dW5rbm93bjpzZWNyZXQ",
        "eyJhbGciOi",
        "MIIabcdefgh1234",
        "MIIijklmnop5678",
    ];
    let told = plain(text);
    for secret in SECRETS.iter().map(|(_, value, _)| *value).chain(unknown) {
        assert!(
            !told.contains(&plain(secret)),
            "{secret:?} is in {place}:\n{text}"
        );
        let mut escaped = String::new();
        for unit in secret.encode_utf16() {
            write!(escaped, "\\u{unit:04X}").expect("a string takes it");
        }
        assert!(
            !text.contains(&escaped),
            "{secret:?} is in {place}, escaped"
        );
    }
}

#[test]
fn nothing_that_is_left_or_shown_holds_a_secret() {
    let project = leaky();
    for (arguments, code) in [
        ("-v --no-fail", 0),
        ("--message-format json --progress lines", 100),
        ("--dry-run -v", 0),
    ] {
        let finished = run(&project, arguments).exits(code);
        assert_silent(&format!("stdout of {arguments}"), &finished.stdout);
        assert_silent(&format!("stderr of {arguments}"), &finished.stderr);
        if arguments.contains("dry-run") {
            continue;
        }
        for (path, bytes) in project.latest().files() {
            assert_silent(
                &path.display().to_string(),
                &String::from_utf8_lossy(&bytes),
            );
        }
        let logged = project.latest().text("logs/stdout.log");
        // One on a line, and the halves before it.
        assert!(
            logged.matches("***").count() >= SECRETS.len() * 2,
            "{logged}"
        );
    }
    for arguments in ["list -v", "list cases -v"] {
        let finished = command(&project, arguments).output().expect("it starts");
        let finished = Finished::from(finished).exits(0);
        assert_silent(arguments, &finished.stdout);
        assert_silent(arguments, &finished.stderr);
    }
}

#[test]
fn the_agent_has_the_real_values_and_all_else_is_as_it_was() {
    let project = leaky();
    let _ = run(&project, "--no-fail").exits(0);
    let runs = project.latest().audited();
    for (line, (name, _, in_environment)) in SECRETS.into_iter().enumerate() {
        let output = |order: &str| &runs[&format!("{order} {line}")]["output"];
        assert_eq!(output("has"), in_environment, "{name}");
        assert_eq!(output("text"), "it is ***, or so I hear", "{name}");
        assert_eq!(output("key"), &json!({"***": [{"value": "***"}]}), "{name}");
        assert_eq!(output("escaped"), &json!({"***": "x***y"}), "{name}");
        assert_eq!(output("print"), "printed");
        let error = |order: &str| &runs[&format!("{order} {line}")]["error"];
        assert_eq!(error("fail")["message"], "the service refused ***");
        assert_eq!(error("fail")["causes"][0], "the service refused ***");
        assert_eq!(error("panic")["message"], "could not log in with ***");
    }
    let header = runs["header"]["error"]["message"].as_str();
    assert_eq!(header, Some("401\r\nAuthorization: ***\r\nAccept: *"));
    assert_eq!(runs["bearer"]["error"]["message"], "refused: Bearer ***");
    let config = project.latest().text("config.yaml");
    for key in [
        "api_key: '***'",
        "collector_api_key: '***'",
        "SERVICE_TOKEN: '***'",
    ] {
        assert!(
            config.contains(key) || config.contains(&key.replace('\'', "\"")),
            "{key} in\n{config}"
        );
    }
}

/// Mistakes on the very lines that hold a key.
#[test]
fn a_mistake_beside_a_secret_does_not_show_it() {
    const KEY: &str = "sk-live-Abc123xyzKEY";
    let project = Project::bare().inputs("- anything");
    let below = |section: &str, line: &str| format!("{section}:\n  {}", line.replace('\n', "\n  "));
    let supervisor = |line: &str| below("multi_turn", &below("supervisor", line));
    let variables = |line: &str| below("runner", &below("environment_vars", line));
    let mistakes = [
        format!("multi_turn: {{supervisor: {{api_key: {KEY}, model: [}}}}"),
        supervisor(&format!("api_key: \"{KEY}\nmodel: x")),
        supervisor(&format!("api_key: {KEY}: y")),
        supervisor(&format!("api_key: [{KEY}]")),
        supervisor(&format!("api_key: {{a: {KEY}}}")),
        supervisor(&format!("api_key: {KEY}\napi_key: {KEY}")),
        supervisor(&format!("api_key:\n  - {KEY}")),
        supervisor(&format!("api_key:\n- {KEY}")),
        supervisor(&format!("api_key: !{KEY}")),
        supervisor(&format!("api_key: *{KEY}")),
        supervisor(&format!("api_key: @{KEY}")),
        supervisor(&format!("api_key: &{KEY} [1]")),
        supervisor(&format!("api_kee: {KEY}\ntemperature: x")),
        supervisor(&format!("api_kee: {KEY}")),
        supervisor(&format!("\tapi_key: {KEY}")),
        variables(&format!("SERVICE_TOKEN: [{KEY}]")),
        variables(&format!("- SERVICE_TOKEN={KEY}")),
        variables(&format!("SERVICE_TOKEN = {KEY}")),
        variables(&format!("SERVICE_TOKEN: \"{KEY}\\0\"")),
        variables(&format!("SERVICE_TOKEN: \"abc\n   {KEY}\" x")),
        format!("runner:\n  environment_vars: SERVICE_TOKEN={KEY}"),
        format!("collector_api_key: [{KEY}"),
    ];
    for mistake in mistakes {
        project.write("configs/simulation.yaml", &mistake);
        let finished = project.experiment("-v").exits(96);
        assert!(!finished.stderr.contains(KEY), "{mistake}\n{finished}");
    }
    project.write("configs/simulation.yaml", "");
    for mistake in [
        format!("OPENAI_API_KEY=\"{KEY}"),
        format!("OPENAI KEY={KEY}"),
        format!("A=1\n{KEY}\n"),
    ] {
        project.write(".env", &mistake);
        let finished = project.experiment("-v").exits(96).says(".env");
        assert!(!finished.stderr.contains(KEY), "{mistake}\n{finished}");
    }
    project.write(".env", "");
    for (arguments, variables) in [
        (format!("--supervisor-api-keyy {KEY}"), String::new()),
        (format!("--supervisor-api-key {KEY} --bogus"), String::new()),
        (format!("--supervisor-api-key={KEY} -i x"), String::new()),
        (String::new(), format!("FLUXLOOP_SUPERVISOR_APIKEY={KEY}")),
    ] {
        let finished =
            project.run_with(&variables, &format!("run experiment --yes -v {arguments}"));
        assert_ne!(finished.code, Some(0));
        assert!(!finished.stderr.contains(KEY), "{finished}");
    }
}

//! Experiments in `cargo test`: every case a test.

#[cfg(unix)]
mod actions;
mod cargo_test;
mod mistakes;
mod nextest;
#[cfg(unix)]
mod review;
mod snapshots;
mod traces;
mod warnings;

use std::sync::OnceLock;

use tests::{Finished, Project, workspace};

const LIBRARY: &str = r#"
//! An agent that does what its input says.

#[fluxloop::agent]
fn run(input: String, ctx: &fluxloop::Context) -> Result<String, String> {
    println!("the agent prints {input}");
    match input.as_str() {
        "abort" => std::process::abort(),
        "panic" => panic!("over\nboard \u{1b}[31m"),
        "fail" => Err("it is no use".to_owned()),
        "forge" => Err("no\n  ::error::forged\n##[error]old \r::add-mask::x".to_owned()),
        "seed" => Ok(ctx.seed().to_string()),
        "often" if ctx.iteration() > 0 => Err("not again".to_owned()),
        "second" if std::fs::exists("tried").unwrap_or(false) => Ok("now".to_owned()),
        "second" => Err(std::fs::write("tried", "").err().map_or("not yet".to_owned(), |e| e.to_string())),
        said if said.contains("then?") => Err("lost the thread".to_owned()),
        "wait" => {
            std::fs::write("begun", "yes").map_err(|error| error.to_string())?;
            while !std::fs::exists("go").unwrap_or(false) {
                std::thread::sleep(std::time::Duration::from_millis(20));
            }
            Ok("went".to_owned())
        }
        "shape" => Ok(format!("{}", ctx.seed())),
        "mood" => Ok(std::fs::read_to_string("mood").unwrap_or_default()),
        "where" => Ok(std::env::current_dir().map_err(|error| error.to_string())?.display().to_string()),
        "key" => Ok(std::env::var("OTEL_EXPORTER_OTLP_HEADERS").unwrap_or_default()),
        "env" => Ok(std::env::var("SHOP_MODE").unwrap_or_default()),
        said => Ok(format!("heard {said}")),
    }
}
"#;

const OF_ITS_OWN: &str = r#"
//! An agent that stands in the test itself.

#[fluxloop::agent]
fn own(input: String) -> String { format!("own {input}") }

fluxloop::main!(config = "configs/own.yaml");
"#;

const ORDINARY: &str = r#"
//! Ordinary tests, on one configuration.

use e2e_harness as _;
use fluxloop::{Experiment, ExperimentResult};

fn greets() -> ExperimentResult {
    let config = std::env::var("FLUXLOOP_CONFIG").expect("it is set");
    let result = Experiment::from_config(config).expect("it is there").run().expect("it runs");
    result.require_success(1.0).expect("it greets");
    for warning in result.warnings() {
        println!("the result says: {warning}");
    }
    result
}

#[test]
fn first() { greets(); }

#[test]
fn second() { greets(); }
"#;

/// The package, built once for all tests here.
fn package() -> &'static Project {
    static PACKAGE: OnceLock<Project> = OnceLock::new();
    PACKAGE.get_or_init(|| {
        let fluxloop = workspace().join("fluxloop");
        let target = |name| format!("[[test]]\nname = \"{name}\"\nharness = false\n");
        let rest = format!(
            "[features]\ntraces = [\"fluxloop/otlp\"]\n\n\
             [dev-dependencies]\nfluxloop = {{ path = '{}', features = [\"harness\", \"junit\"] }}\n\n{}[workspace]\n",
            fluxloop.display(),
            ["cases", "compared", "own", "several", "unlinked"].map(target).concat()
        );
        Project::kept("harness")
            .package("", "e2e_harness", &rest)
            .locked()
            .file("src/lib.rs", LIBRARY)
            .file("tests/cases.rs", "fluxloop::main!(e2e_harness);\n")
            .file("tests/compared.rs", "fluxloop::main!(e2e_harness, snapshots);\n")
            .file("tests/own.rs", OF_ITS_OWN)
            .file(
                "tests/several.rs",
                "fluxloop::main!(e2e_harness, config = [\"configs/polite.yaml\", \"configs/rude.yaml\"]);\n",
            )
            .file("tests/ordinary.rs", ORDINARY)
            .file("tests/unlinked.rs", "fluxloop::main!();\n")
    })
}

/// `cargo test --test <target> -- <arguments>` in the package, on the configurations and inputs of a project. The working
/// directory is the package's, so the project is named by variables.
struct Suite {
    project: Project,
}

impl Suite {
    /// A project with this configuration, and these inputs.
    fn new(config: &str, inputs: &str) -> Self {
        let project = Project::bare().config(config).inputs(inputs);
        Self { project }
    }

    fn test(&self, arguments: &str) -> Finished {
        self.test_with("", arguments)
    }

    /// With these variables: `NAME=value`, separated by spaces.
    fn test_with(&self, variables: &str, arguments: &str) -> Finished {
        self.cargo("test --quiet --test cases --", variables, arguments)
    }

    fn nextest(&self, arguments: &str) -> Finished {
        self.cargo("nextest run --test cases --no-fail-fast", "", arguments)
    }

    fn cargo(&self, command: &str, variables: &str, arguments: &str) -> Finished {
        let variables = variables.split_whitespace();
        package()
            .cargo(command)
            .env(
                "FLUXLOOP_CONFIG",
                self.project.path("configs/simulation.yaml"),
            )
            .args(arguments.split_whitespace())
            .envs(variables.map(|variable| variable.split_once('=').expect("a variable's value")))
            .output()
            .expect("cargo starts")
            .into()
    }

    /// How many experiments there are.
    fn experiments(&self) -> usize {
        let Ok(entries) = std::fs::read_dir(self.project.path("experiments")) else {
            return 0;
        };
        let names = entries.map(|entry| entry.expect("entries are read").file_name());
        names
            .filter(|name| name.to_string_lossy().starts_with("exp_"))
            .count()
    }
}

/// Standard output, `[project]` in place of the folder, without what differs from run to run.
fn shown(suite: &Suite, text: &str) -> String {
    let folder = suite.project.path("").display().to_string();
    let text = text.replace(folder.trim_end_matches('/'), "[project]");
    let lines = text.lines().map(|line| {
        let line = line.split("; finished in").next().unwrap_or_default();
        match line.split_once("/exp_") {
            Some((before, after)) => {
                let rest = after.trim_start_matches(|c: char| c.is_ascii_digit() || c == '_');
                format!("{before}/[experiment]{rest}")
            }
            None => line.to_owned(),
        }
    });
    lines.collect::<Vec<_>>().join("\n")
}

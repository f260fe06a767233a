use std::{
    collections::BTreeMap,
    fs,
    path::Path,
    process::{Command, Output},
};

use fluxloop::target::TargetSpec;

use super::*;
use crate::{
    env::Environment,
    target::Unit,
    worker_host,
    workspace::{
        Workspace,
        test_project::{Project, shared_target_directory},
    },
};

/// What the attribute will expand to, by hand: these tests are about finding it.
const ENTRY: &str = r#"
#![allow(unexpected_cfgs)]
fn main() {}
mod agents {
    mod __fluxloop_by_hand {
        #[cfg(all(test, fluxloop_entry))]
        #[test]
        fn entry() {
            let variable = |name| std::env::var(name).unwrap_or_default();
            println!("package={} script={}", variable("CARGO_PKG_NAME"), variable("FROM_SCRIPT"));
            println!("out={}", variable("OUT_DIR"));
            println!("cwd={}", std::env::current_dir().unwrap().display());
        }
    }
}
#[cfg(test)]
mod tests {
    #[test]
    fn entry() { panic!("an ordinary test") }
}
"#;

fn project() -> Project {
    Project::package(
        "built-one",
        &[
            (
                "build.rs",
                "fn main() { println!(\"cargo::rustc-env=FROM_SCRIPT=yes\"); }",
            ),
            (
                "src/lib.rs",
                "pub fn answer() -> u32 { 42 }\nuse fluxloop as _;",
            ),
            ("examples/my-agent.rs", ENTRY),
            ("examples/quiet.rs", "fn main() {}"),
            ("examples/broken.rs", "fn main() { not_a_thing() }"),
        ],
    )
}

fn unit(workspace: &Workspace, target: &str) -> Unit {
    let spec: TargetSpec = target.parse().unwrap();
    workspace.select(Some(&spec)).unwrap().unit
}

fn quiet() -> CargoOutput {
    CargoOutput {
        quiet: true,
        ..CargoOutput::default()
    }
}

fn launch(project: &Project) -> Launch {
    Launch {
        host: "/host".into(),
        working_directory: project.path(""),
        environment: Environment::of_process(),
    }
}

fn build(project: &Project, target: &str) -> Result<Worker, BuildError> {
    let workspace = project.load();
    let unit = unit(&workspace, target);
    Worker::build(&workspace, &unit, quiet(), &launch(project))
}

fn run(worker: &Worker) -> Output {
    let command = &worker.command;
    Command::new(&command.program)
        .args(&command.arguments)
        .envs(
            command
                .environment
                .iter()
                .map(|(name, value)| (name, value)),
        )
        .current_dir(&command.working_directory)
        .output()
        .unwrap()
}

/// All files of a folder with their contents.
fn files(folder: &Path) -> BTreeMap<String, Vec<u8>> {
    let mut found = BTreeMap::new();
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            found.extend(files(&path));
        } else {
            found.insert(path.display().to_string(), fs::read(&path).unwrap());
        }
    }
    found
}

#[test]
fn the_call_of_cargo_is_a_value() {
    let project = project();
    let shown = |target: &str, flags: &[&str], output: CargoOutput| {
        let workspace = project.try_load(flags).unwrap();
        let mut cargo = workspace.cargo().clone();
        cargo.program = "cargo".into();
        match BuildCommand::new(&cargo, &unit(&workspace, target), output) {
            Ok(command) => command
                .to_string()
                .replace(
                    project.path("").to_str().unwrap().trim_end_matches('/'),
                    "/project",
                )
                .replace(shared_target_directory().to_str().unwrap(), "/target"),
            Err(error) => error.to_string(),
        }
    };
    let plain = CargoOutput::default();
    insta::assert_snapshot!(shown("built_one:run", &[], plain), @r"cargo rustc --message-format=json-render-diagnostics --package path+file:///project#built-one@1.2.3 --lib --crate-type cdylib --offline --target-dir /target");
    insta::assert_snapshot!(shown("built_one:run", &["--release", "--target-dir", "/a b"], quiet()), @r"cargo rustc --message-format=json-render-diagnostics --quiet --package path+file:///project#built-one@1.2.3 --lib --crate-type cdylib --offline --target-dir '/a b' --profile release");
    let colored = CargoOutput {
        color: clap::ColorChoice::Always,
        ..plain
    };
    insta::assert_snapshot!(shown("examples.my-agent:run", &[], colored), @r"cargo rustc --message-format=json-render-diagnostics --color=always --package path+file:///project#built-one@1.2.3 --example my-agent --offline --target-dir /target --profile test -- --cfg fluxloop_entry");
    insta::assert_snapshot!(shown("examples.my-agent:run", &["--cargo-profile", "release", "--locked"], plain), @r"cargo rustc --message-format=json-render-diagnostics --package path+file:///project#built-one@1.2.3 --example my-agent --locked --offline --target-dir /target --profile bench -- --cfg fluxloop_entry");
    insta::assert_snapshot!(shown("examples.my-agent:run", &["--cargo-profile", "fast"], plain), @r"profile `fast` cannot build agents of an example, binary or test: cargo builds these in test mode with `dev` or `release` only");
}

#[test]
fn a_library_is_loaded_from_a_copy_of_its_own() {
    let project = project();
    let workspace = project.load();
    let before = files(&project.path(""));
    let unit = unit(&workspace, "built_one:run");
    let worker = Worker::build(&workspace, &unit, quiet(), &launch(&project)).unwrap();
    assert_eq!(
        files(&project.path("")),
        before,
        "the user's tree stays as it is"
    );

    let command = &worker.command;
    assert_eq!(command.program, Path::new("/host"));
    let [argument, library, symbol] = command.arguments.as_slice() else {
        panic!("{:?}", command.arguments);
    };
    assert_eq!(argument, worker_host::ARGUMENT);
    assert!(symbol.to_str().unwrap().starts_with("__fluxloop_worker_"));
    let library = Path::new(library);
    assert!(library.starts_with(shared_target_directory().join("fluxloop")));
    assert!(library.is_file());
    if cfg!(target_os = "linux") {
        let tunables = command
            .environment
            .iter()
            .find(|(name, _)| name == "GLIBC_TUNABLES");
        assert!(tunables.is_some());
    }
    let library = library.to_owned();
    drop(worker);
    assert!(!library.exists());
}

#[test]
fn the_hidden_test_of_an_example_is_its_worker() {
    let project = project();
    let worker = build(&project, "examples.my_agent:run").unwrap();
    assert_eq!(
        worker.command.arguments,
        [
            "--exact",
            "agents::__fluxloop_by_hand::entry",
            "--nocapture"
        ]
    );
    let output = run(&worker);
    let stdout = String::from_utf8(output.stdout).unwrap();
    assert!(output.status.success(), "{stdout}");
    assert!(stdout.contains("package=built-one script=yes"), "{stdout}");
    assert!(
        stdout.contains("out=") && !stdout.contains("out=\n"),
        "{stdout}"
    );
    let cwd = project.path("");
    assert!(
        stdout.contains(
            &format!("cwd={}", cwd.display())
                .trim_end_matches('/')
                .to_owned()
        ),
        "{stdout}"
    );
}

#[test]
fn what_cannot_be_a_worker_says_why() {
    let project = project();
    let message =
        |error: BuildError| format!("{error}\nhint: {}", error.hint().unwrap_or_default());
    insta::assert_snapshot!(message(build(&project, "examples.quiet:run").unwrap_err()), @r"
    no agent is registered in example `quiet` of package `built-one`
    hint: put #[fluxloop::agent] on a function of a module, not within another function; a target with `harness = false` cannot hold agents
    ");
    insta::assert_snapshot!(message(build(&project, "examples.broken:run").unwrap_err()), @r"
    the build failed: example `broken` of package `built-one`
    hint: 
    ");
}

#[cfg(unix)]
#[test]
fn how_cargo_ended_is_told_apart() {
    let project = project();
    let workspace = project.load();
    let unit = unit(&workspace, "built_one:run");
    for (script, expected) in [
        ("kill -INT $$", "interrupted"),
        ("exit 130", "interrupted"),
        ("kill -KILL $$", "cargo was ended by signal 9"),
        (
            "exit 101",
            "the build failed: library `built_one` of package `built-one`",
        ),
        (
            "echo '{\"reason\":\"build-finished\",\"success\":true}'",
            "cargo reported nothing that can be run for library `built_one` of package `built-one`",
        ),
    ] {
        // What `sh rustc …` runs.
        project.write("rustc", script);
        let mut cargo = workspace.cargo().clone();
        cargo.program = "sh".into();
        let command = BuildCommand::new(&cargo, &unit, quiet()).unwrap();
        let error = command.run(&unit).unwrap_err();
        assert_eq!(error.to_string(), expected, "{script}");
    }
}

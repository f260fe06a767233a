//! Experiments beside each other.

use std::fs;

use tests::{Home, Project, Running, is_there, list, unruly, wait_until};

#[test]
fn each_experiment_has_a_directory_of_its_own() {
    let project = unruly((Home::Library, "works"), "", [""; 0]);
    let go = project.path("go");
    let begun = |index: usize| project.path(format!("begun{index}"));
    let experiments: Vec<Running> = (0..4)
        .map(|index| {
            let inputs = format!("inputs/{index}.yaml");
            let order = format!("tally {} until {}", begun(index).display(), go.display());
            project.write(&inputs, &list([order, format!("say {index}")]));
            let arguments = format!("run experiment --yes --name number{index} --inputs {inputs}");
            Running::start(project.command(&arguments))
        })
        .collect();
    wait_until("all at once", || {
        (0..4).all(|index| is_there(&begun(index)))
    });
    project.write("go", "");
    for experiment in experiments {
        let _ = experiment.finish().exits(0);
    }
    let mut names = Vec::new();
    for entry in fs::read_dir(project.path("experiments")).expect("experiments") {
        let entry = entry.expect("entries are read");
        if entry.file_type().expect("a type").is_symlink() {
            assert_eq!(entry.file_name(), "latest");
            continue;
        }
        let experiment = tests::Experiment::at(entry.path());
        let runs = experiment.audited();
        let name = experiment.summary()["experiment_name"]
            .as_str()
            .map(str::to_owned);
        let number = name.clone().unwrap_or_default().replace("number", "");
        assert_eq!(runs[&format!("say {number}")]["output"], number, "{runs:?}");
        names.push(name.unwrap_or_default());
    }
    names.sort();
    assert_eq!(names, ["number0", "number1", "number2", "number3"]);
    // The newest, whichever it is.
    assert_eq!(project.latest().audited().len(), 2);
}

const CHANGING: &str = "
#[fluxloop::agent]
fn run(input: String) -> String {
    let Some(room) = input.strip_prefix(\"wait \") else {
        return \"VERSION\".to_owned();
    };
    let (begun, go) = (format!(\"{room}/begun\"), format!(\"{room}/go\"));
    if std::path::Path::new(&begun).exists() {
        return \"VERSION again\".to_owned();
    }
    std::fs::write(begun, \"x\").unwrap();
    while !std::path::Path::new(&go).exists() {
        std::thread::yield_now();
    }
    std::process::abort()
}
";

/// The agent is built anew while an experiment with the old one runs, whose worker has to be started again.
#[track_caller]
fn rebuilt(name: &str, file: &str, target: &str) {
    let version = |version: &str| CHANGING.replace("VERSION", version) + "\nfn main() {}\n";
    let project = Project::new(name, "")
        .file(file, &version("old"))
        .config(&format!("runner: {{ target: '{target}' }}"));
    let room = project.path("").display().to_string();
    let project = project
        .inputs(&list([format!("wait {room}"), "after".to_owned()]))
        .file("inputs/other.yaml", "- other");
    let running = Running::start(project.command("run experiment --yes --no-fail -o first"));
    wait_until("the first run", || is_there(&project.path("begun")));

    project.write(file, &version("new"));
    let _ = project.experiment("--inputs inputs/other.yaml").exits(0);
    assert_eq!(project.latest().audited()["other"]["output"], "new");

    project.write("go", "");
    let finished = running.finish().exits(0);
    let runs = tests::Experiment::at(project.path("first/latest")).audited();
    let crashed = &runs[&format!("wait {room}")];
    assert_eq!(crashed["error"]["kind"], "crash", "{finished}");
    assert_eq!(
        runs["after"]["output"], "old",
        "an experiment has one agent\n{finished}"
    );
}

#[test]
fn a_library_that_is_built_anew_leaves_a_running_experiment_alone() {
    rebuilt("e2e_rebuilt", "src/lib.rs", "e2e_rebuilt:run");
}

#[test]
fn an_example_that_is_built_anew_leaves_a_running_experiment_alone() {
    rebuilt(
        "e2e_rebuilt_example",
        "examples/changing.rs",
        "examples.changing:run",
    );
}

//! A part of the cases.

use tests::{Project, obedient};

/// Three inputs, two personas, two iterations: twelve cases.
fn project() -> Project {
    let config = "personas: [{ name: ada }, { name: bob }]\niterations: 2\nseed: 5";
    let inputs = "
- { input: say a, id: first }
- { input: say b, id: second }
- { input: seed, id: third }
";
    obedient(config, &[]).inputs(inputs)
}

/// Id, name and output of each run.
fn told(project: &Project, variables: &str, arguments: &str) -> Vec<[String; 3]> {
    let arguments = format!("run experiment --yes {arguments}");
    let _ = project.run_with(variables, &arguments).exits(0);
    let rows = project.latest().rows("trace_summary.jsonl");
    let text = |value: &serde_json::Value| value.as_str().unwrap_or_default().to_owned();
    rows.iter()
        .map(|row| ["trace_id", "case", "output"].map(|key| text(&row[key])))
        .collect()
}

fn names(told: &[[String; 3]]) -> Vec<&str> {
    told.iter().map(|[_, name, _]| name.as_str()).collect()
}

#[test]
fn some_of_the_cases_may_be_run() {
    let project = project();
    project.write("configs/part.yaml", "cases: { filter: third, limit: 1 }");
    let all = told(&project, "", "");
    assert_eq!(all.len(), 12);
    let thirds: Vec<_> = all.iter().filter(|run| run[1].contains("third")).collect();
    for (variables, arguments, count) in [
        ("", "--filter third", 4),
        ("FLUXLOOP_FILTER=third", "", 4),
        ("FLUXLOOP_FILTER=nothing", "--filter third", 4),
        ("", "--filter third --limit 3", 3),
        ("FLUXLOOP_LIMIT=2", "--filter third", 2),
        ("", "--filter third --sample 2", 2),
        ("FLUXLOOP_SAMPLE=3", "--filter third", 3),
        ("", "-c configs/part.yaml", 1),
        ("", "-c configs/part.yaml --limit 4", 4),
    ] {
        let part = told(&project, variables, arguments);
        assert_eq!(part.len(), count, "{variables} {arguments}");
        // What is left is as it was: the id, the name, and the seed that the agent answers.
        assert!(part.iter().all(|run| thirds.contains(&run)), "{part:?}");
        let sampled = arguments.contains("--sample") || variables.contains("SAMPLE");
        assert!(
            sampled || part.iter().eq(thirds.iter().copied().take(count)),
            "{part:?}"
        );
    }
    // Another seed draws others.
    let drawn = |seed| names(&told(&project, "", &format!("--sample 6 --seed {seed}"))).join(" ");
    assert_eq!(drawn(1), drawn(1));
    assert!((2..9).any(|seed| drawn(seed) != drawn(1)));
}

#[test]
fn a_part_is_said_to_be_one() {
    let project = project();
    let finished = project.experiment("--filter first --limit 1").exits(0);
    let finished = finished
        .says("[INFO] Loaded 1 input\n")
        .says("(1 total run, 11 left out)");
    let _ = finished.says("1 passed; 0 failed; 0 ignored; 0 measured; 11 filtered out");
    let summary = project.latest().summary();
    assert_eq!(summary["planned_traces"], 1);
    assert_eq!(summary["config_snapshot"]["cases"]["filter"], "first");
}

#[test]
fn the_cases_that_are_listed_are_those_that_run() {
    let project = project();
    for part in [
        "--filter iter_1",
        "--sample 5 --seed 9",
        "--limit 3",
        "--filter run::bob::second",
    ] {
        let ran = told(&project, "", part);
        let listed = project.run(&format!("list cases {part}")).exits(0);
        let listed: Vec<_> = listed.stdout.lines().collect();
        assert_eq!(listed, names(&ran), "{part}");
    }
    let listed = project.run_with("FLUXLOOP_LIMIT=3", "list cases").exits(0);
    assert_eq!(listed.stdout.lines().count(), 3);
}

#[test]
fn a_part_with_nothing_in_it_is_nothing_to_run() {
    let project = project();
    for command in ["run experiment --yes", "list cases"] {
        let finished = project.run(&format!("{command} --filter refund")).exits(4);
        insta::allow_duplicates! {
            insta::assert_snapshot!(project.told(&finished), @"
            error: no case is left to run: `--filter refund` keeps none of the 12 cases
              = help: the text must stand in a case's name, for example in `ada::first::iter_0`; `cargo fluxloop list cases` prints all names
            ");
        }
    }
    assert!(!project.path("experiments").exists());
}

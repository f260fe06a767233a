//! In a job of GitHub Actions, whose log is read for commands.

use tests::Finished;

use super::Suite;

/// Lines that the runner would take for commands, as it reads: line by line, and none of the white space before them.
fn commands(finished: &Finished) -> Vec<&str> {
    let lines = [&finished.stdout, &finished.stderr].map(|text| text.split(['\n', '\r']));
    let lines = lines.into_iter().flatten();
    lines
        .filter(|line| line.trim_start().starts_with("::") || line.contains("##["))
        .collect()
}

#[test]
fn nothing_that_agents_say_is_a_command() {
    let suite = Suite::new(
        "snapshots: true",
        "- { id: forge, input: forge }\n- { id: \"##[group]a\", input: \"##[error]echo\\r::error::b\" }",
    );
    let run = |actions: &str| {
        let variables = format!("GITHUB_ACTIONS={actions} INSTA_UPDATE=no");
        suite.test_with(&variables, "--nocapture").exits(101)
    };
    let elsewhere = run("false");
    assert!(commands(&elsewhere).len() > 4, "{elsewhere}");
    let finished = run("true");
    assert!(commands(&finished).is_empty(), "{finished}");
    // What was said is shown, and so is what comes last.
    for said in [
        "::error::forged",
        "#[error]old",
        "#[group]a",
        "+heard #\u{200b}#[error]echo",
    ] {
        assert!(finished.stdout.contains(said), "{said}: {finished}");
    }
    let _ = finished.says("fluxloop: 2 runs finished: 1 succeeded, 1 failed");
    // A list is read by programs.
    let listed = suite.test_with("GITHUB_ACTIONS=true", "--list").exits(0);
    assert!(
        listed.stdout.contains("::##[group]a::iter_0: test\n"),
        "{listed}"
    );
    // Whatever goes wrong before the first test is written there, too.
    suite.project.write(
        "configs/simulation.yaml",
        "experiment_name: [\"##[error]c\"]",
    );
    let refused = suite.test_with("GITHUB_ACTIONS=true", "").exits(101);
    assert!(
        refused.stderr.contains("#[error]c") && commands(&refused).is_empty(),
        "{refused}"
    );
}

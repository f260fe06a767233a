//! What happens at a terminal, where somebody can be asked.
#![cfg(target_os = "linux")]

use std::{
    io::Write as _,
    process::{Command, Stdio},
};

use tests::{Finished, Project, obedient};

/// Runs at a terminal of its own, and types this.
fn at_a_terminal(project: &Project, arguments: &str, typed: &str) -> Finished {
    let direct = project.command(arguments);
    let mut words = vec![direct.get_program().to_string_lossy().into_owned()];
    words.extend(
        direct
            .get_args()
            .map(|argument| argument.to_string_lossy().into_owned()),
    );
    let mut script = Command::new("script");
    script.args([
        "--quiet",
        "--return",
        "--command",
        &words.join(" "),
        "/dev/null",
    ]);
    script.current_dir(project.path(""));
    for (name, value) in direct.get_envs() {
        match value {
            Some(value) => script.env(name, value),
            None => script.env_remove(name),
        };
    }
    script
        .env("TERM", "xterm-256color")
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped());
    let mut script = script.spawn().expect("util-linux has `script`");
    let mut keyboard = script.stdin.take().expect("it is piped");
    keyboard
        .write_all(typed.as_bytes())
        .expect("the terminal listens");
    script.wait_with_output().expect("it ends").into()
}

#[test]
fn an_answer_of_no_is_130_and_runs_nothing() {
    let project = obedient("", &["say a", "say b"]);
    for answer in ["n\n", "\n", "perhaps\n", "\u{4}"] {
        let finished = at_a_terminal(&project, "run experiment -i 60", answer).exits(130);
        let shown = &finished.stdout;
        assert!(shown.contains("Continue? [y/N]"), "{finished}");
        assert!(shown.contains("Total runs:  120"), "{finished}");
        assert!(
            shown.contains("120 runs: each of them calls the agent"),
            "{finished}"
        );
        assert!(
            shown.contains("[INFO]") && shown.contains("Nothing was run"),
            "{finished}"
        );
        assert!(!project.path("experiments").exists(), "{finished}");
    }
    for answer in ["y\n", "YES\n"] {
        let finished = at_a_terminal(&project, "run experiment", answer).exits(0);
        assert_eq!(project.latest().summary()["total_traces"], 2, "{finished}");
        // The bar is drawn over itself.
        assert!(
            finished
                .stdout
                .contains("\r\u{1b}[J[▓▓▓▓▓▓▓▓▓▓] 2/2 (100%)"),
            "{finished:?}"
        );
    }
}

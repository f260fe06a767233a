//! A profile in which panics abort: a panic is a crash then, and still one run's alone.

use tests::{Project, list};

use super::{RUNS, assert_attempts, culprit, say, with_one};

#[test]
fn a_panic_that_aborts_is_a_crash() {
    let manifest = "[workspace]\n[profile.dev]\npanic = \"abort\"\n";
    let project = Project::bare()
        .package("", "e2e_aborting", manifest)
        .locked()
        .file("src/lib.rs", include_str!("../../agents/unruly.rs"))
        .config("runner: { target: 'e2e_aborting:works' }")
        .inputs(&list(with_one("panic", say)));
    for parallel in [1, 8] {
        let (row, others) = culprit(&project, "panic", &format!("--parallel {parallel}"));
        assert_eq!(row["error"]["kind"], "crash", "{row}");
        assert_eq!(row["error"]["signal"], 6, "{row}");
        assert_eq!(others.len(), RUNS - 1);
        if parallel == 1 {
            assert_attempts(&row, 1);
        }
        let logged = project.latest().text("logs/stderr.log");
        assert!(logged.contains("the cupboard is bare"), "{logged}");
    }
}

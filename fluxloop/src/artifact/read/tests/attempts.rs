use super::*;

/// Two runs that were tried twice and one that was tried once: their rows are mixed.
fn retried(shared: bool) -> Directory {
    let directory = Directory::new(&json!({"format_version": "1.0", "shared": shared}));
    let ids = [1, 2, 1, 3, 2];
    let rows = || {
        ids.iter().enumerate().map(|(at, id)| {
            let mut row = run(*id);
            row["duration_ms"] = json!(at);
            row
        })
    };
    directory.write("trace_summary.jsonl", lines(rows()));
    directory.write("traces.jsonl", lines(rows()));
    let span = |id: usize, span: &str, name: &str| json!({"trace_id": format!("trace_{id}"), "type": "span_start", "name": name, "id": format!("trace_{id}.{span}")});
    directory.write(
        "observations.jsonl",
        lines([
            span(1, "0", "first"),
            span(2, "0", "first"),
            span(1, "1.1", "of the first"),
            span(1, "0", "second"),
            span(2, "1.1", "of the first"),
            span(3, "0", "only"),
            span(1, "1.1", "of the second"),
            span(2, "0", "second"),
            json!({"trace_id": "trace_3", "type": "event", "name": "noticed"}),
        ]),
    );
    directory
}

fn names(tree: &ObservationTree) -> Vec<&str> {
    tree.walk().map(|visit| &*visit.observation.name).collect()
}

#[test]
fn the_last_attempt_counts_in_each_file() {
    let directory = retried(true);
    let experiment = directory.open().unwrap();
    let told = |rows: Rows<RecordedRun>| -> Vec<(String, f64)> {
        let rows = rows.map(Result::unwrap);
        rows.map(|run| (run.trace_id, run.duration_ms)).collect()
    };
    let last = [("trace_1", 2.0), ("trace_3", 3.0), ("trace_2", 4.0)];
    let last = last.map(|(id, at)| (id.to_owned(), at));
    assert_eq!(told(experiment.runs().unwrap()), last);
    assert_eq!(told(experiment.traces().unwrap()), last);
    let one = experiment.trace("trace_1").unwrap().unwrap();
    assert!((one.duration_ms - 2.0).abs() < f64::EPSILON);
    let index = experiment.observation_index().unwrap().unwrap();
    for (id, expected) in [
        ("trace_1", vec!["second", "of the second"]),
        ("trace_2", vec!["second"]),
        ("trace_3", vec!["only", "noticed"]),
    ] {
        let tree = experiment.observations_of(id).unwrap().unwrap();
        assert_eq!(names(&tree), expected, "{id}");
        assert_eq!(names(&index.tree_of(id).unwrap()), expected, "{id}");
    }
    assert_eq!(experiment.observations().unwrap().unwrap().count(), 5);
}

#[test]
fn rows_that_one_process_wrote_are_all_read() {
    let directory = retried(false);
    assert_eq!(directory.runs().0.len(), 5);
}

#[test]
fn damage_is_counted_once_and_what_comes_later_is_not_read() {
    let directory = retried(true);
    let row = |id| run(id).to_string();
    let text = format!("{}\nno row\n{}\n{}\n{{torn", row(1), row(1), row(2));
    directory.write("trace_summary.jsonl", &text);
    assert_eq!(
        directory.runs(),
        (vec!["trace_1".to_owned(), "trace_2".to_owned()], 1)
    );
    // A further attempt ends while the rows are read.
    let experiment = directory.open().unwrap();
    let rows = experiment.runs().unwrap();
    directory.write("trace_summary.jsonl", format!("{text}\n{}\n", row(2)));
    let ids: Vec<_> = rows.map(|run| run.unwrap().trace_id).collect();
    assert_eq!(ids, ["trace_1", "trace_2"]);
    directory.write("trace_summary.jsonl", "");
    assert_eq!(directory.runs(), (Vec::new(), 0));
}

use std::collections::HashSet;

use super::*;

fn tree(rows: impl IntoIterator<Item = Value>) -> ObservationTree {
    let mut tree = ObservationTree::default();
    for row in rows {
        tree.push(serde_json::from_str(&row.to_string()).unwrap());
    }
    tree
}

fn start(id: &str, parent: Option<&str>) -> Value {
    json!({"trace_id": "t", "type": "span_start", "name": format!("span {id}"), "id": id, "parent_id": parent})
}

fn end(id: &str) -> Value {
    json!({"trace_id": "t", "type": "span_end", "id": id, "duration_ms": 1.5})
}

/// Each observation, indented by its depth.
fn drawn(tree: &ObservationTree) -> String {
    let line =
        |visit: Visit<'_>| format!("{}{}\n", "  ".repeat(visit.depth), visit.observation.name);
    tree.walk().map(line).collect()
}

#[test]
fn starts_ends_and_events_become_a_tree() {
    let event = json!({"trace_id": "t", "type": "event", "name": "noticed", "parent_id": "b", "level": "WARN"});
    let later = json!({"trace_id": "t", "type": "pause", "name": "unknown", "parent_id": "a"});
    let tree = tree([
        start("a", None),
        start("b", Some("a")),
        event,
        start("c", Some("a")),
        later,
        end("b"),
        start("d", Some("c")),
        end("d"),
        end("c"),
    ]);
    insta::assert_snapshot!(drawn(&tree), @"
    span a
      span b
        noticed
      span c
        span d
    ");
    let observed: Vec<_> = tree.walk().map(|visit| visit.observation).collect();
    assert!(observed[0].is_unfinished(), "nothing ended it");
    assert_eq!(observed[1].duration_ms, Some(1.5));
    assert!(observed[2].is_event && !observed[2].is_unfinished());
    assert_eq!(observed[2].level, Some(Level::Warn));
    let last: Vec<_> = tree.walk().map(|visit| visit.is_last).collect();
    assert_eq!(last, [true, false, true, true, true]);
}

#[test]
fn what_belongs_nowhere_is_kept() {
    let mut orphan = end("x");
    orphan["name"] = json!("no start");
    let tree = tree([start("a", Some("a")), start("b", Some("gone")), orphan]);
    insta::assert_snapshot!(drawn(&tree), @"
    span a
    span b
    no start
    ");
    assert!(tree.walk().last().unwrap().observation.has_ended);
}

#[test]
fn an_end_adds_to_its_start() {
    let mut begun = start("a", None);
    begun["kind"] = json!("generation");
    begun["input"] = json!("asked");
    begun["attributes"] = json!({"model": "small", "temperature": 0.5, "unfinished": false});
    let mut ended = end("a");
    ended["output"] = json!("told");
    ended["attributes"] =
        json!({"unfinished": true, "token_usage": {"input_tokens": 7, "cached_tokens": 2}});
    ended["error"] = json!({"message": "cut off", "panic": true});
    let built = tree([begun, ended.clone()]);
    let observation = built.walk().next().unwrap().observation;
    assert_eq!(observation.kind, ObservationKind::Generation);
    assert_eq!(observation.model().as_deref(), Some("small"));
    let usage = observation.token_usage().unwrap();
    assert_eq!((usage.total(), usage.cached_tokens), (Some(7), Some(2)));
    assert_eq!(observation.attribute::<f64>("temperature"), Some(0.5));
    assert_eq!(observation.attribute::<bool>("temperature"), None);
    assert!(observation.is_unfinished() && observation.has_ended);
    assert!(observation.error.as_ref().unwrap().panic);
    assert_eq!(observation.input.as_ref().unwrap().get(), r#""asked""#);
    // Where both stand, the field of the row is meant.
    ended["model"] = json!("large");
    ended["token_usage"] = json!({"total_tokens": 9});
    ended["input"] = json!("asked, after all");
    let mut begun = start("a", None);
    begun["input"] = json!("asked");
    let built = tree([begun, ended]);
    let observation = built.walk().next().unwrap().observation;
    assert_eq!(observation.model().as_deref(), Some("large"));
    assert_eq!(observation.token_usage().unwrap().total(), Some(9));
    let input = observation.input.as_ref().unwrap();
    assert_eq!(input.get(), r#""asked, after all""#);
}

#[test]
fn runs_are_told_apart_and_spans_may_nest_deep() {
    let directory = Directory::new(&json!({}));
    let mut rows = Vec::new();
    for id in 0..20_000_u32 {
        let mut row = start(
            &id.to_string(),
            id.checked_sub(1).map(|id| id.to_string()).as_deref(),
        );
        rows.push(row.clone());
        row["trace_id"] = json!("other");
        rows.push(row);
    }
    directory.write("observations.jsonl", lines(rows));
    let experiment = directory.open().unwrap();
    let tree = experiment.observations_of("t").unwrap().unwrap();
    assert_eq!(tree.len(), 20_000);
    assert_eq!(tree.walk().last().unwrap().depth, 19_999);
}

proptest! {
    #[test]
    fn every_span_is_visited_once_wherever_it_claims_to_belong(
        rows in prop::collection::vec((0_u8..12, prop::option::of(0_u8..12), 0_u8..3), 0..40),
    ) {
        let rows: Vec<_> = rows.into_iter().map(|(id, parent, form)| {
            let types = ["span_start", "span_end", "event"];
            json!({
                "trace_id": "t", "type": types[usize::from(form)], "name": "n",
                "id": id.to_string(), "parent_id": parent.map(|parent| parent.to_string()),
            })
        }).collect();
        let mut begun = HashSet::new();
        let merged = rows.iter().filter(|row| match row["type"].as_str() {
            Some("span_start") => { begun.insert(row["id"].clone()); false }
            Some("span_end") => begun.contains(&row["id"]),
            _ => false,
        }).count();
        let tree = tree(rows.iter().cloned());
        prop_assert_eq!(tree.len(), rows.len() - merged);
        prop_assert_eq!(tree.walk().count(), tree.len());
    }
}

#[test]
fn rows_of_mixed_runs_are_found_by_their_index() {
    let directory = Directory::new(&json!({}));
    assert!(
        directory
            .open()
            .unwrap()
            .observation_index()
            .unwrap()
            .is_none()
    );
    let row = |run: u32, name: &str| json!({"trace_id": format!("trace_{run}"), "type": "event", "name": name});
    let mut text = lines([row(1, "a"), row(2, "b"), row(1, "c")]);
    text.push_str("no row\n");
    text.push_str(&lines([row(3, "d"), row(2, "e")]));
    text.push_str(r#"{"trace_id": "trace_3", "type": "event", "name": "torn"#);
    directory.write("observations.jsonl", text);
    let index = directory.open().unwrap().observation_index();
    let index = index.unwrap().unwrap();
    for (run, names) in [
        (1, &["a", "c"][..]),
        (2, &["b", "e"]),
        (3, &["d"]),
        (4, &[]),
    ] {
        let tree = index.tree_of(&format!("trace_{run}")).unwrap();
        let found = tree.walk().map(|visit| visit.observation.name.as_str());
        assert_eq!(found.collect::<Vec<_>>(), names);
    }
}

#[test]
fn the_observations_of_a_kind_are_listed() {
    let start = |id: u32, kind: &str| json!({"trace_id": "t", "type": "span_start", "name": kind, "id": id.to_string(), "kind": kind});
    let tree = tree([
        start(1, "agent"),
        start(2, "tool"),
        start(3, "generation"),
        start(4, "tool"),
    ]);
    let tools = tree.of_kind(ObservationKind::Tool);
    let ids: Vec<_> = tools.filter_map(|tool| tool.id.as_deref()).collect();
    assert_eq!(ids, ["2", "4"]);
}

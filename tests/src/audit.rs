use std::collections::{BTreeMap, BTreeSet};

use serde_json::{Map, Value, json};

use crate::Experiment;

impl Experiment {
    /// The rows of `trace_summary.jsonl` by input, after a look at every file: each run is in each of them, they agree on it,
    /// and what `summary.json` says is what the rows come to.
    ///
    /// # Panics
    ///
    /// When they do not, or two runs have the same input.
    #[must_use]
    #[track_caller]
    pub fn audited(&self) -> BTreeMap<String, Value> {
        let rows = self.rows("trace_summary.jsonl");
        self.same_in_traces(&rows);
        self.around_observations(&rows);
        self.folded_in_summary(&rows);
        let runs: BTreeMap<_, _> = rows
            .iter()
            .map(|row| (text(&row["input"]), row.clone()))
            .collect();
        assert_eq!(runs.len(), rows.len(), "inputs tell the runs apart");
        runs
    }

    #[track_caller]
    fn same_in_traces(&self, rows: &[Value]) {
        let traces = self.rows("traces.jsonl");
        assert_eq!(traces.len(), rows.len(), "traces.jsonl has every run");
        for (row, trace) in rows.iter().zip(traces) {
            for (key, value) in object(row) {
                assert_eq!(&trace[key], value, "`{key}` of {trace}");
            }
            assert!(
                text(&trace["started_at"]) <= text(&trace["completed_at"]),
                "{trace}"
            );
            let (wall, own) = (trace["wall_ms"].as_f64(), row["duration_ms"].as_f64());
            assert!(own.is_some() && wall >= own, "{trace}");
        }
        let ids: BTreeSet<_> = rows.iter().map(|row| text(&row["trace_id"])).collect();
        assert_eq!(ids.len(), rows.len(), "every run has an id of its own");
    }

    /// Each run is one span around all else that happened in it, and what began in it has ended.
    #[track_caller]
    fn around_observations(&self, rows: &[Value]) {
        let mut observations: BTreeMap<String, Vec<Value>> = BTreeMap::new();
        for line in self.rows("observations.jsonl") {
            let id = text(&line["trace_id"]);
            observations.entry(id).or_default().push(line);
        }
        assert_eq!(observations.len(), rows.len(), "each run is observed");
        for (row, trace) in rows.iter().zip(self.rows("traces.jsonl")) {
            let lines = &observations[&text(&row["trace_id"])];
            assert_eq!(trace["observation_count"], lines.len(), "{trace}");
            let [start, within @ .., end] = lines.as_slice() else {
                panic!("a pair is expected: {lines:?}");
            };
            let ids = |kind| {
                let of_kind = within.iter().filter(move |line| line["type"] == kind);
                let ids: BTreeSet<_> = of_kind.map(|line| text(&line["id"])).collect();
                ids
            };
            assert_eq!(ids("span_start"), ids("span_end"), "{within:?}");
            for (line, kind) in [(start, "span_start"), (end, "span_end")] {
                assert_eq!(line["type"], kind, "{line}");
                assert_eq!(line["name"], "agent_run", "{line}");
                assert_eq!(line["kind"], "agent", "{line}");
            }
            assert_eq!(start["input"], row["input"]);
            assert_eq!(end["output"], row["output"]);
            assert_eq!(end["error"], row["error"]);
            assert_eq!(end["duration_ms"], row["duration_ms"]);
        }
    }

    #[track_caller]
    fn folded_in_summary(&self, rows: &[Value]) {
        let summary = self.summary();
        let mut kinds: BTreeMap<String, u64> = BTreeMap::new();
        let mut personas: BTreeMap<String, Vec<&Value>> = BTreeMap::new();
        for row in rows {
            let error = row.get("error");
            assert_eq!(row["success"], error.is_none(), "{row}");
            if let Some(error) = error {
                // What was returned is kept where it was not right.
                let returned = error["kind"] == "expectation_failed";
                assert!(returned || row["output"].is_null(), "{row}");
                *kinds.entry(text(&error["kind"])).or_default() += 1;
            }
            if let Some(persona) = row["persona"].as_str() {
                personas.entry(persona.to_owned()).or_default().push(row);
            }
        }
        let all: Vec<_> = rows.iter().collect();
        for (key, value) in object(&counts(&all)) {
            let key = if key == "total" { "total_traces" } else { key };
            assert_eq!(&summary[key], value, "`{key}` of {summary}");
        }
        assert_eq!(summary["failures_by_kind"], json!(kinds), "{summary}");
        let personas: BTreeMap<_, _> = personas
            .iter()
            .map(|(name, rows)| (name, counts(rows)))
            .collect();
        assert_eq!(summary["by_persona"], json!(personas), "{summary}");
        durations(&summary, rows);
    }
}

fn counts(rows: &[&Value]) -> Value {
    let successful = rows.iter().filter(|row| row["success"] == true).count();
    let mut counts = json!({
        "total": rows.len(),
        "successful": successful,
        "failed": rows.len() - successful,
    });
    if !rows.is_empty() {
        #[expect(clippy::cast_precision_loss, reason = "a few rows")]
        let rate = successful as f64 / rows.len() as f64;
        counts["success_rate"] = json!(rate);
    }
    // As a reader gets it, to the last digit.
    serde_json::from_str(&counts.to_string()).expect("JSON")
}

/// Percentiles are exact to a thousandth, and rows are rounded to microseconds.
#[track_caller]
fn durations(summary: &Value, rows: &[Value]) {
    let mut took: Vec<f64> = rows
        .iter()
        .map(|row| row["duration_ms"].as_f64().expect("a duration"))
        .collect();
    took.sort_by(f64::total_cmp);
    let Some(longest) = took.last() else { return };
    let nearest = |percent: usize| took[(took.len() * percent).div_ceil(100).max(1) - 1];
    #[expect(clippy::cast_precision_loss, reason = "a few rows")]
    let mean = took.iter().sum::<f64>() / took.len() as f64;
    let said = &summary["duration_ms"];
    for (name, value, expected) in [
        ("min", &said["min"], took[0]),
        ("p50", &said["p50"], nearest(50)),
        ("p95", &said["p95"], nearest(95)),
        ("max", &said["max"], *longest),
        ("avg_duration_ms", &summary["avg_duration_ms"], mean),
    ] {
        let value = value.as_f64().expect("a duration");
        let near = (value - expected).abs() <= expected * 0.001 + 0.002;
        assert!(near, "{name} is {value}, and the rows say {expected}");
    }
}

fn text(value: &Value) -> String {
    value.as_str().unwrap_or_default().to_owned()
}

#[track_caller]
fn object(value: &Value) -> &Map<String, Value> {
    value.as_object().expect("a JSON object")
}

//! The floor: the rows of a run, made by `serde_json` and written by one call per run and file, in a bare loop.

use std::{fs::File, io::Write as _};

use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::measured::Figures;

#[expect(clippy::struct_field_names, reason = "the names are the row's own")]
/// A row of `trace_summary.jsonl`, or of `traces.jsonl` with all that this one has more.
#[derive(Serialize, Deserialize)]
struct Trace {
    trace_id: String,
    case: String,
    iteration: u32,
    persona: Option<String>,
    input: String,
    output: String,
    duration_ms: f64,
    success: bool,
    #[serde(skip_serializing_if = "Option::is_none")]
    wall_ms: Option<f64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    started_at: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    completed_at: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    observation_count: Option<u32>,
}

/// A line of `observations.jsonl`.
#[derive(Serialize, Deserialize)]
struct Observation {
    trace_id: String,
    r#type: String,
    timestamp: String,
    name: String,
    id: String,
    kind: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    input: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    output: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    start_time: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    end_time: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    duration_ms: Option<f64>,
}

/// The rows of one run, as an experiment wrote them.
pub(crate) struct Rows {
    summary: Trace,
    trace: Trace,
    observations: Vec<Observation>,
}

impl Rows {
    pub(crate) fn new(summary: &Value, trace: &Value, observations: &[Value]) -> Self {
        Self {
            summary: Trace::deserialize(summary).expect("a row as this program knows it"),
            trace: Trace::deserialize(trace).expect("a row as this program knows it"),
            observations: observations
                .iter()
                .map(|row| Observation::deserialize(row).expect("a row as this program knows it"))
                .collect(),
        }
    }
}

/// Writes the rows of so many runs.
pub(crate) fn of(rows: &Rows, runs: u32) -> Figures {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let create = |name: &str| File::create(folder.path().join(name)).expect("a file");
    let mut files = [
        create("trace_summary.jsonl"),
        create("traces.jsonl"),
        create("observations.jsonl"),
    ];
    let mut buffer = Vec::new();
    Figures::of(|| {
        for _ in 0..runs {
            for (n, file) in files.iter_mut().enumerate() {
                buffer.clear();
                match n {
                    0 => line(&mut buffer, &rows.summary),
                    1 => line(&mut buffer, &rows.trace),
                    _ => rows
                        .observations
                        .iter()
                        .for_each(|row| line(&mut buffer, row)),
                }
                file.write_all(&buffer).expect("the disk has room");
            }
        }
    })
}

fn line(buffer: &mut Vec<u8>, row: &impl Serialize) {
    serde_json::to_writer(&mut *buffer, row).expect("rows are JSON");
    buffer.push(b'\n');
}

use std::fs;

use serde_json::json;
use tempfile::TempDir;

use super::*;

/// An experiment whose events a test plays in.
pub(super) struct Experiment {
    pub(super) folder: TempDir,
    pub(super) artifacts: Artifacts,
    pub(super) statistics: Statistics,
}

pub(super) fn input(folder: &TempDir) -> ArtifactInput {
    ArtifactInput {
        started: Started {
            experiment_name: "my_agent_experiment".to_owned(),
            directory: folder.path().to_owned(),
            inputs: 3,
            iterations: 1,
            planned: 3,
            left_out: 0,
            target: "examples.my_agent:run".to_owned(),
            seed: 42,
            at: "2024-11-01T14:30:22Z".parse().unwrap(),
        },
        config_yaml: "name: my_agent_experiment\n".to_owned(),
        inputs_yaml: "generated_inputs: []\n".to_owned(),
        recording_jsonl: None,
        config_snapshot: json!({"name": "my_agent_experiment"}),
        gate: Gate {
            max_failures: 1,
            min_success_rate: None,
            min_case_pass_rate: None,
        },
        save_traces: true,
        save_aggregated_metrics: true,
        git: None,
    }
}

impl Experiment {
    pub(super) fn new() -> Self {
        Self::with(|_| {})
    }

    pub(super) fn with(change: impl FnOnce(&mut ArtifactInput)) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let mut input = input(&folder);
        change(&mut input);
        Self {
            artifacts: Artifacts::open(input).unwrap(),
            folder,
            statistics: Statistics::new(),
        }
    }

    /// On a disk where each file for rows is what `open` makes it.
    pub(super) fn on(open: Open<'_>) -> Self {
        let folder = tempfile::tempdir().unwrap();
        Self {
            artifacts: Artifacts::open_with(input(&folder), open).unwrap(),
            folder,
            statistics: Statistics::new(),
        }
    }

    pub(super) fn end_run(&mut self, run: &Run) -> Result<(), ArtifactError> {
        self.statistics.record(run);
        let mut told = Ok(());
        let mut tell = |observation: &Observation<'_>| {
            let told_now = self.artifacts.event(&Event::Observed {
                run: run.case.index,
                observation,
            });
            told = std::mem::replace(&mut told, Ok(())).and(told_now);
        };
        Recording::begin(&run.case, run.started_at, 0, &mut tell).close(run, &mut tell);
        let finished = self.artifacts.event(&Event::RunFinished {
            run,
            so_far: &self.statistics,
        });
        told.and(finished)
    }

    pub(super) fn finish(&mut self, interrupted: bool) -> Result<(), ArtifactError> {
        let gate = self.artifacts.summary.gate;
        self.artifacts.event(&Event::ExperimentFinished(&Finished {
            verdict: gate.judge(
                &self.statistics.counts(),
                self.statistics.worst_case_pass_rate(),
            ),
            statistics: self.statistics.clone(),
            at: "2024-11-01T14:35:10.25Z".parse().unwrap(),
            interrupted,
        }))
    }

    pub(super) fn path(&self, file: &str) -> PathBuf {
        self.folder.path().join(file)
    }

    pub(super) fn text(&self, file: &str) -> String {
        fs::read_to_string(self.path(file)).unwrap()
    }

    pub(super) fn rows(&self, file: &str) -> Vec<Value> {
        let text = self.text(file);
        assert!(text.is_empty() || text.ends_with('\n'), "torn: {text}");
        text.lines()
            .map(|line| serde_json::from_str(line).unwrap())
            .collect()
    }

    /// `summary.json` without what changes from release to release.
    pub(super) fn summary_text(&self) -> String {
        let version = concat!("\"", env!("CARGO_PKG_VERSION"), "\"");
        self.text("summary.json").replace(version, "\"[version]\"")
    }

    pub(super) fn summary(&self) -> Value {
        serde_json::from_str(&self.text("summary.json")).unwrap()
    }

    pub(super) fn files(&self) -> Vec<String> {
        let mut files: Vec<_> = fs::read_dir(self.folder.path())
            .unwrap()
            .map(|entry| entry.unwrap().file_name().into_string().unwrap())
            .collect();
        files.sort();
        files
    }
}

pub(super) fn nth(index: u64) -> SampleRun {
    SampleRun {
        index,
        ..SampleRun::default()
    }
}

pub(super) fn panicked() -> Run {
    let mut failure = Failure::new(FailureKind::Panic, "index out of bounds");
    failure.file = Some("src/lib.rs".to_owned());
    failure.line = Some(12);
    SampleRun {
        index: 1,
        persona: None,
        attempts: 2,
        metadata: Some(json!({"topic": "refunds"})),
        ..SampleRun::default()
    }
    .ends(Outcome::Failed(failure))
}

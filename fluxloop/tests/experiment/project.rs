//! A project on disk, as a test would have it.

use std::path::{Path, PathBuf};

use fluxloop::{Experiment, ExperimentResult};
use tempfile::TempDir;

pub(crate) struct Project {
    folder: TempDir,
}

impl Project {
    /// With this `configs/simulation.yaml`.
    pub(crate) fn new(simulation: &str) -> Self {
        let folder = tempfile::tempdir().expect("a folder");
        let project = Self { folder };
        project.write("configs/simulation.yaml", simulation);
        project
    }

    /// That asks an agent this.
    pub(crate) fn asking(agent: &str, inputs: &[&str]) -> Self {
        let inputs: Vec<_> = inputs
            .iter()
            .map(|input| serde_json::json!({"input": input}))
            .collect();
        let simulation = serde_json::json!({
            "runner": {"target": format!("experiment.agents:{agent}")},
            "base_inputs": inputs,
        });
        Self::new(&simulation.to_string())
    }

    pub(crate) fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    pub(crate) fn write(&self, name: &str, text: &str) {
        let path = self.path(name);
        let folder = path.parent().expect("a folder");
        std::fs::create_dir_all(folder).expect("the folder is made");
        std::fs::write(path, text).expect("the file is written");
    }

    pub(crate) fn experiment(&self) -> Experiment {
        Experiment::from_config(self.path("configs/simulation.yaml")).expect("the file is there")
    }

    /// Everything in the files of its experiments.
    pub(crate) fn written(&self) -> String {
        fn read(folder: &Path, text: &mut String) {
            for entry in folder.read_dir().expect("a folder").flatten() {
                let path = entry.path();
                if path.is_symlink() {
                    continue;
                }
                if path.is_dir() {
                    read(&path, text);
                } else {
                    text.push_str(&std::fs::read_to_string(path).expect("text"));
                }
            }
        }
        let mut text = String::new();
        read(&self.path("experiments"), &mut text);
        text
    }
}

/// What was answered, in the order of the cases' names.
pub(crate) fn outputs(result: &ExperimentResult) -> Vec<String> {
    let mut outputs: Vec<_> = result
        .runs()
        .expect("there are rows")
        .map(|run| run.expect("a row"))
        .map(|run| (run.case.clone(), run.output_text().into_owned()))
        .collect();
    outputs.sort_unstable();
    outputs.into_iter().map(|(_, output)| output).collect()
}

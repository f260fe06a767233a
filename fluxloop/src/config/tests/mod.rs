//! Configurations as users write them, from text to [`Config`], and what is said of those that are wrong.

mod effective;
mod expectations;
mod hostile;
mod keys;
mod layers;
mod messages;
mod page;
mod project;
mod setting;
mod snapshot;

use std::{collections::BTreeMap, path::PathBuf};

use super::*;

/// A project on disk, and what it is loaded with.
struct Project {
    directory: tempfile::TempDir,
    request: LoadRequest,
}

impl Project {
    /// With these files: path and text.
    fn new(files: &[(&str, &str)]) -> Self {
        let directory = tempfile::tempdir().unwrap();
        // The folder's own name is the experiment's.
        let root = directory.path().join("my_project");
        std::fs::create_dir(&root).unwrap();
        let project = Self {
            request: LoadRequest::new(root),
            directory,
        };
        for (path, text) in files {
            project.write(path, text.as_bytes());
        }
        project
    }

    fn simulation(text: &str) -> Self {
        Self::new(&[("configs/simulation.yaml", text)])
    }

    fn path(&self, path: &str) -> PathBuf {
        self.request.current_directory.join(path)
    }

    fn write(&self, path: &str, bytes: &[u8]) {
        let path = self.path(path);
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        std::fs::write(path, bytes).unwrap();
    }

    fn environment(mut self, variables: &[(&str, &str)]) -> Self {
        let owned = variables
            .iter()
            .map(|(name, value)| ((*name).to_owned(), (*value).to_owned()));
        self.request.environment = owned.collect::<BTreeMap<_, _>>();
        self
    }

    /// `--name value`, as the command line gives it.
    fn flag(mut self, name: &str, value: &str) -> Self {
        self.request
            .overrides
            .push(run_option(name).unwrap().flag(value));
        self
    }

    fn load(&self) -> Result<Loaded, ConfigErrors> {
        load(&self.request)
    }

    fn config(&self) -> Config {
        self.load()
            .unwrap_or_else(|errors| panic!("{}", errors.report()))
            .config
    }

    fn warnings(&self) -> String {
        let warnings = self
            .load()
            .unwrap_or_else(|errors| panic!("{}", errors.report()))
            .warnings;
        warnings
            .iter()
            .map(Warning::report)
            .collect::<Vec<_>>()
            .join("\n\n")
    }

    /// The report of its errors, with the folder's changing path left out.
    fn errors(&self) -> String {
        self.shown(
            &self
                .load()
                .expect_err("the configuration is wrong")
                .report(),
        )
    }

    fn shown(&self, report: &str) -> String {
        report.replace(&self.directory.path().display().to_string(), "")
    }
}

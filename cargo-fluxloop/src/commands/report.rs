//! What an experiment leaves for CI, besides its directory.

use std::path::Path;

use fluxloop::{
    event::{Finished, Started},
    junit::{JunitFile, Reported},
};

use super::{Invocation, error::CommandError};
use crate::{
    cli::RunOptions,
    env,
    github::{Job, Place, annotations},
    terminal::Shell,
};

/// The reports that were asked for.
pub(super) struct Reports<'a> {
    junit: Option<JunitFile>,
    job: Option<Job>,
    shell: &'a Shell,
}

impl<'a> Reports<'a> {
    /// Begins those that an experiment must not run without.
    pub(super) fn begin(
        options: &RunOptions,
        invocation: &'a Invocation,
    ) -> Result<Self, CommandError> {
        let current = env::current_directory()
            .map_err(CommandError::system("cannot tell the current directory"))?;
        // What is not run is not reported.
        let path = options.junit.as_ref().filter(|_| !options.dry_run);
        Ok(Self {
            junit: path
                .map(|path| JunitFile::begin(current.join(path)))
                .transpose()?,
            job: Job::of_process(|name| invocation.variables.get(name)),
            shell: &invocation.shell,
        })
    }

    /// Writes them. `agent` is its file and line.
    pub(super) fn finish(
        &self,
        started: &Started,
        finished: &Finished,
        agent: (&Path, u32),
    ) -> Result<(), CommandError> {
        if let Some(job) = &self.job {
            if let Err(error) = job.append_summary(started, finished) {
                self.shell.warn(format_args!(
                    "the job's summary cannot be written (GITHUB_STEP_SUMMARY): {error}"
                ));
            }
            let place = Place {
                file: job.file(agent.0),
                line: agent.1,
            };
            for command in annotations(finished, &place) {
                self.shell.command(&command);
            }
        }
        if let Some(junit) = &self.junit {
            junit.finish([Reported::new(&started.directory, Ok(finished))])?;
        }
        Ok(())
    }
}

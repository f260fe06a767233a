use std::collections::HashMap;

use super::{
    ArtifactError,
    observation::{Moments, ObservationRow},
    row_file::RowFile,
};
use crate::{event::Observation, json_line::push_json_line, plan::trace_id};

/// How much of a run's observations is gathered before it goes to the file, in bytes. Short runs make one write.
const GATHERED: usize = 64 * 1024;
/// The most buffers that are kept for runs to come.
const SPARE: usize = 64;

/// The lines of runs under way, gathered run by run: runs come apart in the file only where they are long.
#[derive(Debug)]
pub(super) struct RunLines {
    file: RowFile,
    gathered: HashMap<u64, Gathered>,
    spare: Vec<Vec<u8>>,
    moments: Moments,
}

#[derive(Debug)]
struct Gathered {
    trace_id: String,
    lines: Vec<u8>,
    count: usize,
}

impl RunLines {
    pub(super) fn new(file: RowFile) -> Self {
        Self {
            file,
            gathered: HashMap::new(),
            spare: Vec::new(),
            moments: Moments::default(),
        }
    }

    /// Takes in what happened in a run.
    pub(super) fn add(
        &mut self,
        run: u64,
        observation: &Observation<'_>,
    ) -> Result<(), ArtifactError> {
        let gathered = self.gathered.entry(run).or_insert_with(|| Gathered {
            trace_id: trace_id(run),
            lines: self.spare.pop().unwrap_or_default(),
            count: 0,
        });
        self.moments.set(observation);
        let row = ObservationRow::new(&gathered.trace_id, observation, &self.moments);
        push_json_line(&mut gathered.lines, &row).map_err(|error| self.file.error(error.into()))?;
        gathered.count += 1;
        if gathered.lines.len() >= GATHERED {
            self.file.append_lines(&gathered.lines)?;
            gathered.lines.clear();
            gathered.lines.shrink_to(2 * GATHERED);
        }
        Ok(())
    }

    /// Writes what is left of a run that ended; how many lines there were.
    pub(super) fn end(&mut self, run: u64) -> Result<usize, ArtifactError> {
        let Some(Gathered {
            mut lines, count, ..
        }) = self.gathered.remove(&run)
        else {
            return Ok(0);
        };
        self.file.append_lines(&lines)?;
        if self.spare.len() < SPARE {
            lines.clear();
            self.spare.push(lines);
        }
        Ok(count)
    }
}

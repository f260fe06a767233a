use std::collections::BTreeMap;

use super::{ArtifactError, observation::LineWriter, row_file::RowFile};
use crate::{event::Observation, plan::trace_id};

/// How much of a run's observations is gathered before it goes to the file, in bytes. Short runs make one write.
const GATHERED: usize = 64 * 1024;
/// The most buffers that are kept for runs to come.
const SPARE: usize = 64;

/// The lines of runs under way, gathered run by run: runs come apart in the file only where they are long.
#[derive(Debug)]
pub(super) struct RunLines {
    file: RowFile,
    gathered: BTreeMap<u64, Gathered>,
    spare: Vec<Vec<u8>>,
    writer: LineWriter,
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
            gathered: BTreeMap::new(),
            spare: Vec::new(),
            writer: LineWriter::default(),
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
        let Gathered {
            trace_id, lines, ..
        } = gathered;
        self.writer
            .push(lines, trace_id, observation)
            .map_err(|error| self.file.error(error.into()))?;
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

use std::{collections::HashMap, ops::Range, path::PathBuf};

use super::{ObservationRow, ObservationTree, ReadError, Rows};

/// Where the rows of each run stand in `observations.jsonl`: to look at the runs one after the other without reading
/// through the whole file for each. It takes some 100 bytes a run.
///
/// The rows of runs that were in flight at once may be mixed: those of one run can have others between them.
#[derive(Debug)]
pub struct ObservationIndex {
    path: PathBuf,
    /// From the first row to the end of the last, in bytes.
    places: HashMap<String, Range<u64>>,
}

impl ObservationIndex {
    /// Reads through the file once.
    pub(super) fn read(mut rows: Rows<ObservationRow>) -> Result<Self, ReadError> {
        let mut places: HashMap<String, Range<u64>> = HashMap::new();
        rows.each_owner(|owner, place, _| match places.get_mut(owner) {
            Some(known) => known.end = place.end,
            None => {
                places.insert(owner.to_owned(), place);
            }
        })?;
        Ok(Self {
            path: rows.path().to_owned(),
            places,
        })
    }

    /// What happened within one run. Nothing, where it has no rows.
    ///
    /// # Errors
    ///
    /// When the file cannot be read any more.
    pub fn tree_of(&self, trace_id: &str) -> Result<ObservationTree, ReadError> {
        let Some(place) = self.places.get(trace_id) else {
            return Ok(ObservationTree::default());
        };
        let rows = Rows::within(self.path.clone(), place.clone())?;
        ObservationTree::read(&mut rows.of(trace_id))
    }
}

//! The plan of many inputs, kept in cargo's target directory: `cargo nextest` starts a process for each case, and to read all
//! inputs in each of them would take longer than the runs.
//!
//! What is kept counts only for the same configuration, the same bytes of inputs, and the same build of this crate; it is made
//! anew otherwise. It is no result: whatever goes wrong with it, the inputs are read.

use std::{
    fs::{self, File},
    hash::{DefaultHasher, Hash as _, Hasher as _},
    io::{BufRead as _, BufReader, Read as _, Seek as _, SeekFrom, Write as _},
    path::{Path, PathBuf},
};

use serde::{Deserialize, Serialize};
use serde_json::value::RawValue;

use super::Call;
use crate::{
    agent::Arguments,
    config::Config,
    input::{Inputs, RawInput, as_written, read_again},
    plan::{InputIds, Plan},
    setup::Setup,
};

/// Fewer pairs are not worth a file: they are read in no time.
const LEAST: usize = 200;
/// Bytes of an entry of the index: a name's hash, and where its input is.
const RECORD: u64 = 16;

/// Where a plan is kept.
#[derive(Debug)]
pub(super) struct Kept {
    path: PathBuf,
    fingerprint: u64,
}

/// The first line of the file. The parts follow in this order, each of so many bytes.
#[derive(Debug, Serialize, Deserialize)]
struct Header {
    fingerprint: u64,
    /// Pairs of an input and a persona.
    pairs: u64,
    /// Their names, a line each.
    names: u64,
    /// [`RECORD`]s, sorted.
    index: u64,
    /// [`Entry`]s, a line each.
    entries: u64,
    /// The inputs as an experiment keeps them.
    yaml: u64,
}

/// An input.
#[derive(Debug, Serialize, Deserialize)]
struct Entry {
    /// The name that it was given.
    id: String,
    /// The place of its first pair.
    first: u64,
    /// Where it was read.
    place: String,
    /// As a file of this one input would have it.
    written: Box<RawValue>,
}

/// The whole of a plan that is about one input.
#[derive(Debug)]
pub(super) struct Found {
    input: RawInput,
    first: u64,
    pairs: u64,
    yaml: String,
    files: Vec<PathBuf>,
}

impl Kept {
    /// Where the plan of a configuration would be. `None` where it is not kept: parts of a plan are drawn from the whole,
    /// and calls that are replayed may multiply it.
    pub(super) fn of(call: &Call<'_>, config: &Config) -> Option<Self> {
        let cases = &config.cases;
        let is_whole = cases.filter.is_none() && cases.sample.is_none() && cases.limit.is_none();
        if !is_whole || config.inputs_files.is_empty() || config.replay.is_some() {
            return None;
        }
        let mut hasher = DefaultHasher::new();
        env!("CARGO_PKG_VERSION").hash(&mut hasher);
        config.secrets.fingerprint().hash(&mut hasher);
        let snapshot = config.snapshot(Path::new(""), 0);
        serde_json::to_string(&snapshot).ok()?.hash(&mut hasher);
        for file in &config.inputs_files {
            file.hash(&mut hasher);
            fs::read(file).ok()?.hash(&mut hasher);
        }
        let file = config.files.last()?;
        let mut name = DefaultHasher::new();
        file.hash(&mut name);
        let name = format!("fluxloop-{}-{:016x}", call.crate_name, name.finish());
        Some(Self {
            path: Path::new(call.temporary?).join(name),
            fingerprint: hasher.finish(),
        })
    }

    /// The names of all pairs, if they are kept.
    pub(super) fn names(&self) -> Option<Vec<String>> {
        let (header, mut file) = self.open()?;
        let mut names = String::new();
        (&mut file)
            .take(header.names)
            .read_to_string(&mut names)
            .ok()?;
        let names: Vec<String> = names.lines().map(str::to_owned).collect();
        (names.len() as u64 == header.pairs).then_some(names)
    }

    /// The input of a pair of this name, if it is kept.
    pub(super) fn find(&self, pair: &str, config: &Config) -> Option<Found> {
        let (header, mut file) = self.open()?;
        let index = file.stream_position().ok()? + header.names;
        let entries = index + header.index;
        let wanted = hash(pair);
        let mut record = |at: u64| -> Option<(u64, u64)> {
            file.seek(SeekFrom::Start(index + at * RECORD)).ok()?;
            Some((number(&mut file)?, number(&mut file)?))
        };
        let (mut low, mut high) = (0, header.index / RECORD);
        while low < high {
            let middle = low.midpoint(high);
            if record(middle)?.0 < wanted {
                low = middle + 1;
            } else {
                high = middle;
            }
        }
        let (found, offset) = record(low)?;
        if found != wanted {
            return None;
        }
        file.seek(SeekFrom::Start(entries + offset)).ok()?;
        let mut line = String::new();
        file.read_line(&mut line).ok()?;
        let entry: Entry = serde_json::from_str(&line).ok()?;
        file.seek(SeekFrom::Start(entries + header.entries)).ok()?;
        let mut yaml = String::new();
        file.take(header.yaml).read_to_string(&mut yaml).ok()?;
        let mut input = read_again(entry.written.get()).ok()??;
        // As its own id, the given name comes out as it is.
        (input.id, input.place) = (Some(entry.id), entry.place);
        Some(Found {
            input,
            first: entry.first,
            pairs: header.pairs,
            yaml,
            files: config.inputs_files.clone(),
        })
    }

    /// Keeps a plan, where that is worth it and holds no secret.
    pub(super) fn keep(&self, setup: &Setup) {
        let is_clean = setup.config.secrets.redact(&setup.inputs.yaml) == setup.inputs.yaml
            && setup.plan.distinct_inputs().all(|input| {
                matches!(&input.arguments, Arguments::Input(given) if given.get() == input.recorded.get())
            });
        if setup.plan.pair_names().nth(LEAST - 1).is_some()
            && is_clean
            && setup.inputs.warnings.is_empty()
            && let Some(bytes) = self.bytes(setup)
        {
            // Without it the inputs are read again.
            let _ = self.write(&bytes);
        }
    }

    fn open(&self) -> Option<(Header, BufReader<File>)> {
        let mut file = BufReader::new(File::open(&self.path).ok()?);
        let mut line = String::new();
        file.read_line(&mut line).ok()?;
        let header: Header = serde_json::from_str(&line).ok()?;
        (header.fingerprint == self.fingerprint).then_some((header, file))
    }

    fn bytes(&self, setup: &Setup) -> Option<Vec<u8>> {
        let (mut names, mut index, mut entries) = (String::new(), Vec::new(), Vec::new());
        let mut ids = InputIds::new(&setup.config.secrets);
        let mut pairs = (0_u64..).zip(setup.plan.pair_names()).peekable();
        for input in &setup.inputs.entries {
            let id = ids.assign(input);
            let (first, offset) = (pairs.peek().map_or(0, |(at, _)| *at), entries.len() as u64);
            let mut is_asked = false;
            while let Some((_, (name, _))) = pairs.next_if(|(_, (_, of))| *of == id) {
                if name.contains('\n') {
                    return None;
                }
                names.extend([name, "\n"]);
                index.push((hash(name), offset));
                is_asked = true;
            }
            if is_asked {
                let written = as_written(std::slice::from_ref(input));
                let entry = Entry {
                    id,
                    first,
                    place: input.place.clone(),
                    written: serde_json::value::to_raw_value(&written).ok()?,
                };
                serde_json::to_writer(&mut entries, &entry).ok()?;
                entries.push(b'\n');
            }
        }
        index.sort_unstable();
        // Two names with one hash: the search would find either.
        if index.windows(2).any(|two| two[0].0 == two[1].0) {
            return None;
        }
        let header = Header {
            fingerprint: self.fingerprint,
            pairs: index.len() as u64,
            names: names.len() as u64,
            index: index.len() as u64 * RECORD,
            entries: entries.len() as u64,
            yaml: setup.inputs.yaml.len() as u64,
        };
        let mut bytes = serde_json::to_vec(&header).ok()?;
        bytes.push(b'\n');
        bytes.extend(names.into_bytes());
        for (hash, offset) in index {
            bytes.extend(hash.to_le_bytes());
            bytes.extend(offset.to_le_bytes());
        }
        bytes.extend(entries);
        bytes.extend(setup.inputs.yaml.as_bytes());
        Some(bytes)
    }

    /// Other processes see all of it or nothing.
    fn write(&self, bytes: &[u8]) -> std::io::Result<()> {
        let folder = self.path.parent().unwrap_or(Path::new("."));
        fs::create_dir_all(folder)?;
        let mut file = tempfile::NamedTempFile::new_in(folder)?;
        file.write_all(bytes)?;
        file.persist(&self.path)?;
        Ok(())
    }
}

impl Found {
    /// What an experiment of all inputs would be, as far as this one goes.
    pub(super) fn setup(self, config: Config, seed: Option<u64>) -> Option<Setup> {
        let plan = |config: &Config, seed| {
            let plan = Plan::new(config, std::slice::from_ref(&self.input), seed)?;
            let inputs = Inputs {
                entries: vec![self.input],
                yaml: self.yaml,
                files: self.files,
                warnings: Vec::new(),
            };
            Ok((inputs, plan.into_part(self.first, self.pairs)))
        };
        Setup::with_plan(config, seed, plan).ok()
    }
}

fn hash(name: &str) -> u64 {
    let mut hasher = DefaultHasher::new();
    name.hash(&mut hasher);
    hasher.finish()
}

fn number(file: &mut impl std::io::Read) -> Option<u64> {
    let mut bytes = [0; 8];
    file.read_exact(&mut bytes).ok()?;
    Some(u64::from_le_bytes(bytes))
}

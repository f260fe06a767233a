//! The plan of many inputs, kept in cargo's target directory: `cargo nextest` starts a process for each case, and to read all
//! inputs in each of them would take longer than the runs.
//!
//! What is kept counts only for the same configuration, the same bytes of inputs, and the same build of this crate; it is made
//! anew otherwise. It is no result: whatever goes wrong with it, the inputs are read.

use std::{
    borrow::Cow,
    fs::{self, File},
    hash::{DefaultHasher, Hash as _, Hasher as _},
    io::{BufRead as _, BufReader, Read as _, Seek as _, SeekFrom, Write as _},
    path::{Path, PathBuf},
};

use serde::{Deserialize, Serialize};
use serde_json::value::RawValue;

use super::Call;
use crate::{
    config::Config,
    input::{Inputs, RawInput, push_text, push_written, read_again},
    setup::{Outlined, Setup},
};

/// Fewer pairs are not worth a file: they are read in no time.
const LEAST: usize = 200;
/// Bytes of an entry of the index: a name's hash, and where its input is.
const RECORD: usize = 16;

/// Where a plan is kept.
#[derive(Debug)]
pub(super) struct Kept {
    path: PathBuf,
    fingerprint: u64,
    /// The files of inputs, one behind the other. They are compared rather than hashed: that takes no time in any build.
    sources: String,
}

/// The first line of the file. The parts follow in this order, each of so many bytes.
#[derive(Debug, Serialize, Deserialize)]
struct Header {
    fingerprint: u64,
    /// The files that it was made of.
    sources: u64,
    /// Pairs of an input and a persona.
    pairs: u64,
    /// Their names, a line each.
    names: u64,
    /// [`RECORD`]s, sorted.
    index: u64,
    /// [`Entry`]s, a line each.
    entries: u64,
    /// The inputs as an experiment keeps them, unless that is what the sources are.
    yaml: Option<u64>,
}

/// An input.
#[derive(Debug, Deserialize)]
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
        if !config.cases.are_all() || config.inputs_files.is_empty() || config.replay.is_some() {
            return None;
        }
        let mut hasher = DefaultHasher::new();
        env!("CARGO_PKG_VERSION").hash(&mut hasher);
        config.secrets.fingerprint().hash(&mut hasher);
        let snapshot = config.snapshot(Path::new(""), 0);
        serde_json::to_string(&snapshot).ok()?.hash(&mut hasher);
        let mut sources = String::new();
        for file in &config.inputs_files {
            file.hash(&mut hasher);
            let text = fs::read_to_string(file).ok()?;
            text.len().hash(&mut hasher);
            sources.push_str(&text);
        }
        let file = config.files.last()?;
        let mut name = DefaultHasher::new();
        file.hash(&mut name);
        let name = format!("fluxloop-{}-{:016x}", call.crate_name, name.finish());
        Some(Self {
            path: Path::new(call.temporary?).join(name),
            fingerprint: hasher.finish(),
            sources,
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
            file.seek(SeekFrom::Start(index + at * RECORD as u64))
                .ok()?;
            Some((number(&mut file)?, number(&mut file)?))
        };
        let (mut low, mut high) = (0, header.index / RECORD as u64);
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
        let yaml = match header.yaml {
            None => self.sources.clone(),
            Some(length) => {
                let mut yaml = String::new();
                file.take(length).read_to_string(&mut yaml).ok()?;
                yaml
            }
        };
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
    pub(super) fn keep(&self, outlined: &Outlined) {
        let secrets = &outlined.config.secrets;
        let is_clean = |text: &str| matches!(secrets.redact(text), Cow::Borrowed(_));
        let yaml = &outlined.inputs.yaml;
        let written = (*yaml != self.sources).then_some(yaml.as_str());
        if outlined.outline.pairs().nth(LEAST - 1).is_some()
            && outlined.inputs.warnings.is_empty()
            && is_clean(&self.sources)
            && written.is_none_or(is_clean)
            && let Some(parts) = Parts::of(outlined)
            && is_clean(&parts.entries)
        {
            // Without it the inputs are read again.
            let _ = self.write(&parts, written);
        }
    }

    fn open(&self) -> Option<(Header, BufReader<File>)> {
        let mut file = BufReader::new(File::open(&self.path).ok()?);
        let mut line = String::new();
        file.read_line(&mut line).ok()?;
        let header: Header = serde_json::from_str(&line).ok()?;
        if header.fingerprint != self.fingerprint {
            return None;
        }
        let mut sources = Vec::with_capacity(self.sources.len());
        (&mut file)
            .take(header.sources)
            .read_to_end(&mut sources)
            .ok()?;
        (sources == self.sources.as_bytes()).then_some((header, file))
    }

    /// Other processes see all of it or nothing.
    fn write(&self, parts: &Parts, yaml: Option<&str>) -> std::io::Result<()> {
        let mut records = Vec::with_capacity(parts.index.len() * RECORD);
        for (hash, offset) in &parts.index {
            records.extend(hash.to_le_bytes());
            records.extend(offset.to_le_bytes());
        }
        let header = Header {
            fingerprint: self.fingerprint,
            sources: self.sources.len() as u64,
            pairs: parts.index.len() as u64,
            names: parts.names.len() as u64,
            index: records.len() as u64,
            entries: parts.entries.len() as u64,
            yaml: yaml.map(|yaml| yaml.len() as u64),
        };
        let folder = self.path.parent().unwrap_or(Path::new("."));
        fs::create_dir_all(folder)?;
        let mut file = tempfile::NamedTempFile::new_in(folder)?;
        writeln!(file, "{}", serde_json::to_string(&header)?)?;
        file.write_all(self.sources.as_bytes())?;
        file.write_all(parts.names.as_bytes())?;
        file.write_all(&records)?;
        file.write_all(parts.entries.as_bytes())?;
        file.write_all(yaml.unwrap_or_default().as_bytes())?;
        file.persist(&self.path)?;
        Ok(())
    }
}

/// What is kept of a plan.
struct Parts {
    names: String,
    index: Vec<(u64, u64)>,
    entries: String,
}

impl Parts {
    /// `None` where names could not be told apart.
    fn of(outlined: &Outlined) -> Option<Self> {
        let (mut names, mut index, mut entries) = (String::new(), Vec::new(), String::new());
        let mut last = None;
        for (at, (name, input, id)) in outlined.outline.pairs().enumerate() {
            if name.contains('\n') {
                return None;
            }
            names.push_str(&name);
            names.push('\n');
            let offset = match last {
                Some((known, offset)) if known == input => offset,
                _ => {
                    let offset = entries.len() as u64;
                    push_entry(&mut entries, id, at, &outlined.inputs.entries[input]);
                    last = Some((input, offset));
                    offset
                }
            };
            index.push((hash(&name), offset));
        }
        index.sort_unstable();
        // Two names with one hash: the search would find either.
        let is_sorted_out = index.windows(2).all(|two| two[0].0 != two[1].0);
        is_sorted_out.then_some(Self {
            names,
            index,
            entries,
        })
    }
}

/// Appends the line of an [`Entry`]. By hand: the serializer takes ten times as long where nothing is optimised.
fn push_entry(line: &mut String, id: &str, first: usize, input: &RawInput) {
    line.push_str("{\"id\":");
    push_text(line, id);
    line.push_str(",\"first\":");
    line.push_str(&first.to_string());
    line.push_str(",\"place\":");
    push_text(line, &input.place);
    line.push_str(",\"written\":");
    push_written(line, input);
    line.push_str("}\n");
}

impl Found {
    /// What an experiment of all inputs would be, as far as this one goes.
    pub(super) fn setup(self, config: Config, seed: Option<u64>) -> Option<Setup> {
        let inputs = Inputs {
            entries: vec![self.input],
            yaml: self.yaml,
            files: self.files,
            warnings: Vec::new(),
        };
        let outlined = Outlined::of(config, seed, inputs, None).ok()?;
        let mut setup = outlined.setup().ok()?;
        setup.plan = setup.plan.into_part(self.first, self.pairs);
        Some(setup)
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

use std::{
    collections::{BTreeMap, HashMap},
    fmt,
    fs::File,
    io::{self, BufRead as _, BufReader},
    path::PathBuf,
};

use super::{
    super::form::Form,
    Moment,
    difference::Difference,
    error::CassetteError,
    exchange::{Answer, Exchange, Question, Unreadable},
};

/// The file of a cassette.
#[derive(Clone, Debug)]
pub(super) struct CassetteFile {
    pub(super) path: PathBuf,
    /// As messages name it.
    pub(super) shown: String,
}

impl CassetteFile {
    pub(super) fn unreadable(&self, error: io::Error) -> CassetteError {
        let path = self.shown.clone();
        match error.kind() {
            io::ErrorKind::NotFound => CassetteError::NotFound(path),
            _ => CassetteError::Unreadable { path, error },
        }
    }

    pub(super) fn unwritable(&self, error: io::Error) -> CassetteError {
        let path = self.shown.clone();
        CassetteError::Unwritable { path, error }
    }
}

/// What was recorded: the answers, and where the questions stand. Those are read again when one is to be compared, since
/// they are most of the file.
#[derive(Debug, Default)]
pub(super) struct Recording {
    cases: HashMap<String, BTreeMap<u32, Vec<Take>>>,
    /// The file, as far as it was read.
    pub(super) extent: Extent,
}

/// One answer, to one question of a turn.
#[derive(Debug)]
struct Take {
    /// From 1.
    line: usize,
    digest: String,
    answer: Answer,
}

/// How long a file was, and how it ended.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Extent {
    /// In bytes.
    pub(super) length: u64,
    /// Of these, those that are whole lines; the rest was cut off.
    pub(super) whole: u64,
    /// The last line counts but has no line break.
    pub(super) open: bool,
}

/// Why a question has no answer.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Miss {
    /// There is nothing of its case.
    Case,
    /// There is nothing of its turn.
    Turn,
    /// Something else was asked; it stands in this line, from 1.
    Question(usize),
}

impl Recording {
    /// Reads a whole file.
    pub(super) fn read(file: &CassetteFile) -> Result<Self, CassetteError> {
        let unreadable = |error| file.unreadable(error);
        let mut reader = BufReader::new(File::open(&file.path).map_err(unreadable)?);
        let mut recording = Self::default();
        let mut line = Vec::new();
        for number in 1.. {
            line.clear();
            let length = reader.read_until(b'\n', &mut line).map_err(unreadable)?;
            if length == 0 {
                break;
            }
            let open = line.last() != Some(&b'\n');
            recording.extent.length += length as u64;
            match Exchange::read(&line) {
                _ if line.trim_ascii().is_empty() => {}
                Ok(exchange) => recording.insert(number, exchange),
                // Cut off: the process was killed, or the disk was full.
                Err(Unreadable::Malformed(_)) if open => break,
                Err(problem) => return Err(in_line(file, number, problem)),
            }
            recording.extent.whole = recording.extent.length;
            recording.extent.open = open;
        }
        Ok(recording)
    }

    pub(super) fn is_empty(&self) -> bool {
        self.cases.is_empty()
    }

    /// The answer to a question; of several the last.
    pub(super) fn find(&self, asked: Asked<'_>) -> Result<&Answer, Miss> {
        let turns = self.cases.get(asked.moment.case).ok_or(Miss::Case)?;
        let takes = turns.get(&asked.moment.turn).ok_or(Miss::Turn)?;
        let digest = asked.question.digest();
        let take = takes.iter().rev().find(|take| take.digest == digest);
        let last = takes.last().map_or(0, |take| take.line);
        take.map(|take| &take.answer).ok_or(Miss::Question(last))
    }

    /// Says why a question of a turn has no answer.
    pub(super) fn explain(&self, miss: Miss, file: &CassetteFile, asked: Asked<'_>) -> String {
        let Moment { case, turn, .. } = asked.moment;
        let Form {
            noun,
            moment: [at, unit],
            ..
        } = asked.form;
        let path = &file.shown;
        match miss {
            Miss::Case => format!("the cassette `{path}` holds nothing of `{case}`"),
            Miss::Turn => {
                let turns = self.cases.get(case).map(BTreeMap::keys);
                let turns: Vec<String> = turns.into_iter().flatten().map(u32::to_string).collect();
                let turns = turns.join(", ");
                format!(
                    "the cassette `{path}` holds no {noun} {at} {unit} {turn} of `{case}`, only {at} {turns}"
                )
            }
            Miss::Question(line) => {
                let difference = difference(file, line, asked.question);
                format!(
                    "what is asked {at} {unit} {turn} of `{case}` is not what line {line} of the cassette `{path}` answers: {difference}"
                )
            }
        }
    }

    fn insert(&mut self, line: usize, exchange: Exchange) {
        let Exchange {
            case,
            turn,
            digest,
            answer,
            ..
        } = exchange;
        let takes = self.cases.entry(case).or_default().entry(turn).or_default();
        takes.push(Take {
            line,
            digest,
            answer,
        });
    }
}

/// What was asked, when, and what for.
#[derive(Clone, Copy, Debug)]
pub(super) struct Asked<'a> {
    pub(super) moment: Moment<'a>,
    pub(super) question: &'a Question,
    pub(super) form: &'static Form,
}

fn in_line(file: &CassetteFile, line: usize, problem: Unreadable) -> CassetteError {
    let path = file.shown.clone();
    match problem {
        Unreadable::Newer(found) => CassetteError::Newer { path, line, found },
        Unreadable::Malformed(problem) => CassetteError::Line {
            path,
            line,
            problem,
        },
    }
}

/// What differs first between the question in a line and this one.
fn difference(file: &CassetteFile, line: usize, now: &Question) -> impl fmt::Display {
    let exchange = line_of(file, line).map(|line| Exchange::read(&line));
    let difference = match exchange {
        Ok(Ok(exchange)) => Difference::first(&exchange.request, now),
        Err(_) | Ok(Err(_)) => None,
    };
    difference.map_or_else(
        || "what differs cannot be told, since the file has changed meanwhile".to_owned(),
        |difference| difference.to_string(),
    )
}

fn line_of(file: &CassetteFile, line: usize) -> io::Result<Vec<u8>> {
    let mut lines = BufReader::new(File::open(&file.path)?).split(b'\n');
    let found = lines.nth(line.saturating_sub(1)).transpose()?;
    Ok(found.unwrap_or_default())
}

#[cfg(test)]
mod tests;

use std::{
    collections::{BTreeMap, HashMap},
    fmt,
    fs::File,
    io::{self, BufRead as _, BufReader},
    path::PathBuf,
};

use super::{
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
    pub(super) fn find(&self, case: &str, turn: u32, digest: &str) -> Result<&Answer, Miss> {
        let turns = self.cases.get(case).ok_or(Miss::Case)?;
        let takes = turns.get(&turn).ok_or(Miss::Turn)?;
        let take = takes.iter().rev().find(|take| take.digest == digest);
        let last = takes.last().map_or(0, |take| take.line);
        take.map(|take| &take.answer).ok_or(Miss::Question(last))
    }

    /// Says why a question of a turn has no answer.
    pub(super) fn explain(&self, miss: Miss, file: &CassetteFile, asked: Asked<'_>) -> String {
        let Asked { case, turn, .. } = asked;
        let path = &file.shown;
        match miss {
            Miss::Case => format!("the cassette `{path}` holds nothing of `{case}`"),
            Miss::Turn => {
                let turns = self.cases.get(case).map(BTreeMap::keys);
                let turns: Vec<String> = turns.into_iter().flatten().map(u32::to_string).collect();
                let turns = turns.join(", ");
                format!(
                    "the cassette `{path}` holds no decision after turn {turn} of `{case}`, only after {turns}"
                )
            }
            Miss::Question(line) => {
                let difference = difference(file, line, asked.question);
                format!(
                    "what is asked after turn {turn} of `{case}` is not what line {line} of the cassette `{path}` answers: {difference}"
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

/// What was asked.
#[derive(Clone, Copy, Debug)]
pub(super) struct Asked<'a> {
    pub(super) case: &'a str,
    pub(super) turn: u32,
    pub(super) question: &'a Question,
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
mod tests {
    use super::*;
    use crate::supervisor::cassette::sample;

    fn holding(text: &str) -> (tempfile::TempDir, CassetteFile) {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("tape.jsonl");
        std::fs::write(&path, text).unwrap();
        let shown = "recordings/tape.jsonl".to_owned();
        (folder, CassetteFile { path, shown })
    }

    fn read(text: &str) -> Result<Recording, CassetteError> {
        let (_folder, file) = holding(text);
        Recording::read(&file)
    }

    fn line(turn: u32) -> String {
        serde_json::to_string(&sample::exchange(turn)).unwrap() + "\n"
    }

    fn turns(recording: &Recording) -> Vec<u32> {
        let digest = sample::question().digest();
        let is_there = |turn: &u32| recording.find(sample::CASE, *turn, &digest).is_ok();
        (1..10).filter(is_there).collect()
    }

    #[test]
    fn a_line_that_was_cut_off_does_not_count() {
        let whole = line(1);
        for cut in 1..whole.len() {
            let text = whole.clone() + &line(2)[..cut.min(line(2).len() - 2)];
            let recording = read(&text).unwrap();
            assert_eq!(turns(&recording), [1], "{text}");
            assert_eq!(recording.extent.whole, whole.len() as u64);
            assert_eq!(recording.extent.length, text.len() as u64);
        }
    }

    #[test]
    fn a_last_line_that_only_lacks_its_break_counts() {
        let text = line(1) + line(2).trim_end();
        let recording = read(&text).unwrap();
        assert_eq!(turns(&recording), [1, 2]);
        assert!(recording.extent.open && recording.extent.whole == recording.extent.length);
    }

    #[test]
    fn breaks_of_other_systems_and_empty_lines_do_no_harm() {
        let text = format!("\n{}\r\n\r\n{}", line(1).trim_end(), line(3));
        assert_eq!(turns(&read(&text).unwrap()), [1, 3]);
        assert!(read("\n").unwrap().is_empty());
    }

    #[test]
    fn a_bad_line_is_named() {
        let newer = line(2).replace(r#""version":"1.0""#, r#""version":"2.0""#);
        insta::assert_snapshot!(read(&(line(1) + "<<<<<<< HEAD\n" + &line(2))).unwrap_err(), @"line 2 of the supervisor's cassette `recordings/tape.jsonl` is no exchange: expected value at column 1");
        insta::assert_snapshot!(read(&(line(1) + &newer)).unwrap_err(), @"line 2 of the supervisor's cassette `recordings/tape.jsonl`: expected version 1 of its form, found `2.0`");
        // Even where it is the last one, and its end is not there.
        insta::assert_snapshot!(read(newer.trim_end()).unwrap_err(), @"line 1 of the supervisor's cassette `recordings/tape.jsonl`: expected version 1 of its form, found `2.0`");
        assert!(read("\u{fffd}{}\n").is_err());
    }

    #[test]
    fn of_several_answers_to_a_question_the_last_counts() {
        let again = line(1).replace("The red one.", "The blue one.");
        let recording = read(&(line(1) + &again)).unwrap();
        let digest = sample::question().digest();
        let answer = recording.find(sample::CASE, 1, &digest).unwrap();
        let case = sample::case();
        let decision = answer
            .decision(&sample::question().prompt(), &sample::request(&case, 1))
            .unwrap();
        assert!(decision.reply.unwrap().contains("The blue one."));
    }

    #[test]
    fn why_there_is_no_answer_is_said() {
        let (folder, file) = holding(&(line(1) + &line(2) + &line(4)));
        let recording = Recording::read(&file).unwrap();
        let mut question = sample::question();
        question.user = question.user.replace("order", "parcel");
        let explain = |case, turn| {
            let digest = question.digest();
            let miss = recording.find(case, turn, &digest).unwrap_err();
            let asked = Asked {
                case,
                turn,
                question: &question,
            };
            recording.explain(miss, &file, asked)
        };
        insta::assert_snapshot!(explain("desk::any::other::iter_0", 1), @"the cassette `recordings/tape.jsonl` holds nothing of `desk::any::other::iter_0`");
        insta::assert_snapshot!(explain(sample::CASE, 3), @"the cassette `recordings/tape.jsonl` holds no decision after turn 3 of `desk::any::late::iter_2`, only after 1, 2, 4");
        insta::assert_snapshot!(explain(sample::CASE, 2), @r#"what is asked after turn 2 of `desk::any::late::iter_2` is not what line 2 of the cassette `recordings/tape.jsonl` answers: in line 6 of the prompt, expected `1. user: "Where is my order?"`, found `1. user: "Where is my parcel?"`"#);
        drop(folder);
        insta::assert_snapshot!(explain(sample::CASE, 2), @"what is asked after turn 2 of `desk::any::late::iter_2` is not what line 2 of the cassette `recordings/tape.jsonl` answers: what differs cannot be told, since the file has changed meanwhile");
    }
}

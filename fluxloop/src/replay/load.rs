use std::{
    fs::File,
    io::{self, BufRead, BufReader, Read as _},
    path::Path,
    sync::Arc,
};

use serde_json::Value;

use super::{
    Replay,
    call::RecordedCall,
    line::{Line, Unusable},
};
use crate::{
    agent::Arguments,
    config::{
        Config, ConfigError, ConfigErrors, ErrorKind, Place, Problems, RecordedCalls,
        ReplaySettings, Warning, shown_path,
    },
    secret::MASK,
};

/// The longest line that is read, in bytes. The recorder writes none longer than half of it.
const LONGEST: u64 = 16 << 20;
/// What is kept of a recording at most, in bytes.
const MOST_KEPT: usize = 64 << 20;

/// Reads the recording that a configuration replays, if it replays one.
///
/// # Errors
///
/// A recording that is missing, unreadable or empty, every line that is none, also of those that are not replayed, and
/// every replayed call that the input's path leads nowhere in.
pub fn load_replay(config: &Config) -> Result<Option<Replay>, ConfigErrors> {
    let Some(settings) = &config.replay else {
        return Ok(None);
    };
    let shown = shown_path(&settings.recording_file, &config.shown_from);
    let problems = Problems::default();
    let file = open(&settings.recording_file)?;
    let mut reader = Reader {
        lines: BufReader::new(file),
        shown: &shown,
        problems: &problems,
        number: 0,
        calls: 0,
        kept_bytes: 0,
    };
    let kept = reader.selected(settings.select)?;
    let found = reader.calls;
    let mut calls = Vec::new();
    for (number, text, line) in kept {
        match line.call((&shown, number, text), settings) {
            Ok(call) => calls.push(Arc::new(call)),
            Err(unusable) => problems.error(misled(&unusable, &shown, number)),
        }
        if problems.are_many() {
            break;
        }
    }
    if calls.is_empty() && problems.count() == 0 {
        problems.error(nothing(settings, &shown, found));
    }
    let masked = calls.iter().filter_map(|call| masked(call));
    masked.take(1).for_each(|warning| problems.warning(warning));
    let (calls, warnings) = problems.into_result(calls)?;
    Ok(Some(Replay {
        calls,
        is_all: settings.select == RecordedCalls::All,
        shown,
        warnings,
    }))
}

fn open(path: &Path) -> Result<File, ConfigError> {
    let path_of = || path.to_path_buf();
    let unreadable = |error| {
        ConfigError::new(ErrorKind::Unreadable {
            path: path_of(),
            error,
        })
    };
    match File::open(path) {
        Ok(file) if file.metadata().map_err(unreadable)?.is_dir() => {
            let kind = ErrorKind::Directory { path: path_of() };
            Err(ConfigError::new(kind)
                .with_hint("name the file in it by `replay_args.recording_file`"))
        }
        Ok(file) => Ok(file),
        Err(error) if error.kind() == io::ErrorKind::NotFound => {
            let kind = ErrorKind::NotFound {
                what: "recording",
                path: path_of(),
            };
            Err(ConfigError::new(kind).with_hint(
                "check `replay_args.recording_file`, or make one: `cargo fluxloop record enable`, then call the service",
            ))
        }
        Err(error) => Err(unreadable(error)),
    }
}

struct Reader<'a> {
    lines: BufReader<File>,
    shown: &'a str,
    problems: &'a Problems,
    /// Of the line that was read last.
    number: u64,
    /// Lines that are calls.
    calls: u64,
    kept_bytes: usize,
}

type Kept = (u64, String, Line);

impl Reader<'_> {
    /// The calls that are replayed. All lines are read: one that is wrong is reported wherever it stands.
    fn selected(&mut self, select: RecordedCalls) -> Result<Vec<Kept>, ConfigError> {
        let mut kept = Vec::new();
        while let Some(text) = self.next()? {
            let Some(line) = self.parsed(&text) else {
                if self.problems.are_many() {
                    break;
                }
                continue;
            };
            let index = self.calls;
            self.calls += 1;
            match select {
                RecordedCalls::All => {}
                RecordedCalls::Last => kept.clear(),
                RecordedCalls::First if index == 0 => {}
                RecordedCalls::Index(wanted) if wanted == index => {}
                RecordedCalls::First | RecordedCalls::Index(_) => continue,
            }
            self.keep(select, text.len())?;
            let text = text.trim().to_owned();
            kept.push((self.number, text, line));
        }
        Ok(kept)
    }

    fn keep(&mut self, select: RecordedCalls, length: usize) -> Result<(), ConfigError> {
        self.kept_bytes += length;
        if select == RecordedCalls::All && self.kept_bytes > MOST_KEPT {
            let kind = ErrorKind::TooLarge {
                file: self.shown.to_owned(),
                limit: MOST_KEPT as u64,
            };
            return Err(ConfigError::new(kind)
                .with_hint("split it, or replay one call of it: `select: last`"));
        }
        Ok(())
    }

    /// The next line with something on it, with its line break; `None` at the end.
    fn next(&mut self) -> Result<Option<String>, ConfigError> {
        loop {
            let mut bytes = Vec::new();
            let mut limited = (&mut self.lines).take(LONGEST);
            let read = limited.read_until(b'\n', &mut bytes).map_err(|error| {
                ConfigError::new(ErrorKind::Unreadable {
                    path: self.shown.into(),
                    error,
                })
            })?;
            if read == 0 {
                return Ok(None);
            }
            self.number += 1;
            if bytes.len() as u64 == LONGEST && !bytes.ends_with(b"\n") {
                let message = format!("the line is longer than {} MiB", LONGEST >> 20);
                return Err(self.error(message, "", "remove it"));
            }
            let text = String::from_utf8(bytes).map_err(|_| {
                let message = "expected UTF-8 text, found bytes that are none".to_owned();
                self.error(message, "", "remove the line")
            })?;
            let text = match text.strip_prefix('\u{feff}') {
                Some(text) if self.number == 1 => text.to_owned(),
                _ => text,
            };
            if !text.trim().is_empty() {
                return Ok(Some(text));
            }
        }
    }

    fn parsed(&self, text: &str) -> Option<Line> {
        match Line::parse(text) {
            Ok(line) => Some(line),
            // A process that was killed leaves half a line.
            Err(_) if is_torn(text) => {
                let message = format!(
                    "the last line of {} is not whole: it is left out",
                    self.shown
                );
                self.problems.warning(Warning::new(message, None));
                None
            }
            Err(Unusable { message, hint }) => {
                self.problems.error(self.error(message, text, &hint));
                None
            }
        }
    }

    fn error(&self, message: String, text: &str, hint: &str) -> ConfigError {
        let place = Place {
            line: u32::try_from(self.number).unwrap_or(u32::MAX),
            ..Place::in_text(self.shown, text.trim_end(), 1, 1)
        };
        ConfigError::new(ErrorKind::Syntax { message })
            .at(Some(place))
            .with_hint(hint)
    }
}

fn is_torn(text: &str) -> bool {
    let ends_early = serde_json::from_str::<Value>(text).is_err_and(|error| error.is_eof());
    !text.ends_with('\n') && ends_early
}

fn misled(unusable: &Unusable, shown: &str, line: u64) -> ConfigError {
    let kind = ErrorKind::Invalid {
        subject: "replay_args.override_param_path".to_owned(),
        reason: format!("in {shown}:{line}, {}", unusable.message),
    };
    ConfigError::new(kind).with_hint(&unusable.hint)
}

fn nothing(settings: &ReplaySettings, shown: &str, found: u64) -> ConfigError {
    let (subject, reason, hint) = match settings.select {
        RecordedCalls::Index(index) if found > 0 => (
            "replay_args.select",
            format!("there is no call {index} in {shown}, which has {found}"),
            format!("they are counted from 0: the last is {}", found - 1),
        ),
        _ => (
            "replay_args.recording_file",
            format!("no call is recorded in {shown}"),
            "call the service while FLUXLOOP_RECORD_ARGS=true, or set `replay_args.enabled: false`"
                .to_owned(),
        ),
    };
    let kind = ErrorKind::Invalid {
        subject: subject.to_owned(),
        reason,
    };
    ConfigError::new(kind).with_hint(hint)
}

/// Says what is replayed as `***`, because it was masked when it was recorded.
fn masked(call: &RecordedCall) -> Option<Warning> {
    let Arguments::Named(named) = call.arguments(serde_json::value::RawValue::NULL) else {
        return None;
    };
    let mut paths = Vec::new();
    for (name, value) in &named {
        let value = serde_json::from_str(value.get()).unwrap_or(Value::Null);
        masked_in(&value, name, &mut paths);
    }
    let first = paths.first()?;
    let subject = match paths.len() {
        1 => format!("`{first}` was"),
        2 => format!("`{first}` and 1 more value were"),
        several => format!("`{first}` and {} more values were", several - 1),
    };
    let message = format!(
        "{subject} masked in {}: the agent gets `{MASK}`",
        call.place
    );
    Some(
        Warning::new(message, None)
            .with_hint("write values for tests into the recording, where the agent needs them"),
    )
}

fn masked_in(value: &Value, path: &str, paths: &mut Vec<String>) {
    match value {
        Value::String(text) if text == MASK => paths.push(path.to_owned()),
        Value::Array(items) => {
            for (index, item) in items.iter().enumerate() {
                masked_in(item, &format!("{path}.{index}"), paths);
            }
        }
        Value::Object(map) => {
            for (key, value) in map {
                masked_in(value, &format!("{path}.{key}"), paths);
            }
        }
        _ => {}
    }
}

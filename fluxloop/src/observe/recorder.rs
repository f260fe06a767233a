use std::{
    fmt,
    sync::atomic::{AtomicBool, Ordering},
    time::{SystemTime, UNIX_EPOCH},
};

use serde_json::{json, value::RawValue};
use tracing::Metadata;
use tracing_subscriber::filter::Targets;

use super::{
    filter::wants,
    mask::{Mask, hides},
    text::Held,
};
use crate::{
    secret::MASK,
    worker::protocol::{Happening, Observation},
};

/// The longest name of an event, in characters: what a list shows of it.
const LONGEST_NAME: usize = 200;

/// Whether somebody may take down what this process tells.
static RECORDING: AtomicBool = AtomicBool::new(false);

/// Whether anything in this process is recorded at all: a `false` costs one load.
pub(crate) fn is_recording() -> bool {
    RECORDING.load(Ordering::Relaxed)
}

/// Takes observations on their way to the engine.
pub(crate) trait Sink: Send + Sync {
    /// Takes one. It may wait until there is room.
    fn send(&self, observation: Observation<'_>);
}

/// What observations are made with: how long values may be, what is masked, and where all goes.
pub(crate) struct Recorder {
    longest: usize,
    mask: Mask,
    sink: Box<dyn Sink>,
    /// What it records, where the process records more than that.
    only: Option<Targets>,
    /// Whose subscriber has no layer of ours, where none is seen.
    pub(super) missing: Missing,
}

/// Whose subscriber it is that a run is seen by, where it is not ours.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Missing {
    /// An agent installs it.
    Agents,
    /// The test that the experiment is part of has installed it before.
    #[cfg(feature = "harness")]
    Tests,
}

impl fmt::Debug for Recorder {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Recorder")
            .field("longest", &self.longest)
            .finish_non_exhaustive()
    }
}

impl Recorder {
    pub(crate) fn new(longest: u64, mask: Mask, sink: Box<dyn Sink>) -> Self {
        RECORDING.store(true, Ordering::Relaxed);
        Self {
            longest: usize::try_from(longest).unwrap_or(usize::MAX),
            mask,
            sink,
            only: None,
            missing: Missing::Agents,
        }
    }

    /// Records these targets, however much else of this process is recorded.
    #[cfg(feature = "harness")]
    pub(super) fn only(self, targets: Targets, missing: Missing) -> Self {
        Self {
            only: Some(targets),
            missing,
            ..self
        }
    }

    /// Whether a span or event that came through the filter of the process is recorded.
    pub(super) fn wants(&self, metadata: &Metadata<'_>) -> bool {
        self.only
            .as_ref()
            .is_none_or(|targets| wants(targets, metadata))
    }

    pub(super) fn send(&self, run: u64, at_ns: u64, what: Happening<'_>) {
        self.sink.send(Observation { run, at_ns, what });
    }

    /// The JSON of a field that is a text.
    pub(super) fn text_of(&self, name: &str, held: &Held) -> String {
        if hides(name, &held.beginning) {
            return quoted(MASK);
        }
        self.text(held)
    }

    /// The JSON of a field that JSON has a form for: a number, true or false.
    pub(super) fn literal_of(&self, name: &str, literal: String) -> String {
        let is_known = literal.len() > 7 && *self.mask.text(&literal) != *literal;
        if is_known || hides(name, &literal) {
            return quoted(MASK);
        }
        literal
    }

    /// The JSON of a text.
    pub(super) fn text(&self, held: &Held) -> String {
        if held.bytes <= self.longest {
            return quoted(&self.mask.text(&held.beginning));
        }
        self.cut(held, |beginning| self.mask.text(beginning).into_owned())
    }

    /// JSON of the agent's own, as it is.
    pub(super) fn json(&self, held: &Held) -> Box<RawValue> {
        let json = if held.bytes <= self.longest {
            self.mask.json(&held.beginning).into_owned()
        } else {
            self.cut(held, |beginning| self.mask.json(beginning).into_owned())
        };
        raw(json)
    }

    /// JSON that is there as a whole.
    pub(crate) fn value(&self, json: &RawValue) -> Box<RawValue> {
        let text = json.get();
        self.json(&Held::of_json(text.to_owned(), text.len()))
    }

    /// A text that is JSON by itself as that, any other as a text.
    pub(super) fn json_or_text(&self, held: &Held) -> Box<RawValue> {
        let text = &held.beginning;
        if text.starts_with(['{', '[']) && serde_json::from_str::<&RawValue>(text).is_ok() {
            return self.json(&Held::of_json(text.clone(), text.len()));
        }
        raw(self.text(held))
    }

    /// Of a value that is too long: its beginning, and how long it is.
    fn cut(&self, held: &Held, masked: impl FnOnce(&str) -> String) -> String {
        let reach = self.mask.reach();
        let looked_at = held
            .beginning
            .floor_char_boundary(self.longest.saturating_add(reach));
        let masked = masked(&held.beginning[..looked_at]);
        // What stands last may be the beginning of a secret.
        let end = masked.floor_char_boundary(self.longest.min(masked.len().saturating_sub(reach)));
        json!({"truncated": masked[..end], "bytes": held.bytes}).to_string()
    }

    /// A text for people: masked, and cut where it is too long.
    pub(super) fn words(&self, text: &str) -> String {
        let held = Held::text(text);
        let reach = self.mask.reach();
        let masked = self.mask.text(&held.beginning);
        if masked.len() <= self.longest && held.beginning.len() == text.len() {
            return masked.into_owned();
        }
        let end = masked.floor_char_boundary(self.longest.min(masked.len().saturating_sub(reach)));
        format!("{}…", &masked[..end])
    }

    /// A text as a name: its first line, and whether that is less than all of it.
    pub(super) fn name(&self, held: &Held) -> (String, bool) {
        let masked = self.mask.text(&held.beginning);
        let line = masked.trim_start().lines().next().unwrap_or_default();
        let name: String = line.chars().take(LONGEST_NAME).collect();
        if name.trim_end() == masked.trim() {
            return (name, false);
        }
        (name + "…", true)
    }
}

/// Nanoseconds since the Unix epoch.
pub(super) fn now() -> u64 {
    let since = SystemTime::now().duration_since(UNIX_EPOCH);
    since.map_or(0, |since| {
        u64::try_from(since.as_nanos()).unwrap_or(u64::MAX)
    })
}

pub(super) fn quoted(text: &str) -> String {
    // Text can be written.
    serde_json::to_string(text).unwrap_or_default()
}

/// JSON text as a value. One that is none cannot come here; were it to, it would stand as a text.
pub(super) fn raw(json: String) -> Box<RawValue> {
    RawValue::from_string(json).unwrap_or_else(|_| RawValue::NULL.to_owned())
}

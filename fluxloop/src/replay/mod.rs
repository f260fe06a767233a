//! Replay: the arguments of recorded calls, with an input of the experiment in one place of them.
//!
//! A recording is what [`record`](crate::record) writes. Its arguments are bound by name to the agent's parameters; the
//! case's input is put at `replay_args.override_param_path`, and everything else is as it was recorded.

mod call;
mod line;
mod load;
mod others;
mod slot;

pub use call::RecordedCall;
pub use load::load_replay;

use std::sync::Arc;

use crate::config::Warning;

/// The recorded calls that an experiment replays.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct Replay {
    /// At least one.
    pub calls: Vec<Arc<RecordedCall>>,
    /// Whether all of the recording is replayed: each call then makes cases of its own.
    pub is_all: bool,
    /// The recording, as messages name it.
    pub shown: String,
    /// In the order they were found.
    pub warnings: Vec<Warning>,
}

impl Replay {
    /// The calls as a recording that replays the same: those of all of it on the lines that they stand on. Secrets in it
    /// that are known only to the configuration are not masked.
    #[must_use]
    pub fn jsonl(&self) -> String {
        let mut text = String::new();
        let mut line = 1;
        for call in &self.calls {
            while self.is_all && line < call.line {
                text.push('\n');
                line += 1;
            }
            text.push_str(&call.text);
            text.push('\n');
            line += 1;
        }
        text
    }
}

#[cfg(test)]
mod tests;

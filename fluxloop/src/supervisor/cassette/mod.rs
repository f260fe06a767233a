//! Recorded supervision: what a model was asked and what it answered, in a file that can be played instead of it.
//!
//! # The file
//!
//! A cassette is a text file of JSON lines (`.jsonl`), UTF-8, one exchange a line. Lines stand by themselves: files may
//! be joined, sorted and cut; of two lines for the same question the last one counts. A last line without its end was cut
//! off by a kill or a full disk, and does not count.
//!
//! | key | type | |
//! |---|---|---|
//! | `version` | string | `major.minor` of this form: `1.0`. A new minor version adds keys, to be ignored by those who do not know them; a new major version is refused |
//! | `case` | string | whose conversation, as in the rows of an experiment; of `generate inputs`, `generate::` and what is generated |
//! | `iteration` | integer | from 0 |
//! | `turn` | integer | after which turn it was asked, from 1; of `generate inputs`, which request of the same it is |
//! | `digest` | string | `sha256:` and the hash of `request`, in hexadecimal digits: see below |
//! | `request` | object | `provider`, `model`, `temperature` (absent where it is the provider's own), `schema` (which version of the answer's schema), `system` and `user` (the prompt) |
//! | `answer` | object | `reply` (as it came), `asked_again` (why the first reply could not be used; absent where it could), `usage` (`input_tokens`, `output_tokens`, `total_tokens`; absent where nobody said), `attempts`, `latency_ms` |
//!
//! The hash is taken of `request` as JSON without spaces, its keys in the order above. Neither the address nor the key is
//! part of it, nor of anything else in the file, and secrets stand as `***`. A question is answered from the line with its
//! `case`, its `turn` and its hash.

mod difference;
mod error;
mod exchange;
mod model;
mod recording;
mod supervisor;
mod tape;

pub(super) use error::CassetteError;
pub(super) use model::RecordedModel;
pub use supervisor::RecordedSupervisor;

/// When something was asked.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Moment<'a> {
    /// Whose conversation.
    pub(crate) case: &'a str,
    /// From 0.
    pub(crate) iteration: u32,
    /// From 1.
    pub(crate) turn: u32,
}

#[cfg(test)]
mod sample;

//! Recorded agents where nothing is recorded: as others are.

use std::sync::atomic::{AtomicU32, Ordering};

use fluxloop::Context;
use serde::{Deserialize, Serialize, Serializer};
use serde_json::json;

use crate::invocation::{input, misfit, output, recording};

/// How often a note was serialised.
static SERIALISED: AtomicU32 = AtomicU32::new(0);

#[derive(Deserialize)]
struct Note(String);

impl Serialize for Note {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        SERIALISED.fetch_add(1, Ordering::Relaxed);
        serializer.serialize_str(&self.0)
    }
}

#[fluxloop::agent(record)]
fn note(note: Note, times: u8, _: &Context) -> String {
    let Note(text) = note;
    text.repeat(times.into())
}

#[fluxloop::agent(record)]
async fn borrowed(note: &Note, locale: &str) -> String {
    tokio::task::yield_now().await;
    format!("{locale}: {}", note.0)
}

#[test]
fn they_bind_and_answer_as_others() {
    let two = json!({"note": "ab", "times": 2});
    assert_eq!(output("agents::recorded:note", &input(&two)), "abab");
    assert_eq!(output("agents::recorded:note", &recording(&two)), "abab");
    let of_another = json!({"note": "a", "locale": "de", "more": 1});
    assert_eq!(
        output("agents::recorded:borrowed", &recording(&of_another)),
        "de: a"
    );
    let message = misfit(
        "agents::recorded:note",
        &recording(&json!({"note": "a", "times": "2"})),
    );
    assert_eq!(
        message,
        "parameter `times`: invalid type: string \"2\", expected u8"
    );
}

#[test]
fn nothing_is_serialised_where_recording_is_off() {
    assert_eq!(note(Note("a".to_owned()), 3, &Context::default()), "aaa");
    fluxloop::record_args("a:b", 0, &Note("a".to_owned()));
    assert_eq!(SERIALISED.load(Ordering::Relaxed), 0);
    assert_eq!(
        fluxloop::flush_recording(),
        fluxloop::record::Recorded::default()
    );
}

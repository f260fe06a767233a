//! The calls of this process, and the one recorder that takes them down.

use std::{
    sync::{
        OnceLock,
        atomic::{AtomicU8, Ordering},
    },
    time::Duration,
};

use serde::Serialize;

use super::{
    arguments::{Problem, RecordedArguments, object},
    queue::Recorded,
    recorder::{QUEUE_BYTES, Recorder, warn},
    settings::Settings,
};
use crate::env::{self, RecordingEnvironment};

const UNKNOWN: u8 = 0;
const OFF: u8 = 1;
const ON: u8 = 2;

/// Whether calls are recorded.
static SWITCH: AtomicU8 = AtomicU8::new(UNKNOWN);
/// Absent where they are not.
static RECORDER: OnceLock<Option<Recorder>> = OnceLock::new();

/// How long a thread that has recorded waits at its end.
const AT_END: Duration = Duration::from_millis(200);
/// How long [`flush_recording`] waits.
const FLUSH: Duration = Duration::from_secs(5);

/// Records a call with its arguments by name, where `FLUXLOOP_RECORD_ARGS=true`: a struct or a map that implements
/// [`Serialize`]. Elsewhere nothing is serialised. See [the module](super) for the rest.
///
/// `target` is what experiments call the agent, `module.path:function`; `iteration` counts from 0, and is 0 where there
/// is nothing to count.
///
/// ```
/// # #[derive(serde::Serialize)] struct Message<'a> { content: &'a str }
/// # let (message, user) = (Message { content: "Where is my order?" }, 7);
/// fluxloop::record_args("shop.desk:answer", 0, &serde_json::json!({"data": message, "user": user}));
/// ```
pub fn record_args(target: &str, iteration: u32, arguments: &impl Serialize) {
    if is_recording() {
        take_down(target, object(arguments).map(|json| (json, iteration)));
    }
}

/// Waits until the calls that were recorded are in the file, five seconds at most, and says what became of them. It blocks
/// its thread: call it at the end of `main`, or in `tokio::task::spawn_blocking`.
///
/// ```
/// let recorded = fluxloop::flush_recording();
/// if recorded.lost > 0 {
///     eprintln!("{} calls were not recorded", recorded.lost);
/// }
/// ```
#[must_use = "it says how many calls were lost"]
pub fn flush_recording() -> Recorded {
    match RECORDER.get() {
        Some(Some(recorder)) => recorder.flush(FLUSH),
        _ => Recorded::default(),
    }
}

/// Whether calls are recorded: one load once that is known.
#[must_use]
pub fn is_recording() -> bool {
    match SWITCH.load(Ordering::Relaxed) {
        OFF => false,
        ON => true,
        _ => recorder().is_some(),
    }
}

/// Records a call of an agent.
pub fn record_call(target: &str, arguments: impl FnOnce(&mut RecordedArguments)) {
    let mut recorded = RecordedArguments::default();
    arguments(&mut recorded);
    take_down(target, recorded.finish());
}

fn take_down(target: &str, call: Result<(String, u32), Problem>) {
    if let Some(recorder) = recorder() {
        recorder.record(target, call);
        // Where this thread is at its end already, there is nothing to wait with.
        let _ = AT_THREAD_END.try_with(|_| ());
    }
}

fn recorder() -> Option<&'static Recorder> {
    let recorder = RECORDER.get_or_init(|| {
        let (settings, warnings) = Settings::of(RecordingEnvironment::read());
        for warning in warnings {
            warn(&warning);
        }
        let started = Recorder::start(settings?, env::secrets(), QUEUE_BYTES);
        started
            .inspect_err(|error| warn(&format!("calls are not recorded: no thread: {error}")))
            .ok()
    });
    let switch = if recorder.is_some() { ON } else { OFF };
    SWITCH.store(switch, Ordering::Relaxed);
    recorder.as_ref()
}

thread_local! {
    static AT_THREAD_END: AtThreadEnd = const { AtThreadEnd };
}

/// Lets what was recorded reach the file when a thread that recorded ends; `main`'s thread ends last.
struct AtThreadEnd;

impl Drop for AtThreadEnd {
    fn drop(&mut self) {
        if let Some(Some(recorder)) = RECORDER.get() {
            let _ = recorder.flush(AT_END);
        }
    }
}

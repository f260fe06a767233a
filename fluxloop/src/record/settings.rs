use std::{num::NonZeroU64, path::PathBuf};

use crate::env::RecordingEnvironment;

const DEFAULT_FILE: &str = "recordings/args.jsonl";
const DEFAULT_MAX_BYTES: NonZeroU64 = NonZeroU64::new(64 << 20).unwrap();

/// Where a recording goes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Settings {
    pub(super) file: PathBuf,
    /// How long the file may grow.
    pub(super) max_bytes: u64,
}

impl Settings {
    /// What the environment says, if it says that calls are recorded; and what it says that cannot be understood.
    pub(super) fn of(environment: RecordingEnvironment) -> (Option<Self>, Vec<String>) {
        let mut warnings = Vec::new();
        let switch = environment.record_args.map(|value| {
            // As other languages print it, too.
            value.to_string_lossy().to_ascii_lowercase()
        });
        let is_on = match switch.as_deref() {
            None | Some("false" | "0") => false,
            Some("true" | "1") => true,
            Some(_) => {
                warnings.push(
                    "FLUXLOOP_RECORD_ARGS: expected true, false, 1 or 0: nothing is recorded"
                        .to_owned(),
                );
                false
            }
        };
        if !is_on {
            return (None, warnings);
        }
        let max_bytes = environment.max_bytes.map(|value| {
            let number = value.to_str().and_then(|text| text.parse().ok());
            number.unwrap_or_else(|| {
                warnings.push(format!(
                    "FLUXLOOP_RECORDING_MAX_BYTES: expected a whole number of at least 1: the limit is {DEFAULT_MAX_BYTES} bytes"
                ));
                DEFAULT_MAX_BYTES
            })
        });
        let settings = Self {
            file: environment
                .file
                .map_or_else(|| PathBuf::from(DEFAULT_FILE), PathBuf::from),
            max_bytes: max_bytes.unwrap_or(DEFAULT_MAX_BYTES).get(),
        };
        (Some(settings), warnings)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(record_args: &str, file: &str, max_bytes: &str) -> (Option<Settings>, Vec<String>) {
        let set = |text: &str| (!text.is_empty()).then(|| text.into());
        Settings::of(RecordingEnvironment {
            record_args: set(record_args),
            file: set(file),
            max_bytes: set(max_bytes),
        })
    }

    #[test]
    fn it_is_off_unless_it_is_switched_on() {
        assert!(of("True", "", "").0.is_some());
        for off in ["", "false", "False", "0"] {
            assert_eq!(of(off, "a.jsonl", "x"), (None, Vec::new()));
        }
        let (settings, warnings) = of("yes", "", "");
        assert!(settings.is_none() && warnings[0].contains("FLUXLOOP_RECORD_ARGS"));
    }

    #[test]
    fn file_and_limit_have_defaults() {
        let (settings, warnings) = of("true", "", "");
        let settings = settings.unwrap();
        assert_eq!(settings.file, PathBuf::from("recordings/args.jsonl"));
        assert_eq!((settings.max_bytes, warnings.len()), (64 << 20, 0));
        let (settings, _) = of("1", "/tmp/a.jsonl", "1000");
        let settings = settings.unwrap();
        assert_eq!(settings.file, PathBuf::from("/tmp/a.jsonl"));
        assert_eq!(settings.max_bytes, 1_000);
        for wrong in ["0", "-1", "1 MiB"] {
            let (settings, warnings) = of("true", "", wrong);
            assert_eq!(settings.unwrap().max_bytes, 64 << 20);
            assert!(warnings[0].contains("FLUXLOOP_RECORDING_MAX_BYTES"));
        }
    }
}

use std::path::Path;

use crate::config::{ConfigError, ErrorKind};

/// How a file of inputs is written, as the end of its name says.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Format {
    /// `.yaml`, `.yml`, and names without an ending.
    Yaml,
    /// `.json`.
    Json,
    /// `.jsonl`, `.ndjson`: a JSON value a line.
    JsonLines,
    /// `.csv`.
    Csv,
}

impl Format {
    /// The format of a file.
    ///
    /// # Errors
    ///
    /// An ending that is none of ours: what is in such a file would be guessed.
    pub(super) fn of(path: &Path, shown: &str) -> Result<Self, ConfigError> {
        let Some(ending) = path.extension() else {
            return Ok(Self::Yaml);
        };
        let ending = ending.to_string_lossy().to_ascii_lowercase();
        match ending.as_str() {
            "yaml" | "yml" => Ok(Self::Yaml),
            "json" => Ok(Self::Json),
            "jsonl" | "ndjson" => Ok(Self::JsonLines),
            "csv" => Ok(Self::Csv),
            _ => {
                let message =
                    format!("{shown}: expected inputs, found a file that ends in .{ending}");
                let error = ConfigError::new(ErrorKind::Syntax { message });
                Err(error
                    .with_hint("inputs stand in files that end in .yaml, .json, .jsonl or .csv"))
            }
        }
    }

    /// How an entry is written right, for a hint.
    pub(super) fn entry_hint(self) -> &'static str {
        match self {
            Self::Yaml => {
                "write the text itself, or a mapping with `input`, for example `- input: \"How do I start?\"`"
            }
            Self::Json | Self::JsonLines => {
                "write the text itself, or an object with `input`, for example `{\"input\": \"How do I start?\"}`"
            }
            Self::Csv => "write the text in the column `input`; an empty text is `\"\"`",
        }
    }

    /// A whole file, for a hint.
    pub(super) fn example(self) -> &'static str {
        match self {
            Self::Yaml => "generated_inputs:\n  - input: \"How do I start?\"",
            Self::Json => "{\"generated_inputs\": [{\"input\": \"How do I start?\"}]}",
            Self::JsonLines => "{\"input\": \"How do I start?\"}",
            Self::Csv => "input,persona\n\"How do I start?\",novice_user",
        }
    }
}

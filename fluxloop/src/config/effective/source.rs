use std::fmt;

use serde::Serialize;

use crate::{config::node::Origin, visible::visible};

/// Where a value was set. Its `Display` is what messages call it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
#[non_exhaustive]
pub enum ValueSource {
    /// In a file of the configuration.
    File {
        /// Relative to the current directory where it lies below it, else absolute.
        file: String,
        /// From 1.
        line: u32,
        /// From 1, in characters.
        column: u32,
    },
    /// By a variable of the process environment.
    Environment {
        /// Its name.
        variable: String,
    },
    /// By a variable in the project's `.env`.
    #[serde(rename = "dotenv")]
    DotEnv {
        /// Its name.
        variable: String,
    },
    /// By an option on the command line.
    Flag {
        /// As it was written: `--max-turns`.
        flag: String,
    },
    /// By code.
    Code {
        /// What the code calls it: a method, or the key.
        name: String,
    },
    /// By nobody.
    Default,
}

impl From<&Origin> for ValueSource {
    fn from(origin: &Origin) -> Self {
        match origin {
            Origin::File {
                source,
                line,
                column,
            } => Self::File {
                file: source.shown.clone(),
                line: *line,
                column: *column,
            },
            Origin::Environment(name) => Self::Environment {
                variable: name.to_string(),
            },
            Origin::DotEnv(name) => Self::DotEnv {
                variable: name.to_string(),
            },
            Origin::CommandLine(name) => Self::Flag {
                flag: name.to_string(),
            },
            Origin::Code(name) => Self::Code {
                name: name.to_string(),
            },
            Origin::Default => Self::Default,
        }
    }
}

impl fmt::Display for ValueSource {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::File { file, line, .. } => write!(f, "{}:{line}", visible(file)),
            Self::Environment { variable } => f.write_str(variable),
            Self::DotEnv { variable } => write!(f, "{variable} in .env"),
            Self::Flag { flag } => f.write_str(flag),
            Self::Code { name } => f.write_str(name),
            Self::Default => f.write_str("default"),
        }
    }
}

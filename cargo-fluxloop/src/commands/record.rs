//! `cargo fluxloop record`: the switches of recording, in the files that people keep.

use std::{
    fs::{self, File},
    io::{self, BufRead as _, BufReader},
    path::{Path, PathBuf},
};

use fluxloop::{
    config::{LoadRequest, locate},
    edit::{EditError, FileEdit, FileError, dotenv, edit_file, yaml},
};
use serde_json::Value;

use super::{Invocation, error::CommandError, exit, plan};
use crate::{
    cli::{EnableArguments, ProjectArguments},
    terminal::{Stdout, visible},
};

const SWITCH: &str = "FLUXLOOP_RECORD_ARGS";
const FILE: &str = "FLUXLOOP_RECORDING_FILE";
const DEFAULT_FILE: &str = "recordings/args.jsonl";

/// The two files that recording and replay are switched in, as they are.
struct Switches {
    request: LoadRequest,
    project_directory: PathBuf,
    config: PathBuf,
    dotenv: PathBuf,
    config_text: String,
    dotenv_text: String,
}

impl Switches {
    fn find(project: &ProjectArguments) -> Result<Self, CommandError> {
        let request = plan::request(project, &[])?;
        let located = locate(&request)?;
        let dotenv = located.project_directory.join(".env");
        Ok(Self {
            config_text: read(&located.config)?,
            dotenv_text: read(&dotenv)?,
            project_directory: located.project_directory,
            config: located.config,
            dotenv,
            request,
        })
    }

    /// A path as people name it here.
    fn shown<'p>(&self, path: &'p Path) -> std::path::Display<'p> {
        let current = &self.request.current_directory;
        path.strip_prefix(current).unwrap_or(path).display()
    }

    fn in_config(&self, key: &str) -> Result<Option<Value>, CommandError> {
        let found = yaml::get(&self.config_text, key).map_err(|error| self.of_config(error))?;
        Ok(found.filter(|value| !value.is_null()))
    }

    fn in_dotenv(&self, name: &str) -> Result<Option<String>, CommandError> {
        dotenv::get(&self.dotenv_text, name).map_err(|error| self.of_dotenv(error))
    }

    fn of_config(&self, error: EditError) -> CommandError {
        let path = self.config.clone();
        FileError::Edit { path, error }.into()
    }

    fn of_dotenv(&self, error: EditError) -> CommandError {
        let path = self.dotenv.clone();
        FileError::Edit { path, error }.into()
    }

    /// The recording that the configuration names. Absolute.
    fn configured_file(&self) -> Result<Option<PathBuf>, CommandError> {
        let file = self.in_config("replay_args.recording_file")?;
        let file = file.as_ref().and_then(Value::as_str);
        Ok(file.map(|file| self.project_directory.join(file)))
    }
}

/// A file's text; empty if there is none.
fn read(path: &Path) -> Result<String, CommandError> {
    match fs::read_to_string(path) {
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(String::new()),
        read => read.map_err(|error| {
            let path = path.to_path_buf();
            FileError::Read { path, error }.into()
        }),
    }
}

/// `cargo fluxloop record enable`.
pub(super) fn enable(
    arguments: &EnableArguments,
    invocation: &Invocation,
) -> Result<i32, CommandError> {
    let switches = Switches::find(&arguments.project)?;
    let file = match &arguments.file {
        Some(file) => switches.request.current_directory.join(file),
        None => switches
            .configured_file()?
            .unwrap_or_else(|| switches.project_directory.join(DEFAULT_FILE)),
    };
    let file: PathBuf = file.components().collect();
    let absolute = file.to_string_lossy();
    let in_dotenv = |text: &str| {
        let text = dotenv::set(text, SWITCH, "true")?;
        dotenv::set(&text, FILE, &absolute)
    };
    // Refused before anything is written.
    in_dotenv(&switches.dotenv_text).map_err(|error| switches.of_dotenv(error))?;
    let relative = file
        .strip_prefix(&switches.project_directory)
        .unwrap_or(&file);
    let relative = Value::from(relative.to_string_lossy());
    let config_edit = edit_file(&switches.config, |text| {
        // A switch that is there stays: who records may replay at the same time.
        let text = match yaml::get(text, "replay_args.enabled")? {
            Some(value) if !value.is_null() => text.to_owned(),
            _ => yaml::set(text, "replay_args.enabled", &Value::Bool(false))?,
        };
        yaml::set(&text, "replay_args.recording_file", &relative)
    })?;
    let dotenv_edit = edit_file(&switches.dotenv, in_dotenv)?;
    let shell = &invocation.shell;
    shell.info("Recording is on, for a service with the variables of .env");
    shell.info(format_args!("Recording file: {absolute}"));
    told(&switches, &switches.dotenv, dotenv_edit, invocation);
    told(&switches, &switches.config, config_edit, invocation);
    shell.info("Next: `#[fluxloop::agent(record)]` on the agent, and start the service with these variables");
    Ok(exit::OK)
}

/// `cargo fluxloop record disable`.
pub(super) fn disable(
    project: &ProjectArguments,
    invocation: &Invocation,
) -> Result<i32, CommandError> {
    let switches = Switches::find(project)?;
    let is_set = switches.in_dotenv(SWITCH)?.is_some();
    let edit = if is_set {
        edit_file(&switches.dotenv, |text| dotenv::set(text, SWITCH, "false"))?
    } else {
        FileEdit::Unchanged
    };
    let shell = &invocation.shell;
    shell.info("Recording is off, for a service with the variables of .env");
    told(&switches, &switches.dotenv, edit, invocation);
    if let Some(file) = switches.configured_file()? {
        shell.info(format_args!(
            "To replay {}: `replay_args.enabled: true` in {}",
            switches.shown(&file),
            switches.shown(&switches.config)
        ));
    }
    Ok(exit::OK)
}

fn told(switches: &Switches, path: &Path, edit: FileEdit, invocation: &Invocation) {
    let what = match edit {
        FileEdit::Created => "Wrote",
        FileEdit::Changed => "Changed",
        FileEdit::Unchanged => "As it was:",
    };
    let path = switches.shown(path);
    invocation.shell.info(format_args!("{what} {path}"));
}

/// `cargo fluxloop record status`.
pub(super) fn status(
    project: &ProjectArguments,
    invocation: &Invocation,
) -> Result<i32, CommandError> {
    let switches = Switches::find(project)?;
    let mut lines = vec![
        variable(&switches, SWITCH, "recording", "off")?,
        variable(&switches, FILE, "recording file", DEFAULT_FILE)?,
    ];
    let recorded = match variable_value(&switches, FILE)? {
        Some(file) => Some(switches.project_directory.join(file)),
        None => switches.configured_file()?,
    };
    let recorded = recorded.unwrap_or_else(|| switches.project_directory.join(DEFAULT_FILE));
    lines.push(format!("recorded: {}", contents(&recorded)));
    let config = switches.shown(&switches.config);
    let is_replayed = switches.in_config("replay_args.enabled")? == Some(Value::Bool(true));
    let replay = if is_replayed { "on" } else { "off" };
    lines.push(format!("replay: {replay} ({config})"));
    let replayed = switches.configured_file()?;
    lines.push(match replayed {
        Some(file) => format!("replay file: {} ({config})", switches.shown(&file)),
        None => "replay file: none".to_owned(),
    });
    let mut stdout = Stdout::process();
    for line in lines {
        stdout.line(&visible(&line)).map_err(CommandError::Output)?;
    }
    invocation
        .shell
        .verbose("A service reads these variables when it is started");
    Ok(exit::OK)
}

/// What a variable is, and who says so: the environment before `.env`.
fn variable_value(switches: &Switches, name: &str) -> Result<Option<String>, CommandError> {
    match switches
        .request
        .environment
        .get(name)
        .filter(|value| !value.is_empty())
    {
        Some(value) => Ok(Some(value.clone())),
        None => switches.in_dotenv(name),
    }
}

fn variable(
    switches: &Switches,
    name: &str,
    label: &str,
    default: &str,
) -> Result<String, CommandError> {
    let is_in_environment = switches
        .request
        .environment
        .get(name)
        .is_some_and(|value| !value.is_empty());
    let place = if is_in_environment {
        "environment"
    } else {
        ".env"
    };
    Ok(match variable_value(switches, name)?.as_deref() {
        None => format!("{label}: {default} ({name} is not set)"),
        Some("true" | "1") => format!("{label}: on ({place})"),
        Some("false" | "0") => format!("{label}: off ({place})"),
        Some(value) => format!("{label}: {value} ({place})"),
    })
}

/// How much is recorded in a file.
fn contents(path: &Path) -> String {
    let Ok(file) = File::open(path) else {
        return format!("nothing yet in {}", path.display());
    };
    let lines = BufReader::new(file).split(b'\n').map_while(Result::ok);
    let calls = lines.filter(|line| !line.trim_ascii().is_empty()).count();
    match calls {
        1 => format!("1 call in {}", path.display()),
        calls => format!("{calls} calls in {}", path.display()),
    }
}

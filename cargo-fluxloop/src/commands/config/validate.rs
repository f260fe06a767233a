use std::path::Path;

use fluxloop::{
    config::{Config, ConfigError, LoadRequest, Place, Warning},
    setup::SetupError,
};
use serde::Serialize;

use super::super::{Invocation, error::CommandError, exit, inspection::Inspection, plan};
use crate::{cli::ValidateArguments, terminal::Stdout};

/// `cargo fluxloop config validate`: everything that a run would stop at before it builds, and everything that is odd.
pub(super) fn execute(
    arguments: &ValidateArguments,
    invocation: &Invocation,
) -> Result<i32, CommandError> {
    let request = plan::request(&arguments.project, &[])?;
    let verdict = Verdict::of(Inspection::of(&request));
    if arguments.output.json {
        Stdout::process()
            .json(&verdict.for_programs(&request))
            .map_err(CommandError::Output)?;
        return Ok(if verdict.is_valid() {
            exit::OK
        } else {
            exit::SETUP
        });
    }
    verdict.tell(&request, invocation)
}

struct Verdict {
    config: Option<Config>,
    warnings: Vec<Warning>,
    /// Those with a place in a file.
    located: Vec<ConfigError>,
    others: Vec<CommandError>,
}

impl Verdict {
    fn of(inspection: Inspection) -> Self {
        let mut located = inspection.config_errors;
        let mut others: Vec<CommandError> = Vec::new();
        if let Some(Err(errors)) = inspection.inputs {
            located.extend(errors);
        }
        let errors = [
            inspection.plan.and_then(Result::err).map(SetupError::from),
            inspection.supervisor.and_then(Result::err).map(Into::into),
            inspection.target.and_then(Result::err).map(Into::into),
        ];
        others.extend(errors.into_iter().flatten().map(CommandError::from));
        Self {
            config: inspection.config,
            warnings: inspection.warnings,
            located,
            others,
        }
    }

    fn is_valid(&self) -> bool {
        self.located.is_empty() && self.others.is_empty()
    }

    fn tell(self, request: &LoadRequest, invocation: &Invocation) -> Result<i32, CommandError> {
        let shell = &invocation.shell;
        for warning in &self.warnings {
            shell.text(&warning.report());
        }
        for error in &self.located {
            shell.text(&error.report());
        }
        for error in &self.others {
            error.show(shell);
        }
        if !self.is_valid() {
            return Err(CommandError::NotValid {
                errors: self.located.len() + self.others.len(),
                warnings: self.warnings.len(),
            });
        }
        let warnings = match self.warnings.len() {
            0 => String::new(),
            1 => ", with 1 warning".to_owned(),
            several => format!(", with {several} warnings"),
        };
        let files = self.files(request).join(", ");
        shell.info(format_args!(
            "The configuration is valid{warnings}: {files}"
        ));
        Ok(exit::OK)
    }

    /// Those that were read, as messages name them.
    fn files(&self, request: &LoadRequest) -> Vec<String> {
        let shown = |path: &Path| {
            let path = path
                .strip_prefix(&request.current_directory)
                .unwrap_or(path);
            path.display().to_string()
        };
        let config = self.config.iter();
        let of_inputs = config.clone().flat_map(|config| &config.inputs_files);
        config
            .flat_map(|config| &config.files)
            .chain(of_inputs)
            .map(|path| shown(path))
            .collect()
    }

    fn for_programs(&self, request: &LoadRequest) -> Document<'_> {
        let warnings = self.warnings.iter();
        let warnings = warnings
            .map(|warning| Finding::new(warning.to_string(), warning.hint(), warning.place()));
        let located = self.located.iter();
        let located =
            located.map(|error| Finding::new(error.to_string(), error.hint(), error.place()));
        let others = self.others.iter();
        let others = others.map(|error| Finding::new(error.to_string(), error.hint(), None));
        Document {
            valid: self.is_valid(),
            files: self.files(request),
            errors: located.chain(others).collect(),
            warnings: warnings.collect(),
        }
    }
}

#[derive(Serialize)]
struct Document<'a> {
    valid: bool,
    files: Vec<String>,
    errors: Vec<Finding<'a>>,
    warnings: Vec<Finding<'a>>,
}

#[derive(Serialize)]
struct Finding<'a> {
    message: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    hint: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    file: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    line: Option<u32>,
    #[serde(skip_serializing_if = "Option::is_none")]
    column: Option<u32>,
}

impl<'a> Finding<'a> {
    fn new(message: String, hint: Option<impl Into<String>>, place: Option<&'a Place>) -> Self {
        Self {
            message,
            hint: hint.map(Into::into),
            file: place.map(|place| place.file.as_str()),
            line: place.map(|place| place.line),
            column: place.map(|place| place.column),
        }
    }
}

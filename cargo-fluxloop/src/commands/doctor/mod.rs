//! `cargo fluxloop doctor`: everything that a run needs, checked one by one without building or running anything.

mod generation;
mod model;
mod project;
mod supervisor;
mod toolchain;
mod workspace;

use std::path::PathBuf;

use serde::Serialize;

use super::{Invocation, error::CommandError, exit, inspection::Inspection, plan};
use crate::{
    cli::DoctorArguments,
    env,
    terminal::{Check, Health, Stdout, checkup},
};

pub(super) fn execute(
    arguments: &DoctorArguments,
    invocation: &Invocation,
) -> Result<i32, CommandError> {
    let request = plan::request(&arguments.project, &[])?;
    let inspection = Inspection::of(&request);
    let directory: PathBuf = inspection.config.as_ref().map_or_else(
        || request.current_directory.clone(),
        |config| config.runner.working_directory.clone(),
    );
    let environment = env::Environment::of_process();
    let mut checks = toolchain::checks(&environment, &directory);
    checks.push(project::configuration(&inspection, &request));
    checks.extend(workspace::checks(
        &environment,
        &directory,
        arguments.cargo.clone(),
        &inspection,
        invocation,
    ));
    if let Some(config) = &inspection.config {
        checks.extend(project::checks(config, &inspection, &request));
        for check in &mut checks {
            check.message = config.secrets.redact(&check.message).into_owned();
            check.fix = check
                .fix
                .take()
                .map(|fix| config.secrets.redact(&fix).into_owned());
        }
    } else {
        let message = "inputs, personas, plan, supervisor and output: not looked at, since the configuration cannot be read";
        checks.push(Check::new("rest", Health::Info, message));
    }
    let passed = !checks.iter().any(|check| check.status == Health::Fail);
    show(&checks, passed, arguments.output.json, invocation)?;
    Ok(if passed { exit::OK } else { exit::SETUP })
}

/// A check that ended with an error: its causes, and its hint as the fix.
fn failed(name: &'static str, error: &CommandError) -> Check {
    let mut chain = vec![error.to_string()];
    let mut cause = std::error::Error::source(error);
    while let Some(next) = cause {
        chain.push(next.to_string());
        cause = next.source();
    }
    let check = Check::new(name, Health::Fail, chain.join(": "));
    match error.hint() {
        Some(hint) => check.with_fix(hint),
        None => check,
    }
}

fn show(
    checks: &[Check],
    passed: bool,
    json: bool,
    invocation: &Invocation,
) -> Result<(), CommandError> {
    #[derive(Serialize)]
    struct Document<'a> {
        passed: bool,
        checks: &'a [Check],
    }
    if json {
        return Stdout::process()
            .json(&Document { passed, checks })
            .map_err(CommandError::Output);
    }
    let (mut stdout, page) = Stdout::for_people(
        invocation.options.verbosity,
        invocation.options.color,
        |name| invocation.variables.get(name),
    );
    stdout
        .write(checkup(checks, page).as_bytes())
        .map_err(CommandError::Output)
}

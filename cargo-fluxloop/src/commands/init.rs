use std::{io, path::Path};

use cargo_metadata::semver::Version;

use super::{Invocation, error::CommandError, exit};
use crate::{
    cli::InitArguments,
    env,
    init::{Change, Effect, Project},
    terminal::{Answer, ask, changes, stdin_is_terminal, visible},
    workspace::{Cargo, OwnPackage},
};

/// `cargo fluxloop init`: shows what a crate lacks, asks, and writes it.
pub(super) fn execute(
    arguments: &InitArguments,
    invocation: &Invocation,
) -> Result<i32, CommandError> {
    let yes = arguments.yes(&invocation.variables)?;
    if !yes && !stdin_is_terminal() {
        return Err(CommandError::NotConfirmed);
    }
    let current = env::current_directory()
        .map_err(CommandError::system("cannot tell the current directory"))?;
    let cargo = Cargo {
        program: env::Environment::of_process().cargo_program(),
        directory: current.clone(),
        options: arguments.cargo_options(),
    };
    let version = own_version();
    let package = OwnPackage::find(&cargo, arguments.package.as_deref(), &version)?;
    let project = Project::prepare(&package, &arguments.wishes(), &version)?;
    let shell = &invocation.shell;
    shell.text(&changes(&project));
    for note in &project.notes {
        shell.warn(note);
    }
    if project.is_complete() {
        shell.info("Everything is there: nothing was written");
    } else {
        let agreed = yes || {
            let answer = ask(shell, "Write this? [y/N] ", &mut io::stdin().lock());
            answer.map_err(CommandError::system("cannot read the answer"))? == Answer::Yes
        };
        if !agreed {
            return Err(CommandError::DeclinedToWrite);
        }
        project.apply()?;
        shell.info(format_args!("Wrote {}", written(&project)));
    }
    shell.info(next(&project, &current));
    Ok(exit::OK)
}

/// The version of this command, and of the library that fits it.
fn own_version() -> Version {
    let part = |text: &str| text.parse().unwrap_or(0);
    Version::new(
        part(env!("CARGO_PKG_VERSION_MAJOR")),
        part(env!("CARGO_PKG_VERSION_MINOR")),
        part(env!("CARGO_PKG_VERSION_PATCH")),
    )
}

fn written(project: &Project<'_>) -> String {
    let written = |change: &&Change| change.effect() != Effect::Keep;
    let names = project.changes.iter().filter(written).map(|change| {
        let path = project.relative(&change.path);
        path.display().to_string()
    });
    names.collect::<Vec<_>>().join(", ")
}

/// What the user does next.
fn next(project: &Project<'_>, current: &Path) -> String {
    let mut text = String::new();
    if let Some((file, agent)) = &project.missing_agent {
        text.push_str("There is no agent yet: put this into ");
        text.push_str(&visible(file));
        text.push_str(", or call `cargo fluxloop init --example-agent`\n");
        for line in agent.lines() {
            text.push_str("\n    ");
            text.push_str(line);
        }
        text.push_str("\n\n");
    }
    text.push_str("Next:");
    let folder = project.folder();
    if folder != current {
        let folder = folder.strip_prefix(current).unwrap_or(folder);
        text.push_str("\n  cd ");
        text.push_str(&visible(&folder.to_string_lossy()));
    }
    text.push_str("\n  cargo fluxloop run experiment");
    if project.has_test {
        text.push_str("\n  cargo test --test fluxloop");
    }
    text
}

use std::path::Path;

use fluxloop::target::{Kind, Listed, TargetSpec};

use super::{
    super::{Invocation, inspection::Inspection},
    failed,
};
use crate::{
    env::Environment,
    target::TargetError,
    terminal::{Check, Health},
    workspace::{Cargo, CargoOptions, CargoTarget, Member, Workspace, WorkspaceError},
};

/// The workspace, its dependency on fluxloop, its agents as far as the sources show them, and which of them is meant.
pub(super) fn checks(
    environment: &Environment,
    directory: &Path,
    options: CargoOptions,
    inspection: &Inspection,
    invocation: &Invocation,
) -> Vec<Check> {
    if !directory.is_dir() {
        let directory = directory.display();
        let message = format!("`runner.working_directory` is no folder: {directory}");
        let check = Check::new("workspace", Health::Fail, message);
        return vec![check.with_fix("name the folder that holds the agents' Cargo.toml")];
    }
    let cargo = Cargo {
        program: environment.cargo_program(),
        directory: directory.to_owned(),
        options,
    };
    let shell = &invocation.shell;
    let workspace = match Workspace::load(cargo, &mut |line| shell.verbose(line.trim())) {
        Ok(workspace) => workspace,
        Err(error) => return without_agents(error),
    };
    let mut checks = vec![root(&workspace)];
    checks.extend(dependencies(&workspace));
    checks.extend(agents(&workspace));
    checks.extend(target(&workspace, inspection));
    checks.push(harness(&workspace));
    checks
}

/// What is missing in a workspace that cargo reads is not the workspace.
fn without_agents(error: WorkspaceError) -> Vec<Check> {
    let is_readable = matches!(
        error,
        WorkspaceError::NoDependency { .. } | WorkspaceError::FeatureOff { .. }
    );
    let error = error.into();
    if is_readable {
        vec![
            Check::new("workspace", Health::Ok, "cargo reads it"),
            failed("fluxloop", &error),
        ]
    } else {
        vec![failed("workspace", &error)]
    }
}

fn root(workspace: &Workspace) -> Check {
    let message = workspace.root().display().to_string();
    Check::new("workspace", Health::Ok, message)
}

/// One for each package that can hold agents.
fn dependencies(workspace: &Workspace) -> Vec<Check> {
    let mut members: Vec<_> = workspace
        .targets()
        .iter()
        .map(CargoTarget::member)
        .collect();
    members.dedup_by_key(|member| &member.id);
    let dependency = |member: &Member| {
        let version = member.fluxloop_version();
        let message = format!("package `{}` uses fluxloop {version}", member.package.name);
        Check::new("fluxloop", Health::Ok, message)
    };
    members.into_iter().map(dependency).collect()
}

/// One for each target with agents.
fn agents(workspace: &Workspace) -> Vec<Check> {
    let targets = workspace.agents_in_sources();
    if targets.is_empty() {
        return vec![failed(
            "agents",
            &TargetError::nothing_found(workspace).into(),
        )];
    }
    let check = |(target, agents): &(&CargoTarget, Vec<Listed>)| {
        let agents = agents.iter();
        let agents = agents.map(|agent| format!("{} ({})", agent.target, agent.place));
        let agents: Vec<String> = agents.collect();
        let message = format!("{target}: {}", agents.join(", "));
        Check::new("agents", Health::Ok, message)
    };
    targets.iter().map(check).collect()
}

/// What a run would build. A target that is no target was said of the configuration.
fn target(workspace: &Workspace, inspection: &Inspection) -> Option<Check> {
    let spec = match inspection.target.as_ref()? {
        Ok(spec) => spec.as_ref(),
        Err(error) => return Some(failed("target", &error.clone().into())),
    };
    let check = match workspace.select(spec) {
        Ok(selection) => {
            let target = &selection.unit.target;
            let message = match spec {
                Some(spec) if !workspace.sees(spec, target) => return Some(unseen(spec, target)),
                Some(spec) => format!("`{spec}` is in the {target}"),
                None => format!("none is configured: the only agent, in the {target}"),
            };
            Check::new("target", Health::Ok, message)
        }
        // Said of the agents.
        Err(TargetError::NoAgents { .. }) => return None,
        Err(error) => failed("target", &error.into()),
    };
    Some(check)
}

/// A crate that is named is built all the same: a macro may write the agent.
fn unseen(spec: &TargetSpec, target: &CargoTarget) -> Check {
    let message = format!("`{spec}` is to be in the {target}, whose sources show no such agent");
    Check::new("target", Health::Warn, message).with_fix(
        "unless a macro writes it, take one of the agents above; `cargo fluxloop list` builds them and knows",
    )
}

fn harness(workspace: &Workspace) -> Check {
    let is_harness =
        |target: &&CargoTarget| target.kind() == Kind::Test && target.name() == "fluxloop";
    let found = workspace.targets().iter().find(is_harness);
    let message = match found {
        Some(target) => workspace.relative(target.source()).display().to_string(),
        None => "no tests/fluxloop.rs: `cargo test` runs no experiment (`cargo fluxloop init` writes it)".to_owned(),
    };
    Check::new("harness", Health::Info, message)
}

use fluxloop::target::{Kind, Query, normal};

use crate::workspace::{CargoTarget, Workspace};

/// The targets that a query names, sources unseen, each with how clearly: the lesser, the clearer.
pub(super) fn named_targets<'w>(
    query: &Query,
    workspace: &'w Workspace,
) -> Vec<(u8, &'w CargoTarget)> {
    workspace
        .targets()
        .iter()
        .filter_map(|target| Some((clarity(query, target)?, target)))
        .collect()
}

/// The same query for one target of several that it names: `prefix` says which.
pub(super) fn with_prefix(query: &Query, prefix: &str, target: &CargoTarget) -> String {
    let crate_name = target.crate_name();
    let modules = query.modules();
    let at = modules.iter().position(|part| *part == crate_name);
    let path = modules[at.unwrap_or_default()..].join(".");
    format!("{prefix}.{path}:{}", query.spec().function())
}

/// How clearly a query names a target, 0 the clearest.
fn clarity(query: &Query, target: &CargoTarget) -> Option<u8> {
    let crate_name = target.crate_name();
    let package = normal(&target.member().package.name);
    let first = query.modules().first()?;
    let second = query.modules().get(1);
    let library = target.kind() == Kind::Lib;
    if second == Some(&crate_name)
        && (query.kind() == Some(target.kind()) || *first == package && !library)
    {
        Some(0)
    } else if *first == crate_name {
        Some(if library { 1 } else { 2 })
    } else if *first == package {
        Some(if library { 3 } else { 4 })
    } else {
        None
    }
}

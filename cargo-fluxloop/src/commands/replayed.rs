//! What a user should know of the calls that are replayed.

use fluxloop::{replay::Replay, worker::protocol::AgentInfo};

use super::session::target_of;
use crate::{target::TargetSpec, terminal::Shell};

/// Says which calls are replayed, and warns of those that were calls of something else.
pub(super) fn tell(replay: &Replay, agent: &AgentInfo, shell: &Shell) {
    match &replay.calls[..] {
        [call] => shell.info(format_args!("Replaying the call in {}", call.place)),
        calls => shell.info(format_args!(
            "Replaying {} calls of {}",
            calls.len(),
            replay.shown
        )),
    }
    let mut others: Vec<&str> = replay
        .calls
        .iter()
        .filter_map(|call| call.target.as_deref())
        .filter(|target| !is_called(agent, target))
        .collect();
    others.sort_unstable();
    others.dedup();
    if let Some(first) = others.first() {
        let more = match others.len() {
            1 => String::new(),
            several => format!(" and {} more", several - 1),
        };
        shell.warn(format_args!(
            "{} has calls of `{first}`{more}: they are replayed to `{}`",
            replay.shown,
            target_of(agent)
        ));
    }
}

/// Whether a target may mean this agent: as targets do, by its crate alone or by the end of its name.
fn is_called(agent: &AgentInfo, target: &str) -> bool {
    let Ok(spec) = target.parse::<TargetSpec>() else {
        return false;
    };
    let normal = |name: &str| name.replace('-', "_");
    let own: Vec<String> = agent.module_path.split("::").map(normal).collect();
    let said: Vec<String> = spec.modules().iter().map(|module| normal(module)).collect();
    normal(spec.function()) == normal(&agent.name) && (own.ends_with(&said) || said == own[..1])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_target_means_an_agent_as_targets_do() {
        let agent = AgentInfo {
            id: "my_shop::desk:answer".to_owned(),
            name: "answer".to_owned(),
            module_path: "my_shop::desk".to_owned(),
            file: "src/desk.rs".to_owned(),
            line: 1,
            package: "my-shop".to_owned(),
            binary: None,
        };
        for target in [
            "my_shop.desk:answer",
            "my-shop::desk:answer",
            "my_shop:answer",
            "desk:answer",
            "answer",
        ] {
            assert!(is_called(&agent, target), "{target}");
        }
        for target in [
            "my_shop.desk:refund",
            "other:answer",
            "shop.desk:answer",
            "",
        ] {
            assert!(!is_called(&agent, target), "{target}");
        }
    }
}

use super::Replay;
use crate::{
    target::{TargetSpec, normal},
    worker::protocol::AgentInfo,
};

impl Replay {
    /// What to say where some of the calls were calls of something else than this agent.
    #[must_use]
    pub fn warning_for(&self, agent: &AgentInfo) -> Option<String> {
        let mut others: Vec<&str> = self
            .calls
            .iter()
            .filter_map(|call| call.target.as_deref())
            .filter(|target| !is_called(agent, target))
            .collect();
        others.sort_unstable();
        others.dedup();
        let first = others.first()?;
        let more = match others.len() {
            1 => String::new(),
            several => format!(" and {} more", several - 1),
        };
        Some(format!(
            "{} has calls of `{first}`{more}: they are replayed to `{}`",
            self.shown,
            agent.target()
        ))
    }
}

/// Whether a target may mean this agent: as targets do, by its crate alone or by the end of its name.
fn is_called(agent: &AgentInfo, target: &str) -> bool {
    let Ok(spec) = target.parse::<TargetSpec>() else {
        return false;
    };
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

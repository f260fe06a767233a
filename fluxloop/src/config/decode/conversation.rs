//! Conversations.

use super::{Section, Surroundings, personas::check_known, supervisor};
use crate::{
    Persona,
    config::{
        MultiTurn,
        error::Warning,
        node::{NodeValue, Origin},
    },
};

/// The switches and values of a conversation that flags and variables set.
const OF_TURNS: [&str; 2] = ["max_turns", "persona_override"];
const OF_SUPERVISOR: [&str; 4] = ["provider", "model", "temperature", "base_url"];

/// `multi_turn`, and the secrets in it.
pub(super) fn multi_turn(
    section: &Section<'_>,
    personas: &[Persona],
    surroundings: &Surroundings<'_>,
) -> (MultiTurn, Vec<String>) {
    let enabled = section.switch("enabled") == Some(true);
    let max_turns = turns(section, "max_turns").unwrap_or(8);
    let min_turns = turns(section, "min_turns").unwrap_or(1);
    if min_turns > max_turns
        && let Some(node) = section.node("min_turns")
    {
        section.wrong::<()>("min_turns", node, "no more than `multi_turn.max_turns`");
    }
    // Of single questions, too.
    let auto_approve_tools = section.switch("auto_approve_tools") != Some(false);
    let persona_override = section.name("persona_override");
    if let (Some(name), Some(node)) = (&persona_override, section.node("persona_override")) {
        check_known(section, "persona_override", node, name, personas);
    }
    if !enabled {
        warn_of_no_effect(section, &OF_TURNS);
    }
    let (supervisor, secrets) = section.section("supervisor", |section| {
        if !enabled {
            warn_of_no_effect(section, &OF_SUPERVISOR);
        }
        supervisor::decode(section, enabled, surroundings)
    });
    (
        MultiTurn {
            enabled,
            max_turns,
            min_turns,
            auto_approve_tools,
            persona_override,
            supervisor,
        },
        secrets,
    )
}

fn turns(section: &Section<'_>, key: &'static str) -> Option<u32> {
    section
        .whole(key, 1, 100)
        .and_then(|turns| u32::try_from(turns).ok())
}

/// A flag or variable that changes nothing is said to; what stands in a file may wait there.
pub(super) fn warn_of_no_effect(section: &Section<'_>, keys: &[&'static str]) {
    for key in keys {
        let Some(node) = section.node(key) else {
            continue;
        };
        let is_scalar = !matches!(node.value, NodeValue::Sequence(_) | NodeValue::Mapping(_));
        if is_scalar && !matches!(node.origin, Origin::File { .. } | Origin::Default) {
            let subject = node.origin.subject(&section.path_of(key));
            let message =
                format!("`{subject}` has no effect: it is about conversations, which are off");
            section.problems().warning(Warning::new(message, None));
        }
    }
}

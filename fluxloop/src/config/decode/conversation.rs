//! Keys that belong to conversations and to recordings: checked, so that a configuration that is right stays right, and
//! refused where they would have an effect that this version does not give.

use super::{Section, experiment, personas::check_known, secret};
use crate::{
    Persona,
    config::{
        error::Warning,
        node::{NodeValue, Origin},
    },
};

/// The switches and values of a conversation that flags and variables set.
const OF_TURNS: [&str; 3] = ["max_turns", "auto_approve_tools", "persona_override"];
const OF_SUPERVISOR: [&str; 4] = ["provider", "model", "temperature", "base_url"];

/// Checks `multi_turn` and `replay_args`. Gives the secrets in them.
pub(super) fn validate(root: &Section<'_>, personas: &[Persona]) -> Option<String> {
    root.section("replay_args", |section| {
        section.name("recording_file");
        section.name("override_param_path");
        if section.switch("enabled") == Some(true)
            && let Some(node) = section.node("enabled")
        {
            experiment::not_yet(
                section,
                "enabled",
                node,
                "recordings",
                "set `replay_args.enabled: false`",
            );
        }
    });
    root.section("multi_turn", |section| multi_turn(section, personas))
}

fn multi_turn(section: &Section<'_>, personas: &[Persona]) -> Option<String> {
    let enabled = section.switch("enabled") == Some(true);
    if enabled && let Some(node) = section.node("enabled") {
        let hint = match &node.origin {
            Origin::File { .. } | Origin::Default => {
                "set `multi_turn.enabled: false` for runs of one turn"
            }
            _ => "leave it out for runs of one turn",
        };
        experiment::not_yet(section, "enabled", node, "conversations", hint);
    }
    section.whole("max_turns", 1, 100);
    section.switch("auto_approve_tools");
    if let Some(name) = section.name("persona_override")
        && let Some(node) = section.node("persona_override")
    {
        check_known(section, "persona_override", node, &name, personas);
    }
    if !enabled {
        warn_of_no_effect(section, &OF_TURNS);
    }
    section.section("supervisor", |section| {
        if !enabled {
            warn_of_no_effect(section, &OF_SUPERVISOR);
        }
        supervisor(section)
    })
}

fn supervisor(section: &Section<'_>) -> Option<String> {
    section.one_of(
        "provider",
        &[("openai", ()), ("anthropic", ()), ("mock", ())],
    );
    section.name("model");
    section.number("temperature", "a number from 0 to 2", |value| {
        (0.0..=2.0).contains(&value)
    });
    section.text("system_prompt");
    section.name("api_key_env");
    experiment::deadline(section, "timeout_seconds", 60);
    section.whole("max_retries", 0, u32::MAX.into());
    if let Some(url) = section.name("base_url")
        && let Some(node) = section.node("base_url")
        && !["http://", "https://"]
            .iter()
            .any(|scheme| url.starts_with(scheme))
    {
        section.wrong::<()>(
            "base_url",
            node,
            "an address that begins with http:// or https://",
        );
    }
    section.section("metadata", |section| {
        section.texts("scripted_questions");
        section.one_of("mock_decision", &[("terminate", ()), ("continue", ())]);
        for key in ["mock_reason", "mock_closing", "mock_next_user_message"] {
            section.text(key);
        }
        // The rest is for the supervisor's own use.
        section.prefixed("");
    });
    secret(section, "api_key")
}

/// A flag or variable that changes nothing is said to; what stands in a file may wait there.
fn warn_of_no_effect(section: &Section<'_>, keys: &[&'static str]) {
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

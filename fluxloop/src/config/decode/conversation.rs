//! Conversations, and recordings: the latter are checked, so that a configuration that is right stays right, and
//! refused where they would have an effect that this version does not give.

use super::{Section, experiment, personas::check_known, secret};
use crate::{
    Persona,
    config::{
        MultiTurn, SupervisorSettings,
        error::Warning,
        node::{NodeValue, Origin},
    },
    supervisor::{MockDecision, MockSupervisor},
};

/// The switches and values of a conversation that flags and variables set.
const OF_TURNS: [&str; 3] = ["max_turns", "auto_approve_tools", "persona_override"];
const OF_SUPERVISOR: [&str; 4] = ["provider", "model", "temperature", "base_url"];

/// Checks `replay_args`.
pub(super) fn refuse_recordings(root: &Section<'_>) {
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
}

/// `multi_turn`, and the secrets in it.
pub(super) fn multi_turn(
    section: &Section<'_>,
    personas: &[Persona],
) -> (MultiTurn, Option<String>) {
    let enabled = section.switch("enabled") == Some(true);
    let max_turns = turns(section, "max_turns").unwrap_or(8);
    let min_turns = turns(section, "min_turns").unwrap_or(1);
    if min_turns > max_turns
        && let Some(node) = section.node("min_turns")
    {
        section.wrong::<()>("min_turns", node, "no more than `multi_turn.max_turns`");
    }
    if section.switch("auto_approve_tools") == Some(false)
        && enabled
        && let Some(node) = section.node("auto_approve_tools")
    {
        let hint = "leave it at true: agents of this version cannot ask for approval";
        experiment::not_yet(
            section,
            "auto_approve_tools",
            node,
            "approvals of tools",
            hint,
        );
    }
    let persona_override = section.name("persona_override");
    if let (Some(name), Some(node)) = (&persona_override, section.node("persona_override")) {
        check_known(section, "persona_override", node, name, personas);
    }
    if !enabled {
        warn_of_no_effect(section, &OF_TURNS);
    }
    let (supervisor, key) = section.section("supervisor", |section| {
        if !enabled {
            warn_of_no_effect(section, &OF_SUPERVISOR);
        }
        supervisor(section, enabled)
    });
    if enabled
        && supervisor == SupervisorSettings::None
        && !section.is_set_below("supervisor", "provider")
        && let Some(node) = section.node("enabled")
    {
        section.invalid::<()>(
            "enabled",
            node,
            "conversations need somebody who plays the user, and `multi_turn.supervisor.provider` is not set",
            "set it to `mock`, which plays `multi_turn.supervisor.metadata.scripted_questions`",
        );
    }
    (
        MultiTurn {
            enabled,
            max_turns,
            min_turns,
            persona_override,
            supervisor,
        },
        key,
    )
}

fn turns(section: &Section<'_>, key: &'static str) -> Option<u32> {
    section
        .whole(key, 1, 100)
        .and_then(|turns| u32::try_from(turns).ok())
}

#[derive(Clone, Copy, PartialEq)]
enum Provider {
    Mock,
    Model,
}

fn supervisor(section: &Section<'_>, enabled: bool) -> (SupervisorSettings, Option<String>) {
    let provider = section.one_of(
        "provider",
        &[
            ("openai", Provider::Model),
            ("anthropic", Provider::Model),
            ("mock", Provider::Mock),
        ],
    );
    if enabled
        && provider == Some(Provider::Model)
        && let Some(node) = section.node("provider")
    {
        let hint = "use the scripted supervisor: `provider: mock`";
        experiment::not_yet(
            section,
            "provider",
            node,
            "supervisors that ask a model",
            hint,
        );
    }
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
    let mock = section.section("metadata", mock);
    let settings = match provider {
        Some(Provider::Mock) => SupervisorSettings::Mock(mock),
        Some(Provider::Model) | None => SupervisorSettings::None,
    };
    (settings, secret(section, "api_key"))
}

fn mock(section: &Section<'_>) -> MockSupervisor {
    let mock = MockSupervisor {
        scripted_questions: section.texts("scripted_questions"),
        decision: section
            .one_of(
                "mock_decision",
                &[
                    ("terminate", MockDecision::Terminate),
                    ("continue", MockDecision::Continue),
                ],
            )
            .unwrap_or_default(),
        reason: section.text("mock_reason"),
        closing: section.text("mock_closing"),
        next_user_message: section.text("mock_next_user_message"),
    };
    // The rest is for the supervisor's own use.
    section.prefixed("");
    mock
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

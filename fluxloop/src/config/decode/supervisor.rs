//! `multi_turn.supervisor`: who plays the user, and with which key.

use super::{Section, Surroundings, conversation::warn_of_no_effect, experiment, secret};
use crate::{
    config::{
        CassetteMode, CassetteSettings, ModelProvider, ModelSettings, SupervisorSettings,
        ValueSource, Warning, node::Node,
    },
    supervisor::{MockDecision, MockSupervisor},
};

#[derive(Clone, Copy)]
enum Provider {
    Mock,
    Model(ModelProvider),
}

/// The supervisor, and the secrets in its section. A key is only missed where conversations are on.
pub(super) fn decode(
    section: &Section<'_>,
    enabled: bool,
    surroundings: &Surroundings<'_>,
) -> (SupervisorSettings, Vec<String>) {
    let known = [
        ("openai", Provider::Model(ModelProvider::OpenAi)),
        ("anthropic", Provider::Model(ModelProvider::Anthropic)),
        ("mock", Provider::Mock),
    ];
    let provider = section.one_of("provider", &known);
    let mock = section.section("metadata", mock);
    let key_variable = section.name("api_key_env");
    let own_key = own_key(section);
    // A mock may have everything that a model needs beside it, for the day it is switched to one.
    let model_provider = match provider {
        Some(Provider::Model(provider)) => provider,
        Some(Provider::Mock) | None => ModelProvider::OpenAi,
    };
    let mut settings = model(section, model_provider, surroundings);
    let key = Key {
        own: own_key,
        variable: key_variable,
        provider: model_provider,
    };
    if let Some((key, source)) = key.look_up(surroundings) {
        settings.api_key = Some(key);
        settings.api_key_source = Some(source);
    }
    settings.cassette = section.section("cassette", |section| {
        cassette(section, enabled, surroundings)
    });
    let secrets = settings.api_key.iter().cloned().collect();
    if let Some(Provider::Mock) = provider {
        if enabled && settings.cassette.is_some() {
            warn_of_silent_cassette(section);
        }
        return (SupervisorSettings::Mock(mock), secrets);
    }
    let own_address = settings
        .base_url
        .as_deref()
        .is_none_or(|url| url == model_provider.default_base_url());
    if enabled && settings.api_key.is_none() && own_address {
        match settings.cassette.as_ref().map(|cassette| cassette.mode) {
            None | Some(CassetteMode::Record) => {
                section.absent("api_key", &key.missing(), &key.looked_for());
            }
            Some(CassetteMode::Replay) => {}
            Some(CassetteMode::Auto) => {
                settings.missing_key = Some(format!("{}: {}", key.missing(), key.looked_for()));
            }
        }
    }
    (SupervisorSettings::Model(settings), secrets)
}

fn model(
    section: &Section<'_>,
    provider: ModelProvider,
    surroundings: &Surroundings<'_>,
) -> ModelSettings {
    let retries = section
        .whole("max_retries", 0, u32::MAX.into())
        .unwrap_or(5);
    let url = own_url(section).or_else(|| surroundings.variable(base_url_variable(provider)));
    let (base_url, base_url_source) = url.unzip();
    ModelSettings {
        provider,
        model: section
            .name("model")
            .unwrap_or_else(|| provider.default_model().to_owned()),
        temperature: section.number("temperature", "a number from 0 to 2", |value| {
            (0.0..=2.0).contains(&value)
        }),
        system_prompt: section.text("system_prompt"),
        api_key: None,
        api_key_source: None,
        base_url,
        base_url_source,
        timeout: experiment::deadline(section, "timeout_seconds", 60),
        max_retries: u32::try_from(retries).unwrap_or(u32::MAX),
        cassette: None,
        missing_key: None,
    }
}

/// A section without a file is none, so that a variant of an experiment can take it away.
pub(super) fn cassette(
    section: &Section<'_>,
    enabled: bool,
    surroundings: &Surroundings<'_>,
) -> Option<CassetteSettings> {
    if !enabled {
        warn_of_no_effect(section, &["mode"]);
    }
    let modes = [
        CassetteMode::Replay,
        CassetteMode::Record,
        CassetteMode::Auto,
    ];
    let mode = section.one_of("mode", &modes.map(|mode| (mode.name(), mode)));
    let file = surroundings.path(section, "file");
    if let (true, Some(node), None) = (enabled, section.node("mode"), section.node("file")) {
        let key = section.path_of("file");
        let hint = format!("name it: `{key}`, relative to the project");
        return section.invalid("mode", node, "there is no file to play or record", &hint);
    }
    Some(CassetteSettings {
        file: file?,
        mode: mode.unwrap_or_default(),
    })
}

fn warn_of_silent_cassette(section: &Section<'_>) {
    let place = section
        .node("cassette")
        .and_then(|node| node.origin.place());
    let message =
        "`multi_turn.supervisor.cassette` has no effect: with `provider: mock` no model is asked";
    let hint = "remove it, or name the provider whose answers it holds";
    let warning = Warning::new(message, place).with_hint(hint);
    section.problems().warning(warning);
}

/// The address that stands in the section, or that a flag or variable of ours gives.
pub(super) fn own_url(section: &Section<'_>) -> Option<(String, ValueSource)> {
    let url = base_url(section)?;
    Some((url, (&section.node("base_url")?.origin).into()))
}

fn base_url(section: &Section<'_>) -> Option<String> {
    let url = section.name("base_url")?;
    let node: &Node = section.node("base_url")?;
    if ["http://", "https://"]
        .iter()
        .any(|scheme| url.starts_with(scheme))
    {
        return Some(url);
    }
    section.wrong(
        "base_url",
        node,
        "an address that begins with http:// or https://",
    )
}

pub(super) fn base_url_variable(provider: ModelProvider) -> &'static str {
    match provider {
        ModelProvider::OpenAi => "OPENAI_BASE_URL",
        ModelProvider::Anthropic => "ANTHROPIC_BASE_URL",
    }
}

/// The key that stands in the section, or that a flag or variable of ours gives.
pub(super) fn own_key(section: &Section<'_>) -> Option<(String, ValueSource)> {
    let key = secret(section, "api_key").filter(|key| !key.is_empty())?;
    Some((key, (&section.node("api_key")?.origin).into()))
}

/// Where a key is looked for.
pub(super) struct Key {
    /// The flag's, the variable's of ours, or the file's: whichever wins.
    pub(super) own: Option<(String, ValueSource)>,
    /// The variable that the configuration names.
    pub(super) variable: Option<String>,
    pub(super) provider: ModelProvider,
}

impl Key {
    pub(super) fn look_up(&self, surroundings: &Surroundings<'_>) -> Option<(String, ValueSource)> {
        let named = || {
            self.variable
                .as_deref()
                .and_then(|name| surroundings.variable(name))
        };
        let own = self.own.clone();
        own.or_else(named)
            .or_else(|| surroundings.variable(self.provider.key_variable()))
    }

    fn missing(&self) -> String {
        format!("the supervisor has no API key for {}", self.provider.name())
    }

    fn looked_for(&self) -> String {
        let named = self
            .variable
            .as_ref()
            .map(|name| format!("{name}, "))
            .unwrap_or_default();
        format!(
            "looked for `--supervisor-api-key`, FLUXLOOP_SUPERVISOR_API_KEY, `multi_turn.supervisor.api_key`, {named}{} \
             (in the environment and in .env); a server of your own needs none: name it by `base_url`. \
             `provider: mock` plays a script without any",
            self.provider.key_variable()
        )
    }
}

fn mock(section: &Section<'_>) -> MockSupervisor {
    let decisions = [
        ("terminate", MockDecision::Terminate),
        ("continue", MockDecision::Continue),
    ];
    let mock = MockSupervisor {
        scripted_questions: section.texts("scripted_questions"),
        decision: section
            .one_of("mock_decision", &decisions)
            .unwrap_or_default(),
        reason: section.text("mock_reason"),
        closing: section.text("mock_closing"),
        next_user_message: section.text("mock_next_user_message"),
    };
    // The rest is for the supervisor's own use.
    section.prefixed("");
    mock
}

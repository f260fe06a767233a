use std::fmt;

use clap::{Args, ValueEnum};

use super::{
    options::{Overrides, Switch},
    value::{fraction, turns},
};

/// Conversations: how far they go, and who leads them.
#[derive(Debug, Args)]
#[command(next_help_heading = "Conversations")]
#[expect(
    clippy::struct_excessive_bools,
    reason = "each is an option of its own"
)]
pub(super) struct ConversationArguments {
    /// Enable multi-turn conversations [default: from config]
    #[arg(long, overrides_with = "no_multi_turn")]
    multi_turn: bool,
    /// Disable multi-turn conversations
    #[arg(long, overrides_with = "multi_turn")]
    no_multi_turn: bool,
    /// Maximum turns per conversation, 1 to 100 [default: from config]
    #[arg(long, value_name = "N", value_parser = turns())]
    max_turns: Option<u32>,
    /// Approve every tool that the agent asks for [default: from config]
    #[arg(long, overrides_with = "manual_approve_tools")]
    auto_approve_tools: bool,
    /// Ask at the terminal before each tool
    #[arg(long, overrides_with = "auto_approve_tools")]
    manual_approve_tools: bool,
    /// Force specific persona ID for multi-turn [default: none]
    #[arg(long, value_name = "PERSONA")]
    persona_override: Option<String>,
    /// Override supervisor provider [default: from config]
    #[arg(long, value_name = "PROVIDER")]
    supervisor_provider: Option<SupervisorProvider>,
    /// Override supervisor model [default: from config]
    #[arg(long, value_name = "MODEL")]
    supervisor_model: Option<String>,
    /// Override supervisor temperature, 0 to 1 [default: from config]
    #[arg(long, value_name = "T", value_parser = fraction)]
    supervisor_temperature: Option<f64>,
    /// API key for supervisor calls [default: from env]
    #[arg(long, value_name = "KEY")]
    supervisor_api_key: Option<ApiKey>,
    /// Address of the supervisor's API [default: the provider's own]
    #[arg(long, value_name = "URL")]
    supervisor_base_url: Option<String>,
    /// What to do with the supervisor's cassette [default: from config]
    #[arg(long, value_name = "MODE")]
    supervisor_cassette: Option<CassetteMode>,
}

/// What is done with a recording of what a model said.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(super) enum CassetteMode {
    /// Play it, without network and key
    Replay,
    /// Ask the model everything, and record it anew
    Record,
    /// Play what is there, ask and add the rest
    Auto,
}

impl CassetteMode {
    /// Its name in the configuration.
    pub(super) fn as_str(self) -> &'static str {
        match self {
            Self::Replay => "replay",
            Self::Record => "record",
            Self::Auto => "auto",
        }
    }
}

/// Who answers the supervisor's calls.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
enum SupervisorProvider {
    #[expect(clippy::doc_markdown, reason = "help shows it as it stands")]
    /// OpenAI, or an API like it
    #[value(name = "openai")]
    OpenAi,
    /// Anthropic
    Anthropic,
    /// Scripted questions, no network
    Mock,
}

impl SupervisorProvider {
    /// Its name in the configuration.
    fn as_str(self) -> &'static str {
        match self {
            Self::OpenAi => "openai",
            Self::Anthropic => "anthropic",
            Self::Mock => "mock",
        }
    }
}

/// A key, kept out of debug output.
#[derive(Clone)]
struct ApiKey(String);

impl From<String> for ApiKey {
    fn from(key: String) -> Self {
        Self(key)
    }
}

impl fmt::Debug for ApiKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("***")
    }
}

impl ConversationArguments {
    pub(super) fn push_to(&self, overrides: &mut Overrides) {
        overrides.push_switch(
            "multi_turn.enabled",
            &[
                Switch {
                    flag: "--multi-turn",
                    given: self.multi_turn,
                    value: true,
                },
                Switch {
                    flag: "--no-multi-turn",
                    given: self.no_multi_turn,
                    value: false,
                },
            ],
        );
        overrides.push("multi_turn.max_turns", "--max-turns", self.max_turns);
        overrides.push_switch(
            "multi_turn.auto_approve_tools",
            &[
                Switch {
                    flag: "--auto-approve-tools",
                    given: self.auto_approve_tools,
                    value: true,
                },
                Switch {
                    flag: "--manual-approve-tools",
                    given: self.manual_approve_tools,
                    value: false,
                },
            ],
        );
        overrides.push(
            "multi_turn.persona_override",
            "--persona-override",
            self.persona_override.as_deref(),
        );
        self.push_supervisor_to(overrides);
    }

    fn push_supervisor_to(&self, overrides: &mut Overrides) {
        overrides.push(
            "multi_turn.supervisor.provider",
            "--supervisor-provider",
            self.supervisor_provider.map(SupervisorProvider::as_str),
        );
        overrides.push(
            "multi_turn.supervisor.model",
            "--supervisor-model",
            self.supervisor_model.as_deref(),
        );
        overrides.push(
            "multi_turn.supervisor.temperature",
            "--supervisor-temperature",
            self.supervisor_temperature,
        );
        overrides.push(
            "multi_turn.supervisor.api_key",
            "--supervisor-api-key",
            self.supervisor_api_key.as_ref().map(|key| key.0.as_str()),
        );
        overrides.push(
            "multi_turn.supervisor.base_url",
            "--supervisor-base-url",
            self.supervisor_base_url.as_deref(),
        );
        overrides.push(
            "multi_turn.supervisor.cassette.mode",
            "--supervisor-cassette",
            self.supervisor_cassette.map(CassetteMode::as_str),
        );
    }
}

use clap::{Args, Subcommand};

use super::{
    Override, ProjectArguments, options::Overrides, output::JsonArguments,
    settings::SettingArguments,
};

const EXAMPLES: &str = "\
Examples:
  cargo fluxloop config set multi_turn.max_turns 12
  cargo fluxloop config set tags '[nightly, offline]'
  cargo fluxloop config set personas.0.description 'Reads every word'";

/// `cargo fluxloop config`.
#[derive(Debug, Args)]
pub(crate) struct ConfigArguments {
    /// What is done with it.
    #[command(subcommand)]
    pub(crate) subject: ConfigSubject,
}

/// What is done with the configuration.
#[derive(Debug, Subcommand)]
pub(crate) enum ConfigSubject {
    /// Check configuration and inputs, and say everything that is wrong or odd
    Validate(ValidateArguments),
    /// Show every value after files, environment and options, and where it was set
    Show(Box<ShowConfigArguments>),
    /// Set a key in the file where it stands or belongs, comments and order kept
    Set(SetArguments),
}

/// `cargo fluxloop config set`.
#[derive(Debug, Args)]
#[command(after_help = EXAMPLES)]
pub(crate) struct SetArguments {
    /// Dotted key; a whole number steps into a list
    #[arg(value_name = "KEY")]
    pub(crate) key: String,
    /// As YAML; `null` unsets
    #[arg(value_name = "VALUE", allow_hyphen_values = true)]
    pub(crate) value: String,
    /// Which project.
    #[command(flatten)]
    pub(crate) project: ProjectArguments,
}

/// `cargo fluxloop config validate`.
#[derive(Debug, Args)]
pub(crate) struct ValidateArguments {
    /// Which project.
    #[command(flatten)]
    pub(crate) project: ProjectArguments,
    /// For whom.
    #[command(flatten)]
    pub(crate) output: JsonArguments,
}

/// `cargo fluxloop config show`, with the options that a run would be given.
#[derive(Debug, Args)]
pub(crate) struct ShowConfigArguments {
    /// Which project.
    #[command(flatten)]
    pub(crate) project: ProjectArguments,
    #[command(flatten)]
    settings: SettingArguments,
    /// For whom.
    #[command(flatten)]
    pub(crate) output: JsonArguments,
}

impl ShowConfigArguments {
    /// What the command line says of configuration keys.
    pub(crate) fn overrides(&self) -> Vec<Override> {
        let mut overrides = Overrides::default();
        self.settings.push_to(&mut overrides);
        overrides.into_vec()
    }
}

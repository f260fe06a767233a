use fluxloop::config::{
    CassetteMode, CassetteSettings, LoadRequest, ModelSettings, ValueSource, shown_address,
};

use super::project::shown;

/// A model, and whether there is a key for it. The key itself is never told.
pub(super) struct Model<'a> {
    /// Whose it is, which, where, and its cassette.
    described: String,
    key: Key<'a>,
    provider_key: &'static str,
}

enum Key<'a> {
    From(&'a ValueSource),
    /// Nothing is asked, or a server of the user's own.
    NotNeeded,
    /// Some answers may be in a cassette.
    Missing {
        is_recorded: bool,
    },
}

impl<'a> Model<'a> {
    pub(super) fn of(model: &'a ModelSettings, request: &LoadRequest) -> Self {
        let provider = model.provider;
        let own_address = provider.default_base_url();
        let address = model.base_url.as_deref().unwrap_or(own_address);
        let cassette = model.cassette.as_ref();
        let replays = cassette.is_some_and(|cassette| cassette.mode == CassetteMode::Replay);
        let key = match &model.api_key_source {
            Some(source) => Key::From(source),
            None if replays || address != own_address => Key::NotNeeded,
            None => Key::Missing {
                is_recorded: cassette.is_some(),
            },
        };
        let cassette = cassette.map(|cassette| format!(", {}", of_cassette(cassette, request)));
        let described = format!(
            "{}, model {}, {}{}",
            provider.name(),
            model.model,
            shown_address(address),
            cassette.unwrap_or_default()
        );
        Self {
            described,
            key,
            provider_key: provider.key_variable(),
        }
    }

    pub(super) fn message(&self) -> String {
        let described = &self.described;
        match self.key {
            Key::From(source) => format!("{described}, key from {source}"),
            Key::NotNeeded => format!("{described}, no key, and none is needed"),
            Key::Missing { .. } => format!("{described}, no key"),
        }
    }

    pub(super) fn lacks_key(&self) -> bool {
        matches!(self.key, Key::Missing { .. })
    }

    /// Whether a key is lacking, and nothing can be said without one.
    pub(super) fn is_mute(&self) -> bool {
        matches!(self.key, Key::Missing { is_recorded: false })
    }

    /// What gives it a key, or what does without.
    pub(super) fn fix(&self, instead: &str) -> String {
        format!(
            "set {} in the environment or in .env, or {instead}",
            self.provider_key
        )
    }
}

fn of_cassette(cassette: &CassetteSettings, request: &LoadRequest) -> String {
    let is_there = if cassette.file.is_file() {
        ""
    } else {
        ", not there yet"
    };
    format!(
        "cassette {} ({}{is_there})",
        shown(&cassette.file, request),
        cassette.mode.name()
    )
}

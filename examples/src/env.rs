//! The environment variables that this crate reads, all of them.

use std::env::VarError;

use crate::llm::{Provider, SettingsError};

/// Where the client of `OPENAI_BASE_URL` looks when nothing is said.
const OPENAI: &str = "https://api.openai.com/v1";

/// The provider that `OPENAI_BASE_URL`, `OPENAI_API_KEY` and `OPENAI_MODEL` describe.
pub(crate) fn provider() -> Result<Provider, SettingsError> {
    provider_from(|name| {
        #[expect(clippy::disallowed_methods, reason = "this is the one module that may")]
        std::env::var(name)
    })
}

/// The same from any source of variables. An empty one counts as unset.
fn provider_from(
    read: impl Fn(&'static str) -> Result<String, VarError>,
) -> Result<Provider, SettingsError> {
    let get = |name| match read(name) {
        Ok(value) => Ok((!value.trim().is_empty()).then_some(value)),
        Err(VarError::NotPresent) => Ok(None),
        Err(VarError::NotUnicode(_)) => Err(SettingsError::NotText { name }),
    };
    let model = get("OPENAI_MODEL")?.ok_or(SettingsError::NoModel)?;
    let api_key = get("OPENAI_API_KEY")?;
    match (get("OPENAI_BASE_URL")?, api_key) {
        (Some(address), api_key) => Ok(Provider::new(address, api_key, model)),
        (None, None) => Err(SettingsError::NoKey),
        (None, api_key) => Ok(Provider::new(OPENAI, api_key, model)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(variables: &[(&str, &str)]) -> Result<Provider, SettingsError> {
        provider_from(|name| {
            variables
                .iter()
                .find(|(known, _)| *known == name)
                .map(|(_, value)| (*value).to_owned())
                .ok_or(VarError::NotPresent)
        })
    }

    #[test]
    fn the_official_address_needs_a_key() {
        let model = ("OPENAI_MODEL", "m");
        assert_eq!(read(&[model]), Err(SettingsError::NoKey));
        assert_eq!(
            read(&[model, ("OPENAI_API_KEY", " ")]),
            Err(SettingsError::NoKey)
        );
        assert_eq!(
            read(&[model, ("OPENAI_API_KEY", "k")]),
            Ok(Provider::new(OPENAI, Some("k".to_owned()), "m"))
        );
    }

    #[test]
    fn another_address_needs_none() {
        assert_eq!(
            read(&[
                ("OPENAI_MODEL", "m"),
                ("OPENAI_BASE_URL", "http://localhost:8080/v1")
            ]),
            Ok(Provider::new("http://localhost:8080/v1", None, "m"))
        );
    }

    #[test]
    fn a_model_must_be_named() {
        assert_eq!(
            read(&[("OPENAI_API_KEY", "k")]),
            Err(SettingsError::NoModel)
        );
    }
}

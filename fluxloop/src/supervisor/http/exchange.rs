use std::time::Duration;

use reqwest::{
    Client, Url,
    header::{ACCEPT, CONTENT_TYPE, HeaderMap, HeaderName, HeaderValue},
};
use secrecy::ExposeSecret as _;
use serde_json::Value;

use super::{HttpSettings, Provider, SettingsError};
use crate::http;

/// The longest body that is read, in bytes: a decision is a thousandth of it.
const LONGEST_BODY: usize = 1024 * 1024;

/// One server, and how it is asked.
#[derive(Debug)]
pub(super) struct Exchange {
    client: Client,
    endpoint: Url,
}

/// What a server said, whatever it was.
#[derive(Debug)]
pub(super) struct Response {
    pub(super) status: u16,
    /// The words for the status.
    pub(super) reason: &'static str,
    pub(super) retry_after: Option<Duration>,
    pub(super) body: Vec<u8>,
}

/// No response, or half of one.
#[derive(Debug, thiserror::Error)]
pub(super) enum Broken {
    /// May pass: no connection, a reset, a time-out, a body that was cut off.
    #[error("{0}")]
    Interrupted(String),
    #[error("the answer is longer than {LONGEST_BODY} bytes")]
    TooLong,
}

impl Exchange {
    pub(super) fn new(settings: &HttpSettings) -> Result<Self, SettingsError> {
        let endpoint = endpoint(settings)?;
        let client = http::client(&endpoint)
            .map_err(|error| SettingsError::Client(error.to_string()))?
            .default_headers(headers(settings)?)
            .timeout(settings.timeout)
            .build()
            .map_err(|error| SettingsError::Client(http::described(error)))?;
        Ok(Self { client, endpoint })
    }

    /// Where requests go. Without the query, in which some addresses hold a key.
    pub(super) fn endpoint(&self) -> String {
        let mut shown = self.endpoint.clone();
        shown.set_query(None);
        shown.to_string()
    }

    /// Sends one request and reads the answer, as far as it may be long.
    pub(super) async fn send(&self, body: &Value) -> Result<Response, Broken> {
        let interrupted = |error| Broken::Interrupted(http::described(error));
        let request = self
            .client
            .post(self.endpoint.clone())
            .body(body.to_string());
        let mut response = request.send().await.map_err(interrupted)?;
        let mut answer = Response {
            status: response.status().as_u16(),
            reason: response.status().canonical_reason().unwrap_or(""),
            retry_after: http::retry_after(&response),
            body: Vec::new(),
        };
        let announced = response.content_length().unwrap_or(0);
        if usize::try_from(announced).map_or(true, |length| length > LONGEST_BODY) {
            return Err(Broken::TooLong);
        }
        while let Some(chunk) = response.chunk().await.map_err(interrupted)? {
            if answer.body.len() + chunk.len() > LONGEST_BODY {
                return Err(Broken::TooLong);
            }
            answer.body.extend_from_slice(&chunk);
        }
        Ok(answer)
    }
}

fn endpoint(settings: &HttpSettings) -> Result<Url, SettingsError> {
    let provider = settings.provider;
    let wrong = |problem: String| SettingsError::BaseUrl {
        found: settings.base_url.clone(),
        problem,
        example: provider.default_base_url(),
    };
    let mut url = match Url::parse(settings.base_url.trim()) {
        Ok(url) if !url.username().is_empty() || url.password().is_some() => {
            return Err(SettingsError::Credentials);
        }
        Ok(url) => url,
        Err(error) => return Err(wrong(error.to_string())),
    };
    if !matches!(url.scheme(), "http" | "https") {
        return Err(wrong("it is neither http nor https".to_owned()));
    }
    // Clients differ in whether Anthropic's address has the version; twice is never right.
    let versioned =
        provider == Provider::Anthropic && url.path().trim_end_matches('/').ends_with("/v1");
    let skipped = usize::from(versioned);
    if let Ok(mut path) = url.path_segments_mut() {
        path.pop_if_empty().extend(&provider.path()[skipped..]);
    }
    Ok(url)
}

fn headers(settings: &HttpSettings) -> Result<HeaderMap, SettingsError> {
    let json = HeaderValue::from_static("application/json");
    let mut headers = HeaderMap::from_iter([(CONTENT_TYPE, json.clone()), (ACCEPT, json)]);
    for (name, value) in settings.provider.headers() {
        headers.insert(
            HeaderName::from_static(name),
            HeaderValue::from_static(value),
        );
    }
    if let Some(key) = &settings.api_key {
        let (name, prefix) = settings.provider.key_header();
        let mut value = HeaderValue::try_from(format!("{prefix}{}", key.expose_secret()))
            .map_err(|_| SettingsError::Key)?;
        value.set_sensitive(true);
        headers.insert(HeaderName::from_static(name), value);
    }
    Ok(headers)
}

#[cfg(test)]
mod tests {
    use secrecy::SecretString;

    use super::*;

    fn endpoint_of(provider: Provider, base_url: &str) -> String {
        let mut settings = HttpSettings::new(provider, "model");
        base_url.clone_into(&mut settings.base_url);
        match endpoint(&settings) {
            Ok(url) => url.to_string(),
            Err(error) => error.to_string(),
        }
    }

    #[test]
    fn the_path_follows_the_base_url() {
        use Provider::{Anthropic, OpenAi};
        for (provider, base_url, expected) in [
            (
                OpenAi,
                "https://api.openai.com/v1",
                "https://api.openai.com/v1/chat/completions",
            ),
            (
                OpenAi,
                "http://localhost:11434/v1/",
                "http://localhost:11434/v1/chat/completions",
            ),
            (
                OpenAi,
                "http://[::1]:8000",
                "http://[::1]:8000/chat/completions",
            ),
            (
                OpenAi,
                "https://host/v1?version=2",
                "https://host/v1/chat/completions?version=2",
            ),
            (
                Anthropic,
                "https://api.anthropic.com",
                "https://api.anthropic.com/v1/messages",
            ),
            (
                Anthropic,
                "https://api.anthropic.com/v1/",
                "https://api.anthropic.com/v1/messages",
            ),
            (
                Anthropic,
                "https://proxy/anthropic/",
                "https://proxy/anthropic/v1/messages",
            ),
        ] {
            assert_eq!(endpoint_of(provider, base_url), expected);
        }
    }

    #[test]
    fn what_is_no_address_is_said() {
        insta::assert_snapshot!(
            endpoint_of(Provider::OpenAi, "localhost"),
            @"expected an address such as `https://api.openai.com/v1` as the supervisor's base URL, found `localhost`: relative URL without a base"
        );
        insta::assert_snapshot!(
            endpoint_of(Provider::Anthropic, "ftp://host"),
            @"expected an address such as `https://api.anthropic.com` as the supervisor's base URL, found `ftp://host`: it is neither http nor https"
        );
        insta::assert_snapshot!(
            endpoint_of(Provider::OpenAi, "https://me:secret@host/v1"),
            @"expected a base URL of the supervisor without user name and password: a key belongs into `api_key`"
        );
    }

    #[test]
    fn a_key_that_no_header_can_hold_is_refused_and_not_shown() {
        let mut settings = HttpSettings::new(Provider::OpenAi, "model");
        settings.api_key = Some(SecretString::from("sk-first\nsk-second"));
        let error = Exchange::new(&settings).unwrap_err();
        assert_eq!(error, SettingsError::Key);
        assert!(!error.to_string().contains("sk-"));
    }
}

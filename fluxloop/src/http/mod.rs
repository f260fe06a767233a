//! The HTTP client, as supervisors and collectors are reached with it.

mod retry_after;

use std::{error::Error, fmt::Write as _, sync::Arc, time::Duration};

use jiff::Timestamp;
use reqwest::{Client, ClientBuilder, Response, Url, header, redirect};
use rustls::{ClientConfig, RootCertStore, crypto::ring};
use rustls_platform_verifier::BuilderVerifierExt as _;

/// A client for one server.
pub(crate) fn client(endpoint: &Url) -> Result<ClientBuilder, rustls::Error> {
    let mut builder = Client::builder()
        .tls_backend_preconfigured(tls(endpoint)?)
        .user_agent(concat!("fluxloop/", env!("CARGO_PKG_VERSION")))
        // A key is for the server that it was given for.
        .redirect(redirect::Policy::none());
    if is_local(endpoint) {
        builder = builder.no_proxy();
    }
    Ok(builder)
}

/// How long the server wants not to be asked again, where it says so.
pub(crate) fn retry_after(response: &Response) -> Option<Duration> {
    let value = response.headers().get(header::RETRY_AFTER)?;
    retry_after::parse(value.to_str().ok()?, Timestamp::now())
}

/// The whole chain: what went wrong stands at its end. Without the address, in which some hold a key.
pub(crate) fn described(error: reqwest::Error) -> String {
    let error = error.without_url();
    let mut text = error.to_string();
    let mut source = error.source();
    while let Some(cause) = source {
        let _ = write!(text, ": {cause}");
        source = cause.source();
    }
    text
}

/// A provider of cryptography for this client alone: which one the process uses is for others to say.
fn tls(endpoint: &Url) -> Result<ClientConfig, rustls::Error> {
    let builder = ClientConfig::builder_with_provider(Arc::new(ring::default_provider()))
        .with_safe_default_protocol_versions()?;
    let config = match builder.clone().with_platform_verifier() {
        Ok(config) => config,
        // A machine without any certificates still reaches a server on it.
        Err(_) if endpoint.scheme() == "http" => {
            builder.with_root_certificates(RootCertStore::empty())
        }
        Err(error) => return Err(error),
    };
    Ok(config.with_no_client_auth())
}

/// No proxy leads to this machine.
fn is_local(endpoint: &Url) -> bool {
    let host = endpoint.host_str().unwrap_or("").trim_matches(['[', ']']);
    host == "localhost"
        || host
            .parse()
            .is_ok_and(|address: std::net::IpAddr| address.is_loopback())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_proxy_is_asked_for_this_machine() {
        for (url, local) in [
            ("http://localhost:1/", true),
            ("http://127.0.0.1:1/", true),
            ("http://[::1]:1/", true),
            ("http://192.168.0.1/", false),
            ("https://api.openai.com/", false),
        ] {
            assert_eq!(is_local(&Url::parse(url).unwrap()), local, "{url}");
        }
    }
}

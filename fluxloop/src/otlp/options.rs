use std::{collections::BTreeMap, fmt, time::Duration};

use reqwest::{
    Url,
    header::{HeaderMap, HeaderName, HeaderValue},
};

use super::pairs::pairs;
use crate::secret::{Secrets, header_values};

const ENDPOINT: &str = "OTEL_EXPORTER_OTLP_ENDPOINT";
const TRACES_ENDPOINT: &str = "OTEL_EXPORTER_OTLP_TRACES_ENDPOINT";
/// What is not built in, and what happens instead.
const WITHOUT: [(&str, &str); 4] = [
    ("COMPRESSION", "requests are not compressed"),
    (
        "CERTIFICATE",
        "the certificates that the system trusts are used",
    ),
    ("CLIENT_CERTIFICATE", "no client certificate is sent"),
    ("CLIENT_KEY", "no client certificate is sent"),
];

/// Where and how traces are sent: what OpenTelemetry's variables say.
///
/// | variable | |
/// |---|---|
/// | `OTEL_EXPORTER_OTLP_ENDPOINT` | the collector; `/v1/traces` is added |
/// | `OTEL_EXPORTER_OTLP_TRACES_ENDPOINT` | the whole address, in its place |
/// | `OTEL_EXPORTER_OTLP_HEADERS` | `name=value,…`, percent-encoded; shown nowhere |
/// | `OTEL_EXPORTER_OTLP_PROTOCOL` | `http/protobuf` (unless given) or `http/json` |
/// | `OTEL_EXPORTER_OTLP_TIMEOUT` | of a request and its retries, in milliseconds; 10000 |
/// | `OTEL_BSP_MAX_QUEUE_SIZE` | spans that may wait; 2048 |
/// | `OTEL_BSP_MAX_EXPORT_BATCH_SIZE` | the most spans a request; 512 |
/// | `OTEL_BSP_SCHEDULE_DELAY` | how long a span waits for others, in milliseconds; 5000 |
/// | `OTEL_BSP_EXPORT_TIMEOUT` | the longest that the end of an experiment waits, in milliseconds; 30000 |
/// | `OTEL_SPAN_EVENT_COUNT_LIMIT` | the most events a span; 128 |
/// | `OTEL_SERVICE_NAME` | `fluxloop` |
/// | `OTEL_RESOURCE_ATTRIBUTES` | `name=value,…` |
/// | `OTEL_TRACES_EXPORTER` | `otlp` (unless given) or `none` |
/// | `OTEL_SDK_DISABLED` | `true`: nothing is exported |
/// | `OTEL_INSTRUMENTATION_GENAI_CAPTURE_MESSAGE_CONTENT` | `true`: inputs, outputs and prompts are sent, too |
///
/// `OTEL_EXPORTER_OTLP_TRACES_…` comes before `OTEL_EXPORTER_OTLP_…`. An empty variable counts as unset.
#[derive(Clone)]
pub struct ExportOptions {
    pub(super) endpoint: Url,
    pub(super) headers: HeaderMap,
    pub(super) protocol: Protocol,
    pub(super) timeout: Duration,
    pub(super) queue: usize,
    pub(super) batch: usize,
    pub(super) delay: Duration,
    pub(super) export_timeout: Duration,
    pub(super) events: usize,
    pub(super) resource: BTreeMap<String, String>,
    pub(super) content: bool,
    /// The pause before the first retry.
    pub(super) retry_pause: Duration,
    /// The values of the headers.
    pub(super) secrets: Secrets,
    warnings: Vec<String>,
}

/// How messages are written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Protocol {
    Protobuf,
    Json,
}

/// Variables that no export can be set up with. No value of a header is in the message.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum ExportOptionsError {
    /// An address that is none.
    #[error("expected an address such as `http://localhost:4318` in `{variable}`: {problem}")]
    Endpoint {
        /// Where it stands.
        variable: String,
        /// What is wrong with it.
        problem: String,
    },
    /// A protocol that is not built in.
    #[error("expected `http/protobuf` or `http/json` in `{variable}`, found `{found}`")]
    Protocol {
        /// Where it stands.
        variable: String,
        /// What stands there.
        found: String,
    },
    /// A header that is none.
    #[error(
        "expected `name=value` pairs of headers in `{variable}`, found none at position {position}"
    )]
    Header {
        /// Where it stands.
        variable: String,
        /// Which of the pairs, from 1.
        position: usize,
    },
    /// An exporter that is not built in.
    #[error("expected `otlp` or `none` in `OTEL_TRACES_EXPORTER`, found `{0}`")]
    Exporter(String),
}

impl ExportOptionsError {
    /// What to do about it.
    #[must_use]
    pub fn hint(&self) -> &'static str {
        match self {
            Self::Endpoint { .. } => "collectors take OTLP over HTTP at port 4318",
            Self::Protocol { .. } => {
                "set `OTEL_EXPORTER_OTLP_TRACES_PROTOCOL=http/protobuf`, and the endpoint to the collector's port \
                 for HTTP, 4318"
            }
            Self::Header { .. } => "write `,`, `=` and spaces of a value as `%2C`, `%3D` and `%20`",
            Self::Exporter(_) => "set `OTEL_TRACES_EXPORTER=otlp`, or leave it out",
        }
    }
}

impl ExportOptions {
    /// Reads the variables; `variable` gives the value of one. `None`: nothing is to be exported.
    ///
    /// # Errors
    ///
    /// When the address, the protocol, a header or the exporter is none that can be used. What else cannot be used is
    /// a warning: see [`warnings`](Self::warnings).
    ///
    /// # Examples
    ///
    /// ```
    /// use fluxloop::otlp::ExportOptions;
    ///
    /// let variable = |name: &str| (name == "OTEL_EXPORTER_OTLP_ENDPOINT").then(|| "http://localhost:4318".to_owned());
    /// let options = ExportOptions::from_variables(variable)?.expect("an endpoint is set");
    /// assert_eq!(options.endpoint(), "http://localhost:4318/v1/traces");
    /// # Ok::<(), fluxloop::otlp::ExportOptionsError>(())
    /// ```
    pub fn from_variables(
        variable: impl Fn(&str) -> Option<String>,
    ) -> Result<Option<Self>, ExportOptionsError> {
        let variables = Variables {
            get: &|name| variable(name).filter(|value| !value.trim().is_empty()),
            warnings: Vec::new(),
        };
        variables.options()
    }

    /// Where traces go. Without credentials and query, in which some addresses hold a key.
    #[must_use]
    pub fn endpoint(&self) -> String {
        let mut shown = self.endpoint.clone();
        shown.set_query(None);
        // Addresses of HTTP can have both, so both can be taken away.
        let _ = shown.set_username("");
        let _ = shown.set_password(None);
        shown.to_string()
    }

    /// What could not be used and is left out, in words.
    #[must_use]
    pub fn warnings(&self) -> &[String] {
        &self.warnings
    }
}

impl fmt::Debug for ExportOptions {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ExportOptions")
            .field("endpoint", &self.endpoint())
            .field("protocol", &self.protocol)
            .finish_non_exhaustive()
    }
}

/// The variables on their way to options.
struct Variables<'a> {
    get: &'a dyn Fn(&str) -> Option<String>,
    warnings: Vec<String>,
}

impl Variables<'_> {
    fn options(mut self) -> Result<Option<ExportOptions>, ExportOptionsError> {
        let Some(endpoint) = self.endpoint() else {
            return Ok(None);
        };
        if self.is_off()? {
            return Ok(None);
        }
        self.warn_of_what_is_missing();
        let queue = self.count("OTEL_BSP_MAX_QUEUE_SIZE", 2048);
        let (headers, secrets) = self.headers()?;
        Ok(Some(ExportOptions {
            endpoint: endpoint?,
            headers,
            protocol: self.protocol()?,
            timeout: self.timeout(),
            queue,
            batch: self.count("OTEL_BSP_MAX_EXPORT_BATCH_SIZE", 512).min(queue),
            delay: self.milliseconds("OTEL_BSP_SCHEDULE_DELAY", 5_000),
            export_timeout: self.milliseconds("OTEL_BSP_EXPORT_TIMEOUT", 30_000),
            events: self.number("OTEL_SPAN_EVENT_COUNT_LIMIT", 128),
            resource: self.resource(),
            content: self.content(),
            retry_pause: Duration::from_millis(250),
            secrets,
            warnings: self.warnings,
        }))
    }

    fn endpoint(&self) -> Option<Result<Url, ExportOptionsError>> {
        let own = (self.get)(TRACES_ENDPOINT).map(|value| (TRACES_ENDPOINT, value));
        let (variable, value) = own.or_else(|| Some((ENDPOINT, (self.get)(ENDPOINT)?)))?;
        Some(address(variable, &value))
    }

    /// Whether nothing is to be exported, though there is somewhere to send it.
    fn is_off(&mut self) -> Result<bool, ExportOptionsError> {
        if self.switch("OTEL_SDK_DISABLED") {
            return Ok(true);
        }
        let Some(exporters) = (self.get)("OTEL_TRACES_EXPORTER") else {
            return Ok(false);
        };
        let mut names = exporters.split(',').map(str::trim);
        if names.clone().any(|name| name == "otlp") {
            return Ok(false);
        }
        if names.all(|name| name == "none") {
            return Ok(true);
        }
        Err(ExportOptionsError::Exporter(exporters))
    }

    /// A variable of the exporter: that for traces, or that for all that is exported.
    fn of_exporter(&self, name: &str) -> Option<(String, String)> {
        ["OTEL_EXPORTER_OTLP_TRACES_", "OTEL_EXPORTER_OTLP_"]
            .into_iter()
            .map(|prefix| format!("{prefix}{name}"))
            .find_map(|variable| (self.get)(&variable).map(|value| (variable, value)))
    }

    fn protocol(&self) -> Result<Protocol, ExportOptionsError> {
        let Some((variable, found)) = self.of_exporter("PROTOCOL") else {
            return Ok(Protocol::Protobuf);
        };
        match found.trim() {
            "http/protobuf" => Ok(Protocol::Protobuf),
            "http/json" => Ok(Protocol::Json),
            _ => Err(ExportOptionsError::Protocol { variable, found }),
        }
    }

    fn headers(&self) -> Result<(HeaderMap, Secrets), ExportOptionsError> {
        let Some((variable, list)) = self.of_exporter("HEADERS") else {
            return Ok((HeaderMap::new(), Secrets::default()));
        };
        let wrong = |position| ExportOptionsError::Header {
            variable: variable.clone(),
            position,
        };
        let mut headers = HeaderMap::new();
        let read = pairs(&list).map_err(wrong)?;
        for (index, (name, value)) in read.into_iter().enumerate() {
            let header = HeaderName::try_from(name).ok();
            let (name, mut value) = header
                .zip(HeaderValue::try_from(value).ok())
                .ok_or_else(|| wrong(index + 1))?;
            value.set_sensitive(true);
            headers.insert(name, value);
        }
        Ok((headers, Secrets::new(header_values(&list))))
    }

    fn timeout(&mut self) -> Duration {
        let variable = self.of_exporter("TIMEOUT").map(|(variable, _)| variable);
        self.milliseconds(variable.as_deref().unwrap_or_default(), 10_000)
    }

    fn resource(&mut self) -> BTreeMap<String, String> {
        let given = (self.get)("OTEL_RESOURCE_ATTRIBUTES").unwrap_or_default();
        let given = pairs(&given).unwrap_or_else(|position| {
            self.warnings.push(format!(
                "expected `name=value` pairs in `OTEL_RESOURCE_ATTRIBUTES`, found none at position {position}: \
                 none of them is sent"
            ));
            Vec::new()
        });
        let mut resource = BTreeMap::from([("service.name".to_owned(), "fluxloop".to_owned())]);
        resource.extend(given);
        if let Some(name) = (self.get)("OTEL_SERVICE_NAME") {
            resource.insert("service.name".to_owned(), name);
        }
        resource
    }

    fn content(&mut self) -> bool {
        const VARIABLE: &str = "OTEL_INSTRUMENTATION_GENAI_CAPTURE_MESSAGE_CONTENT";
        let value = (self.get)(VARIABLE).unwrap_or_default();
        match value.trim().to_ascii_lowercase().as_str() {
            "true" | "span_only" | "span_and_event" => true,
            "" | "false" | "no_content" | "event_only" => false,
            _ => {
                self.ignore(VARIABLE, "`true` or `false`", &value, "`false`");
                false
            }
        }
    }

    fn warn_of_what_is_missing(&mut self) {
        for (name, instead) in WITHOUT {
            if let Some((variable, value)) = self.of_exporter(name)
                && value.trim() != "none"
            {
                self.warnings
                    .push(format!("`{variable}` is not supported: {instead}"));
            }
        }
    }

    fn switch(&mut self, variable: &str) -> bool {
        let value = (self.get)(variable).unwrap_or_default();
        let (is_true, is_false) = ["true", "false"]
            .map(|word| value.trim().eq_ignore_ascii_case(word))
            .into();
        if !value.is_empty() && !is_true && !is_false {
            self.ignore(variable, "`true` or `false`", &value, "`false`");
        }
        is_true
    }

    fn milliseconds(&mut self, variable: &str, default: u64) -> Duration {
        Duration::from_millis(self.number(variable, default))
    }

    /// A number above 0.
    fn count(&mut self, variable: &str, default: usize) -> usize {
        match self.number(variable, default) {
            0 => {
                self.ignore(variable, "a number above 0", "0", &default.to_string());
                default
            }
            count => count,
        }
    }

    fn number<T: std::str::FromStr + fmt::Display>(&mut self, variable: &str, default: T) -> T {
        let Some(value) = (self.get)(variable) else {
            return default;
        };
        value.trim().parse().unwrap_or_else(|_| {
            self.ignore(variable, "a whole number", &value, &default.to_string());
            default
        })
    }

    fn ignore(&mut self, variable: &str, expected: &str, found: &str, used: &str) {
        self.warnings.push(format!(
            "expected {expected} in `{variable}`, found `{found}`: {used} is used"
        ));
    }
}

/// The whole address, where traces are sent.
fn address(variable: &str, value: &str) -> Result<Url, ExportOptionsError> {
    let wrong = |problem: String| ExportOptionsError::Endpoint {
        variable: variable.to_owned(),
        problem,
    };
    let mut url = Url::parse(value.trim()).map_err(|error| wrong(error.to_string()))?;
    if !matches!(url.scheme(), "http" | "https") {
        return Err(wrong("it is neither http nor https".to_owned()));
    }
    if variable == ENDPOINT
        && let Ok(mut path) = url.path_segments_mut()
    {
        path.pop_if_empty().extend(["v1", "traces"]);
    }
    Ok(url)
}

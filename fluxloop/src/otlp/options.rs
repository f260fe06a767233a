use std::{collections::BTreeMap, fmt, time::Duration};

use reqwest::{Url, header::HeaderMap};

use super::variables::Variables;
use crate::secret::Secrets;

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
    pub(super) warnings: Vec<String>,
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
        Variables::new(&|name| variable(name).filter(|value| !value.trim().is_empty())).options()
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

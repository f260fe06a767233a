use std::{collections::BTreeMap, fmt, time::Duration};

use reqwest::{
    Url,
    header::{HeaderMap, HeaderName, HeaderValue},
};

use super::{ExportOptions, ExportOptionsError, options::Protocol, pairs::pairs};
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

/// The variables on their way to options.
pub(super) struct Variables<'a> {
    get: &'a dyn Fn(&str) -> Option<String>,
    warnings: Vec<String>,
}

impl<'a> Variables<'a> {
    /// `get`: the value of a variable, where it is set.
    pub(super) fn new(get: &'a dyn Fn(&str) -> Option<String>) -> Self {
        Self {
            get,
            warnings: Vec::new(),
        }
    }

    pub(super) fn options(mut self) -> Result<Option<ExportOptions>, ExportOptionsError> {
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

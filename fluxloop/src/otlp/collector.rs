use std::{sync::Arc, time::Duration};

use backon::{BackoffBuilder as _, ExponentialBuilder};
use opentelemetry_proto::tonic::{
    collector::trace::v1::{ExportTraceServiceRequest, ExportTraceServiceResponse},
    common::v1::InstrumentationScope,
    resource::v1::Resource,
    trace::v1::{ResourceSpans, ScopeSpans, Span},
};
use prost::Message as _;
use reqwest::{Client, Response, StatusCode, header::CONTENT_TYPE};
use tokio::time::{Instant, sleep_until, timeout_at};

use super::{
    ExportOptions, StartExportError, attributes::Attributes, delivery::Delivery, options::Protocol,
};
use crate::http;

/// How often a batch is sent again.
const RETRIES: usize = 3;

/// The longest answer that is read, in bytes: one that says something is a hundredth of it.
const LONGEST_ANSWER: usize = 64 * 1024;

/// Where traces go.
#[derive(Debug)]
pub(super) struct Collector {
    client: Client,
    options: ExportOptions,
    resource: Resource,
    delivery: Arc<Delivery>,
}

/// A batch that was not taken.
struct Refusal {
    reason: String,
    again: Again,
}

/// Whether a batch may be taken when it is sent again.
enum Again {
    Never,
    Soon,
    /// The collector says when.
    After(Duration),
}

impl Collector {
    pub(super) fn new(
        options: ExportOptions,
        delivery: Arc<Delivery>,
    ) -> Result<Self, StartExportError> {
        let client = http::client(&options.endpoint)
            .map_err(|error| StartExportError::Client(error.to_string()))?
            .default_headers(options.headers.clone())
            .build()
            .map_err(|error| StartExportError::Client(http::described(error)))?;
        Ok(Self {
            client,
            resource: resource(&options),
            options,
            delivery,
        })
    }

    /// Sends a batch, more than once if need be, within the time that it may take. Whether it was taken.
    pub(super) async fn export(&self, spans: Vec<Span>) -> bool {
        let sent = u64::try_from(spans.len()).unwrap_or(u64::MAX);
        let body = self.encode(spans);
        let result = self.send(&body).await;
        let taken = result.is_ok();
        let (rejected, trouble) = match result {
            Ok(answer) => partial_success(answer),
            Err(reason) => (sent, Some(reason)),
        };
        self.delivery.delivered(sent.saturating_sub(rejected));
        if let (1.., trouble) = (rejected, trouble) {
            let trouble = trouble.unwrap_or_else(|| "the collector rejected them".to_owned());
            self.delivery
                .lost(self.options.secrets.redact(&trouble).into_owned());
        }
        taken
    }

    async fn send(&self, body: &[u8]) -> Result<ExportTraceServiceResponse, String> {
        let deadline = Instant::now() + self.options.timeout;
        let mut pauses = ExponentialBuilder::new()
            .with_min_delay(self.options.retry_pause)
            .with_factor(2.0)
            .with_jitter()
            .with_max_times(RETRIES)
            .build();
        loop {
            let refusal = match timeout_at(deadline, self.attempt(body)).await {
                Ok(Ok(answer)) => return Ok(answer),
                Ok(Err(refusal)) => refusal,
                Err(_) => {
                    let limit = self.options.timeout;
                    return Err(format!("the collector gave no answer within {limit:?}"));
                }
            };
            let pause = match (refusal.again, pauses.next()) {
                (Again::Never, _) | (_, None) => return Err(refusal.reason),
                (Again::After(asked), _) => asked,
                (Again::Soon, Some(pause)) => pause,
            };
            let next = Instant::now() + pause;
            if next >= deadline {
                return Err(refusal.reason);
            }
            sleep_until(next).await;
        }
    }

    async fn attempt(&self, body: &[u8]) -> Result<ExportTraceServiceResponse, Refusal> {
        let interrupted = |error| Refusal {
            reason: http::described(error),
            again: Again::Soon,
        };
        let kind = match self.options.protocol {
            Protocol::Protobuf => "application/x-protobuf",
            Protocol::Json => "application/json",
        };
        let request = self
            .client
            .post(self.options.endpoint.clone())
            .header(CONTENT_TYPE, kind)
            .body(body.to_vec());
        let response = request.send().await.map_err(interrupted)?;
        let status = response.status();
        if !status.is_success() {
            return Err(Refusal {
                // The body stays unread: some servers say in it what was sent to them, keys as well.
                reason: format!("the collector answered {status}"),
                again: again(status, &response),
            });
        }
        let body = body_of(response).await.map_err(interrupted)?;
        Ok(self.decode(&body))
    }

    fn encode(&self, spans: Vec<Span>) -> Vec<u8> {
        let request = ExportTraceServiceRequest {
            resource_spans: vec![ResourceSpans {
                resource: Some(self.resource.clone()),
                scope_spans: vec![ScopeSpans {
                    scope: Some(InstrumentationScope {
                        name: "fluxloop".to_owned(),
                        version: env!("CARGO_PKG_VERSION").to_owned(),
                        ..InstrumentationScope::default()
                    }),
                    spans,
                    ..ScopeSpans::default()
                }],
                ..ResourceSpans::default()
            }],
        };
        match self.options.protocol {
            Protocol::Protobuf => request.encode_to_vec(),
            Protocol::Json => {
                serde_json::to_vec(&request).expect("keys are text and numbers are finite")
            }
        }
    }

    /// The batch was taken: an answer that says nothing of it is fine.
    fn decode(&self, body: &[u8]) -> ExportTraceServiceResponse {
        match self.options.protocol {
            Protocol::Protobuf => ExportTraceServiceResponse::decode(body).unwrap_or_default(),
            Protocol::Json => serde_json::from_slice(body).unwrap_or_default(),
        }
    }
}

/// As OTLP has it.
fn again(status: StatusCode, response: &Response) -> Again {
    match status.as_u16() {
        429 | 502 | 503 | 504 => http::retry_after(response).map_or(Again::Soon, Again::After),
        _ => Again::Never,
    }
}

/// The answer's body as far as it is read: what is longer says nothing that is needed.
async fn body_of(mut response: Response) -> reqwest::Result<Vec<u8>> {
    let mut body = Vec::new();
    while let Some(chunk) = response.chunk().await? {
        if body.len() + chunk.len() > LONGEST_ANSWER {
            return Ok(Vec::new());
        }
        body.extend_from_slice(&chunk);
    }
    Ok(body)
}

/// How many spans of a batch that was taken were not, and why.
fn partial_success(answer: ExportTraceServiceResponse) -> (u64, Option<String>) {
    let Some(partial) = answer.partial_success else {
        return (0, None);
    };
    let rejected = u64::try_from(partial.rejected_spans).unwrap_or_default();
    let said = Some(partial.error_message).filter(|message| !message.is_empty());
    let reason = said.map(|said| format!("the collector rejected them: {said}"));
    (rejected, reason)
}

/// Who sends.
fn resource(options: &ExportOptions) -> Resource {
    let mut attributes = Attributes::default();
    attributes.set("telemetry.sdk.name", "fluxloop");
    attributes.set("telemetry.sdk.language", "rust");
    attributes.set("telemetry.sdk.version", env!("CARGO_PKG_VERSION"));
    for (name, value) in &options.resource {
        attributes.set(name, value.as_str());
    }
    Resource {
        attributes: attributes.into(),
        ..Resource::default()
    }
}

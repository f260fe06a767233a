use std::{
    collections::VecDeque,
    sync::{Arc, Mutex},
};

use opentelemetry_proto::tonic::{
    collector::trace::v1::ExportTraceServiceRequest,
    common::v1::{AnyValue, KeyValue, any_value},
    trace::v1::{Span, span::Event},
};
use prost::Message as _;
use serde_json::{Map, Value, json};
use tokio::{
    io::{AsyncReadExt as _, AsyncWriteExt as _},
    net::{TcpListener, TcpStream},
    sync::Notify,
};

/// What the collector does with a request.
#[derive(Clone)]
pub(super) enum Answer {
    /// A status line's rest, further header lines, a body.
    Status(&'static str, &'static str, Vec<u8>),
    /// Ends the connection without an answer.
    Drop,
    /// Never answers.
    Hang,
}

impl Answer {
    pub(super) fn ok() -> Self {
        Self::Status("200 OK", "", Vec::new())
    }
}

/// A request, as it arrived.
#[derive(Clone, Debug)]
pub(super) struct Received {
    pub(super) head: String,
    pub(super) body: Vec<u8>,
}

impl Received {
    pub(super) fn header(&self, name: &str) -> Option<&str> {
        let mut lines = self.head.lines().filter_map(|line| line.split_once(": "));
        lines.find_map(|(key, value)| key.eq_ignore_ascii_case(name).then_some(value))
    }

    /// Decoded as its content type says.
    pub(super) fn request(&self) -> ExportTraceServiceRequest {
        match self.header("content-type") {
            Some("application/x-protobuf") => {
                ExportTraceServiceRequest::decode(self.body.as_slice()).unwrap()
            }
            Some("application/json") => serde_json::from_slice(&self.body).unwrap(),
            other => panic!("unknown content type {other:?}"),
        }
    }
}

/// A collector that is there until its runtime ends.
pub(super) struct Server {
    pub(super) address: String,
    received: Arc<Mutex<Vec<Received>>>,
    arrived: Arc<Notify>,
}

impl Server {
    /// Gives these answers in turn, and the last one to all further requests.
    pub(super) async fn answering(answers: impl IntoIterator<Item = Answer>) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let server = Self {
            address: format!("http://{}", listener.local_addr().unwrap()),
            received: Arc::default(),
            arrived: Arc::default(),
        };
        let (received, arrived) = (Arc::clone(&server.received), Arc::clone(&server.arrived));
        let mut answers: VecDeque<Answer> = answers.into_iter().collect();
        tokio::spawn(async move {
            loop {
                let (mut stream, _) = listener.accept().await.unwrap();
                // Who is cut off in the middle of a request has sent none.
                let Some(request) = receive(&mut stream).await else {
                    continue;
                };
                received.lock().unwrap().push(request);
                arrived.notify_one();
                let answer = match answers.len() {
                    1 => answers[0].clone(),
                    _ => answers.pop_front().unwrap(),
                };
                tokio::spawn(give(stream, answer));
            }
        });
        server
    }

    pub(super) fn received(&self) -> Vec<Received> {
        self.received.lock().unwrap().clone()
    }

    /// Waits for a request.
    pub(super) async fn arrival(&self) {
        self.arrived.notified().await;
    }

    /// Every span of every request.
    pub(super) fn spans(&self) -> Vec<Span> {
        self.received()
            .iter()
            .flat_map(|received| received.request().resource_spans)
            .flat_map(|resource| resource.scope_spans)
            .flat_map(|scope| scope.spans)
            .collect()
    }

    /// The span of this name.
    #[track_caller]
    pub(super) fn span(&self, name: &str) -> Span {
        let spans = self.spans();
        let names: Vec<_> = spans.iter().map(|span| span.name.clone()).collect();
        let found = spans.into_iter().find(|span| span.name == name);
        found.unwrap_or_else(|| panic!("no {name:?} among {names:?}"))
    }
}

async fn receive(stream: &mut TcpStream) -> Option<Received> {
    let mut bytes = Vec::new();
    let end = loop {
        if let Some(end) = bytes.windows(4).position(|window| window == b"\r\n\r\n") {
            break end;
        }
        if stream.read_buf(&mut bytes).await.ok()? == 0 {
            return None;
        }
    };
    let mut received = Received {
        head: String::from_utf8(bytes[..end].to_vec()).unwrap(),
        body: bytes[end + 4..].to_vec(),
    };
    let length: usize = received.header("content-length")?.parse().unwrap();
    while received.body.len() < length {
        if stream.read_buf(&mut received.body).await.ok()? == 0 {
            return None;
        }
    }
    Some(received)
}

async fn give(mut stream: TcpStream, answer: Answer) {
    let (status, headers, body) = match answer {
        Answer::Status(status, headers, body) => (status, headers, body),
        Answer::Drop => return,
        Answer::Hang => return std::future::pending().await,
    };
    let length = body.len();
    let head = format!(
        "HTTP/1.1 {status}\r\nconnection: close\r\ncontent-length: {length}\r\n{headers}\r\n"
    );
    // Who has given up does not read the answer.
    let _ = stream.write_all(&[head.as_bytes(), &body].concat()).await;
    let _ = stream.shutdown().await;
}

/// Attributes as JSON: what a test can compare.
pub(super) fn attributes(attributes: &[KeyValue]) -> Value {
    let member = |pair: &KeyValue| {
        (
            pair.key.clone(),
            pair.value.as_ref().map_or(Value::Null, plain),
        )
    };
    Value::Object(attributes.iter().map(member).collect::<Map<_, _>>())
}

/// The events of a span: name and attributes.
pub(super) fn events(events: &[Event]) -> Value {
    let event = |event: &Event| json!([event.name, attributes(&event.attributes)]);
    events.iter().map(event).collect()
}

fn plain(value: &AnyValue) -> Value {
    match &value.value {
        None => Value::Null,
        Some(any_value::Value::StringValue(text)) => json!(text),
        Some(any_value::Value::BoolValue(value)) => json!(value),
        Some(any_value::Value::IntValue(whole)) => json!(whole),
        Some(any_value::Value::DoubleValue(real)) => json!(real),
        Some(any_value::Value::ArrayValue(array)) => array.values.iter().map(plain).collect(),
        Some(any_value::Value::KvlistValue(list)) => attributes(&list.values),
        other => panic!("no JSON has {other:?}"),
    }
}

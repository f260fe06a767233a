//! A collector of OpenTelemetry traces, on this machine.

use std::{
    io::{Read as _, Write as _},
    net::{TcpListener, TcpStream},
    sync::{Arc, Mutex},
    thread,
};

use serde_json::Value;

/// A collector that is there until the test has ended.
#[derive(Debug)]
pub struct Collector {
    address: String,
    /// The head of each request, and what it sent.
    received: Arc<Mutex<Vec<(String, Value)>>>,
}

impl Collector {
    /// One that takes everything; `answers`: whether it says so.
    ///
    /// # Panics
    ///
    /// When there is no port.
    #[must_use]
    pub fn start(answers: bool) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").expect("there are ports");
        let address = listener.local_addr().expect("it is bound");
        let received: Arc<Mutex<Vec<_>>> = Arc::default();
        let requests = Arc::clone(&received);
        thread::spawn(move || {
            let mut waiting = Vec::new();
            for stream in listener.incoming() {
                let mut stream = stream.expect("somebody connects");
                let request = request(&mut stream);
                requests.lock().expect("no holder panics").push(request);
                if answers {
                    let answer =
                        "HTTP/1.1 200 OK\r\nconnection: close\r\ncontent-length: 2\r\n\r\n{}";
                    stream
                        .write_all(answer.as_bytes())
                        .expect("somebody listens");
                } else {
                    waiting.push(stream);
                }
            }
        });
        Self {
            address: format!("http://{address}"),
            received,
        }
    }

    /// What has send traces here, as JSON.
    #[must_use]
    pub fn variables(&self) -> [(&'static str, String); 2] {
        [
            ("OTEL_EXPORTER_OTLP_ENDPOINT", self.address.clone()),
            ("OTEL_EXPORTER_OTLP_PROTOCOL", "http/json".to_owned()),
        ]
    }

    /// The head of each request, in lower case, and what it sent.
    ///
    /// # Panics
    ///
    /// When what came was no request.
    #[must_use]
    pub fn received(&self) -> Vec<(String, Value)> {
        self.received.lock().expect("no holder panics").clone()
    }

    /// Every span of every request.
    #[must_use]
    pub fn spans(&self) -> Vec<Value> {
        let list = |value: &Value, name: &str| value[name].as_array().cloned().unwrap_or_default();
        self.received()
            .iter()
            .flat_map(|(_, sent)| list(sent, "resourceSpans"))
            .flat_map(|resource| list(&resource, "scopeSpans"))
            .flat_map(|scope| list(&scope, "spans"))
            .collect()
    }
}

fn request(stream: &mut TcpStream) -> (String, Value) {
    let mut bytes = Vec::new();
    let mut chunk = [0; 4096];
    loop {
        if let Some(end) = bytes.windows(4).position(|window| window == b"\r\n\r\n") {
            let head = String::from_utf8_lossy(&bytes[..end]).to_lowercase();
            let length = head
                .lines()
                .find_map(|line| line.strip_prefix("content-length: "));
            let length: usize = length.expect("it is announced").parse().expect("a number");
            if bytes.len() >= end + 4 + length {
                let sent = serde_json::from_slice(&bytes[end + 4..]).expect("JSON");
                return (head, sent);
            }
        }
        let read = stream.read(&mut chunk).expect("it goes on");
        assert!(read > 0, "half a request");
        bytes.extend_from_slice(&chunk[..read]);
    }
}

/// An attribute's value, whatever its type.
#[must_use]
pub fn attribute(span: &Value, name: &str) -> Option<Value> {
    let attributes = span["attributes"].as_array()?;
    let found = attributes.iter().find(|pair| pair["key"] == name)?;
    let value = found["value"].as_object()?;
    value.values().next().cloned()
}

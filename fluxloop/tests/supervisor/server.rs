//! A provider that plays a script.

use std::{
    collections::VecDeque,
    sync::{Arc, Mutex},
};

use serde_json::{Value, json};
use tokio::{
    io::{AsyncReadExt as _, AsyncWriteExt as _},
    net::{TcpListener, TcpStream},
};

/// What the server does with a request.
pub(crate) enum Play {
    /// Answers with a status, headers and a body; its length is announced.
    Answer(u16, Vec<(&'static str, &'static str)>, String),
    /// Answers with these bytes, then ends the connection.
    Bytes(Vec<u8>),
    /// Resets the connection.
    Reset,
    /// Never answers.
    Hang,
}

/// A request, as it was received.
#[derive(Clone, Debug)]
pub(crate) struct Recorded {
    pub(crate) path: String,
    pub(crate) headers: Vec<(String, String)>,
    pub(crate) body: Value,
}

impl Recorded {
    pub(crate) fn header(&self, name: &str) -> Option<&str> {
        let of_name = |(key, _): &&(String, String)| key.eq_ignore_ascii_case(name);
        self.headers
            .iter()
            .find(of_name)
            .map(|(_, value)| value.as_str())
    }
}

/// A server that is there until its runtime ends.
pub(crate) struct Server {
    pub(crate) address: String,
    requests: Arc<Mutex<Vec<Recorded>>>,
}

impl Server {
    /// Plays one step a request; a request more is a panic.
    pub(crate) async fn playing(script: impl IntoIterator<Item = Play>) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = format!("http://{}", listener.local_addr().unwrap());
        let requests = Arc::new(Mutex::new(Vec::new()));
        let recorded = Arc::clone(&requests);
        let mut script: VecDeque<Play> = script.into_iter().collect();
        tokio::spawn(async move {
            loop {
                let (mut stream, _) = listener.accept().await.unwrap();
                let request = receive(&mut stream).await;
                recorded.lock().unwrap().push(request);
                let play = script
                    .pop_front()
                    .expect("a request that is not in the script");
                tokio::spawn(answer(stream, play));
            }
        });
        Self { address, requests }
    }

    /// What was received so far.
    pub(crate) fn requests(&self) -> Vec<Recorded> {
        self.requests.lock().unwrap().clone()
    }
}

/// Reads one request, head and body.
pub(crate) async fn receive(stream: &mut TcpStream) -> Recorded {
    let mut bytes = Vec::new();
    let end = loop {
        if let Some(end) = bytes.windows(4).position(|window| window == b"\r\n\r\n") {
            break end;
        }
        assert!(
            stream.read_buf(&mut bytes).await.unwrap() > 0,
            "half a request"
        );
    };
    let head = String::from_utf8(bytes[..end].to_vec()).unwrap();
    let mut lines = head.lines();
    let path = lines.next().unwrap().split(' ').nth(1).unwrap().to_owned();
    let headers = lines
        .filter_map(|line| line.split_once(": "))
        .map(|(name, value)| (name.to_owned(), value.to_owned()))
        .collect();
    let mut recorded = Recorded {
        path,
        headers,
        body: Value::Null,
    };
    let length: usize = recorded.header("content-length").unwrap().parse().unwrap();
    while bytes.len() < end + 4 + length {
        assert!(
            stream.read_buf(&mut bytes).await.unwrap() > 0,
            "half a body"
        );
    }
    recorded.body = serde_json::from_slice(&bytes[end + 4..]).unwrap();
    recorded
}

async fn answer(mut stream: TcpStream, play: Play) {
    let bytes = match play {
        Play::Answer(status, headers, body) => response(status, &headers, &body),
        Play::Bytes(bytes) => bytes,
        Play::Reset => return stream.set_zero_linger().unwrap(),
        Play::Hang => return std::future::pending().await,
    };
    // Whoever refuses a long body does not read it to its end.
    let _ = stream.write_all(&bytes).await;
    let _ = stream.shutdown().await;
}

/// A response as it is on the wire.
pub(crate) fn response(status: u16, headers: &[(&str, &str)], body: &str) -> Vec<u8> {
    let mut head = format!(
        "HTTP/1.1 {status} -\r\nconnection: close\r\ncontent-length: {}\r\n",
        body.len()
    );
    if !headers.iter().any(|(name, _)| *name == "content-type") {
        head += "content-type: application/json\r\n";
    }
    for (name, value) in headers {
        head.extend([name, ": ", value, "\r\n"]);
    }
    format!("{head}\r\n{body}").into_bytes()
}

/// A chat completion with this reply.
pub(crate) fn completion(reply: &str) -> String {
    json!({
        "id": "chatcmpl-B9MBs8CjcvOU2jLn4n570S5qMJKcT", "object": "chat.completion", "created": 1_741_569_952,
        "model": "gpt-4o-2024-08-06",
        "choices": [{
            "index": 0,
            "message": { "role": "assistant", "content": reply, "refusal": null, "annotations": [] },
            "logprobs": null,
            "finish_reason": "stop",
        }],
        "usage": {
            "prompt_tokens": 100, "completion_tokens": 10, "total_tokens": 110,
            "prompt_tokens_details": { "cached_tokens": 0, "audio_tokens": 0 },
        },
        "service_tier": "default", "system_fingerprint": "fp_fc9f1d7035",
    })
    .to_string()
}

/// A message that calls the tool with this input.
pub(crate) fn tool_use(input: &Value) -> String {
    message(&json!([
        { "type": "text", "text": "I play the user." },
        { "type": "tool_use", "id": "toolu_01A09q90qw90lq917835lq9", "name": "decide", "input": input },
    ]))
}

/// A message with this content.
pub(crate) fn message(content: &Value) -> String {
    json!({
        "id": "msg_01XFDUDYJgAACzvnptvVoYEL", "type": "message", "role": "assistant", "model": "claude-sonnet-4-5",
        "content": content, "stop_reason": "tool_use", "stop_sequence": null,
        "usage": { "input_tokens": 200, "cache_creation_input_tokens": 0, "cache_read_input_tokens": 0, "output_tokens": 20 },
    })
    .to_string()
}

/// A success with this body.
pub(crate) fn ok(body: String) -> Play {
    Play::Answer(200, Vec::new(), body)
}

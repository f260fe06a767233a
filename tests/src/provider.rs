//! A provider of models, on loopback.

use std::{
    io::{BufRead as _, BufReader, Read as _, Write as _},
    net::{TcpListener, TcpStream},
    sync::{
        Arc, Mutex, MutexGuard, PoisonError,
        atomic::{AtomicUsize, Ordering::SeqCst},
    },
    thread,
    time::Duration,
};

use serde_json::{Value, json};

/// What a model takes to answer.
pub const THINKING: Duration = Duration::from_millis(5);

/// A request, as it was received.
#[derive(Clone, Debug)]
pub struct Request {
    /// The lines of its head.
    pub headers: Vec<String>,
    /// As JSON.
    pub body: Value,
}

/// A provider of models, on an address of this machine.
#[derive(Debug)]
pub struct Provider {
    /// Without a path: `http://127.0.0.1:40000`.
    pub address: String,
    requests: Arc<Mutex<Vec<Request>>>,
}

/// Status and body for a request.
type Answer = fn(&Value) -> (u16, Value);

impl Provider {
    /// Serves for the rest of this process.
    ///
    /// # Panics
    ///
    /// When there is no loopback.
    #[must_use]
    pub fn start(answer: Answer) -> Self {
        Self::limited(answer, usize::MAX)
    }

    /// Serves this many requests at a time; those beyond are too many (429).
    ///
    /// # Panics
    ///
    /// When there is no loopback.
    #[must_use]
    pub fn limited(answer: Answer, at_a_time: usize) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").expect("loopback");
        let address = format!("http://{}", listener.local_addr().expect("loopback"));
        let requests = Arc::<Mutex<Vec<_>>>::default();
        let seen = Arc::clone(&requests);
        let busy = Arc::new(AtomicUsize::new(0));
        thread::spawn(move || {
            for stream in listener.incoming() {
                let stream = stream.expect("loopback");
                let (seen, busy) = (Arc::clone(&seen), Arc::clone(&busy));
                thread::spawn(move || {
                    let request = receive(&stream);
                    let (status, reply) = if busy.fetch_add(1, SeqCst) < at_a_time {
                        thread::sleep(THINKING);
                        answer(&request.body)
                    } else {
                        (429, json!({"error": {"message": "too many at a time"}}))
                    };
                    busy.fetch_sub(1, SeqCst);
                    lock(&seen).push(request);
                    send(stream, status, &reply.to_string());
                });
            }
        });
        Self { address, requests }
    }

    /// What was received so far.
    #[must_use]
    pub fn requests(&self) -> Vec<Request> {
        lock(&self.requests).clone()
    }
}

fn lock(requests: &Mutex<Vec<Request>>) -> MutexGuard<'_, Vec<Request>> {
    requests.lock().unwrap_or_else(PoisonError::into_inner)
}

fn receive(stream: &TcpStream) -> Request {
    let mut reader = BufReader::new(stream);
    let mut headers = Vec::new();
    loop {
        let mut line = String::new();
        reader.read_line(&mut line).expect("loopback");
        if line.trim().is_empty() {
            break;
        }
        headers.push(line.trim().to_owned());
    }
    let length = headers
        .iter()
        .find_map(|line| {
            line.to_lowercase()
                .strip_prefix("content-length: ")
                .map(str::to_owned)
        })
        .map_or(0, |length| length.parse().expect("loopback"));
    let mut body = vec![0; length];
    reader.read_exact(&mut body).expect("loopback");
    let body = serde_json::from_slice(&body).expect("loopback");
    Request { headers, body }
}

fn send(mut stream: TcpStream, status: u16, reply: &str) {
    let length = reply.len();
    let head = format!(
        "HTTP/1.1 {status} X\r\ncontent-type: application/json\r\ncontent-length: {length}\r\nretry-after: 0\r\nconnection: close\r\n\r\n"
    );
    // Whoever was killed meanwhile does not listen any more.
    let _ = stream.write_all(format!("{head}{reply}").as_bytes());
}

/// Lets the user say one thing more, then ends the conversation.
fn decision(request: &Value) -> Value {
    let over = request.to_string().contains("tell me more");
    json!({
        "decision": if over { "terminate" } else { "continue" },
        "next_user_message": if over { Value::Null } else { json!("tell me more") },
        "termination_reason": if over { json!("all was said") } else { Value::Null },
        "closing_user_message": null,
    })
}

/// A supervisor in `OpenAI`'s form: the first question is answered by going on, the next by the end.
#[must_use]
pub fn openai(request: &Value) -> (u16, Value) {
    let content = decision(request).to_string();
    let reply = json!({
        "choices": [{"index": 0, "finish_reason": "stop", "message": {"role": "assistant", "content": content}}],
        "usage": {"prompt_tokens": 100, "completion_tokens": 10, "total_tokens": 110},
    });
    (200, reply)
}

/// The same in Anthropic's form.
#[must_use]
pub fn anthropic(request: &Value) -> (u16, Value) {
    let tool =
        json!({"type": "tool_use", "id": "t1", "name": "decide", "input": decision(request)});
    let usage = json!({"input_tokens": 100, "output_tokens": 10});
    (
        200,
        json!({"role": "assistant", "stop_reason": "tool_use", "content": [tool], "usage": usage}),
    )
}

use std::time::Duration;

use serde_json::Value;

use super::{
    super::excerpt,
    Provider,
    exchange::{Broken, Response},
    provider::Answer,
};

/// The longest message of a provider that is passed on, in characters.
const SHOWN: usize = 300;

/// What one attempt came to.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Verdict {
    Answered(Answer),
    /// The server knows no response format.
    NoSchema,
    /// Too many requests.
    Limited {
        problem: String,
        pause: Option<Duration>,
    },
    /// May pass.
    Passing {
        problem: String,
        pause: Option<Duration>,
    },
    /// Will be the same next time.
    Final(String),
    /// The key was refused.
    Refused(String),
}

/// Judges a response to a request `with_schema` or without.
pub(super) fn judge(
    provider: Provider,
    response: Result<Response, Broken>,
    with_schema: bool,
) -> Verdict {
    let response = match response {
        Ok(response) => response,
        Err(Broken::Interrupted(problem)) => {
            return Verdict::Passing {
                problem,
                pause: None,
            };
        }
        Err(broken @ Broken::TooLong) => return Verdict::Final(broken.to_string()),
    };
    if (200..300).contains(&response.status) {
        return success(provider, &response.body);
    }
    let said = Said::of(&response.body);
    let problem = problem(&response, &said);
    let pause = response.retry_after;
    match response.status {
        400 | 422 if with_schema && said.names_response_format() => Verdict::NoSchema,
        401 | 403 => Verdict::Refused(problem),
        // An empty account is not filled by waiting.
        429 if said.code.as_deref() == Some("insufficient_quota") => Verdict::Final(problem),
        429 => Verdict::Limited { problem, pause },
        408 | 500.. => Verdict::Passing { problem, pause },
        _ => Verdict::Final(problem),
    }
}

/// The content type says nothing: servers send JSON as text and errors as JSON.
fn success(provider: Provider, body: &[u8]) -> Verdict {
    match provider.answer(body) {
        Ok(answer) => Verdict::Answered(answer),
        Err(error) if error.is_eof() => Verdict::Passing {
            problem: "the answer was cut off before its end".to_owned(),
            pause: None,
        },
        Err(error) => {
            let found = excerpt::of(&String::from_utf8_lossy(body), SHOWN);
            let name = provider.name();
            Verdict::Final(format!(
                "expected an answer in the form of `{name}`, found `{found}` ({error})"
            ))
        }
    }
}

fn problem(response: &Response, said: &Said) -> String {
    let Response { status, reason, .. } = response;
    let status = format!("{status} {reason}");
    match said.message.as_str() {
        "" => format!("it answered {}", status.trim_end()),
        message => format!("it answered {}: {message}", status.trim_end()),
    }
}

/// What a server says of a failure.
struct Said {
    whole: String,
    code: Option<String>,
    message: String,
}

impl Said {
    /// The shapes of `OpenAI` and Anthropic (`error.message`), Ollama (`error`), vLLM (`message`), `FastAPI` (`detail`);
    /// else the body itself.
    fn of(body: &[u8]) -> Self {
        let whole = String::from_utf8_lossy(body).into_owned();
        let json: Value = serde_json::from_str(&whole).unwrap_or(Value::Null);
        let text = |pointer: &str| json.pointer(pointer).and_then(Value::as_str);
        let message = ["/error/message", "/error", "/message", "/detail"]
            .into_iter()
            .find_map(text);
        Self {
            code: text("/error/code").map(str::to_owned),
            message: excerpt::of(message.unwrap_or(&whole), SHOWN),
            whole,
        }
    }

    fn names_response_format(&self) -> bool {
        self.whole.contains("response_format") || self.whole.contains("json_schema")
    }
}

#[cfg(test)]
mod tests;

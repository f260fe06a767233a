use std::time::Duration;

use serde::{Deserialize, Deserializer, Serialize, de::Error as _};
use serde_json::value::RawValue;
use sha2::{Digest as _, Sha256};

use super::super::{
    Prompt, TokenUsage,
    form::Form,
    http::{Answered, HttpSettings},
};
use super::Moment;
use crate::{secret::Secrets, summary::milliseconds};

/// The version of the form that is written.
const VERSION: &str = "1.0";
/// The major one that is read.
const MAJOR: &str = "1";

/// A line of a cassette.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub(super) struct Exchange {
    version: String,
    pub(super) case: String,
    pub(super) iteration: u32,
    pub(super) turn: u32,
    pub(super) digest: String,
    pub(super) request: Question,
    pub(super) answer: Answer,
}

/// What decides about the answer.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub(super) struct Question {
    pub(super) provider: String,
    pub(super) model: String,
    #[serde(
        default,
        skip_serializing_if = "Option::is_none",
        deserialize_with = "exact"
    )]
    pub(super) temperature: Option<f64>,
    /// The version of the schema that the answer had to have.
    pub(super) schema: u32,
    pub(super) system: String,
    pub(super) user: String,
}

/// What came of it.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub(super) struct Answer {
    reply: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    asked_again: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    usage: Option<TokenUsage>,
    attempts: u32,
    latency_ms: f64,
}

/// Why a line is no exchange.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Unreadable {
    /// Its major version is not ours.
    Newer(String),
    /// In a sentence.
    Malformed(String),
}

impl Exchange {
    pub(super) fn new(moment: Moment<'_>, question: Question, answer: Answer) -> Self {
        Self {
            version: VERSION.to_owned(),
            case: moment.case.to_owned(),
            iteration: moment.iteration,
            turn: moment.turn,
            digest: question.digest(),
            request: question,
            answer,
        }
    }

    /// Reads a line.
    pub(super) fn read(line: &[u8]) -> Result<Self, Unreadable> {
        #[derive(Deserialize)]
        #[serde(expecting = "an object with `version`")]
        struct Versioned {
            version: String,
        }
        let malformed = |error: serde_json::Error| Unreadable::Malformed(in_line(&error));
        // First: of a line in a newer form no more may be known.
        let Versioned { version } = serde_json::from_slice(line).map_err(malformed)?;
        if version.split('.').next() != Some(MAJOR) {
            return Err(Unreadable::Newer(version));
        }
        let exchange: Self = serde_json::from_slice(line).map_err(malformed)?;
        if exchange.answer.latency().is_none() {
            let found = exchange.answer.latency_ms;
            let problem = format!("expected a duration as `latency_ms`, found {found}");
            return Err(Unreadable::Malformed(problem));
        }
        let digest = exchange.request.digest();
        if exchange.digest != digest {
            let problem = format!(
                "expected `{digest}` as the `digest` of its `request`, found `{}`",
                exchange.digest
            );
            return Err(Unreadable::Malformed(problem));
        }
        Ok(exchange)
    }
}

impl Question {
    /// `prompt` stands in a file: its secrets are masked.
    pub(super) fn new(settings: &HttpSettings, prompt: &Prompt, form: &Form) -> Self {
        Self {
            provider: settings.provider.name().to_owned(),
            model: settings.model.clone(),
            temperature: settings.temperature,
            schema: form.version,
            system: prompt.system.clone(),
            user: prompt.user.clone(),
        }
    }

    /// What tells it from all others.
    pub(super) fn digest(&self) -> String {
        // Texts and finite numbers: it has a form in JSON.
        let canonical = serde_json::to_vec(self).unwrap_or_default();
        let hash = Sha256::digest(canonical);
        let digits = hash.iter().map(|byte| format!("{byte:02x}"));
        format!("sha256:{}", digits.collect::<String>())
    }

    /// The prompt as it was sent and is shown.
    pub(super) fn prompt(&self) -> Prompt {
        Prompt {
            system: self.system.clone(),
            user: self.user.clone(),
        }
    }
}

impl Answer {
    pub(super) fn new<T>(answered: Answered<T>, secrets: &Secrets) -> Self {
        let masked = |text: String| secrets.redact(&text).into_owned();
        Self {
            reply: masked(answered.reply),
            asked_again: answered.asked_again.map(masked),
            usage: answered.usage,
            attempts: answered.attempts,
            latency_ms: milliseconds(answered.latency),
        }
    }

    /// What was answered: the same each time, and the same as when it was recorded.
    pub(super) fn read<T, F>(
        &self,
        prompt: &Prompt,
        form: &Form,
        read: impl Fn(&str) -> Result<T, F>,
    ) -> Result<Answered<T>, F> {
        let sent = self.asked_again.as_ref().map_or_else(
            || prompt.to_string(),
            |problem| prompt.asked_again(problem, form).to_string(),
        );
        Ok(Answered {
            value: read(&self.reply)?,
            usage: self.usage,
            attempts: self.attempts,
            latency: self.latency().unwrap_or_default(),
            prompt: sent,
            reply: self.reply.clone(),
            asked_again: self.asked_again.clone(),
        })
    }

    fn latency(&self) -> Option<Duration> {
        Duration::try_from_secs_f64(self.latency_ms / 1e3).ok()
    }
}

/// What is wrong, and where in the line.
fn in_line(error: &serde_json::Error) -> String {
    let text = error.to_string();
    let place = format!(" at line {} column {}", error.line(), error.column());
    match text.strip_suffix(&place) {
        Some(problem) => format!("{problem} at column {}", error.column()),
        None => text,
    }
}

/// A number as it was written: the last bit counts for a digest, and `serde_json` may miss it.
fn exact<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<f64>, D::Error> {
    let written = Option::<&RawValue>::deserialize(deserializer)?;
    written
        .map(|number| number.get().parse())
        .transpose()
        .map_err(|_| D::Error::custom("expected a number as `temperature`"))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use serde_json::{Value, json};

    use super::*;
    use crate::supervisor::cassette::sample;

    fn read(line: &Value) -> Result<Exchange, Unreadable> {
        Exchange::read(line.to_string().as_bytes())
    }

    #[test]
    fn a_line_of_a_cassette() {
        let line = serde_json::to_string_pretty(&sample::exchange(1)).unwrap();
        insta::assert_snapshot!(line);
    }

    #[test]
    fn the_digest_is_of_what_decides_about_the_answer() {
        let sample = sample::exchange(1).request;
        let digest = sample.digest();
        insta::assert_snapshot!(digest, @"sha256:34ba323bad227fe1592ea35c003713468844e2af84505e815aeda712140eedc7");
        let changes: [fn(&mut Question); 6] = [
            |question| question.provider = "anthropic".to_owned(),
            |question| question.model = "other".to_owned(),
            |question| question.temperature = None,
            |question| question.schema += 1,
            |question| question.system += "!",
            |question| question.user += "!",
        ];
        for change in changes {
            let mut other = sample.clone();
            change(&mut other);
            assert_ne!(other.digest(), digest, "{other:?}");
        }
    }

    #[test]
    fn what_newer_minor_versions_add_is_ignored() {
        let mut line = json!(sample::exchange(1));
        line["version"] = json!("1.7");
        line["mood"] = json!("calm");
        line["answer"]["mood"] = json!("calm");
        assert_eq!(read(&line).unwrap().answer, sample::exchange(1).answer);
    }

    #[test]
    fn what_is_no_exchange_is_said() {
        let mut newer = json!(sample::exchange(1));
        newer["version"] = json!("2.0");
        newer["answer"] = Value::Null;
        assert_eq!(read(&newer), Err(Unreadable::Newer("2.0".to_owned())));

        let problem = |change: fn(&mut Value)| {
            let mut line = json!(sample::exchange(1));
            change(&mut line);
            match read(&line) {
                // The column depends on the order of the keys, and that on who else is in the build.
                Err(Unreadable::Malformed(problem)) => {
                    let said = problem.split(" at column").next();
                    said.unwrap_or_default().to_owned()
                }
                other => panic!("{other:?}"),
            }
        };
        let edited = problem(|line| line["request"]["model"] = json!("other"));
        assert!(edited.starts_with("expected `sha256:"), "{edited}");
        insta::assert_snapshot!(problem(|line| *line = json!([])), @"invalid length 0, expected an object with `version`");
        insta::assert_snapshot!(problem(|line| line["turn"] = json!("one")), @r#"invalid type: string "one", expected u32"#);
        insta::assert_snapshot!(problem(|line| line["answer"]["latency_ms"] = json!(-1)), @"expected a duration as `latency_ms`, found -1");
        insta::assert_snapshot!(problem(|line| line["request"]["temperature"] = json!("hot")), @"expected a number as `temperature`");
    }

    proptest! {
        #[test]
        fn every_exchange_reads_back(model: String, system: String, user: String, reply: String, temperature in proptest::option::of(0.0..2.0)) {
            let mut exchange = sample::exchange(3);
            exchange.request = Question { model, temperature, system, user, ..exchange.request };
            exchange.digest = exchange.request.digest();
            exchange.answer.reply = reply;
            let mut line = Vec::new();
            crate::json_line::push_json_line(&mut line, &exchange).unwrap();
            prop_assert_eq!(Exchange::read(&line).unwrap(), exchange);
        }
    }
}

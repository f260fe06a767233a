//! Secrets in what agents tell, masked before it leaves their process. The engine masks again, with all it knows.

use std::{borrow::Cow, ops::Range};

use crate::secret::{MASK, bearer_token, cover, is_worth_masking, looks_secret, quoted_length};

/// A longer secret is no key.
const LONGEST: usize = 8 * 1024;
/// The shortest credentials of `Basic` that are masked, in bytes.
const SHORTEST_BASIC: usize = 8;

/// What is masked wherever it stands.
#[derive(Debug, Default)]
pub(crate) struct Mask {
    /// As they are and as JSON writes them, the longest first.
    values: Vec<String>,
    shortest: usize,
}

impl Mask {
    /// Takes the secret values. Those that would mask ordinary text are left out.
    pub(crate) fn new(secrets: impl IntoIterator<Item = String>) -> Self {
        let mut values: Vec<String> = secrets
            .into_iter()
            .filter(|value| value.len() <= LONGEST && is_worth_masking(value))
            .collect();
        let escaped = values
            .iter()
            .map(|value| serde_json::Value::from(value.as_str()).to_string())
            .map(|quoted| quoted[1..quoted.len() - 1].to_owned());
        let escaped: Vec<String> = escaped.collect();
        values.extend(escaped);
        values.sort_unstable_by(|a, b| b.len().cmp(&a.len()).then_with(|| a.cmp(b)));
        values.dedup();
        Self {
            shortest: values.last().map_or(usize::MAX, String::len),
            values,
        }
    }

    /// How much of a text has to be there beyond a cut, so that no half of a secret stays before it.
    pub(crate) fn reach(&self) -> usize {
        self.values.first().map_or(0, String::len)
    }

    /// A text without secrets.
    pub(crate) fn text<'t>(&self, text: &'t str) -> Cow<'t, str> {
        let mut masked = Cow::Borrowed(text);
        if text.len() >= self.shortest {
            for value in &self.values {
                if masked.contains(value.as_str()) {
                    masked = Cow::Owned(masked.replace(value, MASK));
                }
            }
        }
        match credentials(&masked).as_slice() {
            [] => masked,
            found => Cow::Owned(cover(&masked, found)),
        }
    }

    /// A JSON text without secrets, in which the values of keys that look secret are masked, too. It may end anywhere.
    pub(crate) fn json<'t>(&self, json: &'t str) -> Cow<'t, str> {
        if !looks_secret(json) && matches!(self.text(json), Cow::Borrowed(_)) {
            return Cow::Borrowed(json);
        }
        let walker = Walker {
            mask: self,
            rest: json,
            out: String::with_capacity(json.len()),
            around: Vec::new(),
            here: Place::default(),
        };
        Cow::Owned(walker.walk())
    }
}

/// Whether the value of a field of this name is masked whole. Counts of tokens are no secrets, and neither is what is
/// true or false.
pub(crate) fn hides(name: &str, value: &str) -> bool {
    looks_secret(name) && !is_harmless(value) && !(counts_tokens(name) && is_number(value))
}

fn is_harmless(value: &str) -> bool {
    matches!(value, "" | "true" | "false" | "null" | "None")
}

/// A number, as JSON writes it or as `Debug` writes an optional one.
fn is_number(value: &str) -> bool {
    let value = value
        .strip_prefix("Some(")
        .and_then(|inside| inside.strip_suffix(')'))
        .unwrap_or(value);
    value.parse::<f64>().is_ok()
}

/// Whether a name is that of a number of tokens and of nothing else that is secret.
fn counts_tokens(name: &str) -> bool {
    let name = name.to_ascii_lowercase();
    let counts = ["tokens", "token_count", "token.count"]
        .iter()
        .any(|word| name.contains(word));
    counts && !looks_secret(&name.replace("token", ""))
}

/// Where credentials stand that nobody has to know: what follows `Bearer`, and all of a value that begins with `Basic`.
fn credentials(text: &str) -> Vec<Range<usize>> {
    const BEARER: &[u8] = b"bearer";
    let bytes = text.as_bytes();
    let mut found = Vec::new();
    let mut at = 0;
    while let Some(next) = bytes[at..]
        .iter()
        .position(|byte| matches!(byte, b'b' | b'B'))
    {
        at += next;
        let end = at + BEARER.len();
        if bytes.len() > end && bytes[at..end].eq_ignore_ascii_case(BEARER) {
            found.extend(bearer_token(bytes, end));
        }
        at += 1;
    }
    let basic = bytes
        .get(..6)
        .is_some_and(|start| start.eq_ignore_ascii_case(b"basic "));
    if basic && let Some(token) = bytes.get(6..) {
        let is_base64 =
            |byte: &u8| byte.is_ascii_alphanumeric() || matches!(byte, b'+' | b'/' | b'=');
        if token.len() >= SHORTEST_BASIC && token.iter().all(is_base64) {
            found.push(6..bytes.len());
        }
    }
    found
}

/// Walks the tokens of a JSON text.
struct Walker<'a> {
    mask: &'a Mask,
    rest: &'a str,
    out: String,
    around: Vec<Place>,
    here: Place,
}

/// What the value that comes next belongs to.
#[derive(Clone, Copy, Default)]
struct Place {
    /// A key that looks secret.
    secret: bool,
    /// Its numbers count tokens.
    counts: bool,
}

impl Walker<'_> {
    fn walk(mut self) -> String {
        while let Some(first) = self.rest.as_bytes().first() {
            match first {
                b'"' => self.text(),
                b'-' | b'0'..=b'9' => self.number(),
                b'{' | b'[' => {
                    self.around.push(self.here);
                    self.copy(1);
                }
                b'}' | b']' => {
                    self.around.pop();
                    self.copy(1);
                    self.here = self.outer();
                }
                b',' => {
                    self.here = self.outer();
                    self.copy(1);
                }
                _ => {
                    let length = self.rest.chars().next().map_or(1, char::len_utf8);
                    self.copy(length);
                }
            }
        }
        self.out
    }

    fn outer(&self) -> Place {
        self.around.last().copied().unwrap_or_default()
    }

    fn copy(&mut self, length: usize) {
        let (token, rest) = self.rest.split_at(length);
        self.out.push_str(token);
        self.rest = rest;
    }

    fn replace(&mut self, length: usize) {
        self.out.push('"');
        self.out.push_str(MASK);
        self.out.push('"');
        self.rest = &self.rest[length..];
    }

    fn number(&mut self) {
        let is_part = |c: char| c.is_ascii_digit() || matches!(c, '-' | '+' | '.' | 'e' | 'E');
        let length = self.rest.find(|c| !is_part(c)).unwrap_or(self.rest.len());
        let is_known = matches!(self.mask.text(&self.rest[..length]), Cow::Owned(_));
        if is_known || (self.here.secret && !self.here.counts) {
            self.replace(length);
        } else {
            self.copy(length);
        }
    }

    fn text(&mut self) {
        let length = quoted_length(self.rest);
        let after = self.rest[length..].trim_start();
        let inside = self.rest[1..length].trim_end_matches('"');
        if after.starts_with(':') {
            let outer = self.outer();
            self.here = Place {
                secret: outer.secret || looks_secret(inside),
                counts: counts_tokens(inside) && !outer.secret || outer.counts,
            };
        } else if self.here.secret && !(self.here.counts && is_number(inside)) {
            self.replace(length);
            return;
        }
        match self.mask.text(&self.rest[..length]) {
            Cow::Borrowed(_) => self.copy(length),
            Cow::Owned(masked) => {
                self.out.push_str(&masked);
                self.rest = &self.rest[length..];
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn mask() -> Mask {
        Mask::new(["sk-12345", "98765432", "two\nlines", "true", "abc"].map(str::to_owned))
    }

    #[test]
    fn known_values_and_credentials_are_masked_in_texts() {
        for (text, masked) in [
            ("the key is sk-12345.", "the key is ***."),
            ("two\nlines", "***"),
            ("true abc", "true abc"),
            ("sent Bearer abc123.", "sent Bearer ***."),
            ("the bearer of bad news", "the bearer of bad news"),
            ("Basic dXNlcjpwdw==", "Basic ***"),
            ("Basic usage of it", "Basic usage of it"),
            ("b", "b"),
        ] {
            assert_eq!(mask().text(text), masked);
        }
    }

    #[test]
    fn fields_that_look_secret_are_hidden_and_counts_of_tokens_are_not() {
        for (name, value) in [
            ("api_key", "opaque"),
            ("Authorization", "opaque"),
            ("password", "12345"),
            ("token", "123456"),
            ("refresh_tokens", "opaque"),
            ("auth_tokens", "5"),
        ] {
            assert!(hides(name, value), "{name} = {value}");
        }
        for (name, value) in [
            ("gen_ai.usage.input_tokens", "12"),
            ("gen_ai.request.max_tokens", "Some(100)"),
            ("llm.token_count.prompt", "7"),
            ("is_authenticated", "true"),
            ("token", "None"),
            ("order", "opaque"),
        ] {
            assert!(!hides(name, value), "{name} = {value}");
        }
    }

    #[test]
    fn keys_of_json_are_looked_at_at_any_depth() {
        let json = r#"{"order": 12, "auth": {"user": "ann", "ok": true, "pins": [1, "2"]}, "max_tokens": 5, "x": ["Bearer abc1", 98765432, "two\nlines"], "api_key" : null, "note": "a key"}"#;
        let masked = r#"{"order": 12, "auth": {"user": "***", "ok": true, "pins": ["***", "***"]}, "max_tokens": 5, "x": ["Bearer ***", "***", "***"], "api_key" : null, "note": "a key"}"#;
        assert_eq!(mask().json(json), masked);
        assert!(serde_json::from_str::<serde_json::Value>(masked).is_ok());
        assert!(matches!(mask().json(r#"{"order": 12}"#), Cow::Borrowed(_)));
    }

    #[test]
    fn json_that_is_cut_off_is_masked_up_to_its_end() {
        for (json, masked) in [
            (r#"{"api_key": "opa"#, r#"{"api_key": "***""#),
            (r#"{"api_key": 12"#, r#"{"api_key": "***""#),
            (r#"{"a": "sk-12345 b"#, r#"{"a": "*** b"#),
            (r#"{"a": "key\"#, r#"{"a": "key\"#),
        ] {
            assert_eq!(mask().json(json), masked);
        }
    }
}

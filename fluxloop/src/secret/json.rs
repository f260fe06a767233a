//! Masking in JSON text, without building its value: the order of keys and the layout stay.

use std::borrow::Cow;

use serde_json::value::RawValue;

use super::{MASK, Secrets, header, quoted_length};

impl Secrets {
    /// Masks every secret in the texts, keys and numbers of a JSON value.
    #[must_use]
    pub fn redact_json<'a>(&self, json: &'a RawValue) -> Cow<'a, RawValue> {
        let text = json.get();
        // An escape may hide a letter of a secret. Those of quotes and line breaks are in the patterns, but not where they
        // are escaped themselves, as in JSON that stands in a text of JSON.
        let may_hide = text.contains('\\')
            && ["\\u", "\\/", "\\\\"]
                .iter()
                .any(|escape| text.contains(escape));
        if !may_hide && !header::is_mentioned(text) && !self.knows_some_of(text) {
            return Cow::Borrowed(json);
        }
        match Walker::new(self, text).walk() {
            Some(masked) => Cow::Owned(masked),
            None => Cow::Borrowed(json),
        }
    }
}

/// Walks the tokens of a valid JSON text.
struct Walker<'a> {
    secrets: &'a Secrets,
    rest: &'a str,
    out: String,
    changed: bool,
    /// The last text, until it is known whether it was a key.
    last_text: Option<Cow<'a, str>>,
    /// The value that comes next is that of an `Authorization` key.
    in_authorization: bool,
}

impl<'a> Walker<'a> {
    fn new(secrets: &'a Secrets, text: &'a str) -> Self {
        let out = String::with_capacity(text.len());
        Self {
            secrets,
            rest: text,
            out,
            changed: false,
            last_text: None,
            in_authorization: false,
        }
    }

    /// The masked text, or `None` if it is the same.
    fn walk(mut self) -> Option<Box<RawValue>> {
        while let Some(first) = self.rest.as_bytes().first() {
            match first {
                b'"' => self.text(),
                b'-' | b'0'..=b'9' => self.number(),
                b':' => {
                    let key = self.last_text.take();
                    self.in_authorization = key.is_some_and(|key| header::is_authorization(&key));
                    self.copy(1);
                }
                b' ' | b'\t' | b'\r' | b'\n' => self.copy(1),
                _ => {
                    self.in_authorization = false;
                    self.copy(1);
                }
            }
        }
        if !self.changed {
            return None;
        }
        // What was valid stays valid: only whole texts and numbers were replaced, by texts.
        RawValue::from_string(self.out).ok()
    }

    fn copy(&mut self, length: usize) {
        let (token, rest) = self.rest.split_at(length);
        self.out.push_str(token);
        self.rest = rest;
    }

    fn number(&mut self) {
        let is_part = |c: char| c.is_ascii_digit() || matches!(c, '-' | '+' | '.' | 'e' | 'E');
        let length = self.rest.find(|c| !is_part(c)).unwrap_or(self.rest.len());
        self.in_authorization = false;
        match self.secrets.redact(&self.rest[..length]) {
            Cow::Borrowed(_) => self.copy(length),
            Cow::Owned(masked) => self.replace(length, &masked),
        }
    }

    fn text(&mut self) {
        let length = quoted_length(self.rest);
        let token = &self.rest[..length];
        let text = unescaped(token);
        if std::mem::take(&mut self.in_authorization) {
            self.replace(length, MASK);
            return;
        }
        match self.secrets.redact(&text) {
            Cow::Borrowed(_) => self.copy(length),
            Cow::Owned(masked) => self.replace(length, &masked),
        }
        self.last_text = Some(text);
    }

    fn replace(&mut self, length: usize, text: &str) {
        self.out
            .push_str(&serde_json::Value::from(text).to_string());
        self.rest = &self.rest[length..];
        self.changed = true;
    }
}

/// The text that a quoted one stands for. A lone surrogate stands for nothing: the token is taken as it is.
fn unescaped(token: &str) -> Cow<'_, str> {
    let inside = &token[1..token.len() - 1];
    if !token.contains('\\') {
        return Cow::Borrowed(inside);
    }
    serde_json::from_str(token).map_or(Cow::Borrowed(inside), Cow::Owned)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use serde_json::{Value, value::to_raw_value};

    use super::*;

    fn redact(json: &str, values: &[&str]) -> String {
        let json = RawValue::from_string(json.to_owned()).unwrap();
        Secrets::new(values.iter().copied())
            .redact_json(&json)
            .get()
            .to_owned()
    }

    #[test]
    fn order_and_layout_stay() {
        let masked = redact(
            r#"{"z": "a sk-1234", "a":[1, "sk-1234"], "sk-1234": null}"#,
            &["sk-1234"],
        );
        assert_eq!(masked, r#"{"z": "a ***", "a":[1, "***"], "***": null}"#);
    }

    #[test]
    fn escapes_hide_nothing() {
        assert_eq!(redact(r#""\u0073k-1234""#, &["sk-1234"]), r#""***""#);
        assert_eq!(
            redact(r#""https:\/\/u:p@h""#, &["https://u:p@h"]),
            r#""***""#
        );
        assert_eq!(redact(r#""x a\"b\\c""#, &["a\"b\\c"]), r#""x ***""#);
        assert_eq!(
            redact(r#""line one\nline two""#, &["line one\nline two"]),
            r#""***""#
        );
    }

    #[test]
    fn json_in_a_text_of_json_hides_nothing() {
        let secret = "a\"b\\c";
        let inner = serde_json::json!({ "body": secret }).to_string();
        let outer = Value::from(inner).to_string();
        assert_eq!(redact(&outer, &[secret]), r#""{\"body\":\"***\"}""#);
    }

    #[test]
    fn numbers_equal_to_a_secret_are_masked() {
        assert_eq!(redact("[98765432, 1]", &["98765432"]), r#"["***", 1]"#);
    }

    #[test]
    fn authorization_is_masked_by_its_key() {
        assert_eq!(
            redact(r#"{"Authorization" : "x", "b": "x"}"#, &[]),
            r#"{"Authorization" : "***", "b": "x"}"#
        );
        assert_eq!(
            redact(r#"["Authorization", "plain"]"#, &[]),
            r#"["Authorization", "plain"]"#
        );
    }

    #[test]
    fn what_holds_no_secret_is_borrowed() {
        let json = to_raw_value(&["plain", "\u{1}"]).unwrap();
        assert!(matches!(
            Secrets::new(["sk-1234"]).redact_json(&json),
            Cow::Borrowed(_)
        ));
    }

    proptest! {
        #[test]
        fn the_masked_text_is_json_without_the_secret(texts: Vec<String>, secret in "[a-z\"\\\\/\n]{4,8}") {
            let texts: Vec<String> = texts.into_iter().flat_map(|text| [text, format!("x{secret}y")]).collect();
            let json = to_raw_value(&texts).unwrap();
            let masked = Secrets::new([secret.clone()]).redact_json(&json).into_owned();
            let masked: Vec<String> = serde_json::from_str(masked.get()).unwrap();
            prop_assert_eq!(masked.len(), texts.len());
            if !matches!(secret.as_str(), "true" | "null" | "none") && secret.trim().len() >= 4 {
                prop_assert!(masked.iter().all(|text| !text.contains(&secret)));
            }
        }

        #[test]
        fn redact_json_agrees_with_redact_value(key: String, text: String) {
            let secrets = Secrets::new(["sk-1234"]);
            let value = serde_json::json!({key: [text, "a sk-1234"]});
            let raw = to_raw_value(&value).unwrap();
            let walked: Value = serde_json::from_str(secrets.redact_json(&raw).get()).unwrap();
            let mut masked = value;
            secrets.redact_value(&mut masked);
            prop_assert_eq!(walked, masked);
        }
    }
}

//! The only module that knows the YAML crate: text → located values, and values → text.

mod flow;
mod line;
mod refusal;
mod scalar;
#[cfg(test)]
mod tests;
mod usual;

use std::{fmt, sync::Arc};

use serde::{
    Deserialize, Deserializer, Serialize,
    de::{MapAccess, SeqAccess, Visitor},
};
use serde_json::Number;
use serde_saphyr::{
    Location, Spanned,
    options::{AliasLimits, NonFiniteFloatPolicy, Options},
};

use self::refusal::syntax_error;
use super::{
    error::{ConfigError, ErrorKind},
    node::{Entry, Mapping, Node, NodeValue, Origin},
    source::SourceFile,
};

/// How much a document may hold. All aliases count as if they were written out.
#[derive(Clone, Copy)]
pub(crate) struct Limits {
    /// Scalars, lists and mappings, keys included.
    pub(crate) nodes: usize,
    /// Bytes of text in them.
    text: usize,
}

/// For files of at most [`MAX_CONFIG_BYTES`](super::source::MAX_CONFIG_BYTES).
pub(crate) const CONFIG_LIMITS: Limits = Limits {
    nodes: 100_000,
    text: 4 << 20,
};
/// For files of at most [`MAX_INPUTS_BYTES`](super::source::MAX_INPUTS_BYTES).
pub(crate) const INPUTS_LIMITS: Limits = Limits {
    nodes: 2_000_000,
    text: 64 << 20,
};

/// Levels of nesting that are read.
pub(crate) const MAX_DEPTH: usize = 64;
/// The parser needs up to 40 KiB of stack a level in debug builds: more than every thread has for [`MAX_DEPTH`].
const STACK_BYTES: usize = 8 << 20;

/// Texts of at least so many bytes are [usual] ones, if they can be: shorter ones are read in no time.
const LONG: usize = 64 << 10;

/// Parses one YAML document. An empty one is null.
pub(crate) fn parse(source: &Arc<SourceFile>, limits: Limits) -> Result<Node, ConfigError> {
    std::thread::scope(|scope| {
        let parser = std::thread::Builder::new()
            .name("yaml".to_owned())
            .stack_size(STACK_BYTES)
            .spawn_scoped(scope, || {
                let usual = if source.text.len() < LONG {
                    None
                } else {
                    usual_document(source, limits)
                };
                usual.map_or_else(|| document(source, limits), Ok)
            })
            .map_err(|error| {
                ConfigError::new(ErrorKind::Unreadable {
                    path: source.path.clone(),
                    error,
                })
            })?;
        parser
            .join()
            .unwrap_or_else(|panic| std::panic::resume_unwind(panic))
    })
}

fn document(source: &Arc<SourceFile>, limits: Limits) -> Result<Node, ConfigError> {
    let raw: Spanned<Raw<'_>> =
        serde_saphyr::from_str_with_options(&source.text, options(limits, limits.nodes))
            .map_err(|error| syntax_error(&error, source))?;
    let text = &source.text;
    Locator {
        source,
        text,
        lines_before: 0,
    }
    .node(raw)
}

/// The same of a document in the usual form, faster. `None` where it is not, or where anything is wrong with it.
fn usual_document(source: &Arc<SourceFile>, limits: Limits) -> Option<Node> {
    // An alias may repeat what stands elsewhere, or very much.
    usual::document(source, limits.nodes, &|text, lines_before| {
        let raw = serde_saphyr::from_str_with_options(text, options(limits, 0)).ok()?;
        Locator {
            source,
            text,
            lines_before,
        }
        .node(raw)
        .ok()
    })
}

/// A value as YAML text that [`parse`] reads back as the same value.
pub(crate) fn to_text(value: &impl Serialize) -> String {
    // JSON is YAML: the fallback is plainer, not different. Values that were read can be written as either.
    serde_saphyr::to_string(value)
        .or_else(|_| serde_json::to_string(value))
        .unwrap_or_default()
}

/// `replayed`: how much aliases may repeat.
fn options(limits: Limits, replayed: usize) -> Options {
    let mut options = Options::default();
    let mut budget = serde_saphyr::Budget::default();
    budget.max_nodes = limits.nodes;
    // A container counts twice here, and the document has events of its own.
    budget.max_events = limits.nodes * 2 + 16;
    budget.max_total_scalar_bytes = limits.text;
    budget.max_documents = 2;
    budget.max_depth = MAX_DEPTH;
    // The total above bounds what aliases amount to; how they are spread does not matter.
    budget.enforce_alias_anchor_ratio = false;
    options.budget = Some(budget);
    let mut aliases = AliasLimits::default();
    aliases.max_total_replayed_events = replayed;
    options.alias_limits = aliases;
    // YAML 1.2: `yes`, `012` and `1_000` are text.
    options.strict_booleans = true;
    options.leading_zero_numbers_as_strings = true;
    options.underscored_numbers_as_strings = true;
    options.non_finite_float_policy = NonFiniteFloatPolicy::Reject;
    options.reject_unsupported_tags = true;
    options.with_snippet = false;
    options
}

/// A value as the parser hands it over.
enum Raw<'a> {
    Null,
    Bool(bool),
    Unsigned(u64),
    Signed(i64),
    Float(f64),
    Text(std::borrow::Cow<'a, str>),
    Sequence(Vec<Spanned<Raw<'a>>>),
    Mapping(Vec<(Spanned<Raw<'a>>, Spanned<Raw<'a>>)>),
}

impl<'de> Deserialize<'de> for Raw<'de> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct RawVisitor;

        impl<'de> Visitor<'de> for RawVisitor {
            type Value = Raw<'de>;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("any YAML value")
            }
            fn visit_unit<E>(self) -> Result<Self::Value, E> {
                Ok(Raw::Null)
            }
            fn visit_bool<E>(self, value: bool) -> Result<Self::Value, E> {
                Ok(Raw::Bool(value))
            }
            fn visit_u64<E>(self, value: u64) -> Result<Self::Value, E> {
                Ok(Raw::Unsigned(value))
            }
            fn visit_i64<E>(self, value: i64) -> Result<Self::Value, E> {
                Ok(Raw::Signed(value))
            }
            fn visit_f64<E>(self, value: f64) -> Result<Self::Value, E> {
                Ok(Raw::Float(value))
            }
            fn visit_borrowed_str<E>(self, text: &'de str) -> Result<Self::Value, E> {
                Ok(Raw::Text(text.into()))
            }
            fn visit_str<E>(self, text: &str) -> Result<Self::Value, E> {
                Ok(Raw::Text(text.to_owned().into()))
            }
            fn visit_string<E>(self, text: String) -> Result<Self::Value, E> {
                Ok(Raw::Text(text.into()))
            }
            fn visit_seq<A: SeqAccess<'de>>(self, mut seq: A) -> Result<Self::Value, A::Error> {
                let mut items = Vec::new();
                while let Some(item) = seq.next_element()? {
                    items.push(item);
                }
                Ok(Raw::Sequence(items))
            }
            fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Self::Value, A::Error> {
                let mut entries = Vec::new();
                while let Some(entry) = map.next_entry()? {
                    entries.push(entry);
                }
                Ok(Raw::Mapping(entries))
            }
        }

        deserializer.deserialize_any(RawVisitor)
    }
}

/// Turns what the parser hands over into nodes that know their file.
struct Locator<'a> {
    source: &'a Arc<SourceFile>,
    /// What was parsed: all of the file, or whole lines of it.
    text: &'a str,
    lines_before: u32,
}

impl Locator<'_> {
    fn node(&self, raw: Spanned<Raw<'_>>) -> Result<Node, ConfigError> {
        let origin = self.origin(raw.referenced);
        let value = match raw.value {
            Raw::Null => NodeValue::Null,
            Raw::Bool(value) => NodeValue::Bool(value),
            Raw::Unsigned(value) => self.number(value.into(), raw.defined),
            Raw::Signed(value) => self.number(value.into(), raw.defined),
            Raw::Float(value) => self.float(value, raw.defined, &origin)?,
            Raw::Text(text) => NodeValue::Text(text.into_owned()),
            Raw::Sequence(items) => {
                let items = items.into_iter().map(|item| self.node(item));
                NodeValue::Sequence(items.collect::<Result<_, _>>()?)
            }
            Raw::Mapping(entries) => {
                let entries = entries
                    .into_iter()
                    .map(|(key, value)| self.entry(key, value));
                NodeValue::Mapping(Mapping {
                    entries: entries.collect::<Result<_, _>>()?,
                })
            }
        };
        Ok(Node { value, origin })
    }

    fn entry(&self, key: Spanned<Raw<'_>>, value: Spanned<Raw<'_>>) -> Result<Entry, ConfigError> {
        let Node { value: key, origin } = self.node(key)?;
        match key {
            NodeValue::Text(key) => Ok(Entry {
                key,
                origin,
                value: self.node(value)?,
            }),
            other => {
                let place = origin.place();
                let found = Node {
                    value: other,
                    origin,
                }
                .described();
                let message = format!("expected text as a key, found {found}");
                Err(ConfigError::new(ErrorKind::Syntax { message })
                    .at(place)
                    .with_hint("put the key in quotes"))
            }
        }
    }

    fn number(&self, number: Number, location: Location) -> NodeValue {
        let written = self.written(location).unwrap_or_default();
        let written = if written.is_empty() {
            number.to_string()
        } else {
            written.to_owned()
        };
        NodeValue::Number(number, written.into_boxed_str())
    }

    fn float(
        &self,
        value: f64,
        location: Location,
        origin: &Origin,
    ) -> Result<NodeValue, ConfigError> {
        let written = self.written(location).unwrap_or_default();
        let digits = written.strip_prefix(['-', '+']).unwrap_or(written);
        let is_integer = !digits.is_empty() && digits.bytes().all(|byte| byte.is_ascii_digit());
        match Number::from_f64(value) {
            // The parser falls back to a float, which would change its last digits in silence.
            _ if is_integer => Err(syntax(
                format!("the whole number {written} is too large: at most 64 bits are kept"),
                origin,
                "put it in quotes to keep it as text",
            )),
            Some(number) => Ok(self.number(number, location)),
            None => Err(not_finite(origin)),
        }
    }

    /// The text of a scalar, as it stands in the file.
    fn written(&self, location: Location) -> Option<&str> {
        let span = location.span();
        let start = usize::try_from(span.byte_offset()?).ok()?;
        let length = usize::try_from(span.byte_len()?).ok()?;
        Some(self.text.get(start..start + length)?.trim())
    }

    fn origin(&self, location: Location) -> Origin {
        let [line, column] =
            [location.line(), location.column()].map(|n| u32::try_from(n).unwrap_or(u32::MAX));
        Origin::File {
            source: Arc::clone(self.source),
            line: line.saturating_add(self.lines_before),
            column,
        }
    }
}

fn syntax(message: String, origin: &Origin, hint: &str) -> ConfigError {
    ConfigError::new(ErrorKind::Syntax { message })
        .at(origin.place())
        .with_hint(hint)
}

fn not_finite(origin: &Origin) -> ConfigError {
    syntax(
        "expected a number that JSON can hold, found one that is infinite or not a number".into(),
        origin,
        "put it in quotes to keep it as text",
    )
}

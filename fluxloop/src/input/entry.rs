use serde_json::{Map, Value};

use super::{Format, RawInput};
use crate::{
    config::{ConfigError, ErrorKind, Node, NodeValue, Origin, Problems, Section},
    expect::{self, Expectations},
};

/// The keys of an entry that are one value each.
pub(super) const KEYS: [&str; 4 + ORIGINAL.len()] = {
    let mut keys = [""; 4 + ORIGINAL.len()];
    (keys[0], keys[1], keys[2], keys[3]) = ("input", "persona", "id", "checks");
    let mut index = 0;
    while index < ORIGINAL.len() {
        keys[4 + index] = ORIGINAL[index];
        index += 1;
    }
    keys
};

/// What the original writes beside `input` and says nothing to a run: kept with the metadata.
const ORIGINAL: [&str; 14] = [
    "expected_intent",
    "persona_description",
    "service_context",
    "source",
    "strategy",
    "variation",
    "variation_strategy",
    "variation_index",
    "base_index",
    "base_input",
    "generator",
    "model",
    "provider",
    "created_at",
];

/// Decodes the entries of a list of inputs. Those that are wrong are reported and left out; after very many of them the
/// rest is not looked at.
pub(crate) fn decode_entries(
    items: &[Node],
    list: &str,
    format: Format,
    problems: &Problems,
) -> Vec<RawInput> {
    let decode = |(index, item)| decode_entry(item, format!("{list}[{index}]"), format, problems);
    let items = items.iter().enumerate();
    items
        .take_while(|_| !problems.are_many())
        .filter_map(decode)
        .collect()
}

fn decode_entry(
    item: &Node,
    path: String,
    format: Format,
    problems: &Problems,
) -> Option<RawInput> {
    let hint = format.entry_hint();
    match &item.value {
        NodeValue::Text(text) => Some(RawInput {
            id: None,
            input: Value::String(text.clone()),
            persona: None,
            metadata: Map::new(),
            expect: Expectations::default(),
            checks: Vec::new(),
            place: place(item),
        }),
        NodeValue::Mapping(_) => Section::decode(Some(item), path, problems, |entry| {
            decode_mapping(entry, item, hint)
        }),
        _ => Section::decode(None, path, problems, |entry| {
            entry.item_error(
                item,
                &format!(
                    "expected text or a mapping with `input`, found {}",
                    item.described()
                ),
                hint,
            )
        }),
    }
}

/// Reads every key, so that the one mistake that is reported is the one that was made.
fn decode_mapping(entry: &Section<'_>, item: &Node, hint: &str) -> Option<RawInput> {
    let input = entry.node("input").map(Node::to_json);
    let mut metadata = entry.map("metadata");
    for key in ORIGINAL {
        if let Some(node) = entry.node(key) {
            metadata.entry(key).or_insert_with(|| node.to_json());
        }
    }
    let expect = expect::expectations(entry);
    let checks = expect::chosen(entry);
    let persona = persona(entry);
    let id = entry.name("id");
    let Some(input) = input else {
        return missing_input(entry, item, hint);
    };
    Some(RawInput {
        id,
        input,
        persona,
        metadata,
        expect,
        checks,
        place: place(item),
    })
}

fn missing_input<T>(entry: &Section<'_>, item: &Node, hint: &str) -> Option<T> {
    if entry.has("input") {
        return entry.item_error(item, "`input` has no value", hint);
    }
    let Some(meant) = entry.misspelt("input") else {
        return entry.item_error(item, "`input` is missing", hint);
    };
    let kind = ErrorKind::Invalid {
        subject: entry.path_of(&meant.key),
        reason: "`input` is missing, and nothing reads this key".to_owned(),
    };
    let error = ConfigError::new(kind).at(meant.origin.place());
    entry
        .problems()
        .error(error.with_hint("did you mean `input`?"));
    None
}

/// The persona of the entry, else of its metadata.
fn persona(entry: &Section<'_>) -> Option<String> {
    let own = entry.name("persona");
    let node = entry.node("metadata");
    let of_metadata = Section::quiet(
        node,
        entry.path_of("metadata"),
        entry.problems(),
        |metadata| metadata.name("persona"),
    );
    if let (Some(own), Some(other)) = (&own, &of_metadata)
        && own != other
    {
        entry.contradiction(
            "persona",
            &format!("`persona` is `{own}` and `metadata.persona` is `{other}`: the first is used"),
        );
    }
    own.or(of_metadata)
}

fn place(item: &Node) -> String {
    match &item.origin {
        Origin::File { source, line, .. } => format!("{}:{line}", source.shown),
        Origin::Code(method) => (**method).to_owned(),
        _ => String::new(),
    }
}

use serde_json::{Map, Value};

use super::RawInput;
use crate::config::{Node, NodeValue, Origin, Problems, Section};

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

/// Decodes the entries of a list of inputs. Those that are wrong are reported and left out.
pub(crate) fn decode_entries(items: &[Node], list: &str, problems: &Problems) -> Vec<RawInput> {
    let decode = |(index, item)| decode_entry(item, format!("{list}[{index}]"), problems);
    items.iter().enumerate().filter_map(decode).collect()
}

fn decode_entry(item: &Node, path: String, problems: &Problems) -> Option<RawInput> {
    const HINT: &str = "write the text itself, or a mapping with `input`, for example `- input: \"How do I start?\"`";
    match &item.value {
        NodeValue::Text(text) => Some(RawInput {
            id: None,
            input: Value::String(text.clone()),
            persona: None,
            metadata: Map::new(),
            place: place(item),
        }),
        NodeValue::Mapping(_) => Section::decode(Some(item), path, problems, |entry| {
            decode_mapping(entry, item, HINT)
        }),
        _ => Section::decode(None, path, problems, |entry| {
            entry.item_error(
                item,
                &format!(
                    "expected text or a mapping with `input`, found {}",
                    item.described()
                ),
                HINT,
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
    let persona = persona(entry);
    let id = entry.name("id");
    let Some(input) = input else {
        let reason = if entry.has("input") {
            "`input` has no value"
        } else {
            "`input` is missing"
        };
        return entry.item_error(item, reason, hint);
    };
    Some(RawInput {
        id,
        input,
        persona,
        metadata,
        place: place(item),
    })
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
        _ => String::new(),
    }
}

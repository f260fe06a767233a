//! `replay_args`: recorded calls.

use super::{Section, Surroundings};
use crate::config::{
    RecordedCalls, ReplaySettings,
    node::{Node, NodeValue},
};

const DEFAULT_PATH: &str = "data.content";
const EXPECTED: &str = "`last`, `first`, `all` or `{index: 0}`";

/// What is replayed; checked also where nothing is.
pub(super) fn settings(
    section: &Section<'_>,
    surroundings: &Surroundings<'_>,
) -> Option<ReplaySettings> {
    let enabled = section.switch("enabled") == Some(true);
    let file = surroundings.path(section, "recording_file");
    let path = path(section);
    let create = section.switch("create") == Some(true);
    let select = section.node("select").map(|node| select(section, node));
    if enabled && section.node("recording_file").is_none() {
        section.absent(
            "recording_file",
            "expected the recording to replay, found none",
            "add `recording_file: recordings/args.jsonl`, or set `enabled: false`",
        );
    }
    let settings = ReplaySettings {
        recording_file: file?,
        override_param_path: path?,
        create,
        select: select.unwrap_or(Some(RecordedCalls::Last))?,
    };
    enabled.then_some(settings)
}

fn path(section: &Section<'_>) -> Option<Vec<String>> {
    const KEY: &str = "override_param_path";
    let given = section.name(KEY);
    if given.is_none() && section.node(KEY).is_some() {
        return None;
    }
    let path = given.as_deref().unwrap_or(DEFAULT_PATH);
    let parts: Vec<String> = path.split('.').map(str::to_owned).collect();
    match section.node(KEY) {
        Some(node) if parts.iter().any(String::is_empty) => section.wrong(
            KEY,
            node,
            "a dotted path such as `data.content` or `items.0.text`",
        ),
        _ => Some(parts),
    }
}

fn select(section: &Section<'_>, node: &Node) -> Option<RecordedCalls> {
    match &node.value {
        NodeValue::Text(word) => match word.as_str() {
            "last" => Some(RecordedCalls::Last),
            "first" => Some(RecordedCalls::First),
            "all" => Some(RecordedCalls::All),
            _ => section.wrong("select", node, EXPECTED),
        },
        NodeValue::Mapping(_) => section.section("select", |inner| {
            if inner.node("index").is_none() {
                return section.wrong("select", node, EXPECTED);
            }
            inner.whole("index", 0, u64::MAX).map(RecordedCalls::Index)
        }),
        _ => section.wrong("select", node, EXPECTED),
    }
}

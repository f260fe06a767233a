//! What is expected, for the tests of what is judged by it.

use serde_json::{Value, json};

use super::{ChosenCheck, Expectations, chosen, expectations};
use crate::config::{Node, Origin, Problems, Section};

/// What a configuration would have with these under `expect` and `checks`.
pub(crate) fn sample(expect: &Value, checks: &[&str]) -> (Expectations, Vec<ChosenCheck>) {
    let tree = json!({"expect": expect, "checks": checks});
    let tree = Node::from_json(&tree, &Origin::Default);
    let problems = Problems::default();
    let decoded = Section::decode(Some(&tree), String::new(), &problems, |root| {
        (expectations(root), chosen(root))
    });
    let (decoded, warnings) = problems.into_result(decoded).expect("valid expectations");
    assert!(warnings.is_empty(), "{warnings:?}");
    decoded
}

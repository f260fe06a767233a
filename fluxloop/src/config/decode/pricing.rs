use super::Section;
use crate::config::{Price, Pricing, node::NodeValue};

/// `pricing`: a model's name, and what a million of its tokens cost.
pub(super) fn pricing(section: &Section<'_>) -> Pricing {
    let given = section.prefixed("").into_iter();
    let given = given.filter(|entry| !matches!(entry.value.value, NodeValue::Null));
    let models = given.filter_map(|entry| {
        let path = section.path_of(&entry.key);
        if !matches!(entry.value.value, NodeValue::Mapping(_)) {
            let expected = "the price of a million tokens, `{input: 0.15, output: 0.6}`";
            return section.wrong(&entry.key, &entry.value, expected);
        }
        let price = Section::decode(Some(&entry.value), path, section.problems(), price)?;
        Some((entry.key.clone(), price))
    });
    models.collect()
}

fn price(section: &Section<'_>) -> Option<Price> {
    let amount = |key| {
        let expected = "the price of a million tokens, a number of 0 or more";
        let amount = section.number(key, expected, |amount| amount >= 0.0 && amount.is_finite());
        if section.node(key).is_none() {
            let hint = "give both `input` and `output`: a price of 0 is said";
            section.absent(key, "is missing", hint);
        }
        amount
    };
    let (input, output) = (amount("input"), amount("output"));
    Some(Price {
        input: input?,
        output: output?,
    })
}

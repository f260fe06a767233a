//! `personas`, and which of them are kept.

use super::Section;
use crate::{
    ExpertiseLevel, Persona,
    config::{
        error::{ConfigError, ErrorKind},
        nearest::nearest,
        node::{Node, NodeValue},
    },
};

const LEVELS: [(&str, ExpertiseLevel); 3] = [
    ("novice", ExpertiseLevel::Novice),
    ("intermediate", ExpertiseLevel::Intermediate),
    ("expert", ExpertiseLevel::Expert),
];

pub(super) fn personas(root: &Section<'_>) -> Vec<Persona> {
    let mut personas: Vec<Persona> = Vec::new();
    for (index, item) in root.list("personas").iter().enumerate() {
        let path = format!("personas[{index}]");
        if !matches!(item.value, NodeValue::Mapping(_)) {
            let hint = "write `- name: novice_user`, and what else describes the persona below it";
            let reason = format!("expected a mapping, found {}", item.described());
            root.invalid::<()>(&path, item, &reason, hint);
            continue;
        }
        let Some(persona) = Section::decode(Some(item), path, root.problems(), |section| {
            persona(section, item)
        }) else {
            continue;
        };
        if personas.iter().any(|known| known.name == persona.name) {
            let reason = format!("there is a persona `{}` already", persona.name);
            root.invalid::<()>(
                &format!("personas[{index}].name"),
                item,
                &reason,
                "give each persona a name of its own",
            );
        }
        personas.push(persona);
    }
    personas
}

/// Every key is read, so that a persona without a name is the only mistake that is reported of it.
fn persona(section: &Section<'_>, item: &Node) -> Option<Persona> {
    let name = section.name("name");
    if section.node("name").is_none() {
        let error = ConfigError::new(ErrorKind::Missing {
            subject: section.path_of("name"),
        });
        section.problems().error(
            error
                .at(item.origin.place())
                .with_hint("add `name: …` to the persona"),
        );
    }
    let persona = Persona {
        name: String::new(),
        description: section.text("description"),
        characteristics: section.texts("characteristics"),
        language: section.name("language").unwrap_or_else(|| "en".to_owned()),
        expertise_level: section.one_of("expertise_level", &LEVELS),
        goals: section.texts("goals"),
        constraints: section.texts("constraints"),
        custom_attributes: section.map("custom_attributes"),
    };
    Some(Persona {
        name: name?,
        ..persona
    })
}

/// `persona_filter`: a list of names, or one text with commas between them.
pub(super) fn filter(root: &Section<'_>, personas: &[Persona]) -> Option<Vec<String>> {
    let node = root.node("persona_filter")?;
    let names = match &node.value {
        NodeValue::Text(text) => text.split(',').map(|name| name.trim().to_owned()).collect(),
        NodeValue::Sequence(items) => {
            let names = root.texts("persona_filter");
            if names.len() < items.len() {
                return None;
            }
            names
        }
        _ => Vec::new(),
    };
    let mut kept: Vec<String> = Vec::new();
    for name in names.into_iter().filter(|name| !name.is_empty()) {
        check_known(root, "persona_filter", node, &name, personas);
        if !kept.contains(&name) {
            kept.push(name);
        }
    }
    if kept.is_empty() {
        return root.wrong(
            "persona_filter",
            node,
            "names of personas, with commas between them",
        );
    }
    Some(kept)
}

/// Where personas are configured, a name that is not among them is a mistake.
pub(super) fn check_known(
    section: &Section<'_>,
    key: &str,
    node: &Node,
    name: &str,
    personas: &[Persona],
) {
    let names = || personas.iter().map(|persona| persona.name.as_str());
    if personas.is_empty() || names().any(|known| known == name) {
        return;
    }
    let hint = nearest(name, names()).map_or_else(
        || {
            format!(
                "there are: {}",
                names().take(20).collect::<Vec<_>>().join(", ")
            )
        },
        |nearest| format!("did you mean `{nearest}`?"),
    );
    section.invalid::<()>(key, node, &format!("there is no persona `{name}`"), &hint);
}

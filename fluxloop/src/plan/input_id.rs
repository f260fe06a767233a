use std::collections::HashSet;

use sha2::{Digest, Sha256};

use crate::{input::RawInput, secret::Secrets};

/// The longest slug, in characters.
const LONGEST: usize = 40;

/// Gives every input a name of its own.
#[derive(Debug)]
pub(crate) struct InputIds<'a> {
    taken: HashSet<String>,
    /// What names must not spell out: they are in every file, and a slug is no longer recognised as a secret.
    secrets: &'a Secrets,
}

impl<'a> InputIds<'a> {
    pub(crate) fn new(secrets: &'a Secrets) -> Self {
        Self {
            taken: HashSet::new(),
            secrets,
        }
    }

    /// The entry's own id, else a slug of its text with a short hash of the input: what other entries there
    /// are does not matter, but for a number behind a repeat.
    pub(crate) fn assign(&mut self, input: &RawInput) -> String {
        let base = match &input.id {
            Some(id) => self.secrets.redact(id).into_owned(),
            None => derived(input, self.secrets),
        };
        self.unique(&base)
    }

    /// A name that no other input has: the name itself, with a number behind it where it is taken.
    pub(crate) fn unique(&mut self, base: &str) -> String {
        let mut id = base.to_owned();
        let mut repeat = 2_u64;
        while !self.taken.insert(id.clone()) {
            id = format!("{base}_{repeat}");
            repeat += 1;
        }
        id
    }
}

fn derived(input: &RawInput, secrets: &Secrets) -> String {
    let text = match &input.input {
        serde_json::Value::String(text) => text.clone(),
        other => other.to_string(),
    };
    // As the experiment keeps it, so that it has the same name when it is run from there.
    let text = secrets.redact(&text);
    let hash = Sha256::digest(text.as_bytes());
    let slug = slug(&text);
    let separator = if slug.is_empty() { "" } else { "-" };
    format!(
        "{slug}{separator}{:02x}{:02x}{:02x}",
        hash[0], hash[1], hash[2]
    )
}

/// Letters and digits in lower case, `-` for whatever is between them.
fn slug(text: &str) -> String {
    if text.is_ascii() {
        return ascii_slug(text.as_bytes());
    }
    slug_of(text.chars().flat_map(char::to_lowercase))
}

/// The same without what Unicode asks for, which takes long where nothing is optimised.
fn ascii_slug(text: &[u8]) -> String {
    let mut slug = String::with_capacity(LONGEST);
    let (mut at, mut gap) = (0, false);
    while at < text.len() {
        let byte = text[at];
        at += 1;
        if !byte.is_ascii_alphanumeric() {
            gap = !slug.is_empty();
            continue;
        }
        if slug.len() + 1 + usize::from(gap) > LONGEST {
            break;
        }
        if gap {
            slug.push('-');
        }
        slug.push(char::from(byte.to_ascii_lowercase()));
        gap = false;
    }
    slug
}

fn slug_of(characters: impl Iterator<Item = char>) -> String {
    let mut slug = String::new();
    let mut length = 0;
    let mut gap = false;
    for character in characters {
        if !character.is_alphanumeric() {
            gap = length > 0;
            continue;
        }
        let needed = 1 + usize::from(gap);
        if length + needed > LONGEST {
            break;
        }
        if gap {
            slug.push('-');
        }
        slug.push(character);
        length += needed;
        gap = false;
    }
    slug
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use serde_json::{Value, json};

    use super::*;

    fn input(id: Option<&str>, value: Value) -> RawInput {
        RawInput {
            id: id.map(str::to_owned),
            input: value,
            ..RawInput::default()
        }
    }

    #[test]
    fn a_slug_says_what_the_text_says() {
        assert_eq!(slug("How do I start?"), "how-do-i-start");
        assert_eq!(slug("  --  "), "");
        assert_eq!(slug("Größe: 3×4"), "größe-3-4");
        let long = slug(&"word ".repeat(30));
        assert!(
            long.chars().count() <= LONGEST && !long.ends_with('-'),
            "{long}"
        );
    }

    proptest! {
        #[test]
        fn a_slug_of_ascii_is_a_slug(text in "[ -~\\n]{0,60}") {
            prop_assert_eq!(slug(&text), slug_of(text.chars().flat_map(char::to_lowercase)));
        }
    }

    #[test]
    fn an_own_id_wins_and_repeats_are_numbered() {
        let secrets = Secrets::default();
        let mut ids = InputIds::new(&secrets);
        assert_eq!(ids.assign(&input(Some("refund"), json!("a"))), "refund");
        assert_eq!(ids.assign(&input(Some("refund"), json!("b"))), "refund_2");
        assert_eq!(
            ids.assign(&input(Some("refund_2"), json!("c"))),
            "refund_2_2"
        );
        assert_eq!(ids.assign(&input(Some("refund"), json!("d"))), "refund_3");
    }

    #[test]
    fn another_input_renames_none() {
        let texts = [
            "How do I start?",
            "How do I start??",
            "",
            "🦀",
            "How do I start?",
        ];
        let of = |texts: &[&str]| -> Vec<String> {
            let secrets = Secrets::default();
            let mut ids = InputIds::new(&secrets);
            texts
                .iter()
                .map(|text| ids.assign(&input(None, json!(text))))
                .collect()
        };
        let all = of(&texts);
        assert_eq!(of(&texts[..3]), all[..3]);
        assert_eq!(all[0], "how-do-i-start-5feeee");
        assert_ne!(all[0], all[1], "the hash tells texts with one slug apart");
        assert_eq!(all[4], format!("{}_2", all[0]));
    }

    #[test]
    fn typed_inputs_have_ids_too() {
        let secrets = Secrets::default();
        let id = InputIds::new(&secrets).assign(&input(None, json!({"order": 7})));
        assert!(id.starts_with("order-7-"), "{id}");
    }

    #[test]
    fn a_secret_is_in_no_id() {
        let secrets = Secrets::new(["SK-12345678".to_owned()]);
        let mut ids = InputIds::new(&secrets);
        let slug = ids.assign(&input(None, json!("log in with SK-12345678 now")));
        assert!(slug.starts_with("log-in-with-now-"), "{slug}");
        let own = ids.assign(&input(Some("login SK-12345678"), json!("a")));
        assert_eq!(own, "login ***");
    }
}

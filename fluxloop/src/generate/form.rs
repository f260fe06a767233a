use super::chance::Chance;
use crate::Persona;

/// What a form is made of.
#[derive(Clone, Copy, Debug)]
pub(super) struct Source<'a> {
    /// The base input's text.
    pub(super) text: &'a str,
    /// Who asks.
    pub(super) persona: Option<&'a Persona>,
}

/// One way to write a text anew.
#[derive(Clone, Copy)]
pub(super) struct Form {
    /// As the generated file has it: `dropped_letter`.
    pub(super) name: &'static str,
    write: Write,
}

#[derive(Clone, Copy)]
enum Write {
    Always(fn(Source<'_>, &mut Chance) -> String),
    Sometimes(fn(Source<'_>, &mut Chance) -> Option<String>),
}

impl Form {
    /// A form that every text can have.
    pub(super) const fn always(
        name: &'static str,
        write: fn(Source<'_>, &mut Chance) -> String,
    ) -> Self {
        Self {
            name,
            write: Write::Always(write),
        }
    }

    /// A form that gives nothing where the text or the persona has nothing to do it with.
    pub(super) const fn sometimes(
        name: &'static str,
        write: fn(Source<'_>, &mut Chance) -> Option<String>,
    ) -> Self {
        Self {
            name,
            write: Write::Sometimes(write),
        }
    }

    /// A text that differs from its source.
    pub(super) fn of(&self, source: Source<'_>, chance: &mut Chance) -> Option<String> {
        let text = match self.write {
            Write::Always(write) => Some(write(source, chance)),
            Write::Sometimes(write) => write(source, chance),
        };
        text.filter(|text| text != source.text)
    }
}

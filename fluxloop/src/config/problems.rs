use std::cell::RefCell;

use super::{
    Place,
    error::{ConfigError, ConfigErrors, ErrorKind, Warning},
    nearest::nearest,
};
use crate::secret::looks_secret;

/// Errors after which rows are not read any more. Far more than are shown.
const MANY: usize = 100;

/// What a decoder found wrong, in the order it was found.
#[derive(Default)]
pub(crate) struct Problems {
    errors: RefCell<Vec<ConfigError>>,
    warnings: RefCell<Vec<Warning>>,
    unknown: RefCell<Vec<Unknown>>,
    known: RefCell<Vec<String>>,
}

/// A key that nothing read.
pub(crate) struct Unknown {
    /// Dotted.
    pub(crate) key: String,
    /// Its last part.
    pub(crate) name: String,
    /// The keys that its mapping may hold.
    pub(crate) siblings: Vec<&'static str>,
    pub(crate) place: Option<Place>,
    /// What the user wrote to set it.
    pub(crate) subject: String,
    /// Whether code set it: what it says must not be lost.
    pub(crate) is_code: bool,
    /// How many other items of the same list have it, too.
    pub(crate) more: usize,
}

impl Problems {
    /// Whether there are so many errors that more say nothing new: a file of rows may be wrong in each of them.
    pub(crate) fn are_many(&self) -> bool {
        self.count() >= MANY
    }

    /// How many errors there are so far.
    pub(crate) fn count(&self) -> usize {
        self.errors.borrow().len()
    }

    pub(crate) fn error(&self, error: ConfigError) {
        self.errors.borrow_mut().push(error);
    }

    pub(crate) fn warning(&self, warning: Warning) {
        self.warnings.borrow_mut().push(warning);
    }

    /// Whether an unknown key was reported of another item of the same list: it is counted and not said again.
    pub(super) fn is_repeated(&self, key: &str) -> bool {
        let mut unknown = self.unknown.borrow_mut();
        let same = unknown.iter_mut().find(|known| {
            key.contains('[') && without_indexes(&known.key).eq(without_indexes(key))
        });
        if let Some(same) = same {
            same.more += 1;
            return true;
        }
        false
    }

    pub(super) fn unknown(&self, unknown: Unknown) {
        self.unknown.borrow_mut().push(unknown);
    }

    pub(super) fn known(&self, keys: impl Iterator<Item = String>) {
        self.known.borrow_mut().extend(keys);
    }

    /// What was decoded, with the warnings, unless there was an error.
    pub(crate) fn into_result<T>(self, decoded: T) -> Result<(T, Vec<Warning>), ConfigErrors> {
        let (errors, warnings) = self.into_parts();
        ConfigErrors::some(errors).map_or(Ok((decoded, warnings)), Err)
    }

    /// All errors and all warnings.
    pub(crate) fn into_parts(self) -> (Vec<ConfigError>, Vec<Warning>) {
        let known = self.known.into_inner();
        let unknown = self.unknown.into_inner().into_iter();
        let (by_code, unknown): (Vec<_>, Vec<_>) = unknown.partition(|key| key.is_code);
        let mut errors = self.errors.into_inner();
        errors.extend(by_code.into_iter().map(|key| key.error(&known)));
        let mut warnings = self.warnings.into_inner();
        warnings.extend(unknown.into_iter().map(|key| key.warning(&known)));
        warnings.sort_by(|a, b| Place::order(a.place(), b.place()));
        (errors, warnings)
    }
}

impl Unknown {
    fn warning(self, known: &[String]) -> Warning {
        let hint = self.hint(known);
        let message = match self.more {
            0 => format!("unknown key `{}`: nothing reads it", self.subject),
            more => format!(
                "unknown key `{}`, and {more} more like it: nothing reads them",
                self.subject
            ),
        };
        // A misspelt `api_key` holds a key all the same.
        let place = match self.place {
            Some(place) if looks_secret(&hint) => Some(place.without_value()),
            place => place,
        };
        Warning::new(message, place).with_hint(hint)
    }

    /// A key that code names and that there is not.
    fn error(self, known: &[String]) -> ConfigError {
        let nearest = nearest(&self.name, self.siblings.iter().copied());
        let behind = self.subject.strip_prefix(&self.key);
        let hint = match (nearest, behind) {
            // The key as a whole, as code names it.
            (Some(sibling), Some(behind)) => {
                let section = self.key.strip_suffix(&self.name).unwrap_or_default();
                format!("did you mean `{section}{sibling}{behind}`?")
            }
            _ => self.hint(known),
        };
        let kind = ErrorKind::Invalid {
            subject: self.subject,
            reason: "there is no such key".to_owned(),
        };
        ConfigError::new(kind).with_hint(hint)
    }

    fn hint(&self, known: &[String]) -> String {
        if let Some(sibling) = nearest(&self.name, self.siblings.iter().copied()) {
            return format!("did you mean `{sibling}`?");
        }
        // A key in the wrong section: usually its indentation is wrong.
        let same_name = known
            .iter()
            .filter_map(|key| Some((key, key.rsplit_once('.')?)));
        let same_name =
            same_name.filter(|(key, (_, name))| *name == self.name && **key != self.key);
        match same_name.min_by_key(|(key, _)| key.matches('.').count()) {
            Some((key, (section, _))) => {
                format!("did you mean `{key}`? indent it below `{section}:`")
            }
            None => "remove it, or check its spelling".to_owned(),
        }
    }
}

/// A dotted key as the items of a list share it: `inputs[3].id` as `inputs[].id`.
fn without_indexes(key: &str) -> impl Iterator<Item = &str> {
    key.split('[').map(|part| match part.split_once(']') {
        Some((_, behind)) => behind,
        None => part,
    })
}

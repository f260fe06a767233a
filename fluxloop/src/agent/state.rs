use std::sync::{Mutex, MutexGuard, PoisonError};

use serde::{Serialize, de::DeserializeOwned};
use serde_json::value::{RawValue, to_raw_value};

/// A conversation's state that does not fit what it is asked to be.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum StateError {
    /// What was kept is not of the type that is asked for.
    #[error("the conversation's state is no `{expected}`")]
    Read {
        /// The type that was asked for.
        expected: &'static str,
        /// What its `Deserialize` says.
        source: serde_json::Error,
    },
    /// The state cannot be written as JSON.
    #[error("the conversation's state cannot be kept: a `{given}` cannot be written as JSON")]
    Write {
        /// The type that was to be kept.
        given: &'static str,
        /// What its `Serialize` says.
        source: serde_json::Error,
    },
}

/// Holds the state of a conversation for one turn.
#[derive(Debug, Default)]
pub(super) struct StateSlot(Mutex<Held>);

impl Clone for StateSlot {
    fn clone(&self) -> Self {
        Self(Mutex::new(self.held().clone()))
    }
}

impl PartialEq for StateSlot {
    fn eq(&self, other: &Self) -> bool {
        let text = |slot: &Self| {
            slot.held()
                .state
                .as_ref()
                .map(|state| state.get().to_owned())
        };
        text(self) == text(other)
    }
}

#[derive(Clone, Debug, Default)]
struct Held {
    state: Option<Box<RawValue>>,
    changed: bool,
}

impl StateSlot {
    pub(super) fn holding(state: Option<&RawValue>) -> Self {
        Self(Mutex::new(Held {
            state: state.map(ToOwned::to_owned),
            changed: false,
        }))
    }

    pub(super) fn get<T: Default + DeserializeOwned>(&self) -> Result<T, StateError> {
        let Some(state) = self.held().state.clone() else {
            return Ok(T::default());
        };
        // Not under the lock: it is the user's code.
        serde_json::from_str(state.get()).map_err(|source| StateError::Read {
            expected: std::any::type_name::<T>(),
            source,
        })
    }

    pub(super) fn set<T: Serialize>(&self, state: &T) -> Result<(), StateError> {
        let state = to_raw_value(state).map_err(|source| StateError::Write {
            given: std::any::type_name::<T>(),
            source,
        })?;
        *self.held() = Held {
            state: Some(state),
            changed: true,
        };
        Ok(())
    }

    pub(super) fn kept(&self) -> Option<Box<RawValue>> {
        let held = self.held();
        held.state.clone().filter(|_| held.changed)
    }

    fn held(&self) -> MutexGuard<'_, Held> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests {
    use serde_json::value::RawValue;

    use super::*;

    #[test]
    fn what_was_set_is_got_and_kept() {
        let slot = StateSlot::holding(None);
        assert_eq!(slot.get::<u32>().unwrap(), 0);
        slot.set(&7_u32).unwrap();
        assert_eq!(slot.get::<u32>().unwrap(), 7);
        assert_eq!(slot.kept().unwrap().get(), "7");
    }

    #[test]
    fn what_was_only_read_is_not_sent_back() {
        let before = RawValue::from_string("[1]".to_owned()).unwrap();
        let slot = StateSlot::holding(Some(&before));
        assert_eq!(slot.get::<Vec<u32>>().unwrap(), [1]);
        assert!(slot.kept().is_none());
    }

    #[test]
    fn another_type_is_an_error_that_names_it() {
        let before = RawValue::from_string("[1]".to_owned()).unwrap();
        let error = StateSlot::holding(Some(&before))
            .get::<String>()
            .unwrap_err();
        assert_eq!(
            error.to_string(),
            "the conversation's state is no `alloc::string::String`"
        );
    }
}

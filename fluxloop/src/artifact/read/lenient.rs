//! Fields that an older or a newer version may have written otherwise.

use jiff::Timestamp;
use serde::{Deserialize as _, Deserializer, de::DeserializeOwned};
use serde_json::value::RawValue;

/// A field's value, or the default where it is not of the type that it has today: the rest of the row still counts.
pub(super) fn lenient<'de, D, T>(deserializer: D) -> Result<T, D::Error>
where
    D: Deserializer<'de>,
    T: DeserializeOwned + Default,
{
    let value = Box::<RawValue>::deserialize(deserializer)?;
    Ok(serde_json::from_str(value.get()).unwrap_or_default())
}

/// A moment, where it is one.
pub(super) fn moment<'de, D: Deserializer<'de>>(
    deserializer: D,
) -> Result<Option<Timestamp>, D::Error> {
    let text: String = lenient(deserializer)?;
    Ok(text.parse().ok())
}

/// A text as it is, null as none, anything else as its JSON.
pub(super) fn text<'de, D: Deserializer<'de>>(deserializer: D) -> Result<String, D::Error> {
    let value = Box::<RawValue>::deserialize(deserializer)?;
    let text: Option<String> =
        serde_json::from_str(value.get()).unwrap_or_else(|_| Some(value.get().to_owned()));
    Ok(text.unwrap_or_default())
}

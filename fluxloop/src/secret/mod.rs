//! Secrets: values that appear in no file, message or debug output.
//!
//! Known values are masked wherever they stand; besides, what follows `Bearer` or `Authorization:` is masked even
//! when its value is not known. Not masked, because they would mask ordinary text: values shorter than 4 characters,
//! `true`, `false`, `null`, `none`, and whole numbers of fewer than 8 digits.

mod bearer;
mod cover;
#[cfg(feature = "engine")]
mod header;
#[cfg(feature = "engine")]
mod header_list;
#[cfg(feature = "engine")]
mod json;
mod names;
mod quoted;
#[cfg(feature = "engine")]
mod secrets;
#[cfg(feature = "engine")]
mod stream;
mod worth;

pub(crate) use bearer::bearer_token;
pub(crate) use cover::cover;
#[cfg(feature = "engine")]
pub(crate) use header_list::{HEADER_VARIABLES, header_values};
pub(crate) use names::is_secret_variable;
pub use names::{MASK, looks_secret};
pub(crate) use quoted::quoted_length;
#[cfg(feature = "engine")]
pub use secrets::Secrets;
#[cfg(feature = "engine")]
pub use stream::StreamRedactor;
pub(crate) use worth::is_worth_masking;

//! Secrets: values that appear in no file, message or debug output.
//!
//! Known values are masked wherever they stand; besides, what follows `Bearer` or `Authorization:` is masked even
//! when its value is not known. Not masked, because they would mask ordinary text: values shorter than 4 characters,
//! `true`, `false`, `null`, `none`, and whole numbers of fewer than 8 digits.

mod header;
mod header_list;
mod json;
mod names;
mod secrets;
mod stream;

pub(crate) use header_list::{HEADER_VARIABLES, header_values};
pub(crate) use names::is_secret_variable;
pub use names::{MASK, looks_secret};
pub use secrets::Secrets;
pub use stream::StreamRedactor;

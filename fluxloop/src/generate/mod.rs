//! Inputs that are made of others: `base_inputs` × personas × strategies, by rules and a seed, or by a model.
//!
//! A [`Strategy`] is a family of forms (`typo`: a neighbouring key, a dropped letter …). Each form is a function of a
//! text, a persona and chance, so the same seed gives the same inputs, and another input or strategy changes no other.

mod adversarial;
mod chance;
mod document;
mod error;
mod form;
mod length;
mod letters;
mod mistakes;
#[cfg(feature = "llm")]
mod model;
mod persona;
mod phrasing;
mod produce;
mod strategy;
mod typos;

pub use document::{check, write};
pub use error::GenerateError;
#[cfg(feature = "llm")]
pub use model::{Failure, InputWriter, Written, write_inputs};
pub use produce::{Author, Generated, GeneratedInput, Generation, generate};
pub use strategy::Strategy;

#[cfg(test)]
mod tests;

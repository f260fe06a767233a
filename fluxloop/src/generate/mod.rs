//! Inputs that are made of others: `base_inputs` × personas × strategies, by rules and a seed.
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
mod persona;
mod phrasing;
mod produce;
mod strategy;
mod typos;

pub use document::write;
pub use error::GenerateError;
pub use produce::{Generated, GeneratedInput, Generation, generate};
pub use strategy::Strategy;

#[cfg(test)]
mod tests;

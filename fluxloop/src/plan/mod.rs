//! The plan: which cases an experiment has, in which order, under which names.

mod case;

pub use case::{Case, PlannedInput};

//! An experiment that is over, told to people: pure functions from what was recorded and a page to a text.

mod case;
mod checks;
mod figures;
mod head;
mod line;
mod page;
mod paragraph;
mod table;
mod transcript;
mod tree;
mod value;

pub(crate) use case::{CaseView, unfinished};
pub(crate) use head::head;
pub(crate) use page::Page;
pub(super) use page::{FAINT, ODD, STRONG};
pub(super) use paragraph::push_paragraph;
pub(crate) use table::RunTable;

#[cfg(test)]
mod tests;

//! Changing one value of a file that people write: comments, order and all other lines stay as they are.
//!
//! An edit is a function from text to text. It is checked before it is given out: read again, the new text has that one
//! value changed and nothing else. What cannot be changed so is refused, with the lines to write by hand.
//!
//! ```
//! use fluxloop::edit::yaml;
//!
//! let text = "# Long conversations.\nmulti_turn:\n  enabled: true # for now\n";
//! let text = yaml::set(text, "multi_turn.max_turns", &12.into())?;
//! assert_eq!(text, "# Long conversations.\nmulti_turn:\n  enabled: true # for now\n  max_turns: 12\n");
//! # Ok::<(), fluxloop::edit::EditError>(())
//! ```

pub mod dotenv;
mod error;
mod file;
pub mod yaml;

pub use error::{EditError, FileError};
pub use file::{FileEdit, edit_file};

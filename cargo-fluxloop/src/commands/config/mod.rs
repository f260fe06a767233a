//! `cargo fluxloop config`.

mod set;
mod show;
mod validate;

use super::{Invocation, error::CommandError};
use crate::cli::ConfigSubject;

pub(super) fn execute(
    subject: &ConfigSubject,
    invocation: &Invocation,
) -> Result<i32, CommandError> {
    match subject {
        ConfigSubject::Validate(arguments) => validate::execute(arguments, invocation),
        ConfigSubject::Set(arguments) => set::execute(arguments, invocation),
        ConfigSubject::Show(arguments) => show::execute(arguments, invocation),
    }
}

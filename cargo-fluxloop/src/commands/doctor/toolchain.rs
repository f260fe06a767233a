use std::{
    ffi::OsStr,
    path::Path,
    process::{Command, Stdio},
};

use crate::{
    env::Environment,
    terminal::{Check, Health},
};

/// The oldest Rust that fluxloop compiles with.
const OLDEST: &str = env!("CARGO_PKG_RUST_VERSION");

/// Cargo and the compiler, as a run would find them in this folder.
pub(super) fn checks(environment: &Environment, directory: &Path) -> Vec<Check> {
    let cargo = version("cargo", &environment.cargo_program(), directory);
    let rustc = version("rustc", &environment.rustc_program(), directory);
    vec![cargo, old_or_new(rustc)]
}

fn version(name: &'static str, program: &OsStr, directory: &Path) -> Check {
    let mut command = Command::new(program);
    command.arg("--version").stdin(Stdio::null());
    // A toolchain file may stand there.
    if directory.is_dir() {
        command.current_dir(directory);
    }
    let shown = program.to_string_lossy();
    let (message, fix) = match command.output() {
        Ok(output) if output.status.success() => {
            let text = String::from_utf8_lossy(&output.stdout);
            return Check::new(name, Health::Ok, text.trim());
        }
        Ok(output) => {
            let text = String::from_utf8_lossy(&output.stderr).trim().to_owned();
            (
                format!("`{shown} --version` failed: {text}"),
                "rustup toolchain install stable",
            )
        }
        Err(error) => (
            format!("`{shown}` could not be run: {error}"),
            "install Rust from https://rustup.rs",
        ),
    };
    Check::new(name, Health::Fail, message).with_fix(fix)
}

/// A compiler that is too old would fail in the middle of the build.
fn old_or_new(rustc: Check) -> Check {
    let found = rustc.message.split_whitespace().nth(1).and_then(minor);
    match (found, minor(OLDEST)) {
        (Some(found), Some(oldest)) if rustc.status == Health::Ok && found < oldest => {
            let message = format!("{}: expected {OLDEST} or newer", rustc.message);
            Check::new(rustc.name, Health::Fail, message).with_fix("rustup update")
        }
        _ => rustc,
    }
}

/// `1.95.0-nightly` → (1, 95)
fn minor(version: &str) -> Option<(u32, u32)> {
    let mut numbers = version.split('.');
    let number = |text: Option<&str>| text?.parse().ok();
    Some((number(numbers.next())?, number(numbers.next())?))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_old_compiler_is_told() {
        let rustc = |message: &str| old_or_new(Check::new("rustc", Health::Ok, message));
        assert_eq!(rustc("rustc 1.300.0 (x 2030-01-01)").status, Health::Ok);
        assert_eq!(rustc("rustc 2.0.0-nightly").status, Health::Ok);
        assert_eq!(rustc("rustc of my own").status, Health::Ok);
        let old = rustc("rustc 1.9.0 (x 2016-01-01)");
        assert_eq!(old.status, Health::Fail);
        assert_eq!(old.fix.as_deref(), Some("rustup update"));
        assert!(old.message.contains(OLDEST), "{}", old.message);
    }

    #[test]
    fn a_program_that_is_not_there_is_told() {
        let check = version("cargo", OsStr::new("/nowhere/cargo"), Path::new("/nowhere"));
        assert_eq!(check.status, Health::Fail);
        assert!(
            check.fix.is_some() && check.message.contains("/nowhere/cargo"),
            "{check:?}"
        );
    }
}

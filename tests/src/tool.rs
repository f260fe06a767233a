use std::{
    io::{self, Write as _},
    process::Command,
};

/// Whether there is a further command of cargo, such as `cargo nextest`. Where there is none, it is said where nobody captures
/// it that a test is skipped; CI has them all.
///
/// # Panics
///
/// When it is missing and `CI_HAS_TOOLS` is set, as `.ci/run` does: nothing is skipped there.
#[expect(
    clippy::disallowed_methods,
    reason = "it tells CI from the machine of somebody who has not installed everything"
)]
#[must_use]
pub fn has_cargo(command: &str) -> bool {
    let version = Command::new(env!("CARGO"))
        .args([command, "--version"])
        .output();
    let has_it = version.is_ok_and(|output| output.status.success());
    if !has_it {
        let hint =
            format!("`cargo install cargo-{command} --locked` installs what this test needs");
        assert!(std::env::var_os("CI_HAS_TOOLS").is_none(), "{hint}");
        // Without anybody to tell, it is skipped all the same.
        let _ = writeln!(io::stderr(), "skipped: {hint}");
    }
    has_it
}

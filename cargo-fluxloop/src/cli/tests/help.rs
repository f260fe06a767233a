use clap::CommandFactory as _;

use super::{super::*, parse};

#[test]
fn a_command_is_asked_for() {
    insta::assert_snapshot!(parse("cargo-fluxloop").unwrap_err(), @"
    Simulated users for the LLM agents in your workspace

    Usage: cargo fluxloop [OPTIONS] <COMMAND>

    Commands:
      init         Set an existing crate up: configuration, inputs and test
      run          Run an experiment
      list         List the registered agents or checks, or the cases that a run would have
      show         Show an experiment, or one case of it
      generate     Generate inputs
      record       Record the arguments of a live service's calls, to replay them
      config       Check, show or change the configuration
      doctor       Check everything that a run needs, and say what to do about what is missing
      completions  Print a shell's completions for `cargo-fluxloop`

    Options:
      -h, --help     Print help (see more with '--help')
      -V, --version  Print version

    Output:
      -q, --quiet         Show warnings, errors and the summary only
      -v, --verbose       Show a line for each case, and retries
          --color <WHEN>  When to use colours [default: auto] [possible values: auto, always, never]

    To begin: put #[fluxloop::agent] on a function, then `cargo fluxloop init`.
    ");
    insta::assert_snapshot!(parse("cargo-fluxloop run").unwrap_err(), @"
    Run an experiment

    Usage: cargo fluxloop run [OPTIONS] <COMMAND>

    Commands:
      experiment  Run the agent over inputs × personas × iterations

    Options:
      -h, --help  Print help (see more with '--help')

    Output:
      -q, --quiet         Show warnings, errors and the summary only
      -v, --verbose       Show a line for each case, and retries
          --color <WHEN>  When to use colours [default: auto] [possible values: auto, always, never]
    ");
}

#[test]
fn completions_name_the_options() {
    for name in ["bash", "zsh", "fish", "elvish", "powershell"] {
        let line = format!("cargo-fluxloop completions {name}");
        let Command::Completions(completions) = parse(&line).unwrap().command else {
            panic!("{line}");
        };
        let script = String::from_utf8(completions.script().unwrap()).unwrap();
        assert!(
            script.contains("max-turns") && script.contains("cargo-fluxloop"),
            "{name}"
        );
    }
}

/// Help as a terminal of 80 columns shows it.
fn help(flag: &str) -> String {
    help_of("run experiment", flag)
}

fn help_of(subject: &str, flag: &str) -> String {
    let mut command = Cli::command().term_width(80);
    let words = ["cargo-fluxloop"].into_iter().chain(subject.split(' '));
    let error = command
        .try_get_matches_from_mut(words.chain([flag]))
        .unwrap_err();
    assert_eq!(error.exit_code(), 0);
    error.to_string()
}

#[test]
fn help_fits_eighty_columns() {
    for line in help("--help").lines().chain(help("-h").lines()) {
        assert!(line.chars().count() <= 80, "{line}");
    }
}

#[test]
fn short_help() {
    insta::assert_snapshot!(help("-h"));
}

#[test]
fn long_help() {
    insta::assert_snapshot!(help("--help"));
}

#[test]
fn help_of_show() {
    insta::assert_snapshot!(help_of("show", "--help"));
}

//! Options that variables have a say in, too.

use super::*;

#[test]
fn each_switch_is_an_option_and_a_variable() {
    type Field = fn(&RunOptions) -> bool;
    let table: &[(&str, &str, Field)] = &[
        ("--yes", "FLUXLOOP_YES", |options| options.yes),
        ("-y", "FLUXLOOP_YES", |options| options.yes),
        ("--dry-run", "FLUXLOOP_DRY_RUN", |options| options.dry_run),
        ("--no-fail", "FLUXLOOP_NO_FAIL", |options| options.no_fail),
    ];
    for (option, variable, field) in table {
        let given = |arguments: &str, value: &str| options(arguments, &[(*variable, value)]);
        assert!(field(&options(option, &[]).unwrap()), "{option}");
        assert!(!field(&options("", &[]).unwrap()), "{option}");
        for (value, expected) in [
            ("1", true),
            ("true", true),
            ("0", false),
            ("false", false),
            ("", false),
        ] {
            assert_eq!(
                field(&given("", value).unwrap()),
                expected,
                "{variable}={value}"
            );
            assert!(
                field(&given(option, value).unwrap()),
                "{option} over {variable}={value}"
            );
        }
        assert_eq!(
            given("", "yes").unwrap_err().to_string(),
            format!(
                "environment variable `{variable}` is `yes`, expected `true`, `false`, `1` or `0`"
            ),
        );
    }
}

#[test]
fn each_choice_is_an_option_and_a_variable() {
    fn progress(arguments: &str, value: &str) -> Result<Progress, UsageError> {
        options(arguments, &[("FLUXLOOP_PROGRESS", value)]).map(|options| options.progress)
    }
    fn format(arguments: &str, value: &str) -> Result<MessageFormat, UsageError> {
        options(arguments, &[("FLUXLOOP_MESSAGE_FORMAT", value)])
            .map(|options| options.message_format)
    }
    for (name, value) in [
        ("auto", Progress::Auto),
        ("bar", Progress::Bar),
        ("lines", Progress::Lines),
        ("none", Progress::None),
    ] {
        assert_eq!(progress("", name).unwrap(), value);
        assert_eq!(
            progress(&format!("--progress {name}"), "lines").unwrap(),
            value
        );
    }
    assert_eq!(format("", "").unwrap(), MessageFormat::Human);
    assert_eq!(format("", "json").unwrap(), MessageFormat::Json);
    assert_eq!(
        format("--message-format json", "human").unwrap(),
        MessageFormat::Json
    );
    for (line, value, expected) in [
        ("list checks", "", MessageFormat::Human),
        ("list checks", "json", MessageFormat::Json),
        (
            "list checks --message-format json",
            "human",
            MessageFormat::Json,
        ),
    ] {
        let Command::List(list) = parse(&format!("cargo-fluxloop {line}")).unwrap().command else {
            panic!("{line}");
        };
        let ListSubject::Checks(checks) = list.subject() else {
            panic!("{line}");
        };
        let variables = environment(&[("FLUXLOOP_MESSAGE_FORMAT", value)]);
        assert_eq!(checks.message_format(&variables).unwrap(), expected);
    }
    insta::assert_snapshot!(
        progress("", "dots").unwrap_err(),
        @"environment variable `FLUXLOOP_PROGRESS` is `dots`, expected one of `auto`, `bar`, `lines`, `none`"
    );
}

#[test]
fn a_report_is_an_option_and_a_variable() {
    let junit = |arguments: &str, value: &str| {
        let options = options(arguments, &[("FLUXLOOP_JUNIT", value)]).unwrap();
        options.junit.map(|path| path.display().to_string())
    };
    assert_eq!(junit("", ""), None);
    assert_eq!(junit("", "a.xml").as_deref(), Some("a.xml"));
    assert_eq!(junit("--junit b.xml", "a.xml").as_deref(), Some("b.xml"));
}

fn shell(arguments: &str, variables: &[(&str, &str)]) -> Result<ShellOptions, UsageError> {
    let line = format!("cargo-fluxloop run experiment {arguments}");
    parse(&line).unwrap().shell.resolve(&environment(variables))
}

#[test]
fn the_shell_has_options_and_variables() {
    let verbosity = |arguments, variables: &[_]| shell(arguments, variables).unwrap().verbosity;
    assert_eq!(verbosity("", &[]), Verbosity::Normal);
    assert_eq!(verbosity("-q", &[]), Verbosity::Quiet);
    assert_eq!(verbosity("--verbose", &[]), Verbosity::Verbose);
    assert_eq!(verbosity("", &[("FLUXLOOP_QUIET", "1")]), Verbosity::Quiet);
    assert_eq!(
        verbosity("", &[("FLUXLOOP_VERBOSE", "true")]),
        Verbosity::Verbose
    );
    assert_eq!(
        verbosity("-v", &[("FLUXLOOP_QUIET", "1")]),
        Verbosity::Verbose
    );
    insta::assert_snapshot!(
        shell("", &[("FLUXLOOP_QUIET", "1"), ("FLUXLOOP_VERBOSE", "1")]).unwrap_err(),
        @"environment variables `FLUXLOOP_QUIET` and `FLUXLOOP_VERBOSE` are both set, expected one of them"
    );
    let color = |arguments, variables: &[_]| shell(arguments, variables).unwrap().color;
    assert_eq!(color("", &[]), Color::Auto);
    assert_eq!(
        color("--color always", &[("FLUXLOOP_COLOR", "never")]),
        Color::Always
    );
    assert_eq!(color("", &[("FLUXLOOP_COLOR", "never")]), Color::Never);
}

//! Variables of the environment: those of the run's options are a layer of the configuration.

use std::{collections::BTreeMap, sync::Arc};

use serde_json::Value;

use super::{
    error::{ConfigError, ErrorKind, Warning},
    node::Origin,
    options::{Override, RUN_OPTIONS, RunOption, variable_of},
};

/// Another name of an option on the command line, whose variable is read as the option's own.
struct Alias {
    name: &'static str,
    option: &'static str,
    /// It says the opposite: `--no-multi-turn`.
    inverted: bool,
}

const ALIASES: [Alias; 4] = [
    alias("name", "experiment-name", false),
    alias("output", "output-dir", false),
    alias("no-multi-turn", "multi-turn", true),
    alias("manual-approve-tools", "auto-approve-tools", true),
];

const fn alias(name: &'static str, option: &'static str, inverted: bool) -> Alias {
    Alias {
        name,
        option,
        inverted,
    }
}

/// The overrides of an environment's `FLUXLOOP_*` variables. An empty one counts as unset.
///
/// # Errors
///
/// Where two variables of one option differ: neither is the later one, as on the command line.
pub(crate) fn overrides(
    environment: &BTreeMap<String, String>,
    origin: impl Fn(Arc<str>) -> Origin,
) -> Result<Vec<Override>, ConfigError> {
    let mut overrides = Vec::new();
    for option in RUN_OPTIONS {
        let set = set_for(option, environment);
        let Some((first, value)) = set.first() else {
            continue;
        };
        if let Some((other, _)) = set.iter().find(|(_, other)| other != value) {
            let error = ConfigError::new(ErrorKind::Invalid {
                subject: other.clone(),
                reason: format!("it contradicts `{first}`"),
            });
            return Err(error.with_hint("unset one of them"));
        }
        overrides.push(Override {
            key: option.key.to_owned(),
            value: value.clone(),
            origin: origin(first.as_str().into()),
        });
    }
    Ok(overrides)
}

/// The variables that are set for an option, and what each says of its key.
fn set_for(option: &RunOption, environment: &BTreeMap<String, String>) -> Vec<(String, Value)> {
    let own = alias(option.name, option.name, false);
    let aliases = ALIASES.iter().filter(|alias| alias.option == option.name);
    let set = std::iter::once(&own).chain(aliases).filter_map(|alias| {
        let variable = variable_of(alias.name);
        let text = environment.get(&variable).filter(|text| !text.is_empty())?;
        let value = match option.value(text) {
            Value::Bool(value) => Value::Bool(value != alias.inverted),
            value => value,
        };
        Some((variable, value))
    });
    set.collect()
}

/// `FLUXLOOP_ITERATION` is nobody's variable, and probably meant as one that is.
pub(crate) fn misspelt(environment: &BTreeMap<String, String>) -> Vec<Warning> {
    /// Variables of ours that are no option of the table.
    const OTHERS: [&str; 15] = [
        "FLUXLOOP_CONFIG",
        "FLUXLOOP_PROJECT",
        "FLUXLOOP_ROOT",
        "FLUXLOOP_YES",
        "FLUXLOOP_DRY_RUN",
        "FLUXLOOP_NO_FAIL",
        "FLUXLOOP_JUNIT",
        "FLUXLOOP_PROGRESS",
        "FLUXLOOP_MESSAGE_FORMAT",
        "FLUXLOOP_QUIET",
        "FLUXLOOP_VERBOSE",
        "FLUXLOOP_COLOR",
        "FLUXLOOP_RECORD_ARGS",
        "FLUXLOOP_RECORDING_FILE",
        "FLUXLOOP_RECORDING_MAX_BYTES",
    ];
    let variables = RUN_OPTIONS.iter().map(RunOption::variable);
    let aliases = ALIASES.iter().map(|alias| variable_of(alias.name));
    let others = OTHERS.map(str::to_owned);
    let variables: Vec<String> = variables.chain(aliases).chain(others).collect();
    let known = || {
        variables
            .iter()
            .filter_map(|name| name.strip_prefix("FLUXLOOP_"))
    };
    let ours = environment
        .keys()
        .filter_map(|name| name.strip_prefix("FLUXLOOP_"));
    let unknown = ours.filter(|name| known().all(|known| known != *name));
    unknown
        .filter_map(|name| {
            let nearest = super::nearest(name, known())?;
            let message = format!("nothing reads the variable `FLUXLOOP_{name}`");
            let hint = format!("did you mean `FLUXLOOP_{nearest}`?");
            Some(Warning::new(message, None).with_hint(hint))
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn environment(variables: &[(&str, &str)]) -> BTreeMap<String, String> {
        variables
            .iter()
            .map(|(name, value)| ((*name).to_owned(), (*value).to_owned()))
            .collect()
    }

    #[test]
    fn each_name_of_an_option_has_its_variable() {
        for (variable, value, key, expected) in [
            ("FLUXLOOP_NAME", "base", "name", Value::from("base")),
            ("FLUXLOOP_OUTPUT", "out", "output_directory", "out".into()),
            (
                "FLUXLOOP_NO_MULTI_TURN",
                "1",
                "multi_turn.enabled",
                false.into(),
            ),
            (
                "FLUXLOOP_NO_MULTI_TURN",
                "false",
                "multi_turn.enabled",
                true.into(),
            ),
            (
                "FLUXLOOP_MANUAL_APPROVE_TOOLS",
                "true",
                "multi_turn.auto_approve_tools",
                false.into(),
            ),
        ] {
            let set = overrides(&environment(&[(variable, value)]), Origin::Environment);
            let [given] = &set.expect("it is a value")[..] else {
                panic!("{variable} is read once");
            };
            assert_eq!((given.key.as_str(), &given.value), (key, &expected));
        }
        for alias in &ALIASES {
            assert!(
                super::super::run_option(alias.option).is_some(),
                "{}",
                alias.name
            );
        }
    }

    #[test]
    fn variables_that_contradict_each_other_are_refused() {
        let both = |no: &str| {
            let variables = [
                ("FLUXLOOP_MULTI_TURN", "true"),
                ("FLUXLOOP_NO_MULTI_TURN", no),
            ];
            overrides(&environment(&variables), Origin::Environment)
        };
        assert_eq!(both("false").expect("they agree").len(), 1);
        insta::assert_snapshot!(both("true").unwrap_err().report(), @"
        error: `FLUXLOOP_NO_MULTI_TURN`: it contradicts `FLUXLOOP_MULTI_TURN`
          = help: unset one of them
        ");
    }

    #[test]
    fn a_misspelt_variable_is_named() {
        let environment = BTreeMap::from([
            ("FLUXLOOP_ITERATION".to_owned(), "3".to_owned()),
            ("FLUXLOOP_WORKER_TOKEN".to_owned(), "x".to_owned()),
        ]);
        let warnings: Vec<String> = misspelt(&environment).iter().map(Warning::report).collect();
        assert_eq!(
            warnings,
            [
                "warning: nothing reads the variable `FLUXLOOP_ITERATION`\n  = help: did you mean `FLUXLOOP_ITERATIONS`?"
            ]
        );
    }
}

use std::{fmt, str::FromStr};

/// A target as the user wrote it: `module.path:function`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TargetSpec {
    text: String,
    modules: Vec<String>,
    function: String,
}

/// A target that cannot be read.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("target `{text}` {problem}")]
pub struct SpecError {
    text: String,
    problem: SpecProblem,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
enum SpecProblem {
    #[error("is empty")]
    Empty,
    #[error("has whitespace in it")]
    Whitespace,
    #[error("names no function after the `:`")]
    NoFunction,
    #[error("has a `:` or `::` after the one `:` that names the function")]
    SeveralFunctions,
    #[error("has an empty part")]
    EmptyPart,
}

impl SpecError {
    /// What a target looks like.
    #[must_use]
    pub fn hint(&self) -> String {
        let form = "a target is `module.path:function`, as in `my_crate.agents:run`";
        match self.problem {
            SpecProblem::Whitespace => {
                let fixed: String = self.text.split_whitespace().collect();
                format!("{form}; without it: `{fixed}`")
            }
            _ => form.to_owned(),
        }
    }
}

impl TargetSpec {
    /// The modules before the function; the first may be a crate, or a kind of target.
    #[must_use]
    pub fn modules(&self) -> &[String] {
        &self.modules
    }

    /// The agent's name.
    #[must_use]
    pub fn function(&self) -> &str {
        &self.function
    }

    fn parse(text: &str) -> Result<Self, SpecProblem> {
        if text.is_empty() {
            return Err(SpecProblem::Empty);
        }
        if text.contains(char::is_whitespace) {
            return Err(SpecProblem::Whitespace);
        }
        // `::` separates modules like `.`; what is left of `:` separates the function.
        let dotted = text.replace("::", ".");
        let (modules, function) = match dotted.split_once(':') {
            Some((_, "")) => return Err(SpecProblem::NoFunction),
            Some(("", _)) => return Err(SpecProblem::EmptyPart),
            // A `::` of the text became a `.` in the function.
            Some((_, function)) if function.contains(':') || !text.ends_with(function) => {
                return Err(SpecProblem::SeveralFunctions);
            }
            Some((modules, function)) => (Some(modules), function),
            None => match dotted.rsplit_once('.') {
                Some((modules, function)) => (Some(modules), function),
                None => (None, dotted.as_str()),
            },
        };
        let modules: Vec<String> = modules
            .into_iter()
            .flat_map(|modules| modules.split('.'))
            .map(str::to_owned)
            .collect();
        if function.split('.').any(str::is_empty) || modules.iter().any(String::is_empty) {
            return Err(SpecProblem::EmptyPart);
        }
        Ok(Self {
            text: text.to_owned(),
            modules,
            function: function.to_owned(),
        })
    }
}

impl FromStr for TargetSpec {
    type Err = SpecError;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        Self::parse(text).map_err(|problem| SpecError {
            text: text.to_owned(),
            problem,
        })
    }
}

impl fmt::Display for TargetSpec {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.text)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parts(text: &str) -> String {
        match text.parse::<TargetSpec>() {
            Ok(spec) => format!("{}:{}", spec.modules.join("/"), spec.function),
            Err(error) => error.to_string(),
        }
    }

    #[test]
    fn dots_and_double_colons_separate_modules() {
        for (text, expected) in [
            ("run", ":run"),
            ("b::run", "b:run"),
            ("b.run", "b:run"),
            ("a.b:run", "a/b:run"),
            ("a::b:run", "a/b:run"),
            ("a::b::run", "a/b:run"),
            ("my-crate.b::c:run-it", "my-crate/b/c:run-it"),
            ("examples.my_agent:run", "examples/my_agent:run"),
            ("crate:v1.2", "crate:v1.2"),
        ] {
            assert_eq!(parts(text), expected, "{text}");
        }
    }

    #[test]
    fn what_is_no_target_says_why() {
        for (text, expected) in [
            ("", "target `` is empty"),
            (" a:b", "target ` a:b` has whitespace in it"),
            ("a: b", "target `a: b` has whitespace in it"),
            ("a:", "target `a:` names no function after the `:`"),
            (":run", "target `:run` has an empty part"),
            ("a..b:run", "target `a..b:run` has an empty part"),
            ("a.:run", "target `a.:run` has an empty part"),
            (".", "target `.` has an empty part"),
            ("::", "target `::` has an empty part"),
            ("a::", "target `a::` has an empty part"),
            (
                "a:b:c",
                "target `a:b:c` has a `:` or `::` after the one `:` that names the function",
            ),
            ("a:::b", "target `a:::b` has an empty part"),
            ("a::b:::c", "target `a::b:::c` has an empty part"),
        ] {
            assert_eq!(parts(text), expected, "{text}");
        }
    }

    #[test]
    fn the_hint_removes_whitespace() {
        let error = "my_crate : run".parse::<TargetSpec>().unwrap_err();
        insta::assert_snapshot!(
            error.hint(),
            @"a target is `module.path:function`, as in `my_crate.agents:run`; without it: `my_crate:run`"
        );
    }
}

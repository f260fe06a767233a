use std::fmt;

/// What a function is registered as: what messages call it.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) enum Registered {
    #[default]
    Agent,
    Check,
}

impl Registered {
    /// The attribute.
    pub(crate) fn attribute(self) -> &'static str {
        match self {
            Self::Agent => "#[fluxloop::agent]",
            Self::Check => "#[fluxloop::check]",
        }
    }

    /// The forms of its options.
    pub(crate) fn forms(self) -> String {
        let of_its_own = match self {
            Self::Agent => ", `record`",
            Self::Check => "",
        };
        format!("the options of {self} are `name = \"…\"`{of_its_own} and `crate = path`")
    }

    /// A name that it could have.
    pub(crate) fn example_name(self) -> &'static str {
        match self {
            Self::Agent => "name = \"support\"",
            Self::Check => "name = \"polite\"",
        }
    }
}

impl fmt::Display for Registered {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Agent => "an agent",
            Self::Check => "a check",
        })
    }
}

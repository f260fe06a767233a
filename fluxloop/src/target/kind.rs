use std::fmt;

/// The kinds of cargo targets that can hold agents.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Kind {
    /// The library.
    Lib,
    /// A binary.
    Bin,
    /// An example.
    Example,
    /// An integration test.
    Test,
}

impl Kind {
    /// All kinds.
    pub const ALL: [Self; 4] = [Self::Lib, Self::Bin, Self::Example, Self::Test];

    /// The word before the name in a target: `examples.my_agent:run`.
    #[must_use]
    pub fn prefix(self) -> &'static str {
        match self {
            Self::Lib => "lib",
            Self::Bin => "bins",
            Self::Example => "examples",
            Self::Test => "tests",
        }
    }
}

impl fmt::Display for Kind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Lib => "library",
            Self::Bin => "binary",
            Self::Example => "example",
            Self::Test => "test",
        })
    }
}

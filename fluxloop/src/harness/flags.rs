use std::{ffi::OsString, path::PathBuf};

use clap::Parser;
use libtest_mimic::{Arguments, ColorSetting, FormatSetting};

/// The flags of libtest, all that are stable.
#[expect(
    clippy::struct_excessive_bools,
    reason = "these are switches, each of its own"
)]
#[derive(Parser, Clone, Debug, Default)]
#[command(
    about = "Runs the cases of an experiment as tests",
    disable_version_flag = true,
    override_usage = "[OPTIONS] [FILTERS]...",
    after_help = "As many tests run at once as the configuration's `parallel_runs`, unless --test-threads or \
                  RUST_TEST_THREADS says otherwise."
)]
pub(super) struct Flags {
    /// Runs only the tests whose names contain one of these
    #[arg(value_name = "FILTERS")]
    filters: Vec<String>,
    /// Runs no test whose name contains this; may be given several times
    #[arg(long, value_name = "FILTER")]
    skip: Vec<String>,
    /// Filters are whole names, rather than parts of them
    #[arg(long)]
    exact: bool,
    /// Runs only ignored tests; no case is one
    #[arg(long)]
    ignored: bool,
    /// Runs ignored tests, too; no case is one
    #[arg(long, conflicts_with = "ignored")]
    include_ignored: bool,
    /// Runs tests and no benchmarks, as it does anyway
    #[arg(long)]
    test: bool,
    /// Runs benchmarks in place of tests; there is none
    #[arg(long)]
    bench: bool,
    /// Lists the tests, and runs none
    #[arg(long)]
    pub(super) list: bool,
    /// How many tests run at once
    #[arg(long, value_name = "NUMBER")]
    pub(super) test_threads: Option<u64>,
    /// Shows what agents print while they run, on standard error; the experiment has it in `logs/`
    #[arg(long, alias = "nocapture")]
    pub(super) no_capture: bool,
    /// Changes nothing: what runs print at once cannot be told apart
    #[arg(long)]
    show_output: bool,
    /// One character a test; the same as --format terse
    #[arg(long, short)]
    quiet: bool,
    /// How results are printed
    #[arg(long, value_enum)]
    format: Option<FormatSetting>,
    /// Whether results are printed in colour
    #[arg(long, value_enum)]
    color: Option<ColorSetting>,
    /// Writes each test's result to this file, too
    #[arg(long, value_name = "PATH")]
    pub(super) logfile: Option<PathBuf>,
    /// Some programs that call tests say it
    #[arg(short = 'Z', value_name = "unstable-options", hide = true)]
    unstable: Option<String>,
}

impl Flags {
    /// From a command line, the program's name first.
    pub(super) fn of(words: impl IntoIterator<Item = OsString>) -> Result<Self, clap::Error> {
        Self::try_parse_from(words)
    }

    /// The one test that can be run, where it is named in full.
    pub(super) fn only(&self) -> Option<&str> {
        match &*self.filters {
            [name] if self.exact => Some(name),
            _ => None,
        }
    }

    /// Whether a test is selected. The others are filtered out.
    pub(super) fn selects(&self, test: &str) -> bool {
        let is_meant = |filter: &String| {
            if self.exact {
                test == filter
            } else {
                test.contains(filter.as_str())
            }
        };
        !self.ignored
            && (self.filters.is_empty() || self.filters.iter().any(is_meant))
            && !self.skip.iter().any(is_meant)
    }

    /// Whether selected tests are told of and not run.
    pub(super) fn ignores(&self) -> bool {
        self.bench && !self.test
    }

    /// Whether results are told in a few characters: of `--quiet` and `--format` the second counts.
    pub(super) fn is_terse(&self) -> bool {
        let format = if self.quiet {
            FormatSetting::Terse
        } else {
            FormatSetting::Pretty
        };
        self.format.unwrap_or(format) == FormatSetting::Terse
    }

    /// What libtest-mimic is told, for tests that are selected already. It counts tests without a name as filtered out.
    pub(super) fn for_selected(&self, threads: usize) -> Arguments {
        Arguments {
            skip: vec![NAMELESS.to_owned()],
            exact: true,
            bench: self.ignores(),
            test_threads: Some(threads),
            format: self.format,
            quiet: self.is_terse() && self.format.is_none(),
            color: self.color,
            ..Arguments::default()
        }
    }
}

/// What a test is called that stands for one that is filtered out.
pub(super) const NAMELESS: &str = "";

#[cfg(test)]
mod tests {
    use super::*;

    fn flags(line: &str) -> Flags {
        let words = std::iter::once("test").chain(line.split_whitespace());
        Flags::of(words.map(OsString::from)).unwrap()
    }

    fn selected(line: &str) -> Vec<&'static str> {
        let flags = flags(line);
        let all = ["ada::order", "ada::refund", "bob::order"];
        all.into_iter().filter(|name| flags.selects(name)).collect()
    }

    #[test]
    fn filters_select_what_one_of_them_fits() {
        assert_eq!(selected("").len(), 3);
        assert_eq!(selected("refund bob"), ["ada::refund", "bob::order"]);
        assert_eq!(selected("order --skip ada --skip x"), ["bob::order"]);
        assert_eq!(selected("--skip ada --skip bob").len(), 0);
        assert_eq!(
            selected("--exact ada::order bob::order bob"),
            ["ada::order", "bob::order"]
        );
        assert_eq!(selected("--exact --skip ada --skip bob::order").len(), 2);
        assert_eq!(selected("--ignored").len(), 0);
        assert_eq!(selected("--include-ignored").len(), 3);
        assert_eq!(flags("--exact a").only(), Some("a"));
        assert_eq!(flags("a").only(), None);
        assert_eq!(flags("--exact a b").only(), None);
    }

    #[test]
    fn what_cannot_be_is_refused() {
        for line in [
            "--ignored --include-ignored",
            "--test-threads x",
            "--nosuch",
            "--format odd",
            "--exact --exact",
        ] {
            let words = std::iter::once("test").chain(line.split_whitespace());
            assert!(Flags::of(words.map(OsString::from)).is_err(), "{line}");
        }
    }

    #[test]
    fn a_format_counts_more_than_quiet() {
        assert!(flags("-q").is_terse() && flags("--format terse").is_terse());
        assert!(!flags("--quiet --format pretty").is_terse());
        assert_eq!(
            flags("--quiet --format json").for_selected(1).format,
            Some(FormatSetting::Json)
        );
        assert!(!flags("--quiet --format json").for_selected(1).quiet);
        assert!(flags("--quiet").for_selected(1).quiet);
    }

    #[test]
    fn benchmarks_take_the_place_of_tests() {
        assert!(flags("--bench").ignores());
        assert!(!flags("--bench --test").ignores() && !flags("--test").ignores());
    }

    #[test]
    fn what_other_programs_say_is_taken() {
        let flags = flags("-Z unstable-options --nocapture --show-output --color=always");
        assert!(flags.no_capture && flags.show_output);
        assert_eq!(flags.unstable.as_deref(), Some("unstable-options"));
        assert!(self::flags("--no-capture").no_capture);
    }
}

//! What a value on the command line must be, beyond its type.

use clap::builder::RangedI64ValueParser;

/// Whole numbers from 1.
pub(super) fn at_least_one() -> RangedI64ValueParser<u32> {
    clap::value_parser!(u32).range(1..)
}

/// Turns in a conversation: 1 to 100.
pub(super) fn turns() -> RangedI64ValueParser<u32> {
    clap::value_parser!(u32).range(1..=100)
}

/// A number of seconds above 0.
pub(super) fn seconds(text: &str) -> Result<f64, String> {
    match text.parse::<f64>() {
        Ok(seconds) if seconds > 0.0 && seconds.is_finite() => Ok(seconds),
        _ => Err("expected a number of seconds above 0".to_owned()),
    }
}

/// A fraction from 0 to 1.
pub(super) fn fraction(text: &str) -> Result<f64, String> {
    match text.parse::<f64>() {
        Ok(fraction) if (0.0..=1.0).contains(&fraction) => Ok(fraction),
        _ => Err("expected a number from 0 to 1".to_owned()),
    }
}

/// A persona's name. Blanks around a comma are not part of it.
pub(super) fn persona_name(text: &str) -> Result<String, String> {
    match text.trim() {
        "" => Err("a persona's name is empty".to_owned()),
        name => Ok(name.to_owned()),
    }
}

use std::time::Duration;

use jiff::{Timestamp, fmt::rfc2822};

/// The longest pause that a server may ask for; after it, it is asked again whatever it said.
const LONGEST: Duration = Duration::from_mins(1);

/// Reads `Retry-After`: seconds, or a date.
pub(crate) fn parse(value: &str, now: Timestamp) -> Option<Duration> {
    let value = value.trim();
    let pause = if let Ok(seconds) = value.parse::<f64>() {
        // NaN stays what it is, and is no duration.
        Duration::try_from_secs_f64(seconds.clamp(0.0, LONGEST.as_secs_f64())).ok()?
    } else {
        let until = rfc2822::DateTimeParser::new().parse_timestamp(value).ok()?;
        Duration::try_from(until.duration_since(now)).unwrap_or_default()
    };
    Some(pause.min(LONGEST))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn pause(value: &str) -> Option<u64> {
        let now = "2026-11-23T20:00:00Z".parse().unwrap();
        parse(value, now).map(|pause| pause.as_secs())
    }

    #[test]
    fn seconds_and_dates_are_read_and_capped() {
        assert_eq!(pause("0"), Some(0));
        assert_eq!(pause(" 7 "), Some(7));
        assert_eq!(pause("86400"), Some(60));
        assert_eq!(pause("99999999999999999999999"), Some(60));
        assert_eq!(pause("Mon, 23 Nov 2026 20:00:30 GMT"), Some(30));
        assert_eq!(pause("Mon, 23 Nov 2026 23:00:00 GMT"), Some(60));
        assert_eq!(pause("Mon, 23 Nov 2026 19:00:00 GMT"), Some(0));
    }

    #[test]
    fn what_is_neither_asks_for_nothing() {
        assert_eq!(pause("soon"), None);
        assert_eq!(pause("NaN"), None);
        assert_eq!(pause(""), None);
        assert_eq!(pause("-5"), Some(0));
    }
}

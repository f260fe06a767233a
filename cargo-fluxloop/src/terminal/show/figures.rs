//! Numbers as people read them.

use fluxloop::artifact::read::RecordedUsage;
use jiff::{SignedDuration, Timestamp};

/// Groups of three digits: `1,234,567`.
pub(super) fn grouped(number: u64) -> String {
    let digits = number.to_string();
    let mut text = String::with_capacity(digits.len() + digits.len() / 3);
    for (index, digit) in digits.chars().enumerate() {
        if index > 0 && (digits.len() - index).is_multiple_of(3) {
            text.push(',');
        }
        text.push(digit);
    }
    text
}

/// `1,234 in, 56 out, 1,024 cached`, as far as it is known; none where nothing is.
pub(super) fn tokens(usage: &RecordedUsage) -> Option<String> {
    let mut parts = Vec::new();
    for (number, word) in [
        (usage.input_tokens, "in"),
        (usage.output_tokens, "out"),
        (usage.cached_tokens, "cached"),
        (usage.reasoning_tokens, "reasoning"),
    ] {
        parts.extend(number.map(|number| format!("{} {word}", grouped(number))));
    }
    if parts.is_empty() {
        parts.extend(usage.total_tokens.map(grouped));
    }
    (!parts.is_empty()).then(|| parts.join(", "))
}

/// An amount of money in whatever currency, of which the first digits count.
pub(super) fn amount(cost: f64) -> String {
    if cost != 0.0 && cost.abs() < 0.01 {
        format!("{cost:.6}")
    } else {
        format!("{cost:.2}")
    }
}

/// A moment to the second.
pub(super) fn moment(at: Timestamp) -> String {
    at.strftime("%Y-%m-%d %H:%M:%S UTC").to_string()
}

/// From one moment to another in milliseconds; nothing where the clock was set back meanwhile.
pub(super) fn milliseconds_between(from: Timestamp, to: Timestamp) -> f64 {
    to.duration_since(from)
        .max(SignedDuration::ZERO)
        .as_millis_f64()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn digits_are_grouped() {
        for (number, text) in [
            (0, "0"),
            (999, "999"),
            (1000, "1,000"),
            (1_234_567, "1,234,567"),
        ] {
            assert_eq!(grouped(number), text);
        }
    }

    #[test]
    fn only_what_is_known_is_said() {
        let said = |json| tokens(&serde_json::from_str(json).unwrap());
        assert_eq!(said("{}"), None);
        assert_eq!(said(r#"{"total_tokens": 1500}"#).as_deref(), Some("1,500"));
        assert_eq!(
            said(r#"{"input_tokens": 1500, "output_tokens": 7, "total_tokens": 1507}"#).as_deref(),
            Some("1,500 in, 7 out")
        );
        assert_eq!(
            said(r#"{"input_tokens": 1500, "cached_tokens": 1024}"#).as_deref(),
            Some("1,500 in, 1,024 cached")
        );
    }

    #[test]
    fn small_amounts_keep_digits() {
        assert_eq!(amount(12.345), "12.35");
        assert_eq!(amount(0.000_123), "0.000123");
        assert_eq!(amount(0.0), "0.00");
    }

    #[test]
    fn a_clock_set_back_gives_nothing() {
        let at = |text: &str| text.parse::<Timestamp>().unwrap();
        let (early, late) = (at("2024-11-01T14:30:22Z"), at("2024-11-01T14:30:23.5Z"));
        assert_eq!(moment(early), "2024-11-01 14:30:22 UTC");
        assert!((milliseconds_between(early, late) - 1500.0).abs() < 1e-9);
        assert!(milliseconds_between(late, early).abs() < 1e-9);
    }
}

//! Figures as people read them.

/// A rate as a percentage, rounded down: only all is 100.0%.
#[must_use]
pub fn percentage(rate: f64) -> String {
    format!("{:.1}%", floor_tenths(rate * 100.0))
}

/// A rate that somebody asked for, as short as it is exact: `95%`, `99.95%`.
#[must_use]
pub fn required(rate: f64) -> String {
    // Two more digits than people give; what is left of the binary fraction rounds away.
    let text = format!("{:.6}", rate * 100.0);
    format!("{}%", text.trim_end_matches('0').trim_end_matches('.'))
}

fn floor_tenths(percent: f64) -> f64 {
    // 0.29 * 100 is 28.999999999999996: such a hair's breadth is no tenth.
    (percent * 10.0 + 1e-9).floor() / 10.0
}

/// `1 run`, `2 runs`.
#[must_use]
pub fn plural(count: impl TryInto<u64>, noun: &str) -> String {
    match count.try_into().unwrap_or(u64::MAX) {
        1 => format!("1 {noun}"),
        several => format!("{several} {noun}s"),
    }
}

/// Tests that failed although their runs did not, as a gate sees them.
#[cfg(any(feature = "harness", feature = "junit"))]
pub(crate) fn beyond_the_gate(tests: u64) -> String {
    let whose = if tests == 1 { "its run" } else { "their runs" };
    let tests = plural(tests, "test");
    format!("{tests} failed although {whose} did not, and no gate accepts that")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_all_is_a_hundred_percent() {
        assert_eq!(percentage(1.0), "100.0%");
        assert_eq!(percentage(0.9999), "99.9%");
        assert_eq!(percentage(0.29), "29.0%");
        assert_eq!(percentage(0.0), "0.0%");
    }

    #[test]
    fn a_required_rate_is_as_typed() {
        assert_eq!(required(0.95), "95%");
        assert_eq!(required(0.9995), "99.95%");
        assert_eq!(required(1.0), "100%");
        assert_eq!(required(0.1), "10%");
    }
}

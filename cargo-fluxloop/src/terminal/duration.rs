//! Durations as people read them.

use std::time::Duration;

/// A measured duration: `850µs`, `12.3ms`, `1.25s`, `2m 5s`.
pub(super) fn measured(milliseconds: f64) -> String {
    // The rounded number decides on the unit: 999.96 ms are 1.00 s, not 1000.0 ms.
    if milliseconds < 0.9995 {
        format!("{:.0}µs", milliseconds * 1000.0)
    } else if milliseconds < 999.95 {
        format!("{milliseconds:.1}ms")
    } else if milliseconds < 59_995.0 {
        format!("{:.2}s", milliseconds / 1000.0)
    } else {
        coarse(Duration::try_from_secs_f64(milliseconds / 1000.0).unwrap_or(Duration::MAX))
    }
}

/// A duration to wait for, in its two largest units: `45s`, `2m 15s`, `1h 2m`, `3d 4h`.
pub(super) fn coarse(duration: Duration) -> String {
    let half = u64::from(duration.subsec_nanos() >= 500_000_000);
    let seconds = duration.as_secs().saturating_add(half);
    let (minutes, hours, days) = (seconds / 60, seconds / 3600, seconds / 86_400);
    if days > 0 {
        format!("{days}d {}h", hours % 24)
    } else if hours > 0 {
        format!("{hours}h {}m", minutes % 60)
    } else if minutes > 0 {
        format!("{minutes}m {}s", seconds % 60)
    } else {
        format!("{seconds}s")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn measured_durations() {
        for (milliseconds, text) in [
            (0.0, "0µs"),
            (0.85, "850µs"),
            (0.9996, "1.0ms"),
            (12.34, "12.3ms"),
            (999.96, "1.00s"),
            (1250.0, "1.25s"),
            (59_999.0, "1m 0s"),
            (135_000.0, "2m 15s"),
            (f64::INFINITY, "213503982334601d 7h"),
        ] {
            assert_eq!(measured(milliseconds), text);
        }
    }

    #[test]
    fn coarse_durations() {
        for (seconds, text) in [
            (0, "0s"),
            (45, "45s"),
            (135, "2m 15s"),
            (3725, "1h 2m"),
            (273_600, "3d 4h"),
        ] {
            assert_eq!(coarse(Duration::from_secs(seconds)), text);
        }
    }
}

//! What repeated tries of one case say of it.

use serde::{Deserialize, Serialize};

/// The 97.5 % quantile of the normal distribution: an interval of 95 %.
const Z: f64 = 1.959_963_984_540_054;

/// How often a case passed, of how many tries.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Tries {
    /// Tries that ended.
    pub tries: u32,
    /// Those that passed.
    pub passes: u32,
}

/// The rates that are likely, from 0 to 1.
#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
pub struct Interval {
    /// The lowest.
    pub low: f64,
    /// The highest.
    pub high: f64,
}

impl Tries {
    /// Takes in a try that ended.
    pub fn record(&mut self, passed: bool) {
        self.tries += 1;
        self.passes += u32::from(passed);
    }

    /// The rate of passes, 0 to 1; absent over nothing.
    ///
    /// ```
    /// use fluxloop::summary::Tries;
    ///
    /// assert_eq!(Tries { tries: 4, passes: 3 }.pass_rate(), Some(0.75));
    /// assert_eq!(Tries::default().pass_rate(), None);
    /// ```
    #[must_use]
    pub fn pass_rate(self) -> Option<f64> {
        (self.tries > 0).then(|| f64::from(self.passes) / f64::from(self.tries))
    }

    /// Whether it passed and failed: the same case, and different ends.
    #[must_use]
    pub fn is_flaky(self) -> bool {
        (1..self.tries).contains(&self.passes)
    }

    /// The Wilson score interval of the pass rate, at 95 % confidence; absent over nothing.
    ///
    /// E. B. Wilson, *Probable Inference, the Law of Succession, and Statistical Inference*, JASA 22 (1927). Unlike the
    /// textbook interval, it is of use for few tries and for rates of 0 and 1.
    ///
    /// ```
    /// use fluxloop::summary::Tries;
    ///
    /// let interval = Tries { tries: 10, passes: 10 }.interval().unwrap();
    /// assert!((interval.low - 0.722).abs() < 0.001);
    /// assert_eq!(interval.high, 1.0);
    /// ```
    #[must_use]
    pub fn interval(self) -> Option<Interval> {
        let rate = self.pass_rate()?;
        let n = f64::from(self.tries);
        let middle = rate + Z * Z / (2.0 * n);
        let reach = Z * (rate * (1.0 - rate) / n + Z * Z / (4.0 * n * n)).sqrt();
        let scale = 1.0 + Z * Z / n;
        // At the ends the formula gives 0 and 1 but for the last digit.
        let low = if self.passes == 0 {
            0.0
        } else {
            (middle - reach) / scale
        };
        let high = if self.passes == self.tries {
            1.0
        } else {
            (middle + reach) / scale
        };
        Some(Interval { low, high })
    }

    /// pass@k: how likely at least one of `k` tries passes, without bias: `1 − C(n−c, k) / C(n, k)`. Absent where there
    /// were fewer tries than `k`.
    ///
    /// M. Chen et al., *Evaluating Large Language Models Trained on Code* (2021), equation 1.
    ///
    /// ```
    /// use fluxloop::summary::Tries;
    ///
    /// let tries = Tries { tries: 4, passes: 2 };
    /// assert!((tries.pass_at(2).unwrap() - 5.0 / 6.0).abs() < 1e-12);
    /// assert_eq!(tries.pass_at(5), None);
    /// ```
    #[must_use]
    pub fn pass_at(self, k: u32) -> Option<f64> {
        Some(1.0 - share(self.tries - self.passes, self.tries, k)?)
    }

    /// pass^k: how likely all of `k` tries pass, without bias: `C(c, k) / C(n, k)`. Absent where there were fewer tries than
    /// `k`.
    ///
    /// S. Yao et al., *τ-bench* (2024), section 3.
    ///
    /// ```
    /// use fluxloop::summary::Tries;
    ///
    /// let tries = Tries { tries: 4, passes: 2 };
    /// assert!((tries.pass_all(2).unwrap() - 1.0 / 6.0).abs() < 1e-12);
    /// ```
    #[must_use]
    pub fn pass_all(self, k: u32) -> Option<f64> {
        share(self.passes, self.tries, k)
    }
}

/// `C(part, k) / C(whole, k)`, as a product: the binomials themselves grow beyond any number.
fn share(part: u32, whole: u32, k: u32) -> Option<f64> {
    if k > whole {
        return None;
    }
    if k > part {
        return Some(0.0);
    }
    Some(
        (0..k)
            .map(|taken| f64::from(part - taken) / f64::from(whole - taken))
            .product(),
    )
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn any_tries() -> impl Strategy<Value = Tries> {
        (1..40_u32)
            .prop_flat_map(|tries| (0..=tries).prop_map(move |passes| Tries { tries, passes }))
    }

    /// Every way to choose `k` of the tries, counted one by one.
    fn counted(tries: Tries, k: u32, holds: impl Fn(u32) -> bool) -> f64 {
        let chosen = (0_u32..1 << tries.tries).filter(|set| set.count_ones() == k);
        let passing = (1_u32 << tries.passes) - 1;
        let (mut all, mut held) = (0_u32, 0_u32);
        for set in chosen {
            all += 1;
            held += u32::from(holds((set & passing).count_ones()));
        }
        f64::from(held) / f64::from(all)
    }

    #[test]
    fn both_are_what_counting_gives() {
        for tries in 1..=7 {
            for passes in 0..=tries {
                for k in 1..=tries {
                    let tried = Tries { tries, passes };
                    let any = counted(tried, k, |passed| passed > 0);
                    let all = counted(tried, k, |passed| passed == k);
                    assert!(
                        (tried.pass_at(k).unwrap() - any).abs() < 1e-12,
                        "{tried:?} {k}"
                    );
                    assert!(
                        (tried.pass_all(k).unwrap() - all).abs() < 1e-12,
                        "{tried:?} {k}"
                    );
                }
            }
        }
    }

    #[test]
    fn the_interval_is_that_of_tables() {
        // R: prop.test(x, n, correct = FALSE)$conf.int
        for (passes, tries, low, high) in [
            (8, 10, 0.490_162, 0.943_318),
            (1, 2, 0.094_531, 0.905_469),
            (0, 5, 0.0, 0.434_482),
        ] {
            let interval = Tries { tries, passes }.interval().unwrap();
            assert!((interval.low - low).abs() < 1e-5, "{interval:?}");
            assert!((interval.high - high).abs() < 1e-5, "{interval:?}");
        }
    }

    proptest! {
        #[test]
        fn all_are_rates_and_in_order(tries in any_tries(), k in 1..40_u32) {
            let interval = tries.interval().unwrap();
            let rate = tries.pass_rate().unwrap();
            prop_assert!(0.0 <= interval.low && interval.low <= rate);
            prop_assert!(rate <= interval.high && interval.high <= 1.0);
            if let (Some(any), Some(all)) = (tries.pass_at(k), tries.pass_all(k)) {
                prop_assert!((0.0..=1.0).contains(&any) && (0.0..=1.0).contains(&all));
                prop_assert!(all <= any + 1e-12);
            } else {
                prop_assert!(k > tries.tries);
            }
        }
    }
}

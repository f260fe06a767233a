use std::collections::BTreeMap;

/// What models cost: `pricing` of the configuration. In any currency, the same for all.
///
/// ```
/// use fluxloop::config::{Price, Pricing};
///
/// let pricing: Pricing = [("gpt-4o-mini".to_owned(), Price { input: 0.15, output: 0.6 })].into_iter().collect();
/// let price = pricing.of("gpt-4o-mini").unwrap();
/// assert!((price.cost(1_000_000, 500_000) - 0.45).abs() < 1e-12);
/// ```
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Pricing {
    models: BTreeMap<String, Price>,
}

/// The price of a million tokens.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Price {
    /// Of a million tokens that the model reads.
    pub input: f64,
    /// Of a million tokens that it writes.
    pub output: f64,
}

impl Pricing {
    /// The price of a model, by its exact name.
    #[must_use]
    pub fn of(&self, model: &str) -> Option<Price> {
        self.models.get(model).copied()
    }
}

impl FromIterator<(String, Price)> for Pricing {
    fn from_iter<I: IntoIterator<Item = (String, Price)>>(models: I) -> Self {
        Self {
            models: models.into_iter().collect(),
        }
    }
}

impl Price {
    /// What so many tokens cost.
    #[must_use]
    #[expect(clippy::cast_precision_loss, reason = "tokens stay far below 2^53")]
    pub fn cost(self, input_tokens: u64, output_tokens: u64) -> f64 {
        (input_tokens as f64 * self.input + output_tokens as f64 * self.output) / 1e6
    }
}

use crate::{
    config::{Price, Pricing},
    worker::protocol::Usage,
};

/// What a run's generations cost: known only where each of them is.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Cost {
    sum: f64,
    generations: u64,
    unknown: bool,
}

impl Cost {
    /// Adds a generation, asked of one model and maybe answered in the name of another.
    pub(super) fn add(&mut self, models: [Option<&str>; 2], usage: Usage, pricing: &Pricing) {
        self.generations += 1;
        let price = models
            .into_iter()
            .flatten()
            .find_map(|model| pricing.of(model));
        match (price, usage.input_tokens, usage.output_tokens) {
            (Some(price), Some(input), Some(output)) => {
                self.sum += Price::cost(price, input, output);
            }
            _ => self.unknown = true,
        }
    }

    /// A generation that told of no tokens.
    pub(super) fn add_unknown(&mut self) {
        self.unknown = true;
    }

    /// In the currency of the prices; absent where nothing was generated or something has no price.
    pub(super) fn known(self) -> Option<f64> {
        (self.generations > 0 && !self.unknown).then_some(self.sum)
    }
}

//! Seeds of runs: each derived from the experiment's seed, the case and the iteration, so that neither the
//! order of runs nor other cases change it.

use sha2::{Digest, Sha256};

/// The seed of an input and persona.
pub(crate) fn of_pair(experiment: u64, name: &str) -> u64 {
    let mut hash = Sha256::new();
    hash.update(experiment.to_le_bytes());
    hash.update(name.as_bytes());
    let digest = hash.finalize();
    let mut first = [0; 8];
    first.copy_from_slice(&digest[..8]);
    u64::from_le_bytes(first)
}

/// The seed of one iteration: the finaliser of `SplitMix64` (Steele, Lea and Flood, 2014), whose outputs for
/// consecutive numbers are unrelated.
pub(crate) fn of_iteration(pair: u64, iteration: u32) -> u64 {
    let mut z = pair.wrapping_add(
        u64::from(iteration)
            .wrapping_add(1)
            .wrapping_mul(0x9E37_79B9_7F4A_7C15),
    );
    z = (z ^ (z >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
    z = (z ^ (z >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
    z ^ (z >> 31)
}

/// What a run is drawn by: unrelated to its seed, which agents make choices by.
pub(super) fn rank(run: u64) -> u64 {
    of_iteration(run, 0)
}

#[cfg(test)]
mod tests {
    use std::collections::HashSet;

    use super::*;

    #[test]
    fn splitmix64_gives_its_published_first_outputs() {
        // The first two outputs of the reference implementation for the seed 0.
        assert_eq!(of_iteration(0, 0), 0xE220_A839_7B1D_CDAF);
        assert_eq!(of_iteration(0, 1), 0x6E78_9E6A_A1B9_65F4);
    }

    #[test]
    fn every_part_counts() {
        let seeds: HashSet<_> = [(1, "a", 0), (2, "a", 0), (1, "b", 0), (1, "a", 1)]
            .into_iter()
            .map(|(experiment, name, iteration)| of_iteration(of_pair(experiment, name), iteration))
            .collect();
        assert_eq!(seeds.len(), 4);
    }
}

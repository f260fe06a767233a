use std::path::Path;

use sha2::{Digest as _, Sha256};

use super::{env::Environment, flags::Flags};

/// A run of `cargo nextest`, which starts a process for each test.
#[derive(Clone, Debug)]
pub(super) struct Nextest {
    run_id: String,
    binary_id: String,
}

impl Nextest {
    /// Absent where something else started this process, as a test that is run by nextest may itself run `cargo test`.
    pub(super) fn of(environment: &Environment, flags: &Flags) -> Option<Self> {
        let is_one_test = flags.list || flags.only().is_some();
        if !is_one_test || environment.get("NEXTEST_EXECUTION_MODE")? != "process-per-test" {
            return None;
        }
        Some(Self {
            run_id: environment.get("NEXTEST_RUN_ID")?.to_owned(),
            binary_id: environment.get("NEXTEST_BINARY_ID")?.to_owned(),
        })
    }

    /// The seed of its experiments where none is configured: the same in all its processes.
    pub(super) fn seed(&self) -> u64 {
        let digest = Sha256::digest(self.run_id.as_bytes());
        // Few enough digits for every program that reads the rows.
        u64::from(u32::from_le_bytes([
            digest[0], digest[1], digest[2], digest[3],
        ]))
    }

    /// What tells an experiment from others in its output directory.
    pub(super) fn key(&self, config: &Path) -> String {
        let mut hash = Sha256::new();
        for part in [self.run_id.as_bytes(), self.binary_id.as_bytes()] {
            hash.update(part);
            hash.update([0]);
        }
        hash.update(config.as_os_str().as_encoded_bytes());
        let digest = hash.finalize();
        let first = digest
            .iter()
            .take(16)
            .fold(0, |sum, byte| sum << 8 | u128::from(*byte));
        format!("{first:032x}")
    }
}

//! What a worker tells of its runs: this test executable is its own worker.
#![cfg(all(feature = "engine", unix))]

mod agents;
mod concurrency;
mod host;
mod recorded;
mod subscriber;

/// The worker's entry: this executable, told to run this one test, becomes a worker.
#[test]
fn entry() {
    fluxloop::worker::test_entry();
}

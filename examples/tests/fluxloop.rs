//! The shipped experiment, as a test suite: what `cargo fluxloop run experiment` runs in this repository.

fluxloop::main!(examples, config = "../configs/simulation.yaml");

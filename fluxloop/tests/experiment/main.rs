//! Experiments within tests: this executable holds the agents that it runs.

mod agents;
mod anywhere;
mod builder;
mod failures;
mod mistakes;
mod observed;
mod project;
mod results;

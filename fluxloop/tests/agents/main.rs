//! Agents as their crate writes them, found through the registry and called as a worker calls them.
#![expect(clippy::unwrap_used, reason = "a test fails where it cannot go on")]

mod binding;
mod invocation;
mod places;
mod recorded;
mod replies;

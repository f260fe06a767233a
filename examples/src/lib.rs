//! Agents that really work.

//! The keys of `expect`. They stand here since a macro can use nothing of the crate it is for.

use proc_macro2::TokenStream;
use quote::quote;

const KEYS: [&str; 10] = [
    "contains",
    "not_contains",
    "equals",
    "matches",
    "json_schema",
    "max_duration_ms",
    "max_turns",
    "max_tokens",
    "tools_called",
    "termination",
];

/// Whether no check can have this name: its results stand beside those of `expect`.
pub(crate) fn is_expectation(name: &str) -> bool {
    KEYS.contains(&name)
}

/// All of them, as an array.
pub(crate) fn keys() -> TokenStream {
    let keys = KEYS;
    quote!([#(#keys),*])
}

//! The attributes of fluxloop.

use proc_macro::TokenStream;

/// Registers a function as an agent.
#[proc_macro_attribute]
pub fn agent(_arguments: TokenStream, item: TokenStream) -> TokenStream {
    item
}

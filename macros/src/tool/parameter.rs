use proc_macro2::{Span, TokenStream};
use quote::{ToTokens, format_ident, quote, quote_spanned};
use syn::{Ident, Pat, PatType, ext::IdentExt};

/// A parameter of a tool: in its signature it has a plain name, and its pattern is bound inside.
pub(super) struct Parameter {
    /// What holds it in the signature.
    holder: Ident,
    pattern: Pat,
    /// What it is recorded as; absent where it is not.
    key: Option<String>,
}

impl Parameter {
    /// Takes the pattern out of a signature.
    pub(super) fn take(index: usize, input: &mut PatType, skipped: &[Ident]) -> Self {
        let name = Self::name_of(input);
        let pattern = (*input.pat).clone();
        let holder = match &pattern {
            Pat::Ident(pattern) if pattern.by_ref.is_none() && pattern.subpat.is_none() => {
                pattern.ident.clone()
            }
            _ => format_ident!("__fluxloop_argument_{index}", span = Span::mixed_site()),
        };
        let is_skipped = skipped
            .iter()
            .any(|skipped| Some(skipped.unraw().to_string()) == name);
        let key = match &pattern {
            Pat::Wild(_) => None,
            _ => name.or_else(|| Some(format!("argument_{}", index + 1))),
        };
        *input.pat = syn::parse_quote!(#holder);
        Self {
            holder,
            pattern,
            key: key.filter(|_| !is_skipped),
        }
    }

    /// What it is called, where it has a name.
    pub(super) fn name_of(input: &PatType) -> Option<String> {
        match &*input.pat {
            Pat::Ident(pattern) => Some(pattern.ident.unraw().to_string()),
            _ => None,
        }
    }

    /// Records it. A message about its type stands on its name.
    pub(super) fn recorded(&self) -> Option<TokenStream> {
        let (key, holder) = (self.key.as_ref()?, &self.holder);
        let span = Span::mixed_site().located_at(syn::spanned::Spanned::span(&self.pattern));
        let value = quote_spanned!(span=> &#holder);
        Some(quote_spanned!(Span::mixed_site()=> __fluxloop_arguments.record(#key, #value);))
    }

    /// Binds the pattern as the signature had it.
    pub(super) fn binding(&self) -> TokenStream {
        let (pattern, holder) = (self.pattern.to_token_stream(), &self.holder);
        quote!(let #pattern = #holder;)
    }
}

//! One parameter of the user's function.

use proc_macro2::{Group, Span, TokenStream, TokenTree};
use quote::{ToTokens, format_ident, quote, quote_spanned};
use syn::{Ident, Pat, PatType, Signature, Type, ext::IdentExt};

use crate::shape;

/// How a parameter is written, with the type that it has or refers to.
enum Passing {
    Value(TokenStream),
    Reference(TokenStream),
}

/// A parameter, as the call binds it and passes it on.
pub(crate) struct Parameter<'a> {
    pub(crate) pattern: &'a Pat,
    /// The name it is bound by, unless it is a pattern without one.
    pub(crate) key: Option<String>,
    passing: Passing,
    /// What holds it until the call.
    pub(crate) local: Ident,
}

impl<'a> Parameter<'a> {
    pub(crate) fn new(index: usize, input: &'a PatType, signature: &Signature) -> Self {
        let passing = match shape::reference(&input.ty) {
            Some(reference) => Passing::Reference(nameable(&reference.elem, signature)),
            None => Passing::Value(nameable(&input.ty, signature)),
        };
        let key = match &*input.pat {
            Pat::Ident(pattern) => Some(pattern.ident.unraw().to_string()),
            _ => None,
        };
        Self {
            pattern: &input.pat,
            key,
            passing,
            local: format_ident!("__fluxloop_argument_{index}", span = Span::mixed_site()),
        }
    }

    pub(crate) fn is_reference(&self) -> bool {
        matches!(self.passing, Passing::Reference(_))
    }

    /// How many values of the input it takes: an expression, 0 for the context and 1 for any other.
    pub(crate) fn values(&self) -> TokenStream {
        match &self.passing {
            Passing::Value(_) => quote!(1),
            Passing::Reference(ty) => quote!(<#ty as __fluxloop::Referent>::VALUES),
        }
    }

    /// The expression that takes it out of the call's arguments.
    pub(crate) fn take(&self) -> TokenStream {
        let shown = self
            .key
            .clone()
            .unwrap_or_else(|| self.pattern.to_token_stream().to_string());
        // The type keeps its own spans, so that a message stands on all of it.
        let (take, ty) = match &self.passing {
            Passing::Value(ty) => ("value", ty),
            Passing::Reference(ty) => ("referent", ty),
        };
        let span = first_span(ty);
        let take = Ident::new(take, span);
        quote_spanned!(span=> __fluxloop::#take::<#ty>(&mut __fluxloop_binder, #shown)?)
    }

    /// The expression that the agent is called with.
    pub(crate) fn argument(&self) -> TokenStream {
        let local = &self.local;
        match &self.passing {
            Passing::Value(_) => local.to_token_stream(),
            Passing::Reference(_) => quote!(__fluxloop::lend(&#local)),
        }
    }
}

fn first_span(tokens: &TokenStream) -> Span {
    let first = tokens.clone().into_iter().next();
    let span = first.map_or_else(Span::call_site, |token| token.span());
    Span::mixed_site().located_at(span)
}

/// A parameter's type as it can be named outside of the function: without the lifetimes that it declares.
fn nameable(ty: &Type, signature: &Signature) -> TokenStream {
    let declared: Vec<&Ident> = signature
        .generics
        .lifetimes()
        .map(|parameter| &parameter.lifetime.ident)
        .collect();
    if declared.is_empty() {
        ty.to_token_stream()
    } else {
        without_lifetimes(ty.to_token_stream(), &declared)
    }
}

fn without_lifetimes(tokens: TokenStream, declared: &[&Ident]) -> TokenStream {
    let mut after_quote = false;
    tokens
        .into_iter()
        .map(|token| {
            let lifetime = std::mem::replace(
                &mut after_quote,
                matches!(&token, TokenTree::Punct(punct) if punct.as_char() == '\''),
            );
            match token {
                TokenTree::Ident(ident) if lifetime && declared.contains(&&ident) => {
                    Ident::new("_", ident.span()).into()
                }
                TokenTree::Group(group) => {
                    let mut inner = Group::new(
                        group.delimiter(),
                        without_lifetimes(group.stream(), declared),
                    );
                    inner.set_span(group.span());
                    inner.into()
                }
                other => other,
            }
        })
        .collect()
}

//! `#[fluxloop::agent(record)]`: the function again, with a first statement that takes its arguments down.

use proc_macro2::{Delimiter, Group, Ident, Span, TokenStream, TokenTree};
use quote::{ToTokens, quote, quote_spanned};
use syn::{Error, Pat, PatType, Signature, ext::IdentExt, spanned::Spanned};

use crate::{
    parameter::Parameter,
    parse::{Function, Options},
    shape::{self, typed_inputs},
};

/// Arguments that are recorded are bound by name, and taken down by it.
pub(crate) fn check(signature: &Signature) -> Vec<Error> {
    let unnamed = typed_inputs(signature)
        .filter(|input| name(input).is_none() && shape::reference(&input.ty).is_none());
    unnamed
        .map(|input| {
            let message = "a recorded argument needs a name: take it apart in the function";
            Error::new(input.pat.span(), message)
        })
        .collect()
}

/// The check of a reference without a name: it has to be the context, which only its type tells.
pub(crate) fn checked(parameter: &Parameter<'_>) -> Option<TokenStream> {
    let is_unnamed = parameter.key.is_none() && parameter.is_reference();
    let values = parameter.values();
    let span = Span::mixed_site().located_at(parameter.pattern.span());
    is_unnamed.then(|| {
        quote_spanned! {span=>
            const _: () = ::core::assert!(#values == 0, "a recorded argument needs a name");
        }
    })
}

/// The function, which records its calls.
pub(crate) fn recorded(options: &Options, function: Function) -> TokenStream {
    let Function {
        attributes,
        visibility,
        signature,
        body,
    } = function;
    let private = options.private();
    let name = options.name_of(&signature.ident);
    let arguments = typed_inputs(&signature).filter_map(argument);
    let record = quote_spanned! {Span::mixed_site()=>
        #[allow(unknown_lints, clippy::borrow_deref_ref, clippy::used_underscore_binding)]
        {
            // One path for all that follows: a wrong `crate = path` is reported on that path alone.
            use #private as __fluxloop;
            if __fluxloop::is_recording() {
                __fluxloop::record_call(
                    ::core::concat!(::core::module_path!(), ":", #name),
                    |__fluxloop_arguments| { #(#arguments)* },
                );
            }
        }
    };
    let (inner_attributes, statements) = split(body.stream());
    let mut block = Group::new(
        Delimiter::Brace,
        quote!(#inner_attributes #record #statements),
    );
    block.set_span(body.span());
    quote!(#(#attributes)* #visibility #signature #block)
}

/// Takes one argument down. A message about its type stands on the type, from its first to its last token.
fn argument(input: &PatType) -> Option<TokenStream> {
    let ident = name(input)?;
    let key = ident.unraw().to_string();
    let reference = shape::reference(&input.ty);
    let ty = reference.map_or_else(
        || input.ty.to_token_stream(),
        |reference| reference.elem.to_token_stream(),
    );
    let spans: Vec<Span> = ty.into_iter().map(|token| token.span()).collect();
    // Resolved as the parameter is: the compiler underlines what is resolved alike.
    let at = |span: Option<&Span>| span.map_or(ident.span(), |span| ident.span().located_at(*span));
    let (first, last) = (at(spans.first()), at(spans.last()));
    let mut holder = ident.clone();
    holder.set_span(last);
    let value = if reference.is_some() {
        quote_spanned!(first=> &*#holder)
    } else {
        quote_spanned!(first=> &#holder)
    };
    Some(quote_spanned! {Span::mixed_site()=>
        __fluxloop_arguments.record(#key, #value);
    })
}

fn name(input: &PatType) -> Option<&Ident> {
    match &*input.pat {
        Pat::Ident(pattern) => Some(&pattern.ident),
        _ => None,
    }
}

/// The inner attributes that a body begins with, and the rest of it.
fn split(body: TokenStream) -> (TokenStream, TokenStream) {
    let mut tokens = body.into_iter().peekable();
    let mut attributes = TokenStream::new();
    let is = |token: &TokenTree, wanted: char| matches!(token, TokenTree::Punct(punct) if punct.as_char() == wanted);
    // A statement may begin with `#[…]`, and none with `#!`.
    while let Some(hash) = tokens.next_if(|token| is(token, '#')) {
        if !tokens.peek().is_some_and(|token| is(token, '!')) {
            let rest = std::iter::once(hash).chain(tokens).collect();
            return (attributes, rest);
        }
        attributes.extend([hash]);
        attributes.extend(tokens.by_ref().take(2));
    }
    (attributes, tokens.collect())
}

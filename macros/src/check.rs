//! Shapes that no agent can have. What its types must do is judged by traits, in the expansion.

use proc_macro2::{TokenStream, TokenTree};
use quote::ToTokens;
use syn::{
    Error, FnArg, GenericParam, PatType, Safety, Signature, Type, TypeReference, spanned::Spanned,
};

/// All errors of a signature, each on the smallest token that is wrong.
pub(crate) fn signature(signature: &Signature) -> Vec<Error> {
    let mut errors = Vec::new();
    qualifiers(signature, &mut errors);
    generics(signature, &mut errors);
    for input in &signature.inputs {
        match input {
            FnArg::Receiver(receiver) => errors.push(Error::new(
                receiver.self_token.span(),
                "an agent is a free function: there is no `self` that a run could call it on",
            )),
            FnArg::Typed(parameter) => check_parameter(parameter, &mut errors),
        }
    }
    errors
}

fn qualifiers(signature: &Signature, errors: &mut Vec<Error>) {
    if let Some(token) = &signature.constness {
        errors.push(Error::new(
            token.span(),
            "an agent cannot be a `const fn`: it is called when a run starts",
        ));
    }
    if let Safety::Unsafe(_) | Safety::Safe(_) = &signature.safety {
        errors.push(Error::new(
            signature.safety.span(),
            "an agent cannot be `unsafe`: a run could not promise what it asks for",
        ));
    }
    if let Some(abi) = &signature.abi {
        errors.push(Error::new(
            abi.extern_token.span(),
            "an agent is an ordinary Rust function, without `extern`",
        ));
    }
    if let Some(variadic) = &signature.variadic {
        errors.push(Error::new(
            variadic.dots.spans[0],
            "an agent has a fixed number of parameters",
        ));
    }
}

fn generics(signature: &Signature, errors: &mut Vec<Error>) {
    for parameter in &signature.generics.params {
        let ident = match parameter {
            // Lifetimes are free: each call has its own.
            GenericParam::Lifetime(_) => continue,
            GenericParam::Type(parameter) => &parameter.ident,
            GenericParam::Const(parameter) => &parameter.ident,
        };
        errors.push(Error::new(
            ident.span(),
            format!("an agent cannot be generic: a run has nothing to choose `{ident}` by"),
        ));
    }
}

fn check_parameter(parameter: &PatType, errors: &mut Vec<Error>) {
    for attribute in &parameter.attrs {
        if attribute.path().is_ident("cfg") || attribute.path().is_ident("cfg_attr") {
            errors.push(Error::new(
                attribute.path().span(),
                "an agent's parameters cannot depend on a `cfg`: put it on the function",
            ));
        }
    }
    if let Some(token) = first(parameter.ty.to_token_stream(), &is_impl) {
        errors.push(Error::new(
            token.span(),
            "an agent cannot be generic: name the type that the input is read into",
        ));
    }
    let Some(reference) = reference(&parameter.ty) else {
        if let Some(borrow) = first(parameter.ty.to_token_stream(), &is_borrow) {
            errors.push(Error::new(
                borrow.span(),
                "an argument cannot borrow inside of its type: it is read into data of its own",
            ));
        }
        return;
    };
    if let Some(token) = &reference.mutability {
        errors.push(Error::new(
            token.span(),
            "an agent borrows without `mut`: leave it out, or take the value itself",
        ));
    }
    if let Some(lifetime) = &reference.lifetime
        && lifetime.ident == "static"
    {
        errors.push(Error::new(
            lifetime.span(),
            "an argument lives as long as its run: leave the lifetime out",
        ));
    }
}

/// The reference that a type is, if it is one as written. A reference is the language's own syntax; what it refers
/// to is left to traits.
pub(crate) fn reference(ty: &Type) -> Option<&TypeReference> {
    match ty {
        Type::Reference(reference) => Some(reference),
        // `macro_rules!` passes a `$ty` on as a group without delimiters.
        Type::Group(group) => reference(&group.elem),
        Type::Paren(paren) => reference(&paren.elem),
        _ => None,
    }
}

fn is_impl(token: &TokenTree) -> bool {
    matches!(token, TokenTree::Ident(ident) if ident == "impl")
}

fn is_borrow(token: &TokenTree) -> bool {
    matches!(token, TokenTree::Punct(punct) if punct.as_char() == '&')
}

/// The first token that is wanted, at any depth.
fn first(tokens: TokenStream, wanted: &impl Fn(&TokenTree) -> bool) -> Option<TokenTree> {
    tokens.into_iter().find_map(|token| match token {
        TokenTree::Group(group) => first(group.stream(), wanted),
        token => wanted(&token).then_some(token),
    })
}

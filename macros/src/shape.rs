//! Shapes that no agent and no check can have. What their types must do is judged by traits, in the expansion.

use proc_macro2::{TokenStream, TokenTree};
use quote::ToTokens;
use syn::{
    Error, FnArg, GenericParam, PatType, Safety, Signature, Type, TypeReference, spanned::Spanned,
};

use crate::registered::Registered;

/// All errors of an agent's signature, each on the smallest token that is wrong.
pub(crate) fn agent(signature: &Signature) -> Vec<Error> {
    let mut errors = function(signature, Registered::Agent);
    for parameter in typed_inputs(signature) {
        check_parameter(parameter, &mut errors);
    }
    errors
}

/// All errors of a check's signature, each on the smallest token that is wrong.
pub(crate) fn check(signature: &Signature) -> Vec<Error> {
    const FORM: &str = "a check takes the run that it looks at: `run: &fluxloop::RunView`";
    let mut errors = function(signature, Registered::Check);
    let mut parameters = typed_inputs(signature);
    match parameters.next().map(|parameter| &parameter.ty) {
        Some(ty) => match reference(ty) {
            Some(TypeReference {
                mutability: Some(token),
                ..
            }) => errors.push(Error::new(
                token.span(),
                "a check borrows the run without `mut`",
            )),
            Some(_) => {}
            None => errors.push(Error::new_spanned(ty, FORM)),
        },
        None if errors.is_empty() => errors.push(Error::new(signature.ident.span(), FORM)),
        None => {}
    }
    for parameter in parameters {
        let message = "a check takes nothing but the run: all that is known stands in it";
        errors.push(Error::new_spanned(parameter, message));
    }
    errors
}

/// What is wrong with a function, whatever it takes.
fn function(signature: &Signature, what: Registered) -> Vec<Error> {
    let mut errors = Vec::new();
    qualifiers(signature, what, &mut errors);
    generics(signature, what, &mut errors);
    for input in &signature.inputs {
        if let FnArg::Receiver(receiver) = input {
            errors.push(Error::new(
                receiver.self_token.span(),
                format!(
                    "{what} is a free function: there is no `self` that a run could call it on"
                ),
            ));
        }
    }
    errors
}

/// The parameters, without a `self`.
pub(crate) fn typed_inputs(signature: &Signature) -> impl Iterator<Item = &PatType> {
    signature.inputs.iter().filter_map(|input| match input {
        FnArg::Typed(parameter) => Some(parameter),
        FnArg::Receiver(_) => None,
    })
}

fn qualifiers(signature: &Signature, what: Registered, errors: &mut Vec<Error>) {
    if let Some(token) = &signature.constness {
        errors.push(Error::new(
            token.span(),
            match what {
                Registered::Agent => {
                    "an agent cannot be a `const fn`: it is called when a run starts"
                }
                Registered::Check => "a check cannot be a `const fn`: it is called when a run ends",
            },
        ));
    }
    if let Safety::Unsafe(_) | Safety::Safe(_) = &signature.safety {
        errors.push(Error::new(
            signature.safety.span(),
            format!("{what} cannot be `unsafe`: a run could not promise what it asks for"),
        ));
    }
    if let Some(abi) = &signature.abi {
        errors.push(Error::new(
            abi.extern_token.span(),
            format!("{what} is an ordinary Rust function, without `extern`"),
        ));
    }
    if let Some(variadic) = &signature.variadic {
        errors.push(Error::new(
            variadic.dots.spans[0],
            format!("{what} has a fixed number of parameters"),
        ));
    }
}

fn generics(signature: &Signature, what: Registered, errors: &mut Vec<Error>) {
    for parameter in &signature.generics.params {
        let ident = match parameter {
            // Lifetimes are free: each call has its own.
            GenericParam::Lifetime(_) => continue,
            GenericParam::Type(parameter) => &parameter.ident,
            GenericParam::Const(parameter) => &parameter.ident,
        };
        errors.push(Error::new(
            ident.span(),
            format!("{what} cannot be generic: a run has nothing to choose `{ident}` by"),
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

//! `#[fluxloop::tool]`: the function again, with a span around what it does.

mod options;
mod parameter;

use proc_macro2::{Group, Span, TokenStream, TokenTree};
use quote::{ToTokens, format_ident, quote, quote_spanned};
use syn::{
    Attribute, Error, FnArg, Result, ReturnType, Signature, Type, Visibility,
    ext::IdentExt,
    parse::{Parse, ParseStream},
    spanned::Spanned,
};

use self::{options::Options, parameter::Parameter};
use crate::expand::{answer_spans, group};

/// The function with its span; as it was, with every error, if it cannot have one.
pub(crate) fn tool(options: TokenStream, item: TokenStream) -> TokenStream {
    let mut errors = Vec::new();
    let options = Options::parse(options, &mut errors);
    match syn::parse2::<Function>(item.clone()) {
        Ok(function) => {
            errors.extend(check(&options, &function.signature));
            if errors.is_empty() {
                return expand(&options, function);
            }
        }
        Err(error) => errors.push(error),
    }
    let errors = errors.iter().map(Error::to_compile_error);
    item.into_iter().chain(errors.flatten()).collect()
}

/// A function: its body is the compiler's business.
struct Function {
    attributes: Vec<Attribute>,
    visibility: Visibility,
    signature: Signature,
    body: Group,
}

impl Parse for Function {
    fn parse(input: ParseStream<'_>) -> Result<Self> {
        let attributes = input.call(Attribute::parse_outer)?;
        let visibility = input.parse()?;
        let at = input.span();
        let signature = input.parse::<Signature>().map_err(|error| {
            let is_function = input.to_string().contains("fn ");
            let message = "a tool is a function: `#[fluxloop::tool]` cannot stand here";
            if is_function {
                error
            } else {
                Error::new(at, message)
            }
        })?;
        if !input.peek(syn::token::Brace) {
            return Err(input.error("a tool is a function with a body"));
        }
        Ok(Self {
            attributes,
            visibility,
            signature,
            body: input.parse()?,
        })
    }
}

fn check(options: &Options, signature: &Signature) -> Vec<Error> {
    let mut errors = Vec::new();
    if let Some(token) = &signature.constness {
        let message = "a tool cannot be a `const fn`: its calls are recorded when it runs";
        errors.push(Error::new(token.span(), message));
    }
    let known: Vec<String> = typed(signature).filter_map(Parameter::name_of).collect();
    for skipped in &options.skipped {
        let name = skipped.unraw().to_string();
        if !known.contains(&name) {
            let message = format!("no argument of this tool is called `{name}`");
            errors.push(Error::new(skipped.span(), message));
        }
    }
    errors
}

fn typed(signature: &Signature) -> impl Iterator<Item = &syn::PatType> {
    signature.inputs.iter().filter_map(|input| match input {
        FnArg::Typed(parameter) => Some(parameter),
        FnArg::Receiver(_) => None,
    })
}

fn expand(options: &Options, function: Function) -> TokenStream {
    let Function {
        attributes,
        visibility,
        mut signature,
        body,
    } = function;
    let mut parameters = Vec::new();
    for input in &mut signature.inputs {
        if let FnArg::Typed(input) = input {
            parameters.push(Parameter::take(parameters.len(), input, &options.skipped));
        }
    }
    let start = start(options, &signature, &parameters);
    let call = call(&signature, &parameters, &body);
    let end = end(options, &signature);
    let inner = quote_spanned! {Span::mixed_site()=>
        #start
        #call
        #end
        __fluxloop_result
    };
    let mut block = Group::new(proc_macro2::Delimiter::Brace, inner);
    block.set_span(body.span());
    quote!(#(#attributes)* #visibility #signature #block)
}

/// What comes before the call: its span, which begins with the arguments.
fn start(options: &Options, signature: &Signature, parameters: &[Parameter]) -> TokenStream {
    let private = options.krate.as_ref().map_or_else(
        || quote!(::fluxloop::__private),
        |path| quote!(#path::__private),
    );
    let name = options.name.as_ref().map_or_else(
        || signature.ident.unraw().to_string().to_token_stream(),
        ToTokens::to_token_stream,
    );
    let arguments = parameters.iter().filter_map(Parameter::recorded);
    quote_spanned! {Span::mixed_site()=>
        // One path for all that follows: a wrong `crate = path` is reported on that path alone.
        use #private as __fluxloop;
        let __fluxloop_call = __fluxloop::ToolCall::start(
            || __fluxloop::tracing::info_span!(
                #name,
                fluxloop.kind = "tool",
                fluxloop.outcome = __fluxloop::tracing::field::Empty
            ),
            |__fluxloop_arguments| { #(#arguments)* },
        );
    }
}

/// The call: the user's body, with `return` and `?` as they were.
fn call(signature: &Signature, parameters: &[Parameter], body: &Group) -> TokenStream {
    // What is bound inside is the body's own: it can be borrowed from in what is returned.
    let bindings: TokenStream = parameters.iter().map(Parameter::binding).collect();
    let nameable = nameable(&signature.output);
    let body = if bindings.is_empty() {
        body.stream()
    } else {
        quote!(#bindings #body)
    };
    let lints = quote! {
        #[allow(
            unknown_lints,
            unreachable_code,
            unused_braces,
            clippy::redundant_closure_call,
            clippy::let_unit_value,
            clippy::let_with_type_underscore,
            clippy::diverging_sub_expression,
            clippy::empty_loop,
            clippy::needless_return,
            clippy::used_underscore_binding
        )]
    };
    if signature.asyncness.is_some() {
        // What a block returns is inferred from the first that it returns.
        let returns = nameable.map(|ty| {
            quote_spanned! {Span::mixed_site()=>
                if false {
                    let __fluxloop_returned: #ty = loop {};
                    return __fluxloop_returned;
                }
            }
        });
        return quote_spanned! {Span::mixed_site()=>
            #lints
            let __fluxloop_result = __fluxloop::tracing::Instrument::instrument(
                async move { #returns #body },
                __fluxloop_call.span(),
            )
            .await;
        };
    }
    let arrow = nameable.map(|ty| quote!(-> #ty));
    quote_spanned! {Span::mixed_site()=>
        #lints
        let __fluxloop_result = {
            let _entered = __fluxloop_call.enter();
            (move || #arrow { #body })()
        };
    }
}

/// What a function returns as a closure can say it: an `impl Trait` has no name.
fn nameable(output: &ReturnType) -> Option<TokenStream> {
    match output {
        ReturnType::Default => Some(quote!(())),
        ReturnType::Type(_, ty) if matches!(**ty, Type::Never(_)) => None,
        ReturnType::Type(_, ty) => {
            let tokens = ty.to_token_stream();
            (!mentions_impl(tokens.clone())).then_some(tokens)
        }
    }
}

fn mentions_impl(tokens: TokenStream) -> bool {
    tokens.into_iter().any(|token| match token {
        TokenTree::Group(group) => mentions_impl(group.stream()),
        TokenTree::Ident(ident) => ident == "impl",
        _ => false,
    })
}

/// What comes after the call. A message about the result stands on its type.
fn end(options: &Options, signature: &Signature) -> TokenStream {
    if let ReturnType::Type(_, ty) = &signature.output
        && matches!(**ty, Type::Never(_))
    {
        return TokenStream::new();
    }
    let (first, last) = answer_spans(signature);
    let method = if options.skips_return {
        "failure"
    } else {
        "outcome"
    };
    let method = format_ident!("{method}", span = last);
    // Located at the type from its first to its last token: the compiler underlines all of it.
    let came = quote_spanned!(first=> &&&&&__fluxloop::Came(&__fluxloop_result));
    let came = group(first, came);
    let call = group(last, TokenStream::new());
    let outcome = quote_spanned!(last=> #came.#method #call);
    quote_spanned! {Span::mixed_site()=>
        __fluxloop_call.end(|| {
            #[allow(unused_imports)]
            use __fluxloop::{
                FailsWithBoxed as _, FailsWithDebug as _, FailsWithError as _, FailsWithWords as _, Returns as _,
            };
            #outcome
        });
    }
}

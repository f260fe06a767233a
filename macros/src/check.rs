//! What stands beside a check: its registration.

use proc_macro2::{Span, TokenStream};
use quote::{quote, quote_spanned};
use syn::{Error, ext::IdentExt, spanned::Spanned};

use crate::{
    expand::{Identity, answer_spans, compile_errors, group},
    expectations::is_expectation,
    parse::{Function, Options},
    registered::Registered,
    shape::{self, typed_inputs},
};

/// What follows the function: its registration, or every error that it and the attribute have.
pub(crate) fn check(options: TokenStream, item: TokenStream) -> TokenStream {
    let mut errors = Vec::new();
    let options = Options::parse(options, Registered::Check, &mut errors);
    let function = match Function::parse(item, Registered::Check) {
        Ok(function) => function,
        Err(error) => {
            errors.push(error);
            return compile_errors(&errors);
        }
    };
    errors.extend(shape::check(&function.signature));
    let ident = &function.signature.ident;
    if options.name.is_none() && is_expectation(&ident.unraw().to_string()) {
        let message = format!(
            "a check cannot be called `{ident}`: that is a key of `expect`; give it another name, or `name = \"…\"`"
        );
        errors.push(Error::new(ident.span(), message));
    }
    if errors.is_empty() {
        registration(&options, &function)
    } else {
        compile_errors(&errors)
    }
}

fn registration(options: &Options, function: &Function) -> TokenStream {
    let Identity {
        private,
        name,
        file,
        line,
        deprecated,
    } = Identity::of(options, function);
    let call = call(function);
    quote! {
        #deprecated
        const _: () = {
            // One path for all that follows: a wrong `crate = path` is reported on that path alone.
            use #private as __fluxloop;

            #call

            __fluxloop::inventory::submit! {
                __fluxloop::CheckEntry {
                    name: #name,
                    file: #file,
                    line: #line,
                    call: __fluxloop_check,
                }
            }
        };
    }
}

/// The function that prepares the look at a run. What a message about the answer may stand on is located at its type,
/// and the run at the type of the parameter.
fn call(function: &Function) -> TokenStream {
    let signature = &function.signature;
    let (first, last) = answer_spans(signature);
    let at_type = typed_inputs(signature)
        .next()
        .map_or_else(Span::call_site, |input| input.ty.span());
    let at_type = Span::mixed_site().located_at(at_type);
    let run = quote_spanned!(at_type=> __fluxloop::borrowed(&__fluxloop_run));
    let arguments = group(last, run);
    let mut ident = signature.ident.clone();
    ident.set_span(first);
    let awaited = signature.asyncness.map(|_| quote_spanned!(last=> .await));
    let returned = group(last, quote!(#ident #arguments #awaited));
    let result = quote_spanned!(first=> __fluxloop::CheckAnswer::result #returned);
    let at_name = Span::mixed_site().located_at(signature.ident.span());
    let invocation = if signature.asyncness.is_some() {
        quote_spanned!(at_name=> __fluxloop::asynchronous_check(async move { #result }))
    } else {
        quote_spanned!(at_name=> __fluxloop::blocking_check(move || #result))
    };
    quote_spanned! {Span::mixed_site()=>
        fn __fluxloop_check(
            __fluxloop_run: ::std::sync::Arc<__fluxloop::RunView>,
        ) -> __fluxloop::CheckInvocation {
            #invocation
        }
    }
}

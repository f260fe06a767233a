//! What stands beside the user's function: its registration, and the entry of a worker.
//!
//! Spans carry the messages. Types keep the spans of the user's tokens. Generated tokens that a message may stand on are
//! *located at* the user's tokens and *resolved* as the macro's, all of them alike: the compiler underlines an expression
//! only if its first and last token are resolved alike, and lints see that nobody wrote them.

use proc_macro2::{Group, Span, TokenStream, TokenTree};
use quote::{ToTokens, format_ident, quote, quote_spanned};
use syn::{Error, Ident, ReturnType, Signature, ext::IdentExt, spanned::Spanned};

use crate::{
    parameter::Parameter,
    parse::{Function, Options},
    record,
    registered::Registered,
    shape::{self, typed_inputs},
};

/// The function, and what follows it: its registration, or every error that it and the attribute have.
pub(crate) fn agent(options: TokenStream, item: TokenStream) -> TokenStream {
    let mut errors = Vec::new();
    let options = Options::parse(options, Registered::Agent, &mut errors);
    let function = match Function::parse(item.clone(), Registered::Agent) {
        Ok(function) => function,
        Err(error) => {
            errors.push(error);
            return with_errors(item, &errors);
        }
    };
    errors.extend(shape::agent(&function.signature));
    if options.record {
        errors.extend(record::check(&function.signature));
    }
    if !errors.is_empty() {
        return with_errors(item, &errors);
    }
    let registration = registration(&options, &function);
    let item = if options.record {
        record::recorded(&options, function)
    } else {
        item
    };
    quote!(#item #registration)
}

fn with_errors(item: TokenStream, errors: &[Error]) -> TokenStream {
    item.into_iter().chain(compile_errors(errors)).collect()
}

pub(crate) fn compile_errors(errors: &[Error]) -> TokenStream {
    errors.iter().map(Error::to_compile_error).collect()
}

impl Options {
    /// The path of what the expansion names.
    pub(crate) fn private(&self) -> TokenStream {
        self.krate.as_ref().map_or_else(
            || quote!(::fluxloop::__private),
            |path| quote!(#path::__private),
        )
    }

    /// What the function is registered as.
    pub(crate) fn name_of(&self, ident: &Ident) -> TokenStream {
        self.name.as_ref().map_or_else(
            || ident.unraw().to_string().to_token_stream(),
            ToTokens::to_token_stream,
        )
    }
}

/// What every registration says of its function.
pub(crate) struct Identity {
    /// The path of what the expansion names.
    pub(crate) private: TokenStream,
    pub(crate) name: TokenStream,
    pub(crate) file: TokenStream,
    pub(crate) line: TokenStream,
    /// Stands on what calls a function that is deprecated.
    pub(crate) deprecated: Option<TokenStream>,
}

impl Identity {
    pub(crate) fn of(options: &Options, function: &Function) -> Self {
        let ident = &function.signature.ident;
        let mut attributes = function.attributes.iter();
        Self {
            private: options.private(),
            name: options.name_of(ident),
            // The outermost span decides what `file!` and `line!` say: the function's name, not the attribute.
            file: quote_spanned!(ident.span()=> file!()),
            line: quote_spanned!(ident.span()=> line!()),
            deprecated: attributes
                .any(|attribute| attribute.path().is_ident("deprecated"))
                .then(|| quote!(#[allow(deprecated)])),
        }
    }
}

fn registration(options: &Options, function: &Function) -> TokenStream {
    let ident = &function.signature.ident;
    let Identity {
        private,
        name,
        file,
        line,
        deprecated,
    } = Identity::of(options, function);
    let call = call(options, function);
    let entry = entry(&private, ident);
    quote! {
        #deprecated
        const _: () = {
            // One path for all that follows: a wrong `crate = path` is reported on that path alone.
            use #private as __fluxloop;

            #call

            fn __fluxloop_bind(
                arguments: &__fluxloop::Arguments,
            ) -> ::core::result::Result<(), __fluxloop::BindError> {
                // Preparing a call binds every argument and runs nothing.
                __fluxloop_call(arguments, ::core::default::Default::default()).map(::core::mem::drop)
            }

            __fluxloop::inventory::submit! {
                __fluxloop::AgentEntry {
                    name: #name,
                    module_path: ::core::module_path!(),
                    file: #file,
                    line: #line,
                    package: ::core::env!("CARGO_PKG_NAME"),
                    binary: ::core::option_env!("CARGO_BIN_NAME"),
                    bind: __fluxloop_bind,
                    call: __fluxloop_call,
                }
            }
        };
        #entry
    }
}

/// The entry of a worker in a binary, example or test target. It is compiled only when `cargo fluxloop` asks for it.
///
/// libtest collects tests from modules and not from `const` blocks, hence the module; and an `allow` holds for a `cfg`
/// only when it stands around it.
fn entry(private: &TokenStream, ident: &Ident) -> TokenStream {
    let module = format_ident!("__fluxloop_{}", ident.unraw(), span = Span::call_site());
    quote! {
        #[doc(hidden)]
        #[allow(non_snake_case, unexpected_cfgs, unnameable_test_items)]
        mod #module {
            #[cfg(all(test, fluxloop_entry))]
            #[test]
            fn entry() {
                #private::test_entry()
            }
        }
    }
}

/// The function that binds the arguments and prepares the call.
fn call(options: &Options, function: &Function) -> TokenStream {
    let signature = &function.signature;
    let parameters: Vec<Parameter<'_>> = typed_inputs(signature)
        .enumerate()
        .map(|(index, input)| Parameter::new(index, input, signature))
        .collect();
    let values = parameters.iter().map(Parameter::values);
    let mut checks = checks(&parameters);
    if options.record {
        checks.extend(parameters.iter().filter_map(record::checked));
    }
    let takes = parameters.iter().map(Parameter::take);
    let locals: Vec<&Ident> = parameters
        .iter()
        .map(|parameter| &parameter.local)
        .collect();
    let invocation = invocation(signature, &parameters);
    quote_spanned! {Span::mixed_site()=>
        fn __fluxloop_call(
            __fluxloop_arguments: &__fluxloop::Arguments,
            __fluxloop_context: ::std::sync::Arc<__fluxloop::Context>,
        ) -> ::core::result::Result<__fluxloop::Invocation, __fluxloop::BindError> {
            #[allow(unused_imports)]
            use __fluxloop::{ReplyOfResult as _, ReplyOfValue as _};
            #checks
            #[allow(unused_mut, unused_variables)]
            let mut __fluxloop_binder = __fluxloop::Binder::new(
                __fluxloop_arguments,
                __fluxloop_context,
                0 #(+ #values)*,
            )?;
            #(let #locals = #takes;)*
            ::core::result::Result::Ok(#invocation)
        }
    }
}

/// Calls the user's function. Everything that a message about the answer may stand on is located at its type.
fn invocation(signature: &Signature, parameters: &[Parameter<'_>]) -> TokenStream {
    let ident = &signature.ident;
    let (first, last) = answer_spans(signature);
    let arguments = parameters.iter().map(Parameter::argument);
    let arguments = group(last, quote_spanned!(last=> #(#arguments),*));
    let mut function = ident.clone();
    function.set_span(first);
    let awaited = signature.asyncness.map(|_| quote_spanned!(last=> .await));
    let returned = group(last, quote!(#function #arguments #awaited));
    let reply = quote_spanned!(last=> .reply());
    let answer = quote_spanned!(first=> __fluxloop::Returned::new #returned #reply);
    let at_name = Span::mixed_site().located_at(ident.span());
    if signature.asyncness.is_some() {
        quote_spanned!(at_name=> __fluxloop::asynchronous(async move { #answer }))
    } else {
        quote_spanned!(at_name=> __fluxloop::blocking(move || #answer))
    }
}

pub(crate) fn group(span: Span, tokens: TokenStream) -> TokenTree {
    let mut group = Group::new(proc_macro2::Delimiter::Parenthesis, tokens);
    group.set_span(span);
    group.into()
}

/// First and last token of the answer's type, or the function's name if it has none.
pub(crate) fn answer_spans(signature: &Signature) -> (Span, Span) {
    let tokens = match &signature.output {
        ReturnType::Default => signature.ident.to_token_stream(),
        ReturnType::Type(_, ty) => ty.to_token_stream(),
    };
    let spans: Vec<Span> = tokens.into_iter().map(|token| token.span()).collect();
    let at = |span: Option<&Span>| {
        Span::mixed_site().located_at(span.copied().unwrap_or_else(Span::call_site))
    };
    (at(spans.first()), at(spans.last()))
}

/// What the compiler can tell only once types are known: which parameters are the context.
fn checks(parameters: &[Parameter<'_>]) -> TokenStream {
    let mut checks = TokenStream::new();
    for (index, parameter) in parameters.iter().enumerate() {
        if parameter.is_reference() {
            let earlier = parameters[..index]
                .iter()
                .filter(|other| other.is_reference())
                .map(Parameter::values);
            let own = parameter.values();
            let span = Span::mixed_site().located_at(parameter.pattern.span());
            checks.extend(quote_spanned! {span=>
                const _: () = ::core::assert!(
                    #own == 1 || (true #(&& #earlier == 1)*),
                    "an agent takes its context once"
                );
            });
        }
        if parameter.key.is_none() {
            let own = parameter.values();
            let values = parameters.iter().map(Parameter::values);
            let span = Span::mixed_site().located_at(parameter.pattern.span());
            checks.extend(quote_spanned! {span=>
                const _: () = ::core::assert!(
                    #own == 0 || 0 #(+ #values)* == 1,
                    "one of several arguments needs a name that it is bound by"
                );
            });
        }
    }
    checks
}

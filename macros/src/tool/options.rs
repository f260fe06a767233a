use proc_macro2::TokenStream;
use syn::{
    Error, Ident, LitStr, Path, Result, Token, ext::IdentExt, parse::ParseStream,
    punctuated::Punctuated,
};

use crate::parse::{check_path, each_option, end_of_option, expect_equals, once};

const FORMS: &str = "the options of a tool are `name = \"…\"`, `skip(…)` and `crate = path`";

/// The attribute's own arguments.
#[derive(Default)]
pub(super) struct Options {
    /// Replaces the function's name in what is recorded.
    pub(super) name: Option<LitStr>,
    /// Where the crate `fluxloop` is.
    pub(super) krate: Option<Path>,
    /// The arguments that are not recorded.
    pub(super) skipped: Vec<Ident>,
    /// What it returns is not recorded.
    pub(super) skips_return: bool,
}

impl Options {
    /// Reads every option that is well formed; the errors are those of all the others.
    pub(super) fn parse(tokens: TokenStream, errors: &mut Vec<Error>) -> Self {
        let mut options = Self::default();
        each_option(tokens, errors, |input| options.read(input));
        options
    }

    fn read(&mut self, input: ParseStream<'_>) -> Result<()> {
        if !input.peek(Ident::peek_any) {
            return Err(input.error(FORMS));
        }
        let option = input.call(Ident::parse_any)?;
        match option.to_string().as_str() {
            "name" => {
                once(&option, self.name.is_some())?;
                expect_equals(input, &option, "name = \"lookup\"")?;
                let expected = "expected a string, as in `name = \"lookup\"`";
                let name = input
                    .parse::<LitStr>()
                    .map_err(|error| Error::new(error.span(), expected))?;
                let is_empty = name.value().trim().is_empty();
                self.name = Some(name.clone());
                if is_empty {
                    return Err(Error::new(name.span(), "a tool's name cannot be empty"));
                }
                end_of_option(input)
            }
            "crate" => {
                once(&option, self.krate.is_some())?;
                expect_equals(input, &option, "crate = path::to::fluxloop")?;
                let expected = "expected a path, as in `crate = path::to::fluxloop`";
                let path = input
                    .call(Path::parse_mod_style)
                    .map_err(|error| Error::new(error.span(), expected))?;
                let checked = check_path(&path);
                self.krate = Some(path);
                end_of_option(input).and(checked)
            }
            "skip" => self.read_skip(&option, input),
            other => Err(Error::new(
                option.span(),
                format!("unknown option `{other}`: {FORMS}"),
            )),
        }
    }

    fn read_skip(&mut self, option: &Ident, input: ParseStream<'_>) -> Result<()> {
        const FORM: &str = "expected arguments, as in `skip(database, return)`";
        if !input.peek(syn::token::Paren) {
            return Err(Error::new(option.span(), FORM));
        }
        let inside;
        syn::parenthesized!(inside in input);
        let names =
            Punctuated::<Ident, Token![,]>::parse_terminated_with(&inside, Ident::parse_any)
                .map_err(|error| {
                    // What else is inside is no error of its own.
                    let _ = inside.parse::<TokenStream>();
                    Error::new(error.span(), FORM)
                })?;
        for name in names {
            if name == "return" {
                self.skips_return = true;
            } else {
                self.skipped.push(name);
            }
        }
        end_of_option(input)
    }
}

//! What stands in the attribute, and the function below it.

use proc_macro2::{Group, Span, TokenStream, TokenTree};
use syn::{
    Attribute, Error, Ident, LitStr, Path, Result, Signature, Token, Visibility,
    ext::IdentExt,
    parse::{ParseStream, Parser},
};

use crate::{expectations::is_expectation, registered::Registered};

/// Reads options with commas between them. One that cannot be read is skipped: the errors are those of all.
pub(crate) fn each_option(
    tokens: TokenStream,
    errors: &mut Vec<Error>,
    mut read: impl FnMut(ParseStream<'_>) -> Result<()>,
) {
    let parsed = (|input: ParseStream<'_>| {
        while !input.is_empty() {
            if let Err(error) = read(input) {
                errors.push(error);
                skip_option(input)?;
            }
            if !input.is_empty() {
                input.parse::<Token![,]>()?;
            }
        }
        Ok(())
    })
    .parse2(tokens);
    errors.extend(parsed.err());
}

/// The attribute's own arguments.
#[derive(Default)]
pub(crate) struct Options {
    /// Of what they are the options.
    of: Registered,
    /// Replaces the function's name.
    pub(crate) name: Option<LitStr>,
    /// Its calls are recorded with their arguments.
    pub(crate) record: bool,
    /// Where the crate `fluxloop` is.
    pub(crate) krate: Option<Path>,
}

impl Options {
    /// Reads every option that is well formed; the errors are those of all the others.
    pub(crate) fn parse(tokens: TokenStream, of: Registered, errors: &mut Vec<Error>) -> Self {
        let mut options = Self {
            of,
            ..Self::default()
        };
        each_option(tokens, errors, |input| options.read(input));
        options
    }

    fn read(&mut self, input: ParseStream<'_>) -> Result<()> {
        if !input.peek(Ident::peek_any) {
            return Err(input.error(self.of.forms()));
        }
        let option = input.call(Ident::parse_any)?;
        match option.to_string().as_str() {
            "name" => {
                once(&option, self.name.is_some())?;
                let form = self.of.example_name();
                expect_equals(input, &option, form)?;
                let name = input.parse::<LitStr>().map_err(|error| {
                    Error::new(error.span(), format!("expected a string, as in `{form}`"))
                })?;
                // Kept even when it is refused, so that a second `name` is known as a repetition.
                let checked = check_name(&name, self.of);
                self.name = Some(name);
                end_of_option(input).and(checked)
            }
            "record" if self.of == Registered::Agent => {
                once(&option, self.record)?;
                self.record = true;
                if input.is_empty() || input.peek(Token![,]) {
                    return Ok(());
                }
                Err(input.error("the option `record` takes no value"))
            }
            "crate" => {
                once(&option, self.krate.is_some())?;
                expect_equals(input, &option, "crate = path::to::fluxloop")?;
                let path = input.call(Path::parse_mod_style).map_err(|error| {
                    Error::new(
                        error.span(),
                        "expected a path, as in `crate = path::to::fluxloop`",
                    )
                })?;
                let checked = check_path(&path);
                self.krate = Some(path);
                end_of_option(input).and(checked)
            }
            other => Err(Error::new(
                option.span(),
                format!("unknown option `{other}`: {}", self.of.forms()),
            )),
        }
    }
}

pub(crate) fn once(option: &Ident, seen: bool) -> Result<()> {
    if seen {
        return Err(Error::new(
            option.span(),
            format!("the option `{option}` is given twice"),
        ));
    }
    Ok(())
}

pub(crate) fn expect_equals(input: ParseStream<'_>, option: &Ident, form: &str) -> Result<()> {
    input
        .parse::<Option<Token![=]>>()?
        .map(drop)
        .ok_or_else(|| Error::new(option.span(), format!("expected `{form}`")))
}

pub(crate) fn end_of_option(input: ParseStream<'_>) -> Result<()> {
    if input.is_empty() || input.peek(Token![,]) {
        return Ok(());
    }
    Err(input.error("expected `,`"))
}

fn skip_option(input: ParseStream<'_>) -> Result<()> {
    while !input.is_empty() && !input.peek(Token![,]) {
        input.parse::<TokenTree>()?;
    }
    Ok(())
}

fn check_name(name: &LitStr, of: Registered) -> Result<()> {
    let value = name.value();
    let problem = if value.is_empty() {
        format!("{of}'s name cannot be empty")
    } else if let Some(found) = value.chars().find(|c| {
        *c == ':' || c.is_whitespace() || c.is_control() || of == Registered::Check && *c == ','
    }) {
        match of {
            Registered::Agent => format!(
                "an agent's name cannot have {found:?}: targets and case names are split at colons and white space"
            ),
            Registered::Check => format!("a check's name cannot have {found:?}"),
        }
    } else if of == Registered::Check && is_expectation(&value) {
        format!("a check cannot be called `{value}`: that is a key of `expect`")
    } else {
        return Ok(());
    };
    Err(Error::new(name.span(), problem))
}

/// The path is used inside a module of its own as well, where `self` and `super` would be other modules.
pub(crate) fn check_path(path: &Path) -> Result<()> {
    match path.segments.first() {
        Some(first) if first.ident == "self" || first.ident == "super" => Err(Error::new(
            first.ident.span(),
            "expected a path that starts at a crate's name or at `crate`",
        )),
        _ => Ok(()),
    }
}

/// A function as far as the attribute looks at it: the body is the compiler's business.
pub(crate) struct Function {
    pub(crate) attributes: Vec<Attribute>,
    pub(crate) visibility: Visibility,
    pub(crate) signature: Signature,
    pub(crate) body: Group,
}

impl Function {
    /// Reads the item below the attribute.
    pub(crate) fn parse(item: TokenStream, as_what: Registered) -> Result<Self> {
        (|input: ParseStream<'_>| Self::read(input, as_what)).parse2(item)
    }

    fn read(input: ParseStream<'_>, as_what: Registered) -> Result<Self> {
        let attributes = input.call(Attribute::parse_outer)?;
        let visibility = input.parse()?;
        if !starts_function(input) {
            return Err(Error::new(
                next_span(input),
                format!(
                    "{as_what} is a function: `{}` cannot stand here",
                    as_what.attribute()
                ),
            ));
        }
        let signature = input.parse::<Signature>()?;
        if !input.peek(syn::token::Brace) {
            return Err(input.error(format!("{as_what} is a function with a body")));
        }
        Ok(Self {
            attributes,
            visibility,
            signature,
            body: input.parse()?,
        })
    }
}

fn starts_function(input: ParseStream<'_>) -> bool {
    let qualifier = input.peek(Token![async])
        || input.peek(Token![unsafe])
        || input.peek(Token![extern]) && !input.peek2(Token![crate])
        || input.peek(Token![const]) && !input.peek3(Token![:]);
    qualifier || input.peek(Token![fn])
}

fn next_span(input: ParseStream<'_>) -> Span {
    input
        .cursor()
        .token_tree()
        .map_or_else(Span::call_site, |(token, _)| token.span())
}

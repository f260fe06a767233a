//! An input that fits an agent, as far as its sources tell.

use std::{collections::BTreeMap, fmt::Write as _, fs};

use syn::{Attribute, Fields, FnArg, Item, ItemFn, Meta, Pat, Stmt, Type, spanned::Spanned as _};

use super::text::quoted;
use crate::target::SourceAgent;

/// How deep types may nest: one that holds itself is nobody's sample.
const MAX_DEPTH: usize = 8;

/// A value that a type can be made of.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Sample {
    /// Any text.
    Text,
    /// As YAML has it: `1`, `true`.
    Scalar(String),
    /// One of each.
    List(Vec<Sample>),
    /// A mapping.
    Fields(Vec<(String, Sample)>),
}

/// A type of which the sources do not tell what it takes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Unclear(pub(super) String);

impl Sample {
    /// An input of the agent; `files` are those of its target.
    pub(super) fn of(
        agent: &SourceAgent,
        files: impl IntoIterator<Item = impl AsRef<std::path::Path>>,
    ) -> Result<Self, Unclear> {
        let mut sources = Sources::default();
        let mut function = None;
        for file in files {
            let parsed = fs::read_to_string(&file)
                .ok()
                .and_then(|text| syn::parse_file(&text).ok());
            if let Some(parsed) = parsed {
                let line = (file.as_ref() == agent.file).then_some(agent.line);
                sources.collect(parsed.items, line, &mut function);
            }
        }
        match function {
            Some(function) => sources.input_of(&function),
            None => Err(Unclear("its input".to_owned())),
        }
    }

    /// The value behind `key:`, with its line's end. What is below it stands `indent` columns in.
    pub(super) fn yaml(&self, text: &str, indent: usize) -> String {
        match self {
            Self::Text => format!(" {}\n", quoted(text)),
            Self::Scalar(scalar) => format!(" {scalar}\n"),
            Self::List(items) if items.is_empty() => " []\n".to_owned(),
            Self::Fields(fields) if fields.is_empty() => " {}\n".to_owned(),
            Self::List(items) => items.iter().fold("\n".to_owned(), |mut lines, item| {
                let item = item.yaml(text, indent + 2);
                // Writing to a string cannot fail.
                let _ = write!(lines, "{:indent$}- {}", "", item.trim_start());
                lines
            }),
            Self::Fields(fields) => {
                fields
                    .iter()
                    .fold("\n".to_owned(), |mut lines, (name, value)| {
                        let value = value.yaml(text, indent + 2);
                        let _ = write!(lines, "{:indent$}{}:{value}", "", key(name));
                        lines
                    })
            }
        }
    }
}

/// The types that a target's sources define, by name; none where several are called so.
#[derive(Default)]
struct Sources {
    types: BTreeMap<String, Option<Item>>,
}

impl Sources {
    fn collect(&mut self, items: Vec<Item>, line: Option<usize>, function: &mut Option<ItemFn>) {
        for item in items {
            match item {
                Item::Struct(ref inner) => self.add(inner.ident.to_string(), item),
                Item::Enum(ref inner) => self.add(inner.ident.to_string(), item),
                Item::Type(ref inner) => self.add(inner.ident.to_string(), item),
                Item::Mod(module) => {
                    let items = module.content.map(|(_, items)| items);
                    self.collect(items.unwrap_or_default(), line, function);
                }
                Item::Fn(item) => {
                    let inner = item
                        .block
                        .stmts
                        .iter()
                        .filter_map(|statement| match statement {
                            Stmt::Item(item @ Item::Fn(_)) => Some(item.clone()),
                            _ => None,
                        });
                    self.collect(inner.collect(), line, function);
                    if Some(item.sig.ident.span().start().line) == line {
                        *function = Some(item);
                    }
                }
                _ => {}
            }
        }
    }

    fn add(&mut self, name: String, item: Item) {
        self.types
            .entry(name)
            .and_modify(|known| *known = None)
            .or_insert(Some(item));
    }

    /// One value is the whole input; several are named in it.
    fn input_of(&self, function: &ItemFn) -> Result<Sample, Unclear> {
        let parameters = function
            .sig
            .inputs
            .iter()
            .filter_map(|parameter| match parameter {
                FnArg::Typed(parameter) if !is_context(&parameter.ty) => Some(parameter),
                _ => None,
            });
        let parameters: Vec<_> = parameters.collect();
        if let [only] = parameters.as_slice() {
            return self.of_type(&only.ty, MAX_DEPTH);
        }
        let fields = parameters.iter().map(|parameter| {
            let Pat::Ident(name) = &*parameter.pat else {
                return Err(unclear(&parameter.ty));
            };
            let name = name.ident.to_string().trim_start_matches("r#").to_owned();
            Ok((name, self.of_type(&parameter.ty, MAX_DEPTH)?))
        });
        match fields.collect::<Result<Vec<_>, _>>()? {
            // Whatever it is asked, it takes nothing of it.
            fields if fields.is_empty() => Ok(Sample::Text),
            fields => Ok(Sample::Fields(fields)),
        }
    }

    fn of_type(&self, ty: &Type, depth: usize) -> Result<Sample, Unclear> {
        let depth = depth.checked_sub(1).ok_or_else(|| unclear(ty))?;
        let of = |ty: &Type| self.of_type(ty, depth);
        match ty {
            Type::Reference(reference) => of(&reference.elem),
            Type::Paren(inner) => of(&inner.elem),
            Type::Group(inner) => of(&inner.elem),
            Type::Slice(slice) => Ok(Sample::List(vec![of(&slice.elem)?])),
            Type::Tuple(tuple) => {
                let items = tuple.elems.iter().map(of).collect::<Result<_, _>>()?;
                Ok(Sample::List(items))
            }
            Type::Path(path) if path.qself.is_none() => {
                let segment = path.path.segments.last().ok_or_else(|| unclear(ty))?;
                self.of_name(&segment.ident.to_string(), &arguments(segment), depth)
                    .unwrap_or_else(|| Err(unclear(ty)))
            }
            _ => Err(unclear(ty)),
        }
    }

    /// What a named type takes; none if nobody knows.
    fn of_name(
        &self,
        name: &str,
        arguments: &[&Type],
        depth: usize,
    ) -> Option<Result<Sample, Unclear>> {
        if let Some(defined) = self.types.get(name) {
            return self.of_item(defined.as_ref()?, depth);
        }
        let scalar = |text: &str| Some(Ok(Sample::Scalar(text.to_owned())));
        match (name, arguments) {
            ("String" | "str" | "PathBuf" | "Value", []) => Some(Ok(Sample::Text)),
            ("bool", []) => scalar("true"),
            ("char", []) => scalar("\"a\""),
            ("f32" | "f64", []) => scalar("1.5"),
            (
                "u8" | "u16" | "u32" | "u64" | "u128" | "usize" | "i8" | "i16" | "i32" | "i64"
                | "i128" | "isize" | "NonZeroU32" | "NonZeroU64" | "NonZeroUsize",
                [],
            ) => scalar("1"),
            ("Option" | "Box" | "Arc" | "Rc" | "Cow", [inner]) => Some(self.of_type(inner, depth)),
            ("Vec" | "VecDeque" | "HashSet" | "BTreeSet", [inner]) => Some(
                self.of_type(inner, depth)
                    .map(|item| Sample::List(vec![item])),
            ),
            ("HashMap" | "BTreeMap" | "Map", _) => Some(Ok(Sample::Fields(Vec::new()))),
            _ => None,
        }
    }

    fn of_item(&self, item: &Item, depth: usize) -> Option<Result<Sample, Unclear>> {
        match item {
            Item::Struct(item) if item.generics.params.is_empty() => {
                is_plain(&item.attrs).then(|| self.of_fields(&item.fields, depth))?
            }
            Item::Enum(item) if item.generics.params.is_empty() && is_plain(&item.attrs) => {
                let variant = item.variants.first()?;
                if serde_name(&variant.attrs) != Some(None) {
                    return None;
                }
                let name = variant.ident.to_string();
                if variant.fields.is_empty() {
                    return Some(Ok(Sample::Scalar(quoted(&name))));
                }
                let fields = self.of_fields(&variant.fields, depth)?;
                Some(fields.map(|fields| Sample::Fields(vec![(name, fields)])))
            }
            Item::Type(item) if item.generics.params.is_empty() => {
                Some(self.of_type(&item.ty, depth))
            }
            _ => None,
        }
    }

    fn of_fields(&self, fields: &Fields, depth: usize) -> Option<Result<Sample, Unclear>> {
        let types: Vec<&Type> = fields.iter().map(|field| &field.ty).collect();
        match (fields, types.as_slice()) {
            (Fields::Unit, _) => Some(Ok(Sample::Scalar("null".to_owned()))),
            (Fields::Unnamed(_), [only]) => Some(self.of_type(only, depth)),
            (Fields::Unnamed(_), several) => {
                let items = several.iter().map(|ty| self.of_type(ty, depth));
                Some(items.collect::<Result<_, _>>().map(Sample::List))
            }
            (Fields::Named(_), _) => {
                let mut named = Vec::new();
                for field in fields {
                    let own = field.ident.as_ref()?.to_string();
                    let name = serde_name(&field.attrs)?;
                    let name = name.unwrap_or_else(|| own.trim_start_matches("r#").to_owned());
                    match self.of_type(&field.ty, depth) {
                        Ok(sample) => named.push((name, sample)),
                        Err(unclear) => return Some(Err(unclear)),
                    }
                }
                Some(Ok(Sample::Fields(named)))
            }
        }
    }
}

/// A name as YAML has it.
fn key(name: &str) -> String {
    let is_word = |c: char| c.is_ascii_alphanumeric() || matches!(c, '_' | '-');
    let begins = name.starts_with(|c: char| c.is_ascii_alphabetic());
    // Words that YAML may read as something else.
    let is_taken = ["y", "n", "yes", "no", "on", "off", "true", "false", "null"]
        .contains(&name.to_ascii_lowercase().as_str());
    if begins && !is_taken && name.chars().all(is_word) {
        name.to_owned()
    } else {
        quoted(name)
    }
}

fn is_context(ty: &Type) -> bool {
    let Type::Reference(reference) = ty else {
        return false;
    };
    let Type::Path(path) = &*reference.elem else {
        return false;
    };
    let last = path.path.segments.last();
    last.is_some_and(|segment| segment.ident == "Context")
}

fn arguments(segment: &syn::PathSegment) -> Vec<&Type> {
    let syn::PathArguments::AngleBracketed(arguments) = &segment.arguments else {
        return Vec::new();
    };
    let types = arguments.args.iter().filter_map(|argument| match argument {
        syn::GenericArgument::Type(ty) => Some(ty),
        _ => None,
    });
    types.collect()
}

/// Whether a type is read as it stands: serde derives how, and nothing changes that.
fn is_plain(attributes: &[Attribute]) -> bool {
    let derives = attributes.iter().any(|attribute| {
        let mut found = false;
        if attribute.path().is_ident("derive") {
            // A derive that does not parse is the compiler's to report.
            let _ = attribute.parse_nested_meta(|derived| {
                let last = derived.path.segments.last();
                found |= last.is_some_and(|last| last.ident == "Deserialize");
                Ok(())
            });
        }
        found
    });
    derives && serde_name(attributes) == Some(None)
}

/// The name that serde's attributes give, if any; none if they change more than the name.
#[expect(
    clippy::option_option,
    reason = "three answers: unknown, as it is, renamed"
)]
fn serde_name(attributes: &[Attribute]) -> Option<Option<String>> {
    let mut name = None;
    for attribute in attributes.iter().filter(|one| one.path().is_ident("serde")) {
        let Meta::List(_) = &attribute.meta else {
            return None;
        };
        let parsed = attribute.parse_nested_meta(|option| {
            if option.path.is_ident("rename") {
                name = Some(option.value()?.parse::<syn::LitStr>()?.value());
                return Ok(());
            }
            let harmless = ["default", "deny_unknown_fields", "skip_serializing_if"];
            if !harmless.iter().any(|known| option.path.is_ident(known)) {
                return Err(option.error("changes what is read"));
            }
            if option.input.peek(syn::Token![=]) {
                option.value()?.parse::<syn::Expr>()?;
            }
            Ok(())
        });
        parsed.ok()?;
    }
    Some(name)
}

fn unclear(ty: &Type) -> Unclear {
    let text = ty.span().source_text();
    Unclear(text.unwrap_or_else(|| "its input".to_owned()))
}

#[cfg(test)]
mod tests;

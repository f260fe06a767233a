//! Finds agents in sources without compiling them.
//!
//! It follows `mod` items from a target's root and looks for fluxloop's attribute. Agents that a macro writes, that a
//! `cfg_attr` marks, or that stand in included files are not seen: what the scan finds picks the target to build, and
//! nothing is refused because it was not found here.

use std::{
    fs,
    path::{Path, PathBuf},
};

use fluxloop::target::{AgentName, Kind, Named};
use syn::{Attribute, Item, ItemFn, ItemMod, Meta};

use super::{
    gate::Gate,
    imports::{Imports, Scopes},
};
use crate::workspace::CargoTarget;

/// How deep files may nest: a circle of `#[path]`s is the compiler's to report.
const MAX_DEPTH: usize = 64;

/// An agent that was seen in the sources.
#[derive(Clone, Debug)]
pub(crate) struct SourceAgent {
    /// Its name.
    pub(crate) name: AgentName,
    /// The file.
    pub(crate) file: PathBuf,
    /// The line of the function's name, from 1.
    pub(crate) line: usize,
    /// Whether it is always compiled.
    pub(crate) gate: Gate,
}

impl Named for SourceAgent {
    fn agent_name(&self) -> &AgentName {
        &self.name
    }
}

/// What a scan saw.
#[derive(Debug, Default)]
pub(crate) struct Scan {
    /// The agents, in the order of the sources.
    pub(crate) agents: Vec<SourceAgent>,
    /// The files that modules led to.
    pub(crate) files: Vec<PathBuf>,
}

/// Looks through a target's sources. A file that is missing or does not parse is skipped: the compiler says it better.
pub(crate) fn scan(target: &CargoTarget) -> Scan {
    let gate = match target.kind() {
        Kind::Test => Gate::TestOnly,
        Kind::Lib | Kind::Bin | Kind::Example => Gate::Always,
    };
    let local_names = target.member().local_names();
    let mut scanner = Scanner::new(target, &local_names);
    let root = target.source();
    let folder = root.parent().unwrap_or(Path::new("."));
    scanner.file(root, folder.to_owned(), gate);
    scanner.scan
}

/// Whether a file that no module led to holds an agent all the same.
pub(super) fn has_agent(target: &CargoTarget, file: &Path) -> bool {
    let local_names = target.member().local_names();
    let mut scanner = Scanner::new(target, &local_names);
    // Its own submodules are looked for in a folder that cannot be: each file speaks for itself.
    scanner.file(file, file.join("none"), Gate::Always);
    !scanner.scan.agents.is_empty()
}

struct Scanner<'a> {
    package: &'a str,
    kind: Kind,
    scopes: Scopes<'a>,
    /// The path of the module at hand, the crate first.
    modules: Vec<String>,
    /// How many files deep.
    depth: usize,
    scan: Scan,
}

/// Where a module's items stand.
struct Place<'a> {
    file: &'a Path,
    /// Where `mod x;` looks for `x.rs`.
    children: PathBuf,
    /// Whether this is a module in braces rather than a file of its own.
    inline: bool,
    gate: Gate,
}

impl<'a> Scanner<'a> {
    fn new(target: &'a CargoTarget, local_names: &'a [String]) -> Self {
        Self {
            package: &target.member().package.name,
            kind: target.kind(),
            scopes: Scopes::new(local_names),
            modules: vec![target.crate_name()],
            depth: 0,
            scan: Scan::default(),
        }
    }

    fn file(&mut self, file: &Path, children: PathBuf, gate: Gate) {
        if self.depth == MAX_DEPTH {
            return;
        }
        let Ok(text) = fs::read_to_string(file) else {
            return;
        };
        self.scan.files.push(file.to_owned());
        if !can_matter(&text) {
            return;
        }
        let Ok(parsed) = syn::parse_file(&text) else {
            return;
        };
        let place = Place {
            file,
            children,
            inline: false,
            gate: gate.and(&parsed.attrs),
        };
        self.depth += 1;
        self.module(&parsed.items, &place);
        self.depth -= 1;
    }

    fn module(&mut self, items: &[Item], place: &Place<'_>) {
        self.scopes.push(Imports::of(items));
        for item in items {
            match item {
                Item::Fn(item) => self.function(item, place),
                Item::Mod(item) => self.submodule(item, place),
                _ => {}
            }
        }
        self.scopes.pop();
    }

    fn function(&mut self, item: &ItemFn, place: &Place<'_>) {
        let is_agent = |attribute: &&Attribute| self.scopes.is_agent(attribute.path());
        if let Some(attribute) = item.attrs.iter().find(is_agent) {
            let name = configured_name(attribute).unwrap_or_else(|| item.sig.ident.to_string());
            self.scan.agents.push(SourceAgent {
                name: AgentName::new(self.package, self.kind, &self.modules.join("::"), &name),
                file: place.file.to_owned(),
                line: item.sig.ident.span().start().line,
                gate: place.gate.and(&item.attrs),
            });
        }
        // Functions in a function are registered under its module.
        for statement in &item.block.stmts {
            if let syn::Stmt::Item(Item::Fn(inner)) = statement {
                self.function(inner, place);
            }
        }
    }

    fn submodule(&mut self, item: &ItemMod, place: &Place<'_>) {
        let name = item.ident.to_string();
        let name = name.trim_start_matches("r#");
        let gate = place.gate.and(&item.attrs);
        let path = path_attribute(&item.attrs);
        self.modules.push(name.to_owned());
        if let Some((_, items)) = &item.content {
            let place = Place {
                file: place.file,
                children: match path {
                    Some(path) => place.folder_of_paths().join(path),
                    None => place.children.join(name),
                },
                inline: true,
                gate,
            };
            self.module(items, &place);
        } else {
            let (file, children) = place.module_file(name, path.as_deref());
            self.file(&file, children, gate);
        }
        self.modules.pop();
    }
}

impl Place<'_> {
    /// What a `#[path]` is relative to.
    fn folder_of_paths(&self) -> &Path {
        if self.inline {
            &self.children
        } else {
            self.file.parent().unwrap_or(&self.children)
        }
    }

    /// The file of `mod name;`, and where its own children are.
    fn module_file(&self, name: &str, path: Option<&Path>) -> (PathBuf, PathBuf) {
        if let Some(path) = path {
            let file = self.folder_of_paths().join(path);
            let folder = file.parent().unwrap_or(&self.children).to_owned();
            return (file, folder);
        }
        let folder = self.children.join(name);
        let beside = self.children.join(format!("{name}.rs"));
        if beside.is_file() {
            (beside, folder)
        } else {
            (folder.join("mod.rs"), folder)
        }
    }
}

/// Whether a file can hold an agent or lead to one: the others are not parsed.
fn can_matter(text: &str) -> bool {
    mentions_agent(text) || declares_file(text)
}

/// `agent]`, `agent(…` or `agent as …`: an attribute or its import under another name.
fn mentions_agent(text: &str) -> bool {
    text.match_indices("agent").any(|(at, word)| {
        let after = text[at + word.len()..].trim_start();
        after.starts_with([']', '(']) || after.starts_with("as ")
    })
}

/// `mod name;`
fn declares_file(text: &str) -> bool {
    text.match_indices("mod").any(|(at, word)| {
        let after = &text[at + word.len()..];
        let name = after.trim_start();
        let end = name
            .find(|c: char| !(c.is_alphanumeric() || c == '_' || c == '#'))
            .unwrap_or(name.len());
        name.len() < after.len() && end > 0 && name[end..].trim_start().starts_with(';')
    })
}

/// The name that the attribute gives: `#[fluxloop::agent(name = "…")]`.
fn configured_name(attribute: &Attribute) -> Option<String> {
    let Meta::List(_) = &attribute.meta else {
        return None;
    };
    let mut name = None;
    let parsed = attribute.parse_nested_meta(|option| {
        if option.path.is_ident("name") {
            name = Some(option.value()?.parse::<syn::LitStr>()?.value());
        } else if option.input.peek(syn::Token![=]) {
            option.value()?.parse::<syn::Expr>()?;
        }
        Ok(())
    });
    // An option that is wrong is the attribute's to report.
    parsed.ok().and(name)
}

fn path_attribute(attributes: &[Attribute]) -> Option<PathBuf> {
    attributes.iter().find_map(|attribute| {
        let Meta::NameValue(meta) = &attribute.meta else {
            return None;
        };
        let syn::Expr::Lit(syn::ExprLit {
            lit: syn::Lit::Str(path),
            ..
        }) = &meta.value
        else {
            return None;
        };
        meta.path.is_ident("path").then(|| path.value().into())
    })
}

#[cfg(test)]
mod tests;

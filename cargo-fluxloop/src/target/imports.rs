//! What names mean in a module, as far as finding `#[fluxloop::agent]` needs it.

use std::collections::HashMap;

use syn::{Item, UseTree};

/// How many `use` steps are followed: more is a circle, or somebody's joke.
const MAX_STEPS: u8 = 8;

/// The names that a module brings into scope.
#[derive(Debug, Default)]
pub(super) struct Imports {
    names: HashMap<String, Vec<String>>,
    globs: Vec<Vec<String>>,
}

impl Imports {
    /// The imports among a module's items.
    pub(super) fn of(items: &[Item]) -> Self {
        let mut imports = Self::default();
        for item in items {
            match item {
                Item::Use(item) => imports.add(&item.tree, &mut Vec::new()),
                Item::ExternCrate(item) => {
                    if let Some((_, alias)) = &item.rename {
                        let name = vec![item.ident.to_string()];
                        imports.names.insert(alias.to_string(), name);
                    }
                }
                _ => {}
            }
        }
        imports
    }

    fn add(&mut self, tree: &UseTree, path: &mut Vec<String>) {
        match tree {
            UseTree::Path(tree) => {
                path.push(tree.ident.to_string());
                self.add(&tree.tree, path);
                path.pop();
            }
            UseTree::Name(tree) => self.add_name(path, &tree.ident, &tree.ident),
            UseTree::Rename(tree) => self.add_name(path, &tree.ident, &tree.rename),
            UseTree::Glob(_) => self.globs.push(path.clone()),
            UseTree::Group(group) => {
                for tree in &group.items {
                    self.add(tree, path);
                }
            }
        }
    }

    fn add_name(&mut self, path: &[String], name: &syn::Ident, alias: &syn::Ident) {
        let mut target = path.to_vec();
        // `use fluxloop::{self as f}` names the path itself.
        if name != "self" {
            target.push(name.to_string());
        }
        let alias = match (alias == "self", target.last()) {
            (true, Some(last)) => last.clone(),
            _ => alias.to_string(),
        };
        self.names.insert(alias, target);
    }
}

/// The modules from the crate's root to the one at hand.
#[derive(Debug)]
pub(super) struct Scopes<'a> {
    /// What the crate calls fluxloop.
    local_names: &'a [String],
    modules: Vec<Imports>,
}

impl<'a> Scopes<'a> {
    pub(super) fn new(local_names: &'a [String]) -> Self {
        Self {
            local_names,
            modules: Vec::new(),
        }
    }

    /// Enters a module.
    pub(super) fn push(&mut self, imports: Imports) {
        self.modules.push(imports);
    }

    /// Leaves it.
    pub(super) fn pop(&mut self) {
        self.modules.pop();
    }

    /// Whether a path, seen from the innermost module, is the attribute of fluxloop.
    pub(super) fn is_agent(&self, path: &syn::Path) -> bool {
        let path: Vec<String> = path
            .segments
            .iter()
            .map(|segment| segment.ident.to_string())
            .collect();
        self.means_agent(&path, self.modules.len(), MAX_STEPS)
    }

    /// The same for a path in the module at `depth`, where the crate's root has depth 1.
    fn means_agent(&self, path: &[String], depth: usize, steps: u8) -> bool {
        let (Some(module), Some(steps)) = (
            depth
                .checked_sub(1)
                .and_then(|index| self.modules.get(index)),
            steps.checked_sub(1),
        ) else {
            return false;
        };
        match path {
            [fluxloop, agent] if agent == "agent" && self.local_names.contains(fluxloop) => true,
            [first, rest @ ..] if first == "crate" => self.means_agent(rest, 1, steps),
            [first, rest @ ..] if first == "self" => self.means_agent(rest, depth, steps),
            [first, rest @ ..] if first == "super" => self.means_agent(rest, depth - 1, steps),
            [first, rest @ ..] => {
                if let Some(target) = module.names.get(first) {
                    return self.means_agent(&[target, rest].concat(), depth, steps);
                }
                module
                    .globs
                    .iter()
                    .any(|glob| self.means_agent(&[glob, path].concat(), depth, steps))
            }
            [] => false,
        }
    }
}

//! What a manifest lacks, put into it with everything else left as it is.

use cargo_metadata::{DependencyKind, Package};
use toml_edit::{
    Array, ArrayOfTables, DocumentMut, InlineTable, Item, Key, Table, TableLike, TomlError, Value,
    value,
};

use super::text::TEST;

const FLUXLOOP: &str = "fluxloop";
const HARNESS: &str = "harness";
/// What says where a dependency comes from. The rest of its entry is each entry's own.
const SOURCE: [&str; 10] = [
    "workspace",
    "path",
    "git",
    "branch",
    "tag",
    "rev",
    "version",
    "registry",
    "registry-index",
    "package",
];

/// What a manifest is to have.
#[derive(Clone, Copy, Debug)]
pub(super) struct Entries<'a> {
    /// The package as cargo reads the manifest: it knows what is inherited and renamed.
    pub(super) package: &'a Package,
    /// The version where nothing else says where fluxloop comes from: `0.1`.
    pub(super) version: &'a str,
    /// What the workspace calls fluxloop, if its packages can inherit it.
    pub(super) inherited: Option<&'a str>,
    /// Whether the experiment is a test, too.
    pub(super) test: bool,
}

impl Entries<'_> {
    /// The manifest with them.
    ///
    /// # Errors
    ///
    /// When it is no TOML.
    pub(super) fn added_to(&self, manifest: &str) -> Result<String, TomlError> {
        let mut document: DocumentMut = manifest.parse()?;
        let normal = self.declared(DependencyKind::Normal);
        let development = self.declared(DependencyKind::Development);
        let name = normal
            .or(development)
            .or(self.inherited)
            .unwrap_or(FLUXLOOP);
        let source = [(normal, "dependencies"), (development, "dev-dependencies")]
            .into_iter()
            .find_map(|(name, table)| source_of(&document, table, name?))
            .unwrap_or_else(|| self.usual_source());
        if normal.is_none() {
            let item = dependency(&source);
            add_sorted(table(&mut document, "dependencies"), name, item);
        }
        if self.test {
            let table = table(&mut document, "dev-dependencies");
            if let Some(entry) = development.and_then(|name| table.get_mut(name)) {
                add_feature(entry);
            } else if development.is_none() {
                let mut source = source;
                source.insert("features", Array::from_iter([HARNESS]).into());
                add_sorted(table, name, value(source));
            }
            add_test(document.as_table_mut());
        }
        Ok(document.to_string())
    }

    /// What the package calls fluxloop among its dependencies of a kind.
    fn declared(&self, kind: DependencyKind) -> Option<&str> {
        let of_kind = |dependency: &&cargo_metadata::Dependency| {
            dependency.name == FLUXLOOP && dependency.kind == kind
        };
        let found = self.package.dependencies.iter().find(of_kind)?;
        Some(found.rename.as_deref().unwrap_or(FLUXLOOP))
    }

    fn usual_source(&self) -> InlineTable {
        match self.inherited {
            Some(_) => InlineTable::from_iter([("workspace", Value::from(true))]),
            None => InlineTable::from_iter([("version", Value::from(self.version))]),
        }
    }
}

/// What a workspace's manifest calls fluxloop among what its packages can inherit.
pub(super) fn inherited_name(manifest: &str) -> Option<String> {
    let document: DocumentMut = manifest.parse().ok()?;
    let dependencies = document.get("workspace")?.get("dependencies")?;
    let mut entries = dependencies.as_table_like()?.iter();
    let is_fluxloop = |(name, entry): &(&str, &Item)| {
        let package = entry.get("package").and_then(Item::as_str);
        package.unwrap_or(name) == FLUXLOOP
    };
    entries.find(is_fluxloop).map(|(name, _)| name.to_owned())
}

/// Where an entry says that its package comes from: in the table of dependencies, or in one for some systems only.
fn source_of(document: &DocumentMut, kind: &str, name: &str) -> Option<InlineTable> {
    let of_systems = document.get("target").and_then(Item::as_table_like);
    let tables = of_systems
        .into_iter()
        .flat_map(|systems| systems.iter())
        .filter_map(|(_, system)| system.get(kind));
    let mut tables = document.get(kind).into_iter().chain(tables);
    let entry = tables.find_map(|table| table.get(name))?;
    if let Some(version) = entry.as_str() {
        return Some(InlineTable::from_iter([("version", version)]));
    }
    let entry = entry.as_table_like()?;
    let parts = SOURCE.into_iter().filter_map(|key| {
        let mut part = entry.get(key)?.as_value()?.clone();
        part.decor_mut().clear();
        Some((key, part))
    });
    Some(parts.collect())
}

/// An entry without features, in the shortest form.
fn dependency(source: &InlineTable) -> Item {
    let mut parts = source.iter();
    match (parts.next(), parts.next()) {
        (Some(("version", version)), None) => value(version.clone()),
        (Some(("workspace", inherited)), None) => {
            let mut table = Table::new();
            table.set_dotted(true);
            table.insert("workspace", value(inherited.clone()));
            Item::Table(table)
        }
        _ => value(source.clone()),
    }
}

/// A table of dependencies, made where there is none.
fn table<'d>(document: &'d mut DocumentMut, kind: &str) -> &'d mut dyn TableLike {
    let item = document.entry(kind).or_insert_with(toml_edit::table);
    if item.as_table_like().is_none() {
        // Cargo has read the manifest, and takes nothing else.
        *item = toml_edit::table();
    }
    match item {
        Item::Value(Value::InlineTable(table)) => table,
        Item::Table(table) => table,
        _ => unreachable!("it is a table, or has been made one"),
    }
}

/// Adds an entry, in its place where the entries are in order.
fn add_sorted(table: &mut dyn TableLike, name: &str, item: Item) {
    let sorted = table.iter().map(|(name, _)| name).is_sorted();
    table.entry_format(&Key::new(name)).or_insert(item);
    if sorted {
        table.sort_values();
    }
}

/// Adds the harness to what an entry turns on.
fn add_feature(entry: &mut Item) {
    if let Some(version) = entry.as_str() {
        let mut table = InlineTable::from_iter([("version", version)]);
        table.insert("features", Array::from_iter([HARNESS]).into());
        let mut table = Value::InlineTable(table);
        if let Some(old) = entry.as_value() {
            *table.decor_mut() = old.decor().clone();
        }
        *entry = Item::Value(table);
        return;
    }
    let Some(table) = entry.as_table_like_mut() else {
        return;
    };
    if let Some(features) = table.get_mut("features").and_then(Item::as_array_mut) {
        if !features
            .iter()
            .any(|feature| feature.as_str() == Some(HARNESS))
        {
            features.push(HARNESS);
        }
        return;
    }
    table.insert("features", value(Array::from_iter([HARNESS])));
    if let Some(inline) = entry.as_inline_table_mut() {
        inline.fmt();
    }
}

/// Declares the test that is the experiment, with a `main` of its own.
fn add_test(document: &mut Table) {
    let tests = document
        .entry("test")
        .or_insert_with(|| Item::ArrayOfTables(ArrayOfTables::new()));
    let is_ours = |table: &dyn TableLike| table.get("name").and_then(Item::as_str) == Some(TEST);
    let declare = |table: &mut dyn TableLike| {
        let mut harness = Value::from(false);
        if let Some(declared) = table.get("harness").and_then(Item::as_value) {
            *harness.decor_mut() = declared.decor().clone();
        }
        table.insert("harness", value(harness));
    };
    match tests {
        Item::ArrayOfTables(tests) => {
            if let Some(ours) = tests.iter_mut().find(|table| is_ours(*table)) {
                return declare(ours);
            }
            let mut table = Table::new();
            table.insert("name", value(TEST));
            declare(&mut table);
            tests.push(table);
        }
        Item::Value(Value::Array(tests)) => {
            let is_ours = |test: &Value| test.as_inline_table().is_some_and(|table| is_ours(table));
            let found = tests.iter().position(is_ours);
            if let Some(index) = found {
                if let Some(ours) = tests.get_mut(index).and_then(Value::as_inline_table_mut) {
                    declare(ours);
                }
                return;
            }
            let mut table = InlineTable::new();
            table.insert("name", TEST.into());
            declare(&mut table);
            tests.push(table);
        }
        // Cargo has read the manifest, and takes nothing else.
        _ => {}
    }
}

#[cfg(test)]
mod tests;

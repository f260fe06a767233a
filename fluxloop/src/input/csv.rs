//! CSV with a header → located values, as if each row were an entry of a list.

use std::sync::Arc;

use csv::{ReaderBuilder, StringRecord};

use super::{
    entry::KEYS,
    fields::{Field, Fields},
    located::{Located, syntax},
};
use crate::{
    config::{
        ConfigError, Entry, Mapping, Node, NodeValue, Origin, Problems, SourceFile, Warning,
        nearest,
    },
    summary::words::plural,
};

/// What a column's name may begin with: what stands behind it is a key of that mapping.
const GROUPS: [&str; 2] = ["metadata", "expect"];

/// Reads the rows below the header. Rows that are wrong are reported; an empty file is null.
pub(super) fn rows(source: &Arc<SourceFile>, problems: &Problems) -> Result<Node, ConfigError> {
    let mut rows = Rows {
        located: Located::new(source),
        columns: Vec::new(),
        items: Vec::new(),
    };
    let whole = rows.located.origin(0);
    // Rows of another length are told with their place, so the reader lets them pass.
    let mut reader = ReaderBuilder::new()
        .has_headers(false)
        .flexible(true)
        .from_reader(source.text.as_bytes());
    let mut record = StringRecord::new();
    loop {
        let is_row = reader
            .read_record(&mut record)
            .map_err(|error| syntax(error.to_string(), &whole, "save the file as UTF-8 text"))?;
        if !is_row {
            break;
        }
        let end = byte(reader.position());
        let start = record.position().map_or(end, byte);
        let Some(fields) = rows.fields(start..end, problems)? else {
            continue;
        };
        if rows.columns.is_empty() {
            rows.columns = rows.header(&record, &fields, problems);
            if rows.columns.is_empty() {
                break;
            }
        } else if let Some(row) = rows.row(&record, &fields, problems)? {
            rows.items.push(row);
        }
        if problems.are_many() {
            break;
        }
    }
    let items = NodeValue::Sequence(rows.items);
    rows.located.node(whole, items)
}

fn byte(position: &csv::Position) -> usize {
    usize::try_from(position.byte()).unwrap_or(usize::MAX)
}

/// A column of the header.
enum Column {
    /// A key of the entry.
    Key(String),
    /// A key of one of [`GROUPS`].
    Of(&'static str, String),
    /// Said to be unknown, and not read.
    Unknown,
}

impl Column {
    /// Whether its cells are names rather than texts.
    fn is_name(&self) -> bool {
        match self {
            Self::Key(key) => matches!(key.as_str(), "persona" | "id"),
            Self::Of("expect", key) => {
                matches!(key.as_str(), "json_schema" | "termination" | "tools_called")
            }
            Self::Of(..) | Self::Unknown => false,
        }
    }
}

struct Rows<'a> {
    located: Located<'a>,
    columns: Vec<Column>,
    items: Vec<Node>,
}

impl Rows<'_> {
    /// Where the fields of a row stand. `None` for one whose quotes are wrong, which the reader would take as it can.
    fn fields(
        &mut self,
        row: std::ops::Range<usize>,
        problems: &Problems,
    ) -> Result<Option<Vec<Field>>, ConfigError> {
        match Fields::of(self.located.text(), row) {
            Ok(fields) => Ok(Some(fields)),
            Err(fault) => {
                let origin = self.located.origin(fault.offset);
                let error = syntax(fault.message, &origin, fault.hint);
                if self.columns.is_empty() {
                    return Err(error);
                }
                problems.error(error);
                Ok(None)
            }
        }
    }

    /// What the columns are; none where nothing can be read below them.
    fn header(
        &mut self,
        names: &StringRecord,
        fields: &[Field],
        problems: &Problems,
    ) -> Vec<Column> {
        let mut columns = Vec::new();
        let mut known: Vec<&str> = Vec::new();
        for (name, field) in names.iter().zip(fields) {
            let name = name.trim_start_matches('\u{feff}').trim();
            let origin = self.located.origin(field.offset);
            if known.contains(&name) {
                let message = format!("the column `{name}` stands twice in the header");
                problems.error(syntax(message, &origin, "keep one of them"));
            }
            known.push(name);
            columns.push(column(name, &origin, problems));
        }
        if known.contains(&"input") {
            return columns;
        }
        let origin = self
            .located
            .origin(fields.last().map_or(0, |field| field.offset));
        problems.error(no_input_column(&known, &origin));
        Vec::new()
    }

    fn row(
        &mut self,
        record: &StringRecord,
        fields: &[Field],
        problems: &Problems,
    ) -> Result<Option<Node>, ConfigError> {
        let origin = self
            .located
            .origin(fields.first().map_or(0, |field| field.offset));
        if record.len() != self.columns.len() {
            let message = format!(
                "expected {} as the header has them, found {}",
                plural(self.columns.len(), "column"),
                record.len()
            );
            let hint = "put text that contains commas or line breaks in double quotes";
            problems.error(syntax(message, &origin, hint));
            return Ok(None);
        }
        let mut row = Mapping::default();
        for ((cell, field), index) in record.iter().zip(fields).zip(0..) {
            self.cell(&mut row, index, cell, field)?;
        }
        Ok(Some(self.located.node(origin, NodeValue::Mapping(row))?))
    }

    /// Puts a cell where its column says. One with nothing in it, not even quotes, says nothing.
    fn cell(
        &mut self,
        row: &mut Mapping,
        index: usize,
        cell: &str,
        field: &Field,
    ) -> Result<(), ConfigError> {
        let is_absent = cell.is_empty() && !field.is_quoted;
        // Without an input, it is the row that is wrong.
        if is_absent && !matches!(&self.columns[index], Column::Key(key) if key == "input") {
            return Ok(());
        }
        let origin = self.located.origin(field.offset);
        let (mapping, key) = match &self.columns[index] {
            Column::Unknown => return Ok(()),
            Column::Key(key) => (row, key.clone()),
            Column::Of(group, key) => {
                let group = row.entry(group, &origin);
                if group.is_null() {
                    group.value = NodeValue::Mapping(Mapping::default());
                }
                let NodeValue::Mapping(mapping) = &mut group.value else {
                    return Ok(());
                };
                (mapping, key.clone())
            }
        };
        // Blanks around a comma are no part of a name.
        let text = if self.columns[index].is_name() {
            cell.trim()
        } else {
            cell
        };
        let value = match &self.columns[index] {
            _ if is_absent => NodeValue::Null,
            Column::Of("expect", key) if key.starts_with("max_") => number(text),
            _ => NodeValue::Text(text.to_owned()),
        };
        let value = self.located.node(origin.clone(), value)?;
        mapping.entries.push(Entry { key, origin, value });
        Ok(())
    }
}

/// A limit. What is no number stays text, and is refused where it is read.
fn number(text: &str) -> NodeValue {
    let written = text.trim();
    match serde_json::from_str(written) {
        Ok(number) => NodeValue::Number(number, written.into()),
        Err(_) => NodeValue::Text(text.to_owned()),
    }
}

fn column(name: &str, origin: &Origin, problems: &Problems) -> Column {
    if name.is_empty() {
        let hint = "name every column, or remove the comma";
        problems.error(syntax("a column of the header has no name", origin, hint));
        return Column::Unknown;
    }
    for group in GROUPS {
        match name.strip_prefix(group).map(|rest| rest.strip_prefix('.')) {
            Some(Some(key)) if !key.is_empty() => return Column::Of(group, key.to_owned()),
            Some(None | Some("")) if name.trim_end_matches('.') == group => {
                let message = format!("the column `{name}` names no key");
                let hint = format!("write the key behind it, for example `{group}.topic`");
                problems.error(syntax(message, origin, &hint));
                return Column::Unknown;
            }
            _ => {}
        }
    }
    if KEYS.contains(&name) {
        return Column::Key(name.to_owned());
    }
    let hint = nearest(name, KEYS).map_or_else(
        || format!("remove it, or keep it with the input as `metadata.{name}`"),
        |known| format!("did you mean `{known}`?"),
    );
    let message = format!("unknown column `{name}`: nothing reads it");
    problems.warning(Warning::new(message, origin.place()).with_hint(hint));
    Column::Unknown
}

fn no_input_column(names: &[&str], origin: &Origin) -> ConfigError {
    let found: Vec<String> = names.iter().map(|name| format!("`{name}`")).collect();
    let message = format!(
        "expected a header with the column `input`, found {}",
        found.join(", ")
    );
    let meant = names.iter().find(|name| nearest(name, ["input"]).is_some());
    let hint = match meant {
        _ if names.iter().any(|name| name.contains([';', '\t'])) => {
            "separate columns by commas".to_owned()
        }
        Some(name) => format!("did you mean `input` by `{name}`?"),
        None => "name the columns in the first line: `input,persona,id,metadata.topic`".to_owned(),
    };
    syntax(message, origin, &hint)
}

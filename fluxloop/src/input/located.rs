use std::sync::Arc;

use crate::config::{ConfigError, ErrorKind, INPUTS_LIMITS, Node, NodeValue, Origin, SourceFile};

/// Makes values that know their place in a file. It is read from the front to the back, so that the line and column of
/// each place are counted on from the place before.
pub(super) struct Located<'a> {
    source: &'a Arc<SourceFile>,
    /// In bytes.
    at: usize,
    line: u32,
    column: u32,
    nodes: usize,
}

impl<'a> Located<'a> {
    pub(super) fn new(source: &'a Arc<SourceFile>) -> Self {
        Self {
            source,
            at: 0,
            line: 1,
            column: 1,
            nodes: 0,
        }
    }

    /// The text of the file.
    pub(super) fn text(&self) -> &'a str {
        &self.source.text
    }

    /// The place of a byte that does not stand before the one that was asked for last.
    pub(super) fn origin(&mut self, offset: usize) -> Origin {
        for character in self.source.text[self.at..offset].chars() {
            if character == '\n' {
                self.line = self.line.saturating_add(1);
                self.column = 1;
            } else {
                self.column = self.column.saturating_add(1);
            }
        }
        self.at = offset;
        Origin::File {
            source: Arc::clone(self.source),
            line: self.line,
            column: self.column,
        }
    }

    /// A value, of which a file may hold no more than can be read again from the experiment's own copy.
    pub(super) fn node(&mut self, origin: Origin, value: NodeValue) -> Result<Node, ConfigError> {
        self.nodes += 1;
        if self.nodes > INPUTS_LIMITS.nodes {
            let message = "the file holds too many values".to_owned();
            return Err(ConfigError::new(ErrorKind::Syntax { message })
                .at(origin.place())
                .with_hint("split the file"));
        }
        Ok(Node { value, origin })
    }
}

/// A mistake in the text of a file.
pub(super) fn syntax(message: impl Into<String>, origin: &Origin, hint: &str) -> ConfigError {
    let message = message.into();
    ConfigError::new(ErrorKind::Syntax { message })
        .at(origin.place())
        .with_hint(hint)
}

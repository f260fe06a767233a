/// A line with something on it that is no comment.
#[derive(Clone, Copy, Debug)]
pub(super) struct Line {
    /// From 1.
    pub(super) number: u32,
    /// Where it begins, in bytes.
    pub(super) start: usize,
    /// Where it ends, without the spaces there.
    pub(super) end: usize,
    /// Spaces before its first character.
    pub(super) indent: usize,
    /// Whether it holds a character that YAML, or we, read otherwise than as itself: a tab, a control character, a line
    /// break of Unicode, a byte order mark.
    pub(super) is_odd: bool,
    /// Whether spaces stand at its end.
    pub(super) is_padded: bool,
    /// Where the next line begins.
    pub(super) next: usize,
}

impl Line {
    /// The line that begins at a byte, whatever is on it; `None` at the end of the text.
    // Byte by byte, and by index: without optimisation, each call of an iterator costs as much as ten bytes.
    pub(super) fn at(text: &str, start: usize, number: u32) -> Option<Self> {
        let bytes = text.as_bytes();
        if start >= bytes.len() {
            return None;
        }
        let length = text[start..].find('\n');
        let (mut end, next) = match length {
            Some(length) => (start + length, start + length + 1),
            None => (bytes.len(), bytes.len()),
        };
        let whole = end;
        while end > start && bytes[end - 1] == b' ' {
            end -= 1;
        }
        let mut content = start;
        while content < end && bytes[content] == b' ' {
            content += 1;
        }
        let (mut is_odd, mut is_ascii) = (false, true);
        let mut at = content;
        while at < end {
            let byte = bytes[at];
            if byte < b' ' || byte == 0x7f {
                is_odd = true;
            } else if byte > 0x7f {
                is_ascii = false;
            }
            at += 1;
        }
        Some(Self {
            number,
            start,
            end,
            indent: content - start,
            is_odd: is_odd || !is_ascii && text[content..end].contains(is_odd_character),
            is_padded: whole > end,
            next,
        })
    }

    /// The first line from there on that says something.
    pub(super) fn from(text: &str, mut start: usize, mut number: u32) -> Option<Self> {
        loop {
            let line = Self::at(text, start, number)?;
            if !line.is_empty() && (line.is_odd || !line.begins_with(text, b'#')) {
                return Some(line);
            }
            (start, number) = (line.next, number.checked_add(1)?);
        }
    }

    /// The first line behind it that says something.
    pub(super) fn following(&self, text: &str) -> Option<Self> {
        Self::from(text, self.next, self.number.checked_add(1)?)
    }

    /// The line right behind it, whatever is on it.
    pub(super) fn below(&self, text: &str) -> Option<Self> {
        Self::at(text, self.next, self.number.checked_add(1)?)
    }

    /// Whether there are but spaces on it.
    pub(super) fn is_empty(&self) -> bool {
        self.content() == self.end
    }

    /// Where its first character stands, in bytes.
    pub(super) fn content(&self) -> usize {
        // Of a line of spaces alone, all are before its end.
        (self.start + self.indent).min(self.end)
    }

    pub(super) fn begins_with(&self, text: &str, byte: u8) -> bool {
        !self.is_empty() && text.as_bytes()[self.content()] == byte
    }

    /// Whether it is an item of a list: a dash, and a space or nothing behind it.
    pub(super) fn is_item(&self, text: &str) -> bool {
        let behind = self.content() + 1;
        self.begins_with(text, b'-') && (behind == self.end || text.as_bytes()[behind] == b' ')
    }
}

fn is_odd_character(character: char) -> bool {
    character.is_control()
        || matches!(
            character,
            '\u{2028}' | '\u{2029}' | '\u{feff}' | '\u{fffe}' | '\u{ffff}'
        )
}

use std::ops::Range;

/// A field of a row of CSV.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Field {
    /// Where it begins in the file, in bytes; its quote, if it has one.
    pub(super) offset: usize,
    /// `""` is a text without characters, nothing at all is none.
    pub(super) is_quoted: bool,
}

/// What the quotes of a row have wrong.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Fault {
    /// Where, in bytes.
    pub(super) offset: usize,
    pub(super) message: &'static str,
    pub(super) hint: &'static str,
}

/// Finds where the fields of a row stand, which the CSV crate does not tell, and quotes that it would accept in silence:
/// one that is never closed takes the rest of the file with it.
pub(super) struct Fields<'a> {
    bytes: &'a [u8],
    at: usize,
    end: usize,
}

impl<'a> Fields<'a> {
    /// The fields of the row in this range, which may have line breaks around it and a byte order mark before it.
    pub(super) fn of(text: &'a str, row: Range<usize>) -> Result<Vec<Field>, Fault> {
        let row_text = &text[row.clone()];
        let before = row_text.len() - row_text.trim_start_matches(['\r', '\n', '\u{feff}']).len();
        let mut fields = Self {
            bytes: text.as_bytes(),
            at: row.start + before,
            end: row.end,
        };
        let mut found = Vec::new();
        loop {
            let field = Field {
                offset: fields.at,
                is_quoted: fields.current() == Some(b'"'),
            };
            if field.is_quoted {
                fields.skip_quoted()?;
            } else {
                fields.skip_plain();
            }
            found.push(field);
            if fields.current() != Some(b',') {
                return Ok(found);
            }
            fields.at += 1;
        }
    }

    fn current(&self) -> Option<u8> {
        (self.at < self.end).then(|| self.bytes[self.at])
    }

    fn ends(&self) -> bool {
        matches!(self.current(), None | Some(b',' | b'\r' | b'\n'))
    }

    fn skip_plain(&mut self) {
        while !self.ends() {
            self.at += 1;
        }
    }

    fn skip_quoted(&mut self) -> Result<(), Fault> {
        let open = self.at;
        self.at += 1;
        loop {
            match self.current() {
                None => {
                    return Err(Fault {
                        offset: open,
                        message: "a quote is opened here and never closed",
                        hint: "close it, and write quotes inside of a text twice: `\"a \"\"word\"\"\"`",
                    });
                }
                Some(b'"') if self.bytes.get(self.at + 1) == Some(&b'"') => self.at += 2,
                Some(b'"') => {
                    self.at += 1;
                    break;
                }
                Some(_) => self.at += 1,
            }
        }
        if self.ends() {
            return Ok(());
        }
        Err(Fault {
            offset: self.at,
            message: "expected a comma or the end of the line behind a closing quote",
            hint: "write quotes inside of a text twice: `\"a \"\"word\"\"\"`",
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn fields(text: &str) -> Vec<(usize, bool)> {
        let found = Fields::of(text, 0..text.len()).unwrap();
        found
            .into_iter()
            .map(|field| (field.offset, field.is_quoted))
            .collect()
    }

    #[test]
    fn fields_are_found_where_they_stand() {
        assert_eq!(fields("a,b\n"), [(0, false), (2, false)]);
        assert_eq!(
            fields("\u{feff}\r\nä,,\r\n"),
            [(5, false), (8, false), (9, false)]
        );
        assert_eq!(
            fields("\"a,\"\"\nb\",5\" disk,\"\""),
            [(0, true), (9, false), (17, true)]
        );
    }

    #[test]
    fn wrong_quotes_are_faults() {
        let fault = |text: &str| Fields::of(text, 0..text.len()).unwrap_err().offset;
        assert_eq!(fault("a,\"b\nc\n"), 2);
        assert_eq!(fault("\"a\"b,c"), 3);
        assert_eq!(fault("\"a\" ,c"), 3);
    }
}

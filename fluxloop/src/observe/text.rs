//! Values on their way into JSON, held in bounded memory however long they are.

use std::{fmt, io};

/// The longest value that can be asked for whole, in bytes.
#[cfg(feature = "engine")]
pub(crate) const MOST_BYTES: u64 = 256 * 1024;
/// What is held of a value: enough for the longest, and for a secret across its end.
const HELD: usize = 264 * 1024;

/// The beginning of a value, and how long it is as JSON.
#[derive(Debug, Default)]
pub(crate) struct Held {
    /// All of it, or its first 264 KiB.
    pub(crate) beginning: String,
    /// The length of all of it as JSON, in bytes.
    pub(crate) bytes: usize,
    /// More than the beginning there is not.
    is_cut: bool,
}

impl Held {
    /// Of JSON, of which all or only the beginning is there.
    pub(crate) fn of_json(beginning: String, bytes: usize) -> Self {
        Self {
            is_cut: beginning.len() < bytes,
            beginning,
            bytes,
        }
    }

    /// Of a text.
    pub(crate) fn text(text: &str) -> Self {
        let mut held = Self::default();
        held.push(text);
        held.bytes += 2;
        held
    }

    /// Of what `Debug` or `Display` says.
    pub(crate) fn formatted(arguments: fmt::Arguments<'_>) -> Self {
        let mut held = Self::default();
        if fmt::Write::write_fmt(&mut held, arguments).is_err() {
            held.push("<its formatting failed>");
        }
        held.bytes += 2;
        held
    }

    /// Adds text that is JSON already.
    pub(crate) fn push_json(&mut self, json: &str) {
        self.bytes += json.len();
        self.hold(json);
    }

    /// Adds JSON of which only the beginning may be there.
    pub(crate) fn push_held(&mut self, json: &Self) {
        self.bytes += json.bytes;
        self.hold(&json.beginning);
        if json.beginning.len() < json.bytes {
            // What comes after it has no place to stand.
            self.is_cut = true;
        }
    }

    fn push(&mut self, text: &str) {
        self.bytes += text.len() + escapes(text);
        self.hold(text);
    }

    fn hold(&mut self, text: &str) {
        if self.is_cut {
            return;
        }
        let room = HELD.saturating_sub(self.beginning.len());
        self.beginning
            .push_str(&text[..text.floor_char_boundary(room)]);
    }
}

impl fmt::Write for Held {
    fn write_str(&mut self, text: &str) -> fmt::Result {
        self.push(text);
        Ok(())
    }
}

/// By how many bytes a text grows when JSON quotes it.
fn escapes(text: &str) -> usize {
    text.bytes()
        .map(|byte| match byte {
            b'"' | b'\\' | b'\n' | b'\r' | b'\t' | 0x08 | 0x0c => 1,
            0..0x20 => 5,
            _ => 0,
        })
        .sum()
}

/// Takes JSON as it is written.
#[derive(Debug, Default)]
pub(crate) struct HeldJson {
    bytes: Vec<u8>,
    length: usize,
}

impl HeldJson {
    /// What has been written.
    pub(crate) fn held(self) -> Held {
        let beginning = String::from_utf8(self.bytes).unwrap_or_else(|error| {
            // Cut within a character.
            let end = error.utf8_error().valid_up_to();
            let mut bytes = error.into_bytes();
            bytes.truncate(end);
            String::from_utf8_lossy(&bytes).into_owned()
        });
        Held::of_json(beginning, self.length)
    }
}

impl io::Write for HeldJson {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.length += bytes.len();
        let room = HELD.saturating_sub(self.bytes.len());
        self.bytes
            .extend_from_slice(&bytes[..bytes.len().min(room)]);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use std::io::Write as _;

    use super::*;

    #[test]
    fn the_length_is_that_of_the_json() {
        for text in [
            "",
            "plain",
            "a \"b\" \\ \n\t\u{1} é €",
            "\u{8}\u{c}\r\u{1f}\u{7f}",
        ] {
            let json = serde_json::to_string(text).unwrap();
            assert_eq!(Held::text(text).bytes, json.len(), "{json}");
            assert_eq!(Held::formatted(format_args!("{text}")).bytes, json.len());
        }
    }

    #[test]
    fn a_long_value_takes_little_memory_and_keeps_its_length() {
        let text = "é".repeat(HELD);
        let held = Held::text(&text);
        assert_eq!((held.beginning.len(), held.bytes), (HELD, 2 * HELD + 2));
        let mut json = HeldJson::default();
        json.write_all(format!("\"{text}\"").as_bytes()).unwrap();
        let held = json.held();
        assert_eq!((held.beginning.len(), held.bytes), (HELD - 1, 2 * HELD + 2));
    }

    #[test]
    fn a_formatting_that_fails_is_said() {
        struct Failing;
        impl fmt::Display for Failing {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("half ")?;
                Err(fmt::Error)
            }
        }
        let held = Held::formatted(format_args!("{Failing}"));
        assert_eq!(held.beginning, "half <its formatting failed>");
    }
}

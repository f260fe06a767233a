use std::borrow::Cow;

/// What stands between the characters of something that would be a command: it shows nothing, and is no blank to GitHub.
const BREAK: char = '\u{200b}';
/// The beginning of a command in its old form, which may stand anywhere in a line.
const OLD: &str = "##[";

/// Lines for a log of GitHub Actions of which none is a command, whatever they quote. They look the same.
pub(crate) fn inert(text: &str) -> Cow<'_, str> {
    let is_command = |line: &str| line.trim_start().starts_with("::");
    // A line that is drawn over begins where the cursor is set back to.
    let mut lines = text.split(['\n', '\r']);
    if !text.contains(OLD) && !lines.any(is_command) {
        return Cow::Borrowed(text);
    }
    let mut safe = String::with_capacity(text.len() + 16);
    for line in text.split_inclusive(['\n', '\r']) {
        let begins = line.len() - line.trim_start().len();
        let (blank, rest) = line.split_at(begins);
        safe.push_str(blank);
        if rest.starts_with("::") {
            safe.push(BREAK);
        }
        safe.push_str(&rest.replace(OLD, &format!("#{BREAK}#[")));
    }
    Cow::Owned(safe)
}

/// A line of JSON that holds no command in its old form, and says the same. One of the new form begins a line, as no JSON does.
pub(crate) fn inert_json(line: &mut Vec<u8>) {
    let is_there = line.windows(OLD.len()).any(|part| part == OLD.as_bytes());
    if is_there {
        // Such characters stand in strings alone, where each may be written by its number.
        let text = String::from_utf8_lossy(line).replace(OLD, "#\\u0023[");
        *line = text.into_bytes();
    }
}

/// A value of a command's property.
pub(super) fn property(text: &str) -> String {
    data(text).replace(':', "%3A").replace(',', "%2C")
}

/// What a command says.
pub(super) fn data(text: &str) -> String {
    text.replace('%', "%25")
        .replace('\r', "%0D")
        .replace('\n', "%0A")
}

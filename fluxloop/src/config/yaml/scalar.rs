//! Scalars on one line or a few, as programs and people write them. `None` is for what only the parser can tell.

use serde_json::Number;

use super::line::Line;
use crate::config::node::NodeValue;

/// A scalar.
pub(super) struct Scalar {
    pub(super) value: NodeValue,
    /// The line and the byte where it stands: the text of a block stands below its header.
    pub(super) place: (Line, usize),
    /// The last of its lines.
    pub(super) last: Line,
}

/// Reads the scalar at a byte of a line. `parent`: spaces before the mapping or the list that it is in; its further lines
/// have more.
pub(super) fn scalar(text: &str, at: usize, line: Line, parent: usize) -> Option<Scalar> {
    if line.is_odd {
        return None;
    }
    let (value, last) = match text.as_bytes()[at] {
        b'|' | b'>' => {
            let first = continuation(text, line, parent)?;
            let (block, last) = block(text, &text[at..line.end], first, parent)?;
            return Some(Scalar {
                value: NodeValue::Text(block),
                place: (first, first.content()),
                last,
            });
        }
        b'"' => (NodeValue::Text(double_quoted(&text[at..line.end])?), line),
        b'\'' => {
            let (quoted, last) = single_quoted(text, at, line, parent)?;
            (NodeValue::Text(quoted), last)
        }
        _ => plain(text, at, line, parent)?,
    };
    Some(Scalar {
        value,
        place: (line, at),
        last,
    })
}

/// The line below, where it belongs to a scalar of several.
fn continuation(text: &str, line: Line, parent: usize) -> Option<Line> {
    let below = line.below(text)?;
    (!below.is_empty() && below.indent > parent).then_some(below)
}

fn plain(text: &str, at: usize, mut line: Line, parent: usize) -> Option<(NodeValue, Line)> {
    let first = text.as_bytes()[at];
    let is_number = first.is_ascii_digit() || first == b'-';
    let begins_text =
        first.is_ascii_alphabetic() || !first.is_ascii() || matches!(first, b'(' | b'/' | b'$');
    if !(is_number || begins_text) || !is_plain(&text.as_bytes()[at..line.end]) {
        return None;
    }
    let written = &text[at..line.end];
    let Some(mut below) = continuation(text, line, parent) else {
        let value = if is_number {
            number(written)?
        } else {
            word(written)?
        };
        return Some((value, line));
    };
    if first == b'-' {
        return None;
    }
    let mut folded = written.to_owned();
    loop {
        let more = &text[below.content()..below.end];
        let first = more.as_bytes()[0];
        let begins_text = first.is_ascii_alphanumeric() || !first.is_ascii();
        if below.is_odd || !begins_text || !is_plain(more.as_bytes()) {
            return None;
        }
        folded.push(' ');
        folded.push_str(more);
        line = below;
        match continuation(text, line, parent) {
            Some(next) => below = next,
            None => return Some((NodeValue::Text(folded), line)),
        }
    }
}

/// Whether text without quotes ends where its line does: no key, no comment.
fn is_plain(bytes: &[u8]) -> bool {
    let mut at = 0;
    while at < bytes.len() {
        let byte = bytes[at];
        if byte == b':' && (at + 1 == bytes.len() || bytes[at + 1] == b' ') {
            return false;
        }
        if byte == b'#' && at > 0 && bytes[at - 1] == b' ' {
            return false;
        }
        at += 1;
    }
    true
}

/// A word that may have a meaning.
pub(super) fn word(written: &str) -> Option<NodeValue> {
    match written {
        "null" => Some(NodeValue::Null),
        "true" => Some(NodeValue::Bool(true)),
        "false" => Some(NodeValue::Bool(false)),
        _ if is_keyword(written) => None,
        _ => Some(NodeValue::Text(written.to_owned())),
    }
}

/// Whether the word is null or a boolean in some spelling.
pub(super) fn is_keyword(word: &str) -> bool {
    word.len() <= 5
        && ["null", "true", "false"]
            .iter()
            .any(|known| word.eq_ignore_ascii_case(known))
}

/// A decimal number, or text that begins like one and is none in any notation.
pub(super) fn number(written: &str) -> Option<NodeValue> {
    let digits = written.strip_prefix('-').unwrap_or(written);
    let (whole, fraction) = match digits.split_once('.') {
        Some((whole, fraction)) => (whole, Some(fraction)),
        None => (digits, None),
    };
    let is_decimal =
        |digits: &str| !digits.is_empty() && digits.bytes().all(|byte| byte.is_ascii_digit());
    let is_whole = is_decimal(whole) && (whole == "0" || !whole.starts_with('0'));
    let number = match fraction {
        None if is_whole && digits.len() == written.len() => {
            written.parse::<u64>().ok().map(Number::from)
        }
        None if is_whole => written.parse::<i64>().ok().map(Number::from),
        Some(fraction) if is_whole && is_decimal(fraction) => {
            written.parse::<f64>().ok().and_then(Number::from_f64)
        }
        _ => None,
    };
    if let Some(number) = number {
        return Some(NodeValue::Number(number, written.into()));
    }
    // Dates, times, versions, and text that begins with a number.
    let is_signed = written.len() > digits.len();
    let begins_number = digits.as_bytes().first().is_some_and(u8::is_ascii_digit);
    let has_base = ["0x", "0X", "0o", "0O", "0b", "0B"]
        .iter()
        .any(|base| digits.starts_with(base));
    let is_whole = digits
        .bytes()
        .all(|byte| byte.is_ascii_digit() || byte == b'_');
    let may_be_number = has_base || is_whole || written.parse::<f64>().is_ok();
    (begins_number && !is_signed && !may_be_number).then(|| NodeValue::Text(written.to_owned()))
}

/// The text in double quotes that end with the line.
pub(super) fn double_quoted(quoted: &str) -> Option<String> {
    let bytes = quoted.as_bytes();
    let (mut at, mut is_escaped) = (1, false);
    while at < bytes.len() && bytes[at] != b'"' {
        if bytes[at] == b'\\' {
            is_escaped = true;
            at += 1;
        }
        at += 1;
    }
    if at + 1 != bytes.len() {
        return None;
    }
    let inside = &quoted[1..at];
    if is_escaped {
        unescaped(inside)
    } else {
        Some(inside.to_owned())
    }
}

fn unescaped(inside: &str) -> Option<String> {
    let mut text = String::with_capacity(inside.len());
    let mut rest = inside;
    while let Some(at) = rest.find('\\') {
        text.push_str(&rest[..at]);
        let code = *rest.as_bytes().get(at + 1)?;
        let mut length = 2;
        text.push(match code {
            b'"' | b'\\' | b'/' => char::from(code),
            b'n' => '\n',
            b'r' => '\r',
            b't' => '\t',
            b'x' | b'u' => {
                length += if code == b'x' { 2 } else { 4 };
                let digits = rest.get(at + 2..at + length)?;
                let is_hex = digits.bytes().all(|byte| byte.is_ascii_hexdigit());
                // Half of a pair is for the parser.
                char::from_u32(u32::from_str_radix(digits, 16).ok().filter(|_| is_hex)?)?
            }
            _ => return None,
        });
        rest = &rest[at + length..];
    }
    text.push_str(rest);
    Some(text)
}

/// The text in single quotes, which is folded where it goes over several lines.
fn single_quoted(text: &str, at: usize, mut line: Line, parent: usize) -> Option<(String, Line)> {
    let (mut folded, mut rest) = (String::new(), &text[at + 1..line.end]);
    loop {
        match rest.find('\'') {
            Some(quote) if rest[quote + 1..].starts_with('\'') => {
                folded.push_str(&rest[..=quote]);
                rest = &rest[quote + 2..];
            }
            Some(quote) if quote + 1 == rest.len() => {
                folded.push_str(&rest[..quote]);
                return Some((folded, line));
            }
            Some(_) => return None,
            None => {
                let below = continuation(text, line, parent)?;
                // A break right behind the quote, or right before it, is a matter of its own.
                if below.is_odd || rest.is_empty() || below.begins_with(text, b'\'') {
                    return None;
                }
                folded.push_str(rest);
                folded.push(' ');
                rest = &text[below.content()..below.end];
                line = below;
            }
        }
    }
}

/// A block of text below its header: `|`, `|-`, `>` or `>-`. `first`: the line that begins it.
fn block(text: &str, header: &str, first: Line, parent: usize) -> Option<(String, Line)> {
    let (is_folded, is_stripped) = match header {
        "|" => (false, false),
        "|-" => (false, true),
        ">" => (true, false),
        ">-" => (true, true),
        _ => return None,
    };
    let (mut block, mut last) = (String::new(), first);
    let mut breaks = 0;
    let mut next = Some(first);
    while let Some(line) = next {
        if line.is_empty() {
            // Spaces on it may be text.
            if line.is_padded {
                return None;
            }
            breaks += 1;
        } else if line.indent < first.indent {
            // Between the two, it is neither.
            if line.indent > parent {
                return None;
            }
            break;
        } else {
            let is_deeper = line.indent > first.indent;
            if line.is_odd || line.is_padded || is_folded && (is_deeper || breaks > 1) {
                return None;
            }
            let separator = if is_folded { " " } else { "\n" };
            (0..breaks).for_each(|_| block.push_str(separator));
            block.push_str(&text[line.start + first.indent..line.end]);
            (last, breaks) = (line, 1);
        }
        next = line.below(text);
    }
    if !is_stripped {
        // A break at the very end of the text is there or not.
        if !text[..last.next].ends_with('\n') {
            return None;
        }
        block.push('\n');
    }
    Some((block, last))
}

//! JSON that stays in its line, and that shows without doing anything when a terminal shows it.

use std::fmt::Write as _;

use serde::Serialize;

use crate::visible::acts;

/// Appends a value as one line of JSON. Characters that [act](crate::visible::acts) are written as escapes.
///
/// # Errors
///
/// When the value has no form in JSON; the buffer is as it was then.
pub fn push_json_line(
    buffer: &mut Vec<u8>,
    value: &(impl Serialize + ?Sized),
) -> serde_json::Result<()> {
    push_json(buffer, value)?;
    buffer.push(b'\n');
    Ok(())
}

/// Appends a value as JSON that stays in its line, like [`push_json_line`] without the line's end.
pub(crate) fn push_json(
    buffer: &mut Vec<u8>,
    value: &(impl Serialize + ?Sized),
) -> serde_json::Result<()> {
    let begin = buffer.len();
    let written = serde_json::to_writer(&mut *buffer, value);
    if written.is_ok() {
        make_inert(buffer, begin);
    } else {
        buffer.truncate(begin);
    }
    written
}

/// JSON that an agent wrote itself is copied as it is: it may be laid out over several lines, and JSON asks for escapes
/// of the first 32 characters only.
fn make_inert(line: &mut Vec<u8>, begin: usize) {
    // By blocks, without a way out within one: the compiler looks at all bytes of a block at once.
    let acts_in = |block: &[u8]| {
        block
            .iter()
            .fold(false, |found, byte| found | may_act(*byte))
    };
    let Some(block) = line[begin..].chunks(64).position(acts_in) else {
        return;
    };
    let block = begin + block * 64;
    let first = line[block..].iter().position(|byte| may_act(*byte));
    let rest = line.split_off(block + first.unwrap_or_default());
    let rest = String::from_utf8_lossy(&rest);
    let mut inert = String::with_capacity(rest.len() + 16);
    for character in rest.chars() {
        match character {
            // In a text it would be escaped: it stands between tokens, where a space means the same.
            '\n' | '\r' | '\t' => inert.push(' '),
            // All of them have four digits. Writing to a string cannot fail.
            c if acts(c) => drop(write!(inert, "\\u{:04x}", u32::from(c))),
            c => inert.push(c),
        }
    }
    line.extend_from_slice(inert.as_bytes());
}

/// Whether a character that acts may begin with this byte of UTF-8. Plain ASCII is told apart without decoding it.
fn may_act(byte: u8) -> bool {
    byte.is_ascii_control() || matches!(byte, 0xc2 | 0xd8 | 0xe2)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use serde_json::{Value, json, value::RawValue};

    use super::*;

    fn line(value: &impl Serialize) -> String {
        let mut buffer = b"before\n".to_vec();
        push_json_line(&mut buffer, value).unwrap();
        let text = String::from_utf8(buffer).unwrap();
        text.strip_prefix("before\n").unwrap().to_owned()
    }

    #[test]
    fn a_layout_over_several_lines_becomes_one() {
        let value = RawValue::from_string("{\"a\":\r\n\t1,\n\"b\": \"\\n\"}".to_owned()).unwrap();
        assert_eq!(line(&value), "{\"a\":   1, \"b\": \"\\n\"}\n");
    }

    #[test]
    fn what_acts_is_escaped_and_what_shows_stays() {
        let text = "\u{1b}[2J \u{7f} \u{9b}31m \u{85} \u{2028} \u{202e} \u{61c} \u{2066} “é” ÂØ €…";
        assert_eq!(
            line(&text),
            "\"\\u001b[2J \\u007f \\u009b31m \\u0085 \\u2028 \\u202e \\u061c \\u2066 “é” ÂØ €…\"\n"
        );
    }

    #[test]
    fn a_value_that_cannot_be_written_leaves_nothing_behind() {
        let unwritable = std::collections::BTreeMap::from([((1, 2), "no key")]);
        let mut buffer = b"before\n".to_vec();
        assert!(push_json_line(&mut buffer, &unwritable).is_err());
        assert_eq!(buffer, b"before\n");
    }

    proptest! {
        #[test]
        fn it_is_one_line_that_means_the_same(texts: Vec<String>, more in "[\u{0}-\u{a0}\u{200b}-\u{206f}]{0,20}") {
            let value = json!({"texts": texts, "more": more});
            // As an agent may lay it out.
            let raw = RawValue::from_string(serde_json::to_string_pretty(&value).unwrap()).unwrap();
            let line = line(&raw);
            let inside = line.strip_suffix('\n').unwrap();
            prop_assert!(!inside.contains(acts), "{inside:?}");
            prop_assert_eq!(serde_json::from_str::<Value>(inside).unwrap(), value);
        }
    }
}

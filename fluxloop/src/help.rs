//! What to do about an error, below its message.

use crate::visible::visible;

/// Adds `= help: …` in the form that cargo and the compiler have, each line behind a line break. `gutter`: the width of the
/// line numbers above, 1 where there are none. `word`: `help:`, in a colour or without. What acts is spelt out.
pub fn push_help(to: &mut String, gutter: usize, word: &str, hint: &str) {
    for (index, line) in hint.lines().map(visible).enumerate() {
        to.push('\n');
        if index == 0 {
            to.push_str(&" ".repeat(gutter));
            to.extend([" = ", word, " "]);
        } else if !line.is_empty() {
            // As wide as ` = help: `.
            to.push_str(&" ".repeat(gutter + 9));
        }
        to.push_str(&line);
    }
}

#[cfg(test)]
mod tests {
    use super::push_help;

    #[test]
    fn lines_stand_below_the_first() {
        let mut text = "error: no `input`\n --> a.yaml:12:1\n".to_owned();
        push_help(&mut text, 2, "help:", "write it:\n\ninput: \u{1b}[2J");
        insta::assert_snapshot!(text, @r"
        error: no `input`
         --> a.yaml:12:1

           = help: write it:

                   input: \u{1b}[2J
        ");
        let mut text = String::new();
        push_help(&mut text, 1, "help:", "");
        assert_eq!(text, "");
    }
}

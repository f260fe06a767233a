/// A paragraph, list item or table row of the documentation, with what stands around it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Passage {
    /// The file, from the root of the repository.
    pub page: &'static str,
    /// The page's own title.
    pub title: String,
    /// The heading above it.
    pub heading: String,
    /// The passage on one line, Markdown kept.
    pub text: String,
    /// The code block below it, fences included.
    pub code: Option<String>,
}

/// Cuts a page into passages.
pub(super) fn passages(page: &'static str, markdown: &str) -> Vec<Passage> {
    let mut cutter = Cutter::new(page);
    for line in markdown.lines() {
        cutter.line(line);
    }
    cutter.end_paragraph();
    cutter.passages
}

struct Cutter {
    page: &'static str,
    title: String,
    heading: String,
    /// The lines of the paragraph or list item at hand.
    paragraph: Vec<String>,
    /// The cells above the rows of the table at hand.
    table: Option<Vec<String>>,
    /// The code block at hand.
    code: Option<String>,
    passages: Vec<Passage>,
}

impl Cutter {
    fn new(page: &'static str) -> Self {
        Self {
            page,
            title: String::new(),
            heading: String::new(),
            paragraph: Vec::new(),
            table: None,
            code: None,
            passages: Vec::new(),
        }
    }

    fn line(&mut self, line: &str) {
        if let Some(mut code) = self.code.take() {
            code.push('\n');
            code.push_str(line);
            if line.starts_with("```") {
                self.end_code(code);
            } else {
                self.code = Some(code);
            }
        } else if line.starts_with("```") {
            self.end_paragraph();
            self.code = Some(line.to_owned());
        } else if let Some(heading) = heading(line) {
            self.end_paragraph();
            if self.title.is_empty() {
                heading.clone_into(&mut self.title);
            }
            heading.clone_into(&mut self.heading);
        } else if line.starts_with('|') {
            self.end_paragraph_only();
            self.row(line);
        } else if line.trim().is_empty() {
            self.end_paragraph();
        } else {
            if is_list_item(line) {
                self.end_paragraph();
            }
            self.paragraph.push(line.trim().to_owned());
        }
    }

    fn row(&mut self, line: &str) {
        let cells = cells(line);
        match &self.table {
            None => self.table = Some(cells),
            Some(_)
                if cells
                    .iter()
                    .all(|cell| cell.chars().all(|c| matches!(c, '-' | ':'))) => {}
            Some(header) => {
                let text = header
                    .iter()
                    .zip(&cells)
                    .filter(|(_, cell)| !cell.is_empty())
                    .map(|(name, cell)| format!("{name}: {cell}"))
                    .collect::<Vec<_>>()
                    .join("; ");
                self.push(text);
            }
        }
    }

    fn end_paragraph(&mut self) {
        self.end_paragraph_only();
        self.table = None;
    }

    fn end_paragraph_only(&mut self) {
        if !self.paragraph.is_empty() {
            let text = std::mem::take(&mut self.paragraph).join(" ");
            self.push(text);
        }
    }

    /// Code belongs to the passage above it in the same section.
    fn end_code(&mut self, code: String) {
        match self.passages.last_mut() {
            Some(above) if above.heading == self.heading && above.code.is_none() => {
                above.code = Some(code);
            }
            _ => {
                self.push(String::new());
                if let Some(own) = self.passages.last_mut() {
                    own.code = Some(code);
                }
            }
        }
    }

    fn push(&mut self, text: String) {
        self.passages.push(Passage {
            page: self.page,
            title: self.title.clone(),
            heading: self.heading.clone(),
            text,
            code: None,
        });
    }
}

fn heading(line: &str) -> Option<&str> {
    let text = line.trim_start_matches('#');
    (text.len() < line.len())
        .then(|| text.strip_prefix(' '))
        .flatten()
}

fn is_list_item(line: &str) -> bool {
    let line = line.trim_start();
    let number = line.trim_start_matches(|c: char| c.is_ascii_digit());
    line.starts_with("- ") || (number.len() < line.len() && number.starts_with(". "))
}

/// The cells of a table's line; `\|` is no border.
fn cells(line: &str) -> Vec<String> {
    line.trim()
        .trim_matches('|')
        .replace("\\|", "\0")
        .split('|')
        .map(|cell| cell.trim().replace('\0', "|"))
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    const PAGE: &str = "\
# Running

It runs
every case.

```console
$ cargo fluxloop
# not a heading
```

## Options

| option | default |
|---|---|
| `--progress auto\\|bar` | `auto` |
| `-q` | |

1. first
   of two
2. second
";

    fn cut() -> Vec<(String, String, Option<String>)> {
        passages("docs/running.md", PAGE)
            .into_iter()
            .map(|passage| (passage.heading, passage.text, passage.code))
            .collect()
    }

    #[test]
    fn paragraphs_are_one_line_with_the_code_below() {
        assert_eq!(
            cut()[0],
            (
                "Running".to_owned(),
                "It runs every case.".to_owned(),
                Some("```console\n$ cargo fluxloop\n# not a heading\n```".to_owned())
            )
        );
    }

    #[test]
    fn rows_and_items_stand_alone() {
        let texts: Vec<_> = cut().into_iter().skip(1).map(|(_, text, _)| text).collect();
        assert_eq!(
            texts,
            [
                "option: `--progress auto|bar`; default: `auto`",
                "option: `-q`",
                "1. first of two",
                "2. second"
            ]
        );
    }
}

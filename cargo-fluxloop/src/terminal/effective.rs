use fluxloop::config::Effective;

use super::{Page, sanitize::width, show::FAINT};

/// Values that are longer push the remark behind them to the right.
const WIDEST: usize = 44;

/// The configuration as YAML, with where each value was set behind it, or above it where it does not fit behind.
pub(crate) fn effective_configuration(effective: &Effective, page: Page) -> String {
    let widths = effective.lines.iter();
    let widths = widths.filter(|line| line.source.is_some());
    let widths = widths.map(|line| width(&line.text));
    let column = widths.filter(|width| *width <= WIDEST).max().unwrap_or(0) + 2;
    let mut text = String::new();
    for line in &effective.lines {
        let Some(source) = &line.source else {
            text.push_str(&line.text);
            text.push('\n');
            continue;
        };
        let remark = format!("# {source}");
        let used = width(&line.text);
        let begin = column.max(used + 2);
        let end = begin + width(&remark);
        if page.columns().is_some_and(|columns| end > columns) {
            // An item's dash stays with its key.
            let indent = line.text.len() - line.text.trim_start_matches([' ', '-']).len();
            text.extend(std::iter::repeat_n(' ', indent));
            text.push_str(&page.paint(FAINT, &remark));
            text.push('\n');
            text.push_str(&line.text);
        } else {
            text.push_str(&line.text);
            text.extend(std::iter::repeat_n(' ', begin - used));
            text.push_str(&page.paint(FAINT, &remark));
        }
        text.push('\n');
    }
    text
}

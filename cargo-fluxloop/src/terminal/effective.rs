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
        let fits = |begin: &usize| {
            let end = begin + width(&remark);
            page.columns().is_none_or(|columns| end <= columns)
        };
        let begin = [column.max(used + 2), used + 2].into_iter().find(fits);
        let Some(begin) = begin else {
            // An item's dash stays with its key.
            let indent = line.text.len() - line.text.trim_start_matches([' ', '-']).len();
            text.extend(std::iter::repeat_n(' ', indent));
            text.push_str(&page.paint(FAINT, &remark));
            text.push('\n');
            text.push_str(&line.text);
            text.push('\n');
            continue;
        };
        text.push_str(&line.text);
        text.extend(std::iter::repeat_n(' ', begin - used));
        text.push_str(&page.paint(FAINT, &remark));
        text.push('\n');
    }
    text
}

#[cfg(test)]
mod tests {
    use fluxloop::config::{LoadRequest, load};

    use super::*;
    use crate::terminal::Verbosity;

    #[test]
    fn a_narrow_page_has_the_remark_above() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("fluxloop.yaml");
        let text = "name: demo\ndescription: A text that takes a good many columns.\npersonas: [{name: novice, description: Reads every word of it.}]\n";
        std::fs::write(path, text).unwrap();
        let mut request = LoadRequest::new(folder.path());
        request.config = Some("fluxloop.yaml".into());
        let effective = load(&request).unwrap().effective();
        for (name, columns) in [("plain", None), ("80", Some(80)), ("40", Some(40))] {
            let page = Page::new(columns, false, Verbosity::Normal);
            let text = effective_configuration(&effective, page);
            let first: Vec<&str> = text.lines().take(12).collect();
            insta::assert_snapshot!(name, first.join("\n"));
            // Whatever the width, it is the same YAML.
            let again = folder.path().join("again.yaml");
            std::fs::write(again, &text).unwrap();
            let mut request = LoadRequest::new(folder.path());
            request.config = Some("again.yaml".into());
            let values = load(&request).unwrap().effective().values;
            let plain = |values: &[fluxloop::config::EffectiveValue]| -> Vec<_> {
                let values = values.iter();
                values
                    .map(|value| (value.key.clone(), value.value.clone()))
                    .collect()
            };
            let (mut before, mut after) = (plain(&effective.values), plain(&values));
            before.sort_by(|a, b| a.0.cmp(&b.0));
            after.sort_by(|a, b| a.0.cmp(&b.0));
            assert_eq!(before, after);
        }
    }
}

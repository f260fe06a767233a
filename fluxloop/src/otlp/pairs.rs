use percent_encoding::percent_decode_str;

/// `name=value,name=value` with percent-encoded values, as OpenTelemetry's variables have them. `Err` is the position,
/// from 1, of what is no such pair: what stands there may be a secret.
pub(super) fn pairs(text: &str) -> Result<Vec<(String, String)>, usize> {
    let entries = text.split(',').map(str::trim).enumerate();
    entries
        .filter(|(_, entry)| !entry.is_empty())
        .map(|(index, entry)| pair(entry).ok_or(index + 1))
        .collect()
}

fn pair(entry: &str) -> Option<(String, String)> {
    let (name, value) = entry.split_once('=')?;
    let name = decoded(name.trim())?;
    Some((name, decoded(value.trim())?)).filter(|(name, _)| !name.is_empty())
}

fn decoded(text: &str) -> Option<String> {
    let decoded = percent_decode_str(text).decode_utf8().ok()?;
    Some(decoded.into_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pairs_are_read_as_opentelemetry_writes_them() {
        let read = pairs("api-key=abc, x-tenant = a%20b%2Cc ,, token=k=v").unwrap();
        let expected = [("api-key", "abc"), ("x-tenant", "a b,c"), ("token", "k=v")];
        assert_eq!(read, expected.map(|(k, v)| (k.to_owned(), v.to_owned())));
        assert_eq!(pairs(""), Ok(Vec::new()));
    }

    #[test]
    fn what_is_no_pair_is_told_by_its_position() {
        assert_eq!(pairs("a=b,Bearer s3cret"), Err(2));
        assert_eq!(pairs("=b"), Err(1));
        assert_eq!(pairs("a=%FF"), Err(1));
    }
}

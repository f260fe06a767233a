use syn::{Attribute, Meta, Token, punctuated::Punctuated};

/// When an item is compiled, the more often the lesser.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Gate {
    /// Always.
    Always,
    /// Under a condition that the sources alone do not decide.
    Conditional,
    /// In tests.
    TestOnly,
}

impl Gate {
    /// The gate of an item within this one.
    pub(super) fn and(self, attributes: &[Attribute]) -> Self {
        attributes.iter().map(Self::of).fold(self, Self::max)
    }

    fn of(attribute: &Attribute) -> Self {
        if attribute.path().is_ident("cfg_attr") {
            return Self::Conditional;
        }
        if !attribute.path().is_ident("cfg") {
            return Self::Always;
        }
        match attribute.parse_args::<Meta>() {
            Ok(condition) if implies_test(&condition) => Self::TestOnly,
            _ => Self::Conditional,
        }
    }
}

fn implies_test(condition: &Meta) -> bool {
    let Meta::List(list) = condition else {
        return condition.path().is_ident("test");
    };
    let Ok(parts) = list.parse_args_with(Punctuated::<Meta, Token![,]>::parse_terminated) else {
        return false;
    };
    if list.path.is_ident("all") {
        parts.iter().any(implies_test)
    } else if list.path.is_ident("any") {
        !parts.is_empty() && parts.iter().all(implies_test)
    } else {
        false
    }
}

#[cfg(test)]
mod tests {
    use syn::{ItemFn, parse_str};

    use super::*;

    #[test]
    fn only_what_implies_test_is_for_tests_only() {
        for (attributes, expected) in [
            ("", Gate::Always),
            ("#[inline]", Gate::Always),
            ("#[cfg(test)]", Gate::TestOnly),
            ("#[cfg(all(test, unix))]", Gate::TestOnly),
            ("#[cfg(any(test, unix))]", Gate::Conditional),
            ("#[cfg(any(test, all(test, unix)))]", Gate::TestOnly),
            ("#[cfg(any())]", Gate::Conditional),
            ("#[cfg(not(test))]", Gate::Conditional),
            ("#[cfg(feature = \"test\")]", Gate::Conditional),
            ("#[cfg(unix)] #[cfg(test)]", Gate::TestOnly),
            ("#[cfg_attr(test, inline)]", Gate::Conditional),
        ] {
            let item: ItemFn = parse_str(&format!("{attributes} fn f() {{}}")).unwrap();
            assert_eq!(Gate::Always.and(&item.attrs), expected, "{attributes}");
        }
        let plain: ItemFn = parse_str("fn f() {}").unwrap();
        assert_eq!(Gate::TestOnly.and(&plain.attrs), Gate::TestOnly);
    }
}

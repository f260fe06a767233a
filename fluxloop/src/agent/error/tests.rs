use std::{error::Error, fmt, io};

use super::*;

/// An error with a message and a source.
#[derive(Debug)]
struct Layer(&'static str, Option<Box<dyn Error + Send + Sync>>);

impl fmt::Display for Layer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.0)
    }
}

impl Error for Layer {
    fn source(&self) -> Option<&(dyn Error + 'static)> {
        self.1.as_deref().map(|source| source as _)
    }
}

fn around(message: &'static str, source: impl Into<Box<dyn Error + Send + Sync>>) -> Layer {
    Layer(message, Some(source.into()))
}

fn kept(error: impl Into<Box<dyn Error + Send + Sync>>) -> AgentError {
    AgentError::new(&*error.into())
}

#[test]
fn message_and_causes_are_kept_outermost_first() {
    let error = kept(around(
        "no answer",
        around("no model", Layer("no key", None)),
    ));
    assert_eq!(error.message, "no answer");
    assert_eq!(error.causes, ["no model", "no key"]);
    assert!(!error.transient);
}

#[test]
fn text_is_an_error_without_causes() {
    let error = kept("out of stock");
    assert_eq!(error.message, "out of stock");
    assert_eq!(error.causes, Vec::<String>::new());
}

#[test]
fn a_transient_error_reads_as_the_error_it_marks() {
    let error = kept(transient(around("no answer", "no model")));
    assert_eq!(error.message, "no answer");
    assert_eq!(error.causes, ["no model"]);
    assert!(error.transient);
}

#[test]
fn a_mark_is_found_anywhere_in_the_chain() {
    assert!(kept(around("outer", around("middle", transient("inner")))).transient);
    assert!(kept(io::Error::other(transient("inner"))).transient);
    assert!(kept(transient(transient("twice"))).transient);
}

#[test]
fn io_errors_that_may_pass_are_transient() {
    use io::ErrorKind as Kind;
    for kind in [
        Kind::ConnectionRefused,
        Kind::ConnectionReset,
        Kind::BrokenPipe,
        Kind::TimedOut,
        Kind::UnexpectedEof,
        Kind::Interrupted,
        Kind::NetworkUnreachable,
        Kind::ResourceBusy,
    ] {
        assert!(kept(io::Error::from(kind)).transient, "{kind:?}");
        assert!(
            kept(around("outer", io::Error::from(kind))).transient,
            "{kind:?}"
        );
    }
    // Too many open files: a kind that std does not name.
    #[cfg(unix)]
    assert!(kept(io::Error::from_raw_os_error(24)).transient);
}

#[test]
fn io_errors_that_stay_are_not() {
    use io::ErrorKind as Kind;
    for kind in [
        Kind::NotFound,
        Kind::PermissionDenied,
        Kind::AlreadyExists,
        Kind::InvalidInput,
        Kind::InvalidData,
        Kind::Unsupported,
        Kind::StorageFull,
        Kind::ReadOnlyFilesystem,
        Kind::IsADirectory,
        Kind::NotADirectory,
        Kind::Other,
    ] {
        assert!(!kept(io::Error::from(kind)).transient, "{kind:?}");
    }
}

#[test]
fn anyhow_keeps_its_chain_when_it_is_marked() {
    let error = anyhow::anyhow!("no key").context("no model");
    let error = kept(transient(error));
    assert_eq!(error.message, "no model");
    assert_eq!(error.causes, ["no key"]);
}

/// Its own source, for ever.
#[derive(Debug)]
struct Endless;

impl fmt::Display for Endless {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("again")
    }
}

impl Error for Endless {
    fn source(&self) -> Option<&(dyn Error + 'static)> {
        Some(self)
    }
}

#[test]
fn an_endless_chain_ends() {
    assert_eq!(kept(Endless).causes.len(), MAX_CAUSES);
}

/// Panics wherever it is asked.
#[derive(Debug)]
struct Hostile;

impl fmt::Display for Hostile {
    fn fmt(&self, _: &mut fmt::Formatter<'_>) -> fmt::Result {
        panic!("in Display")
    }
}

impl Error for Hostile {
    fn source(&self) -> Option<&(dyn Error + 'static)> {
        panic!("in source")
    }
}

/// A `Display` that reports an error of its own, as none should.
#[derive(Debug)]
struct Unwritable;

impl fmt::Display for Unwritable {
    fn fmt(&self, _: &mut fmt::Formatter<'_>) -> fmt::Result {
        Err(fmt::Error)
    }
}

impl Error for Unwritable {}

#[test]
fn an_error_that_panics_is_kept_without_its_words() {
    let error = kept(around("no answer", Hostile));
    assert_eq!(error.message, "no answer");
    assert_eq!(error.causes, ["an error whose `Display` panicked"]);
    assert_eq!(
        kept(Unwritable).message,
        "an error whose `Display` panicked"
    );
}

use std::{
    io,
    panic::{AssertUnwindSafe, catch_unwind},
};

use serde::Serialize;

use crate::Context;

/// The most that the arguments of one call may take, in bytes of JSON.
pub(super) const MOST_BYTES: usize = 8 << 20;

/// What a recorded agent can take.
#[diagnostic::on_unimplemented(
    message = "the argument of a recorded agent cannot be recorded: `{Self}` does not implement `serde::Serialize`",
    label = "cannot be written as JSON",
    note = "add `#[derive(serde::Serialize)]` to the type, or remove `record` from `#[fluxloop::agent(record)]`"
)]
pub trait RecordedArgument {
    /// Adds it to the arguments of a call.
    fn record(&self, name: &str, arguments: &mut RecordedArguments);
}

#[diagnostic::do_not_recommend]
impl<T: Serialize + ?Sized> RecordedArgument for T {
    fn record(&self, name: &str, arguments: &mut RecordedArguments) {
        arguments.push(name, self);
    }
}

#[diagnostic::do_not_recommend]
impl RecordedArgument for Context {
    fn record(&self, _name: &str, arguments: &mut RecordedArguments) {
        arguments.iteration = self.iteration();
    }
}

/// The arguments of one call, as they are put together.
#[derive(Debug, Default)]
pub struct RecordedArguments {
    json: Vec<u8>,
    iteration: u32,
    problem: Option<Problem>,
}

/// Why a call cannot be recorded.
#[derive(Debug)]
pub(super) enum Problem {
    TooLong,
    NoObject,
    Unwritable(String),
}

impl RecordedArguments {
    /// Adds one.
    pub fn record(&mut self, name: &str, value: &(impl RecordedArgument + ?Sized)) {
        value.record(name, self);
    }

    fn push(&mut self, name: &str, value: &(impl Serialize + ?Sized)) {
        if self.problem.is_some() {
            return;
        }
        self.json
            .push(if self.json.is_empty() { b'{' } else { b',' });
        let written = write(&mut self.json, name).and_then(|()| {
            self.json.push(b':');
            write(&mut self.json, value)
        });
        self.problem = written.err();
    }

    /// The object, and the iteration that the call belongs to.
    pub(super) fn finish(mut self) -> Result<(String, u32), Problem> {
        if let Some(problem) = self.problem {
            return Err(problem);
        }
        if self.json.is_empty() {
            self.json.push(b'{');
        }
        self.json.push(b'}');
        Ok((text(self.json)?, self.iteration))
    }
}

/// A whole value that is an object.
pub(super) fn object(value: &impl Serialize) -> Result<String, Problem> {
    let mut json = Vec::new();
    write(&mut json, value)?;
    if json.first() == Some(&b'{') {
        text(json)
    } else {
        Err(Problem::NoObject)
    }
}

fn text(json: Vec<u8>) -> Result<String, Problem> {
    // `serde_json` writes UTF-8, and so does a `RawValue`.
    String::from_utf8(json).map_err(|error| Problem::Unwritable(error.to_string()))
}

/// Writes a value of the user's own type: it may fail, panic, or never come to an end.
fn write(json: &mut Vec<u8>, value: &(impl Serialize + ?Sized)) -> Result<(), Problem> {
    let mut bounded = Bounded {
        json,
        is_full: false,
    };
    let written = catch_unwind(AssertUnwindSafe(|| {
        serde_json::to_writer(&mut bounded, value)
    }));
    match written {
        Ok(Ok(())) => Ok(()),
        Ok(Err(_)) if bounded.is_full => Err(Problem::TooLong),
        Ok(Err(error)) => Err(Problem::Unwritable(error.to_string())),
        Err(_) => Err(Problem::Unwritable("its `Serialize` panicked".to_owned())),
    }
}

struct Bounded<'a> {
    json: &'a mut Vec<u8>,
    is_full: bool,
}

impl io::Write for Bounded<'_> {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        if self.json.len() + bytes.len() > MOST_BYTES {
            self.is_full = true;
            return Err(io::ErrorKind::FileTooLarge.into());
        }
        self.json.extend_from_slice(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

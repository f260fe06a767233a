//! From a call's arguments to a function's parameters.
//!
//! Types judge, not names. The macro sees whether a parameter is written as a reference, and nothing else: what it may
//! be is what implements [`Argument`] or, behind a reference, [`Referent`]; the context is whichever reference turns out
//! to be one to [`Context`], under any alias. (A type is either: `Context` is never `Deserialize`.)

use std::{borrow::Borrow, collections::BTreeMap, fmt::Write as _, sync::Arc};

use serde::{
    Deserialize,
    de::{self, DeserializeOwned, Visitor, value::Error as NothingError},
    forward_to_deserialize_any,
};
use serde_json::value::RawValue;

use super::{Arguments, BindError, Context};

/// What a parameter that is no reference can be.
#[diagnostic::on_unimplemented(
    message = "`{Self}` cannot be an argument of an agent",
    label = "cannot be read from an input",
    note = "an argument is a `String`, a `&str`, or a type that owns its data and has `#[derive(serde::Deserialize)]`",
    note = "the run's context is taken by reference: `&fluxloop::Context`"
)]
pub trait Argument: Sized {
    /// Takes the argument out of the call.
    ///
    /// # Errors
    /// Fails if nothing provides it, or if what does is of another type.
    fn take(binder: &mut Binder<'_>, parameter: &str) -> Result<Self, BindError>;
}

#[diagnostic::do_not_recommend]
impl<T: DeserializeOwned> Argument for T {
    fn take(binder: &mut Binder<'_>, parameter: &str) -> Result<Self, BindError> {
        binder.read(parameter)
    }
}

/// What a parameter can be a reference to.
#[diagnostic::on_unimplemented(
    message = "`&{Self}` cannot be an argument of an agent",
    label = "cannot be read from an input",
    note = "an argument is a `String`, a `&str`, or a type that owns its data, has `#[derive(serde::Deserialize)]` and is `Send` and `Sync`",
    note = "the run's context is taken by reference: `&fluxloop::Context`"
)]
pub trait Referent {
    /// How many values of the input it takes: the context takes none, anything else one.
    const VALUES: usize;

    /// Takes what the reference refers to out of the call.
    ///
    /// # Errors
    /// As [`Argument::take`].
    fn hold(binder: &mut Binder<'_>, parameter: &str) -> Result<Held<Self>, BindError>;
}

/// What owns the data of a reference until the call is over. A box, so that no message of the compiler's has to speak of
/// associated types.
pub(crate) type Held<T> = Box<dyn Lend<T> + Send + Sync>;

/// Lends what it holds.
pub trait Lend<T: ?Sized> {
    /// The argument.
    fn lend(&self) -> &T;
}

impl<T: ?Sized, H: Borrow<T>> Lend<T> for H {
    fn lend(&self) -> &T {
        self.borrow()
    }
}

#[diagnostic::do_not_recommend]
impl<T: DeserializeOwned + Send + Sync + 'static> Referent for T {
    const VALUES: usize = 1;

    fn hold(binder: &mut Binder<'_>, parameter: &str) -> Result<Held<Self>, BindError> {
        Ok(Box::new(binder.read::<T>(parameter)?))
    }
}

#[diagnostic::do_not_recommend]
impl Referent for str {
    const VALUES: usize = 1;

    fn hold(binder: &mut Binder<'_>, parameter: &str) -> Result<Held<Self>, BindError> {
        Ok(Box::new(binder.read::<String>(parameter)?))
    }
}

#[diagnostic::do_not_recommend]
impl<T: DeserializeOwned + Send + Sync + 'static> Referent for [T] {
    const VALUES: usize = 1;

    fn hold(binder: &mut Binder<'_>, parameter: &str) -> Result<Held<Self>, BindError> {
        Ok(Box::new(binder.read::<Vec<T>>(parameter)?))
    }
}

#[diagnostic::do_not_recommend]
impl Referent for Context {
    const VALUES: usize = 0;

    fn hold(binder: &mut Binder<'_>, _parameter: &str) -> Result<Held<Self>, BindError> {
        Ok(Box::new(Arc::clone(&binder.context)))
    }
}

/// The argument of a parameter `T`.
///
/// # Errors
/// As [`Argument::take`].
pub fn value<T: Argument + Send>(binder: &mut Binder<'_>, parameter: &str) -> Result<T, BindError> {
    T::take(binder, parameter)
}

/// What holds the argument of a parameter `&T`.
///
/// # Errors
/// As [`Argument::take`].
pub fn referent<T: Referent + ?Sized>(
    binder: &mut Binder<'_>,
    parameter: &str,
) -> Result<Held<T>, BindError> {
    T::hold(binder, parameter)
}

/// What a parameter `&T` is given.
#[must_use]
pub fn lend<T: ?Sized>(held: &Held<T>) -> &T {
    (**held).lend()
}

/// Hands a call's arguments out, parameter by parameter.
#[derive(Debug)]
pub struct Binder<'a> {
    source: Source<'a>,
    context: Arc<Context>,
}

#[derive(Debug)]
enum Source<'a> {
    /// Goes to the first parameter that asks, and is gone.
    Whole(Option<&'a RawValue>),
    /// The input's mapping.
    Mapping(BTreeMap<String, &'a RawValue>),
    /// As recorded.
    Recording(&'a BTreeMap<String, Box<RawValue>>),
}

impl<'a> Binder<'a> {
    /// Starts on the arguments of an agent that takes so many values of them.
    ///
    /// # Errors
    /// Fails if the input is a mapping that cannot be split.
    pub fn new(
        arguments: &'a Arguments,
        context: Arc<Context>,
        values: usize,
    ) -> Result<Self, BindError> {
        let source = match arguments {
            Arguments::Named(named) => Source::Recording(named),
            Arguments::Input(input) if values > 1 && is_mapping(input) => {
                Source::Mapping(parse(input.get()).map_err(|message| BindError {
                    parameter: "input".to_owned(),
                    message,
                })?)
            }
            Arguments::Input(input) => Source::Whole(Some(input)),
        };
        Ok(Self { source, context })
    }

    fn read<T: DeserializeOwned>(&mut self, parameter: &str) -> Result<T, BindError> {
        let provided = match &mut self.source {
            Source::Whole(input) => input.take(),
            Source::Mapping(keys) => keys.get(parameter).copied(),
            Source::Recording(named) => named.get(parameter).map(|value| &**value),
        };
        match provided {
            Some(value) => parse(value.get()),
            None => T::deserialize(Nothing).map_err(|_| self.nothing_provides_it()),
        }
        .map_err(|message| BindError {
            parameter: parameter.to_owned(),
            message,
        })
    }

    fn nothing_provides_it(&self) -> String {
        match &self.source {
            Source::Whole(_) => {
                "nothing provides it: the input is no mapping, so the first parameter takes it whole"
                    .to_owned()
            }
            Source::Mapping(keys) => absent("the input", keys.keys()),
            Source::Recording(named) => absent("the recording", named.keys()),
        }
    }
}

fn absent<'k>(source: &str, keys: impl ExactSizeIterator<Item = &'k String>) -> String {
    const SHOWN: usize = 10;
    let mut message = format!("nothing provides it: {source} has ");
    let more = keys.len().saturating_sub(SHOWN);
    if keys.len() == 0 {
        message.push_str("no keys");
    }
    for (index, key) in keys.take(SHOWN).enumerate() {
        let comma = if index == 0 { "" } else { ", " };
        // Writing to a `String` cannot fail.
        let _ = write!(message, "{comma}`{key}`");
    }
    if more > 0 {
        let _ = write!(message, " and {more} more");
    }
    message
}

fn is_mapping(value: &RawValue) -> bool {
    value.get().trim_start().starts_with('{')
}

/// Parses JSON; the error is serde's own message. Its line and column are left out: they are those of our JSON, not of
/// what the user wrote.
pub(super) fn parse<'de, T: Deserialize<'de>>(json: &'de str) -> Result<T, String> {
    serde_json::from_str(json).map_err(|error| {
        let message = error.to_string();
        let place = format!(" at line {} column {}", error.line(), error.column());
        message
            .strip_suffix(&place)
            .map_or_else(|| message.clone(), str::to_owned)
    })
}

/// A value that is not there: what takes nothing for an answer becomes its nothing, as an `Option` becomes `None`.
struct Nothing;

impl<'de> de::Deserializer<'de> for Nothing {
    type Error = NothingError;

    fn deserialize_any<V: Visitor<'de>>(self, _visitor: V) -> Result<V::Value, NothingError> {
        Err(de::Error::custom("nothing provides it"))
    }

    fn deserialize_option<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, NothingError> {
        visitor.visit_none()
    }

    forward_to_deserialize_any! {
        bool i8 i16 i32 i64 i128 u8 u16 u32 u64 u128 f32 f64 char str string bytes byte_buf
        unit unit_struct newtype_struct seq tuple tuple_struct map struct enum identifier ignored_any
    }
}

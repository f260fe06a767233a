//! Every form of agent, in a crate that denies what a crate can deny.
#![forbid(unsafe_code)]
#![deny(
    warnings,
    missing_docs,
    unreachable_pub,
    unused_qualifications,
    elided_lifetimes_in_paths,
    missing_debug_implementations,
    clippy::all,
    clippy::pedantic
)]

use std::borrow::Cow;

use fluxloop::Context;
use serde::{Deserialize, Serialize};

/// What is asked for.
#[derive(Debug, Deserialize)]
pub struct Ticket {
    /// The order.
    pub order: u32,
}

/// What is answered.
#[derive(Debug, Serialize)]
pub struct Refund {
    /// The amount.
    pub cents: u32,
}

/// An error of the user's own.
#[derive(Debug)]
pub struct Refused;

impl std::fmt::Display for Refused {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("refused")
    }
}

impl std::error::Error for Refused {}

/// A public one.
#[fluxloop::agent]
#[must_use]
pub fn owned(input: String) -> String {
    input
}

#[fluxloop::agent]
async fn owned_async(input: String) -> String {
    std::future::ready(input).await
}

#[fluxloop::agent]
fn borrowed(input: &str) -> &str {
    input
}

#[fluxloop::agent]
async fn borrowed_async<'a>(context: &Context, input: &'a str) -> Cow<'a, str> {
    let seed = std::future::ready(context.seed()).await;
    if seed == 0 { Cow::Borrowed(input) } else { Cow::Owned(input.to_uppercase()) }
}

#[fluxloop::agent]
fn cow(input: Cow<'_, str>) -> String {
    input.into_owned()
}

#[fluxloop::agent]
fn structs(Ticket { order }: Ticket) -> Refund {
    Refund { cents: order }
}

#[fluxloop::agent]
fn by_reference(ticket: &Ticket, lines: &[Ticket]) -> Refund {
    Refund { cents: ticket.order + u32::try_from(lines.len()).unwrap_or(0) }
}

#[fluxloop::agent(name = "named")]
fn named(ticket: Ticket, note: Option<String>, ctx: &Context) -> Result<Refund, Refused> {
    match (note, ctx.persona()) {
        (Some(_), None) => Err(Refused),
        _ => Ok(structs(ticket)),
    }
}

#[fluxloop::agent]
async fn anyhow_result(input: String, _: &Context) -> anyhow::Result<String> {
    let read = std::fs::read_to_string(&input)?;
    std::future::ready(()).await;
    Ok(read)
}

#[fluxloop::agent]
fn io_result(input: String) -> std::io::Result<String> {
    std::fs::read_to_string(input)
}

#[fluxloop::agent]
fn boxed(input: &str) -> Result<u32, Box<dyn std::error::Error + Send + Sync>> {
    Ok(input.parse::<u32>().map_err(fluxloop::transient)?)
}

#[fluxloop::agent]
fn transient(input: &str) -> Result<u32, fluxloop::Transient> {
    input.parse::<u32>().map_err(fluxloop::transient)
}

#[fluxloop::agent]
fn string_error(input: String) -> Result<(), String> {
    Err(input)
}

#[fluxloop::agent]
fn str_error(input: &str) -> Result<(), &str> {
    Err(input)
}

#[fluxloop::agent]
fn nothing() {}

#[fluxloop::agent]
async fn only_context(context: &Context) {
    std::future::ready(context.turn()).await;
}

#[fluxloop::agent]
fn opaque(input: String) -> impl Serialize {
    vec![input]
}

#[fluxloop::agent]
fn pattern((latitude, longitude): (f64, f64), _: &Context) -> f64 {
    latitude + longitude
}

#[fluxloop::agent]
fn mutable(mut input: String) -> String {
    input.push('!');
    input
}

#[fluxloop::agent]
fn r#match(r#type: String) -> String {
    r#type
}

#[fluxloop::agent]
fn context(binder: String, context: &str, arguments: &str) -> String {
    binder + context + arguments
}

#[deprecated]
#[fluxloop::agent]
fn old(input: String) -> String {
    input
}

#[fluxloop::agent]
#[deprecated]
fn older(input: String) -> String {
    input
}

mod private {
    type Ctx = fluxloop::Context;
    type Answer<T> = Result<T, std::num::ParseIntError>;

    #[derive(serde::Deserialize)]
    pub(super) struct Context {
        text: String,
    }

    pub(super) mod deep {
        #[fluxloop::agent(name = "support")]
        async fn aliases(input: super::Context, ctx: &super::Ctx) -> super::Answer<u32> {
            let text = std::future::ready(input.text).await;
            Ok(text.parse::<u32>()? + ctx.turn())
        }

        #[fluxloop::agent]
        fn own_context(input: String, context: &super::Context) -> String {
            input + &context.text
        }
    }
}

macro_rules! agents {
    ($($name:ident: $ty:ty;)*) => {
        $(
            #[fluxloop::agent]
            fn $name(input: $ty) -> usize {
                input.len()
            }
        )*
    };
}

agents! {
    from_macro: String;
    from_macro_by_reference: &str;
}

fn main() {
    #[fluxloop::agent]
    fn inside(input: String) -> String {
        input
    }
}

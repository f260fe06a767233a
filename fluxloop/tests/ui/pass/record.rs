//! Every form of a recorded agent, in a crate that denies what a crate can deny.
#![forbid(unsafe_code)]
#![deny(
    warnings,
    missing_docs,
    unreachable_pub,
    unused_qualifications,
    elided_lifetimes_in_paths,
    clippy::all,
    clippy::pedantic
)]

use std::borrow::Cow;

use fluxloop::Context;
use serde::{Deserialize, Serialize};

/// What is asked for.
#[derive(Debug, Deserialize, Serialize)]
pub struct Ticket {
    /// The order.
    pub order: u32,
}

/// By value.
#[fluxloop::agent(record)]
#[must_use]
pub fn by_value(ticket: Ticket) -> u32 {
    #![allow(clippy::needless_pass_by_value)]
    ticket.order
}

#[fluxloop::agent(record, name = "references")]
async fn by_reference(input: &str, tickets: &[Ticket], ctx: &Context, r#type: Option<String>) -> String {
    let turn = ctx.turn();
    format!("{input}{turn}{}{:?}", tickets.len(), r#type)
}

#[fluxloop::agent(crate = fluxloop, record)]
fn lifetimes<'a>(mut input: Cow<'a, str>, _: &Context, _unused: u8) -> Cow<'a, str> {
    input.to_mut().push('!');
    input
}

#[fluxloop::agent(record)]
fn nothing() {}

macro_rules! agent {
    ($name:ident, $parameter:ident: $type:ty) => {
        #[fluxloop::agent(record)]
        fn $name($parameter: $type) -> $type {
            $parameter
        }
    };
}

agent!(made, input: String);

fn main() {
    // Callable as before.
    assert_eq!(by_value(Ticket { order: 7 }), 7);
    assert_eq!(lifetimes("a".into(), &Context::default(), 1), "a!");
    nothing();
    assert_eq!(made("a".to_owned()), "a");
    drop(by_reference("a", &[], &Context::default(), None));
}

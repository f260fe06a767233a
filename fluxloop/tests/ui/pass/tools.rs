//! Every form of tool, in a crate that denies what a crate can deny.
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

extern crate fluxloop as flx;

use std::{fmt::Debug, future::Future, rc::Rc};

use serde::Serialize;

/// Not to be recorded.
#[derive(Debug)]
pub struct Database;

/// A public one.
///
/// # Errors
///
/// When it is no number.
#[fluxloop::tool]
pub fn read(text: &str) -> Result<u32, std::num::ParseIntError> {
    if text.is_empty() {
        return Ok(0);
    }
    let number = text.parse::<u32>()?;
    Ok(number)
}

#[rustfmt::skip]
#[fluxloop::tool]
fn on_one_line(order: &str) -> String { format!("order {order}") }

#[fluxloop::tool(name = "look up", skip(database))]
async fn lookup(database: &Database, order: u32) -> anyhow::Result<u32> {
    let _ = std::future::ready(database).await;
    let order = u8::try_from(order)?;
    Ok(u32::from(order))
}

#[fluxloop::tool]
async fn generic<T, const N: usize>(items: [T; N], last: impl Serialize + Send) -> Option<T>
where
    T: Serialize + Clone + Send,
    [T; N]: Serialize,
{
    let _ = std::future::ready(last).await;
    items.last().cloned()
}

#[flx::tool(crate = flx, skip(return))]
fn closure(mut start: u32) -> impl FnMut() -> u32 {
    move || {
        start += 1;
        start
    }
}

#[fluxloop::tool(skip(return, left))]
fn shared<'a>(left: &'a Rc<u32>, _: u8) -> &'a Rc<u32> {
    left
}

#[fluxloop::tool]
fn nothing() {}

#[fluxloop::tool]
fn borrowed<'a>(words: &'a mut Vec<String>, word: &str) -> &'a mut String {
    words.push(word.to_owned());
    let last = words.len() - 1;
    &mut words[last]
}

#[fluxloop::tool]
fn r#match(r#type: u8, [first, ..]: [u8; 2]) -> u8 {
    r#type + first
}

#[fluxloop::tool]
fn unused(_order: u32) -> bool {
    true
}

#[fluxloop::tool]
fn never(fails: bool) -> ! {
    panic!("{fails}")
}

#[fluxloop::tool]
#[must_use]
fn debugged<T: Debug + Serialize>(value: T) -> Result<T, T> {
    Ok(value)
}

trait Desk {
    fn answer(&self, input: &str) -> String;
}

impl Desk for Database {
    #[fluxloop::tool]
    fn answer(&self, input: &str) -> String {
        input.to_uppercase()
    }
}

impl Database {
    #[fluxloop::tool]
    async fn consume(self, input: String) -> String {
        std::future::ready(input).await
    }
}

macro_rules! tools {
    ($($name:ident: $ty:ty;)*) => {
        $(
            #[fluxloop::tool]
            fn $name(input: $ty) -> usize {
                input.len()
            }
        )*
    };
}

tools! {
    from_macro: String;
    from_macro_by_reference: &str;
}

fn send<F: Future + Send>(future: F) {
    drop(future);
}

fn main() {
    send(lookup(&Database, 1));
    send(generic([1, 2], "x"));
    send(Database.consume(String::new()));
    fluxloop::observe!("answer", Database.answer("x"));
    let _ = (read("1"), closure(1)(), shared(&Rc::new(1), 2), r#match(1, [2, 3]), unused(1));
    let _ = (borrowed(&mut Vec::new(), "x"), debugged(1), from_macro(String::new()), on_one_line("x"));
    nothing();
    if from_macro_by_reference("x") == 0 {
        never(true);
    }
}

//! The crate under another name, directly and through a crate of the user's own.
mod deps {
    pub(crate) use ::fluxloop as simulation;
}
use deps::simulation;

#[simulation::agent(crate = crate::deps::simulation)]
async fn through_a_module(input: String, context: &simulation::Context) -> String {
    let _ = context;
    input
}

extern crate fluxloop as flx;

#[flx::agent(name = "renamed", crate = flx)]
fn renamed(input: &str) -> &str {
    input
}

fn main() {}

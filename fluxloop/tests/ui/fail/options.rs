#[fluxloop::agent(nmae = "support", name)]
fn unknown(input: String) -> String {
    input
}

#[fluxloop::agent(name = "a", name = "b", crate = fluxloop, crate = fluxloop)]
fn repeated(input: String) -> String {
    input
}

#[fluxloop::agent(name = "")]
fn empty(input: String) -> String {
    input
}

#[fluxloop::agent(name = "a::b")]
fn colon(input: String) -> String {
    input
}

#[fluxloop::agent(name = "my agent", crate = super::fluxloop)]
fn space(input: String) -> String {
    input
}

#[fluxloop::agent(name = support, crate = "fluxloop")]
fn kinds(input: String) -> String {
    input
}

#[fluxloop::agent("support")]
fn literal(input: String) -> String {
    input
}

#[fluxloop::agent(name = "a" crate = fluxloop)]
fn comma(input: String) -> String {
    input
}

#[fluxloop::agent(name("support"), record)]
fn list<T>(input: String) -> String {
    input
}

fn main() {}

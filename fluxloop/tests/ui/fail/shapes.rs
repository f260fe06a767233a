#[fluxloop::agent]
const fn constant(input: u32) -> u32 {
    input
}

#[fluxloop::agent]
unsafe fn dangerous(input: String) -> String {
    input
}

#[fluxloop::agent]
extern "C" fn foreign(input: u32) -> u32 {
    input
}

#[fluxloop::agent]
unsafe extern "C" fn everything<T, const N: usize>(_: [T; N], _: impl Clone) {}

#[fluxloop::agent]
fn generic<T>(input: T) -> T {
    input
}

#[fluxloop::agent]
fn opaque(input: Option<impl AsRef<str>>) -> usize {
    input.map_or(0, |input| input.as_ref().len())
}

#[fluxloop::agent]
fn conditional(input: String, #[cfg(test)] more: String) -> String {
    input
}

#[fluxloop::agent]
fn unnamed(input: String, (latitude, longitude): (f64, f64)) -> String {
    format!("{input} at {latitude}, {longitude}")
}

#[fluxloop::agent]
fn unnamed_reference(_: &str, other: &str) -> String {
    other.to_owned()
}

fn main() {}

#[fluxloop::tool(nmae = "lookup", skip)]
fn unknown(input: String) -> String {
    input
}

#[fluxloop::tool(name = "a", name = "b", skip(inptu))]
fn repeated(input: String) -> String {
    input
}

#[fluxloop::tool(name = " ", skip("input"))]
fn empty(input: String) -> String {
    input
}

#[fluxloop::tool("lookup")]
const fn constant(input: u32) -> u32 {
    input
}

#[fluxloop::tool]
struct NotAFunction;

trait Answers {
    #[fluxloop::tool]
    fn answer(&self, input: String) -> String;
}

fn main() {}

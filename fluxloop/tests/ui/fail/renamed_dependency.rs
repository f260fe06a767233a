#[fluxloop::agent(crate = flx)]
fn run(input: String) -> String {
    input
}

fn main() {}

#[fluxloop::agent]
unsafe extern "C" fn run(_: u32, _: ...) {}

fn main() {}

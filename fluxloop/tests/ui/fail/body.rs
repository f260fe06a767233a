//! A mistake in the body is the compiler's to explain, once and where it is.
#[fluxloop::agent]
fn run(input: String) -> u32 {
    input
}

#[fluxloop::agent]
async fn unknown(input: String) -> String {
    ask(input).await
}

fn main() {}

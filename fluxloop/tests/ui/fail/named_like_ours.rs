//! A type of the user's own that is called `Context`: nothing is guessed from its name.
struct Context {
    text: String,
}

#[fluxloop::agent]
fn run(input: String, context: &Context) -> String {
    input + &context.text
}

fn main() {}

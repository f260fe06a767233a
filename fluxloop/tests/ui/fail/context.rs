use fluxloop::Context;

#[fluxloop::agent]
fn by_value(input: String, context: Context) -> String {
    let _ = context;
    input
}

#[fluxloop::agent]
fn by_mutable_reference(input: String, context: &mut Context) -> String {
    let _ = context;
    input
}

#[fluxloop::agent]
fn shared(input: String, context: std::sync::Arc<Context>) -> String {
    let _ = context;
    input
}

#[fluxloop::agent]
fn twice(context: &Context, input: &str, again: &Context) -> String {
    let _ = (context, again);
    input.to_owned()
}

fn main() {}

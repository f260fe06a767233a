#[derive(serde::Deserialize)]
struct Ticket<'a> {
    order: &'a str,
}

#[fluxloop::agent]
fn lifetime(ticket: Ticket<'_>) -> String {
    ticket.order.to_owned()
}

#[fluxloop::agent]
fn nested(note: Option<&str>) -> String {
    note.unwrap_or_default().to_owned()
}

#[fluxloop::agent]
fn forever(input: &'static str) -> &'static str {
    input
}

#[fluxloop::agent]
fn exclusive(input: &mut String) -> String {
    input.clone()
}

fn main() {}

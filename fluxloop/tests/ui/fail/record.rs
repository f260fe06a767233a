#[derive(serde::Deserialize)]
struct Ticket {
    order: u32,
}

#[fluxloop::agent(record)]
fn by_value(ticket: Ticket) -> u32 {
    ticket.order
}

#[fluxloop::agent(record)]
async fn by_reference(input: String, ticket: &Ticket) -> String {
    format!("{input}{}", ticket.order)
}

#[fluxloop::agent(record)]
fn nested(tickets: Vec<Option<Ticket>>) -> usize {
    tickets.len()
}

#[fluxloop::agent(record)]
fn taken_apart((left, right): (u32, u32)) -> u32 {
    left + right
}

#[fluxloop::agent(record)]
fn unnamed(_: &String, _: &fluxloop::Context) -> u32 {
    0
}

#[fluxloop::agent(record = true, record, record("x"))]
fn values(input: String) -> String {
    input
}

fn main() {}

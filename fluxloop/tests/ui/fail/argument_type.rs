struct Ticket {
    order: u32,
}

#[fluxloop::agent]
fn by_value(ticket: Ticket) -> u32 {
    ticket.order
}

#[fluxloop::agent]
fn by_reference(ticket: &Ticket) -> u32 {
    ticket.order
}

#[fluxloop::agent]
async fn second(input: String, ticket: Option<Ticket>) -> String {
    let _ = ticket;
    input
}

fn main() {}

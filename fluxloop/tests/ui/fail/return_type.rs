struct Reply(u32);

type Answer = Result<Reply, std::num::ParseIntError>;

#[fluxloop::agent]
fn value(_input: String) -> Reply {
    Reply(1)
}

#[fluxloop::agent]
fn result(input: String) -> Result<Reply, std::num::ParseIntError> {
    input.parse().map(Reply)
}

#[fluxloop::agent]
fn alias(input: String) -> Answer {
    input.parse().map(Reply)
}

#[fluxloop::agent]
async fn asynchronous(_input: String) -> Vec<Reply> {
    Vec::new()
}

#[fluxloop::agent]
fn future(input: String) -> impl Future<Output = String> {
    async { input }
}

fn main() {}

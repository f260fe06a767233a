#[derive(Debug)]
struct Refused;

#[fluxloop::agent]
fn own(_input: String) -> Result<String, Refused> {
    Err(Refused)
}

#[fluxloop::agent]
async fn asynchronous(_input: &str) -> Result<String, Vec<Refused>> {
    Err(vec![Refused])
}

#[fluxloop::agent]
fn boxed(input: String) -> Result<u32, Box<dyn std::error::Error>> {
    Ok(input.parse()?)
}

fn main() {}

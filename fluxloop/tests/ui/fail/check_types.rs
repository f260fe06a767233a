use fluxloop::RunView;

#[fluxloop::check]
fn text(run: &String) -> bool {
    run.is_empty()
}

#[fluxloop::check]
fn number(run: &RunView) -> usize {
    run.text().len()
}

struct Rude;

#[fluxloop::check]
fn error(run: &RunView) -> Result<(), Rude> {
    if run.text().is_empty() { Err(Rude) } else { Ok(()) }
}

#[fluxloop::check]
async fn not_send(run: &RunView) -> bool {
    let text = std::rc::Rc::new(run.text());
    std::future::ready(()).await;
    text.is_empty()
}

fn main() {}

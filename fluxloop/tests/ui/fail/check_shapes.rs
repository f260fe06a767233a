use fluxloop::RunView;

#[fluxloop::check]
fn nothing() -> bool {
    true
}

#[fluxloop::check]
fn owned(run: RunView) -> bool {
    run.text().is_empty()
}

#[fluxloop::check]
fn mutable(run: &mut RunView) -> bool {
    run.text().is_empty()
}

#[fluxloop::check]
fn more(run: &RunView, context: &fluxloop::Context) -> bool {
    run.turns() == context.turn()
}

#[fluxloop::check]
fn generic<T>(run: &RunView) -> bool {
    run.text().is_empty()
}

#[fluxloop::check]
const unsafe extern "C" fn qualified(_run: &RunView) -> bool {
    true
}

#[fluxloop::check]
struct Polite;

struct Desk;

impl Desk {
    #[fluxloop::check]
    fn method(&self, run: &RunView) -> bool {
        run.text().is_empty()
    }
}

#[fluxloop::check]
fn contains(run: &RunView) -> bool {
    run.text().is_empty()
}

#[fluxloop::check(name = "equals")]
fn named(run: &RunView) -> bool {
    run.text().is_empty()
}

#[fluxloop::check(name = "", nmae = "polite", name)]
fn options(run: &RunView) -> bool {
    run.text().is_empty()
}

fn main() {}

#[fluxloop::agent]
struct Support;

#[fluxloop::agent]
pub(crate) mod support {}

#[fluxloop::agent]
const AGENT: &str = "support";

#[fluxloop::agent]
static AGENTS: &[&str] = &[AGENT];

#[fluxloop::agent]
type Agent = fn(String) -> String;

fn main() {}

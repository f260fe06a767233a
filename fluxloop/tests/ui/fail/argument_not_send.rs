use std::rc::Rc;

use serde::{Deserialize, Deserializer};

struct Shared(Rc<str>);

impl<'de> Deserialize<'de> for Shared {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        String::deserialize(deserializer).map(|text| Self(text.into()))
    }
}

#[fluxloop::agent]
fn run(input: Shared) -> String {
    input.0.to_string()
}

#[fluxloop::agent]
async fn run_async(input: &Shared) -> String {
    input.0.to_string()
}

fn main() {}

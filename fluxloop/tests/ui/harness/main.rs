//! What is no option of `fluxloop::main!`.

mod misspelt {
    fluxloop::main!(shop, confg = "configs/a.yaml");
}

mod twice {
    fluxloop::main!(config = "configs/a.yaml", config = "configs/b.yaml");
}

mod none {
    fluxloop::main!(config = []);
}

fn main() {}

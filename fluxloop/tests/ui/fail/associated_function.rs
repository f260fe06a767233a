struct Support;

impl Support {
    #[fluxloop::agent]
    fn associated(input: String) -> String {
        input
    }
}

fn main() {}

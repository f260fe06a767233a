struct Support;

impl Support {
    #[fluxloop::agent]
    fn method(&self, input: String) -> String {
        input
    }

    #[fluxloop::agent]
    async fn consuming(self: Box<Self>, input: String) -> String {
        input
    }
}

trait Answers {
    #[fluxloop::agent]
    fn answer(&self, input: String) -> String;
}

fn main() {}

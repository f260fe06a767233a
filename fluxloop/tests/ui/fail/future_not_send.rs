use std::rc::Rc;

async fn ask(question: &str) -> String {
    question.to_owned()
}

#[fluxloop::agent]
async fn run(input: String) -> String {
    let shared = Rc::new(input);
    let answer = ask(&shared).await;
    answer + &shared
}

fn main() {}

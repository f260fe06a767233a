//! A live service: answers `POST /` until its standard input ends. With an argument, it ends without a word to fluxloop.

use std::io::{Read as _, Write as _};

use axum::{Json, Router, routing::post};
use e2e_recorded::{Message, User, answer};
use serde::Deserialize;

#[derive(Deserialize)]
struct Question {
    message: Message,
    user: User,
}

async fn ask(Json(question): Json<Question>) -> String {
    answer(question.message, &question.user, &fluxloop::Context::default()).await
}

#[tokio::main]
async fn main() {
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.expect("a port is free");
    println!("{}", listener.local_addr().expect("it has one").port());
    std::io::stdout().flush().expect("somebody reads");
    let end = tokio::task::spawn_blocking(|| std::io::stdin().read_to_end(&mut Vec::new()));
    let app = Router::new().route("/", post(ask));
    let served = axum::serve(listener, app).with_graceful_shutdown(async { drop(end.await) });
    served.await.expect("it serves");
    fluxloop::record_args("e2e_recorded:stopped", 3, &serde_json::json!({"reason": "asked"}));
    if std::env::args().len() == 1 {
        let recorded = tokio::task::spawn_blocking(fluxloop::flush_recording).await.expect("it ends");
        println!("{recorded:?}");
    }
}

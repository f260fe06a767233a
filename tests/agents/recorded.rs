//! An agent that takes more than a text, and records its calls.

use fluxloop::Context;
use serde::{Deserialize, Serialize};

#[derive(Debug, Deserialize, Serialize)]
pub struct Message {
    pub content: String,
    pub channel: Channel,
}

#[derive(Debug, Deserialize, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Channel {
    Web,
    Phone { number: String },
}

#[derive(Debug, Deserialize, Serialize)]
pub struct User {
    pub id: u64,
    pub api_key: Option<String>,
    pub tags: Vec<String>,
}

/// Says what it was called with.
#[fluxloop::agent(record)]
pub async fn answer(data: Message, user: &User, ctx: &Context) -> String {
    tokio::task::yield_now().await;
    let Message { content, channel } = data;
    let User { id, api_key, tags } = user;
    format!("{content} | {channel:?} | {id} {api_key:?} {tags:?} | turn {}", ctx.turn())
}

//! Many runs at once.

use std::collections::BTreeSet;

use fluxloop::{host::Ended, worker::protocol::Happening};
use serde_json::json;

use super::host::{LONG, call, options, start};

#[tokio::test]
async fn of_fifty_runs_each_has_its_own_words_and_no_others() {
    let host = start(Some(options())).await;
    let words: Vec<String> = (0..50)
        .map(|run| format!("word-{run:02}-of-mine"))
        .collect();
    let calls = words
        .iter()
        .map(|word| call(&host, "gossip", json!(word), LONG));
    let calls = futures_util::future::join_all(calls).await;
    for (word, call) in words.iter().zip(calls) {
        let call = call.returned();
        let text = call.text();
        for other in words.iter().filter(|other| *other != word) {
            assert!(
                !text.contains(other.as_str()),
                "{other} in the run of {word}"
            );
        }
        // Four tasks with a word, a span, and an event of that span, four times each.
        let count = |name: &str| call.starts().filter(|start| start.name == name).count();
        assert_eq!(
            (count("task"), count("deeper"), call.events().count()),
            (4, 16, 32)
        );
        assert_eq!(text.matches(word.as_str()).count(), 16 + 32);
        let ids: BTreeSet<u64> = call.starts().map(|start| start.id).collect();
        assert_eq!(ids, (1..=20).collect());
        let ended = call
            .told
            .iter()
            .filter(|told| matches!(told, Happening::SpanEnd(_)));
        assert_eq!(ended.count(), 20);
    }
    host.shut_down().await;
}

/// Far more than is held: whoever makes it waits until it is read.
#[tokio::test]
async fn a_burst_loses_nothing_and_blocks_nobody_for_ever() {
    let host = start(Some(options())).await;
    let burst = call(&host, "bursts", json!(3_000), LONG);
    let others = (0..10).map(|_| call(&host, "chatty", json!("word"), LONG));
    let (burst, others) =
        futures_util::future::join(burst, futures_util::future::join_all(others)).await;
    assert!(
        matches!(burst.answer.ended, Ended::Returned(_)),
        "{:?}",
        burst.answer
    );
    assert_eq!(burst.events().count(), 24_000);
    for other in others {
        assert_eq!(other.returned().starts().count(), 3);
    }
    host.shut_down().await;
}

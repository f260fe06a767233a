//! Who installs the subscriber.

use fluxloop::{
    host::Ended,
    worker::protocol::{Level, ObserveOptions},
};
use serde_json::json;

use super::host::{Call, LONG, call, options, start};

async fn twice(own_subscriber: bool, how: &str) -> [Call; 2] {
    let host = start(Some(ObserveOptions {
        own_subscriber,
        ..options()
    }))
    .await;
    let first = call(&host, "installs", json!(how), LONG).await;
    let second = call(&host, "installs", json!(how), LONG).await;
    host.shut_down().await;
    [first, second]
}

#[tokio::test]
async fn an_agents_own_subscriber_records_from_the_first_run_on() {
    for call in twice(true, "with").await {
        let call = call.returned();
        assert_eq!(call.event("installed").parent, Some(call.span("after").id));
        call.end_of("after");
    }
}

#[tokio::test]
async fn a_subscriber_without_the_layer_is_said() {
    let [first, second] = twice(true, "without").await.map(Call::returned);
    for call in [&first, &second] {
        assert_eq!(
            (call.events().count(), call.told.len()),
            (1, 1),
            "{:?}",
            call.told
        );
    }
    let event = first.events().next().expect("an event");
    assert_eq!(event.level, Level::Warn);
    insta::assert_snapshot!(event.name, @"nothing is recorded of this run: `observe.subscriber` is `own`, and the agent has installed no subscriber with `fluxloop::layer()` in it");
}

#[tokio::test]
async fn installing_one_beside_ours_fails_with_what_helps() {
    let [panicked, _] = twice(false, "panics").await;
    let Ended::Panicked(panic) = panicked.answer.ended else {
        panic!("{:?}", panicked.answer)
    };
    insta::assert_snapshot!(panic.message, @r#"
    failed to set global default subscriber: SetGlobalDefaultError("a global default trace dispatcher has already been set")
    hint: fluxloop has installed a subscriber to record what agents do; with `observe.subscriber: own` it leaves that to the agent, which adds `fluxloop::layer()` to its own
    "#);
    let [failed, _] = twice(false, "errors").await;
    let Ended::Error(error) = failed.answer.ended else {
        panic!("{:?}", failed.answer)
    };
    insta::assert_snapshot!(error.causes.last().expect("a cause"), @"hint: fluxloop has installed a subscriber to record what agents do; with `observe.subscriber: own` it leaves that to the agent, which adds `fluxloop::layer()` to its own");
}

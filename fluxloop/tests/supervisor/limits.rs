//! Many conversations at a provider that allows few.

use std::{
    sync::{
        Arc,
        atomic::{AtomicUsize, Ordering::SeqCst},
    },
    time::Duration,
};

use fluxloop::supervisor::{HttpSettings, HttpSupervisor, Provider};
use futures_util::{StreamExt as _, stream};
use tokio::{io::AsyncWriteExt as _, net::TcpListener};

use crate::{
    conversation::{decide, go_on, goes_on},
    server::{completion, receive, response},
};

const ALLOWED: usize = 5;

/// Answers this many requests at a time; those beyond get 429. Counts the refusals.
async fn provider_with_a_limit(refusals: Arc<AtomicUsize>) -> String {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    let busy = Arc::new(AtomicUsize::new(0));
    tokio::spawn(async move {
        loop {
            let (mut stream, _) = listener.accept().await.unwrap();
            let (busy, refusals) = (Arc::clone(&busy), Arc::clone(&refusals));
            tokio::spawn(async move {
                receive(&mut stream).await;
                let bytes = if busy.fetch_add(1, SeqCst) < ALLOWED {
                    // What a model takes to think.
                    tokio::time::sleep(Duration::from_millis(5)).await;
                    response(200, &[], &completion(&go_on().to_string()))
                } else {
                    refusals.fetch_add(1, SeqCst);
                    response(
                        429,
                        &[("retry-after", "0")],
                        r#"{"error":{"message":"too many"}}"#,
                    )
                };
                busy.fetch_sub(1, SeqCst);
                stream.write_all(&bytes).await.unwrap();
                stream.shutdown().await.unwrap();
            });
        }
    });
    format!("http://{address}/v1")
}

#[tokio::test]
async fn two_hundred_conversations_get_through_a_limit_of_five() {
    let refusals = Arc::new(AtomicUsize::new(0));
    let mut settings = HttpSettings::new(Provider::OpenAi, "a-model");
    settings.base_url = provider_with_a_limit(Arc::clone(&refusals)).await;
    let supervisor = HttpSupervisor::new(settings).unwrap();
    let steps: Vec<_> = stream::iter(0..200)
        .map(|_| decide(&supervisor))
        .buffer_unordered(50)
        .map(|decision| decision.map(|decision| decision.step))
        .collect()
        .await;
    assert_eq!(steps.len(), 200);
    for step in steps {
        assert_eq!(step.unwrap(), goes_on());
    }
    let refused = refusals.load(SeqCst);
    assert!(refused > 0, "the limit was never met");
    assert!(
        refused < 200,
        "{refused} refusals: the limit was never learned"
    );
}

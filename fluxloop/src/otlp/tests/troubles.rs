use opentelemetry_proto::tonic::collector::trace::v1::{
    ExportTracePartialSuccess, ExportTraceServiceResponse,
};
use prost::Message as _;
use tokio::net::TcpListener;

use super::super::exporter::reason;
use super::{Answer, Exporter, Sample, Server, export, no_stop, options};
use crate::{
    engine::{StopLevel, Stopper},
    event::{Consumer as _, Event},
};

fn status(line: &'static str) -> Answer {
    Answer::Status(line, "", Vec::new())
}

async fn lost(
    answers: impl IntoIterator<Item = Answer>,
    variables: &[(&str, &str)],
) -> (Server, String) {
    let server = Server::answering(answers).await;
    let loss = export(options(&server, variables), &Sample::runs(3)).await;
    let said = loss.map_or_else(|| "nothing".to_owned(), |loss| loss.to_string());
    let said = said.replace(&server.address, "http://collector");
    (server, said)
}

#[tokio::test]
async fn what_may_pass_is_sent_again() {
    let unavailable = Answer::Status("503 Service Unavailable", "retry-after: 0\r\n", Vec::new());
    for first in [
        unavailable,
        status("429 Too Many Requests"),
        status("502 Bad Gateway"),
        status("504 Gateway Timeout"),
        Answer::Drop,
    ] {
        let (server, said) = lost([first, Answer::ok()], &[]).await;
        assert_eq!(said, "nothing");
        assert_eq!(server.received().len(), 2);
        assert_eq!(server.received()[0].body, server.received()[1].body);
    }
}

#[tokio::test]
async fn what_does_not_pass_is_counted_and_said() {
    let (server, said) = lost([status("503 Service Unavailable")], &[]).await;
    assert_eq!(server.received().len(), 4, "once, and three times again");
    insta::assert_snapshot!(said, @"3 of 3 spans were not exported to http://collector/v1/traces: the collector answered 503 Service Unavailable");
    let (server, said) = lost([status("401 Unauthorized")], &[]).await;
    assert_eq!(server.received().len(), 1, "that is not to be tried again");
    insta::assert_snapshot!(said, @"3 of 3 spans were not exported to http://collector/v1/traces: the collector answered 401 Unauthorized");
}

#[tokio::test]
async fn an_answer_that_comes_later_than_there_is_time_for_is_not_waited_for() {
    let later = Answer::Status("503 Service Unavailable", "retry-after: 50\r\n", Vec::new());
    let (server, said) = lost([later], &[]).await;
    assert_eq!(server.received().len(), 1);
    insta::assert_snapshot!(said, @"3 of 3 spans were not exported to http://collector/v1/traces: the collector answered 503 Service Unavailable");
}

#[tokio::test]
async fn a_collector_that_hangs_costs_its_time_and_no_more() {
    let (_server, said) = lost([Answer::Hang], &[("OTEL_EXPORTER_OTLP_TIMEOUT", "50")]).await;
    insta::assert_snapshot!(said, @"3 of 3 spans were not exported to http://collector/v1/traces: the collector gave no answer within 50ms");
}

#[tokio::test]
async fn the_end_waits_no_longer_than_it_may() {
    let (_server, said) = lost([Answer::Hang], &[("OTEL_BSP_EXPORT_TIMEOUT", "50")]).await;
    insta::assert_snapshot!(said, @"3 of 3 spans were not exported to http://collector/v1/traces: the collector had not taken them after 50ms");
}

#[tokio::test]
async fn a_collector_that_is_not_there_is_said() {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let mut server = Server::answering([Answer::ok()]).await;
    server.address = format!("http://{}", listener.local_addr().unwrap());
    drop(listener);
    let loss = export(options(&server, &[]), &Sample::runs(3))
        .await
        .unwrap();
    assert_eq!((loss.spans, loss.of), (3, 3));
    assert!(loss.reason.contains("onnection refused"), "{loss}");
}

#[tokio::test]
async fn spans_that_the_collector_rejects_are_counted() {
    let answer = ExportTraceServiceResponse {
        partial_success: Some(ExportTracePartialSuccess {
            rejected_spans: 2,
            error_message: "too old; was sent with k-12345".to_owned(),
        }),
    };
    let answer = Answer::Status("200 OK", "", answer.encode_to_vec());
    let headers = [("OTEL_EXPORTER_OTLP_HEADERS", "api-key=k-12345")];
    let (_server, said) = lost([answer], &headers).await;
    insta::assert_snapshot!(said, @"2 of 3 spans were not exported to http://collector/v1/traces: the collector rejected them: too old; was sent with ***");
}

#[tokio::test]
async fn the_engine_waits_for_no_collector() {
    let server = Server::answering([Answer::Hang]).await;
    let variables = [
        ("OTEL_BSP_MAX_QUEUE_SIZE", "4"),
        ("OTEL_EXPORTER_OTLP_TIMEOUT", "50"),
    ];
    let loss = export(options(&server, &variables), &Sample::runs(100))
        .await
        .unwrap();
    assert_eq!((loss.spans, loss.of), (100, 100));
}

#[tokio::test]
async fn a_full_queue_is_said() {
    let server = Server::answering([Answer::ok()]).await;
    let mut exporter =
        Exporter::start(options(&server, &[("OTEL_BSP_MAX_QUEUE_SIZE", "1")])).unwrap();
    // Faster than any thread can send: requests take a way through the system.
    Sample::runs(20_000).play(&mut |event: &Event<'_>| exporter.event(event).unwrap());
    let loss = exporter.finish(no_stop().1).await.unwrap();
    assert_eq!(loss.of, 20_000);
    assert_eq!(
        loss.reason,
        "more than 1 spans were waiting (`OTEL_BSP_MAX_QUEUE_SIZE`)"
    );
    let arrived = u64::try_from(server.spans().len()).unwrap();
    assert_eq!(
        arrived + loss.spans,
        loss.of,
        "what did not arrive is counted"
    );
}

#[tokio::test]
async fn an_interruption_ends_the_wait() {
    // Asked for before the end, and while it waits.
    for (before, meanwhile) in [
        (StopLevel::Now, None),
        (StopLevel::Run, Some(StopLevel::Drain)),
        (StopLevel::Drain, Some(StopLevel::Now)),
    ] {
        let server = Server::answering([Answer::Hang]).await;
        let mut exporter = Exporter::start(options(&server, &[])).unwrap();
        Sample::runs(3).play(&mut |event: &Event<'_>| exporter.event(event).unwrap());
        let (stopper, stop) = Stopper::new();
        stopper.ask(before);
        let (loss, ()) = tokio::join!(exporter.finish(stop), async {
            if let Some(level) = meanwhile {
                server.arrival().await;
                stopper.ask(level);
            }
        });
        assert_eq!(loss.unwrap().spans, 3);
    }
}

#[tokio::test]
async fn no_header_is_in_any_message() {
    let headers = [(
        "OTEL_EXPORTER_OTLP_HEADERS",
        "authorization=Bearer%20k-12345",
    )];
    let echo = Answer::Status("403 Forbidden", "", b"Bearer k-12345 is wrong".to_vec());
    let (server, said) = lost([echo], &headers).await;
    assert_eq!(
        server.received()[0].header("authorization"),
        Some("Bearer k-12345")
    );
    let options = options(&server, &headers);
    let told = format!(
        "{said} {options:?} {:?}",
        Exporter::start(options.clone()).unwrap()
    );
    assert!(!told.contains("k-12345"), "{told}");
}

#[tokio::test]
async fn the_port_of_grpc_is_pointed_out() {
    let server = Server::answering([Answer::ok()]).await;
    let mut options = options(&server, &[]);
    options.endpoint = "http://localhost:4317/v1/traces".parse().unwrap();
    assert_eq!(
        reason(Some("it closed the connection".to_owned()), &options),
        "it closed the connection; port 4317 is usually for gRPC, and 4318 for HTTP"
    );
}

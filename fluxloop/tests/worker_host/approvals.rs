//! Agents that ask before they use a tool.

use std::fmt::Write as _;

use fluxloop::{
    ApprovalDecision,
    agent::Arguments,
    host::{AgentCall, AgentHost as _, Answer, CallReport, WorkerHost},
    worker::protocol::{CallContext, Happening},
};
use serde_json::{Value, json, value::to_raw_value};
use tokio::sync::{mpsc, oneshot};

use super::{LONG, host, returned};

/// A call on its way, and what it tells.
fn call<'a>(
    host: &'a WorkerHost,
    agent: &'a str,
    input: &Value,
    ask_before_tools: bool,
) -> (
    impl Future<Output = Answer> + 'a,
    mpsc::UnboundedReceiver<CallReport>,
) {
    let arguments = Arguments::Input(to_raw_value(input).expect("JSON"));
    let (reports, told) = mpsc::unbounded_channel();
    let call = async move {
        let agent = format!("worker_host::agents:{agent}");
        let context = CallContext {
            turn: 1,
            ask_before_tools,
            ..CallContext::default()
        };
        host.call(AgentCall {
            agent: &agent,
            arguments: &arguments,
            context,
            limit: LONG,
            reports,
        })
        .await
    };
    (call, told)
}

/// The next question: its tool, its arguments, and who takes the answer.
async fn question(
    told: &mut mpsc::UnboundedReceiver<CallReport>,
) -> (String, String, oneshot::Sender<ApprovalDecision>) {
    match told.recv().await {
        Some(CallReport::Approve {
            tool,
            arguments,
            answer,
        }) => (tool, arguments.get().to_owned(), answer),
        other => panic!("expected a question, found {other:?}"),
    }
}

/// The observations that were told, as text.
async fn observations(mut told: mpsc::UnboundedReceiver<CallReport>) -> String {
    let mut text = String::new();
    while let Some(report) = told.recv().await {
        let CallReport::Observed { at_ns, what, .. } = report else {
            panic!("expected an observation, found {report:?}");
        };
        assert!(at_ns > 1_700_000_000_000_000_000, "{at_ns}");
        let Happening::Event(event) = what else {
            panic!("expected an event, found {what:?}");
        };
        let json = |part: Option<std::borrow::Cow<'_, serde_json::value::RawValue>>| {
            part.expect("it is there").get().to_owned()
        };
        writeln!(
            text,
            "{} {:?} {:?} {} {} {}",
            event.name,
            event.kind,
            event.level,
            json(event.input),
            json(event.output),
            json(event.attributes),
        )
        .expect("text");
    }
    text
}

#[tokio::test]
async fn a_tool_is_approved_at_once_where_every_tool_is() {
    let (host, _) = host(1, true).await;
    let (call, told) = call(&host, "asking", &json!("A-1001"), false);
    let answer = call.await;
    insta::assert_snapshot!(returned(&answer), @r#""true: the use of `refund` was approved: no tool needs approval here; the use of `mail` was approved: no tool needs approval here""#);
    insta::assert_snapshot!(observations(told).await, @r#"
    tool_approval Tool Info {"order":"A-1001"} {"approved":true} {"tool":"refund","decision":"automatic"}
    tool_approval Tool Info [1,2] {"approved":true} {"tool":"mail","decision":"automatic"}
    "#);
    host.shut_down().await;
}

#[tokio::test]
async fn several_tools_are_asked_for_at_once_and_answered_in_any_order() {
    let (host, _) = host(1, true).await;
    let (call, mut told) = call(&host, "asking", &json!("A-1001"), true);
    let asked = async {
        let (tool, arguments, refund) = question(&mut told).await;
        assert_eq!(
            (tool.as_str(), arguments.as_str()),
            ("refund", r#"{"order":"A-1001"}"#)
        );
        let (tool, arguments, mail) = question(&mut told).await;
        assert_eq!((tool.as_str(), arguments.as_str()), ("mail", "[1,2]"));
        mail.send(ApprovalDecision::Allowed).expect("it waits");
        match told.recv().await {
            Some(CallReport::Observed { .. }) => {}
            other => panic!("expected the decision, found {other:?}"),
        }
        // Nobody's answer is no.
        drop(refund);
    };
    let (answer, ()) = tokio::join!(call, asked);
    insta::assert_snapshot!(returned(&answer), @r#""false: the use of `refund` was refused by whoever oversees this agent: it was not used; the use of `mail` was approved""#);
    insta::assert_snapshot!(observations(told).await, @r#"tool_approval Tool Warn {"order":"A-1001"} {"approved":false} {"tool":"refund","decision":"refused"}"#);
    host.shut_down().await;
}

#[tokio::test]
async fn a_question_is_taken_back_where_nobody_waits_any_more() {
    let (host, _) = host(1, true).await;
    let (call, mut told) = call(&host, "impatient", &json!(10), true);
    let asked = async {
        let (_, _, mut answer) = question(&mut told).await;
        answer.closed().await;
    };
    let (answer, ()) = tokio::join!(call, asked);
    assert_eq!(returned(&answer), r#""in vain""#);
    // What is not decided is not recorded.
    assert!(told.recv().await.is_none());
    host.shut_down().await;
}

#[tokio::test]
async fn a_question_dies_with_its_worker() {
    let (host, _) = host(1, true).await;
    let (call, mut told) = call(&host, "impatient", &json!(3_600_000), true);
    let asked = async {
        let (_, _, mut answer) = question(&mut told).await;
        host.kill().await;
        answer.closed().await;
        // Its worker was ended, as for another's sake: it is called again, and asks again.
        let (_, _, answer) = question(&mut told).await;
        answer.send(ApprovalDecision::Allowed).expect("it waits");
    };
    let (answer, ()) = tokio::join!(call, asked);
    assert_eq!(returned(&answer), r#""answered""#);
    host.shut_down().await;
}

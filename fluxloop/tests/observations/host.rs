//! A worker that records, and what it tells of a call.

use std::{path::PathBuf, time::Duration};

use fluxloop::{
    agent::Arguments,
    host::{
        AgentCall, AgentHost, Answer, CallReport, Ended, Logs, WorkerCommand, WorkerHost,
        WorkerOptions,
    },
    secret::Secrets,
    worker::protocol::{CallContext, Happening, ObserveOptions, PointInTime, SpanEnd, SpanStart},
};
use serde_json::{Value, json, value::to_raw_value};
use tokio::sync::mpsc;

pub(crate) const LONG: Duration = Duration::from_mins(1);

pub(crate) fn options() -> ObserveOptions {
    ObserveOptions {
        filter: "info,observations=debug".to_owned(),
        max_value_bytes: 1_000,
        own_subscriber: false,
    }
}

pub(crate) async fn start(observe: Option<ObserveOptions>) -> WorkerHost {
    let command = WorkerCommand {
        program: std::env::current_exe().expect("it runs"),
        arguments: ["--exact", "entry", "--nocapture"].map(Into::into).to_vec(),
        environment: vec![("SHOP_API_KEY".into(), "sk-of-the-shop".into())],
        working_directory: PathBuf::from(env!("CARGO_MANIFEST_DIR")),
    };
    let options = WorkerOptions {
        parallel: 64,
        crash_rerun: false,
        logs: Logs::new(Secrets::default()),
        observe,
    };
    WorkerHost::start(command, options)
        .await
        .expect("the worker starts")
}

/// What a call told, and what came of it.
pub(crate) struct Call {
    pub(crate) answer: Answer,
    pub(crate) told: Vec<Happening<'static>>,
}

pub(crate) async fn call(host: &WorkerHost, agent: &str, input: Value, limit: Duration) -> Call {
    let (sender, mut receiver) = mpsc::unbounded_channel();
    let arguments = Arguments::Input(to_raw_value(&input).expect("JSON"));
    let agent = format!("observations::agents:{agent}");
    let answer = host
        .call(AgentCall {
            agent: &agent,
            arguments: &arguments,
            context: CallContext {
                turn: 1,
                ..CallContext::default()
            },
            limit,
            reports: sender,
        })
        .await;
    let mut told = Vec::new();
    while let Ok(report) = receiver.try_recv() {
        if let CallReport::Observed { what, .. } = report {
            told.push(what);
        }
    }
    Call { answer, told }
}

/// Calls an agent with a worker of its own.
pub(crate) async fn call_once(agent: &str, input: Value) -> Call {
    let host = start(Some(options())).await;
    let call = call(&host, agent, input, LONG).await;
    host.shut_down().await;
    call
}

impl Call {
    #[track_caller]
    pub(crate) fn returned(self) -> Self {
        assert!(
            matches!(self.answer.ended, Ended::Returned(_)),
            "{:?}",
            self.answer
        );
        self
    }

    pub(crate) fn starts(&self) -> impl Iterator<Item = &SpanStart<'static>> {
        self.told.iter().filter_map(|told| match told {
            Happening::SpanStart(start) => Some(start),
            _ => None,
        })
    }

    pub(crate) fn events(&self) -> impl Iterator<Item = &PointInTime<'static>> {
        self.told.iter().filter_map(|told| match told {
            Happening::Event(event) => Some(event),
            _ => None,
        })
    }

    #[track_caller]
    pub(crate) fn span(&self, name: &str) -> &SpanStart<'static> {
        let mut named = self.starts().filter(|start| start.name == name);
        match (named.next(), named.next()) {
            (Some(start), None) => start,
            _ => panic!("expected one span `{name}` in {:#?}", self.told),
        }
    }

    #[track_caller]
    pub(crate) fn end_of(&self, name: &str) -> &SpanEnd<'static> {
        let id = self.span(name).id;
        let end = self.told.iter().find_map(|told| match told {
            Happening::SpanEnd(end) if end.id == id => Some(end),
            _ => None,
        });
        end.unwrap_or_else(|| panic!("`{name}` has no end in {:#?}", self.told))
    }

    #[track_caller]
    pub(crate) fn event(&self, name: &str) -> &PointInTime<'static> {
        let found = self.events().find(|event| event.name == name);
        found.unwrap_or_else(|| panic!("no event `{name}` in {:#?}", self.told))
    }

    /// All of it as text.
    pub(crate) fn text(&self) -> String {
        json!(self.told).to_string()
    }
}

//! Random trees of spans, over tasks and threads and over many runs at once, come back as they were.

use std::{
    collections::BTreeMap,
    pin::Pin,
    sync::{Arc, Mutex, Once, PoisonError},
};

use proptest::prelude::*;
use serde_json::Value;
use tracing::Instrument as _;

use super::*;
use crate::worker::protocol::{Happening, Observation};

/// How the work of a span is done.
#[derive(Clone, Copy, Debug)]
enum Way {
    Awaited,
    Entered,
    Task,
    BlockingTask,
    Thread,
}

/// A span, with so many events of its own.
#[derive(Clone, Debug)]
struct Node {
    way: Way,
    events: u8,
    within: Vec<Node>,
}

fn node() -> impl Strategy<Value = Node> {
    let way = prop_oneof![
        Just(Way::Awaited),
        Just(Way::Entered),
        Just(Way::Task),
        Just(Way::BlockingTask),
        Just(Way::Thread),
    ];
    let leaf = (way.clone(), 0..3_u8).prop_map(|(way, events)| Node {
        way,
        events,
        within: Vec::new(),
    });
    leaf.prop_recursive(4, 24, 4, move |inner| {
        (way.clone(), 0..3_u8, prop::collection::vec(inner, 0..4)).prop_map(
            |(way, events, within)| Node {
                way,
                events,
                within,
            },
        )
    })
}

/// What a tree is recorded as: its labels, and for each how many events.
type Shape = BTreeMap<String, u8>;

fn shape(nodes: &[Node], around: &str, into: &mut Shape) {
    for (number, node) in nodes.iter().enumerate() {
        let label = format!("{around}/{number}");
        into.insert(label.clone(), node.events);
        shape(&node.within, &label, into);
    }
}

fn perform(nodes: Vec<Node>, around: String) -> Pin<Box<dyn Future<Output = ()> + Send>> {
    Box::pin(async move {
        let mut started = Vec::new();
        for (number, node) in nodes.into_iter().enumerate() {
            let label = format!("{around}/{number}");
            let span = tracing::info_span!("node", %label);
            match node.way {
                Way::Awaited => work(node, label).instrument(span).await,
                Way::Entered => span.in_scope(|| say(node.events, &label)),
                Way::Task => started.push(tokio::spawn(work(node, label).instrument(span))),
                Way::BlockingTask => {
                    let work = move || span.in_scope(|| say(node.events, &label));
                    started.push(tokio::task::spawn_blocking(work));
                }
                Way::Thread => {
                    // Entered on a thread of its own and, meanwhile, on this one.
                    let here = span.clone();
                    let thread = std::thread::spawn(move || {
                        span.in_scope(|| say(node.events, &label));
                    });
                    here.in_scope(|| thread.join().unwrap());
                }
            }
        }
        for task in started {
            task.await.unwrap();
        }
    })
}

async fn work(node: Node, label: String) {
    say(node.events, &label);
    tokio::task::yield_now().await;
    perform(node.within, label).await;
}

fn say(events: u8, label: &str) {
    for _ in 0..events {
        tracing::info!(label, "said");
    }
}

/// Only what is awaited or a task has room for more within.
fn pruned(mut node: Node) -> Node {
    node.within = match node.way {
        Way::Awaited | Way::Task => node.within.into_iter().map(pruned).collect(),
        Way::Entered | Way::BlockingTask | Way::Thread => Vec::new(),
    };
    node
}

/// Keeps all it is told, as text.
#[derive(Clone, Default)]
struct Kept(Arc<Mutex<Vec<String>>>);

impl Sink for Kept {
    fn send(&self, observation: Observation<'_>) {
        let text = serde_json::to_string(&observation).unwrap();
        self.0
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .push(text);
    }
}

fn install() {
    static ONCE: Once = Once::new();
    ONCE.call_once(|| {
        filter::want(&"info".parse().unwrap());
        let subscriber = Registry::default().with(ObserveLayer.with_filter(ObserveFilter));
        tracing::subscriber::set_global_default(subscriber).unwrap();
    });
}

fn label(attributes: Option<&serde_json::value::RawValue>) -> String {
    let attributes: Value = serde_json::from_str(attributes.expect("attributes").get()).unwrap();
    attributes["label"].as_str().unwrap().to_owned()
}

/// Rebuilds the trees, and checks that each span has one start and one end, and stands within the right one.
fn rebuilt(told: &[String]) -> BTreeMap<u64, Shape> {
    let mut labels: BTreeMap<(u64, u64), String> = BTreeMap::new();
    let mut open: BTreeMap<(u64, u64), String> = BTreeMap::new();
    let mut shapes: BTreeMap<u64, Shape> = BTreeMap::new();
    for text in told {
        let Observation { run, what, .. } = serde_json::from_str(text).unwrap();
        let shape = shapes.entry(run).or_default();
        let around = |parent: Option<u64>| match parent {
            Some(parent) => labels[&(run, parent)].clone(),
            None => format!("run-{run}"),
        };
        match what {
            Happening::SpanStart(start) => {
                let label = label(start.attributes.as_deref());
                assert_eq!(label.rsplit_once('/').unwrap().0, around(start.parent));
                assert_eq!(shape.insert(label.clone(), 0), None, "{label} began twice");
                open.insert((run, start.id), label.clone());
                assert_eq!(labels.insert((run, start.id), label), None);
            }
            Happening::Event(event) => {
                let label = label(event.attributes.as_deref());
                assert_eq!(label, around(event.parent));
                *shape.get_mut(&label).expect("its span began") += 1;
            }
            Happening::SpanEnd(end) => {
                open.remove(&(run, end.id)).expect("it is open");
            }
        }
    }
    assert!(open.is_empty(), "no end: {open:?}");
    shapes
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(48))]

    #[test]
    fn trees_come_back_each_in_its_own_run(
        runs in prop::collection::vec(prop::collection::vec(node().prop_map(pruned), 1..4), 1..6),
    ) {
        install();
        let kept = Kept::default();
        let recorder = Arc::new(Recorder::new(1_000, Mask::default(), Box::new(kept.clone())));
        let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(2).build().unwrap();
        runtime.block_on(async {
            let tasks = (1_u64..).zip(runs.clone()).map(|(run, nodes)| {
                let scope = Scope::new(Some(ObservedRun::new(run, Arc::clone(&recorder))));
                tokio::spawn(async move {
                    let mut agent = perform(nodes, format!("run-{run}"));
                    std::future::poll_fn(|context| scope.within(|| agent.as_mut().poll(context))).await;
                    scope.within(move || drop(agent));
                    scope.end();
                })
            });
            for task in tasks.collect::<Vec<_>>() {
                task.await.unwrap();
            }
        });
        let told = kept.0.lock().unwrap_or_else(PoisonError::into_inner);
        let expected: BTreeMap<u64, Shape> = (1..)
            .zip(&runs)
            .map(|(run, nodes)| {
                let mut expected = Shape::new();
                shape(nodes, &format!("run-{run}"), &mut expected);
                (run, expected)
            })
            .collect();
        prop_assert_eq!(rebuilt(&told), expected);
    }
}

#[test]
fn outside_of_a_run_and_after_its_end_nothing_is_told() {
    install();
    let kept = Kept::default();
    let recorder = Arc::new(Recorder::new(
        1_000,
        Mask::default(),
        Box::new(kept.clone()),
    ));
    tracing::info_span!("outside").in_scope(|| tracing::info!("said"));
    let scope = Scope::new(Some(ObservedRun::new(1, recorder)));
    let span = scope.within(|| tracing::info_span!("within"));
    scope.end();
    span.in_scope(|| tracing::info!("too late"));
    drop(span);
    let told = kept.0.lock().unwrap_or_else(PoisonError::into_inner);
    assert_eq!(told.len(), 1, "{told:?}");
    assert!(told[0].contains("span_start"), "{told:?}");
}

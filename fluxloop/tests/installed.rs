//! What a test installs in its process stays there: its subscriber, and its panic hook. There can be but one of each, so
//! these tests have a process to themselves.

use std::{
    panic::{self, catch_unwind},
    sync::{Arc, Mutex, PoisonError},
};

use fluxloop::{Experiment, ExperimentResult, artifact::read::ObservationTree};
use tracing_subscriber::{
    Layer, Registry,
    layer::{Context, SubscriberExt as _},
    util::SubscriberInitExt as _,
};

#[fluxloop::agent]
fn tells(input: String) -> String {
    assert_ne!(input, "panic", "told to panic");
    tracing::info!("heard {input}");
    tracing::trace!("murmured {input}");
    input
}

/// Counts the events of the agent that it sees.
#[derive(Clone, Default)]
struct Seen(Arc<Mutex<usize>>);

impl Seen {
    fn count(&self) -> usize {
        *self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Layer<Registry> for Seen {
    fn on_event(&self, event: &tracing::Event<'_>, _: Context<'_, Registry>) {
        if event.metadata().target() == "installed" {
            *self.0.lock().unwrap_or_else(PoisonError::into_inner) += 1;
        }
    }
}

fn run(folder: &std::path::Path, level: &str) -> (ExperimentResult, ObservationTree) {
    let experiment = Experiment::from_config(folder.join("simulation.yaml")).expect("it is there");
    let experiment = experiment.set("observe.level", level);
    let result = experiment.run().expect("it runs");
    let run = result
        .runs()
        .expect("rows")
        .next()
        .expect("a row")
        .expect("a row");
    let happened = result
        .observations(&run)
        .expect("rows")
        .expect("it is saved");
    (result, happened)
}

fn project() -> tempfile::TempDir {
    let folder = tempfile::tempdir().expect("a folder");
    let simulation = "base_inputs: [{input: hello}]\n";
    std::fs::write(folder.path().join("simulation.yaml"), simulation).expect("it is written");
    folder
}

fn names(happened: &ObservationTree) -> Vec<&str> {
    let names = happened.walk().map(|visit| visit.observation.name.as_str());
    names.collect()
}

#[test]
fn the_panic_hook_of_a_test_hears_of_all_panics() {
    let folder = project();
    let heard = Arc::new(Mutex::new(String::new()));
    let previous = panic::take_hook();
    panic::set_hook(Box::new({
        let heard = Arc::clone(&heard);
        move |info| {
            let mut heard = heard.lock().unwrap_or_else(PoisonError::into_inner);
            heard.push_str(info.payload_as_str().unwrap_or_default());
            previous(info);
        }
    }));
    let experiment = Experiment::from_config(folder.path().join("simulation.yaml")).unwrap();
    let result = experiment.input("panic").run().unwrap();
    let panicked = result
        .runs()
        .unwrap()
        .next()
        .unwrap()
        .unwrap()
        .error
        .unwrap();
    assert!(panicked.message.contains("told to panic"), "{panicked:?}");
    assert!(panicked.file.unwrap().ends_with("installed.rs"));
    assert!(catch_unwind(|| panic!("of the test")).is_err());
    let heard = heard.lock().unwrap_or_else(PoisonError::into_inner);
    assert!(
        heard.contains("told to panic") && heard.contains("of the test"),
        "{heard}"
    );
}

#[test]
fn the_subscriber_of_a_test_stays() {
    let folder = project();
    // Nothing is installed: it is recorded, and the place stays free.
    let (_, happened) = run(folder.path(), "info");
    assert_eq!(names(&happened), ["agent_run", "heard hello"]);
    let seen = Seen::default();
    #[expect(
        clippy::disallowed_methods,
        reason = "it tells this process from the other"
    )]
    let recorded = std::env::var_os("FLUXLOOP_TEST_WITHOUT_LAYER").is_none();
    let layer = recorded.then(fluxloop::layer);
    tracing_subscriber::registry()
        .with(seen.clone())
        .with(layer)
        .init();
    let (_, happened) = run(folder.path(), "info");
    assert_eq!(seen.count(), 2);
    if !recorded {
        insta::assert_snapshot!(names(&happened).join("\n"), @"
        agent_run
        nothing is recorded of this run: the test has installed a subscriber without `fluxloop::layer()` in it
        ");
        return;
    }
    assert_eq!(names(&happened), ["agent_run", "heard hello"]);
    let (_, happened) = run(folder.path(), "trace");
    assert_eq!(
        names(&happened),
        ["agent_run", "heard hello", "murmured hello"]
    );
    // What one experiment wanted is not recorded of the next.
    let (_, happened) = run(folder.path(), "info");
    assert_eq!(names(&happened), ["agent_run", "heard hello"]);
    // Without the layer: in another process.
    let own = std::env::current_exe().unwrap();
    let output = std::process::Command::new(own)
        .args(["--exact", "the_subscriber_of_a_test_stays"])
        .env("FLUXLOOP_TEST_WITHOUT_LAYER", "1")
        .output()
        .unwrap();
    assert!(
        output.status.success(),
        "{}",
        String::from_utf8_lossy(&output.stdout)
    );
}

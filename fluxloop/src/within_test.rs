//! What an experiment within a test does in place of the command.

use std::{
    collections::BTreeSet,
    io::{self, Write as _},
    sync::{Mutex, PoisonError},
};

use crate::{
    config::{Config, report},
    engine::{Approver, NobodyToAsk},
    env,
    export::TraceExport,
};

/// What was said in this process.
static SAID: Mutex<BTreeSet<String>> = Mutex::new(BTreeSet::new());

/// Says what is odd: on standard error itself, which libtest does not hold back, for what is green may be odd as well. Many
/// tests share a configuration, so what was said in this process is said no more.
pub(crate) fn say(report: &str) {
    let mut said = SAID.lock().unwrap_or_else(PoisonError::into_inner);
    if said.insert(report.to_owned()) {
        // Nobody is left to tell if stderr is closed.
        let _ = writeln!(io::stderr(), "{report}");
    }
}

/// A warning as a configuration's are reported.
pub(crate) fn warning(message: &str) -> String {
    report("warning", message, None, None)
}

/// Who allows tools, unless all of them are allowed: nobody.
pub(crate) fn approver(
    config: &Config,
    warn: &mut dyn FnMut(String),
) -> Option<&'static dyn Approver> {
    if config.multi_turn.auto_approve_tools {
        return None;
    }
    warn(warning(
        "every tool will be refused: tools have to be approved, and a test asks nobody; \
         set `multi_turn.auto_approve_tools: true` to approve them all",
    ));
    Some(&NobodyToAsk)
}

/// What sends runs as traces, where `OTEL_…` variables ask for that.
pub(crate) fn traces(warn: &mut dyn FnMut(String)) -> TraceExport {
    let variables = env::variables();
    TraceExport::start(
        |name| variables.get(name).cloned(),
        "fluxloop's feature `otlp` is off; turn it on in [dev-dependencies], \
         `fluxloop = { version = \"…\", features = [\"harness\", \"otlp\"] }`",
        &mut |message| warn(warning(&message)),
    )
}

//! A worker in one function.

use std::sync::Arc;

use fluxloop::{
    Context,
    agent::{AgentEntry, Arguments, BindError, Invocation, Registry, Reply},
};
use serde_json::{
    Value,
    value::{RawValue, to_raw_value},
};

pub(crate) fn agent(id: &str) -> &'static AgentEntry {
    let registry = Registry::collect().unwrap();
    registry
        .get(id)
        .unwrap_or_else(|| panic!("no agent `{id}`: {registry:?}"))
}

pub(crate) fn raw(value: &Value) -> Box<RawValue> {
    to_raw_value(value).unwrap()
}

pub(crate) fn input(value: &Value) -> Arguments {
    Arguments::Input(raw(value))
}

pub(crate) fn recording(value: &Value) -> Arguments {
    let named = value.as_object().unwrap().iter();
    Arguments::Named(
        named
            .map(|(name, value)| (name.clone(), raw(value)))
            .collect(),
    )
}

/// Binds and calls an agent. Both must agree on whether the arguments fit.
pub(crate) fn call(
    agent: &AgentEntry,
    arguments: &Arguments,
    context: Context,
) -> Result<Reply, BindError> {
    let bound = (agent.bind)(arguments);
    let invocation = (agent.call)(arguments, Arc::new(context));
    assert_eq!(bound, invocation.as_ref().map(drop).map_err(Clone::clone));
    Ok(match invocation? {
        Invocation::Blocking(run) => run(),
        Invocation::Async(run) => tokio::runtime::Builder::new_current_thread()
            .build()
            .unwrap()
            .block_on(run),
    })
}

/// The output of a call that succeeds.
pub(crate) fn output(id: &str, arguments: &Arguments) -> Value {
    let reply = call(agent(id), arguments, Context::default()).unwrap();
    serde_json::from_str(reply.unwrap().get()).unwrap()
}

/// The message of arguments that do not fit.
pub(crate) fn misfit(id: &str, arguments: &Arguments) -> String {
    call(agent(id), arguments, Context::default())
        .unwrap_err()
        .to_string()
}

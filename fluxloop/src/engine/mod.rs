//! The engine: keeps runs in flight, sees to retries and deadlines, and tells what happens as one ordered
//! stream of [`Event`](crate::event::Event)s. It prints nothing and knows nothing of where agents live.

mod approval;
mod attempt;
mod cases;
mod clock;
mod consumers;
mod execute;
mod failure;
mod in_flight;
mod judge;
mod notice;
mod recording;
mod run;
mod runtime;
mod settings;
mod signals;
mod stop;
mod talk;
mod view;

pub use approval::{ApprovalRequest, Approver, NobodyToAsk};
pub use clock::{Clock, SystemClock};
pub use consumers::Consumers;
pub use execute::{DRAIN_LIMIT, EngineError, Experiment};
pub use runtime::runtime;
pub use settings::{Settings, ToolSight};
pub use signals::Signals;
pub use stop::{Stop, StopLevel, Stopper};

#[cfg(test)]
pub(crate) use recording::Recording;

#[cfg(test)]
mod tests;

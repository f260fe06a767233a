use serde::Deserialize;
use serde_json::{Value, value::RawValue};

use crate::{
    check::ToolCall,
    engine::settings::ToolSight,
    worker::protocol::{SpanEnd, SpanKind, SpanStart},
};

/// The most calls of tools that are known of a run.
const MOST_CALLS: usize = 1_000;

/// The calls of tools in a run, in the order in which they began. Nothing is kept where nobody asks.
#[derive(Debug)]
pub(super) struct ToolCalls {
    is_asked_for: bool,
    kept: Vec<Kept>,
    /// There were more than are kept.
    has_more: bool,
    /// Anything was told at all.
    has_told: bool,
}

#[derive(Debug)]
struct Kept {
    /// The call of the agent, and the span in it.
    id: (u32, u64),
    /// It is a tool's, which some spans turn out to be only when they end.
    is_tool: bool,
    call: ToolCall,
}

/// A value that was too long to be recorded.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Cut {
    #[serde(rename = "truncated")]
    _truncated: String,
    #[serde(rename = "bytes")]
    _bytes: u64,
}

impl ToolCalls {
    pub(super) fn new(is_asked_for: bool) -> Self {
        Self {
            is_asked_for,
            kept: Vec::new(),
            has_more: false,
            has_told: false,
        }
    }

    /// Something was told, whatever it was.
    pub(super) fn heard(&mut self) {
        self.has_told = true;
    }

    pub(super) fn began(&mut self, id: (u32, u64), start: &SpanStart<'_>) {
        // A generation is never a tool; what it is part of may be.
        if !self.is_asked_for || start.kind == SpanKind::Generation {
            return;
        }
        if self.kept.len() == MOST_CALLS {
            // Those that turned out to be something else make room.
            self.has_more |= start.kind == SpanKind::Tool;
            return;
        }
        self.kept.push(Kept {
            id,
            is_tool: start.kind == SpanKind::Tool,
            call: ToolCall {
                name: start.name.clone().into_owned(),
                arguments: start.input.as_deref().and_then(whole),
                output: None,
                error: None,
            },
        });
    }

    pub(super) fn ended(&mut self, id: (u32, u64), end: &SpanEnd<'_>) {
        let Some(at) = self.kept.iter().rposition(|kept| kept.id == id) else {
            self.has_more |= self.is_asked_for && end.kind == Some(SpanKind::Tool);
            return;
        };
        let kept = &mut self.kept[at];
        kept.is_tool |= end.kind == Some(SpanKind::Tool);
        if !kept.is_tool {
            self.kept.remove(at);
            return;
        }
        kept.call.output = end.output.as_deref().and_then(whole);
        kept.call.error = end
            .error
            .as_ref()
            .map(|error| error.message.clone().into_owned());
    }

    /// Those within these calls of the agent.
    pub(super) fn of(&self, calls: &[u32]) -> Vec<ToolCall> {
        let wanted = |kept: &&Kept| kept.is_tool && calls.contains(&kept.id.0);
        let kept = self.kept.iter().filter(wanted);
        kept.map(|kept| kept.call.clone()).collect()
    }

    /// Why there may have been others.
    pub(super) fn missing(&self, sight: ToolSight) -> Option<String> {
        let reason = match sight {
            _ if self.has_more => {
                return Some(format!(
                    "more than {MOST_CALLS} spans began, and no more are kept"
                ));
            }
            ToolSight::Nothing => "`observe.level: off` records no calls of tools",
            ToolSight::OfTalkative if !self.has_told => {
                "nothing was recorded of the run: the agents' own subscriber may be without `fluxloop::layer()`"
            }
            ToolSight::Marked => {
                "`observe.level` or `observe.filter` leaves spans out, and calls of tools may be among them"
            }
            ToolSight::All | ToolSight::OfTalkative => return None,
        };
        Some(reason.to_owned())
    }
}

/// A value, unless it was cut.
fn whole(value: &RawValue) -> Option<Value> {
    if serde_json::from_str::<Cut>(value.get()).is_ok() {
        return None;
    }
    serde_json::from_str(value.get()).ok()
}

//! The lines of `observations.jsonl`.

use std::io::Write as _;

use serde::Serialize;

use super::row::{UsageRow, set_rfc_3339};
use crate::{
    event::{Observation, SpanId, What},
    json_line::push_json,
    summary::milliseconds,
};

/// Writes observations as lines. By hand, since most of a line are keys, ids and moments, which hold nothing to be
/// escaped: as a serialised struct a line costs the engine three times as much.
#[derive(Debug, Default)]
pub(super) struct LineWriter {
    // An observation's moments as text, in memory that is used again.
    at: String,
    started_at: String,
}

impl LineWriter {
    /// Appends an observation of a run as one line.
    ///
    /// # Errors
    ///
    /// When a part of it has no form in JSON; the lines are as they were then.
    pub(super) fn push(
        &mut self,
        lines: &mut Vec<u8>,
        trace_id: &str,
        observation: &Observation<'_>,
    ) -> serde_json::Result<()> {
        let begin = lines.len();
        let written = self.fields(&mut Fields(lines), trace_id, observation);
        match &written {
            Ok(()) => lines.extend_from_slice(b"}\n"),
            Err(_) => lines.truncate(begin),
        }
        written
    }

    fn fields(
        &mut self,
        line: &mut Fields<'_>,
        trace_id: &str,
        observation: &Observation<'_>,
    ) -> serde_json::Result<()> {
        set_rfc_3339(&mut self.at, observation.at);
        line.plain("{\"trace_id\":", trace_id);
        line.plain(
            ",\"type\":",
            match observation.what {
                What::Start { .. } => "span_start",
                What::End(_) => "span_end",
                What::Moment { .. } => "event",
            },
        );
        line.plain(",\"timestamp\":", &self.at);
        line.value(",\"name\":", &observation.name)?;
        line.span(",\"id\":", trace_id, observation.id)?;
        line.span(",\"parent_id\":", trace_id, observation.parent)?;
        line.plain(",\"kind\":", observation.kind.word());
        if let Some(level) = observation.level {
            line.plain(",\"level\":", level.word());
        }
        match &observation.what {
            What::Start { input } => {
                line.some(",\"input\":", input.as_ref())?;
                line.some(",\"attributes\":", observation.attributes.as_ref())?;
                line.plain(",\"start_time\":", &self.at);
            }
            What::Moment { input, output } => {
                line.some(",\"input\":", input.as_ref())?;
                line.some(",\"output\":", output.as_ref())?;
                line.some(",\"attributes\":", observation.attributes.as_ref())?;
            }
            What::End(ended) => {
                set_rfc_3339(&mut self.started_at, ended.started_at);
                line.some(",\"input\":", ended.input.as_ref())?;
                line.some(",\"output\":", ended.output.as_ref())?;
                line.some(",\"error\":", ended.error.as_ref())?;
                line.some(",\"model\":", ended.model.as_ref())?;
                line.some(",\"token_usage\":", UsageRow::of(ended.usage).as_ref())?;
                line.some(",\"attributes\":", observation.attributes.as_ref())?;
                line.plain(",\"start_time\":", &self.started_at);
                line.plain(",\"end_time\":", &self.at);
                line.value(",\"duration_ms\":", &milliseconds(ended.duration))?;
            }
        }
        Ok(())
    }
}

/// The fields of a line. What comes before a field's value is written as it is given.
struct Fields<'l>(&'l mut Vec<u8>);

impl Fields<'_> {
    /// A text of our own, in which nothing is to be escaped.
    fn plain(&mut self, before: &str, text: &str) {
        let Self(line) = self;
        line.extend_from_slice(before.as_bytes());
        line.push(b'"');
        line.extend_from_slice(text.as_bytes());
        line.push(b'"');
    }

    /// Any value.
    fn value(&mut self, before: &str, value: &impl Serialize) -> serde_json::Result<()> {
        let Self(line) = self;
        line.extend_from_slice(before.as_bytes());
        push_json(line, value)
    }

    /// A value that may not be there.
    fn some(&mut self, before: &str, value: Option<&impl Serialize>) -> serde_json::Result<()> {
        value.map_or(Ok(()), |value| self.value(before, value))
    }

    /// The id of a span, if there is one: `trace_001.0` is the one around all else.
    fn span(
        &mut self,
        before: &str,
        trace_id: &str,
        span: Option<SpanId>,
    ) -> serde_json::Result<()> {
        let Some(span) = span else { return Ok(()) };
        let Self(line) = self;
        line.extend_from_slice(before.as_bytes());
        match span {
            // Nearly all of them. Formatting would cost as much as the rest of the line.
            SpanId::Told { call, span } => {
                line.push(b'"');
                line.extend_from_slice(trace_id.as_bytes());
                line.push(b'.');
                serde_json::to_writer(&mut **line, &call)?;
                line.push(b'.');
                serde_json::to_writer(&mut **line, &span)?;
                line.push(b'"');
                Ok(())
            }
            other => write!(line, "\"{trace_id}.{other}\"").map_err(serde_json::Error::io),
        }
    }
}

#[cfg(test)]
mod tests {
    use crate::{event::ObservationKind, worker::protocol::Level};

    #[test]
    fn words_are_those_that_readers_know() {
        for kind in [
            ObservationKind::Agent,
            ObservationKind::Turn,
            ObservationKind::Tool,
            ObservationKind::Generation,
            ObservationKind::Supervisor,
            ObservationKind::Span,
        ] {
            assert_eq!(serde_json::to_value(kind).unwrap(), kind.word());
        }
        for level in [
            Level::Trace,
            Level::Debug,
            Level::Info,
            Level::Warn,
            Level::Error,
        ] {
            assert_eq!(serde_json::to_value(level).unwrap(), level.word());
        }
    }
}

//! A run as a check sees it.

use crate::{
    Message,
    check::{RunView, TokenUsage},
    event::Run,
    expect::RunFacts,
    supervisor::Speaker,
};

/// The view of a run that returned.
pub(super) fn of(run: &Run, facts: RunFacts) -> Option<RunView> {
    let case = &run.case;
    let conversation = run.conversation.as_ref();
    let said = conversation
        .into_iter()
        .flat_map(|conversation| &conversation.history);
    Some(RunView {
        case: case.name.clone(),
        iteration: case.iteration,
        input: case.input.recorded.clone(),
        output: run.outcome.output()?.to_owned(),
        persona: case.persona.as_deref().cloned(),
        metadata: case
            .input
            .recorded_metadata
            .as_deref()
            .and_then(|metadata| serde_json::from_str(metadata.get()).ok())
            .unwrap_or_default(),
        conversation: said
            .map(|said| match said.speaker {
                Speaker::User => Message::user(&said.content),
                Speaker::Assistant => Message::assistant(&said.content),
            })
            .collect(),
        turns: conversation.map_or(1, |conversation| conversation.turn_count),
        termination_reason: conversation.map(|conversation| conversation.end.reason().to_owned()),
        tool_calls: facts.tool_calls,
        missing_tool_calls: facts.missing_calls,
        token_usage: facts.usage.map(|usage| TokenUsage {
            input_tokens: usage.input_tokens,
            output_tokens: usage.output_tokens,
            is_complete: !facts.has_untold_tokens && usage.total_tokens().is_some(),
        }),
        duration_ns: u64::try_from(run.duration.as_nanos()).unwrap_or(u64::MAX),
    })
}

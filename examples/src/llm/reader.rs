//! An agent of rig's on a real language model, which looks into the documentation by itself: the model asks the tool
//! `search_documentation` for what it wants to read.
//!
//! Besides the attribute there is not a line of fluxloop in it: the questions to the model, the calls of the tool and the
//! tokens in `observations.jsonl` are what rig tells of itself. `configs/reader.yaml` is its experiment.

use std::error::Error;

use rig_agent::{
    AgentBuilder,
    tool::{Tool, ToolContext, ToolExecutionError},
};
use serde::Deserialize;
use serde_json::{Value, json};

use super::{AskError, PASSAGES, ROLE};
use crate::{
    docs::{self, QuestionError},
    env,
};

/// How often the model may be asked for one answer.
const MAX_TURNS: usize = 6;

/// Finds what the documentation says.
struct SearchDocumentation;

/// What the model wants to read about.
#[derive(Deserialize)]
struct Search {
    query: String,
}

impl Tool for SearchDocumentation {
    const NAME: &'static str = "search_documentation";
    type Args = Search;
    type Output = Vec<String>;
    type Error = QuestionError;

    fn description(&self) -> String {
        "Finds the passages of fluxloop's documentation that are nearest to a question, each with its page.".to_owned()
    }

    fn parameters(&self) -> Value {
        json!({
            "type": "object",
            "properties": {
                "query": { "type": "string", "description": "The question, in English, in a few words." },
            },
            "required": ["query"],
            "additionalProperties": false,
        })
    }

    /// The model reads what was wrong, and may try again.
    fn map_error(&self, error: Self::Error) -> ToolExecutionError {
        ToolExecutionError::invalid_args(error.to_string())
    }

    async fn call(
        &self,
        _: &mut ToolContext,
        Search { query }: Search,
    ) -> Result<Self::Output, Self::Error> {
        if query.trim().is_empty() {
            return Err(QuestionError::Empty);
        }
        Ok(docs::excerpts(&query, PASSAGES))
    }
}

/// Answers a question about fluxloop with a language model that searches the documentation until it knows.
///
/// # Errors
///
/// When the environment describes no provider, the provider does not answer, or the model searches without end.
#[fluxloop::agent]
pub async fn read(question: String) -> Result<String, Box<dyn Error + Send + Sync>> {
    let provider = env::provider()?;
    let model = provider.config().client().chat(&provider.model);
    let agent = AgentBuilder::new(model)
        .preamble(format!(
            "{ROLE} Look into the documentation before you answer, say what it says, and name the page. \
             If it does not say, say so."
        ))
        .tool(SearchDocumentation)
        .default_max_turns(MAX_TURNS)
        // Without it rig tells of models and tokens, and keeps to itself what was said.
        .record_content_telemetry(true)
        .build();
    let answer = agent.prompt(question).await?.output();
    if answer.trim().is_empty() {
        let address = provider.base_url;
        return Err(AskError::NoText { address }.into());
    }
    Ok(answer)
}

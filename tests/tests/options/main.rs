//! Every option of `run experiment`, by its flag and by its variable, told by what it changes outside.

mod cargo;
mod cases;
mod configuration;
mod conversation;
mod execution;
mod gate;
mod output;
mod precedence;
mod selection;

use serde_json::Value;
use tests::Experiment;

/// What the agent answered, by input; `None` where the run failed.
fn answers(experiment: &Experiment) -> Vec<(String, Option<String>)> {
    let rows = experiment.rows("trace_summary.jsonl");
    let text = |value: &Value| value.as_str().map(str::to_owned);
    rows.iter()
        .map(|row| {
            (
                text(&row["input"]).unwrap_or_default(),
                text(&row["output"]),
            )
        })
        .collect()
}

/// What the agent answered, in the order the runs ended.
fn outputs(experiment: &Experiment) -> Vec<String> {
    let answers = answers(experiment).into_iter();
    answers.filter_map(|(_, output)| output).collect()
}

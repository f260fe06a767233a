use std::fmt;

use crate::{agent::BindError, plan::Plan, worker::protocol::AgentInfo};

/// How many inputs that do not fit are named.
const MOST_NAMED: usize = 10;

/// Inputs that do not fit the agent's parameters.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Unfit {
    agent: String,
    total: usize,
    named: Vec<String>,
}

impl Unfit {
    /// Judges what came of binding each of a plan's distinct inputs, in their order.
    ///
    /// # Errors
    ///
    /// All inputs that do not fit, of which the first ten are named.
    pub fn check(
        agent: &AgentInfo,
        plan: &Plan,
        answers: impl IntoIterator<Item = Option<BindError>>,
    ) -> Result<(), Self> {
        let mut unfit = Self {
            agent: agent.target(),
            total: 0,
            named: Vec::new(),
        };
        let mut last = None;
        for (input, error) in plan.distinct_inputs().zip(answers) {
            let Some(error) = error else { continue };
            // With a template each persona has a text of its own, of one entry of the file.
            if last.replace(&input.id) == Some(&input.id) {
                continue;
            }
            unfit.total += 1;
            if unfit.named.len() < MOST_NAMED {
                let call = input.call.as_ref();
                let with = call.map_or_else(String::new, |call| format!(" with {}", call.place));
                unfit.named.push(format!(
                    "{}{with}: input `{}`: {error}",
                    input.place, input.id
                ));
            }
        }
        if unfit.total == 0 { Ok(()) } else { Err(unfit) }
    }

    /// What to do about it.
    #[must_use]
    pub fn hint(&self) -> &'static str {
        "change the inputs, or the types of the agent's parameters; nothing was run"
    }
}

impl std::error::Error for Unfit {}

impl fmt::Display for Unfit {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (inputs, verb) = if self.total == 1 {
            ("input does", "its type")
        } else {
            ("inputs do", "their types")
        };
        write!(
            f,
            "{} {inputs} not fit agent `{}` ({verb} said so):",
            self.total, self.agent
        )?;
        for line in &self.named {
            write!(f, "\n{line}")?;
        }
        match self.total - self.named.len() {
            0 => Ok(()),
            more => write!(f, "\nand {more} more"),
        }
    }
}

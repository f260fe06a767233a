use super::spans::Open;
use crate::event::{ObservationKind, TurnActions};

/// What the agent does in each turn of a conversation, in the order in which it begins.
#[derive(Debug, Default)]
pub(super) struct Actions(Vec<TurnActions>);

impl Actions {
    pub(super) fn turn_began(&mut self, turn: u32) {
        self.0.push(TurnActions::new(turn));
    }

    /// Adds what a span is of to the present turn, if it is an action, and says where that stands.
    pub(super) fn add(&mut self, open: &Open, model: Option<&str>) -> Option<usize> {
        let action = match open.kind {
            ObservationKind::Tool => format!("tool:{}", open.name),
            ObservationKind::Generation => generation(model.unwrap_or(&open.name)),
            _ => return None,
        };
        let turn = self.0.last_mut()?;
        turn.actions.push(action);
        Some(turn.actions.len() - 1)
    }

    /// Calls a generation by its model, where that was not known when it began.
    pub(super) fn name(&mut self, action: usize, open: &Open, model: Option<&str>) {
        if let (ObservationKind::Generation, None, Some(model)) = (open.kind, &open.model, model)
            && let Some(turn) = self.0.last_mut()
            && let Some(action) = turn.actions.get_mut(action)
        {
            *action = generation(model);
        }
    }
}

impl From<Actions> for Vec<TurnActions> {
    fn from(Actions(turns): Actions) -> Self {
        turns
    }
}

fn generation(model: &str) -> String {
    format!("generation:{model}")
}

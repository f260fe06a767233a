use serde::{Deserialize, Serialize};

use super::orders::Order;

/// What a customer can have done, once they agree.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(super) enum Action {
    Cancel,
    Refund,
    /// Deliver to another address.
    Readdress(String),
}

impl Action {
    /// Asks before it is done: nothing is changed without a yes.
    pub(super) fn question(&self, order: &Order) -> String {
        let Order { number, item, .. } = order;
        match self {
            Self::Cancel => format!("Shall I cancel order {number}, {item}? Please say yes or no."),
            Self::Refund => format!(
                "Shall I refund {} euros for order {number}, {item}? Please say yes or no.",
                order.refundable().unwrap_or_default()
            ),
            Self::Readdress(address) => {
                format!("Shall I send order {number}, {item}, to {address}? Please say yes or no.")
            }
        }
    }
}

/// What a message asks for.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Request {
    pub(super) order: Option<String>,
    pub(super) action: Option<Action>,
    pub(super) agrees: bool,
    pub(super) refuses: bool,
}

impl Request {
    pub(super) fn read(message: &str) -> Self {
        let words: Vec<String> = message
            .split(|character: char| !character.is_alphanumeric() && character != '-')
            .filter(|word| !word.is_empty())
            .map(str::to_lowercase)
            .collect();
        let says = |known: &[&str]| words.iter().any(|word| known.contains(&word.as_str()));
        let action = match address(message) {
            _ if says(&["refund", "money"]) => Some(Action::Refund),
            _ if says(&["cancel"]) => Some(Action::Cancel),
            Some(address) if says(&["address", "send", "deliver"]) => {
                Some(Action::Readdress(address))
            }
            _ => None,
        };
        Self {
            order: words
                .iter()
                .find(|word| is_order(word))
                .map(|word| word.to_uppercase()),
            agrees: says(&["yes", "please", "ok"]) && action.is_none(),
            refuses: says(&["no", "stop"]) && action.is_none(),
            action,
        }
    }
}

fn is_order(word: &str) -> bool {
    word.strip_prefix("a-")
        .is_some_and(|number| number.len() == 4 && number.bytes().all(|byte| byte.is_ascii_digit()))
}

/// What stands behind the last ` to `, without the end of the sentence.
fn address(message: &str) -> Option<String> {
    let (_, address) = message.rsplit_once(" to ")?;
    let address = address.trim_end_matches(['.', '!', '?']).trim();
    (!address.is_empty()).then(|| address.to_owned())
}

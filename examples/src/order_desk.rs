//! A support agent that really keeps state: an order desk that looks up, changes, cancels and refunds.
//!
//! It has no model: it knows its customers' words by heart, so that a conversation with it is the same every time.
//! What it has done for a customer is the conversation's own [state](fluxloop::Context::state). Money goes back only
//! with [approval](fluxloop::Context::approve_tool).

mod orders;
mod request;

use fluxloop::{Context, StateError};
use serde::{Deserialize, Serialize};

use orders::{Order, Status};
use request::{Action, Request};

/// What the desk keeps of a conversation.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
struct Desk {
    /// Orders as they are after what was done to them.
    changed: Vec<Order>,
    /// The order that the customer talks about.
    current: Option<String>,
    /// What waits for a yes.
    pending: Option<Action>,
}

/// What the tool of this name is called with.
#[derive(Debug, Serialize)]
struct Refund<'a> {
    order: &'a str,
    euros: u32,
}

/// Answers a customer.
///
/// # Errors
///
/// When the conversation's state is not the desk's.
#[fluxloop::agent]
pub async fn serve(message: &str, context: &Context) -> Result<String, StateError> {
    let mut desk: Desk = context.state()?;
    let answer = desk.answer(&Request::read(message), context).await;
    context.set_state(&desk)?;
    Ok(answer)
}

impl Desk {
    async fn answer(&mut self, request: &Request, context: &Context) -> String {
        if let Some(number) = &request.order {
            self.current = Some(number.clone());
        }
        if request.agrees
            && let Some(action) = self.pending.take()
        {
            return self.carry_out(action, context).await;
        }
        if request.refuses && self.pending.take().is_some() {
            return "All right, I have left the order as it is.".to_owned();
        }
        let Some(order) = self.order() else {
            return match &self.current {
                Some(number) => format!(
                    "I find no order {number}. Could you check the number? It looks like A-1001."
                ),
                None => "Which order is it about? Its number looks like A-1001.".to_owned(),
            };
        };
        match &request.action {
            Some(Action::Refund) if order.status == Status::Refunded => order.description(),
            Some(Action::Refund) if order.refundable().is_none() => {
                format!(
                    "Order {} has not been paid, so there is nothing to refund.",
                    order.number
                )
            }
            Some(Action::Cancel | Action::Readdress(_)) if order.status == Status::Delivered => {
                format!(
                    "Order {} has been delivered. I can refund it instead.",
                    order.number
                )
            }
            Some(action) => {
                let question = action.question(&order);
                self.pending = Some(action.clone());
                question
            }
            None => order.description(),
        }
    }

    /// The order that the customer talks about, as it is now.
    fn order(&self) -> Option<Order> {
        let number = self.current.as_deref()?;
        let changed = self.changed.iter().find(|order| order.number == number);
        changed.cloned().or_else(|| orders::find(number))
    }

    /// Does what the customer has agreed to, and confirms that it is done.
    async fn carry_out(&mut self, action: Action, context: &Context) -> String {
        let Some(mut order) = self.order() else {
            return "Which order is it about? Its number looks like A-1001.".to_owned();
        };
        let done = match action {
            Action::Cancel => {
                order.status = Status::Cancelled;
                format!("Done: order {} is cancelled.", order.number)
            }
            Action::Refund => {
                let amount = order.refundable().unwrap_or_default();
                let refund = Refund {
                    order: &order.number,
                    euros: amount,
                };
                if !context.approve_tool("refund", &refund).await.is_approved() {
                    return format!(
                        "I am sorry, I may not refund order {}. A colleague will get in touch with you.",
                        order.number
                    );
                }
                order.status = Status::Refunded;
                format!(
                    "Done: {amount} euros for order {} are on their way back to you.",
                    order.number
                )
            }
            Action::Readdress(address) => {
                let done = format!("Done: order {} now goes to {address}.", order.number);
                order.address = address;
                done
            }
        };
        self.changed.retain(|other| other.number != order.number);
        self.changed.push(order);
        done
    }
}

#[cfg(test)]
mod tests;

use fluxloop::Context;

use super::*;

/// A conversation: what the desk answers to each message.
fn conversation(messages: &[&str]) -> Vec<String> {
    conversation_in(&Context::default(), messages)
}

fn conversation_in(context: &Context, messages: &[&str]) -> Vec<String> {
    let runtime = tokio::runtime::Builder::new_current_thread()
        .build()
        .unwrap();
    let answer = |message: &&str| runtime.block_on(serve(message, context)).unwrap();
    messages.iter().map(answer).collect()
}

#[test]
fn an_order_is_looked_up() {
    assert_eq!(
        conversation(&["Where is my order?", "It is A-1002", "and a-9999?"]),
        [
            "Which order is it about? Its number looks like A-1001.",
            "Order A-1002, two lamps, is on its way to 3 Station Road.",
            "I find no order A-9999. Could you check the number? It looks like A-1001.",
        ]
    );
}

#[test]
fn nothing_is_done_without_a_yes() {
    assert_eq!(
        conversation(&["Cancel A-1001", "No, wait", "Where is it?"])[1..],
        [
            "All right, I have left the order as it is.",
            "Order A-1001, a kettle, is being packed and goes to 12 Harbour Street.",
        ]
    );
}

#[test]
fn what_was_done_is_remembered() {
    assert_eq!(
        conversation(&[
            "Please send A-1001 to 5 Mill Lane.",
            "Yes",
            "Where does it go now?",
            "I want my money back",
            "yes please",
            "Refund it again",
        ])[1..],
        [
            "Done: order A-1001 now goes to 5 Mill Lane.",
            "Order A-1001, a kettle, is being packed and goes to 5 Mill Lane.",
            "Shall I refund 35 euros for order A-1001, a kettle? Please say yes or no.",
            "Done: 35 euros for order A-1001 are on their way back to you.",
            "Order A-1001, a kettle, is refunded.",
        ]
    );
}

#[test]
fn what_is_delivered_is_not_cancelled() {
    assert_eq!(
        conversation(&["cancel A-1003"]),
        ["Order A-1003 has been delivered. I can refund it instead."]
    );
}

#[test]
fn without_approval_nothing_is_refunded() {
    let context = Context::default().with_auto_approve_tools(false);
    assert_eq!(
        conversation_in(
            &context,
            &[
                "Refund A-1003",
                "Yes",
                "What about A-1003?",
                "Cancel A-1001",
                "Yes"
            ]
        )[1..],
        [
            "I am sorry, I may not refund order A-1003. A colleague will get in touch with you.",
            "Order A-1003, a desk, was delivered to 8 Mill Lane.",
            "Shall I cancel order A-1001, a kettle? Please say yes or no.",
            "Done: order A-1001 is cancelled.",
        ]
    );
}

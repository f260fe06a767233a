//! Conversations: how they go on, how each ends, and that one's end is no other's.

use super::doubles::{QUICK, Setup, Step};
use super::*;
use crate::{
    event::{ConversationEnd, ConversationState},
    supervisor::{MockDecision, MockSupervisor, Speaker, Supervisor},
};

fn scripted(questions: &[&str]) -> Supervisor {
    Supervisor::Mock(MockSupervisor {
        scripted_questions: questions
            .iter()
            .map(|question| (*question).to_owned())
            .collect(),
        closing: Some("Thank you!".to_owned()),
        ..MockSupervisor::default()
    })
}

#[tokio::test(start_paused = true)]
async fn a_script_is_played_to_its_end() {
    let mut setup = Setup::new([], 1);
    setup.supervisor = Some(scripted(&[
        "Can you explain more?",
        "What about edge cases?",
    ]));
    setup.run().await.expect("it finishes");
    insta::assert_snapshot!(setup.recorder.lines.join("\n"), @r"
    started 1
    > agent::any::in0::iter_0
    > trace_001 1/8: hello
    > trace_001 2/8: Can you explain more?
    > trace_001 3/8: What about edge cases?
    < trace_001 ok (1)
    finished, interrupted: false
    ");
    let conversation = &setup.recorder.conversations[0];
    assert_eq!(
        conversation.end,
        ConversationEnd::Stopped(Some("script_complete".to_owned()))
    );
    assert_eq!(conversation.end.state(), ConversationState::Completed);
    assert_eq!(
        (conversation.turn_count, setup.recorder.decisions()),
        (3, 3)
    );
    let said: Vec<_> = conversation
        .history
        .iter()
        .map(|said| {
            format!(
                "{} {:?}{}: {}",
                said.turn,
                said.speaker,
                if said.closing { "!" } else { "" },
                said.content
            )
        })
        .collect();
    insta::assert_snapshot!(said.join("\n"), @r"
    1 User: hello
    1 Assistant: said ***
    2 User: Can you explain more?
    2 Assistant: said ***
    3 User: What about edge cases?
    3 Assistant: said ***
    3 User!: Thank you!
    ");
}

#[tokio::test(start_paused = true)]
async fn the_agent_sees_turn_history_and_what_it_kept() {
    let mut setup = Setup::new([Step::Keep("1"), Step::Keep("2")], 1);
    setup.supervisor = Some(scripted(&["And then?", "And then?"]));
    setup.run().await.expect("it finishes");
    let seen = setup.host.contexts.borrow();
    let seen: Vec<_> = seen
        .iter()
        .map(|(turn, messages, state)| (*turn, *messages, state.as_deref()))
        .collect();
    assert_eq!(seen, [(1, 0, None), (2, 2, Some("1")), (3, 4, Some("2"))]);
    assert_eq!(
        *setup.host.inputs.borrow(),
        [r#""hello""#, r#""And then?""#, r#""And then?""#]
    );
}

#[tokio::test(start_paused = true)]
async fn without_an_end_there_is_a_last_turn() {
    let mut setup = Setup::new([], 1);
    setup.settings.max_turns = 4;
    setup.supervisor = Some(Supervisor::Mock(MockSupervisor {
        decision: MockDecision::Continue,
        ..MockSupervisor::default()
    }));
    setup.run().await.expect("it finishes");
    let conversation = &setup.recorder.conversations[0];
    assert_eq!(
        (&conversation.end, conversation.turn_count),
        (&ConversationEnd::MaxTurns, 4)
    );
    assert_eq!(conversation.end.state(), ConversationState::Terminated);
    assert_eq!(
        setup.recorder.decisions(),
        3,
        "after the last turn nobody is asked"
    );
}

#[tokio::test(start_paused = true)]
async fn below_the_least_turns_a_stop_is_not_accepted() {
    let mut setup = Setup::new([], 1);
    setup.settings.min_turns = 3;
    setup.supervisor = Some(Supervisor::Mock(MockSupervisor::default()));
    setup.run().await.expect("it finishes");
    assert_eq!(setup.recorder.conversations[0].turn_count, 3);
}

#[tokio::test(start_paused = true)]
async fn what_was_said_before_a_failure_is_kept() {
    for (step, kind) in [
        (Step::Err { transient: false }, FailureKind::AgentError),
        (Step::Crash, FailureKind::Crash),
        (Step::Hang, FailureKind::Timeout),
    ] {
        let mut setup = Setup::new([QUICK, QUICK, step], 2);
        setup.supervisor = Some(scripted(&["second", "third", "fourth"]));
        setup.run().await.expect("it finishes");
        assert_eq!(
            setup.recorder.kinds,
            [Some(kind), None],
            "one conversation's end is no other's"
        );
        let conversation = &setup.recorder.conversations[0];
        assert_eq!(
            (&conversation.end, conversation.turn_count),
            (&ConversationEnd::Error, 3)
        );
        assert_eq!(conversation.history.len(), 5, "{kind}");
        assert_eq!(conversation.history[4].speaker, Speaker::User);
        assert_eq!(setup.recorder.conversations[1].turn_count, 4);
    }
}

#[tokio::test(start_paused = true)]
async fn the_deadline_covers_the_conversation() {
    let takes = |seconds| Step::Echo {
        takes: Duration::from_secs(seconds),
    };
    let mut setup = Setup::new([takes(20), takes(30), Step::Hang], 1);
    setup.supervisor = Some(scripted(&["second", "third"]));
    setup.run().await.expect("it finishes");
    let limits: Vec<_> = setup
        .host
        .limits
        .borrow()
        .iter()
        .map(Duration::as_secs)
        .collect();
    assert_eq!(limits, [60, 40, 10]);
    assert_eq!(setup.recorder.durations, [Duration::from_mins(1)]);
}

#[tokio::test(start_paused = true)]
async fn a_retried_turn_is_one_turn() {
    let mut setup = Setup::new([QUICK, Step::Err { transient: true }, QUICK], 1);
    setup.settings.max_retries = 1;
    setup.supervisor = Some(scripted(&["second"]));
    setup.run().await.expect("it finishes");
    assert_eq!(
        (
            setup.recorder.attempts[0],
            setup.recorder.conversations[0].turn_count
        ),
        (3, 2)
    );
}

#[tokio::test(start_paused = true)]
async fn an_interrupted_conversation_keeps_what_was_said() {
    let mut setup = Setup::new([QUICK, Step::Hang, QUICK], 2);
    setup.settings.parallel = 2;
    setup.supervisor = Some(scripted(&["second"]));
    let (stopper, stop) = Stopper::new();
    setup.stop = stop;
    setup.recorder.stop_at_turn = Some((2, stopper, StopLevel::Now));
    setup.run().await.expect("it ends in order");
    let cut_off = &setup.recorder.conversations[0];
    assert_eq!(
        (&cut_off.end, cut_off.turn_count, cut_off.history.len()),
        (&ConversationEnd::Error, 2, 3)
    );
}

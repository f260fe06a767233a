use fluxloop::{replay::Replay, worker::protocol::AgentInfo};

use crate::terminal::Shell;

/// Says which calls are replayed, and warns of those that were calls of something else.
pub(super) fn tell(replay: &Replay, agent: &AgentInfo, shell: &Shell) {
    match &replay.calls[..] {
        [call] => shell.info(format_args!("Replaying the call in {}", call.place)),
        calls => shell.info(format_args!(
            "Replaying {} calls of {}",
            calls.len(),
            replay.shown
        )),
    }
    if let Some(warning) = replay.warning_for(agent) {
        shell.warn(warning);
    }
}

use std::{io, process::ExitStatus};

use tokio::process::{Child, Command};

/// A process at the head of a process group of its own: Ctrl-C is for the engine alone, and what the
/// process starts can be ended with it. Dropped, it is killed.
#[derive(Debug)]
pub(super) struct ProcessGroup {
    leader: Child,
    #[cfg(unix)]
    group: Option<rustix::process::Pid>,
}

impl ProcessGroup {
    pub(super) fn spawn(mut command: Command) -> io::Result<Self> {
        command.kill_on_drop(true);
        #[cfg(unix)]
        command.process_group(0);
        let leader = command.spawn()?;
        #[cfg(unix)]
        let group = leader
            .id()
            .and_then(|id| i32::try_from(id).ok())
            .and_then(rustix::process::Pid::from_raw);
        Ok(Self {
            leader,
            #[cfg(unix)]
            group,
        })
    }

    pub(super) async fn wait(&mut self) -> io::Result<ExitStatus> {
        self.leader.wait().await
    }

    /// Kills every process of the group, also where its leader has ended already.
    pub(super) fn kill(&mut self) {
        #[cfg(unix)]
        if let Some(group) = self.group {
            // A group without members is what was wanted.
            let _ = rustix::process::kill_process_group(group, rustix::process::Signal::KILL);
        }
        // The same for a leader that has ended.
        let _ = self.leader.start_kill();
    }
}

impl Drop for ProcessGroup {
    fn drop(&mut self) {
        self.kill();
    }
}

use std::{fmt, process::ExitStatus};

/// How a worker's process ended.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Death {
    /// The signal that ended it.
    pub signal: Option<i32>,
    /// The code it exited with.
    pub exit_code: Option<i32>,
    /// It lived on without its connection to the engine, which ended it then.
    pub hung_up: bool,
}

impl Death {
    /// A process that is gone, and nothing more is known.
    pub(super) fn unknown() -> Self {
        Self::of(None)
    }

    /// A process that had to be ended, since nothing can be heard of it any more.
    pub(super) fn hung_up() -> Self {
        Self {
            hung_up: true,
            ..Self::unknown()
        }
    }

    /// Reads an exit status; `None` is a process that could not be waited for.
    pub(super) fn of(status: Option<ExitStatus>) -> Self {
        Self {
            signal: status.and_then(signal),
            exit_code: status.and_then(|status| status.code()),
            hung_up: false,
        }
    }
}

#[cfg(unix)]
fn signal(status: ExitStatus) -> Option<i32> {
    std::os::unix::process::ExitStatusExt::signal(&status)
}

#[cfg(not(unix))]
fn signal(_: ExitStatus) -> Option<i32> {
    None
}

impl fmt::Display for Death {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.hung_up {
            return f
                .write_str("the agent's process broke its connection to the engine and was ended");
        }
        match (self.signal, self.exit_code) {
            (Some(signal), _) => match signal_name(signal) {
                Some(name) => write!(f, "the agent's process died of signal {signal} ({name})"),
                None => write!(f, "the agent's process died of signal {signal}"),
            },
            (None, Some(code)) => write!(f, "the agent's process exited with code {code}"),
            (None, None) => f.write_str("the agent's process died"),
        }
    }
}

/// The names of the signals that end processes; their numbers are alike on Linux and macOS, but for SIGBUS.
fn signal_name(signal: i32) -> Option<&'static str> {
    Some(match signal {
        1 => "SIGHUP",
        2 => "SIGINT",
        3 => "SIGQUIT",
        4 => "SIGILL: illegal instruction",
        6 => "SIGABRT: aborted",
        7 if cfg!(target_os = "linux") => "SIGBUS",
        8 => "SIGFPE",
        9 => "SIGKILL: killed, perhaps for want of memory",
        10 if cfg!(target_os = "macos") => "SIGBUS",
        11 => "SIGSEGV: invalid memory access or stack overflow",
        13 => "SIGPIPE",
        15 => "SIGTERM",
        _ => return None,
    })
}

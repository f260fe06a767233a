use std::future::Future;

use tokio::time::timeout;

use super::{Death, group::ProcessGroup, output_pump::OutputPump, process::DRAIN_LIMIT};

/// What a worker lives in: it is watched to its end, and can be ended.
pub(super) trait Life: Send + 'static {
    /// Waits for its end.
    fn end(&mut self) -> impl Future<Output = Death> + Send;

    /// Ends it now, with everything that it started and that can be ended.
    fn kill(&mut self);

    /// Lets what was printed last reach the logs.
    fn drain(self) -> impl Future<Output = ()> + Send;
}

/// A process, and what moves its prints into the logs.
pub(super) struct ProcessLife {
    process: ProcessGroup,
    pumps: [OutputPump; 2],
}

impl ProcessLife {
    pub(super) fn new(process: ProcessGroup, pumps: [OutputPump; 2]) -> Self {
        Self { process, pumps }
    }
}

impl Life for ProcessLife {
    async fn end(&mut self) -> Death {
        Death::of(self.process.wait().await.ok())
    }

    fn kill(&mut self) {
        self.process.kill();
    }

    /// A process that was left behind may hold a pipe open.
    async fn drain(self) {
        let [stdout, stderr] = self.pumps;
        let _ = timeout(DRAIN_LIMIT, async {
            stdout.finished().await;
            stderr.finished().await;
        })
        .await;
    }
}

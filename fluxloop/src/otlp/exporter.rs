use std::{fmt, io, sync::Arc, thread, time::Duration};

use opentelemetry_proto::tonic::trace::v1::Span;
use tokio::{
    sync::{mpsc, oneshot},
    time::sleep,
};

use super::{
    ExportOptions, batch::deliver, collector::Collector, delivery::Delivery, run_trace::Limits,
    traces::Traces,
};
use crate::{
    engine::{Stop, StopLevel},
    event::{Consumer, Event},
};

/// How long the end of an interrupted experiment waits for the collector.
const GRACE: Duration = Duration::from_secs(1);

/// Where collectors take gRPC.
const GRPC_PORT: u16 = 4317;

/// Sends the runs of an experiment to a collector as they end, each as a trace.
///
/// # Examples
///
/// ```no_run
/// use fluxloop::{engine::Stop, otlp::{ExportOptions, Exporter}};
///
/// # async fn example(options: ExportOptions, stop: Stop) -> Result<(), Box<dyn std::error::Error>> {
/// let mut exporter = Exporter::start(options)?;
/// // … among the consumers of an experiment …
/// if let Some(loss) = exporter.finish(stop).await {
///     eprintln!("{loss}");
/// }
/// # Ok(())
/// # }
/// ```
pub struct Exporter {
    traces: Traces,
    queue: mpsc::Sender<Span>,
    /// Spans that ended, whatever became of them.
    ended: u64,
    delivery: Arc<Delivery>,
    done: oneshot::Receiver<()>,
    /// Its end is the end of the thread that sends.
    alive: oneshot::Sender<()>,
    options: ExportOptions,
}

/// The exporter could not be started.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum StartExportError {
    /// The client cannot be made.
    #[error("the HTTP client cannot be set up: {0}")]
    Client(String),
    /// The system has no thread for it.
    #[error("the thread that sends traces cannot be started")]
    Thread(#[source] io::Error),
}

/// Spans that the collector has not taken.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Loss {
    /// How many.
    pub spans: u64,
    /// Of how many.
    pub of: u64,
    /// Where they should have gone, without credentials.
    pub endpoint: String,
    /// Why, in a sentence: of several reasons the last.
    pub reason: String,
}

impl fmt::Display for Loss {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self {
            spans,
            of,
            endpoint,
            reason,
        } = self;
        write!(
            f,
            "{spans} of {of} spans were not exported to {endpoint}: {reason}"
        )
    }
}

impl Exporter {
    /// Starts the thread that sends.
    ///
    /// # Errors
    ///
    /// When the client or the thread cannot be had.
    pub fn start(options: ExportOptions) -> Result<Self, StartExportError> {
        let delivery = Arc::new(Delivery::default());
        let collector = Collector::new(options.clone(), Arc::clone(&delivery))?;
        let (queue, spans) = mpsc::channel(options.queue);
        let (alive, dead) = oneshot::channel::<()>();
        let (finished, done) = oneshot::channel();
        let sending = options.clone();
        let runtime = tokio::runtime::Builder::new_current_thread()
            .enable_all()
            .build()
            .map_err(StartExportError::Thread)?;
        thread::Builder::new()
            .name("fluxloop-otlp".to_owned())
            .spawn(move || {
                runtime.block_on(async {
                    tokio::select! {
                        () = deliver(spans, collector, sending) => {}
                        _ = dead => {}
                    }
                });
                // Whoever has stopped to wait wants no answer.
                let _ = finished.send(());
            })
            .map_err(StartExportError::Thread)?;
        Ok(Self {
            traces: Traces::new(Limits {
                content: options.content,
                events: options.events,
            }),
            queue,
            ended: 0,
            delivery,
            done,
            alive,
            options,
        })
    }

    /// Where traces go, without credentials.
    #[must_use]
    pub fn endpoint(&self) -> String {
        self.options.endpoint()
    }

    /// Waits until everything is sent: at most as long as `OTEL_BSP_EXPORT_TIMEOUT` says, a second when the experiment
    /// was interrupted, and no longer once `stop` is asked for more. What has not reached the collector, if anything.
    pub async fn finish(self, mut stop: Stop) -> Option<Loss> {
        drop(self.queue);
        let (limit, more) = match stop.level() {
            StopLevel::Run => (self.options.export_timeout, StopLevel::Drain),
            StopLevel::Drain => (GRACE.min(self.options.export_timeout), StopLevel::Now),
            StopLevel::Now => (Duration::ZERO, StopLevel::Now),
        };
        let cut_off = tokio::select! {
            biased;
            _ = self.done => None,
            () = stop.reaches(more) => Some("the experiment was interrupted".to_owned()),
            () = sleep(limit) => Some(format!("the collector had not taken them after {limit:?}")),
        };
        drop(self.alive);
        let (delivered, trouble) = self.delivery.result();
        let spans = self.ended.saturating_sub(delivered);
        (spans > 0).then(|| Loss {
            spans,
            of: self.ended,
            endpoint: self.options.endpoint(),
            reason: reason(trouble.or(cut_off), &self.options),
        })
    }
}

/// In a sentence, with what it may come from.
pub(super) fn reason(known: Option<String>, options: &ExportOptions) -> String {
    let mut reason = known.unwrap_or_else(|| "the thread that sends them has ended".to_owned());
    if options.endpoint.port() == Some(GRPC_PORT) {
        reason.push_str("; port 4317 is usually for gRPC, and 4318 for HTTP");
    }
    reason
}

impl Consumer for Exporter {
    /// Never: what is lost is told at the end.
    type Error = io::Error;

    fn event(&mut self, event: &Event<'_>) -> io::Result<()> {
        if let Some(span) = self.traces.event(event) {
            self.ended += 1;
            if let Err(mpsc::error::TrySendError::Full(_)) = self.queue.try_send(span) {
                let most = self.options.queue;
                self.delivery.lost(format!(
                    "more than {most} spans were waiting (`OTEL_BSP_MAX_QUEUE_SIZE`)"
                ));
            }
        }
        Ok(())
    }
}

impl fmt::Debug for Exporter {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Exporter")
            .field("options", &self.options)
            .field("ended", &self.ended)
            .finish_non_exhaustive()
    }
}

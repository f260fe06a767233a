use opentelemetry_proto::tonic::trace::v1::Span;
use prost::Message as _;
use tokio::{
    sync::mpsc::Receiver,
    time::{Instant, timeout_at},
};

use super::{ExportOptions, collector::Collector};

/// A request is sent at this size at the latest, in bytes: collectors refuse much larger ones (20 MiB unless they are
/// told otherwise).
const LARGEST: usize = 4 * 1024 * 1024;

/// Sends spans in batches until no more can come.
pub(super) async fn deliver(
    mut queue: Receiver<Span>,
    collector: Collector,
    options: ExportOptions,
) {
    loop {
        let batch = gather(&mut queue, &options).await;
        if batch.is_empty() {
            return;
        }
        let taken = collector.export(batch).await;
        // Somebody waits for the end, and a collector in trouble has had its time.
        if !taken && queue.is_closed() {
            return;
        }
    }
}

/// The next spans: as many as a request may have, or as came until the first has waited long enough.
async fn gather(queue: &mut Receiver<Span>, options: &ExportOptions) -> Vec<Span> {
    let mut batch = Vec::new();
    let Some(first) = queue.recv().await else {
        return batch;
    };
    let deadline = Instant::now() + options.delay;
    let mut size = first.encoded_len();
    batch.push(first);
    while batch.len() < options.batch && size < LARGEST {
        let Ok(Some(span)) = timeout_at(deadline, queue.recv()).await else {
            break;
        };
        size += span.encoded_len();
        batch.push(span);
    }
    batch
}

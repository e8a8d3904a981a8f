//! As many connections as the wanted channels need.

use std::collections::BTreeSet;
use std::sync::Arc;

use tokio::sync::{mpsc, watch};
use tokio::task::JoinSet;
use tokio_util::sync::CancellationToken;

use super::line::Line;
use super::{LineEvent, LinePolicy};
use crate::protocol::{Channel, Exchange};

/// Keeps live candles of `wanted` coming into `events` until cancelled or nobody listens. Channels that the exchange does not send
/// live are left out.
///
/// A channel stays on its connection as long as it is wanted; a further connection is opened when the others are full.
pub async fn keep_lines(
    exchange: Arc<dyn Exchange>,
    policy: LinePolicy,
    mut wanted: watch::Receiver<BTreeSet<Channel>>,
    events: mpsc::Sender<LineEvent>,
    cancel: CancellationToken,
) {
    let Some(offer) = exchange.offer().live else { return };
    let mut loads: Vec<watch::Sender<BTreeSet<Channel>>> = Vec::new();
    let mut lines = JoinSet::new();
    loop {
        let mut channels = wanted.borrow_and_update().clone();
        channels.retain(|channel| offer.intervals.contains(&channel.interval));
        for load in spread(&loads, channels, offer.channels_per_connection) {
            let (sender, receiver) = watch::channel(load);
            let line = Line {
                number: loads.len(),
                exchange: exchange.clone(),
                policy,
                wanted: receiver,
                events: events.clone(),
                cancel: cancel.clone(),
            };
            loads.push(sender);
            lines.spawn(line.run());
        }
        tokio::select! {
            () = cancel.cancelled() => break,
            () = events.closed() => break,
            changed = wanted.changed() => if changed.is_err() { break },
        }
    }
    // Whoever waits for us wants every connection closed.
    drop(loads);
    lines.shutdown().await;
}

/// Tells every line its new load; returns the loads of lines that have to be opened.
fn spread(
    loads: &[watch::Sender<BTreeSet<Channel>>],
    mut channels: BTreeSet<Channel>,
    most: usize,
) -> Vec<BTreeSet<Channel>> {
    let mut kept: Vec<BTreeSet<Channel>> = Vec::new();
    for load in loads {
        let staying: BTreeSet<Channel> = load.borrow().intersection(&channels).cloned().collect();
        channels.retain(|channel| !staying.contains(channel));
        kept.push(staying);
    }
    for (load, mut staying) in loads.iter().zip(kept) {
        while staying.len() < most
            && let Some(next) = channels.pop_first()
        {
            staying.insert(next);
        }
        load.send_if_modified(|present| {
            let is_new = *present != staying;
            *present = staying;
            is_new
        });
    }
    let rest: Vec<Channel> = channels.into_iter().collect();
    rest.chunks(most.max(1)).map(|chunk| chunk.iter().cloned().collect()).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn channels(names: &[&str]) -> BTreeSet<Channel> {
        let channel =
            |name: &&str| Channel { symbol: name.parse().unwrap(), interval: "1m".parse().unwrap() };
        names.iter().map(channel).collect()
    }

    #[test]
    fn channels_stay_where_they_are_and_new_ones_fill_the_gaps() {
        let first = spread(&[], channels(&["A", "B", "C", "D", "E"]), 2);
        assert_eq!(first, [channels(&["A", "B"]), channels(&["C", "D"]), channels(&["E"])]);
        let senders: Vec<_> = first.into_iter().map(|load| watch::channel(load).0).collect();
        let further = spread(&senders, channels(&["B", "C", "D", "E", "F", "G", "H"]), 2);
        let loads: Vec<_> = senders.iter().map(|sender| sender.borrow().clone()).collect();
        assert_eq!(loads, [channels(&["B", "F"]), channels(&["C", "D"]), channels(&["E", "G"])]);
        assert_eq!(further, [channels(&["H"])]);
        assert!(spread(&senders, BTreeSet::new(), 2).is_empty());
        assert!(senders.iter().all(|sender| sender.borrow().is_empty()));
    }
}

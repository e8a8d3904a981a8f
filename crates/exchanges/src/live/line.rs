//! One connection that is opened again and again, with back-off between failed attempts.

mod talk;

use std::collections::BTreeSet;
use std::sync::Arc;

use tokio::sync::{mpsc, watch};
use tokio_util::sync::CancellationToken;
use types::Timestamp;

use super::{LineEvent, LinePolicy};
use crate::protocol::{Channel, Exchange};
use talk::Talk;

/// A connection, whichever it is at the moment.
pub(super) struct Line {
    pub(super) number: usize,
    pub(super) exchange: Arc<dyn Exchange>,
    pub(super) policy: LinePolicy,
    pub(super) wanted: watch::Receiver<BTreeSet<Channel>>,
    pub(super) events: mpsc::Sender<LineEvent>,
    pub(super) cancel: CancellationToken,
}

/// What has to be remembered from one connection to the next.
struct Memory {
    /// Attempts and connections that came to nothing, in a row.
    failures: u32,
    /// When the last attempt was made.
    attempted: Option<Timestamp>,
    /// How many times the usual patience a silent stream is given.
    patience: i64,
}

/// Why a connection is not kept any longer.
enum Over {
    /// It is gone or useless.
    Broken(String),
    /// Nothing is wanted any more, or nobody listens to us.
    Idle,
}

impl Line {
    /// Keeps the connection until cancelled or nobody listens.
    pub(super) async fn run(mut self) {
        let cancel = self.cancel.clone();
        tokio::select! {
            () = cancel.cancelled() => {}
            () = self.keep() => {}
        }
    }

    async fn keep(&mut self) {
        let clock = self.exchange.clock();
        let mut memory = Memory { failures: 0, attempted: None, patience: 1 };
        loop {
            if self.wanted.wait_for(|channels| !channels.is_empty()).await.is_err() || self.events.is_closed()
            {
                return;
            }
            if let Some(attempted) = memory.attempted {
                clock.sleep_until(attempted.plus_ms(self.policy.attempt_every_ms)).await;
            }
            memory.attempted = Some(clock.now());
            let over = match self.exchange.listen().await {
                Ok(feed) => Talk::new(self, feed, clock.clone(), &mut memory).run().await,
                Err(error) => Over::Broken(error.to_string()),
            };
            let Over::Broken(reason) = over else { continue };
            memory.failures += 1;
            // The first attempt after a good connection is made at once: most breaks are short.
            let retry_in_ms = match memory.failures {
                1 => 0,
                failures => self.policy.retry.delay_ms(failures - 1, rand::random()),
            };
            if self.tell(LineEvent::Down { line: self.number, reason, retry_in_ms }).await.is_err() {
                return;
            }
            clock.sleep_until(clock.now().plus_ms(retry_in_ms)).await;
        }
    }

    async fn tell(&self, event: LineEvent) -> Result<(), Over> {
        self.events.send(event).await.map_err(|_| Over::Idle)
    }
}

//! How followed series stand, as one process posts it and the pages of all processes read it.

use std::collections::BTreeMap;

use ingest::ChannelStatus;
use serde::{Deserialize, Serialize};
use store::{Store, StoreError};
use types::{SeriesKey, Timestamp};

/// Version of the document; a reader leaves others alone.
const VERSION: u32 = 1;
/// A bulletin older than this is of a process that is gone.
const FRESH_MS: i64 = 15_000;

#[derive(Debug, Serialize, Deserialize)]
struct Document {
    version: u32,
    channels: Vec<Row>,
}

#[derive(Debug, Serialize, Deserialize)]
struct Row {
    key: SeriesKey,
    status: ChannelStatus,
}

/// How one series stands.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Standing {
    /// What its follower said last.
    pub(crate) status: ChannelStatus,
    /// When.
    pub(crate) at: Timestamp,
    /// Whether the follower still gives signs of life.
    pub(crate) is_fresh: bool,
}

/// Returns what is posted.
pub(super) fn document(board: &BTreeMap<SeriesKey, ChannelStatus>) -> serde_json::Result<serde_json::Value> {
    let rows = board.iter().map(|(key, status)| {
        // What is heard changes many times a second; a page needs it to ten seconds only.
        let heard = status.heard.map(|at| Timestamp::from_ms(at.as_ms() / 10_000 * 10_000));
        Row { key: key.clone(), status: ChannelStatus { heard, ..status.clone() } }
    });
    let document = Document { version: VERSION, channels: rows.collect() };
    serde_json::to_value(document)
}

/// Reads how every followed series stands.
pub(crate) async fn standings(
    store: &dyn Store,
    now: Timestamp,
) -> Result<BTreeMap<SeriesKey, Standing>, StoreError> {
    let mut found = BTreeMap::new();
    for bulletin in store.bulletins("follow:").await? {
        let Ok(document) = serde_json::from_value::<Document>(bulletin.document) else { continue };
        if document.version != VERSION {
            continue;
        }
        let (at, is_fresh) = (bulletin.at, now.ms_since(bulletin.at) < FRESH_MS);
        found.extend(
            document.channels.into_iter().map(|row| (row.key, Standing { status: row.status, at, is_fresh })),
        );
    }
    Ok(found)
}

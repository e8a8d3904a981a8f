//! The stored form of a result: an overview and blocks of trades, each compressed JSON, written when the run ends.
//!
//! A result that an older version stored in one piece is taken apart by its first reader, and its parts are stored in its place. Its
//! equity at every bar goes then: no page shows it, and the same run brings it again.

use std::io::{BufReader, BufWriter, Read as _, Write as _};
use std::ops::Range;

use backtest::{Coverage, RunResult, TradeRow};
use flate2::Compression;
use flate2::read::GzDecoder;
use flate2::write::GzEncoder;
use serde::Serialize;
use serde::de::DeserializeOwned;
use store::{ResultParts, Store, StoreError, StoredResult};
use types::{RunId, UserId};

use super::overview::Overview;
use super::trade_blocks::{blocks_of, pack_trades, unpack_trades};

/// Why a result cannot be read.
#[derive(Debug, thiserror::Error)]
pub(crate) enum ReadError {
    /// The user has no such run, or the database does not answer.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// What is stored is no result.
    #[error("the stored result cannot be read: {0}")]
    Form(#[from] serde_json::Error),
    /// What is stored does not unpack.
    #[error("the stored result cannot be unpacked: {0}")]
    Packing(#[from] std::io::Error),
    /// The reader broke off.
    #[error("reading broke off: {0}")]
    Task(#[from] tokio::task::JoinError),
}

/// Returns the parts of a result: CPU work of milliseconds.
pub(crate) fn parts(result: &RunResult) -> Result<ResultParts, serde_json::Error> {
    Ok(ResultParts { overview: pack(&Overview::of(result))?, trades: pack_trades(&result.trades)? })
}

/// Reads the overview of one of the user's results.
pub(crate) async fn overview_of(store: &dyn Store, user: UserId, run: RunId) -> Result<Overview, ReadError> {
    match store.run_result(user, run).await? {
        StoredResult::Overview(bytes) => tokio::task::spawn_blocking(move || unpack(&bytes)).await?,
        StoredResult::Whole(bytes) => {
            let parts = take_apart(store, user, run, bytes).await?;
            tokio::task::spawn_blocking(move || unpack(&parts.overview)).await?
        }
    }
}

/// Reads some of the trades of one of the user's results, counted from 0; those of the range that there are.
pub(crate) async fn trades_of(
    store: &dyn Store,
    user: UserId,
    run: RunId,
    wanted: Range<u64>,
) -> Result<Vec<TradeRow>, ReadError> {
    let blocks = blocks_of(&wanted);
    let mut found = store.run_trades(user, run, blocks.clone()).await?;
    if found.is_empty()
        && !wanted.is_empty()
        && let StoredResult::Whole(bytes) = store.run_result(user, run).await?
    {
        let parts = take_apart(store, user, run, bytes).await?;
        let end = parts.trades.len().min(blocks.end as usize);
        found = parts.trades.get(blocks.start as usize..end).unwrap_or_default().to_vec();
    }
    tokio::task::spawn_blocking(move || unpack_trades(&found, &wanted)).await?
}

/// Takes a result apart that lies in one piece, and stores the parts in its place.
async fn take_apart(
    store: &dyn Store,
    user: UserId,
    run: RunId,
    whole: Vec<u8>,
) -> Result<ResultParts, ReadError> {
    let taken = tokio::task::spawn_blocking(move || -> Result<ResultParts, ReadError> {
        let mut result: RunResult = unpack(&whole)?;
        let data = &mut result.data;
        data.coverage = Coverage::of(&result.spec, data.first, data.last, data.bars);
        Ok(parts(&result)?)
    });
    let parts = taken.await??;
    store.replace_result(user, run, parts.clone()).await?;
    Ok(parts)
}

pub(super) fn pack(value: &impl Serialize) -> Result<Vec<u8>, serde_json::Error> {
    // The serialiser writes a few bytes at a time, which would cost the compressor more than compressing.
    let mut writer = BufWriter::with_capacity(1 << 16, GzEncoder::new(Vec::new(), Compression::fast()));
    serde_json::to_writer(&mut writer, value)?;
    writer.flush().map_err(serde_json::Error::io)?;
    let encoder = writer.into_inner().map_err(|error| serde_json::Error::io(error.into_error()))?;
    encoder.finish().map_err(serde_json::Error::io)
}

pub(super) fn unpack<T: DeserializeOwned>(bytes: &[u8]) -> Result<T, ReadError> {
    let mut text = Vec::new();
    BufReader::new(GzDecoder::new(bytes)).read_to_end(&mut text)?;
    Ok(serde_json::from_slice(&text)?)
}

//! The trades of a result in blocks of equal length, so that a page of them is read without the others.

use std::ops::Range;

use backtest::TradeRow;

use super::stored::{ReadError, pack, unpack};

/// Trades in a block; a page of fifty lies in one.
pub(super) const TRADES: u64 = 250;

/// Packs the trades of a result.
pub(super) fn pack_trades(trades: &[TradeRow]) -> Result<Vec<Vec<u8>>, serde_json::Error> {
    let length = usize::try_from(TRADES).unwrap_or(usize::MAX);
    trades.chunks(length).map(|block| pack(&block)).collect()
}

/// Returns the blocks in which trades lie; trades are counted from 0 here.
pub(super) fn blocks_of(trades: &Range<u64>) -> Range<u32> {
    let block = |trade: u64| u32::try_from(trade).unwrap_or(u32::MAX);
    block(trades.start / TRADES)..block(trades.end.div_ceil(TRADES))
}

/// Takes the trades wanted out of the blocks in which they lie.
pub(super) fn unpack_trades(blocks: &[Vec<u8>], wanted: &Range<u64>) -> Result<Vec<TradeRow>, ReadError> {
    let mut trades = Vec::new();
    for block in blocks {
        trades.extend(unpack::<Vec<TradeRow>>(block)?);
    }
    // Numbers count from 1.
    trades.retain(|row| wanted.contains(&(row.number - 1)));
    Ok(trades)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_page_lies_in_the_blocks_it_touches() {
        assert_eq!(blocks_of(&(0..50)), 0..1);
        assert_eq!(blocks_of(&(200..250)), 0..1);
        assert_eq!(blocks_of(&(200..251)), 0..2);
        assert_eq!(blocks_of(&(250..300)), 1..2);
        assert_eq!(blocks_of(&(499..1_001)), 1..5);
    }
}

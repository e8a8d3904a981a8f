//! Candles on their way from an exchange or a file to a store.
//!
//! Invariant: they are columns whenever columns can hold them, so that two batches of the same candles are equal.

use crate::{Candle, PlainCandles, Timestamp};

/// Some candles of one series, in the order they were handed in: in columns where every one of them fits, else one struct each.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CandleBatch(Form);

#[derive(Debug, Clone, PartialEq, Eq)]
enum Form {
    Plain(Box<PlainCandles>),
    Any(Vec<Candle>),
}

impl Default for CandleBatch {
    fn default() -> Self {
        Self::from(PlainCandles::default())
    }
}

impl From<PlainCandles> for CandleBatch {
    fn from(candles: PlainCandles) -> Self {
        Self(Form::Plain(Box::new(candles)))
    }
}

impl From<Vec<Candle>> for CandleBatch {
    fn from(candles: Vec<Candle>) -> Self {
        match PlainCandles::of(&candles) {
            Some(plain) => plain.into(),
            None => Self(Form::Any(candles)),
        }
    }
}

impl CandleBatch {
    /// Returns the number of candles.
    pub fn len(&self) -> usize {
        match &self.0 {
            Form::Plain(plain) => plain.len(),
            Form::Any(candles) => candles.len(),
        }
    }

    /// Returns whether there are none.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// Returns the open times.
    pub fn open_times(&self) -> impl DoubleEndedIterator<Item = Timestamp> + '_ {
        let (plain, candles) = match &self.0 {
            Form::Plain(plain) => (plain.open_time(), &[][..]),
            Form::Any(candles) => (&[][..], candles.as_slice()),
        };
        let times = plain.iter().copied().map(Timestamp::from_ms);
        times.chain(candles.iter().map(|candle| candle.open_time))
    }

    /// Appends another batch.
    pub fn extend(&mut self, more: Self) {
        if more.is_empty() {
            return;
        }
        if self.is_empty() {
            *self = more;
            return;
        }
        match (&mut self.0, more.0) {
            (Form::Plain(plain), Form::Plain(more)) => plain.extend(&more),
            (Form::Plain(plain), Form::Any(more)) => {
                let mut candles = plain.to_candles();
                candles.extend(more);
                self.0 = Form::Any(candles);
            }
            (Form::Any(candles), Form::Plain(more)) => candles.extend(more.to_candles()),
            (Form::Any(candles), Form::Any(more)) => candles.extend(more),
        }
    }

    /// Returns the columns, or the candles where columns cannot hold them.
    pub fn into_plain(self) -> Result<PlainCandles, Vec<Candle>> {
        match self.0 {
            Form::Plain(plain) => Ok(*plain),
            Form::Any(candles) => Err(candles),
        }
    }

    /// Returns one struct for each.
    pub fn into_candles(self) -> Vec<Candle> {
        match self.0 {
            Form::Plain(plain) => plain.to_candles(),
            Form::Any(candles) => candles,
        }
    }
}

#[cfg(test)]
mod tests {
    use rust_decimal::Decimal;

    use super::*;

    /// A candle with so many decimals.
    fn candle(ms: i64, scale: u32) -> Candle {
        let value = Decimal::new(15, scale);
        Candle {
            open_time: Timestamp::from_ms(ms),
            open: value,
            high: value,
            low: value,
            close: value,
            volume: value,
            quote_volume: None,
            trades: Some(1),
            taker_buy_base: None,
            taker_buy_quote: None,
        }
    }

    #[test]
    fn batches_of_any_kinds_add_up_in_order() {
        for scales in [[2, 2], [2, 9], [9, 2], [9, 9]] {
            let candles = vec![candle(1, scales[0]), candle(2, scales[1])];
            let mut batch = CandleBatch::default();
            assert!(batch.is_empty());
            for candle in &candles {
                batch.extend(vec![candle.clone()].into());
            }
            batch.extend(CandleBatch::default());
            assert_eq!(batch, CandleBatch::from(candles.clone()), "{scales:?}");
            assert_eq!(batch.open_times().map(Timestamp::as_ms).collect::<Vec<_>>(), [1, 2]);
            assert_eq!((batch.len(), batch.clone().into_plain().is_ok()), (2, scales == [2, 2]));
            assert_eq!(batch.into_candles(), candles);
        }
    }
}

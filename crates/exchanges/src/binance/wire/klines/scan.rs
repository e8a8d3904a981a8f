//! The quick way through klines: one pass over the bytes, numbers straight from their digits into columns, nothing made per row.
//!
//! Invariant: it returns rows only where the careful way would return the very same ones. It knows the form that Binance writes:
//! no spaces, twelve cells, plain digits, at most eight decimals. Anything else (a sign, an exponent, a thirteenth cell, an error)
//! is `None`, and the careful way decides what it means.

mod digits;

use types::{PlainCandles, PlainRow, Timestamp};

use crate::protocol::ServedColumns;
use digits::{Digits, first_of, word};

/// The most digits before the point: with eight behind it they are as many as a column keeps.
const MOST_WHOLE: usize = 10;
/// The most digits of a whole number: as many as always fit 63 bits.
const MOST_DIGITS: usize = 18;
/// What a count of 10^-8 is for each number of decimals.
const FACTORS: [i64; 9] = [100_000_000, 10_000_000, 1_000_000, 100_000, 10_000, 1_000, 100, 10, 1];
/// About as many bytes as a row has.
const USUAL_ROW: usize = 128;
/// Digits of a time in milliseconds, from 2001 to 2286.
const TIME_DIGITS: usize = 13;
/// Bytes of an amount with seven digits before the point and eight behind it, its quotes and the comma.
const USUAL_AMOUNT: usize = 19;

/// Reads a whole answer, or returns `None` where it has not exactly the form that is known here.
pub(crate) fn scan_klines(body: &[u8]) -> Option<ServedColumns> {
    let expected = body.len() / USUAL_ROW;
    let mut rows = PlainCandles::with_capacity(expected);
    let mut close_times = Vec::with_capacity(expected);
    let mut cells = Cells { rest: body.strip_prefix(b"[")? };
    if cells.rest == b"]" {
        return Some(ServedColumns { rows, close_times });
    }
    loop {
        let (row, close_time) = cells.row()?;
        rows.push(&row).then_some(())?;
        close_times.push(close_time);
        match cells.byte()? {
            b',' => {}
            b']' => return cells.rest.is_empty().then_some(ServedColumns { rows, close_times }),
            _ => return None,
        }
    }
}

/// What has not been read yet.
struct Cells<'a> {
    rest: &'a [u8],
}

impl Cells<'_> {
    fn row(&mut self) -> Option<(PlainRow, Timestamp)> {
        self.expect(b'[')?;
        let open_time = self.time()?;
        let open = self.amount()?;
        let high = self.amount()?;
        let low = self.amount()?;
        let close = self.amount()?;
        let volume = self.amount()?;
        let close_time = Timestamp::from_ms(self.time()?);
        let quote_volume = self.amount()?;
        let trades = self.count()?;
        let taker_buy_base = self.amount()?;
        let taker_buy_quote = self.amount()?;
        self.unused()?;
        let amounts = [open, high, low, close, volume, quote_volume, taker_buy_base, taker_buy_quote];
        Some((PlainRow { open_time, amounts, trades }, close_time))
    }

    #[inline]
    fn byte(&mut self) -> Option<u8> {
        let (&first, rest) = self.rest.split_first()?;
        self.rest = rest;
        Some(first)
    }

    #[inline]
    fn expect(&mut self, wanted: u8) -> Option<()> {
        (self.byte()? == wanted).then_some(())
    }

    /// A time in milliseconds and the comma behind it: as a rule thirteen digits.
    #[inline]
    fn time(&mut self) -> Option<i64> {
        if let Some((cell, rest)) = self.rest.split_first_chunk::<{ TIME_DIGITS + 1 }>() {
            let first = Digits::leading(word(cell, 0), TIME_DIGITS - 8);
            let last = Digits::all(word(cell, TIME_DIGITS - 8));
            if first.spoiled() | last.spoiled() == 0 && cell[0] != b'0' && cell[TIME_DIGITS] == b',' {
                self.rest = rest;
                return i64::try_from(first.number() * 100_000_000 + last.number()).ok();
            }
        }
        self.integer()
    }

    /// A count and the comma behind it: as a rule less than eight digits.
    #[inline]
    fn count(&mut self) -> Option<i64> {
        if let Some(cell) = self.rest.first_chunk::<8>() {
            let text = word(cell, 0);
            let count = first_of(text, b',');
            if (1..8).contains(&count) && (count == 1 || cell[0] != b'0') {
                let digits = Digits::leading(text, count);
                if digits.spoiled() == 0 {
                    self.rest = &self.rest[count + 1..];
                    return i64::try_from(digits.number()).ok();
                }
            }
        }
        self.integer()
    }

    /// Any whole number and the comma behind it.
    fn integer(&mut self) -> Option<i64> {
        let (value, digits) = self.digits(0)?;
        // JSON knows no leading zeros.
        if digits > MOST_DIGITS || (digits > 1 && self.rest.first() == Some(&b'0')) {
            return None;
        }
        self.rest = &self.rest[digits..];
        self.expect(b',')?;
        Some(value)
    }

    /// A decimal in quotes and the comma behind it, in 10^-8: as a rule up to seven digits, a point and eight more.
    #[inline]
    fn amount(&mut self) -> Option<i64> {
        if let Some(cell) = self.rest.first_chunk::<USUAL_AMOUNT>() {
            let text = word(cell, 1);
            let count = first_of(text, b'.');
            if (1..8).contains(&count) && cell[0] == b'"' && cell[count + 10..count + 12] == *b"\"," {
                let (whole, fraction) = (Digits::leading(text, count), Digits::all(word(cell, count + 2)));
                if whole.spoiled() | fraction.spoiled() == 0 {
                    self.rest = &self.rest[count + 12..];
                    return i64::try_from(whole.number() * 100_000_000 + fraction.number()).ok();
                }
            }
        }
        self.any_amount()
    }

    /// Any decimal in quotes with up to ten digits before the point and up to eight behind it.
    fn any_amount(&mut self) -> Option<i64> {
        self.expect(b'"')?;
        let (whole, digits) = self.digits(0)?;
        if digits > MOST_WHOLE {
            return None;
        }
        self.rest = &self.rest[digits..];
        let (value, decimals) = match self.byte()? {
            b'"' => (whole, 0),
            b'.' => {
                let (value, decimals) = self.digits(whole)?;
                self.rest = &self.rest[decimals..];
                self.expect(b'"')?;
                (value, decimals)
            }
            _ => return None,
        };
        self.expect(b',')?;
        FACTORS.get(decimals).map(|factor| value * factor)
    }

    /// The digits at the start of what is left, at least one, appended to those of `value`, and how many there are; they are not
    /// taken off. Of a number with too many of them for 63 bits, only their number means something.
    fn digits(&self, mut value: i64) -> Option<(i64, usize)> {
        let mut count = 0;
        for &byte in self.rest.iter().take(MOST_DIGITS + 1) {
            let digit = byte.wrapping_sub(b'0');
            if digit > 9 {
                break;
            }
            value = value.wrapping_mul(10).wrapping_add(i64::from(digit));
            count += 1;
        }
        (count > 0).then_some((value, count))
    }

    /// The twelfth cell, which means nothing, and the end of the row.
    #[inline]
    fn unused(&mut self) -> Option<()> {
        if let Some(rest) = self.rest.strip_prefix(br#""0"]"#) {
            self.rest = rest;
            return Some(());
        }
        self.expect(b'"')?;
        let length = self.rest.iter().position(|&byte| byte == b'"')?;
        let (text, rest) = self.rest.split_at(length);
        self.rest = rest;
        let is_plain = text.iter().all(|&byte| matches!(byte, b' '..=b'~') && byte != b'\\');
        is_plain.then_some(())?;
        self.expect(b'"')?;
        self.expect(b']')
    }
}

#[cfg(test)]
mod tests;

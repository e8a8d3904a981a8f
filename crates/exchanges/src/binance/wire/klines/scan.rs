//! The quick way through klines: one pass over the bytes, numbers straight from their digits, nothing allocated per row.
//!
//! Invariant: it returns rows only where the careful way would return the very same ones. It knows the form that Binance writes:
//! no spaces, twelve cells, plain digits. Anything else (a sign, an exponent, a thirteenth cell, an error) is `None`, and the
//! careful way decides what it means.

use rust_decimal::Decimal;
use types::{Candle, Timestamp};

use crate::protocol::ServedCandle;

/// The most digits that are read here: as many as always fit 64 bits.
const MOST_DIGITS: usize = 18;
/// Fewer bytes than any row has.
const SHORTEST_ROW: usize = 64;

/// Reads a whole answer, or returns `None` where it has not exactly the form that is known here.
pub(super) fn scan(body: &[u8]) -> Option<Vec<ServedCandle>> {
    let mut rows = Vec::with_capacity(body.len() / (2 * SHORTEST_ROW));
    let mut cells = Cells { rest: body.strip_prefix(b"[")? };
    if cells.rest == b"]" {
        return Some(rows);
    }
    loop {
        rows.push(cells.row()?);
        match cells.byte()? {
            b',' => {}
            b']' => return cells.rest.is_empty().then_some(rows),
            _ => return None,
        }
    }
}

/// What has not been read yet.
struct Cells<'a> {
    rest: &'a [u8],
}

impl Cells<'_> {
    fn row(&mut self) -> Option<ServedCandle> {
        self.expect(b'[')?;
        let open_time = self.time()?;
        let open = self.decimal()?;
        let high = self.decimal()?;
        let low = self.decimal()?;
        let close = self.decimal()?;
        let volume = self.decimal()?;
        let close_time = self.time()?;
        let quote_volume = Some(self.decimal()?);
        let trades = Some(self.integer()?);
        let taker_buy_base = Some(self.decimal()?);
        let taker_buy_quote = Some(self.decimal()?);
        self.unused()?;
        let candle = Candle {
            open_time,
            open,
            high,
            low,
            close,
            volume,
            quote_volume,
            trades,
            taker_buy_base,
            taker_buy_quote,
        };
        Some(ServedCandle { candle, close_time })
    }

    fn byte(&mut self) -> Option<u8> {
        let (&first, rest) = self.rest.split_first()?;
        self.rest = rest;
        Some(first)
    }

    fn expect(&mut self, wanted: u8) -> Option<()> {
        (self.byte()? == wanted).then_some(())
    }

    fn time(&mut self) -> Option<Timestamp> {
        i64::try_from(self.integer()?).ok().map(Timestamp::from_ms)
    }

    /// A whole number and the comma behind it.
    fn integer(&mut self) -> Option<u64> {
        let digits = self.digits(0)?;
        // JSON knows no leading zeros.
        if digits.count > 1 && self.rest.first() == Some(&b'0') {
            return None;
        }
        self.rest = &self.rest[digits.count..];
        self.expect(b',')?;
        Some(digits.value)
    }

    /// A decimal in quotes and the comma behind it.
    fn decimal(&mut self) -> Option<Decimal> {
        self.expect(b'"')?;
        let whole = self.digits(0)?;
        self.rest = &self.rest[whole.count..];
        let all = match self.byte()? {
            b'"' => return self.end_of_decimal(whole.value, 0),
            b'.' => match self.eight_digits() {
                Some(fraction) if whole.count <= MOST_DIGITS - 8 => {
                    self.rest = &self.rest[8..];
                    Digits { value: whole.value * 100_000_000 + fraction, count: 8 }
                }
                _ => {
                    let all = self.digits(whole.value)?;
                    self.rest = &self.rest[all.count..];
                    (whole.count + all.count <= MOST_DIGITS).then_some(all)?
                }
            },
            _ => return None,
        };
        self.expect(b'"')?;
        self.end_of_decimal(all.value, u32::try_from(all.count).ok()?)
    }

    fn end_of_decimal(&mut self, value: u64, scale: u32) -> Option<Decimal> {
        self.expect(b',')?;
        Some(Decimal::new(i64::try_from(value).ok()?, scale))
    }

    /// The digits at the start of what is left, at least one, appended to those of `value`; they are not taken off.
    fn digits(&self, mut value: u64) -> Option<Digits> {
        let mut count = 0;
        for &byte in self.rest.iter().take(MOST_DIGITS + 1) {
            let digit = byte.wrapping_sub(b'0');
            if digit > 9 {
                break;
            }
            value = value.wrapping_mul(10).wrapping_add(u64::from(digit));
            count += 1;
        }
        (1..=MOST_DIGITS).contains(&count).then_some(Digits { value, count })
    }

    /// Eight digits and the quote behind them, as every amount of Binance ends: all eight in three multiplications.
    fn eight_digits(&self) -> Option<u64> {
        let (eight, rest) = self.rest.split_first_chunk::<8>()?;
        if rest.first() != Some(&b'"') {
            return None;
        }
        let digits = u64::from_le_bytes(*eight).wrapping_sub(0x3030_3030_3030_3030);
        // A byte above nine has a high bit, or gets one by adding 0x76.
        let spoiled = (digits | digits.wrapping_add(0x7676_7676_7676_7676)) & 0x8080_8080_8080_8080;
        if spoiled != 0 {
            return None;
        }
        let pairs = digits.wrapping_mul(10).wrapping_add(digits >> 8) & 0x00ff_00ff_00ff_00ff;
        let fours = pairs.wrapping_mul(100).wrapping_add(pairs >> 16) & 0x0000_ffff_0000_ffff;
        Some((fours & 0xffff).wrapping_mul(10_000).wrapping_add(fours >> 32))
    }

    /// The twelfth cell, which means nothing, and the end of the row.
    fn unused(&mut self) -> Option<()> {
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

struct Digits {
    value: u64,
    count: usize,
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::super::read_carefully;
    use super::*;

    const ROW: &str = r#"[1499040000000,"0.01634790","0.80000000","0.01575800","42","148976.11427815",1499644799999,"2434.19",308,"0.00000000","28.46694368","0"]"#;

    #[test]
    fn what_binance_writes_is_read_the_quick_way() {
        let body = format!("[{ROW},{ROW}]");
        let rows = scan(body.as_bytes()).expect("the known form");
        assert_eq!(Ok(rows), read_carefully(body.as_bytes()));
        assert_eq!(scan(b"[]"), Some(Vec::new()));
    }

    /// Equal decimals may still be written differently; this tells them apart.
    fn written(rows: &[ServedCandle]) -> String {
        format!("{rows:?}")
    }

    fn agrees(body: &[u8]) {
        if let Some(rows) = scan(body) {
            let careful = read_carefully(body).expect("the careful way reads it too");
            assert_eq!(written(&rows), written(&careful), "{}", String::from_utf8_lossy(body));
        }
    }

    #[test]
    fn cells_at_the_edge_are_left_to_the_careful_way_or_read_the_same() {
        for cell in [
            "",
            "-1.5",
            "+1",
            "1.",
            ".5",
            "1e3",
            "1_000",
            " 1",
            "1 ",
            "007.50",
            "0",
            "00",
            "0.0",
            "1.123456789",
            "9999999999.99999999",
            "99999999999.99999999",
            "999999999999999999",
            "9999999999999999999",
            "123456789012345678.9",
            "0.000000000000000001",
            "0.0000000000000000001",
            "1.2345678a",
            "1.234567:8",
            "1.12345678\\u0030",
            "1.\u{ff11}",
            "1.1.1",
            "n/a",
            "\\\"",
            "1.0000000/",
        ] {
            agrees(format!("[{}]", ROW.replace("0.01634790", cell)).as_bytes());
            agrees(format!("[{}]", ROW.replace("\"0\"]", &format!("\"{cell}\"]"))).as_bytes());
            agrees(format!("[{}]", ROW.replace("308", cell)).as_bytes());
            agrees(format!("[{}]", ROW.replace("1499040000000", cell)).as_bytes());
        }
        for body in ["[", "]", "[,]", "[[]]", "[]]", "[] ", "[[1]", "null", "{}"] {
            agrees(body.as_bytes());
        }
    }

    proptest! {
        #[test]
        fn both_ways_agree_on_damaged_answers(
            at in 0_usize..ROW.len() * 2, byte in any::<u8>(), cut in 0_usize..400, insert in any::<bool>(),
        ) {
            let mut body = format!("[{ROW},{ROW}]").into_bytes();
            if insert { body.insert(at, byte) } else { body[at] = byte }
            agrees(&body);
            body.truncate(cut);
            agrees(&body);
        }

        #[test]
        fn both_ways_agree_on_any_amount(whole in "[0-9]{1,20}", fraction in "[0-9]{0,20}") {
            agrees(format!("[{}]", ROW.replace("0.01634790", &format!("{whole}.{fraction}"))).as_bytes());
            agrees(format!("[{}]", ROW.replace("308", &whole)).as_bytes());
        }
    }
}

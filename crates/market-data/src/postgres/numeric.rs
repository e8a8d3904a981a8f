//! PostgreSQL's `NUMERIC` on the wire: digits of base 10,000, to and from the integers of our columns, without a rounding.

use rust_decimal::Decimal;
use sqlx::error::BoxDynError;
use sqlx::postgres::types::Oid;
use sqlx::postgres::{PgTypeInfo, PgValueFormat, PgValueRef};
use sqlx::{Decode, Postgres, Type};

use crate::columns::{NARROW_SCALE, Raw, WIDE_SCALE, raw};

/// The type, by its number.
const NUMERIC: Oid = Oid(1700);
/// Decimals per digit of base 10,000.
const PER_DIGIT: u32 = 4;
const BASE: u128 = 10_000;
const NEGATIVE: u16 = 0x4000;
/// The most digits a value of ours has: twenty decimals before the point, twenty behind it (eighteen, filled up).
const MOST_DIGITS: usize = 10;

/// A value as the wire has it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Numeric(pub(super) Raw);

impl Type<Postgres> for Numeric {
    fn type_info() -> PgTypeInfo {
        PgTypeInfo::with_oid(NUMERIC)
    }
}

impl<'r> Decode<'r, Postgres> for Numeric {
    fn decode(value: PgValueRef<'r>) -> Result<Self, BoxDynError> {
        let found = match value.format() {
            PgValueFormat::Binary => decode(value.as_bytes()?),
            PgValueFormat::Text => value.as_str()?.parse::<Decimal>().ok().and_then(raw),
        };
        found.map(Numeric).ok_or_else(|| "a number with more digits than candles have".into())
    }
}

/// Appends a field: its length and the value.
pub(super) fn encode(value: Raw, buffer: &mut Vec<u8>) {
    let (magnitude, is_negative, scale) = match value {
        Raw::Narrow(narrow) => (u128::from(narrow.unsigned_abs()), narrow < 0, NARROW_SCALE),
        Raw::Wide(wide) => (wide.unsigned_abs(), wide < 0, WIDE_SCALE),
    };
    let unit = 10_u128.pow(scale);
    let behind_point = scale.div_ceil(PER_DIGIT);
    let mut whole = magnitude / unit;
    let mut fraction = (magnitude % unit) * 10_u128.pow(behind_point * PER_DIGIT - scale);
    // Least significant first; the order is turned round below.
    let mut digits = [0_u16; MOST_DIGITS];
    let mut count = 0;
    let mut push = |digit: u128| {
        digits[count] = u16::try_from(digit).unwrap_or_default();
        count += 1;
    };
    for _ in 0..behind_point {
        push(fraction % BASE);
        fraction /= BASE;
    }
    let mut weight = -1_i16;
    while whole > 0 {
        push(whole % BASE);
        whole /= BASE;
        weight += 1;
    }
    let mut digits = &digits[..count];
    while let [0, rest @ ..] = digits {
        digits = rest;
    }
    while let [rest @ .., 0] = digits {
        digits = rest;
        weight -= 1;
    }
    let length = 8 + 2 * digits.len();
    put(buffer, i32::try_from(length).unwrap_or_default().to_be_bytes());
    put(buffer, u16::try_from(digits.len()).unwrap_or_default().to_be_bytes());
    put(buffer, weight.to_be_bytes());
    put(buffer, (if is_negative { NEGATIVE } else { 0 }).to_be_bytes());
    put(buffer, u16::try_from(scale).unwrap_or_default().to_be_bytes());
    for digit in digits.iter().rev() {
        put(buffer, digit.to_be_bytes());
    }
}

fn put<const N: usize>(buffer: &mut Vec<u8>, bytes: [u8; N]) {
    buffer.extend_from_slice(&bytes);
}

/// Reads the body of a field, or returns `None` for what no column of ours can hold.
fn decode(bytes: &[u8]) -> Option<Raw> {
    let (head, digits) = bytes.split_first_chunk::<8>()?;
    let word = |index: usize| [head[index], head[index + 1]];
    let weight = i32::from(i16::from_be_bytes(word(2)));
    let is_negative = match u16::from_be_bytes(word(4)) {
        0 => false,
        NEGATIVE => true,
        _ => return None,
    };
    let mut total: i128 = 0;
    let (digits, _) = digits.as_chunks::<2>();
    for (index, digit) in (0_i32..).zip(digits) {
        let digit = i128::from(u16::from_be_bytes(*digit));
        // The digit counts units of 10^exponent of our wide scale.
        let exponent = 4 * (weight - index) + i32::try_from(WIDE_SCALE).ok()?;
        let part = if let Ok(exponent) = u32::try_from(exponent) {
            digit.checked_mul(10_i128.checked_pow(exponent)?)?
        } else {
            let divisor = 10_i128.checked_pow(exponent.unsigned_abs())?;
            if digit % divisor != 0 {
                return None;
            }
            digit / divisor
        };
        total = total.checked_add(part)?;
    }
    Raw::smallest(if is_negative { -total } else { total })
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn round_trip(value: Raw) -> Option<Raw> {
        let mut buffer = Vec::new();
        encode(value, &mut buffer);
        let (length, body) = buffer.split_first_chunk::<4>().expect("a length");
        assert_eq!(usize::try_from(i32::from_be_bytes(*length)), Ok(body.len()));
        decode(body)
    }

    #[test]
    fn the_wire_has_the_documented_form() {
        let mut buffer = Vec::new();
        // 12345.678 = 1·10⁴ + 2345 + 6780·10⁻⁴
        encode(Raw::Narrow(1_234_567_800_000), &mut buffer);
        let words: Vec<u16> =
            buffer[4..].as_chunks::<2>().0.iter().map(|word| u16::from_be_bytes(*word)).collect();
        assert_eq!(words, [3, 1, 0, 8, 1, 2345, 6780]);
        buffer.clear();
        encode(Raw::Narrow(0), &mut buffer);
        assert_eq!(buffer[4..6], [0, 0], "zero has no digits");
    }

    #[test]
    fn the_ends_of_both_forms_survive() {
        let wide = 10_i128.pow(38) - 1;
        for value in
            [Raw::Narrow(1), Raw::Narrow(10_i64.pow(18) - 1), Raw::Wide(1), Raw::Wide(wide), Raw::Wide(-wide)]
        {
            assert_eq!(round_trip(value), Some(value));
        }
        // What fits the narrow form comes back in it.
        assert_eq!(round_trip(Raw::Wide(5 * 10_i128.pow(18))), Some(Raw::Narrow(500_000_000)));
    }

    #[test]
    fn what_is_no_number_of_ours_is_refused() {
        for bytes in [
            &[][..],
            &[0, 0, 0, 0, 0xc0, 0, 0, 0],
            &[0, 1, 0x7f, 0xff, 0, 0, 0, 0, 0, 1],
            &[0, 1, 0xff, 0xf0, 0, 0, 0, 0, 0, 1],
        ] {
            assert_eq!(decode(bytes), None, "{bytes:?}");
        }
    }

    proptest! {
        #[test]
        fn every_value_survives(narrow in -999_999_999_999_999_999_i64..1_000_000_000_000_000_000, cut in 0_u32..60) {
            let value = Raw::Narrow(narrow >> cut);
            prop_assert_eq!(round_trip(value), Some(value));
        }

        #[test]
        fn any_bytes_are_read_or_refused(bytes in prop::collection::vec(any::<u8>(), 0..40)) {
            let _ = decode(&bytes);
        }
    }
}

//! `TIMESTAMPTZ` on the wire: microseconds since 2000-01-01, to and from UTC milliseconds.

use sqlx::encode::IsNull;
use sqlx::error::BoxDynError;
use sqlx::postgres::types::Oid;
use sqlx::postgres::{PgArgumentBuffer, PgTypeInfo, PgValueFormat, PgValueRef};
use sqlx::{Decode, Encode, Postgres, Type};
use types::Timestamp;

/// The type, by its number: a name would be looked up once more on every connection.
const TIMESTAMPTZ: Oid = Oid(1184);
/// Milliseconds from the Unix epoch to PostgreSQL's.
const EPOCH_MS: i64 = 946_684_800_000;
/// The years that candles have: 1970 to 9999.
const YEARS: std::ops::RangeInclusive<i64> = 0..=253_402_300_800_000;

/// UTC milliseconds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Instant(pub(super) i64);

impl Instant {
    /// Returns the instant, or the end of the calendar beyond which it lies.
    pub(super) fn clamped(at: Timestamp) -> Self {
        Self(at.as_ms().clamp(*YEARS.start(), *YEARS.end()))
    }

    /// Returns what the wire has.
    pub(super) fn to_wire(self) -> [u8; 8] {
        ((self.0 - EPOCH_MS) * 1000).to_be_bytes()
    }
}

impl Type<Postgres> for Instant {
    fn type_info() -> PgTypeInfo {
        PgTypeInfo::with_oid(TIMESTAMPTZ)
    }
}

impl Encode<'_, Postgres> for Instant {
    fn encode_by_ref(&self, buffer: &mut PgArgumentBuffer) -> Result<IsNull, BoxDynError> {
        buffer.extend_from_slice(&self.to_wire());
        Ok(IsNull::No)
    }
}

impl<'r> Decode<'r, Postgres> for Instant {
    fn decode(value: PgValueRef<'r>) -> Result<Self, BoxDynError> {
        if value.format() == PgValueFormat::Text {
            return Err("times come in binary from prepared statements".into());
        }
        let micros = i64::from_be_bytes(value.as_bytes()?.try_into()?);
        Ok(Self(micros.div_euclid(1000) + EPOCH_MS))
    }
}

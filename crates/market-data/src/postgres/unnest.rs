//! Rows as arrays, one for each column: `INSERT … SELECT … FROM unnest(…)`. For rows that replace others, and for servers that take
//! no `COPY`.
//!
//! The values are the bytes that the binary form of `COPY` has, so both ways store the same candle.

use sqlx::encode::IsNull;
use sqlx::error::BoxDynError;
use sqlx::postgres::types::Oid;
use sqlx::postgres::{PgArgumentBuffer, PgTypeInfo};
use sqlx::{AssertSqlSafe, Encode, PgTransaction, Postgres, Type};

use super::copy::{COLUMNS, field, null};
use super::instant::Instant;
use super::numeric;
use crate::columns::{Changed, Columns, DECIMALS, MISSING_NARROW};

/// Rows of one statement: about half a megabyte, beyond which it does not get faster.
const ROWS: usize = 5000;

/// Kinds of elements, as PostgreSQL numbers its built-in types: the element's and its array's.
#[derive(Debug, Clone, Copy)]
enum Element {
    Int8 = 20,
    Text = 25,
    Timestamptz = 1184,
    Numeric = 1700,
}

impl Element {
    const fn array(self) -> Oid {
        Oid(match self {
            Self::Int8 => 1016,
            Self::Text => 1009,
            Self::Timestamptz => 1185,
            Self::Numeric => 1231,
        })
    }
}

/// A column on its way.
#[derive(Debug)]
struct Array {
    element: Element,
    /// Dimensions, kind and elements, as the wire has them.
    bytes: Vec<u8>,
}

impl Array {
    fn new(element: Element, changed: &[Changed], write: impl Fn(usize, &mut Vec<u8>)) -> Self {
        let rows = i32::try_from(changed.len()).unwrap_or(i32::MAX);
        let mut bytes = Vec::with_capacity(20 + 24 * changed.len());
        // One dimension, perhaps with NULLs, of this kind, so long, counted from one.
        for word in [1, 1, element as i32, rows, 1] {
            bytes.extend_from_slice(&word.to_be_bytes());
        }
        for changed in changed {
            write(changed.row, &mut bytes);
        }
        Self { element, bytes }
    }
}

impl Type<Postgres> for Array {
    fn type_info() -> PgTypeInfo {
        PgTypeInfo::with_oid(Element::Numeric.array())
    }
}

impl Encode<'_, Postgres> for Array {
    fn encode_by_ref(&self, buffer: &mut PgArgumentBuffer) -> Result<IsNull, BoxDynError> {
        buffer.extend_from_slice(&self.bytes);
        Ok(IsNull::No)
    }

    fn produces(&self) -> Option<PgTypeInfo> {
        Some(PgTypeInfo::with_oid(self.element.array()))
    }
}

/// Stores rows, replacing those that are there.
pub(super) async fn insert(
    tx: &mut PgTransaction<'_>,
    series: i32,
    columns: &Columns,
    changed: &[Changed],
) -> Result<(), sqlx::Error> {
    let decimals = vec!["numeric[]"; DECIMALS.len()];
    let kinds = [&["timestamptz[]"], &decimals[..], &["bigint[]", "text[]"]].concat();
    let arrays: Vec<String> = (2..).zip(kinds).map(|(number, kind)| format!("${number}::{kind}")).collect();
    let set: Vec<String> =
        COLUMNS.split(", ").skip(2).map(|column| format!("{column} = EXCLUDED.{column}")).collect();
    let sql = format!(
        "INSERT INTO candles ({COLUMNS}) SELECT $1::integer, * FROM unnest({})
         ON CONFLICT (series_id, open_time) DO UPDATE SET {}",
        arrays.join(", "),
        set.join(", ")
    );
    for changed in changed.chunks(ROWS) {
        let time = |row: usize, bytes: &mut Vec<u8>| field(bytes, &Instant(columns.open_time[row]).to_wire());
        let mut query = sqlx::query(AssertSqlSafe(sql.clone())).bind(series).bind(Array::new(
            Element::Timestamptz,
            changed,
            time,
        ));
        for column in &columns.decimals {
            query = query.bind(Array::new(Element::Numeric, changed, |row, bytes| match column.raw(row) {
                Some(value) => numeric::encode(value, bytes),
                None => null(bytes),
            }));
        }
        let trades = |row: usize, bytes: &mut Vec<u8>| match columns.trades[row] {
            MISSING_NARROW => null(bytes),
            trades => field(bytes, &trades.to_be_bytes()),
        };
        let source = |row: usize, bytes: &mut Vec<u8>| field(bytes, columns.source[row].as_str().as_bytes());
        query
            .bind(Array::new(Element::Int8, changed, trades))
            .bind(Array::new(Element::Text, changed, source))
            .execute(&mut **tx)
            .await?;
    }
    Ok(())
}

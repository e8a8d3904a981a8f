//! Which column holds what: by position in files without a header, by name in files with one.

use super::number;

/// Most columns a row may have.
pub(super) const MAX_COLUMNS: usize = 32;

/// What a column can hold, in the order of Binance's archives.
const FIELDS: usize = 11;
/// Position of the open time among the fields.
pub(super) const OPEN_TIME: usize = 0;
/// Position of the close time among the fields.
pub(super) const CLOSE_TIME: usize = 6;
/// Fields without which a row is no candle: open time, prices, volume.
const NEEDED: usize = 6;

/// The names each field goes by, in lower case with `_` for everything else; the first is ours.
const NAMES: [&[&str]; FIELDS] = [
    &["open_time", "timestamp", "opentime", "date", "datetime", "time", "open_timestamp"],
    &["open"],
    &["high"],
    &["low"],
    &["close"],
    &["volume"],
    &["close_time", "closetime", "close_timestamp"],
    &["quote_volume", "quote_asset_volume", "quote_av", "quotevolume"],
    &["trades", "count", "number_of_trades", "num_trades", "trade_count"],
    &[
        "taker_buy_base",
        "taker_buy_volume",
        "taker_buy_base_asset_volume",
        "taker_buy_base_volume",
        "tb_base_av",
    ],
    &["taker_buy_quote", "taker_buy_quote_volume", "taker_buy_quote_asset_volume", "tb_quote_av"],
];

/// What other programs put between cells.
const SEPARATORS: [(u8, &str); 3] = [(b';', "semicolons"), (b'\t', "tabs"), (b'|', "bars")];

/// Names of a column that says to which market a row belongs.
const SYMBOL: &[&str] = &["symbol", "pair", "ticker", "tic", "instrument", "instid", "inst_id"];
/// Names of a column that says how long a candle lasts.
const INTERVAL: &[&str] = &["interval", "timeframe", "time_frame", "tf"];

/// Where the fields of a row are.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub(super) struct Layout {
    /// Column of each field.
    pub(super) fields: [Option<usize>; FIELDS],
    /// Column of the symbol, where there is one.
    pub(super) symbol: Option<usize>,
    /// Column of the interval, where there is one.
    pub(super) interval: Option<usize>,
    /// How many columns a row has.
    pub(super) width: usize,
    /// Whether the first line is a header.
    pub(super) has_header: bool,
}

impl Layout {
    /// Finds the layout from the first line that is not blank; on failure says what was found and what was expected.
    pub(super) fn detect(cells: &[&[u8]]) -> Result<Self, String> {
        let first = cells.first().copied().unwrap_or_default();
        if number::decimal(first).is_some() || number::time(first).is_ok() {
            return Self::by_position(cells.len());
        }
        Self::by_name(cells)
    }

    fn by_position(width: usize) -> Result<Self, String> {
        let fields = match width {
            6 => NEEDED,
            11 | 12 => FIELDS,
            _ => {
                return Err(format!(
                    "its first row has {width} columns; rows without a header have 6, 11 or 12 \
                     (open_time,open,high,low,close,volume,…)"
                ));
            }
        };
        let fields = std::array::from_fn(|field| (field < fields).then_some(field));
        Ok(Self { fields, width, ..Self::default() })
    }

    fn by_name(cells: &[&[u8]]) -> Result<Self, String> {
        let names: Vec<String> = cells.iter().map(|cell| plain(cell)).collect();
        let find =
            |aliases: &[&str]| aliases.iter().find_map(|alias| names.iter().position(|name| name == alias));
        let fields = NAMES.map(find);
        let missing: Vec<&str> =
            NAMES.iter().zip(fields).take(NEEDED).filter(|row| row.1.is_none()).map(|row| row.0[0]).collect();
        if missing.is_empty() {
            let (symbol, interval) = (find(SYMBOL), find(INTERVAL));
            return Ok(Self { fields, symbol, interval, width: cells.len(), has_header: true });
        }
        if let [line] = cells
            && let Some((_, name)) = SEPARATORS.iter().find(|(separator, _)| line.contains(separator))
        {
            return Err(format!("its cells are separated by {name}; save it with commas"));
        }
        let found: String = names.join(",").chars().take(120).collect();
        Err(format!(
            "its first line '{found}' is neither a row of numbers nor a header with {}; \
             a header needs open_time,open,high,low,close,volume",
            missing.join(", ")
        ))
    }

    /// Returns whether a line is a header of this layout, as in files that were joined end to end.
    pub(super) fn is_header(&self, cells: &[&[u8]]) -> bool {
        Self::by_name(cells).is_ok_and(|header| header.fields == self.fields && header.width == self.width)
    }
}

/// Folds `Quote asset volume` to `quote_asset_volume`.
fn plain(cell: &[u8]) -> String {
    let text = String::from_utf8_lossy(cell);
    text.trim().chars().map(|c| if c.is_alphanumeric() { c.to_ascii_lowercase() } else { '_' }).collect()
}

/// Splits a line at its commas; spaces and quotes around a cell do not belong to it. Returns how many cells there are, which
/// may be more than fit.
pub(super) fn split<'a>(line: &'a [u8], cells: &mut [&'a [u8]; MAX_COLUMNS]) -> usize {
    let mut count = 0;
    for cell in line.split(|&byte| byte == b',') {
        if let Some(slot) = cells.get_mut(count) {
            let cell = cell.trim_ascii();
            *slot = match cell {
                [b'"', inner @ .., b'"'] => inner.trim_ascii(),
                cell => cell,
            };
        }
        count += 1;
    }
    count
}

#[cfg(test)]
mod tests {
    use super::*;

    fn detect(line: &str) -> Result<Layout, String> {
        let mut cells = [&[][..]; MAX_COLUMNS];
        let count = split(line.as_bytes(), &mut cells);
        Layout::detect(&cells[..count])
    }

    #[test]
    fn headers_of_every_origin_are_understood() {
        for header in [
            "open_time,open,high,low,close,volume,close_time,quote_volume,count,taker_buy_volume,taker_buy_quote_volume,ignore",
            "timestamp,open,high,low,close,volume,close_time,quote_av,trades,tb_base_av,tb_quote_av,ignore",
            "Open time,Open,High,Low,Close,Volume,Close time,Quote asset volume,Number of trades,\
             Taker buy base asset volume,Taker buy quote asset volume,Ignore",
        ] {
            let layout = detect(header).expect("a header");
            assert_eq!(layout.fields, std::array::from_fn(Some), "{header}");
            assert_eq!((layout.width, layout.has_header), (12, true));
        }
        let shuffled = detect("\"volume\", close ,low,high,open,open_time").expect("a header");
        assert_eq!(shuffled.fields[..6], [Some(5), Some(4), Some(3), Some(2), Some(1), Some(0)]);
    }

    #[test]
    fn a_column_may_say_whose_candle_it_is_and_how_long_it_lasts() {
        let layout = detect("Date,Symbol,timeframe,open,high,low,close,volume").expect("a header");
        assert_eq!((layout.symbol, layout.interval), (Some(1), Some(2)));
    }

    #[test]
    fn rows_without_a_header_have_a_known_width() {
        assert_eq!(detect("1502942400000,1,2,1,2,3").map(|layout| layout.width), Ok(6));
        assert!(
            detect("1502942400000,1,2,1,2,3,4,5,6,7,8").is_ok_and(|layout| layout.fields[10] == Some(10))
        );
        assert!(detect("1502942400000,1,2").is_err_and(|reason| reason.contains("has 3 columns")));
    }

    #[test]
    fn what_is_neither_is_named() {
        let reason = detect("open_time,open,high,close,volume").expect_err("no low");
        assert!(reason.contains("a header with low;"), "{reason}");
        for (line, name) in [("1502942400000;1;2;1;2;3", "semicolons"), ("open_time\topen\thigh", "tabs")] {
            assert!(detect(line).is_err_and(|reason| reason.contains(name)), "{line}");
        }
        assert!(detect("<html>").is_err());
        assert!(detect("").is_err());
    }
}

//! What the name of a file says about its candles: `BTCUSDT-1h-2024-01.zip` holds hours of BTCUSDT.
//!
//! Names are free, so only what is plainly an interval or a pair is taken for one.

use types::Interval;

/// Assets in which others are priced.
const QUOTES: [&str; 14] =
    ["USDT", "USDC", "BUSD", "FDUSD", "TUSD", "DAI", "USD", "BTC", "ETH", "BNB", "EUR", "GBP", "TRY", "JPY"];
/// Those that no English word ends with; names in lower case are taken for a pair with these only.
const PLAIN_QUOTES: [&str; 7] = ["USDT", "USDC", "BUSD", "FDUSD", "TUSD", "USD", "BTC"];
/// No asset of an exchange has a longer name.
const LONGEST_ASSET: usize = 12;

/// Returns the intervals that a name holds. `1m` in a name without capitals may be a minute or a month, so it is both.
pub(super) fn intervals_in(name: &str) -> Vec<Interval> {
    let base = base(name);
    let has_capitals = base.chars().any(char::is_uppercase);
    let mut found = Vec::new();
    for token in tokens(base) {
        let Some(interval) = interval(token) else { continue };
        found.push(interval);
        if interval == Interval::M1 && !has_capitals {
            found.push(Interval::Mo1);
        }
    }
    found
}

/// Returns the pair that a name holds, in capitals and without separators.
pub(super) fn symbol_in(name: &str) -> Option<String> {
    let mut before: Option<&str> = None;
    for token in tokens(base(name)) {
        let upper = token.to_ascii_uppercase();
        let quotes: &[&str] = if *token == upper { &QUOTES } else { &PLAIN_QUOTES };
        for quote in quotes {
            let asset = match upper.strip_suffix(quote) {
                Some("") => before.unwrap_or_default(),
                Some(asset) => asset,
                None => continue,
            };
            let is_asset = (2..=LONGEST_ASSET).contains(&asset.len())
                && asset.chars().all(|c| c.is_ascii_alphanumeric())
                && asset.chars().any(|c| c.is_ascii_alphabetic());
            if is_asset {
                return Some(format!("{}{quote}", asset.to_ascii_uppercase()));
            }
        }
        before = Some(token);
    }
    None
}

/// Returns a symbol as names of files write it: in capitals, without separators.
pub(super) fn plain_symbol(symbol: &str) -> String {
    symbol.chars().filter(char::is_ascii_alphanumeric).map(|c| c.to_ascii_uppercase()).collect()
}

fn interval(token: &str) -> Option<Interval> {
    let digits = token.len() - token.trim_start_matches(|c: char| c.is_ascii_digit()).len();
    let (number, unit) = token.split_at(digits);
    let unit = match unit {
        "M" => "M",
        other => match other.to_ascii_lowercase().as_str() {
            "s" | "sec" => "s",
            "m" | "min" => "m",
            "h" | "hour" => "h",
            "d" | "day" => "d",
            "w" | "week" => "w",
            "mo" | "month" => "M",
            _ => return None,
        },
    };
    match (number, unit) {
        ("60", "m") => Some(Interval::H1),
        _ => format!("{number}{unit}").parse().ok(),
    }
}

/// Returns the last part of a path, or of a path inside an archive.
fn base(name: &str) -> &str {
    name.rsplit(['/', '\\']).next().unwrap_or(name)
}

fn tokens(base: &str) -> impl Iterator<Item = &str> {
    base.split(|c: char| !c.is_ascii_alphanumeric()).filter(|token| !token.is_empty())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn intervals(name: &str) -> Vec<&'static str> {
        intervals_in(name).into_iter().map(Interval::as_str).collect()
    }

    #[test]
    fn intervals_are_found_where_names_have_them() {
        for (name, found) in [
            ("BTCUSDT-1h-2024-01.zip", &["1h"][..]),
            ("data/1d/spot-BTCUSDT-1m-2023-03-16_2023-05-01.csv.gz", &["1m"]),
            ("BTC-1mo.csv", &["1M"]),
            ("BTCUSDT-1M-2024.csv", &["1M"]),
            ("btcusdt_1m.csv", &["1m", "1M"]),
            ("BTC_USDT-4H.csv", &["4h"]),
            ("Binance_BTCUSDT_60min.csv", &["1h"]),
            ("BTCUSDT-1m-to-1h.csv", &["1m", "1h"]),
            ("both.zip/ETHUSDT-15m.csv", &["15m"]),
        ] {
            assert_eq!(intervals(name), found, "{name}");
        }
        for name in [
            "all24.csv",
            "first17.csv",
            "2024-01-02.csv",
            "last-7d.csv",
            "BTCUSDT.csv",
            "m.csv",
            "",
            "BTC-7h.csv",
        ] {
            assert_eq!(intervals(name), [""; 0], "{name}");
        }
    }

    #[test]
    fn pairs_are_found_where_names_have_them() {
        for (name, found) in [
            ("BTCUSDT-1h-2024-01.zip", "BTCUSDT"),
            ("um-ETHUSDT-1h.csv", "ETHUSDT"),
            ("spot-BTCUSDT-1h.csv", "BTCUSDT"),
            ("BTC-USD.csv", "BTCUSD"),
            ("BTC_USDT-1m.csv", "BTCUSDT"),
            ("ethbtc_1d.csv", "ETHBTC"),
            ("1000SHIBUSDT.csv", "1000SHIBUSDT"),
            ("x.zip/BTCUSD_PERP-1d.csv", "BTCUSD"),
            ("PEPEBTC-1d.csv", "PEPEBTC"),
        ] {
            assert_eq!(symbol_in(name).as_deref(), Some(found), "{name}");
        }
        for name in [
            "a.csv",
            "entry.csv",
            "country-2024.csv",
            "usdt.csv",
            "hours.csv",
            "2024-01.zip",
            "generated.csv",
            "",
            "W.csv",
        ] {
            assert_eq!(symbol_in(name), None, "{name}");
        }
        assert_eq!(plain_symbol("BTC-USDT"), "BTCUSDT");
    }
}

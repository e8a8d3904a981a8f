//! The URL of a candle database: the driver's own form, and what we add to it.

use sqlx::postgres::PgConnectOptions;

/// Loads of bars and imports are long; a few at once fill the server's disk.
const CONNECTIONS: u32 = 8;
/// Our own option: how many connections at most. Some servers and plans give out only a few.
const OPTION: &str = "candle_connections";

/// Where the database is, and how many connections to keep to it.
#[derive(Debug, Clone)]
pub(super) struct Address {
    pub(super) options: PgConnectOptions,
    pub(super) connections: u32,
}

/// Reads a URL.
pub(super) fn parse(url: &str) -> Result<Address, sqlx::Error> {
    let (address, query) = url.split_once('?').unwrap_or((url, ""));
    let mut connections = CONNECTIONS;
    let mut others = Vec::new();
    for pair in query.split('&').filter(|pair| !pair.is_empty()) {
        match pair.split_once('=') {
            Some((OPTION, value)) => connections = parse_connections(value)?,
            _ => others.push(pair),
        }
    }
    let options: PgConnectOptions = format!("{address}?{}", others.join("&")).parse()?;
    Ok(Address { options: options.application_name("crypto candles"), connections })
}

fn parse_connections(value: &str) -> Result<u32, sqlx::Error> {
    match value.parse() {
        Ok(connections @ 1..=1000) => Ok(connections),
        _ => Err(sqlx::Error::Configuration(
            format!("{OPTION}={value} in its URL is not a number from 1 to 1000").into(),
        )),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn our_own_option_is_taken_and_the_others_go_to_the_driver() {
        let address = parse("postgres://me@localhost/x?candle_connections=1&host=/run/y").unwrap();
        assert_eq!(address.connections, 1);
        assert_eq!(address.options.get_socket().map(|path| path.to_str().unwrap()), Some("/run/y"));
        assert_eq!(parse("postgres://me@localhost/x").unwrap().connections, CONNECTIONS);
    }

    #[test]
    fn an_impossible_number_of_connections_is_refused_with_what_is_possible() {
        for wrong in ["0", "", "-1", "many", "1001"] {
            let error = parse(&format!("postgres://me:secret@localhost/x?candle_connections={wrong}"));
            let text = error.unwrap_err().to_string();
            assert!(text.contains("a number from 1 to 1000") && !text.contains("secret"), "{text}");
        }
    }
}

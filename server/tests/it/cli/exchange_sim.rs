//! `crypto exchange-sim`: where it listens, what it serves, how it ends.

use std::net::TcpListener;

use super::house::House;
use super::market::hourly;
use super::sim::{Sim, request, request_text};

#[test]
fn it_refuses_to_be_reached_from_other_machines() {
    let house = House::new();
    for address in ["0.0.0.0:0", "[::]:0", "192.0.2.1:3900"] {
        house
            .run(&["exchange-sim", "--listen", address])
            .fails(2, &[address, "can be reached from other machines", "listen on 127.0.0.1"]);
    }
}

#[test]
fn a_busy_port_is_named_with_what_to_do() {
    let house = House::new();
    let taken = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = taken.local_addr().unwrap();
    house.run(&["exchange-sim", "--listen", &address.to_string()]).fails(
        1,
        &[
            &format!("port {} is in use on 127.0.0.1", address.port()),
            "choose another with --listen 127.0.0.1:PORT",
        ],
    );
}

#[test]
fn it_serves_the_exchange_s_endpoints_and_says_that_it_is_none() {
    let house = House::new();
    let mut sim = Sim::start(&house);
    assert_eq!(request(&sim.address, "GET", "/api/v3/ping", "").0, 200);
    let (_, time) = request(&sim.address, "GET", "/api/v3/time", "");
    // 2024-03-01 12:20:40 and the little that has passed since.
    assert!((0..300_000).contains(&(time["serverTime"].as_i64().unwrap() - 1_709_295_640_000)), "{time}");
    let (_, info) = request(&sim.address, "GET", "/api/v3/exchangeInfo?symbol=BTCUSDT", "");
    assert_eq!(info["symbols"][0]["symbol"], "BTCUSDT");
    let path = "/api/v3/klines?symbol=BTCUSDT&interval=1h&limit=5";
    assert_eq!(request(&sim.address, "GET", path, "").1.as_array().unwrap().len(), 5);
    let (_, about) = request_text(&sim.address, "GET", "/", "");
    assert!(about.contains("It is no exchange") && about.contains("synthetic"), "{about}");
    let (code, said) = {
        let Sim { server, .. } = sim;
        server.stop("INT")
    };
    assert_eq!(code, Some(0), "{said}");
    assert!(said.contains("Ctrl+C stops it"), "{said}");
    sim = Sim::start(&house);
    assert_eq!(request(&sim.address, "GET", "/api/v3/ping", "").0, 200);
}

#[test]
fn the_same_seed_is_the_same_market_and_another_seed_another() {
    let house = House::new();
    let truth = |seed: &str| {
        let sim = Sim::start_with(&house, &["--start-clock-at", "2024-03-01", "--seed", seed]);
        sim.truth("ETHUSDT", "1h", "2024-01-01", "2024-01-05")
    };
    let first = truth("5");
    assert!(!first.is_empty());
    assert_eq!(first, truth("5"));
    assert_ne!(first, truth("6"));
}

#[test]
fn stored_candles_can_be_replayed_and_ingested_again() {
    let house = House::with_candles(400);
    let sim = Sim::start_with(&house, &["--replay", "binance:BTCUSDT:1h", "--start-clock-at", "2024-02-01"]);
    assert_eq!(sim.truth("BTCUSDT", "1h", "2024-01-01", "2024-02-01"), hourly(400));
    house
        .run(&["exchange-sim", "--replay", "binance:ETHUSDT:1h"])
        .fails(4, &["no candles of binance ETHUSDT 1h are stored", "crypto data list"]);
}

use proptest::prelude::*;

use super::super::read_klines;
use super::*;

const ROW: &str = r#"[1499040000000,"0.01634790","0.80000000","0.01575800","42","148976.11427815",1499644799999,"2434.19",308,"0.00000000","28.46694368","0"]"#;

#[test]
fn what_binance_writes_is_read_the_quick_way() {
    let body = format!("[{ROW},{ROW}]");
    let rows = scan_klines(body.as_bytes()).expect("the known form");
    assert_eq!(Ok(rows.into_rows()), read_klines(body.as_bytes()));
    assert_eq!(scan_klines(b"[]"), Some(ServedColumns::default()));
}

/// Returns whether the quick way read it.
fn agrees(body: &[u8]) -> bool {
    let Some(rows) = scan_klines(body) else { return false };
    let careful = read_klines(body).expect("the careful way reads it too");
    assert_eq!(rows.into_rows(), careful, "{}", String::from_utf8_lossy(body));
    true
}

/// Puts a cell into every kind of place.
fn agrees_everywhere(cell: &str) {
    for (place, quoted) in [
        ("\"0.01634790\"", true),
        ("\"28.46694368\"", true),
        ("\"0\"]", true),
        ("308", false),
        ("1499040000000", false),
        ("1499644799999", false),
    ] {
        let end = if place.ends_with(']') { "]" } else { "" };
        let text = if quoted { format!("\"{cell}\"{end}") } else { cell.to_owned() };
        agrees(format!("[{}]", ROW.replace(place, &text)).as_bytes());
        agrees(format!("[{}]", ROW.replace(place, &format!("{cell}{end}"))).as_bytes());
    }
}

#[test]
fn cells_at_the_edge_are_left_to_the_careful_way_or_read_the_same() {
    for cell in [
        "",
        "-1.5",
        "-0",
        "+1",
        "1.",
        ".5",
        "1e3",
        "1E-3",
        "1.5e3",
        "1_000",
        " 1",
        "1 ",
        "007.50",
        "0",
        "00",
        "0.0",
        "01",
        "1.123456789",
        "1.12345678",
        "1.1234567",
        "1.000000000",
        "9999999.99999999",
        "12345678.12345678",
        "9999999999.99999999",
        "99999999999.99999999",
        "10000000000",
        "999999999999999999",
        "9999999999999999999",
        "9223372036854775807",
        "9223372036854775808",
        "18446744073709551616",
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
        "null",
        "true",
        "[]",
        "{}",
        "[1]",
        "NaN",
        "Infinity",
        "0x10",
        "1,5",
        "1499040000000",
        "149904000000",
        "14990400000000",
        "0499040000000",
        "99999999",
        "9999999",
        "09999999",
    ] {
        agrees_everywhere(cell);
    }
    agrees_everywhere(&"9".repeat(400));
    agrees_everywhere(&format!("0.{}1", "0".repeat(400)));
    for body in ["[", "]", "[,]", "[[]]", "[]]", "[] ", " []", "[[1]", "null", "{}", "", "[[[", "\u{feff}[]"]
    {
        agrees(body.as_bytes());
    }
}

#[test]
fn the_usual_cells_are_read_the_quick_way() {
    for cell in [
        "0.00000001",
        "1.5",
        "42",
        "9999999.99999999",
        "12345678.12345678",
        "9999999999.99999999",
        "9999999999",
    ] {
        assert!(agrees(format!("[{}]", ROW.replace("0.01634790", cell)).as_bytes()), "{cell}");
    }
    for count in ["0", "9", "9999999", "99999999", "999999999999999999"] {
        assert!(agrees(format!("[{}]", ROW.replace("308", count)).as_bytes()), "{count}");
        assert!(agrees(format!("[{}]", ROW.replace("1499040000000", count)).as_bytes()), "{count}");
    }
}

/// A number as JSON or a careless writer may spell it.
fn number() -> impl Strategy<Value = String> {
    prop_oneof![
        "[0-9]{1,20}",
        "-?[0-9]{1,12}\\.[0-9]{0,12}",
        "[0-9]{0,10}\\.[0-9]{8}",
        "-?[0-9]{1,4}(\\.[0-9]{1,4})?[eE][+-]?[0-9]{1,3}",
        "[0-9.,+eE_ -]{0,12}",
    ]
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
    fn both_ways_agree_on_any_number_anywhere(number in number()) {
        agrees_everywhere(&number);
    }

    #[test]
    fn both_ways_agree_on_any_row(
        times in prop::array::uniform2(0_u64..20_000_000_000_000),
        amounts in prop::collection::vec("[0-9]{1,11}(\\.[0-9]{1,9})?", 8), trades in 0_u64..20_000_000_000,
    ) {
        let [a, b, c, d, e, f, g, h] = &amounts[..] else { unreachable!("eight are drawn") };
        let [open, close] = times;
        let row = format!(r#"[{open},"{a}","{b}","{c}","{d}","{e}",{close},"{f}",{trades},"{g}","{h}","0"]"#);
        let fits = |amount: &String| {
            let (whole, fraction) = amount.split_once('.').unwrap_or((amount, ""));
            whole.len() <= 10 && fraction.len() <= 8
        };
        prop_assert_eq!(agrees(format!("[{row},{row}]").as_bytes()), amounts.iter().all(fits));
    }
}

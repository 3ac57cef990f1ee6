//! What a scan is read as, whatever its scheme.

use proptest::prelude::*;

use super::*;
use crate::loyalty::said::quoted;

fn kind(raw: &str) -> Result<&'static str, Unread> {
    read(raw, &Settings::default()).map(|scan| scan.kind.name())
}

#[test]
fn the_identifier_decides_where_there_is_one() {
    for (raw, expected) in [
        ("]E05901234123457\r\n", Ok("gtin")),
        ("]E0", Err(Unread::Length { ai: None })),
        ("]E0590123412345A", Err(Unread::NonNumeric { ai: None })),
        ("]E496385074", Ok("gtin")),
        ("]E402345673", Ok("rcn")),
        ("]E3590123412345712", Ok("gtin")),
        ("]E112", Ok("plain")),
        ("]I112345678901231", Ok("gtin")),
        ("]I012345678901231", Ok("plain")),
        ("]C1", Err(Unread::Empty)),
        ("]Q1", Ok("plain")),
        ("]Q3https://a/01/12312312312333", Err(Unread::UnknownAi)),
        ("]C0https://a/01/12312312312333", Ok("plain")),
        ("]d1https://a/01/12312312312333", Ok("digital_link")),
        ("https://a/01/12312312312333", Ok("digital_link")),
        ("]Q1PAN 4111111111111111", Err(Unread::PaymentCard)),
        ("]Q14111111111111111 12/25 123", Err(Unread::PaymentCard)),
        ("]L041111111111111112512", Err(Unread::PaymentCard)),
        ("41111111111111112512", Err(Unread::PaymentCard)),
        ("]Q1LP14111111111111111", Err(Unread::PaymentCard)),
        ("LP15555555555554444", Err(Unread::PaymentCard)),
        ("%B4111.1111.1111.1111^A/B^2512101?", Err(Unread::PaymentCard)),
        ("]C1214111111111111111", Err(Unread::PaymentCard)),
        ("]C1104111-1111-1111-1111", Err(Unread::PaymentCard)),
        (
            "https://a/01/12312312312333/21/4111111111111111",
            Err(Unread::PaymentCard),
        ),
        (
            "https://a/01/12312312312333?99=4111111111111111",
            Err(Unread::PaymentCard),
        ),
        ("]C1214111111111111112", Ok("elements")),
        ("]C199PAN=4111111111111111", Err(Unread::PaymentCard)),
        ("]E05901234123457|]e0214111111111111111", Err(Unread::PaymentCard)),
        ("]C110L411111111111X1111", Ok("elements")),
        ("\t\r\n", Err(Unread::Empty)),
        ("LP1AEAQAAINGE", Ok("plain")),
    ] {
        assert_eq!(kind(raw), expected, "{raw}");
    }
}

#[test]
fn a_text_barcode_with_a_prefix_of_ours_is_a_card() {
    let settings = Settings {
        gsrn_prefixes: vec!["9506".to_owned()],
        ..Settings::default()
    };
    let scan = read("]A0950600013430000016", &settings).expect("a member's number");
    assert_eq!(scan.kind.name(), "card");
    assert_eq!(kind("]A0950600013430000016"), Ok("plain"));
    let expecting = Settings {
        expect_card: true,
        ..Settings::default()
    };
    assert_eq!(
        read("]C049927398716", &expecting).map(|scan| scan.kind.name()),
        Ok("card")
    );
}

#[test]
fn work_grows_with_the_length_and_not_with_its_square() {
    // Each was quadratic in the number of groups, tracks or elements, or could be; a length that no scanner sends ends all.
    let count = 100_000;
    for piece in [
        "1 ", "%?", ";?", "11260401", "10A\x1D", "(10)A", "/10/A", "&99=A", "?", "(", "4111 ",
    ] {
        let long = piece.repeat(count);
        for before in [
            "",
            "]C1",
            "]Q1",
            "]Q1https://a/01/12312312312333",
            ";",
            "%B",
            "LP1",
            "]E05901234123457|]e0",
        ] {
            let raw = format!("{before}{long}");
            assert_eq!(kind(&raw), Err(Unread::Length { ai: None }), "{before}{piece}…");
        }
    }
    assert!(!payment::hides_in(&"1 ".repeat(count), &Settings::default()));
    let tracks = format!("{}{}", "%?".repeat(count), ";?".repeat(count));
    assert!(stripe::read(&tracks, &Settings::default()).is_err());
    let dates = gs1::read(&"11260401".repeat(count), &Settings::default());
    assert_eq!(dates.map(|all| all.iter().count()), Ok(count));
}

/// Numbers of payment ranges with a right Luhn digit, of every length that is not one of goods.
fn payment_number() -> impl Strategy<Value = String> {
    let start = prop::sample::select(vec![
        "4", "51", "2221", "34", "37", "36", "3528", "6011", "65", "62", "60", "81", "508", "50", "69",
    ]);
    (
        start,
        prop::sample::select(vec![15usize, 16, 17, 19]),
        "[0-9]{18}",
    )
        .prop_map(|(start, length, filler)| {
            let payload = format!("{start}{filler}")[..length - 1].to_owned();
            let last = payment::luhn_digit(payload.as_bytes());
            format!("{payload}{last}")
        })
}

fn any_settings() -> impl Strategy<Value = Settings> {
    (
        any::<[bool; 4]>(),
        prop::option::of(prop::sample::select(vec![
            Region::De,
            Region::Dk,
            Region::Gb,
            Region::Se,
        ])),
        0..30usize,
    )
        .prop_map(
            |(
                [
                    check_associations,
                    assume_gs1,
                    expect_card,
                    dl_zero_suppressed_gtin,
                ],
                rcn_region,
                max_len,
            )| Settings {
                check_associations,
                assume_gs1,
                expect_card,
                dl_zero_suppressed_gtin,
                rcn_region,
                max_len,
                gs_substitute: Some("|".to_owned()),
                ..Settings::default()
            },
        )
}

proptest! {
    #[test]
    fn no_text_makes_it_panic(raw in any::<String>(), settings in any_settings()) {
        let _ = read(&raw, &settings);
    }

    #[test]
    fn nothing_that_looks_like_a_scan_makes_it_panic(
        raw in r"(\](C1|Q1|Q3|E0|E4|E3|e0|I1|A0)|%B|;|\(|https://a/)?([0-9]{1,24}|[0-9A-Z=^?/&()%\x1D|é]{0,40}){0,3}",
        settings in any_settings(),
    ) {
        if let Err(fault) = read(&raw, &settings) {
            prop_assert!(!fault.to_string().is_empty());
        }
    }

    #[test]
    fn a_payment_card_is_never_echoed(
        number in payment_number(),
        before in prop::sample::select(vec!["", "]Q1", "]C0card ", "]L0X", "]A0LP1", "%B", ";", "]Q1tel 12 ", "]Q1PAN/", "12 - ", "]d1é"]),
        gap in prop::sample::select(vec!["", " ", "  ", "-", " - ", ".", "_", "/", ",", "\u{a0}", "\u{2013}", "\t"]),
        behind in prop::sample::select(vec!["", "\r\n", " x", "x", " 12/25 123", "^A/B^2512101?", "=2512?", " 4111111111111111", ";"]),
        expect_card in any::<bool>(),
    ) {
        let settings = Settings { expect_card, ..Settings::default() };
        let groups: Vec<&str> = [0..4, 4..8, 8..12, 12..number.len()].into_iter().map(|place| &number[place]).collect();
        let raw = format!("{before}{}{behind}", groups.join(gap));
        let answer = read(&raw, &settings);
        prop_assert_eq!(answer.as_ref().err(), Some(&Unread::PaymentCard), "{}", raw.escape_debug());
        let fault = answer.expect_err("refused above");
        let shown = format!("{fault} {fault:?} {}", quoted(&raw));
        prop_assert!(!shown.contains(&number[..4]) && !shown.contains(&number[number.len() - 4..]), "{}", shown);
    }
}

//! Anything a scanner can send, under any settings. The first bytes choose the settings, the rest is the scan.
#![no_main]

use libfuzzer_sys::fuzz_target;
use vafa::loyalty::card::Meaning;
use vafa::loyalty::scan::{self, EightDigits, Region, Settings, Unread};

fuzz_target!(|data: &[u8]| {
    let [flags, more, region, least, most, raw @ ..] = data else { return };
    let Ok(raw) = std::str::from_utf8(raw) else { return };
    let settings = settings(*flags, *more, *region, *least, *most);
    let read = scan::read(raw, &settings);
    let _ = scan::symbology(raw);
    let _ = scan::is_pass(raw);
    match read {
        Ok(read) => {
            let _ = Meaning::of(&read, &settings);
            let _ = format!("{read:?}");
            assert!(
                !settings.card_prefixes.is_empty() || !settings.gsrn_prefixes.is_empty() || !is_plain_card(raw),
                "a payment card was read"
            );
        }
        Err(fault) => assert!(fault == Unread::PaymentCard || !format!("{fault} {fault:?}").is_empty()),
    }
});

/// The plainest form of a payment card: sixteen digits beginning with 4 whose sum is right.
fn is_plain_card(raw: &str) -> bool {
    let raw = raw.trim();
    let sum: u32 = raw
        .bytes()
        .rev()
        .enumerate()
        .map(|(place, digit)| {
            let digit = u32::from(digit.wrapping_sub(b'0'));
            let value = if place % 2 == 1 { digit * 2 } else { digit };
            value / 10 + value % 10
        })
        .sum();
    raw.len() == 16 && raw.starts_with('4') && raw.bytes().all(|c| c.is_ascii_digit()) && sum % 10 == 0
}

fn settings(flags: u8, more: u8, region: u8, least: u8, most: u8) -> Settings {
    use Region::{De, Dk, Ee, Fi, Gb, Lt, Lv, No, Se};
    let is = |bit: u8| flags & (1 << bit) != 0;
    let prefixes = |bit: u8, prefixes: &[&str]| match more & (1 << bit) {
        0 => Vec::new(),
        _ => prefixes.iter().map(|prefix| (*prefix).to_owned()).collect(),
    };
    Settings {
        check_associations: is(0),
        assume_gs1: is(1),
        gs_substitute: is(2).then(|| if is(3) { "|".to_owned() } else { "é~".to_owned() }),
        rcn_region: [De, Dk, Ee, Fi, Gb, Lt, Lv, No, Se].get(usize::from(region)).copied(),
        eight_digits_are: if is(4) { EightDigits::Upce } else { EightDigits::Ean8 },
        dl_zero_suppressed_gtin: is(5),
        expect_card: is(6),
        card_prefixes: prefixes(0, &["9", "7"]),
        min_len: usize::from(least),
        max_len: usize::from(most),
        gsrn_prefixes: prefixes(1, &["9506"]),
        in_store_prefixes: prefixes(2, &["04", "2"]),
        coupon_prefixes: prefixes(3, &["05", "981", "99"]),
        voucher_prefixes: prefixes(4, &["980", "29"]),
        coupon_identifiers: prefixes(5, &["255", "8110"]),
    }
}

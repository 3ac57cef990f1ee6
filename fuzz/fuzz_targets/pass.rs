//! Passes: any text behind LP1, and any bytes in their base32, against a list with a key. Nothing that was not signed by it
//! may prove itself.
#![no_main]

use libfuzzer_sys::fuzz_target;
use vafa::loyalty::calendar::{Day, Moment};
use vafa::loyalty::pass::{self, IssuerKey, KeyList};

const LETTERS: &[u8; 32] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";
/// A point of the curve whose private half nobody in here has.
const PUBLIC: [u8; 32] = [
    0x03, 0xa1, 0x07, 0xbf, 0xf3, 0xce, 0x10, 0xbe, 0x1d, 0x70, 0xdd, 0x18, 0xe7, 0x4b, 0xc0, 0x99, 0x67, 0xe4, 0xd6, 0x30,
    0x9b, 0xa5, 0x0d, 0x5f, 0x1d, 0xdc, 0x86, 0x64, 0x12, 0x55, 0x31, 0xb8,
];

fn base32(data: &[u8]) -> String {
    let bits: Vec<u8> = data.iter().flat_map(|byte| (0..8).rev().map(move |n| byte >> n & 1)).collect();
    let letter = |five: &[u8]| {
        let value = five.iter().fold(0, |value, bit| value << 1 | usize::from(*bit)) << (5 - five.len());
        char::from(LETTERS[value])
    };
    bits.chunks(5).map(letter).collect()
}

fuzz_target!(|data: &[u8]| {
    let day = |text| Day::parse(text).expect("a day");
    let keys = KeyList {
        version: 1,
        shop: "shop".to_owned(),
        keys: vec![IssuerKey {
            id: data.get(1).copied().unwrap_or(1),
            public: PUBLIC,
            not_before: day("2020-01-01"),
            not_after: None,
            revoked: false,
        }],
    };
    let now = Moment::from_millis(1_795_000_000_000);
    for text in [format!("LP1{}", String::from_utf8_lossy(data)), format!("LP1{}", base32(data))] {
        assert!(pass::prove(&text, Some(&keys), now, day("2026-11-22")).is_err());
        let _ = pass::prove(&text, None, now, day("2026-11-22"));
    }
});

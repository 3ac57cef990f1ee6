//! Whatever arrives at a terminal: bytes with pauses, through the decoder of keys and the machine that tells scans from
//! fingers, under any of the settings. What was typed and what was scanned never exceeds what came in.
#![no_main]

use crossterm::event::KeyCode;
use libfuzzer_sys::fuzz_target;
use vafa::device::wedge::{Out, Wedge};
use vafa::device::{Settings, Suffix};
use vafa::till::decode::Decoder;
use vafa::till::keys;

fuzz_target!(|data: &[u8]| {
    let [kind, data @ ..] = data else { return };
    let settings = Settings {
        prefix: ["", "\u{2}", "]", "~~"][usize::from(kind % 4)].to_owned(),
        suffix: [Suffix::Any, Suffix::Cr, Suffix::Lf, Suffix::CrLf, Suffix::Tab, Suffix::None][usize::from(kind / 4 % 6)],
        gs_key: (kind / 24 % 2 == 1).then_some(8),
        ..Settings::default()
    };
    let mut decoder = Decoder::default();
    let mut wedge = Wedge::new(settings, KeyCode::Null.into());
    let (mut now_ms, mut out) = (0_u64, 0);
    let mut count = |outs: Vec<Out<_>>| {
        for one in outs {
            out += match one {
                Out::Typed(..) => 1,
                Out::Scan(text, _) => text.chars().count(),
                Out::Trouble(_) => 0,
            };
        }
    };
    let mut at = 0;
    while at < data.len() {
        // One byte says how many follow at once, and how long it takes.
        let (many, pause) = (usize::from(data[at] & 15) + 1, u64::from(data[at] >> 4) * 12);
        let burst = &data[at + 1..(at + 1 + many).min(data.len())];
        now_ms += pause;
        for key in decoder.feed(burst, now_ms) {
            if let Some(kind) = keys::for_scans(key) {
                count(wedge.feed(kind, key, now_ms));
            }
            let _ = keys::read(key);
        }
        count(wedge.tick(now_ms));
        at += 1 + many;
    }
    for key in decoder.tick(now_ms + 10_000) {
        if let Some(kind) = keys::for_scans(key) {
            count(wedge.feed(kind, key, now_ms + 10_000));
        }
    }
    count(wedge.tick(now_ms + 30_000));
    assert!(out <= data.len() * 2, "{out} of {}", data.len());
});

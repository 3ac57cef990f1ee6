//! Keys at the till: characters, ends of line and pauses in any order. Two bytes are one stroke.
#![no_main]

use libfuzzer_sys::fuzz_target;
use vafa::till::line::{InputLine, reads_as_code};

fuzz_target!(|data: &[u8]| {
    let mut line = InputLine::default();
    let mut now_ms = 0_u64;
    for stroke in data.chunks_exact(2) {
        let &[key, pause] = stroke else { continue };
        now_ms += u64::from(pause);
        match key {
            0x80 => line.rubout(),
            0x81 => line.clear(),
            0x82 => drop(line.settle(now_ms)),
            0x83 => line.put("3*"),
            b'\r' => drop(line.end(now_ms, true)),
            b'\n' => drop(line.end(now_ms, false)),
            0x84..=0xff => line.push(char::from(key), now_ms),
            key => line.push(char::from(key), now_ms),
        }
    }
    let _ = reads_as_code(line.text());
});

//! The line of input at the till: keys, ends of line, scans and pauses in any order. Two bytes are one stroke.
#![no_main]

use libfuzzer_sys::fuzz_target;
use vafa::device::Source;
use vafa::till::line::{Entered, InputLine, reads_as_code};

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
            0x84 => drop(line.settle_digit(now_ms)),
            0x85 => {
                let scan = Entered {
                    text: "5901234123457".to_owned(),
                    source: Source::Keyboard,
                    is_sure: pause % 2 == 0,
                };
                drop(line.meet(scan, pause % 3 == 0));
            }
            b'\r' => drop(line.end(now_ms, true)),
            b'\n' => drop(line.end(now_ms, false)),
            key => line.push(char::from(key), now_ms),
        }
    }
    let _ = reads_as_code(line.text());
});

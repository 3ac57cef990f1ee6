//! Bytes of a scanner on a serial port, with pauses, cut into scans; and what the layout finder says of them.
#![no_main]

use libfuzzer_sys::fuzz_target;
use vafa::device::frame::Frame;
use vafa::device::{LONGEST, Settings, Suffix, layout};

fuzz_target!(|data: &[u8]| {
    let [kind, data @ ..] = data else { return };
    let settings = Settings {
        prefix: ["", "\u{2}", "]"][usize::from(kind % 3)].to_owned(),
        suffix: [Suffix::Any, Suffix::Cr, Suffix::CrLf, Suffix::None][usize::from(kind / 3 % 4)],
        ..Settings::default()
    };
    let mut frame = Frame::new(settings);
    let mut now_ms = 0;
    for burst in data.chunks(1 + usize::from(kind / 12)) {
        now_ms += u64::from(burst[0] % 4) * 60;
        for scan in frame.feed(burst, now_ms).into_iter().chain(frame.tick(now_ms + 1)) {
            match scan {
                Ok(text) => {
                    assert!(text.len() <= LONGEST);
                    drop(layout::examine(&text));
                }
                Err(trouble) => drop(trouble.to_string()),
            }
        }
    }
    drop(frame.tick(now_ms + 10_000));
});

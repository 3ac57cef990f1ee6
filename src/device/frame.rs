//! The bytes of a scanner with a line of its own, cut into scans: by its suffix, or by the silence where it sends none.

use zeroize::Zeroizing;

use super::content::reads_as_code;
use super::{End, LONGEST, Settings, Suffix, Trouble, without_prefix};

/// The machine: bytes and the time at which they were read.
pub struct Frame {
    settings: Settings,
    /// It may be a payment card: it does not grow, and is overwritten when it goes.
    bytes: Zeroizing<Vec<u8>>,
    last_ms: u64,
    /// When it was last asked. It is asked often: where it was not, this machine stood still, and bytes may wait to be read.
    asked_ms: u64,
    is_jammed: bool,
}

impl Frame {
    /// A machine with nothing read.
    pub fn new(settings: Settings) -> Frame {
        Frame {
            settings,
            bytes: empty(),
            last_ms: 0,
            asked_ms: 0,
            is_jammed: false,
        }
    }

    /// Takes bytes. Answers the scans that they complete.
    pub fn feed(&mut self, bytes: &[u8], at_ms: u64) -> Vec<Result<String, Trouble>> {
        let stood_still = self.stood_still(at_ms);
        // Only a code that is whole ends by a silence that nobody has heard.
        let mut out: Vec<_> = match stood_still && !self.is_whole() {
            true => Vec::new(),
            false => self.quiet(at_ms).into_iter().collect(),
        };
        self.last_ms = at_ms;
        for byte in bytes {
            let end = match byte {
                b'\r' => Some(End::Cr),
                b'\n' => Some(End::Lf),
                b'\t' => Some(End::Tab),
                _ => None,
            };
            if end.is_some_and(|end| self.settings.suffix.is(end)) {
                out.extend(self.end());
            } else if self.is_jammed || self.bytes.is_empty() && end.is_some() {
                // The rest of a jam, or of a suffix such as the LF of CR LF.
            } else if self.bytes.len() == LONGEST {
                self.forget();
                self.is_jammed = true;
                out.push(Err(Trouble::TooLong));
            } else {
                self.bytes.push(*byte);
            }
        }
        out
    }

    /// Nothing came until now.
    pub fn tick(&mut self, now_ms: u64) -> Option<Result<String, Trouble>> {
        if self.stood_still(now_ms) && !self.bytes.is_empty() {
            self.last_ms = now_ms;
        }
        self.quiet(now_ms)
    }

    fn stood_still(&mut self, now_ms: u64) -> bool {
        let since = now_ms.saturating_sub(self.asked_ms);
        self.asked_ms = now_ms;
        since > self.settings.idle_flush_ms
    }

    fn is_whole(&self) -> bool {
        let text = std::str::from_utf8(&self.bytes).unwrap_or_default();
        self.settings.suffix == Suffix::None
            && reads_as_code(without_prefix(text, &self.settings.prefix), &self.settings.scan)
    }

    fn quiet(&mut self, now_ms: u64) -> Option<Result<String, Trouble>> {
        let is_quiet = now_ms.saturating_sub(self.last_ms) > self.settings.idle_flush_ms;
        if !is_quiet || self.bytes.is_empty() {
            self.is_jammed &= !is_quiet;
            return None;
        }
        if self.settings.suffix == Suffix::None {
            return self.end();
        }
        self.forget();
        Some(Err(Trouble::Half))
    }

    /// The line is gone: a half code that was on it is lost.
    pub fn forget(&mut self) {
        self.bytes = empty();
        self.is_jammed = false;
    }

    fn end(&mut self) -> Option<Result<String, Trouble>> {
        self.is_jammed = false;
        let bytes = std::mem::replace(&mut self.bytes, empty());
        let Ok(text) = std::str::from_utf8(&bytes) else {
            return Some(Err(Trouble::NotText));
        };
        let text = without_prefix(text.trim_matches(['\r', '\n', '\t']), &self.settings.prefix);
        (!text.is_empty()).then(|| Ok(text.to_owned()))
    }
}

fn empty() -> Zeroizing<Vec<u8>> {
    Zeroizing::new(Vec::with_capacity(LONGEST))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn frame(suffix: Suffix) -> Frame {
        Frame::new(Settings {
            suffix,
            ..Settings::default()
        })
    }

    fn all(frame: &mut Frame, bytes: &[u8]) -> Vec<Result<String, Trouble>> {
        let mut out = frame.feed(bytes, 10);
        out.extend((1..50).filter_map(|n| frame.tick(10 + 20 * n)));
        out
    }

    #[test]
    fn each_suffix_ends_a_scan() {
        let scan = |text: &str| Ok(text.to_owned());
        for (suffix, bytes, scans) in [
            (
                Suffix::Any,
                "8901764012273\r\n5901234123457\r\n",
                vec![scan("8901764012273"), scan("5901234123457")],
            ),
            (Suffix::Cr, "A\r\rB\r", vec![scan("A"), scan("B")]),
            (Suffix::CrLf, "A\r\nB\r\n", vec![scan("A"), scan("B")]),
            (Suffix::Lf, "A\r\nB\n", vec![scan("A"), scan("B")]),
            (Suffix::Tab, "A\tB\t", vec![scan("A"), scan("B")]),
            (
                Suffix::None,
                "]C18018123456789012345675\u{1d}8019123",
                vec![scan("]C18018123456789012345675\u{1d}8019123")],
            ),
            (Suffix::Any, "\u{2}A\u{3}\r", vec![scan("A")]),
            (Suffix::Any, "890176401", vec![Err(Trouble::Half)]),
        ] {
            assert_eq!(
                all(&mut frame(suffix), bytes.as_bytes()),
                scans,
                "{suffix:?} {bytes:?}"
            );
        }
    }

    #[test]
    fn bytes_that_are_no_text_and_a_jam_are_dropped() {
        let mut line = frame(Suffix::Any);
        assert_eq!(all(&mut line, b"\xff\xfe89\r"), [Err(Trouble::NotText)]);
        let jam = vec![b'7'; 10_000];
        assert_eq!(line.feed(&jam, 2000), [Err(Trouble::TooLong)]);
        assert_eq!(line.feed(b"7\rGUM\r", 2001), [Ok("GUM".to_owned())]);
    }

    #[test]
    fn f79_a_code_is_not_cut_where_this_machine_stood_still() {
        let scan = |text: &str| Ok(text.to_owned());
        for (suffix, first, second, scans) in [
            // By itself, 12273 would be other goods.
            (Suffix::Any, "89017640", "12273\r", vec![scan("8901764012273")]),
            (Suffix::None, "89017640", "12273", vec![scan("8901764012273")]),
            (
                Suffix::None,
                "8901764012273",
                "5901234123457",
                vec![scan("8901764012273"), scan("5901234123457")],
            ),
        ] {
            for is_asked_first in [false, true] {
                let mut line = frame(suffix);
                assert!(line.feed(first.as_bytes(), 10).is_empty());
                // Nobody asked for half a second; the rest had waited in the port.
                let mut out = Vec::new();
                if is_asked_first {
                    assert_eq!(line.tick(500), None);
                }
                out.extend(line.feed(second.as_bytes(), if is_asked_first { 501 } else { 500 }));
                out.extend((1..20).filter_map(|n| line.tick(501 + 20 * n)));
                if is_asked_first && scans.len() == 2 {
                    // Two codes without an end between them: refused by their length, scanned again.
                    assert_eq!(out, [scan("89017640122735901234123457")]);
                } else {
                    assert_eq!(out, scans, "{suffix:?} {is_asked_first}");
                }
            }
        }
    }

    #[test]
    fn a_scan_may_come_in_pieces() {
        let mut line = frame(Suffix::Cr);
        assert!(line.feed("é".as_bytes().split_at(1).0, 0).is_empty());
        assert_eq!(line.feed(b"\xa9\r", 40), [Ok("é".to_owned())]);
    }
}

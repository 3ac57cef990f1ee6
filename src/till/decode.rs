//! Bytes of the terminal into keys. Our own reading, because a scanner may send ESC anywhere: what is no key's sequence is
//! given back as single characters with Alt, and never waits for an end that a later code would have to bring.

use crossterm::event::{KeyCode, KeyEvent, KeyModifiers};
use zeroize::Zeroize;

/// ESC alone is the key Esc when nothing follows for so long.
const ESC_MS: u64 = 30;
/// No key's sequence is longer.
const LONGEST: usize = 8;

/// Bytes that are not yet a key.
#[derive(Default)]
pub struct Decoder {
    bytes: Vec<u8>,
    last_ms: u64,
}

enum Read {
    /// A key, and of how many bytes it is made.
    Key(KeyEvent, usize),
    /// Bytes that are nothing.
    Nothing(usize),
    /// More bytes may follow.
    More,
}

impl Decoder {
    /// Takes bytes; answers the keys that are complete.
    pub fn feed(&mut self, bytes: &[u8], at_ms: u64) -> Vec<KeyEvent> {
        let mut keys = self.tick(at_ms);
        self.last_ms = at_ms;
        // A buffer that grows leaves a copy: this one does not grow over what it holds.
        let mut longer = Vec::with_capacity(self.bytes.len() + bytes.len());
        longer.extend_from_slice(&self.bytes);
        longer.extend_from_slice(bytes);
        self.bytes.zeroize();
        self.bytes = longer;
        keys.extend(self.keys(false));
        keys
    }

    /// Nothing came until now: what waited for more is what it is.
    pub fn tick(&mut self, now_ms: u64) -> Vec<KeyEvent> {
        match self.deadline_ms() {
            Some(deadline) if now_ms >= deadline => self.keys(true),
            _ => Vec::new(),
        }
    }

    /// When `tick` has something to decide.
    pub fn deadline_ms(&self) -> Option<u64> {
        (!self.bytes.is_empty()).then_some(self.last_ms + ESC_MS)
    }

    fn keys(&mut self, is_all: bool) -> Vec<KeyEvent> {
        let (mut keys, mut at) = (Vec::new(), 0);
        while at < self.bytes.len() {
            match read(&self.bytes[at..], is_all) {
                Read::Key(key, count) => {
                    keys.push(key);
                    at += count;
                }
                Read::Nothing(count) => at += count,
                Read::More => break,
            }
        }
        let rest = self.bytes[at..].to_vec();
        // What was read may be a payment card: nothing of it stays behind.
        self.bytes.zeroize();
        self.bytes.extend(rest);
        keys
    }
}

/// Reads one key. `is_all`: nothing follows any more.
fn read(bytes: &[u8], is_all: bool) -> Read {
    let [first, behind @ ..] = bytes else {
        return Read::More;
    };
    if *first != 0x1b {
        return character(bytes, is_all);
    }
    match behind {
        [] if is_all => Read::Key(KeyCode::Esc.into(), 1),
        [] => Read::More,
        [0x1b, ..] => Read::Key(KeyCode::Esc.into(), 1),
        [b'[' | b'O', ..] => match sequence(bytes) {
            Read::More if is_all => with_alt(behind, is_all),
            Read::Nothing(_) => with_alt(behind, is_all),
            read => read,
        },
        _ => with_alt(behind, is_all),
    }
}

fn with_alt(behind: &[u8], is_all: bool) -> Read {
    match character(behind, is_all) {
        Read::Key(mut key, count) => {
            key.modifiers |= KeyModifiers::ALT;
            Read::Key(key, count + 1)
        }
        Read::Nothing(count) => Read::Nothing(count + 1),
        Read::More => Read::More,
    }
}

/// One character, or a control character as the key that makes it.
fn character(bytes: &[u8], is_all: bool) -> Read {
    let control = |c: u8| KeyEvent::new(KeyCode::Char(char::from(c)), KeyModifiers::CONTROL);
    let key = match bytes[0] {
        b'\r' => KeyCode::Enter.into(),
        b'\t' => KeyCode::Tab.into(),
        0x7f => KeyCode::Backspace.into(),
        0 => control(b' '),
        c @ 0x01..=0x1a => control(c - 1 + b'a'),
        c @ 0x1c..=0x1f => control(c - 0x1c + b'4'),
        _ => return text(bytes, is_all),
    };
    Read::Key(key, 1)
}

fn text(bytes: &[u8], is_all: bool) -> Read {
    let length = match bytes[0] {
        0..=0x7f => 1,
        0xc2..=0xdf => 2,
        0xe0..=0xef => 3,
        0xf0..=0xf4 => 4,
        _ => return Read::Nothing(1),
    };
    let Some(whole) = bytes.get(..length) else {
        return if is_all { Read::Nothing(1) } else { Read::More };
    };
    match std::str::from_utf8(whole)
        .ok()
        .and_then(|text| text.chars().next())
    {
        Some(c) => Read::Key(KeyEvent::new(KeyCode::Char(c), KeyModifiers::NONE), length),
        None => Read::Nothing(1),
    }
}

/// A key's sequence, as xterm, rxvt, tmux and the console of Linux send them.
fn sequence(bytes: &[u8]) -> Read {
    let key = |code: KeyCode, count| Read::Key(code.into(), count);
    let by_letter = |letter: u8| {
        Some(match letter {
            b'A' => KeyCode::Up,
            b'B' => KeyCode::Down,
            b'C' => KeyCode::Right,
            b'D' => KeyCode::Left,
            b'F' => KeyCode::End,
            b'H' => KeyCode::Home,
            b'P'..=b'S' => KeyCode::F(letter - b'P' + 1),
            _ => return None,
        })
    };
    match bytes {
        [_, b'O'] | [_, b'[', b'['] => return Read::More,
        [_, b'O', letter, ..] => return by_letter(*letter).map_or(Read::Nothing(2), |code| key(code, 3)),
        [_, b'[', b'[', letter @ b'A'..=b'E', ..] => return key(KeyCode::F(letter - b'A' + 1), 4),
        [_, b'[', b'Z', ..] => return key(KeyCode::BackTab, 3),
        _ => {}
    }
    let numbers = &bytes[2..];
    let end = numbers.iter().position(|c| !c.is_ascii_digit() && *c != b';');
    let (digits, last) = match end {
        Some(end) => (&numbers[..end], Some(numbers[end])),
        None => (numbers, None),
    };
    let mut parts = digits.split(|c| *c == b';');
    let (number, modifier) = (parts.next().unwrap_or_default(), parts.next());
    let is_sound =
        number.len() <= 2 && modifier.is_none_or(|modifier| modifier.len() <= 1) && parts.next().is_none();
    if !is_sound || bytes.len() > LONGEST && last.is_none() {
        return Read::Nothing(2);
    }
    let Some(last) = last else { return Read::More };
    let number = number.iter().fold(0u8, |sum, digit| {
        sum.saturating_mul(10).saturating_add(digit - b'0')
    });
    let code = match (last, number) {
        (b'~', 1 | 7) => Some(KeyCode::Home),
        (b'~', 2) => Some(KeyCode::Insert),
        (b'~', 3) => Some(KeyCode::Delete),
        (b'~', 4 | 8) => Some(KeyCode::End),
        (b'~', 5) => Some(KeyCode::PageUp),
        (b'~', 6) => Some(KeyCode::PageDown),
        (b'~', 11..=15) => Some(KeyCode::F(number - 10)),
        (b'~', 17..=21) => Some(KeyCode::F(number - 11)),
        (b'~', 23..=24) => Some(KeyCode::F(number - 12)),
        (letter, 0 | 1) => by_letter(letter),
        _ => None,
    };
    let Some(code) = code else {
        return Read::Nothing(2);
    };
    // xterm: one more than the sum of shift 1, alt 2, control 4.
    let bits = modifier
        .and_then(|modifier| modifier.first())
        .map_or(0, |digit| digit.saturating_sub(b'1'));
    let mut modifiers = KeyModifiers::NONE;
    for (bit, name) in [
        (1, KeyModifiers::SHIFT),
        (2, KeyModifiers::ALT),
        (4, KeyModifiers::CONTROL),
    ] {
        modifiers.set(name, bits & bit != 0);
    }
    Read::Key(KeyEvent::new(code, modifiers), digits.len() + 3)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn keys(bytes: &[u8]) -> Vec<KeyEvent> {
        let mut decoder = Decoder::default();
        let mut keys = decoder.feed(bytes, 0);
        keys.extend(decoder.tick(1000));
        // The same in single bytes.
        let mut slow = Vec::new();
        for byte in bytes {
            slow.extend(decoder.feed(&[*byte], 2000));
        }
        slow.extend(decoder.tick(3000));
        assert_eq!(keys, slow, "{bytes:?}");
        keys
    }

    #[test]
    fn keys_of_terminals() {
        let key = |code| KeyEvent::new(code, KeyModifiers::NONE);
        let control = |c| KeyEvent::new(KeyCode::Char(c), KeyModifiers::CONTROL);
        for (bytes, code) in [
            ("a", key(KeyCode::Char('a'))),
            ("é", key(KeyCode::Char('é'))),
            ("\r", key(KeyCode::Enter)),
            ("\n", control('j')),
            ("\t", key(KeyCode::Tab)),
            ("\u{7f}", key(KeyCode::Backspace)),
            ("\u{8}", control('h')),
            ("\u{10}", control('p')),
            ("\u{1d}", control('5')),
            ("\u{2}", control('b')),
            ("\u{1b}", key(KeyCode::Esc)),
            ("\u{1b}OP", key(KeyCode::F(1))),
            ("\u{1b}[11~", key(KeyCode::F(1))),
            ("\u{1b}[[B", key(KeyCode::F(2))),
            ("\u{1b}[15~", key(KeyCode::F(5))),
            ("\u{1b}[17~", key(KeyCode::F(6))),
            ("\u{1b}[21~", key(KeyCode::F(10))),
            ("\u{1b}[24~", key(KeyCode::F(12))),
            ("\u{1b}[3~", key(KeyCode::Delete)),
            ("\u{1b}[A", key(KeyCode::Up)),
            ("\u{1b}OB", key(KeyCode::Down)),
            ("\u{1b}[6~", key(KeyCode::PageDown)),
            ("\u{1b}[1;5A", KeyEvent::new(KeyCode::Up, KeyModifiers::CONTROL)),
            ("\u{1b}x", KeyEvent::new(KeyCode::Char('x'), KeyModifiers::ALT)),
        ] {
            assert_eq!(keys(bytes.as_bytes()), [code], "{bytes:?}");
        }
    }

    #[test]
    fn an_esc_in_a_code_swallows_nothing_of_it() {
        for esc in ["\u{1b}", "\u{1b}[", "\u{1b}O", "\u{1b}[[", "\u{1b}[1;"] {
            let text: String = keys(format!("{esc}8901764012273\r8901764012273\r").as_bytes())
                .into_iter()
                .filter_map(|key| match key.code {
                    KeyCode::Char(c) if c.is_ascii_digit() => Some(c),
                    KeyCode::Enter => Some('\r'),
                    _ => None,
                })
                .collect();
            let lost = if esc.ends_with(';') { "1" } else { "" };
            assert_eq!(text, format!("{lost}8901764012273\r8901764012273\r"), "{esc:?}");
        }
    }

    #[test]
    fn bytes_that_are_no_text_are_nothing() {
        assert_eq!(
            keys(b"\xff\x80a"),
            [KeyEvent::new(KeyCode::Char('a'), KeyModifiers::NONE)]
        );
        assert_eq!(keys(b"\xe2\x82"), []);
    }
}

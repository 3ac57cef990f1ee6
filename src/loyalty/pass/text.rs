//! The text of a pass: `LP1` and base32 (RFC 4648) without padding. Capital letters and digits only, which every
//! scanner's keyboard layout leaves alone, and which a QR code packs densely.

use super::PassError;

/// What every pass begins with.
const MARK: &str = "LP1";
/// RFC 4648, table 3.
const LETTERS: &[u8; 32] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";
/// A text with this mark that is shorter may be anything: goods are called LP12, too.
const SHORTEST: usize = 60;

/// Is this meant for a pass, whatever went wrong with it? For sentences: it must not be repeated as some unknown name.
pub fn looks_like_one(text: &str) -> bool {
    let mark = text.as_bytes().get(..MARK.len());
    text.len() >= SHORTEST && mark.is_some_and(|mark| mark.eq_ignore_ascii_case(MARK.as_bytes()))
}

/// The text of some bytes.
pub(super) fn of(bytes: &[u8]) -> String {
    let mut text = String::from(MARK);
    let (mut bits, mut count) = (0_u32, 0);
    for byte in bytes {
        bits = bits << 8 | u32::from(*byte);
        count += 8;
        while count >= 5 {
            count -= 5;
            text.push(letter(bits >> count));
        }
    }
    if count > 0 {
        text.push(letter(bits << (5 - count)));
    }
    text
}

fn letter(bits: u32) -> char {
    char::from(LETTERS[(bits & 31) as usize])
}

/// The bytes of a text. Each has one text only: bits behind the last byte must be zero, and no letter may be left over.
pub(super) fn bytes(text: &str) -> Result<Vec<u8>, PassError> {
    let letters = text.strip_prefix(MARK).ok_or(PassError::Letters)?;
    let mut bytes = Vec::with_capacity(letters.len() * 5 / 8);
    let (mut bits, mut count) = (0_u32, 0);
    for letter in letters.bytes() {
        let value = match letter {
            b'A'..=b'Z' => letter - b'A',
            b'2'..=b'7' => letter - b'2' + 26,
            _ => return Err(PassError::Letters),
        };
        bits = (bits << 5 | u32::from(value)) & 0xfff;
        count += 5;
        if count >= 8 {
            count -= 8;
            bytes.push((bits >> count & 0xff) as u8);
        }
    }
    match (count, bits & ((1 << count) - 1)) {
        (5.., _) => Err(PassError::Length),
        (_, 0) => Ok(bytes),
        _ => Err(PassError::LastLetter),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_examples_of_the_standard() {
        let examples = [
            ("", ""),
            ("f", "MY"),
            ("fo", "MZXQ"),
            ("foo", "MZXW6"),
            ("foob", "MZXW6YQ"),
            ("fooba", "MZXW6YTB"),
            ("foobar", "MZXW6YTBOI"),
        ];
        for (plain, letters) in examples {
            let text = format!("LP1{letters}");
            assert_eq!(of(plain.as_bytes()), text);
            assert_eq!(bytes(&text), Ok(plain.as_bytes().to_vec()));
        }
    }

    #[test]
    fn bytes_have_one_text_only() {
        let wrong = [
            ("LP1MZ", PassError::LastLetter),
            ("LP1MZXR", PassError::LastLetter),
            ("LP1M", PassError::Length),
            ("LP1MZX", PassError::Length),
            ("LP1MZXW6Y", PassError::Length),
            ("LP1MY======", PassError::Letters),
            ("LP1my", PassError::Letters),
            ("LP1M1", PassError::Letters),
            ("lp1MY", PassError::Letters),
            ("MY", PassError::Letters),
            ("LP1MÄ", PassError::Letters),
        ];
        for (text, error) in wrong {
            assert_eq!(bytes(text), Err(error), "{text}");
        }
    }

    #[test]
    fn what_was_meant_for_a_pass() {
        assert!(looks_like_one(&format!("lp1{}", "a".repeat(135))));
        assert!(!looks_like_one("LP12"));
        assert!(!looks_like_one(&"x".repeat(90)));
        assert!(!looks_like_one(&"ü".repeat(90)));
    }
}

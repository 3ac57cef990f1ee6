//! What a text can only be, by its content: how fast it came says nothing here.

use crate::loyalty::scan::{self, Kind, Settings, Unread};

/// Can this only be a code, never an amount or a name? Numbers of goods and cards with a right check digit, element
/// strings, links and stripes; a payment card too, so that it is refused by the scan and never shown as a sum.
pub fn reads_as_code(text: &str, settings: &Settings) -> bool {
    let text = text.rsplit_once('*').map_or(text, |(_, code)| code);
    if text.chars().any(char::is_control) || text.starts_with([']', '%', ';', '(']) {
        return true;
    }
    match scan::read(text, settings) {
        Ok(read) => !matches!(read.kind, Kind::Plain(_)),
        Err(fault) => fault == Unread::PaymentCard,
    }
}

/// Can this be typed text only: a quantity, an amount, signs?
pub fn reads_as_typed(text: &str) -> bool {
    let is_amount = text.contains(['.', ',']) && text.chars().all(|c| c.is_ascii_digit() || ".,".contains(c));
    is_amount || text.contains(['*', '×']) || text.starts_with(['+', '-', '?'])
}

/// Does this look like the first half of a code? Digits alone, an identifier, control characters; or it is longer than
/// anybody types at once.
pub fn may_be_half(text: &str) -> bool {
    const LONGEST_WORD: usize = 24;
    text.bytes().all(|c| c.is_ascii_digit())
        || text.starts_with([']', '%', ';', '('])
        || text.chars().any(char::is_control)
        || text.chars().count() > LONGEST_WORD
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn amounts_do_not_read_as_codes() {
        for (text, is_code) in [
            ("8901764012273", true),
            ("8901764012274", false),
            ("184.20", false),
            ("500", false),
            ("100000", false),
            ("]C18018123456789012345675", true),
            ("3*8901764012273", true),
            ("0189017640122732\x1d10A", true),
            ("4111111111111111", true),
        ] {
            assert_eq!(reads_as_code(text, &Settings::default()), is_code, "{text:?}");
        }
    }

    #[test]
    fn what_only_fingers_make() {
        for (text, is_typed) in [
            ("12.50", true),
            ("3*GUM", true),
            ("+1", true),
            ("ABC-12", false),
            ("100045", false),
        ] {
            assert_eq!(reads_as_typed(text), is_typed, "{text}");
        }
    }
}

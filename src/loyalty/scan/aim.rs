//! AIM symbology identifiers (ISO/IEC 15424): `]`, a letter and a modifier, by which a scanner says what kind of barcode
//! it has read. Whether the text behind it is then any good is for the other files to say.

use std::fmt;

use super::Unread;

/// The identifier a scanner put before the data, such as `]C1` for GS1-128.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
pub struct Aim {
    letter: u8,
    modifier: u8,
}

/// What the data behind an identifier is made of.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Carries {
    /// Exactly 13 digits: EAN-13, UPC-A or UPC-E.
    Ean13,
    /// Exactly 8 digits.
    Ean8,
    /// 13 digits and an add-on of 2 or 5 that is not part of the number.
    Ean13AndAddOn,
    /// Interleaved 2 of 5 whose check digit the scanner has verified.
    Itf14,
    /// A GS1 element string.
    Elements,
    /// Text that may be a GS1 Digital Link.
    TextOrLink,
    /// Text.
    Text,
}

/// Splits what was scanned, which begins with `]`, into its identifier and the data behind it.
pub(super) fn split(scanned: &str) -> Result<(Aim, Carries, &str), Unread> {
    let &[b']', letter, modifier, ..] = scanned.as_bytes() else {
        return Err(Unread::BadSymbology);
    };
    let carries = carries(letter, modifier).ok_or(Unread::BadSymbology)?;
    Ok((Aim { letter, modifier }, carries, &scanned[3..]))
}

/// Symbologies of tills, cards and phones; one that is not here is refused, so that a scanner set up wrong shows itself.
fn carries(letter: u8, modifier: u8) -> Option<Carries> {
    Some(match (letter, modifier) {
        (b'E', b'0') => Carries::Ean13,
        (b'E', b'3') => Carries::Ean13AndAddOn,
        (b'E', b'4') => Carries::Ean8,
        (b'C', b'1') | (b'e', b'0') | (b'd', b'2') | (b'Q', b'3') | (b'J', b'1') => Carries::Elements,
        (b'I', b'1') => Carries::Itf14,
        (b'Q', b'0'..=b'2' | b'4'..=b'6')
        | (b'd', b'0' | b'1' | b'3'..=b'6')
        | (b'J', b'0' | b'2'..=b'5') => Carries::TextOrLink,
        (b'E', b'1' | b'2') | (b'C', b'0' | b'2' | b'4') | (b'G', b'0'..=b'9') | (b'I', b'0' | b'3') => {
            Carries::Text
        }
        (b'A' | b'F' | b'L', b'0'..=b'7') | (b'z', b'0'..=b'9' | b'A'..=b'C') => Carries::Text,
        _ => return None,
    })
}

impl fmt::Display for Aim {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "]{}{}", char::from(self.letter), char::from(self.modifier))
    }
}

impl fmt::Debug for Aim {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_identifier_says_what_follows() {
        for (scanned, carries, data) in [
            ("]E04012345678901", Carries::Ean13, "4012345678901"),
            ("]E4", Carries::Ean8, ""),
            ("]C1 01", Carries::Elements, " 01"),
            ("]Q1é", Carries::TextOrLink, "é"),
            ("]A0CLUB", Carries::Text, "CLUB"),
        ] {
            let (aim, found, rest) = split(scanned).expect("a known identifier");
            assert_eq!((found, rest), (carries, data));
            assert_eq!(aim.to_string(), scanned[..3]);
        }
    }

    #[test]
    fn an_unknown_identifier_is_refused() {
        for scanned in ["]", "]Q", "]XX", "]q1A", "]Qé", "]C9X"] {
            assert_eq!(split(scanned).expect_err(scanned), Unread::BadSymbology);
        }
    }
}

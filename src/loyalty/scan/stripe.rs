//! Magnetic stripes as readers type them (ISO/IEC 7811-6 and 7813): `%B<number>^<name>^<YYMM>…?` for track 1,
//! `;<number>=<YYMM>…?` for track 2, several in one burst. A payment card is refused before anything else is looked at.

use zeroize::Zeroizing;

use super::number::{self, Digits};
use super::{CardRead, Settings, Unread, payment};

/// Whether a text begins as a track does.
pub(super) fn looks_like_one(text: &str) -> bool {
    text.starts_with(['%', ';', '+'])
}

/// Reads a swipe and answers track 2, or track 1 where there is no second.
pub(super) fn read(swipe: &str, settings: &Settings) -> Result<CardRead, Unread> {
    let tracks = split(swipe);
    if tracks.iter().any(|track| holds_payment_card(track, settings)) {
        return Err(Unread::PaymentCard);
    }
    if tracks.iter().any(|track| track.text.is_none()) {
        return Err(Unread::Truncated);
    }
    let chosen = [2, 1].iter().find_map(|&wanted| {
        tracks
            .iter()
            .find(|track| track.number == wanted && !track.is_error())
    });
    match chosen {
        Some(track) => read_track(track, settings),
        None if tracks.iter().all(Track::is_error) => Err(Unread::ReadError),
        None => Err(Unread::Unrecognised),
    }
}

/// A track as it was sent: `body` is all behind the start sentinel, `text` only what an end sentinel closes.
struct Track<'a> {
    number: u8,
    body: &'a str,
    text: Option<&'a str>,
}

impl<'a> Track<'a> {
    /// Readers send `E` for a track that they could not read.
    fn is_error(&self) -> bool {
        matches!(self.text, Some("E" | ""))
    }

    /// The most characters that a track can hold, sentinels included.
    fn longest(&self) -> usize {
        if self.number == 1 { 79 } else { 40 }
    }

    fn separator(&self) -> char {
        if self.number == 1 { '^' } else { '=' }
    }

    /// The card's number, and what stands behind it.
    fn split_number(&self) -> (&'a str, Option<&'a str>) {
        let body = self.text.unwrap_or(self.body);
        // Track 1 has a format letter first; banks' is B.
        let body = if self.number == 1 {
            body.strip_prefix(|c: char| c.is_ascii_alphabetic())
                .unwrap_or(body)
        } else {
            body
        };
        match body.split_once(self.separator()) {
            Some((number, rest)) => (number, Some(rest)),
            None => (body, None),
        }
    }

    /// Expiry as YYMM; either separator may stand for a missing one.
    fn expiry(&self) -> Option<[u8; 4]> {
        let rest = self.split_number().1?;
        let rest = if self.number == 1 {
            rest.split_once('^')?.1
        } else {
            rest
        };
        let expiry = *rest.as_bytes().first_chunk::<4>()?;
        let month = &expiry[2..];
        (expiry.iter().all(u8::is_ascii_digit) && (b"01".as_slice()..=b"12".as_slice()).contains(&month))
            .then_some(expiry)
    }
}

/// Cuts a burst into its tracks. Line ends, and the check character that some readers send behind a track, are dropped.
fn split(swipe: &str) -> Vec<Track<'_>> {
    let mut tracks: Vec<Track<'_>> = Vec::with_capacity(3);
    let mut has_second = false;
    let mut rest = swipe;
    while let Some(start) = rest.find(['%', ';', '+']) {
        let number = match rest.as_bytes()[start] {
            b'%' => 1,
            b';' if !has_second => 2,
            _ => 3,
        };
        has_second |= number == 2;
        let body = &rest[start + 1..];
        // No track holds a sentinel as data (ISO/IEC 7811-6): where the next one begins, the end of this one was lost.
        let end = body.find(['?', '%', ';', '+']).unwrap_or(body.len());
        let is_closed = body[end..].starts_with('?');
        tracks.push(Track {
            number,
            body: &body[..end],
            text: is_closed.then_some(&body[..end]),
        });
        rest = &body[end + usize::from(is_closed)..];
    }
    tracks
}

/// A number of a payment range refuses the swipe whether its Luhn digit is right or not: a misread payment card is still one.
fn holds_payment_card(track: &Track<'_>, settings: &Settings) -> bool {
    let (number, _) = track.split_number();
    let mut digits = Zeroizing::new(String::with_capacity(number.len())); // never grows: no copy is left behind
    digits.extend(
        number
            .chars()
            .filter(|c| c.is_alphanumeric())
            .take_while(char::is_ascii_digit),
    );
    let is_payment =
        |digits: &str| payment::is_in_payment_range(digits.as_bytes()) && !settings.names_card(digits);
    // Track 3 has two digits of format in front of the number.
    is_payment(&digits)
        || payment::hides_in(number, settings)
        || track.number == 3 && digits.get(2..).is_some_and(is_payment)
}

fn read_track(track: &Track<'_>, settings: &Settings) -> Result<CardRead, Unread> {
    let sentinels = 2;
    if track.text.unwrap_or_default().chars().count() + sentinels > track.longest() {
        return Err(Unread::Length { ai: None });
    }
    let (number, _) = track.split_number();
    let number = number::card(number.trim(), settings)?;
    Ok(CardRead {
        number,
        track: Some(track.number),
        expiry: track.expiry().map(Digits::four),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn own() -> Settings {
        Settings {
            card_prefixes: vec!["9".to_owned(), "7".to_owned()],
            ..Settings::default()
        }
    }

    #[test]
    fn tracks_and_their_dates() {
        for (swipe, number, track, expiry) in [
            (";700432010601480=?", "700432010601480", 2, None),
            (";9356001234567898?", "9356001234567898", 2, None),
            (";9356001234567898==101?", "9356001234567898", 2, None),
            (
                ";9356001234567898=99121010000000?",
                "9356001234567898",
                2,
                Some("9912"),
            ),
            (";9356001234567898=99131010000000?", "9356001234567898", 2, None),
            (
                "%B9356001234567898^SHARMA/ASHA^99121010000000?",
                "9356001234567898",
                1,
                Some("9912"),
            ),
            (
                "%B9356001234567898^SHARMA/ASHA^^101?",
                "9356001234567898",
                1,
                None,
            ),
            ("%B9356001234567898?", "9356001234567898", 1, None),
            (
                "%B9356001234567898^SHARMA/ASHA^9912101?\r\n;9356001234567898=9911101?",
                "9356001234567898",
                2,
                Some("9911"),
            ),
            (
                "%E?;9356001234567898=9911101?+E?",
                "9356001234567898",
                2,
                Some("9911"),
            ),
            (
                "%B9356001234567898^S/A^9912101?;E?",
                "9356001234567898",
                1,
                Some("9912"),
            ),
        ] {
            let card = read(swipe, &own()).unwrap_or_else(|fault| panic!("{swipe}: {fault}"));
            assert_eq!(
                (
                    card.number.as_str(),
                    card.track,
                    card.expiry.as_ref().map(Digits::as_str)
                ),
                (number, Some(track), expiry),
                "{swipe}"
            );
        }
    }

    #[test]
    fn what_a_swipe_is_refused_for() {
        for (swipe, fault) in [
            (";E?", Unread::ReadError),
            ("%E?;E?+E?", Unread::ReadError),
            (";?", Unread::ReadError),
            ("+012345?", Unread::Unrecognised),
            (";9356001234567898=9912", Unread::Truncated),
            ("%B9356001234567898^SHARMA", Unread::Truncated),
            (";9356001234567899=9912?", Unread::CheckDigit { expected: 8 }),
            (";93560012345678A8=9912?", Unread::NonNumeric { ai: None }),
            (";8356001234567898=9912?", Unread::Unrecognised),
            (
                ";9356001234567898=99121010000000000000000000?",
                Unread::Length { ai: None },
            ),
            ("%B4111111111111112^SMITH/JOHN^2512101?", Unread::PaymentCard),
            ("%B4111 1111 1111 1111^SMITH/JOHN^2512101?", Unread::PaymentCard),
            (";4111111111111112", Unread::PaymentCard),
            (
                "%B9356001234567898^S/A^9912101?;4111111111111111=2512101?",
                Unread::PaymentCard,
            ),
            // The first track's end is lost; the second is seen all the same.
            (
                "%B9356001234567898^S/A^9912101;4111111111111112=2512101?",
                Unread::PaymentCard,
            ),
            (
                ";9356001234567898=9912+594111111111111112=2512101?",
                Unread::PaymentCard,
            ),
            (
                "%B9356001234567898^S/A^9912101;9356001234567898=9912?",
                Unread::Truncated,
            ),
            (
                ";9356001234567898=9912?+014111111111111111=1?",
                Unread::PaymentCard,
            ),
        ] {
            assert_eq!(read(swipe, &own()).expect_err(swipe), fault, "{swipe}");
        }
    }

    #[test]
    fn a_range_that_is_the_shops_own_is_read() {
        let own = Settings {
            card_prefixes: vec!["6011".to_owned()],
            ..Settings::default()
        };
        assert!(read(";6011111111111117=9912?", &own).is_ok());
    }
}

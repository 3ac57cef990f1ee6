//! The checks that GS1 lays on parts of a value: check digits, dates, code lists and the like. Names and meaning follow
//! the linters of GS1's Barcode Syntax Dictionary; lengths and character sets are checked before by `gs1`.

use super::{Ai, Unread, coupon, date, gs1_codes, retail};

/// One check on one part of a value.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Rule {
    /// The last digit is the GS1 check digit.
    Csum,
    /// The last two characters are GS1's alphanumeric check pair.
    CsumAlpha,
    /// Begins with a company prefix: at least four digits.
    Company,
    /// Somewhere not a digit.
    HasNonDigit,
    /// A day, or 00 for the month's end.
    YymmD0,
    /// A day.
    Yymmdd,
    /// A day with its century.
    Yyyymmdd,
    /// Hours, 00 to 23.
    Hour,
    /// Minutes, 00 to 59.
    Minute,
    /// Seconds, 00 to 59.
    Second,
    /// Hours and minutes.
    HourMinute,
    /// ISO 3166 digits.
    Country,
    /// ISO 3166 digits or 999 for many.
    CountryOr999,
    /// ISO 3166 letters.
    CountryLetters,
    /// ISO 4217 digits.
    Currency,
    /// ISO 5218: 0, 1, 2 or 9.
    Sex,
    /// Tenth of a millionth of a degree, from the pole: up to 180 degrees.
    Latitude,
    /// As `Latitude`, up to 360 degrees.
    Longitude,
    /// A minus sign.
    Hyphen,
    /// ISO 13616.
    Iban,
    /// One character of the EU tobacco regulation's importer index.
    ImporterIndex,
    /// GS1 AIDC media type.
    MediaType,
    /// More than zero.
    NonZero,
    /// Does not begin with 0.
    NoZeroPrefix,
    /// UN/ECE Recommendation 21.
    PackageType,
    /// RFC 3986: `%` and two hexadecimal digits.
    PercentEncoded,
    /// Piece and total, two digits each, the piece not above the total.
    PieceOfTotal,
    /// As `2/3`.
    PositionInSequence,
    /// Winding direction: 0, 1 or 9.
    Winding,
    /// 0 or 1.
    YesNo,
    /// All zeros.
    Zero,
    /// AI 8110.
    Coupon,
    /// AI 8112.
    PositiveOffer,
}

impl Rule {
    /// Checks one part of the value of `ai`. `part` is ASCII, not empty, and of the part's length and character set.
    pub(super) fn check(self, ai: Ai, part: &str) -> Result<(), Unread> {
        let bytes = part.as_bytes();
        let number = || part.parse::<u64>().unwrap_or(u64::MAX); // longer than any limit below
        let holds = match self {
            Rule::Csum => {
                let (last, payload) = bytes.split_last().ok_or(Unread::Length { ai: Some(ai) })?;
                let expected = retail::check_digit(payload);
                return if expected == last - b'0' {
                    Ok(())
                } else {
                    Err(Unread::CheckDigit { expected })
                };
            }
            Rule::CsumAlpha => {
                return if check_pair_is_right(bytes) {
                    Ok(())
                } else {
                    Err(Unread::CheckCharacters { ai })
                };
            }
            Rule::Iban => return check_iban(ai, part),
            Rule::Coupon => return coupon::check_8110(part).map_err(Unread::Coupon),
            Rule::PositiveOffer => return coupon::check_8112(part).map_err(Unread::Coupon),
            Rule::Company => bytes.len() >= 4 && bytes[..4].iter().all(u8::is_ascii_digit),
            Rule::HasNonDigit => !bytes.iter().all(u8::is_ascii_digit),
            Rule::YymmD0 => date::is_yymmd0(part),
            Rule::Yymmdd => date::is_yymmdd(part),
            Rule::Yyyymmdd => date::is_yyyymmdd(part),
            Rule::Hour => number() <= 23,
            Rule::Minute | Rule::Second => number() <= 59,
            Rule::HourMinute => number() / 100 <= 23 && number() % 100 <= 59,
            Rule::Country => gs1_codes::is_country(part),
            Rule::CountryOr999 => part == "999" || gs1_codes::is_country(part),
            Rule::CountryLetters => gs1_codes::is_country_letters(part),
            Rule::Currency => gs1_codes::is_currency(part),
            Rule::Sex => matches!(part, "0" | "1" | "2" | "9"),
            Rule::Latitude => number() <= 1_800_000_000,
            Rule::Longitude => number() <= 3_600_000_000,
            Rule::Hyphen => bytes.iter().all(|&c| c == b'-'),
            Rule::ImporterIndex => bytes
                .iter()
                .all(|&c| c.is_ascii_alphanumeric() || matches!(c, b'-' | b'_')),
            Rule::MediaType => matches!(number(), 1..=10 | 80..=99),
            Rule::NonZero => bytes.iter().any(|&c| c != b'0'),
            Rule::NoZeroPrefix => bytes[0] != b'0',
            Rule::PackageType => gs1_codes::is_package_type(part),
            Rule::PercentEncoded => percent_encoding_is_right(bytes),
            Rule::PieceOfTotal => part
                .split_at_checked(part.len() / 2)
                .is_some_and(|(piece, total)| {
                    piece.len() == total.len() && piece <= total && piece.bytes().any(|c| c != b'0')
                }),
            Rule::PositionInSequence => position_is_right(part),
            Rule::Winding => matches!(part, "0" | "1" | "9"),
            Rule::YesNo => matches!(part, "0" | "1"),
            Rule::Zero => bytes.iter().all(|&c| c == b'0'),
        };
        if holds {
            Ok(())
        } else {
            Err(Unread::Value {
                ai,
                wants: self.wants(),
            })
        }
    }

    fn wants(self) -> &'static str {
        match self {
            Rule::Company => "a company prefix of four digits or more at its start",
            Rule::HasNonDigit => "something other than digits",
            Rule::YymmD0 | Rule::Yymmdd | Rule::Yyyymmdd => "a day of the calendar",
            Rule::Hour | Rule::Minute | Rule::Second | Rule::HourMinute => "a time of day",
            Rule::Country | Rule::CountryOr999 | Rule::CountryLetters => "a country of ISO 3166",
            Rule::Currency => "a currency of ISO 4217",
            Rule::Sex => "0, 1, 2 or 9",
            Rule::Latitude | Rule::Longitude => "a place on earth",
            Rule::Hyphen => "a minus sign",
            Rule::ImporterIndex => "a letter, a digit, - or _",
            Rule::MediaType => "a media type that is in use",
            Rule::NonZero => "more than zero",
            Rule::NoZeroPrefix => "no zero in front",
            Rule::PackageType => "a package type of UN/ECE Recommendation 21",
            Rule::PercentEncoded => "two hexadecimal digits behind each %",
            Rule::PieceOfTotal | Rule::PositionInSequence => "a place within its total",
            Rule::Winding => "0, 1 or 9",
            Rule::YesNo => "0 or 1",
            Rule::Zero => "zero",
            Rule::Csum | Rule::CsumAlpha | Rule::Iban | Rule::Coupon | Rule::PositiveOffer => {
                "what its check asks"
            }
        }
    }
}

/// Character set 82 in the order of its values (GS1 General Specifications, 7.11).
const CSET_82: &[u8; 82] =
    b"!\"%&'()*+,-./0123456789:;<=>?ABCDEFGHIJKLMNOPQRSTUVWXYZ_abcdefghijklmnopqrstuvwxyz";
/// The characters of a check pair in the order of their values: no 0, 1, I or O, which are taken for each other.
const CSET_32: &[u8; 32] = b"23456789ABCDEFGHJKLMNPQRSTUVWXYZ";
/// A value in front of the pair has at most 88 characters, each with the next prime as its weight, from the right.
const PRIMES: [u32; 88] = first_primes();

const fn first_primes() -> [u32; 88] {
    let mut primes = [0; 88];
    let (mut found, mut candidate) = (0, 2);
    while found < 88 {
        let mut at = 0;
        while at < found && candidate % primes[at] != 0 {
            at += 1;
        }
        if at == found {
            primes[found] = candidate;
            found += 1;
        }
        candidate += 1;
    }
    primes
}

/// GS1's alphanumeric check pair (GS1 General Specifications, 7.9): weighted by primes, modulo 1021, written in base 32.
fn check_pair_is_right(value: &[u8]) -> bool {
    let Some((payload, pair)) = value.split_last_chunk::<2>() else {
        return false;
    };
    let mut sum = 0;
    for (letter, prime) in payload.iter().rev().zip(PRIMES) {
        let Some(weight) = CSET_82.iter().position(|known| known == letter) else {
            return false;
        };
        sum += weight as u32 * prime;
    }
    let sum = (sum % 1021) as usize;
    *pair == [CSET_32[sum >> 5], CSET_32[sum & 31]]
}

fn check_iban(ai: Ai, iban: &str) -> Result<(), Unread> {
    if iban.len() <= 10 {
        return Err(Unread::Length { ai: Some(ai) });
    }
    let country = iban.get(..2).is_some_and(gs1_codes::is_country_letters);
    if !country || !iban.bytes().all(|c| c.is_ascii_digit() || c.is_ascii_uppercase()) {
        return Err(Unread::Value {
            ai,
            wants: "an account number of ISO 13616",
        });
    }
    let turned = iban.bytes().skip(4).chain(iban.bytes().take(4));
    let rest = turned.fold(0u32, |rest, letter| match letter {
        b'0'..=b'9' => (rest * 10 + u32::from(letter - b'0')) % 97,
        _ => (rest * 100 + u32::from(letter - b'A') + 10) % 97,
    });
    if rest == 1 {
        Ok(())
    } else {
        Err(Unread::CheckCharacters { ai })
    }
}

fn percent_encoding_is_right(text: &[u8]) -> bool {
    text.iter()
        .enumerate()
        .filter(|&(_, &letter)| letter == b'%')
        .all(|(at, _)| matches!(text.get(at + 1..at + 3), Some(hex) if hex.iter().all(u8::is_ascii_hexdigit)))
}

fn position_is_right(text: &str) -> bool {
    let number = |digits: &str| -> Option<u32> {
        let plain = digits.bytes().all(|digit| digit.is_ascii_digit()) && !digits.starts_with('0');
        digits.parse().ok().filter(|_| plain)
    };
    text.split_once('/').is_some_and(|(position, end)| matches!((number(position), number(end)), (Some(position), Some(end)) if position <= end))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn holds(rule: Rule, part: &str) -> bool {
        rule.check(Ai::GTIN, part).is_ok()
    }

    #[test]
    fn each_rule_has_its_edges() {
        use Rule::*;
        for (rule, right, wrong) in [
            (Csum, "12345678901231", "12345678901230"),
            (
                CsumAlpha,
                "1987654Ad4X4bL5ttr2310c2K",
                "1987654Ad4X4bL5ttr2310cXK",
            ),
            (Company, "1234A", "123A5"),
            (HasNonDigit, "1234A", "12345"),
            (YymmD0, "260200", "261300"),
            (Yymmdd, "260228", "260200"),
            (Yyyymmdd, "20240229", "20230229"),
            (Hour, "23", "24"),
            (Minute, "59", "60"),
            (Second, "59", "60"),
            (HourMinute, "2359", "2360"),
            (Country, "276", "999"),
            (CountryOr999, "999", "998"),
            (CountryLetters, "DE", "XX"),
            (Currency, "978", "001"),
            (Sex, "9", "3"),
            (Latitude, "1800000000", "1800000001"),
            (Longitude, "3600000000", "3600000001"),
            (Hyphen, "-", "+"),
            (Iban, "GB82WEST12345698765432", "GB82WEST12345698765431"),
            (ImporterIndex, "_", "="),
            (MediaType, "80", "11"),
            (NonZero, "0001", "0000"),
            (NoZeroPrefix, "10", "01"),
            (PackageType, "BX", "00"),
            (PercentEncoded, "A%20B", "A%2"),
            (PieceOfTotal, "0202", "0302"),
            (PieceOfTotal, "0102", "0002"),
            (PositionInSequence, "9/10", "3/2"),
            (PositionInSequence, "1/1", "0/1"),
            (Winding, "9", "2"),
            (YesNo, "1", "2"),
            (Zero, "0", "1"),
            (PositiveOffer, "001234561234560123456", "00123456"),
        ] {
            assert!(holds(rule, right), "{rule:?} {right}");
            assert!(!holds(rule, wrong), "{rule:?} {wrong}");
        }
    }

    #[test]
    fn a_wrong_check_digit_says_the_right_one() {
        assert_eq!(
            Rule::Csum.check(Ai::GSRN, "123456789012345670"),
            Err(Unread::CheckDigit { expected: 5 })
        );
    }
}

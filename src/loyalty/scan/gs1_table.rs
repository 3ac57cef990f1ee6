//! GS1's application identifiers as a table: what each may hold, which others it needs or forbids beside it, and where it
//! may stand in a Digital Link. The rows are in `gs1_rows`; `gs1` says what they mean.

use super::gs1_rows::ROWS;
use super::gs1_rules::Rule;

/// The characters a part of a value is made of.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Letters {
    /// Digits only.
    N,
    /// GS1's character set 82: nearly all printable ASCII.
    X,
    /// Character set 39: digits, capitals and `#-/`.
    Y,
    /// Character set 64: base64 that is safe in links, perhaps padded with `=`.
    Z,
}

/// One part of a value: some AIs hold several, one after the other. Lengths in characters.
#[derive(Clone, Copy, Debug)]
pub(super) struct Part {
    pub letters: Letters,
    pub min: u8,
    pub max: u8,
    pub optional: bool,
    pub rules: &'static [Rule],
}

/// The parts of a value in their order; only the last has a free length.
pub(super) type Shape = &'static [Part];

/// An AI, or a range of AIs that differ in nothing but their number.
#[derive(Debug)]
pub(super) struct Row {
    pub first: u16,
    pub last: u16,
    pub shape: Shape,
    /// May stand after the `?` of a Digital Link.
    pub attribute: bool,
    /// One of these, split by commas, must stand beside it; `+` joins those that are needed together.
    pub needs: &'static str,
    /// None of these may stand beside it; `n` is any digit.
    pub excludes: &'static str,
    /// For a primary key of a Digital Link: the qualifiers that may follow it, in order; `|` parts alternatives.
    pub qualifiers: Option<&'static str>,
}

impl Row {
    /// No GS is needed after a value whose first two AI digits say how long it is (GS1 General Specifications, 7.8.5).
    pub(super) fn is_predefined_length(&self) -> bool {
        matches!(leading_two(self.first), 0..=4 | 11..=20 | 31..=36 | 41)
    }
}

/// The row of an AI, by its number.
pub(super) fn row_of(ai: u16) -> Option<&'static Row> {
    let after = ROWS.partition_point(|row| row.first <= ai);
    ROWS[..after].last().filter(|row| ai <= row.last)
}

/// How many digits an AI has whose first two digits are these; 0 where no AI begins so.
pub(super) fn digits_of(leading: usize) -> usize {
    usize::from(DIGITS[leading])
}

const fn leading_two(ai: u16) -> u16 {
    match ai {
        0..100 => ai,
        100..1000 => ai / 10,
        _ => ai / 100,
    }
}

static DIGITS: [u8; 100] = {
    let mut digits = [0; 100];
    let mut at = 0;
    while at < ROWS.len() {
        let mut ai = ROWS[at].first;
        while ai <= ROWS[at].last {
            digits[leading_two(ai) as usize] = if ai < 100 {
                2
            } else if ai < 1000 {
                3
            } else {
                4
            };
            ai += 1;
        }
        at += 1;
    }
    digits
};

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_table_is_whole() {
        let ais: u16 = ROWS.iter().map(|row| row.last - row.first + 1).sum();
        assert_eq!(ais, 541, "as many as GS1's Barcode Syntax Dictionary has");
        let count = |is: fn(&&Row) -> bool| -> u16 {
            let rows = ROWS.iter().filter(is);
            rows.map(|row| row.last - row.first + 1).sum()
        };
        assert_eq!(
            count(|row| row.qualifiers.is_some()),
            16,
            "primary keys of Digital Links"
        );
        assert_eq!(count(|row| row.is_predefined_length()), 337, "need no separator");
        assert_eq!(
            count(|row| !row.attribute),
            16,
            "never stand behind a question mark"
        );
    }

    #[test]
    fn rows_are_in_order_and_apart() {
        for pair in ROWS.windows(2) {
            assert!(
                pair[0].first <= pair[0].last && pair[0].last < pair[1].first,
                "{pair:?}"
            );
        }
    }

    #[test]
    fn an_ai_is_found_by_its_number() {
        for (ai, found) in [
            (0, true),
            (1, true),
            (5, false),
            (8018, true),
            (3105, true),
            (3106, false),
            (7235, true),
            (89, false),
            (99, true),
            (9999, false),
        ] {
            assert_eq!(row_of(ai).is_some(), found, "{ai}");
        }
    }

    #[test]
    fn the_first_two_digits_tell_the_length_of_an_ai() {
        for (leading, digits) in [
            (0, 2),
            (1, 2),
            (23, 3),
            (31, 4),
            (41, 3),
            (71, 3),
            (72, 4),
            (80, 4),
            (89, 0),
            (90, 2),
        ] {
            assert_eq!(digits_of(leading), digits, "{leading}");
        }
    }

    #[test]
    fn partners_are_ais_or_patterns_of_them() {
        for partner in ROWS
            .iter()
            .flat_map(|row| row.needs.split([',', '+']).chain(row.excludes.split(',')))
        {
            assert!(
                partner.bytes().all(|c| c.is_ascii_digit() || c == b'n'),
                "{partner}"
            );
        }
    }
}

//! Keyboards by country: which character stands on which key. A scanner that types presses the keys of the country that it
//! is set to; the host reads them by its own.

use std::fmt;

/// A keyboard's country.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Country {
    /// United States: what a scanner is set to as it comes.
    #[default]
    Us,
    /// United Kingdom.
    Uk,
    /// Germany and Austria (QWERTZ).
    De,
    /// France (AZERTY).
    Fr,
    /// Belgium (AZERTY).
    Be,
    /// Spain.
    Es,
    /// Italy.
    It,
}

/// What is pressed beside a key.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Level {
    /// Nothing.
    Plain,
    /// Shift.
    Shift,
    /// The right Alt.
    AltGr,
}

/// How many keys with characters a keyboard has.
const KEYS: usize = 48;

/// Rows as on the desk, each from left to right: digits, upper, middle with the key beside Enter, lower with the key beside
/// the left Shift. Behind them what stands on the third level, as pairs, and the dead keys.
struct Table {
    plain: [&'static str; 4],
    shift: [&'static str; 4],
    alt_gr: &'static [(char, char)],
    dead: &'static str,
}

const US: Table = Table {
    plain: ["`1234567890-=", "qwertyuiop[]", "asdfghjkl;'\\", "<zxcvbnm,./"],
    shift: ["~!@#$%^&*()_+", "QWERTYUIOP{}", "ASDFGHJKL:\"|", ">ZXCVBNM<>?"],
    alt_gr: &[],
    dead: "",
};

const UK: Table = Table {
    plain: ["`1234567890-=", "qwertyuiop[]", "asdfghjkl;'#", "\\zxcvbnm,./"],
    shift: ["¬!\"£$%^&*()_+", "QWERTYUIOP{}", "ASDFGHJKL:@~", "|ZXCVBNM<>?"],
    alt_gr: &[('4', '€')],
    dead: "",
};

const DE: Table = Table {
    plain: ["^1234567890ß´", "qwertzuiopü+", "asdfghjklöä#", "<yxcvbnm,.-"],
    shift: ["°!\"§$%&/()=?`", "QWERTZUIOPÜ*", "ASDFGHJKLÖÄ'", ">YXCVBNM;:_"],
    alt_gr: &[
        ('q', '@'),
        ('e', '€'),
        ('7', '{'),
        ('8', '['),
        ('9', ']'),
        ('0', '}'),
        ('ß', '\\'),
        ('+', '~'),
        ('<', '|'),
    ],
    dead: "^´`",
};

const FR: Table = Table {
    plain: ["²&é\"'(-è_çà)=", "azertyuiop^$", "qsdfghjklmù*", "<wxcvbn,;:!"],
    shift: ["³1234567890°+", "AZERTYUIOP¨£", "QSDFGHJKLM%µ", ">WXCVBN?./§"],
    alt_gr: &[
        ('é', '~'),
        ('"', '#'),
        ('\'', '{'),
        ('(', '['),
        ('-', '|'),
        ('è', '`'),
        ('_', '\\'),
        ('à', '@'),
        (')', ']'),
        ('=', '}'),
    ],
    dead: "^¨",
};

const BE: Table = Table {
    plain: ["²&é\"'(§è!çà)-", "azertyuiop^$", "qsdfghjklmùµ", "<wxcvbn,;:="],
    shift: ["³1234567890°_", "AZERTYUIOP¨*", "QSDFGHJKLM%£", ">WXCVBN?./+"],
    alt_gr: &[
        ('&', '|'),
        ('é', '@'),
        ('"', '#'),
        ('ç', '{'),
        ('à', '}'),
        ('^', '['),
        ('$', ']'),
        ('<', '\\'),
        ('=', '~'),
    ],
    dead: "^¨",
};

const ES: Table = Table {
    plain: ["º1234567890'¡", "qwertyuiop`+", "asdfghjklñ´ç", "<zxcvbnm,.-"],
    shift: ["ª!\"·$%&/()=?¿", "QWERTYUIOP^*", "ASDFGHJKLÑ¨Ç", ">ZXCVBNM;:_"],
    alt_gr: &[
        ('º', '\\'),
        ('1', '|'),
        ('2', '@'),
        ('3', '#'),
        ('`', '['),
        ('+', ']'),
        ('´', '{'),
        ('ç', '}'),
    ],
    dead: "`^´¨",
};

const IT: Table = Table {
    plain: ["\\1234567890'ì", "qwertyuiopè+", "asdfghjklòàù", "<zxcvbnm,.-"],
    shift: ["|!\"£$%&/()=?^", "QWERTYUIOPé*", "ASDFGHJKLç°§", ">ZXCVBNM;:_"],
    alt_gr: &[('è', '['), ('+', ']'), ('ò', '@'), ('à', '#'), ('e', '€')],
    dead: "",
};

/// Linux's key codes (linux/input-event-codes.h) of the keys, in the order of the tables.
const CODES: [u16; KEYS] = [
    41, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, // digits
    16, 17, 18, 19, 20, 21, 22, 23, 24, 25, 26, 27, // upper
    30, 31, 32, 33, 34, 35, 36, 37, 38, 39, 40, 43, // middle
    86, 44, 45, 46, 47, 48, 49, 50, 51, 52, 53, // lower
];

impl Country {
    /// All that are known here.
    pub const ALL: [Country; 7] = [
        Country::Us,
        Country::Uk,
        Country::De,
        Country::Fr,
        Country::Be,
        Country::Es,
        Country::It,
    ];

    fn table(self) -> &'static Table {
        match self {
            Country::Us => &US,
            Country::Uk => &UK,
            Country::De => &DE,
            Country::Fr => &FR,
            Country::Be => &BE,
            Country::Es => &ES,
            Country::It => &IT,
        }
    }

    /// The word for it in config.toml.
    pub fn word(self) -> &'static str {
        match self {
            Country::Us => "us",
            Country::Uk => "uk",
            Country::De => "de",
            Country::Fr => "fr",
            Country::Be => "be",
            Country::Es => "es",
            Country::It => "it",
        }
    }

    /// What a key types at a level; `key` counts through the tables.
    pub fn character(self, key: usize, level: Level) -> Option<char> {
        let rows = match level {
            Level::Plain | Level::AltGr => &self.table().plain,
            Level::Shift => &self.table().shift,
        };
        let c = rows.iter().flat_map(|row| row.chars()).nth(key)?;
        match level {
            Level::Plain | Level::Shift => Some(c),
            Level::AltGr => {
                let third = self.table().alt_gr.iter().find(|(plain, _)| *plain == c)?;
                Some(third.1)
            }
        }
    }

    /// Which key, at which level, types a character.
    pub fn key(self, c: char) -> Option<(usize, Level)> {
        [Level::Plain, Level::Shift, Level::AltGr]
            .into_iter()
            .find_map(|level| {
                let key = (0..KEYS).find(|key| self.character(*key, level) == Some(c))?;
                Some((key, level))
            })
    }

    /// Does this character wait for the next one, to stand over it?
    pub fn is_dead(self, c: char) -> bool {
        self.table().dead.contains(c)
    }
}

/// The key with this code of Linux, as the tables count.
pub fn key_of_code(code: u16) -> Option<usize> {
    CODES.iter().position(|known| *known == code)
}

/// The code of Linux of a key, as the tables count.
pub fn code_of_key(key: usize) -> Option<u16> {
    CODES.get(key).copied()
}

impl fmt::Display for Country {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Country::Us => "United States",
            Country::Uk => "United Kingdom",
            Country::De => "Germany",
            Country::Fr => "France",
            Country::Be => "Belgium",
            Country::Es => "Spain",
            Country::It => "Italy",
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_table_is_whole() {
        for country in Country::ALL {
            for level in [Level::Plain, Level::Shift] {
                assert!(
                    country.character(KEYS - 1, level).is_some(),
                    "{country} {level:?}"
                );
                assert_eq!(country.character(KEYS, level), None, "{country} {level:?}");
            }
            for c in ('0'..='9').chain('a'..='z').chain('A'..='Z') {
                assert!(country.key(c).is_some(), "{country}: {c}");
            }
            for (plain, _) in country.table().alt_gr {
                assert!(country.key(*plain).is_some(), "{country}: {plain}");
            }
        }
    }
}

//! Key codes of Linux into characters, as a scanner presses them: Shift, caps lock, the right Alt, control characters, and
//! Alt with a number on the keypad. Pure; the country is the scanner's own.

use super::country::{Country, Level, key_of_code};

const ENTER: [u16; 2] = [28, 96];
const TAB: u16 = 15;
const SPACE: u16 = 57;
const CONTROL: [u16; 2] = [29, 97];
const SHIFT: [u16; 2] = [42, 54];
const CAPS_LOCK: u16 = 58;
const ALT: u16 = 56;
const ALT_GR: u16 = 100;
/// The keypad's codes with what they type while num lock is on, as scanners have it.
const KEYPAD: [(u16, char); 15] = [
    (82, '0'),
    (79, '1'),
    (80, '2'),
    (81, '3'),
    (75, '4'),
    (76, '5'),
    (77, '6'),
    (71, '7'),
    (72, '8'),
    (73, '9'),
    (83, '.'),
    (55, '*'),
    (74, '-'),
    (78, '+'),
    (98, '/'),
];

/// The keys of one device.
#[derive(Clone, Debug)]
pub struct HidKeys {
    country: Country,
    gs_key: Option<u8>,
    shift: bool,
    caps: bool,
    control: bool,
    alt_gr: bool,
    /// Alt is down: the number that was typed with it so far.
    alt: Option<u32>,
}

impl HidKeys {
    /// Nothing is pressed. `gs_key` is the function key that stands for GS, if one does.
    pub fn new(country: Country, gs_key: Option<u8>) -> HidKeys {
        HidKeys {
            country,
            gs_key,
            shift: false,
            caps: false,
            control: false,
            alt_gr: false,
            alt: None,
        }
    }

    /// Takes a key: pressed (1), let go (0), or repeated by the kernel (2, nothing: a scanner presses each key anew).
    pub fn key(&mut self, code: u16, value: i32) -> Option<char> {
        let is_down = match value {
            0 => false,
            1 => true,
            _ => return None,
        };
        match code {
            code if SHIFT.contains(&code) => self.shift = is_down,
            code if CONTROL.contains(&code) => self.control = is_down,
            ALT_GR => self.alt_gr = is_down,
            CAPS_LOCK if is_down => self.caps = !self.caps,
            ALT if is_down => self.alt = Some(0),
            ALT => {
                let number = self.alt.take().filter(|number| *number > 0)?;
                return char::from_u32(number).filter(|_| number < 256);
            }
            code if is_down => return self.pressed(code),
            _ => {}
        }
        None
    }

    fn pressed(&mut self, code: u16) -> Option<char> {
        if let Some(number) = &mut self.alt {
            let digit = KEYPAD.iter().find(|key| key.0 == code)?.1.to_digit(10)?;
            *number = (*number * 10 + digit).min(9999);
            return None;
        }
        if ENTER.contains(&code) {
            return Some(if self.control { '\n' } else { '\r' });
        }
        match code {
            TAB => return Some('\t'),
            SPACE => return Some(' '),
            59..=68 if self.gs_key == u8::try_from(code - 58).ok() => return Some('\u{1d}'),
            87 if self.gs_key == Some(11) => return Some('\u{1d}'),
            88 if self.gs_key == Some(12) => return Some('\u{1d}'),
            _ => {}
        }
        if let Some((_, c)) = KEYPAD.iter().find(|key| key.0 == code) {
            return Some(*c);
        }
        let key = key_of_code(code)?;
        if self.control {
            // ASCII: a control character is the character of the US keyboard without its upper bits.
            let c = Country::Us.character(key, Level::Plain)?.to_ascii_uppercase();
            return ('A'..='_').contains(&c).then(|| char::from(c as u8 & 0x1f));
        }
        let plain = self.country.character(key, Level::Plain)?;
        let level = match (self.alt_gr, self.shift != (self.caps && plain.is_alphabetic())) {
            (true, _) => Level::AltGr,
            (false, true) => Level::Shift,
            (false, false) => Level::Plain,
        };
        self.country.character(key, level)
    }
}

#[cfg(test)]
mod tests {
    use super::super::country::code_of_key;
    use super::*;

    /// The keys that a scanner of this country presses for a text.
    fn presses(country: Country, text: &str) -> Vec<(u16, i32)> {
        let mut keys = Vec::new();
        for c in text.chars() {
            let around = |beside: u16, code: u16| vec![(beside, 1), (code, 1), (code, 0), (beside, 0)];
            keys.extend(match c {
                ' ' => vec![(SPACE, 1), (SPACE, 0)],
                '\r' => vec![(28, 1), (28, 0)],
                '\u{1d}' => around(29, 27),
                c => {
                    let (key, level) = country.key(c).expect("a key");
                    let code = code_of_key(key).expect("a key");
                    match level {
                        Level::Plain => vec![(code, 1), (code, 0)],
                        Level::Shift => around(42, code),
                        Level::AltGr => around(ALT_GR, code),
                    }
                }
            });
        }
        keys
    }

    fn typed(country: Country, keys: &[(u16, i32)]) -> String {
        let mut device = HidKeys::new(country, Some(8));
        keys.iter()
            .filter_map(|(code, value)| device.key(*code, *value))
            .collect()
    }

    #[test]
    fn every_country_reads_its_own_scanner() {
        let text = "]C10189017640122732\u{1d}10Ab-x/?_=:;'\"@#\r";
        for country in Country::ALL {
            let text: String = text
                .chars()
                .filter(|c| c.is_control() || country.key(*c).is_some())
                .collect();
            assert!(text.len() > 35, "{country}");
            assert_eq!(typed(country, &presses(country, &text)), text, "{country}");
        }
    }

    #[test]
    fn rare_keys_of_scanners() {
        let alt_029 = [
            (56, 1),
            (82, 1),
            (82, 0),
            (80, 1),
            (80, 0),
            (73, 1),
            (73, 0),
            (56, 0),
        ];
        let keypad = [(71, 1), (71, 0), (96, 1), (96, 0)];
        let caps = [
            (58, 1),
            (58, 0),
            (30, 1),
            (30, 0),
            (42, 1),
            (30, 1),
            (30, 0),
            (42, 0),
            (2, 1),
            (2, 0),
        ];
        let repeated = [(30, 1), (30, 2), (30, 2), (30, 0)];
        for (keys, text) in [
            (alt_029.as_slice(), "\u{1d}"),
            (&keypad, "7\r"),
            (&caps, "Aa1"),
            (&repeated, "a"),
            (&[(66, 1), (66, 0)], "\u{1d}"),
            (&[(1, 1), (1, 0), (103, 1), (103, 0)], ""),
            (&[(29, 1), (32, 1), (32, 0), (29, 0)], "\u{4}"),
        ] {
            assert_eq!(typed(Country::Us, keys), text, "{keys:?}");
        }
    }
}

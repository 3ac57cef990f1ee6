//! Finds a wrong keyboard layout. A scanner that types presses keys by its own country; where the host's is another, other
//! characters arrive. One test text tells which two they are: it is worked out what each pair of countries would make of it.

use super::country::{Country, Level};

/// What the test barcode says before its GS: characters that move from country to country, between letters that do not.
const PRINTED: &str = "TEST azqwym AQ 0129 -=;'[]/\\@#\"|<_?&";
/// What it says behind.
const TAIL: &str = "END";
/// What arrives for a dead key: nothing, itself, or another letter.
const DEAD: char = '\0';

/// The text of the test barcode.
pub fn test_text() -> String {
    format!("{PRINTED}\u{1d}{TAIL}")
}

/// What was found out from the test text.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Found {
    /// How the keyboards fit.
    pub fit: Fit,
    /// Caps lock is on at the host.
    pub has_caps: bool,
    /// What became of GS.
    pub gs: Gs,
}

/// How the scanner's keyboard fits the host's.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Fit {
    /// Every character arrived as it is.
    Same,
    /// Pairs of countries, the scanner's and the host's, that explain what arrived.
    Differ(Vec<(Country, Country)>),
    /// No pair explains it.
    Unexplained,
}

/// What became of GS.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Gs {
    /// It arrived.
    Arrives,
    /// Nothing arrived in its place.
    Dropped,
    /// Something else did.
    Substitute(String),
}

/// Looks at a text that may be the test text as it arrived; none where it is something else.
pub fn examine(arrived: &str) -> Option<Found> {
    let upper = arrived.to_uppercase();
    if !upper.starts_with("TEST") || !upper.ends_with(TAIL) {
        return None;
    }
    let body = &arrived[..arrived.len() - TAIL.len()];
    let candidates = [false, true].into_iter().flat_map(|has_caps| {
        pairs().map(move |(scanner, host)| {
            let expected = typed(scanner, host);
            let expected: Vec<char> = match has_caps {
                true => expected.into_iter().map(swapped).collect(),
                false => expected,
            };
            let (distance, rest) = matched(&expected, body);
            (distance, has_caps, scanner, host, rest)
        })
    });
    let candidates: Vec<_> = candidates.collect();
    let best = candidates.iter().map(|candidate| candidate.0).min()?;
    let same: Vec<_> = candidates
        .iter()
        .filter(|candidate| candidate.0 == best)
        .collect();
    let (_, has_caps, _, _, rest) = same[0];
    let is_right = same
        .iter()
        .any(|(_, caps, scanner, host, _)| !caps && scanner == host);
    let fit = match best {
        0 if same.iter().any(|candidate| candidate.2 == candidate.3) => Fit::Same,
        0..=MOST_WRONG => Fit::Differ(
            same.iter()
                .filter(|candidate| candidate.1 == *has_caps)
                .map(|candidate| (candidate.2, candidate.3))
                .collect(),
        ),
        _ => Fit::Unexplained,
    };
    let gs = match rest.as_str() {
        "\u{1d}" => Gs::Arrives,
        "" => Gs::Dropped,
        other => Gs::Substitute(other.to_owned()),
    };
    Some(Found {
        fit,
        has_caps: *has_caps && !is_right,
        gs,
    })
}

/// More wrong characters than these are explained by nothing here.
const MOST_WRONG: usize = 2;

fn pairs() -> impl Iterator<Item = (Country, Country)> {
    Country::ALL
        .into_iter()
        .flat_map(|scanner| Country::ALL.into_iter().map(move |host| (scanner, host)))
}

/// The printed part as it arrives from a scanner of one country at a host of another.
pub fn typed(scanner: Country, host: Country) -> Vec<char> {
    PRINTED.chars().map(|c| through(scanner, host, c)).collect()
}

fn through(scanner: Country, host: Country, c: char) -> char {
    if c == ' ' || scanner == host {
        return c;
    }
    let Some((key, level)) = scanner.key(c) else {
        return DEAD;
    };
    match host.character(key, level) {
        Some(c) if host.is_dead(c) && level != Level::AltGr => DEAD,
        Some(c) => c,
        None => DEAD,
    }
}

fn swapped(c: char) -> char {
    let other = if c.is_uppercase() {
        c.to_lowercase().next()
    } else {
        c.to_uppercase().next()
    };
    other.filter(|_| c.is_alphabetic()).unwrap_or(c)
}

/// How many characters are wrong at least where `expected` stands at the beginning of a text, and what stands behind it.
fn matched(expected: &[char], text: &str) -> (usize, String) {
    let text: Vec<char> = text.chars().collect();
    // How wrong the text up to a place is, as expected up to a character.
    let mut before: Vec<usize> = (0..=text.len()).collect();
    for c in expected {
        let cost = |is_right: bool| usize::from(!is_right && *c != DEAD);
        let mut now = vec![before[0] + cost(false)];
        for (place, arrived) in text.iter().enumerate() {
            let taken = before[place] + cost(arrived == c);
            let missing = before[place + 1] + cost(false);
            let more = now[place] + cost(false).max(usize::from(*c != DEAD));
            now.push(taken.min(missing).min(more));
        }
        before = now;
    }
    let best = before.iter().min().copied().unwrap_or(0);
    // The longest that is as good: what a dead key left belongs to the text, what GS became does not.
    let end = before.iter().position(|wrong| *wrong == best).unwrap_or(0);
    (best, text[end..].iter().collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn arrives(scanner: Country, host: Country, gs: &str) -> String {
        let printed: String = typed(scanner, host).into_iter().filter(|c| *c != DEAD).collect();
        format!("{printed}{gs}{TAIL}")
    }

    #[test]
    fn every_pair_of_countries_is_told_apart_from_a_right_one() {
        for (scanner, host) in pairs() {
            let found = examine(&arrives(scanner, host, "\u{1d}")).expect("the test text");
            assert!(!found.has_caps, "{scanner} at {host}: {found:?}");
            assert_eq!(found.gs, Gs::Arrives, "{scanner} at {host}");
            match found.fit {
                Fit::Same => assert_eq!(scanner, host),
                Fit::Differ(pairs) => assert!(
                    scanner != host && pairs.contains(&(scanner, host)) && pairs.len() <= 2,
                    "{scanner} at {host}: {pairs:?}"
                ),
                Fit::Unexplained => panic!("{scanner} at {host}"),
            }
        }
    }

    #[test]
    fn caps_lock_is_seen() {
        for host in [Country::Us, Country::De, Country::Fr] {
            let text: String = arrives(Country::Us, host, "").chars().map(swapped).collect();
            let found = examine(&text).expect("the test text");
            assert!(found.has_caps, "{host}: {text} {found:?}");
            assert_eq!(found.gs, Gs::Dropped);
        }
    }

    #[test]
    fn what_gs_became_is_said() {
        for (gs, found) in [
            ("\u{1d}", Gs::Arrives),
            ("", Gs::Dropped),
            ("|", Gs::Substitute("|".to_owned())),
            ("~", Gs::Substitute("~".to_owned())),
        ] {
            let text = arrives(Country::Us, Country::Us, gs);
            assert_eq!(examine(&text).expect("the test text").gs, found, "{gs:?}");
        }
    }

    #[test]
    fn other_codes_are_not_the_test_text() {
        for text in ["8901764012273", "TEST", "", "]C1TESTEND1"] {
            assert_eq!(examine(text), None, "{text}");
        }
        let found = examine("TEST 0000000000000000000000000000END").expect("it looks like it");
        assert_eq!(found.fit, Fit::Unexplained);
    }
}

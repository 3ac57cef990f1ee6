//! GS1 Digital Link URIs (GS1 Digital Link Standard: URI Syntax 1.4): a key, its qualifiers and attributes written as a
//! web address. Only the text is read; the address is never opened.

use super::{Ai, Element, Elements, Settings, Unread, UriFault, gs1};

/// Whether a text is to be read as a Digital Link: a web address whose scheme is all small or all capital letters.
pub(super) fn looks_like_one(text: &str) -> bool {
    address(text).is_some()
}

/// Reads a link. All that is wrong in it is `BadUri`, but for associations the shop asks for.
pub(super) fn read(link: &str, settings: &Settings) -> Result<Elements, Unread> {
    let elements = read_elements(link, settings).map_err(Unread::BadUri)?;
    if settings.check_associations {
        elements.check_associations()?;
    }
    Ok(elements)
}

fn read_elements(link: &str, settings: &Settings) -> Result<Elements, UriFault> {
    if !link.bytes().all(is_uri_character) {
        return Err(UriFault::Characters);
    }
    let address = address(link).ok_or(UriFault::Host)?;
    let (host, path) = address.split_at(address.find('/').ok_or(UriFault::NoKey)?);
    if host.is_empty()
        || !host
            .bytes()
            .all(|c| c.is_ascii_alphanumeric() || matches!(c, b'-' | b'.' | b':' | b'[' | b']'))
    {
        return Err(UriFault::Host);
    }
    let path = path.split_once('#').map_or(path, |(path, _)| path);
    let (path, query) = path.split_once('?').unwrap_or((path, ""));
    let mut elements = read_path(path, settings)?;
    let in_path = elements.len();
    for pair in query.split('&') {
        if let Some(element) = read_attribute(pair)? {
            elements.push(element);
        }
    }
    check_order(&elements[..in_path])?;
    for (at, element) in elements.iter().enumerate().skip(in_path) {
        if elements[..at].iter().any(|earlier| earlier.ai == element.ai) {
            return Err(UriFault::Twice { ai: element.ai });
        }
        if !element.ai.row().attribute || belongs_in_path(&elements[..in_path], element.ai) {
            return Err(UriFault::NotAnAttribute { ai: element.ai });
        }
    }
    Ok(Elements::of(elements))
}

/// Host and all that follows it.
fn address(text: &str) -> Option<&str> {
    ["https://", "HTTPS://", "http://", "HTTP://"]
        .iter()
        .find_map(|scheme| text.strip_prefix(scheme))
}

/// The pairs of AI and value from the rightmost primary key to the path's end; what stands before it is the shop's own.
fn read_path(path: &str, settings: &Settings) -> Result<Vec<Element>, UriFault> {
    let mut segments = path.rsplit('/');
    let mut elements = Vec::with_capacity(4);
    loop {
        let (Some(value), Some(digits)) = (segments.next(), segments.next()) else {
            return Err(UriFault::NoKey);
        };
        let ai = Ai::parse(digits).ok_or(UriFault::NoKey)?;
        elements.push((ai, value));
        if ai.row().qualifiers.is_some() {
            break;
        }
    }
    elements
        .into_iter()
        .rev()
        .map(|(ai, value)| read_value(ai, value, settings.dl_zero_suppressed_gtin))
        .collect()
}

/// One `AI=value` behind the question mark. What is not GS1's is passed over.
fn read_attribute(pair: &str) -> Result<Option<Element>, UriFault> {
    let Some((name, value)) = pair.split_once('=') else {
        return Ok(None);
    };
    if name.is_empty() || !name.bytes().all(|c| c.is_ascii_digit()) {
        return Ok(None);
    }
    let ai = Ai::parse(name).ok_or(UriFault::UnknownAi)?;
    if value.contains('+') {
        return Err(UriFault::Value {
            ai,
            why: "a plus sign in the query stands for a space, which no value may hold",
        });
    }
    // A GTIN that describes another key is written with 13 digits in the standard's own examples.
    read_value(ai, value, true).map(Some)
}

fn read_value(ai: Ai, escaped: &str, may_be_short: bool) -> Result<Element, UriFault> {
    let mut value = unescape(escaped).ok_or(UriFault::Value {
        ai,
        why: "it is not ASCII",
    })?;
    if may_be_short && ai == Ai::GTIN && matches!(value.len(), 8 | 12 | 13) {
        value.insert_str(0, &"000000"[..14 - value.len()]);
    }
    gs1::check_whole_value(ai, &value).map_err(|fault| UriFault::Value {
        ai,
        why: fault.code(),
    })?;
    Ok(Element { ai, value })
}

/// Percent-decodes; a percent sign without two hexadecimal digits behind it stands for itself. None where not ASCII.
fn unescape(escaped: &str) -> Option<String> {
    if !escaped.contains('%') {
        return Some(escaped.to_owned());
    }
    let mut value = String::with_capacity(escaped.len());
    let mut rest = escaped.as_bytes();
    while let Some((&letter, behind)) = rest.split_first() {
        let decoded = match behind {
            [high, low, ..] if letter == b'%' => hex(*high).zip(hex(*low)).map(|(high, low)| high * 16 + low),
            _ => None,
        };
        value.push(char::from(decoded.unwrap_or(letter)));
        rest = if decoded.is_some() { &behind[2..] } else { behind };
    }
    value.is_ascii().then_some(value)
}

fn hex(digit: u8) -> Option<u8> {
    char::from(digit).to_digit(16).map(|digit| digit as u8)
}

/// The qualifiers behind the key must be among those of one alternative, in its order.
fn check_order(path: &[Element]) -> Result<(), UriFault> {
    let ais: Vec<Ai> = path.iter().map(|element| element.ai).collect();
    if is_in_order(&ais) {
        Ok(())
    } else {
        Err(UriFault::Order)
    }
}

fn is_in_order(path: &[Ai]) -> bool {
    let Some((key, qualifiers)) = path.split_first() else {
        return false;
    };
    let alternatives = key.row().qualifiers.unwrap_or_default();
    qualifiers.is_empty()
        || alternatives.split('|').any(|alternative| {
            let mut allowed = alternative.split(',').filter_map(Ai::parse);
            qualifiers
                .iter()
                .all(|qualifier| allowed.any(|next| next == *qualifier))
        })
}

/// An AI that could stand among the path's qualifiers must not stand in the query.
fn belongs_in_path(path: &[Element], ai: Ai) -> bool {
    (1..=path.len()).any(|place| {
        let mut with: Vec<Ai> = path.iter().map(|element| element.ai).collect();
        with.insert(place, ai);
        is_in_order(&with)
    })
}

/// The characters of RFC 3986, section 2.
fn is_uri_character(c: u8) -> bool {
    c.is_ascii_alphanumeric()
        || matches!(
            c,
            b'!' | b'#'..=b'/' | b':' | b';' | b'=' | b'?' | b'@' | b'[' | b']' | b'_' | b'~'
        )
}

#[cfg(test)]
mod tests {
    use super::*;

    fn pairs(link: &str) -> Result<Vec<String>, Unread> {
        let elements = read(link, &Settings::default())?;
        Ok(elements
            .iter()
            .map(|element| format!("{}={}", element.ai, element.value))
            .collect())
    }

    #[test]
    fn the_rightmost_key_with_its_qualifiers_and_attributes() {
        for (link, expected) in [
            (
                "https://a/8018/123456789012345675/8019/123",
                "8018=123456789012345675 8019=123",
            ),
            (
                "HTTPS://ID.GS1.ORG/01/09520123456788/22/2A/10/B/21/C",
                "01=09520123456788 22=2A 10=B 21=C",
            ),
            (
                "https://club.example/01/none/8018/123456789012345675?",
                "8018=123456789012345675",
            ),
            (
                "https://a/01/12312312312333?99=A&&name&x=1&=2&98=%2F#01/9",
                "01=12312312312333 99=A 98=/",
            ),
            (
                "https://a/01/12312312312333/10/A+B%2",
                "01=12312312312333 10=A+B%2",
            ),
            ("https://a/01/12312312312333#?99=A", "01=12312312312333"),
            ("http://a.b:80/414/9520123456788/254/X", "414=9520123456788 254=X"),
        ] {
            assert_eq!(
                pairs(link).map(|pairs| pairs.join(" ")),
                Ok(expected.to_owned()),
                "{link}"
            );
        }
    }

    #[test]
    fn what_makes_a_link_bad() {
        for link in [
            "https://a",
            "https://a/",
            "https:///01/12312312312333",
            "https://a$/01/12312312312333",
            "https://a/01/12312312312333/",
            "https://a/01/12312312312333/10/",
            "https://a/01/12312312312330",
            "https://a/01/614141123452",
            "https://a/10/ABC",
            "https://a/01/12312312312333/21/A/10/B",
            "https://a/01/12312312312333/235/A/10/B",
            "https://a/01/12312312312333?10=A",
            "https://a/01/12312312312333?21=A",
            "https://a/01/12312312312333?99=",
            "https://a/01/12312312312333?99=A&99=A",
            "https://a/01/12312312312333?999=A",
            "https://a/01/12312312312333?98=A+B",
            "https://a/01/12312312312333/10/%00",
            "https://a/01/12312312312333/10/%E9",
            "https://a/01/12312312312333/10/A B",
        ] {
            assert!(
                matches!(pairs(link), Err(Unread::BadUri(_))),
                "{link}: {:?}",
                pairs(link)
            );
        }
    }

    #[test]
    fn a_short_gtin_is_filled_up_where_the_shop_wants_it() {
        let settings = Settings {
            dl_zero_suppressed_gtin: true,
            ..Settings::default()
        };
        for (digits, gtin) in [
            ("96385074", "00000096385074"),
            ("614141123452", "00614141123452"),
            ("2112345678900", "02112345678900"),
        ] {
            let elements = read(&format!("https://a/01/{digits}"), &settings).expect("a GTIN");
            assert_eq!(elements.get(Ai::GTIN), Some(gtin));
        }
    }

    #[test]
    fn mixed_case_is_no_link() {
        assert!(!looks_like_one("HtTps://a/01/12312312312333") && looks_like_one("HTTP://A"));
    }
}

//! What stands where in a story: objects, lists and texts. Whatever is elsewhere is named with its place, in words that
//! are those of the story and not of the program that reads it.

use serde_json::{Map, Value};

/// What may stand at a key.
#[derive(Clone, Copy)]
enum Kind {
    Text,
    Flag,
    Texts,
    TextByName,
    Object(Keys),
    Objects(Keys),
    Steps,
}

/// A key, what stands there, and whether it must.
type Keys = &'static [(&'static str, Kind, bool)];

use Kind::{Flag, Object, Objects, Steps, Text, TextByName, Texts};

const STORY: Keys = &[
    ("currency", Text, false),
    ("timezone", Text, false),
    ("price_basis", Text, false),
    ("seed", Text, false),
    ("products", Objects(PRODUCT), false),
    ("sites", Objects(SITE), false),
    ("members", Objects(MEMBER), false),
    ("steps", Steps, false),
];
const PRODUCT: Keys = &[
    ("sku", Text, true),
    ("name", Text, false),
    ("price", Text, false),
    ("categories", Texts, false),
    ("unit", Text, false),
    ("on_sale", Flag, false),
    ("tax_rate", Text, false),
    ("floor_price", Text, false),
    ("brand", Text, false),
];
const SITE: Keys = &[("id", Text, true), ("partner", Text, false)];
const MEMBER: Keys = &[
    ("id", Text, true),
    ("birthday", Text, false),
    ("enrolled", Text, false),
    ("groups", Objects(GROUP), false),
    ("organisation", Text, false),
    ("consents", Texts, false),
    ("interests", Texts, false),
    ("cards", Texts, false),
];
const GROUP: Keys = &[("name", Text, true), ("until", Text, false)];
const STEP: Keys = &[
    ("sale", Object(SALE), false),
    ("return", Object(RETURN), false),
    ("activity", Object(ACTIVITY), false),
    ("redeem", Object(REDEEM), false),
    ("use", Object(USE), false),
    ("advance", Object(&[("to", Text, true)]), false),
    (
        "balance",
        Object(&[("member", Text, false), ("organisation", Text, false)]),
        false,
    ),
];
const SALE: Keys = &[
    ("id", Text, true),
    ("at", Text, true),
    ("site", Text, false),
    ("member", Text, false),
    ("agent", Text, false),
    ("organisation", Text, false),
    ("codes", Texts, false),
    ("lines", Objects(LINE), true),
    ("redeem", Objects(WISH), false),
];
const LINE: Keys = &[("sku", Text, true), ("qty", Text, false), ("price", Text, false)];
const WISH: Keys = &[("purse", Text, true), ("amount", Text, true)];
const RETURN: Keys = &[
    ("id", Text, true),
    ("at", Text, true),
    ("sale", Text, true),
    (
        "lines",
        Objects(&[("sku", Text, true), ("qty", Text, false)]),
        true,
    ),
];
const ACTIVITY: Keys = &[
    ("id", Text, true),
    ("at", Text, true),
    ("member", Text, true),
    ("kind", Text, true),
    ("qty", Text, false),
    ("attributes", TextByName, false),
];
const REDEEM: Keys = &[
    ("id", Text, true),
    ("at", Text, true),
    ("member", Text, true),
    ("reward", Text, true),
    ("qty", Text, false),
    ("approved_by", Text, false),
];
const USE: Keys = &[
    ("id", Text, true),
    ("at", Text, true),
    ("member", Text, true),
    ("reward", Text, true),
    ("qty", Text, false),
];

/// The place of a mistake, and what is wrong there.
type Wrong = (String, String);

/// Checks what stands where. Answers the first mistake.
pub(super) fn check(story: &Value) -> Result<(), Wrong> {
    object("the story", "", story, STORY)
}

fn object(place: &str, prefix: &str, value: &Value, keys: Keys) -> Result<(), Wrong> {
    let found = map(place, value)?;
    for (key, value) in found {
        let Some((_, kind, _)) = keys.iter().find(|(known, ..)| known == key) else {
            let known: Vec<&str> = keys.iter().map(|(known, ..)| *known).collect();
            let why = format!("\"{key}\" is not understood: write {}", known.join(", "));
            return Err((place.to_owned(), why));
        };
        if !value.is_null() {
            self::value(&format!("{prefix}{key}"), value, *kind)?;
        }
    }
    let is_missing = |key: &str| found.get(key).is_none_or(Value::is_null);
    match keys.iter().find(|(key, _, must)| *must && is_missing(key)) {
        Some((key, ..)) => Err((place.to_owned(), format!("\"{key}\" is missing: write it"))),
        None => Ok(()),
    }
}

fn value(place: &str, value: &Value, kind: Kind) -> Result<(), Wrong> {
    let needs = |what: &str| Err((place.to_owned(), format!("{what}, not {}", called(value))));
    match kind {
        Text if value.is_number() => {
            let why = format!("a text is needed, not the number {value}: write \"{value}\"");
            Err((place.to_owned(), why))
        }
        Text if !value.is_string() => needs("a text is needed"),
        Flag if !value.is_boolean() => needs("true or false is needed"),
        Text | Flag => Ok(()),
        Texts => each(place, value, |place, value| self::value(place, value, Text)),
        TextByName => {
            for (key, value) in map(place, value)? {
                self::value(&format!("{place}.{key}"), value, Text)?;
            }
            Ok(())
        }
        Object(keys) => object(place, &format!("{place}."), value, keys),
        Objects(keys) => each(place, value, |place, value| {
            object(place, &format!("{place}."), value, keys)
        }),
        Steps => each(place, value, step),
    }
}

/// A step is an object with one key, which is its kind.
fn step(place: &str, value: &Value) -> Result<(), Wrong> {
    let found = map(place, value)?;
    let known: Vec<&str> = STEP.iter().map(|(kind, ..)| *kind).collect();
    let known = known.join(", ");
    let Some((kind, inner)) = found.iter().next().filter(|_| found.len() == 1) else {
        let why = format!(
            "one kind a step is needed, here are {}: write one of {known}",
            found.len()
        );
        return Err((place.to_owned(), why));
    };
    match STEP.iter().find(|(known, ..)| known == kind) {
        Some((_, keys, _)) => self::value(&format!("{place}.{kind}"), inner, *keys),
        None => {
            let why = format!("\"{kind}\" is no kind of step: write one of {known}");
            Err((place.to_owned(), why))
        }
    }
}

fn each(place: &str, value: &Value, check: impl Fn(&str, &Value) -> Result<(), Wrong>) -> Result<(), Wrong> {
    let Value::Array(items) = value else {
        let why = format!("a list is needed, not {}", called(value));
        return Err((place.to_owned(), why));
    };
    let mut items = items.iter().enumerate();
    items.try_for_each(|(n, item)| check(&format!("{place}[{n}]"), item))
}

fn map<'a>(place: &str, value: &'a Value) -> Result<&'a Map<String, Value>, Wrong> {
    value.as_object().ok_or_else(|| {
        let why = format!("an object is needed, {{\"key\": …}}, not {}", called(value));
        (place.to_owned(), why)
    })
}

fn called(value: &Value) -> String {
    match value {
        Value::Null => "null".to_owned(),
        Value::Bool(_) => value.to_string(),
        Value::Number(number) => format!("the number {number}"),
        Value::String(_) => "a text".to_owned(),
        Value::Array(_) => "a list".to_owned(),
        Value::Object(_) => "an object".to_owned(),
    }
}

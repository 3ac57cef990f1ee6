//! A language: its messages, how it writes numbers, and what of it is missing. English and Hindi are compiled in; another
//! needs only a folder with its code's name and a file core.ftl in it, which may also better what is compiled in. What a
//! language does not say is said in English.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};
use std::sync::{LazyLock, OnceLock};

use fluent_bundle::concurrent::FluentBundle;
use fluent_bundle::{FluentArgs, FluentResource};

use super::Arguments;

const ENGLISH: &str = include_str!("../../locales/en/core.ftl");
const HINDI: &str = include_str!("../../locales/hi/core.ftl");
/// What is compiled in, by code.
const BUILT_IN: [(&str, &str); 2] = [("en", ENGLISH), ("hi", HINDI)];

/// What a name is put into is never a number, even where it is written in digits.
const NAMES: [&str; 18] = [
    "account",
    "agent",
    "card",
    "charity",
    "code",
    "consent",
    "date",
    "goods",
    "group",
    "interest",
    "membership",
    "name",
    "program",
    "purse",
    "reward",
    "sku",
    "text",
    "tier",
];

/// The messages of one language.
pub struct Language {
    code: String,
    bundle: FluentBundle<FluentResource>,
    /// Messages that stand in the English file and not here.
    missing: Vec<String>,
    /// How many digits stand together, from the right; the last number counts for all further groups.
    groups: Vec<usize>,
    separator: String,
    point: String,
}

/// A language that cannot be spoken.
#[derive(Debug, thiserror::Error)]
pub enum LanguageError {
    /// Nobody has written it.
    #[error("\"{code}\" is no language that is here: write en or hi, or name a folder with {} in it (--languages, or languages in config.toml)", file.display())]
    Unknown {
        /// What was asked for.
        code: String,
        /// Where a file of it is looked for.
        file: PathBuf,
    },
    /// Its file cannot be read.
    #[error("{}: cannot be read ({why})", file.display())]
    Unreadable {
        /// The file.
        file: PathBuf,
        /// What the system says.
        why: String,
    },
    /// Its file is no file of messages.
    #[error("{}:{line}: {why}: write messages as in locales/en/core.ftl, such as: not-here = not at this place", file.display())]
    Wrong {
        /// The file.
        file: PathBuf,
        /// The line, counted from 1.
        line: usize,
        /// What is wrong there.
        why: String,
    },
}

static IN_ENGLISH: LazyLock<Language> = LazyLock::new(|| {
    Language::of("en", &[ENGLISH]).expect("the file is compiled in, and a test reads every message of it")
});
static SPOKEN: OnceLock<Language> = OnceLock::new();

/// From now on this process speaks this language; the first choice stays.
pub fn speak(language: Language) {
    let _ = SPOKEN.set(language);
}

/// The language that this process speaks: English where nothing else was chosen.
pub fn spoken() -> &'static Language {
    SPOKEN.get().unwrap_or_else(|| &IN_ENGLISH)
}

impl Language {
    /// A language by its code. `folder` holds further ones, each as CODE/core.ftl.
    pub fn read(code: &str, folder: Option<&Path>) -> Result<Language, LanguageError> {
        let is_code = !code.is_empty() && code.chars().all(|c| c.is_ascii_alphanumeric() || c == '-');
        let file = folder.unwrap_or(Path::new("")).join(code).join("core.ftl");
        let own = match folder.filter(|_| is_code && file.exists()) {
            Some(_) => Some(
                std::fs::read_to_string(&file).map_err(|error| LanguageError::Unreadable {
                    file: file.clone(),
                    why: error.to_string(),
                })?,
            ),
            None => None,
        };
        let built_in = BUILT_IN
            .iter()
            .find(|(known, _)| *known == code)
            .map(|(_, text)| *text);
        let texts: Vec<&str> = built_in.into_iter().chain(own.as_deref()).collect();
        if texts.is_empty() || !is_code {
            let code = code.chars().filter(|c| !c.is_control()).take(20).collect();
            return Err(LanguageError::Unknown { code, file });
        }
        Language::of(code, &texts).map_err(|(line, why)| LanguageError::Wrong { file, line, why })
    }

    /// Texts of messages, of which a later one betters what the earlier say.
    fn of(code: &str, texts: &[&str]) -> Result<Language, (usize, String)> {
        let tag = code.parse().or_else(|_| "en".parse());
        let mut bundle = FluentBundle::new_concurrent(vec![tag.map_err(|_| (1, "no language".to_owned()))?]);
        // Receipts and JSON want plain text, without marks around what is put in.
        bundle.set_use_isolating(false);
        let mut said: BTreeSet<&str> = BTreeSet::new();
        for text in texts {
            let resource = FluentResource::try_new((*text).to_owned()).map_err(|(_, errors)| {
                let first = errors.first();
                let place = first.map_or(0, |error| error.pos.start);
                let before = text.get(..place).unwrap_or(text);
                (
                    before.matches('\n').count() + 1,
                    first.map_or("no messages".to_owned(), ToString::to_string),
                )
            })?;
            bundle.add_resource_overriding(resource);
            said.extend(keys(text));
        }
        let missing = keys(ENGLISH)
            .filter(|key| !said.contains(key))
            .map(str::to_owned)
            .collect();
        let mut language = Language {
            code: code.to_owned(),
            bundle,
            missing,
            groups: Vec::new(),
            separator: ",".to_owned(),
            point: ".".to_owned(),
        };
        let of = |key: &str| language.own(key, &FluentArgs::new());
        let groups = of("number-groups").unwrap_or_default();
        let groups = groups
            .split(' ')
            .filter_map(|size| size.parse().ok())
            .filter(|size| *size > 0);
        let (groups, separator, point) = (groups.collect(), of("number-separator"), of("number-point"));
        language.groups = groups;
        language.separator = separator.unwrap_or(language.separator);
        language.point = point.unwrap_or(language.point);
        Ok(language)
    }

    /// Its code: en, hi.
    pub fn code(&self) -> &str {
        &self.code
    }

    /// The messages that it lacks, and that are therefore said in English.
    pub fn missing(&self) -> &[String] {
        &self.missing
    }

    /// A message with its arguments. One that is missing is said in English; one that English lacks shows its key: a
    /// cashier can read it out, and a test finds it first.
    pub(super) fn say(&self, key: &str, arguments: &Arguments) -> String {
        let mut fluent = FluentArgs::new();
        for (name, value) in arguments {
            fluent.set(*name, self.written(name, value));
            if let Some(count) = count(name, value) {
                fluent.set(format!("{name}_count"), count);
            }
            if *name == "purse" {
                fluent.set("purse_one", one_of(value));
            }
        }
        let english = || IN_ENGLISH.own(key, &fluent);
        self.own(key, &fluent)
            .or_else(english)
            .unwrap_or_else(|| key.to_owned())
    }

    /// What this language's own file says; nothing where it lacks the message or asks for what is not there.
    fn own(&self, key: &str, arguments: &FluentArgs) -> Option<String> {
        let pattern = self.bundle.get_message(key)?.value()?;
        let mut errors = Vec::new();
        let text = self.bundle.format_pattern(pattern, Some(arguments), &mut errors);
        errors.is_empty().then(|| text.into_owned())
    }

    /// A number as this language writes it; names as they are.
    fn written(&self, name: &str, value: &str) -> String {
        if !is_number(name, value) || self.groups.is_empty() {
            return value.to_owned();
        }
        let (whole, rest) = value.split_once('.').unwrap_or((value, ""));
        let (sign, digits) = whole
            .strip_prefix('-')
            .map_or(("", whole), |digits| ("-", digits));
        let mut sizes = self.groups.iter().copied();
        let mut size = sizes.next().unwrap_or(3);
        let (mut left, mut groups) = (digits, Vec::new());
        while left.len() > size {
            let (before, group) = left.split_at(left.len() - size);
            groups.push(group);
            left = before;
            size = sizes.next().unwrap_or(size);
        }
        groups.push(left);
        groups.reverse();
        let point = if rest.is_empty() { "" } else { &self.point };
        format!("{sign}{}{point}{rest}", groups.join(&self.separator))
    }
}

/// The names of the messages in a file.
fn keys(text: &str) -> impl Iterator<Item = &str> {
    let begins = |line: &&str| line.starts_with(|first: char| first.is_ascii_lowercase());
    let lines = text.lines().filter(begins);
    let keys = lines.filter_map(|line| line.split_once('=').map(|(key, _)| key.trim()));
    keys.filter(|key| !key.starts_with("number-"))
}

/// The names of all messages.
#[cfg(test)]
pub(super) fn english_keys() -> impl Iterator<Item = &'static str> {
    keys(ENGLISH)
}

/// A decimal such as "12" or "-1500.00".
fn is_number(name: &str, value: &str) -> bool {
    let digits = value.strip_prefix('-').unwrap_or(value);
    let (whole, rest) = digits.split_once('.').unwrap_or((digits, "0"));
    let all_digits = |text: &str| !text.is_empty() && text.bytes().all(|digit| digit.is_ascii_digit());
    !NAMES.contains(&name) && all_digits(whole) && all_digits(rest)
}

/// The number by which a language chooses its form: "1 more", "2 more".
fn count(name: &str, value: &str) -> Option<f64> {
    is_number(name, value).then(|| value.parse().ok()).flatten()
}

/// Purses are named in the plural: one of "points" is a "point".
fn one_of(purse: &str) -> &str {
    match purse.strip_suffix('s') {
        Some(one) if !one.ends_with(['s', 'u']) && !one.is_empty() => one,
        _ => purse,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn hindi() -> Language {
        Language::read("hi", None).expect("it is compiled in")
    }

    /// The words in braces that a message puts in.
    fn placeholders(text: &str, key: &str) -> BTreeSet<String> {
        let begins = |line: &&str| line.split_once('=').is_some_and(|(name, _)| name.trim() == key);
        let mut lines = text.lines().skip_while(|line| !begins(line));
        let first = lines.next().unwrap_or_default();
        let further = lines.take_while(|line| line.starts_with([' ', '}']));
        let message: Vec<&str> = std::iter::once(first).chain(further).collect();
        let message = message.join(" ");
        let parts = message.split('$').skip(1);
        let names = parts.map(|part| {
            let is_name = |letter: char| letter.is_ascii_alphanumeric() || letter == '_';
            let end = part.find(|letter| !is_name(letter)).unwrap_or(part.len());
            part[..end]
                .trim_end_matches("_count")
                .trim_end_matches("_one")
                .to_owned()
        });
        names.collect()
    }

    #[test]
    fn every_message_is_said_in_hindi_with_all_that_is_put_in() {
        let (missing, hindi) = (hindi().missing, HINDI);
        assert!(
            missing.is_empty(),
            "write these in locales/hi/core.ftl, too: {missing:?}"
        );
        for key in keys(ENGLISH) {
            let lost = format!("locales/hi/core.ftl: {key} puts in something else than in English");
            assert_eq!(placeholders(hindi, key), placeholders(ENGLISH, key), "{lost}");
        }
        let unknown: Vec<&str> = keys(hindi)
            .filter(|key| !keys(ENGLISH).any(|known| known == *key))
            .collect();
        assert!(unknown.is_empty(), "nobody says these: {unknown:?}");
    }

    #[test]
    fn hindi_is_written_in_its_own_letters() {
        for key in keys(HINDI).filter(|key| *key != "says") {
            let begins = |line: &&str| line.starts_with(key);
            let mut lines = HINDI.lines().skip_while(|line| !begins(line)).take(2);
            let is_devanagari = |line: &str| line.chars().any(|c| ('\u{900}'..='\u{97f}').contains(&c));
            assert!(lines.any(is_devanagari), "{key}");
        }
    }

    #[test]
    fn numbers_are_written_as_the_language_writes_them() {
        let (hindi, english) = (hindi(), &IN_ENGLISH);
        for (number, written) in [
            ("0", "0"),
            ("999", "999"),
            ("1000", "1,000"),
            ("123456.00", "1,23,456.00"),
            ("-12345678.5", "-1,23,45,678.5"),
        ] {
            assert_eq!(hindi.written("needs", number), written);
            assert_eq!(english.written("needs", number), number);
        }
        assert_eq!(hindi.written("goods", "4006381333931"), "4006381333931");
        assert_eq!(hindi.written("needs", "1.2.3"), "1.2.3");
        let arguments = vec![("needs", "150000.00".to_owned()), ("has", "20.00".to_owned())];
        assert_eq!(
            hindi.say("needs-total", &arguments),
            "1,50,000.00 की ख़रीद चाहिए, टोकरी में 20.00 है"
        );
    }

    #[test]
    fn one_is_said_otherwise_than_two() {
        let say = |points: &str, purse: &str| {
            let arguments = vec![("points", points.to_owned()), ("purse", purse.to_owned())];
            (
                IN_ENGLISH.say("earned", &arguments),
                hindi().say("earned", &arguments),
            )
        };
        assert_eq!(
            say("1", "points"),
            ("1 point earned".to_owned(), "1 points मिला".to_owned())
        );
        assert_eq!(
            say("2", "points"),
            ("2 points earned".to_owned(), "2 points मिले".to_owned())
        );
        assert_eq!(say("1", "bonus").0, "1 bonus earned");
        assert_eq!(say("4.5", "points").0, "4.5 points earned");
    }

    /// A third language is a file: what it lacks is English, what is wrong in it has a line.
    #[test]
    fn a_third_language_needs_only_a_file() {
        let folder = tempfile::tempdir().expect("a folder");
        let german = folder.path().join("de");
        std::fs::create_dir(&german).expect("a folder");
        let text = "number-groups = 3\nnumber-separator = .\nnumber-point = {\",\"}\n\
                    needs-total = ab { $needs }, im Korb { $has }\nnot-here = nur { $nobody }\n";
        std::fs::write(german.join("core.ftl"), text).expect("written");
        let language = Language::read("de", Some(folder.path())).expect("a language");
        let arguments = vec![("needs", "1500.00".to_owned()), ("has", "2.50".to_owned())];
        assert_eq!(
            language.say("needs-total", &arguments),
            "ab 1.500,00, im Korb 2,50"
        );
        assert_eq!(language.say("not-now", &Vec::new()), "not at this time");
        assert_eq!(language.say("not-here", &Vec::new()), "not at this place");
        assert!(language.missing().contains(&"not-now".to_owned()));
        assert!(!language.missing().contains(&"needs-total".to_owned()));
        std::fs::write(german.join("core.ftl"), "not-now = jetzt nicht\nnot-here = { $\n").expect("written");
        let wrong = Language::read("de", Some(folder.path()))
            .err()
            .expect("a mistake");
        assert!(matches!(wrong, LanguageError::Wrong { line: 2, .. }), "{wrong}");
        for code in ["fr", "", "../de"] {
            let wrong = Language::read(code, Some(folder.path()))
                .err()
                .expect("no language");
            assert!(wrong.to_string().contains("write en or hi"), "{wrong}");
        }
    }
}

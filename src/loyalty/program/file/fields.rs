//! Taking a table apart, field by field: whatever is there and was not asked for is a mistake, answered with the nearest
//! word that would have been understood.

use std::ops::{Range, RangeInclusive};

use toml::Spanned;
use toml::de::{DeTable, DeValue};

use super::super::super::amount::{Money, Points, Price, Rate};
use super::super::Terms;
use super::Mistake;
use super::near::{list, nearest, perhaps};

type Span = Range<usize>;

/// More units of a purse than this stand nowhere in a file.
const MOST_UNITS: Points = Points::whole(1_000_000_000);

/// Text in a file is a name or a sentence that somebody says aloud: no longer than this, in characters.
const MOST_TEXT: usize = 1_000;
/// What was found is shown with so many characters.
const MOST_SHOWN: usize = 400;

/// The file that is being read, and what is wrong with it.
pub(super) struct Page<'a> {
    file: &'a str,
    pub terms: &'a Terms,
    pub mistakes: Vec<Mistake>,
    /// Where each line begins but the first: a file may have very many mistakes.
    begins: Vec<usize>,
    /// Which words were asked for, by what their table is called: the schema must have them all.
    #[cfg(test)]
    pub asked: Vec<(&'static str, Vec<&'static str>)>,
}

impl<'a> Page<'a> {
    pub fn new(file: &'a str, text: &'a str, terms: &'a Terms) -> Page<'a> {
        Page {
            file,
            terms,
            mistakes: Vec::new(),
            begins: text.match_indices('\n').map(|(at, _)| at + 1).collect(),
            #[cfg(test)]
            asked: Vec::new(),
        }
    }

    /// The line of a place, counted from 1.
    pub fn line(&self, place: usize) -> usize {
        self.begins.partition_point(|begins| *begins <= place) + 1
    }

    /// The file's name without folders and ending.
    pub fn stem(&self) -> &'a str {
        let name = self.file.rsplit(['/', '\\']).next().unwrap_or(self.file);
        name.strip_suffix(".toml").unwrap_or(name)
    }

    /// Is something in this stretch of the file wrong already?
    pub fn names(&self, at: &Span) -> bool {
        let lines = self.line(at.start)..=self.line(at.end);
        self.mistakes.iter().any(|mistake| lines.contains(&mistake.line))
    }

    pub fn mistake(&mut self, at: Span, found: &str, accepted: &str) {
        self.mistakes.push(Mistake {
            file: self.file.to_owned(),
            line: self.line(at.start),
            found: one_line(found.trim()),
            accepted: accepted.to_owned(),
        });
    }
}

/// What was found, as one line of a terminal: nothing that steers it, and no more than somebody reads.
fn one_line(found: &str) -> String {
    let shown = |letter: char| if letter.is_control() { ' ' } else { letter };
    let mut line: String = found.chars().take(MOST_SHOWN).map(shown).collect();
    if found.chars().nth(MOST_SHOWN).is_some() {
        line.push('…');
    }
    line
}

/// A table whose fields are taken one by one.
pub(super) struct Fields<'t, 'i> {
    what: &'static str,
    table: &'t DeTable<'i>,
    span: Span,
    asked: Vec<&'static str>,
}

/// A value that stands somewhere.
pub(super) type Value<'t, 'i> = &'t Spanned<DeValue<'i>>;

impl<'t, 'i> Fields<'t, 'i> {
    /// `what` names the table in mistakes.
    pub fn new(what: &'static str, table: &'t DeTable<'i>, span: Span) -> Fields<'t, 'i> {
        Fields {
            what,
            table,
            span,
            asked: Vec::new(),
        }
    }

    /// The fields of a value that must be a table.
    pub fn of(page: &mut Page, what: &'static str, value: Value<'t, 'i>) -> Option<Fields<'t, 'i>> {
        match value.get_ref() {
            DeValue::Table(table) => Some(Fields::new(what, table, value.span())),
            other => {
                let found = format!("{what} is {}", describe(other));
                page.mistake(value.span(), &found, "write a table: { word = \"value\" }");
                None
            }
        }
    }

    /// Where the table stands.
    pub fn span(&self) -> Span {
        self.span.clone()
    }

    pub fn has(&self, word: &str) -> bool {
        self.table.contains_key(word)
    }

    /// The names inside a table of named things, such as [purse.points].
    pub fn named(&self) -> Vec<(String, Span, Value<'t, 'i>)> {
        let entries = self.table.iter();
        entries
            .map(|(key, value)| (key.get_ref().to_string(), key.span(), value))
            .collect()
    }

    /// These words are understood here, whether they are there or not.
    pub fn know(&mut self, words: &[&'static str]) {
        self.asked.extend(words);
    }

    /// Asks for a field.
    pub fn value(&mut self, word: &'static str) -> Option<Value<'t, 'i>> {
        self.asked.push(word);
        self.table.get(word)
    }

    pub fn table(&mut self, page: &mut Page, word: &'static str) -> Option<Fields<'t, 'i>> {
        let value = self.value(word)?;
        Fields::of(page, word, value)
    }

    /// A list of tables, such as [[rule]].
    pub fn tables(&mut self, page: &mut Page, word: &'static str) -> Vec<Fields<'t, 'i>> {
        let Some(value) = self.value(word) else {
            return Vec::new();
        };
        match value.get_ref() {
            DeValue::Array(list) => list
                .iter()
                .filter_map(|item| Fields::of(page, word, item))
                .collect(),
            other => {
                let found = format!("{word} is {}", describe(other));
                page.mistake(value.span(), &found, &format!("write [[{word}]]"));
                Vec::new()
            }
        }
    }

    /// A table, or a list of them.
    pub fn tables_or_one(&mut self, page: &mut Page, word: &'static str) -> Vec<Fields<'t, 'i>> {
        match self.value(word) {
            Some(value) if !matches!(value.get_ref(), DeValue::Array(_)) => {
                Fields::of(page, word, value).into_iter().collect()
            }
            _ => self.tables(page, word),
        }
    }

    pub fn text(&mut self, page: &mut Page, word: &'static str) -> Option<String> {
        self.spanned_text(page, word).map(|(text, _)| text)
    }

    pub fn spanned_text(&mut self, page: &mut Page, word: &'static str) -> Option<(String, Span)> {
        let value = self.value(word)?;
        text_of(page, word, value).map(|text| (text, value.span()))
    }

    /// One text, or a list of them.
    pub fn texts(&mut self, page: &mut Page, word: &'static str) -> Vec<(String, Span)> {
        let Some(value) = self.value(word) else {
            return Vec::new();
        };
        let items: Vec<Value> = match value.get_ref() {
            DeValue::Array(list) => list.iter().collect(),
            _ => vec![value],
        };
        let texts = items.into_iter();
        texts
            .filter_map(|item| text_of(page, word, item).map(|text| (text, item.span())))
            .collect()
    }

    /// Text that a function reads: what it refuses becomes a mistake.
    pub fn parsed<T, E: std::fmt::Display>(
        &mut self,
        page: &mut Page,
        word: &'static str,
        read: impl Fn(&str) -> Result<T, E>,
    ) -> Option<T> {
        let (text, span) = self.spanned_text(page, word)?;
        match read(&text) {
            Ok(value) => Some(value),
            Err(error) => {
                page.mistake(span, word, &error.to_string());
                None
            }
        }
    }

    pub fn money(&mut self, page: &mut Page, word: &'static str) -> Option<Money> {
        let currency = page.terms.currency;
        self.parsed(page, word, |text| match currency.money(text) {
            Ok(money) if money > Money::ZERO => Ok(money),
            Ok(_) => Err(format!("\"{text}\" is not above 0")),
            Err(error) => Err(error.to_string()),
        })
    }

    /// Units of a purse, above 0, and no more than anybody could count.
    pub fn units(&mut self, page: &mut Page, word: &'static str) -> Option<Points> {
        self.parsed(page, word, |text| match Points::parse(text) {
            Ok(units) if units > Points::ZERO && units <= MOST_UNITS => Ok(units),
            _ => Err(format!(
                "\"{text}\" are no units of a purse: write a number above 0 and up to {MOST_UNITS} with at most 3 decimals, \
                 such as 500 or \"5.00\""
            )),
        })
    }

    pub fn price(&mut self, page: &mut Page, word: &'static str) -> Option<Price> {
        let read = |text: &str| match Price::parse(text) {
            Ok(price) if price < Price::default() => Err(format!("\"{text}\" is below 0")),
            Ok(price) => Ok(price),
            Err(error) => Err(error.to_string()),
        };
        self.parsed(page, word, read)
    }

    pub fn percent(&mut self, page: &mut Page, word: &'static str) -> Option<Rate> {
        self.parsed(page, word, percent)
    }

    pub fn whole(&mut self, page: &mut Page, word: &'static str, range: RangeInclusive<i64>) -> Option<i64> {
        let value = self.value(word)?;
        let number = match value.get_ref() {
            DeValue::Integer(number) => i64::from_str_radix(number.as_str(), number.radix()).ok(),
            _ => None,
        };
        let number = number.filter(|number| range.contains(number));
        if number.is_none() {
            let found = format!("{word} is {}", describe(value.get_ref()));
            let accepted = format!("write a whole number from {} to {}", range.start(), range.end());
            page.mistake(value.span(), &found, &accepted);
        }
        number
    }

    pub fn flag(&mut self, page: &mut Page, word: &'static str) -> Option<bool> {
        let value = self.value(word)?;
        if let DeValue::Boolean(flag) = value.get_ref() {
            return Some(*flag);
        }
        let found = format!("{word} is {}", describe(value.get_ref()));
        page.mistake(value.span(), &found, "write true or false");
        None
    }

    /// One of a few words.
    pub fn one_of<T: Copy>(&mut self, page: &mut Page, word: &'static str, words: &[(&str, T)]) -> Option<T> {
        let (text, span) = self.spanned_text(page, word)?;
        let known = words.iter().find(|(known, _)| *known == text);
        if known.is_none() {
            let words: Vec<&str> = words.iter().map(|(word, _)| *word).collect();
            let found = format!("{word} is \"{text}\"");
            let write = format!("write {}", list(&words));
            page.mistake(span, &found, &perhaps(&text, words.iter().copied(), &write));
        }
        known.map(|(_, value)| *value)
    }

    /// Whatever was not asked for is a mistake.
    pub fn finish(self, page: &mut Page, later: &[&str]) {
        #[cfg(test)]
        page.asked.push((self.what, self.asked.clone()));
        for key in self.table.keys() {
            let word: &str = key.get_ref();
            if self.asked.contains(&word) {
                continue;
            }
            if later.contains(&word) {
                let found =
                    format!("\"{word}\" is a word of the vocabulary that this version does not run yet");
                page.mistake(
                    key.span(),
                    &found,
                    "take it out, or wait for the version that runs it",
                );
                continue;
            }
            let found = format!("\"{word}\" is not a word of {}", self.what);
            page.mistake(key.span(), &found, &nearest(word, &self.asked));
        }
    }
}

/// Text, or a whole number that stands for its digits. A number with a point is refused: it would not be exact.
pub(super) fn text_of(page: &mut Page, word: &str, value: Value) -> Option<String> {
    match value.get_ref() {
        DeValue::String(text) if text.chars().any(char::is_control) => {
            let found = format!("{word} has signs that cannot be printed");
            page.mistake(value.span(), &found, "write plain text on one line");
            None
        }
        DeValue::String(text) if text.chars().nth(MOST_TEXT).is_some() => {
            let found = format!("{word} has {} characters", text.chars().count());
            page.mistake(value.span(), &found, &format!("write at most {MOST_TEXT}"));
            None
        }
        DeValue::String(text) => Some(text.to_string()),
        DeValue::Integer(number) if number.radix() == 10 => Some(number.as_str().to_owned()),
        DeValue::Float(number) => {
            let found = format!("{word} is {}", number.as_str());
            let accepted = format!(
                "write it in quotes, so that it stays exact: \"{}\"",
                number.as_str()
            );
            page.mistake(value.span(), &found, &accepted);
            None
        }
        DeValue::Datetime(time) => Some(time.to_string()),
        other => {
            let found = format!("{word} is {}", describe(other));
            page.mistake(value.span(), &found, "write text in quotes");
            None
        }
    }
}

/// A percentage from above 0 to 100.
pub(super) fn percent(text: &str) -> Result<Rate, String> {
    match Rate::percent(text) {
        Ok(rate) if rate > Rate::default() && rate <= Rate::ONE => Ok(rate),
        _ => Err(format!(
            "\"{text}\" is not a share: write a percentage above 0 and up to 100, such as \"5 %\""
        )),
    }
}

fn describe(value: &DeValue) -> String {
    match value {
        DeValue::String(text) => format!("\"{text}\""),
        DeValue::Integer(number) => number.as_str().to_owned(),
        DeValue::Float(number) => number.as_str().to_owned(),
        DeValue::Boolean(flag) => flag.to_string(),
        DeValue::Datetime(time) => time.to_string(),
        DeValue::Array(_) => "a list".to_owned(),
        DeValue::Table(_) => "a table".to_owned(),
    }
}

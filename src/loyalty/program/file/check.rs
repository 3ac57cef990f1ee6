//! Every mistake of several files at once: those of each file, rules that can never act, and what only all files together
//! show. Reading alone is milder, so that a shop's older bundles and a single file of a story can still be run.

use std::cell::OnceCell;
use std::collections::BTreeMap;

use super::super::super::id::ProgramId;
use super::super::{Program, ProgramSet, SetError, Terms};
use super::{Mistake, Reading, never, reach, survey};

/// Checks files that belong together, name and text. Answers all mistakes in the order of files and lines; none means
/// that every rule can act and that every name is somebody's.
pub fn check(files: &[(String, String)], terms: &Terms) -> Vec<Mistake> {
    let sheets: Vec<Sheet> = files
        .iter()
        .map(|(file, text)| Sheet::of(file, text, survey(file, text, terms)))
        .collect();
    let mut all: Vec<(usize, Mistake)> = Vec::new();
    for (n, sheet) in sheets.iter().enumerate() {
        all.extend(sheet.reading.mistakes.iter().cloned().map(|mistake| (n, mistake)));
        all.extend(sheet.never().into_iter().map(|mistake| (n, mistake)));
    }
    all.extend(differ(&sheets, terms));
    all.extend(reach::unreachable(&sheets));
    all.sort_by_key(|(n, mistake)| (*n, mistake.line));
    all.dedup();
    all.into_iter().map(|(_, mistake)| mistake).collect()
}

/// A file with its text, so that what is found out about it can be said with a line.
pub(super) struct Sheet<'a> {
    pub file: &'a str,
    pub text: &'a str,
    pub reading: Reading,
    /// Its lines without their comments.
    lines: Vec<&'a str>,
    /// The first line of each table, by its head: [purse.points].
    heads: BTreeMap<&'a str, usize>,
    /// All that is no head of a table, put together when it is first asked for.
    body: OnceCell<String>,
}

impl<'a> Sheet<'a> {
    fn of(file: &'a str, text: &'a str, reading: Reading) -> Sheet<'a> {
        let lines: Vec<&str> = text.lines().map(said).collect();
        let mut heads = BTreeMap::new();
        for (n, line) in lines.iter().enumerate() {
            if line.trim_start().starts_with('[') {
                heads.entry(line.trim()).or_insert(n);
            }
        }
        Sheet {
            file,
            text,
            reading,
            lines,
            heads,
            body: OnceCell::new(),
        }
    }

    /// The programs of all files that could be read, each with its file's place in the list.
    pub fn program(&self) -> Option<&Program> {
        self.reading.program.as_ref()
    }

    pub fn mistake(&self, line: usize, found: String, accepted: String) -> Mistake {
        Mistake {
            file: self.file.to_owned(),
            line,
            found,
            accepted,
        }
    }

    /// The first line, from this one to the next table, that has this text; else the line itself.
    fn line_below(&self, first: usize, needle: &str) -> usize {
        let lines = self.lines.iter().enumerate().skip(first.saturating_sub(1));
        let mut block = lines.take_while(|(n, line)| n + 1 == first || !line.starts_with('['));
        block
            .find(|(_, line)| line.contains(needle))
            .map_or(first, |(n, _)| n + 1)
    }

    /// The line of a rule on which a word or a name stands.
    pub fn line_of_rule(&self, rule: usize, needle: &str) -> usize {
        let first = self.reading.rule_lines.get(rule).copied().unwrap_or(1);
        self.line_below(first, needle)
    }

    /// The line of a declaration, such as [purse.points]; of a word in it where one is named.
    pub fn line_of(&self, kind: &str, name: &str, word: &str) -> usize {
        let heads = [format!("[{kind}.{name}]"), format!("[{kind}.\"{name}\"]")];
        match heads
            .iter()
            .filter_map(|head| self.heads.get(head.as_str()))
            .min()
        {
            Some(n) => self.line_below(n + 1, word),
            None => self
                .lines
                .iter()
                .position(|line| line.contains(name))
                .map_or(1, |n| n + 1),
        }
    }

    /// Did some of its rules stay unread, of which one may speak of this name? Its own declaration says nothing of it.
    pub fn may_say(&self, name: &str) -> bool {
        let body = || {
            let lines = self.lines.iter().filter(|line| !line.starts_with('['));
            lines.copied().collect::<Vec<_>>().join("\n")
        };
        !self.reading.mistakes.is_empty() && self.body.get_or_init(body).contains(name)
    }

    /// Rules that can never act, and rules that stand in the file twice.
    fn never(&self) -> Vec<Mistake> {
        let Some(program) = self.program() else {
            return Vec::new();
        };
        let mut all = Vec::new();
        for (n, rule) in program.rules.iter().enumerate() {
            for (word, found, accepted) in never::acts(program, rule) {
                all.push(self.mistake(self.line_of_rule(n, word), found, accepted));
            }
            if let Some(first) = program.rules[..n].iter().position(|before| before == rule) {
                let found = format!(
                    "this rule says the same as the one on line {}",
                    self.line_of_rule(first, "")
                );
                all.push(self.mistake(
                    self.line_of_rule(n, ""),
                    found,
                    "leave one of them out".to_owned(),
                ));
            }
        }
        all
    }
}

/// A line without its comment. A sign of comment inside quotes is rare, and costs a search its last words only.
fn said(line: &str) -> &str {
    line.split('#').next().unwrap_or(line)
}

/// What two files say differently, told at the second with the place in the first.
fn differ(sheets: &[Sheet], terms: &Terms) -> Vec<(usize, Mistake)> {
    let files: Vec<(String, Program)> = sheets
        .iter()
        .filter_map(|sheet| Some((sheet.file.to_owned(), sheet.program()?.clone())))
        .collect();
    let at = |file: &str| sheets.iter().position(|sheet| sheet.file == file).unwrap_or(0);
    let differ = ProgramSet::disagreements(terms, &files).into_iter();
    let mut all: Vec<(usize, Mistake)> = differ
        .map(|error| match error {
            SetError::Twice { id, first, second } => twice(sheets, (at(&first), at(&second)), &id),
            SetError::Contradiction {
                purse,
                key,
                first,
                first_value,
                second,
                second_value,
            } => {
                let (n, m) = (at(&first), at(&second));
                let there = sheets[n].line_of("purse", purse.as_str(), key);
                let here = sheets[m].line_of("purse", purse.as_str(), key);
                let found =
                    format!("{key} of the purse {purse} is \"{second_value}\", but \"{first_value}\" in {first}:{there}");
                let accepted = "write the same, or let only one file state it".to_owned();
                (m, sheets[m].mistake(here, found, accepted))
            }
            other => told(sheets, &other),
        })
        .collect();
    // What else keeps them from being one set is told when they agree on all that.
    if all.is_empty()
        && let Err(error) = ProgramSet::of_files(terms.clone(), files)
    {
        all.push(told(sheets, &error));
    }
    for (m, second) in sheets.iter().enumerate() {
        for (n, first) in sheets[..m].iter().enumerate() {
            if let (Some(one), Some(other)) = (first.program(), second.program()) {
                all.extend(declared_otherwise(sheets, (n, one), (m, other)));
            }
        }
    }
    all
}

/// An error of the set, on the line that speaks of it: "file: found: accepted".
fn told(sheets: &[Sheet], error: &SetError) -> (usize, Mistake) {
    let text = error.to_string();
    let n = sheets
        .iter()
        .position(|sheet| text.starts_with(&format!("{}: ", sheet.file)))
        .unwrap_or(0);
    let sheet = &sheets[n];
    let text = text.strip_prefix(&format!("{}: ", sheet.file)).unwrap_or(&text);
    let (found, accepted) = text.split_once(": ").unwrap_or((text, "see docs/vocabulary.md"));
    let line = match error {
        SetError::Returns { .. } => sheet.line_of("file", "returns", ""),
        SetError::FilledGift { purse, .. } => sheet.line_of("file", &format!("\"{purse}\""), ""),
        SetError::SoldTwice { sku, .. } => sheet.line_of("file", &format!("\"{sku}\""), ""),
        SetError::Circle { reward, .. }
        | SetError::IntoItself { reward, .. }
        | SetError::ManyCircles { reward, .. } => sheet.line_of("reward", reward.as_str(), ""),
        _ => 1,
    };
    (n, sheet.mistake(line, found.to_owned(), accepted.to_owned()))
}

fn twice(sheets: &[Sheet], (n, m): (usize, usize), id: &ProgramId) -> (usize, Mistake) {
    let line = |sheet: &Sheet| {
        let mut lines = sheet.text.lines();
        lines
            .position(|line| line.trim_start().starts_with("id"))
            .map_or(1, |n| n + 1)
    };
    let found = format!(
        "{}:{} has the id \"{id}\" as well",
        sheets[n].file,
        line(&sheets[n])
    );
    let accepted = "rename one of the files and its id".to_owned();
    (m, sheets[m].mistake(line(&sheets[m]), found, accepted))
}

/// A membership, ladder or reward that both files declare, and not in the same words.
fn declared_otherwise(
    sheets: &[Sheet],
    (n, one): (usize, &Program),
    (m, other): (usize, &Program),
) -> Vec<(usize, Mistake)> {
    let memberships = one.memberships.iter();
    let memberships = memberships.filter(|(name, terms)| differs(other.memberships.get(*name), terms));
    let ladders = one.ladders.iter();
    let ladders = ladders.filter(|(name, terms)| differs(other.ladders.get(*name), terms));
    let rewards = one.rewards.iter();
    let rewards = rewards.filter(|(name, terms)| differs(other.rewards.get(*name), terms));
    let names = memberships
        .map(|(name, _)| ("membership", name.as_str()))
        .chain(ladders.map(|(name, _)| ("ladder", name.as_str())))
        .chain(rewards.map(|(name, _)| ("reward", name.as_str())));
    names
        .map(|(kind, name)| {
            let there = sheets[n].line_of(kind, name, "");
            let here = sheets[m].line_of(kind, name, "");
            let found = format!(
                "the {kind} {name} is declared otherwise in {}:{there}",
                sheets[n].file
            );
            let accepted = "write the same in both, or give it another name".to_owned();
            (m, sheets[m].mistake(here, found, accepted))
        })
        .collect()
}

fn differs<T: PartialEq>(other: Option<&T>, terms: &T) -> bool {
    other.is_some_and(|other| other != terms)
}

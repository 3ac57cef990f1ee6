//! TOML text -> program. Every mistake is reported at once, with file, line, what was found and what would be accepted,
//! in words that a shop's owner can act on. The vocabulary is described in docs/vocabulary.md.

mod check;
mod declared;
mod explain;
mod fields;
mod gives;
mod near;
mod never;
mod reach;
mod rules;
pub mod schema;
mod sense;
mod settings;
#[cfg(test)]
mod tests;

use std::collections::BTreeMap;
use std::fmt;

use toml::de::DeTable;

use super::super::id::ProgramId;
use super::{Program, ProgramSet, Returns, Rule, Terms};
pub use check::check;
pub use explain::{explain, explain_catalogue};
use fields::{Fields, Page};
use near::UNDERSTOOD_LATER;

/// Something in a program file that cannot be taken.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Mistake {
    /// The file's name, as it was given.
    pub file: String,
    /// The line, counted from 1.
    pub line: usize,
    /// What was found.
    pub found: String,
    /// What would be accepted.
    pub accepted: String,
}

impl fmt::Display for Mistake {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            f,
            "{}:{}: {}: {}",
            self.file, self.line, self.found, self.accepted
        )
    }
}

impl std::error::Error for Mistake {}

/// Reads one program. `file_name` is named in mistakes; the program's id must be the name without folders and ending.
pub fn read(file_name: &str, text: &str, terms: &Terms) -> Result<Program, Vec<Mistake>> {
    let reading = survey(file_name, text, terms);
    match reading.program {
        Some(program) if reading.mistakes.is_empty() => Ok(program),
        _ => Err(reading.mistakes),
    }
}

/// What could be read of a file, beside all that could not.
struct Reading {
    /// The program without the rules that were not understood; none where the file is no TOML or has no name.
    program: Option<Program>,
    /// The line on which each of its rules begins.
    rule_lines: Vec<usize>,
    /// In the order of the lines.
    mistakes: Vec<Mistake>,
}

fn survey(file_name: &str, text: &str, terms: &Terms) -> Reading {
    let mut page = Page::new(file_name, text, terms);
    let (root, wrong) = DeTable::parse_recoverable(text);
    for error in wrong {
        let span = error.span().unwrap_or(0..0);
        page.mistake(
            span,
            error.message(),
            "write TOML: word = \"value\", [table], [[rule]]",
        );
    }
    if !page.mistakes.is_empty() {
        return Reading {
            program: None,
            rule_lines: Vec::new(),
            mistakes: page.mistakes,
        };
    }
    let (program, rule_lines) = program(&mut page, root.get_ref());
    page.mistakes.sort_by_key(|mistake| mistake.line);
    Reading {
        program,
        rule_lines,
        mistakes: page.mistakes,
    }
}

/// Reads the files of one bundle, name and text, and puts them together. Answers every mistake of every file as a
/// sentence, or all on which two files differ.
pub fn read_all(files: &[(String, String)], terms: Terms) -> Result<ProgramSet, Vec<String>> {
    let mut programs = Vec::new();
    let mut wrong = Vec::new();
    for (name, text) in files {
        match read(name, text, &terms) {
            Ok(program) => programs.push((name.clone(), program)),
            Err(mistakes) => wrong.extend(mistakes.iter().map(ToString::to_string)),
        }
    }
    if !wrong.is_empty() {
        return Err(wrong);
    }
    let differ = ProgramSet::disagreements(&terms, &programs);
    if !differ.is_empty() {
        return Err(differ.iter().map(ToString::to_string).collect());
    }
    ProgramSet::of_files(terms, programs).map_err(|error| vec![error.to_string()])
}

/// The program as far as it is understood, and the line of each rule in it.
fn program(page: &mut Page, root: &DeTable) -> (Option<Program>, Vec<usize>) {
    let mut fields = Fields::new("the file", root, 0..0);
    let id = id(page, &mut fields);
    let name = fields.text(page, "name");
    let goal = fields.text(page, "goal");
    let window = fields.table(page, "when").map(|table| rules::window(page, table));
    let priority = fields.whole(page, "priority", -1_000_000..=1_000_000);
    let purses = fields.table(page, "purse");
    let purses = purses.map_or_else(BTreeMap::new, |table| declared::purses(page, table));
    let memberships = fields.table(page, "membership");
    let memberships = memberships.map_or_else(BTreeMap::new, |table| declared::memberships(page, table));
    let ladders = fields.table(page, "ladder");
    let ladders = ladders.map_or_else(BTreeMap::new, |table| declared::ladders(page, table));
    let rewards = fields.table(page, "reward");
    let rewards = rewards.map_or_else(BTreeMap::new, |table| {
        declared::rewards(page, table, (&memberships, &ladders))
    });
    let names = rules::Declared {
        memberships: &memberships,
        ladders: &ladders,
        rewards: &rewards,
    };
    let tip = fields.text(page, "tip");
    let limits = rules::limits_of_file(page, &mut fields);
    let returns = [Returns::QuotedAgain, Returns::InProportion].map(|one| (one.name(), one));
    let returns = fields.one_of(page, "returns", &returns);
    let (mut rules, mut lines): (Vec<Rule>, Vec<usize>) = Default::default();
    for table in fields.tables(page, "rule") {
        let line = page.line(table.span().start);
        if let Some(rule) = rules::rule(page, table, &names) {
            rules.push(rule);
            lines.push(line);
        }
    }
    fields.finish(page, UNDERSTOOD_LATER.file);
    let (limits, spans): (Vec<_>, Vec<_>) = limits.into_iter().unzip();
    // One mistake at a time: limits are judged when all that they hold for was read right.
    if let (Some(span), true) = (spans.first(), page.mistakes.is_empty())
        && let Some((found, accepted)) = sense::of_file(&limits, &rules)
    {
        page.mistake(span.clone(), found, accepted);
    }
    let id = id.or_else(|| ProgramId::parse(page.stem()).ok());
    let program = id.map(|id| Program {
        name: name.unwrap_or_else(|| id.as_str().to_owned()),
        id,
        goal,
        window: window.unwrap_or_default(),
        priority: priority.unwrap_or(0),
        purses,
        memberships,
        ladders,
        rewards,
        returns,
        tip,
        limits,
        rules,
    });
    (program, lines)
}

/// The id names the program everywhere, so it must be what the file is called.
fn id(page: &mut Page, fields: &mut Fields) -> Option<ProgramId> {
    let Some((text, span)) = fields.spanned_text(page, "id") else {
        if !fields.has("id") {
            let accepted = format!("write id = \"{}\"", page.stem());
            page.mistake(0..0, "the program has no id", &accepted);
        }
        return None;
    };
    if text != page.stem() {
        let accepted = format!(
            "the id is the file's name: write \"{}\", or rename the file",
            page.stem()
        );
        page.mistake(span, &format!("id is \"{text}\""), &accepted);
        return None;
    }
    match ProgramId::parse(&text) {
        Ok(id) => Some(id),
        Err(error) => {
            page.mistake(span, "id", &error.to_string());
            None
        }
    }
}

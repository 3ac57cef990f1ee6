//! The house keeps its order: who may import whom, no floats among the rules of the shop, no `unwrap` where a customer
//! waits, and every file says at its head what it is for. Each breach is a sentence with file and line.
//!
//! Sources are read as tokens, so that comments and texts count for nothing. `faults` is a pure function; the table at
//! the foot of this file feeds it small made-up sources that must be caught.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

/// A room of `src/`: what it is called, on which floor it stands, and what of the floors below it must not use.
struct Room {
    name: &'static str,
    floor: u8,
    /// Rooms of its own floor that it may use all the same.
    beside: &'static [&'static str],
    /// Rooms below that stay closed to it.
    never: &'static [&'static str],
}

const fn room(name: &'static str, floor: u8) -> Room {
    Room {
        name,
        floor,
        beside: &[],
        never: &[],
    }
}

const HOUSE: [Room; 18] = [
    room("loyalty", 1),
    room("words", 2),
    Room {
        beside: &["words"],
        ..room("receipt", 2)
    },
    room("wire", 2),
    room("config", 2),
    room("sqlite", 2),
    room("recorded", 2),
    Room {
        beside: &["words", "recorded"],
        ..room("story", 2)
    },
    room("device", 2),
    room("store", 3),
    // Settings come into sync as values, so that a test or a demo can run it without any file.
    Room {
        never: &["config"],
        ..room("sync", 4)
    },
    // The terminal's files are the terminal's: what the server knows of them arrived over the wire.
    Room {
        never: &["store"],
        ..room("server", 4)
    },
    Room {
        never: &["server"],
        ..room("counter", 5)
    },
    Room {
        never: &["server"],
        ..room("till", 6)
    },
    Room {
        never: &["server"],
        ..room("kiosk", 6)
    },
    Room {
        never: &["server"],
        ..room("forecourt", 6)
    },
    room("rehearsal", 7),
    room("command", 8),
];

/// The flow inside `loyalty`. A module knows those of the lines above its own, and of its own line none but itself.
const FLOW: [&[&str]; 18] = [
    &["said"],
    &["amount", "id"],
    &["calendar"],
    &["goods"],
    &["scan"],
    &["card"],
    &["pass", "shown"],
    &["member"],
    &["basket"],
    &["program"],
    &["quote"],
    &["engine"],
    &["sale"],
    &["ledger", "settlement"],
    &["lease"],
    &["journal"],
    &["terminal"],
    &["office"],
];

/// What the rules of the shop must not reach: files, sockets, clocks, chance, screens.
const OUT_OF_REACH: [&str; 19] = [
    "rusqlite",
    "rusqlite_migration",
    "reqwest",
    "axum",
    "axum_server",
    "tokio",
    "ratatui",
    "crossterm",
    "getrandom",
    "uuid",
    "std::fs",
    "std::net",
    "std::time",
    "std::thread",
    "std::process",
    "std::env",
    "Timestamp::now",
    "Zoned::now",
    "jiff::Timestamp::now",
];

/// Libraries that belong to a few rooms.
const AT_HOME: [(&str, &[&str]); 9] = [
    ("rusqlite", &["sqlite", "store", "server"]),
    ("rusqlite_migration", &["sqlite", "store", "server"]),
    ("reqwest", &["sync"]),
    ("axum", &["server"]),
    ("axum_server", &["server"]),
    ("ratatui", &["till", "kiosk", "forecourt"]),
    ("crossterm", &["till", "kiosk", "forecourt"]),
    ("serialport", &["device"]),
    ("evdev", &["device"]),
];

/// Whether a file as a whole is compiled for tests only.
#[derive(Clone, Copy, PartialEq)]
enum For {
    Everyone,
    Tests,
}

#[test]
fn the_house_keeps_its_order() {
    let src = Path::new(env!("CARGO_MANIFEST_DIR")).join("src");
    let mut files = Vec::new();
    walk(&src, &mut files, &|path| {
        path.extension().is_some_and(|ext| ext == "rs")
    });
    let sources: Vec<(String, String)> = files
        .iter()
        .map(|path| (name_in(&src, path), read(path)))
        .collect();
    assert!(
        sources.len() > 50,
        "the walk found {} files only; is this src/?",
        sources.len()
    );

    let tests_only: BTreeSet<String> = sources
        .iter()
        .flat_map(|(path, text)| test_modules(path, text))
        .collect();
    let mut found = Vec::new();
    for (path, text) in &sources {
        let is_for = match tests_only.iter().any(|module| is_part_of(path, module)) {
            true => For::Tests,
            false => For::Everyone,
        };
        found.extend(faults(path, text, is_for));
    }
    assert!(found.is_empty(), "\n{}\n", found.join("\n"));
}

#[test]
fn no_file_knows_the_machine_it_was_written_on() {
    let house = Path::new(env!("CARGO_MANIFEST_DIR"));
    let mut files = Vec::new();
    walk(house, &mut files, &|path| {
        const TEXTS: [&str; 11] = [
            "rs", "toml", "md", "sql", "ftl", "csv", "json", "jsonl", "snap", "py", "sh",
        ];
        let is_text = path
            .extension()
            .is_some_and(|ext| TEXTS.iter().any(|text| ext == *text));
        is_text || path.file_name().is_some_and(|name| name == "Makefile")
    });
    // Put together here, so that this file does not name them.
    let foreign = ["home", "root", "work", "Users"].map(|folder| format!("/{folder}/"));
    let mut found = Vec::new();
    for path in &files {
        for (index, line) in read(path).lines().enumerate() {
            for prefix in foreign.iter().filter(|prefix| begins_a_path(line, prefix)) {
                let name = name_in(house, path);
                found.push(format!(
                    "{name}, line {}: \"{prefix}…\" is a path of one machine",
                    index + 1
                ));
            }
        }
    }
    assert!(found.is_empty(), "\n{}\n", found.join("\n"));
}

/// Is there an absolute path in this line that begins so? A slash that follows a name ("docs/home/") begins none.
fn begins_a_path(line: &str, prefix: &str) -> bool {
    line.match_indices(prefix).any(|(at, _)| {
        let before = line[..at].chars().next_back();
        !before.is_some_and(|c| c.is_alphanumeric() || "._-}>*".contains(c))
    })
}

/// All that is wrong with one file, a sentence each. `path` is relative to `src/`.
fn faults(path: &str, text: &str, is_for: For) -> Vec<String> {
    let tokens = tokens(text);
    let kept = without_tests(&tokens);
    let place = Place::of(path);
    let mut found = Vec::new();
    let mut say = |line: usize, what: String| found.push(format!("src/{path}, line {line}: {what}"));

    if !text.starts_with("//!") {
        say(
            1,
            "a file opens with //! and says what it is for, and what it leaves to others".to_owned(),
        );
    }
    if !place.is_door() && place.room().is_none() {
        say(
            1,
            format!(
                "the room \"{}\" is not in the table of the house: give it a floor in tests/house.rs",
                place.top()
            ),
        );
    }
    for (line, used) in paths(&tokens, &place) {
        if let Some(what) = wrong_floor(&place, &used) {
            say(line, what);
        }
    }
    if is_for == For::Everyone {
        for (line, used) in paths(&kept, &place) {
            for what in [wrong_way(&place, &used), wrong_library(&place, &used)] {
                what.into_iter().for_each(|what| say(line, what));
            }
        }
        for at in kept.windows(5) {
            let [dot, name, open, close, _] = at else { continue };
            if dot.is('.') && name.is_word("unwrap") && open.is('(') && close.is(')') {
                say(
                    name.line,
                    ".unwrap() says nothing when it fails: answer an error, or expect(\"why it cannot fail\")"
                        .to_owned(),
                );
            }
        }
    }
    if place.top() == "loyalty" {
        for token in &tokens {
            match &token.kind {
                Kind::Word(word) if word == "f32" || word == "f64" => say(
                    token.line,
                    format!("{word} among the rules of the shop: money, points and rates are whole numbers"),
                ),
                Kind::Float(number) => say(
                    token.line,
                    format!("{number} is a float: money, points and rates are whole numbers"),
                ),
                _ => {}
            }
        }
    }
    found
}

/// Where a file stands: the modules that lead to it.
struct Place {
    modules: Vec<String>,
}

impl Place {
    fn of(path: &str) -> Place {
        let stem = path.strip_suffix(".rs").unwrap_or(path);
        let mut modules: Vec<String> = stem.split('/').map(str::to_owned).collect();
        if modules.last().is_some_and(|last| last == "mod") {
            modules.pop();
        }
        Place { modules }
    }

    fn top(&self) -> &str {
        self.modules.first().map_or("", String::as_str)
    }

    /// main.rs and lib.rs: the door and the map, which see every room.
    fn is_door(&self) -> bool {
        self.modules.len() == 1 && ["main", "lib"].contains(&self.top())
    }

    fn room(&self) -> Option<&'static Room> {
        room_named(self.top())
    }
}

fn room_named(name: &str) -> Option<&'static Room> {
    HOUSE.iter().find(|room| room.name == name)
}

fn wrong_floor(place: &Place, used: &[String]) -> Option<String> {
    let (from, to) = (place.room()?, inside(used)?);
    let to = match room_named(to) {
        Some(to) => to,
        None if used.len() > 1 => {
            return Some(format!(
                "{} uses {}, which is no room of the house: a room is named, never reached through the door",
                from.name,
                used.join("::")
            ));
        }
        None => return None,
    };
    if from.name == to.name || from.beside.contains(&to.name) {
        return None;
    }
    if from.never.contains(&to.name) {
        return Some(format!("{} must never use {}", from.name, to.name));
    }
    let way = match to.floor.cmp(&from.floor) {
        std::cmp::Ordering::Less => return None,
        std::cmp::Ordering::Equal => "beside it",
        std::cmp::Ordering::Greater => "above it",
    };
    Some(format!(
        "{} (floor {}) uses {} (floor {}), which is {way}: a room knows only the floors below it",
        from.name, from.floor, to.name, to.floor
    ))
}

/// The room that a path leads to, if it stays in the house.
fn inside(used: &[String]) -> Option<&str> {
    match used.first()?.as_str() {
        "crate" | "vafa" => used.get(1).map(String::as_str),
        _ => None,
    }
}

fn wrong_way(place: &Place, used: &[String]) -> Option<String> {
    let from = place.modules.get(1)?;
    if place.top() != "loyalty" || inside(used)? != "loyalty" {
        return None;
    }
    let to = used.get(2)?;
    if from == to {
        return None;
    }
    let step = |name: &str| FLOW.iter().position(|line| line.contains(&name));
    let Some(ours) = step(from) else {
        return Some(format!(
            "loyalty::{from} has no place in the flow: give it one in tests/house.rs"
        ));
    };
    match step(to) {
        Some(theirs) if theirs < ours => None,
        Some(_) => Some(format!(
            "loyalty::{from} uses loyalty::{to}, which comes after it in the flow of a card through the house"
        )),
        None => Some(format!(
            "loyalty::{from} uses loyalty::{to}, which has no place in the flow: give it one in tests/house.rs"
        )),
    }
}

fn wrong_library(place: &Place, used: &[String]) -> Option<String> {
    let path = used.join("::");
    let is = |name: &str| path == name || path.starts_with(&format!("{name}::"));
    if place.top() == "loyalty" {
        let out = OUT_OF_REACH.iter().find(|name| is(name))?;
        return Some(format!(
            "loyalty uses {out}: no file, socket, clock, chance or screen can be reached from the rules of the shop"
        ));
    }
    let (library, rooms) = AT_HOME.iter().find(|(name, _)| is(name))?;
    let at_home = place.is_door() || rooms.contains(&place.top());
    (!at_home).then(|| {
        format!(
            "{} uses {library}, which is at home in {}",
            place.top(),
            rooms.join(", ")
        )
    })
}

// ---- reading sources ----

#[derive(Clone, Debug, PartialEq)]
enum Kind {
    Word(String),
    Whole,
    Float(String),
    /// `::`
    Path,
    Sign(char),
    /// A text, a character or a lifetime.
    Other,
}

#[derive(Clone, Debug)]
struct Token {
    kind: Kind,
    line: usize,
}

impl Token {
    fn is(&self, sign: char) -> bool {
        self.kind == Kind::Sign(sign)
    }

    fn is_word(&self, word: &str) -> bool {
        self.word() == Some(word)
    }

    fn word(&self) -> Option<&str> {
        match &self.kind {
            Kind::Word(word) => Some(word),
            _ => None,
        }
    }
}

/// Cuts a source into tokens; comments are gone, the inside of texts is gone.
fn tokens(text: &str) -> Vec<Token> {
    let chars: Vec<char> = text.chars().collect();
    let at = |i: usize| chars.get(i).copied().unwrap_or('\0');
    let is_word = |c: char| c.is_alphanumeric() || c == '_';
    let (mut i, mut line) = (0, 1);
    let mut found: Vec<Token> = Vec::new();
    while i < chars.len() {
        let (start, c) = (i, at(i));
        let kind = if c.is_whitespace() {
            i += 1;
            None
        } else if c == '/' && at(i + 1) == '/' {
            while i < chars.len() && at(i) != '\n' {
                i += 1;
            }
            None
        } else if c == '/' && at(i + 1) == '*' {
            let mut depth = 0;
            while i < chars.len() {
                match (at(i), at(i + 1)) {
                    ('/', '*') => depth += 1,
                    ('*', '/') => depth -= 1,
                    _ => {
                        i += 1;
                        continue;
                    }
                }
                i += 2;
                if depth == 0 {
                    break;
                }
            }
            None
        } else if c == '"' {
            i = end_of_text(&chars, i);
            Some(Kind::Other)
        } else if c == '\'' {
            i += 1;
            if at(i) == '\\' {
                i += 2;
                while i < chars.len() && at(i) != '\'' {
                    i += 1;
                }
                i += 1;
            } else if at(i + 1) == '\'' {
                i += 2;
            } else {
                while is_word(at(i)) {
                    i += 1;
                }
            }
            Some(Kind::Other)
        } else if c.is_ascii_digit() {
            let is_index = found.last().is_some_and(|last| last.is('.')) && i > 0 && at(i - 1) == '.';
            let (end, is_float) = end_of_number(&chars, i, is_index);
            i = end;
            let number: String = chars[start..end].iter().collect();
            Some(if is_float {
                Kind::Float(number)
            } else {
                Kind::Whole
            })
        } else if is_word(c) {
            while is_word(at(i)) {
                i += 1;
            }
            let word: String = chars[start..i].iter().collect();
            let hashes = chars[i..].iter().take_while(|c| **c == '#').count();
            let begins_text = at(i + hashes) == '"';
            match word.as_str() {
                "r" | "br" | "cr" if begins_text => {
                    i = end_of_raw_text(&chars, i, hashes);
                    Some(Kind::Other)
                }
                "b" | "c" if hashes == 0 && begins_text => {
                    i = end_of_text(&chars, i);
                    Some(Kind::Other)
                }
                _ => Some(Kind::Word(word)),
            }
        } else if c == ':' && at(i + 1) == ':' {
            i += 2;
            Some(Kind::Path)
        } else {
            i += 1;
            Some(Kind::Sign(c))
        };
        found.extend(kind.map(|kind| Token { kind, line }));
        line += chars[start..i.min(chars.len())]
            .iter()
            .filter(|c| **c == '\n')
            .count();
    }
    found
}

fn end_of_text(chars: &[char], quote: usize) -> usize {
    let mut i = quote + 1;
    while i < chars.len() && chars[i] != '"' {
        i += if chars[i] == '\\' { 2 } else { 1 };
    }
    i + 1
}

fn end_of_raw_text(chars: &[char], start: usize, hashes: usize) -> usize {
    let mut i = start + hashes + 1;
    while i < chars.len() {
        let closes = chars[i] == '"' && chars[i + 1..].iter().take_while(|c| **c == '#').count() >= hashes;
        i += 1;
        if closes {
            return i + hashes;
        }
    }
    i
}

/// Where a number ends, and whether it is a float. The 0 of `pair.0` is none, nor the 1 of `1..9`.
fn end_of_number(chars: &[char], start: usize, is_index: bool) -> (usize, bool) {
    let at = |i: usize| chars.get(i).copied().unwrap_or('\0');
    let digits = |mut i: usize| {
        while at(i).is_ascii_digit() || at(i) == '_' {
            i += 1;
        }
        i
    };
    let mut i = digits(start);
    if is_index {
        return (i, false);
    }
    let mut is_float = false;
    if !"xob".contains(at(i)) {
        let after = at(i + 1);
        if at(i) == '.' && after != '.' && !after.is_alphabetic() && after != '_' {
            is_float = true;
            i = digits(i + 1);
        }
        let sign = usize::from("+-".contains(at(i + 1)));
        if "eE".contains(at(i)) && at(i + 1 + sign).is_ascii_digit() {
            is_float = true;
            i = digits(i + 1 + sign);
        }
    }
    let suffix = i;
    while at(i).is_alphanumeric() || at(i) == '_' {
        i += 1;
    }
    let suffix: String = chars[suffix..i].iter().collect();
    (i, is_float || suffix == "f32" || suffix == "f64")
}

/// The tokens without those items that are compiled for tests only.
fn without_tests(tokens: &[Token]) -> Vec<Token> {
    let mut kept = Vec::new();
    let mut i = 0;
    while i < tokens.len() {
        match is_for_tests(&tokens[i..]) {
            Some(length) => i = end_of_item(tokens, i + length),
            None => {
                kept.push(tokens[i].clone());
                i += 1;
            }
        }
    }
    kept
}

/// How long `#[cfg(test)]` is, if it stands here.
fn is_for_tests(tokens: &[Token]) -> Option<usize> {
    let [hash, open, cfg, left, test, right, close, ..] = tokens else {
        return None;
    };
    let is_it = hash.is('#')
        && open.is('[')
        && cfg.is_word("cfg")
        && left.is('(')
        && test.is_word("test")
        && right.is(')')
        && close.is(']');
    is_it.then_some(7)
}

fn end_of_item(tokens: &[Token], start: usize) -> usize {
    let mut depth = 0;
    for (i, token) in tokens.iter().enumerate().skip(start) {
        match token.kind {
            Kind::Sign('{') => depth += 1,
            Kind::Sign('}') => {
                depth -= 1;
                let ends_here = depth == 0 && !tokens.get(i + 1).is_some_and(|next| next.is(';'));
                if ends_here {
                    return i + 1;
                }
            }
            Kind::Sign(';') if depth == 0 => return i + 1,
            _ => {}
        }
    }
    tokens.len()
}

/// The modules that this file declares for tests only, as paths below `src/` without their ending.
fn test_modules(path: &str, text: &str) -> Vec<String> {
    let tokens = tokens(text);
    let place = Place::of(path);
    let parent = match place.is_door() {
        true => String::new(),
        false => place.modules.join("/") + "/",
    };
    let mut found = Vec::new();
    for i in 0..tokens.len() {
        let Some(length) = is_for_tests(&tokens[i..]) else {
            continue;
        };
        let item = &tokens[i + length..end_of_item(&tokens, i + length)];
        for at in item.windows(3) {
            if let Some(name) = at[1].word()
                && at[0].is_word("mod")
                && at[2].is(';')
            {
                found.push(format!("{parent}{name}"));
            }
        }
    }
    found
}

/// Is this the file of the module, or one below it?
fn is_part_of(path: &str, module: &str) -> bool {
    path.strip_prefix(module)
        .is_some_and(|rest| rest == ".rs" || rest.starts_with('/'))
}

/// All paths of a source with their lines, groups taken apart, `super` and `self` resolved to `crate::…`.
fn paths(tokens: &[Token], place: &Place) -> Vec<(usize, Vec<String>)> {
    let mut found = Vec::new();
    // Modules opened in the file itself, each with the depth of its braces.
    let mut opened: Vec<(String, usize)> = Vec::new();
    let mut depth = 0;
    let mut i = 0;
    while i < tokens.len() {
        let token = &tokens[i];
        match &token.kind {
            Kind::Sign('{') => depth += 1,
            Kind::Sign('}') => {
                depth -= 1;
                opened.retain(|(_, at)| *at < depth + 1);
            }
            Kind::Word(word) if word == "mod" => {
                if let (Some(name), true) = (
                    tokens.get(i + 1).and_then(Token::word),
                    tokens.get(i + 2).is_some_and(|next| next.is('{')),
                ) {
                    opened.push((name.to_owned(), depth + 1));
                }
            }
            Kind::Word(_) if tokens.get(i + 1).is_some_and(|next| next.kind == Kind::Path) => {
                let mut tree = Vec::new();
                let end = path_tree(tokens, i, &mut Vec::new(), &mut tree);
                let mut here = place.modules.clone();
                here.extend(opened.iter().map(|(name, _)| name.clone()));
                for (line, path) in tree {
                    found.push((line, resolved(&here, path)));
                }
                // Braces inside a group are behind us: they opened nothing.
                i = end;
                continue;
            }
            _ => {}
        }
        i += 1;
    }
    found
}

/// Reads `a::b::{c, d::*}` from here; answers where it ends.
fn path_tree(
    tokens: &[Token],
    start: usize,
    before: &mut Vec<String>,
    found: &mut Vec<(usize, Vec<String>)>,
) -> usize {
    let length = before.len();
    let mut i = start;
    let line = tokens[start].line;
    while let Some(token) = tokens.get(i) {
        match &token.kind {
            Kind::Word(word) => before.push(word.clone()),
            Kind::Sign('*') => before.push("*".to_owned()),
            Kind::Sign('{') => {
                i += 1;
                while let Some(token) = tokens.get(i).filter(|token| !token.is('}')) {
                    let begins = token.word().is_some() || token.is('*');
                    i = match begins {
                        true => path_tree(tokens, i, before, found),
                        false => i + 1,
                    };
                }
                before.truncate(length);
                return i + 1;
            }
            _ => break,
        }
        i += 1;
        match tokens.get(i) {
            Some(next) if next.kind == Kind::Path => i += 1,
            _ => break,
        }
    }
    found.push((line, before.clone()));
    before.truncate(length);
    // `as` names it anew.
    if tokens.get(i).is_some_and(|next| next.is_word("as")) {
        i += 2;
    }
    i.max(start + 1)
}

fn resolved(here: &[String], path: Vec<String>) -> Vec<String> {
    let ups = path.iter().take_while(|part| *part == "super").count();
    let selfs = usize::from(path.first().is_some_and(|part| part == "self"));
    if ups + selfs == 0 {
        return path;
    }
    let mut full = vec!["crate".to_owned()];
    full.extend_from_slice(&here[..here.len().saturating_sub(ups)]);
    full.extend_from_slice(&path[ups + selfs..]);
    full
}

// ---- the folder ----

fn walk(folder: &Path, found: &mut Vec<PathBuf>, takes: &dyn Fn(&Path) -> bool) {
    let entries = std::fs::read_dir(folder).expect("the folder can be listed");
    for entry in entries {
        let path = entry.expect("the folder can be listed").path();
        let name = path.file_name().map(|name| name.to_string_lossy().into_owned());
        let is_ours = name.is_some_and(|name| !name.starts_with('.') && name != "target");
        if path.is_dir() && is_ours {
            walk(&path, found, takes);
        } else if path.is_file() && is_ours && takes(&path) {
            found.push(path);
        }
    }
    found.sort();
}

fn read(path: &Path) -> String {
    std::fs::read_to_string(path).unwrap_or_else(|error| panic!("{}: {error}", path.display()))
}

fn name_in(folder: &Path, path: &Path) -> String {
    let name = path.strip_prefix(folder).unwrap_or(path);
    name.to_string_lossy().replace('\\', "/")
}

// ---- the tester is tested ----

#[test]
fn small_sources_that_must_be_caught() {
    const CAUGHT: [(&str, &str, &str); 26] = [
        ("store/journal.rs", "//! x\nuse crate::server::Books;", "above it"),
        (
            "server/mod.rs",
            "//! x\nuse crate::store::Store;",
            "never use store",
        ),
        ("server/mod.rs", "//! x\nuse crate::sync::Sync;", "beside it"),
        (
            "sync/mod.rs",
            "//! x\nuse crate::{wire, config::Config};",
            "never use config",
        ),
        (
            "sync/mod.rs",
            "//! x\nfn f(x: crate::counter::Counter) {}",
            "above it",
        ),
        ("counter/mod.rs", "//! x\nuse crate::server;", "never use server"),
        (
            "till/mod.rs",
            "//! x\nuse crate::server::Server;",
            "never use server",
        ),
        ("words/mod.rs", "//! x\nuse crate::receipt::Paper;", "beside it"),
        ("wire.rs", "//! x\nuse super::config::Config;", "beside it"),
        (
            "story/mod.rs",
            "//! x\nuse super::{words, store::Store};",
            "above it",
        ),
        (
            "loyalty/amount.rs",
            "//! x\nuse crate::config::Config;",
            "above it",
        ),
        (
            "loyalty/card.rs",
            "//! x\nuse super::basket::Basket;",
            "comes after it",
        ),
        (
            "loyalty/id.rs",
            "//! x\nuse super::amount::Money;",
            "comes after it",
        ),
        (
            "loyalty/scan/gs1.rs",
            "//! x\nuse super::super::card::Card;",
            "comes after it",
        ),
        (
            "loyalty/engine/bill.rs",
            "//! x\nuse crate::loyalty::{quote::Quote, sale};",
            "comes after it",
        ),
        (
            "loyalty/luck.rs",
            "//! x\nuse super::amount::Money;",
            "no place in the flow",
        ),
        (
            "loyalty/sale.rs",
            "//! x\nuse std::{fmt, fs::File};",
            "loyalty uses std::fs",
        ),
        (
            "loyalty/sale.rs",
            "//! x\nfn f() { std::time::Instant::now(); }",
            "loyalty uses std::time",
        ),
        (
            "loyalty/sale.rs",
            "//! x\nfn f() { Timestamp::now() }",
            "loyalty uses Timestamp::now",
        ),
        (
            "loyalty/amount.rs",
            "//! x\nconst HALF: u8 = 0.5 as u8;",
            "0.5 is a float",
        ),
        (
            "loyalty/amount.rs",
            "//! x\nfn f(x: u8) -> f64 { 1e3 }",
            "1e3 is a float",
        ),
        (
            "counter/mod.rs",
            "//! x\nuse rusqlite::Connection;",
            "at home in sqlite, store, server",
        ),
        (
            "store/mod.rs",
            "//! x\nfn f() { g().unwrap(); }",
            ".unwrap() says nothing",
        ),
        ("sync/mod.rs", "use std::fmt;", "opens with //!"),
        ("attic/mod.rs", "//! x", "not in the table"),
        (
            "till/mod.rs",
            "//! x\nuse crate::Everything::Else;",
            "no room of the house",
        ),
    ];
    for (path, text, word) in CAUGHT {
        let found = faults(path, text, For::Everyone);
        assert!(
            found.iter().any(|fault| fault.contains(word)),
            "{path}: {text:?} gave {found:?}"
        );
    }
}

#[test]
fn small_sources_that_must_pass() {
    const FINE: [(&str, &str); 14] = [
        ("store/mod.rs", "//! x\nuse crate::{sqlite, wire::Row};"),
        ("receipt.rs", "//! x\nuse crate::words::Words;"),
        (
            "server/mod.rs",
            "//! x\n// use crate::store;\n/* crate::store::x /* crate::sync */ */",
        ),
        ("server/mod.rs", "//! x\nconst A: &str = \"crate::store::Store\";"),
        (
            "server/mod.rs",
            "//! x\nconst A: &str = r#\"a \" crate::store::Store\"#;",
        ),
        (
            "server/mod.rs",
            "//! x\nconst QUOTE: char = '\"'; const TICK: char = '\\''; // crate::store::x",
        ),
        (
            "server/mod.rs",
            "//! x\nfn f<'a>(x: &'a str) -> &'a str { x } // .unwrap()",
        ),
        (
            "sync/mod.rs",
            "//! x\n#[cfg(test)]\nmod tests { fn f() { g().unwrap(); } }",
        ),
        (
            "loyalty/card.rs",
            "//! x\n#[cfg(test)]\nuse super::{basket::Basket};\nfn f() {}",
        ),
        (
            "loyalty/card.rs",
            "//! x\npub mod inner { use super::super::scan::Scan; }",
        ),
        (
            "loyalty/amount.rs",
            "//! x\nfn f(x: ((u8, u8), u8)) -> u8 { x.0.1 + 1.max(2) + (0..9).len() + 0xe1 }",
        ),
        (
            "loyalty/quote.rs",
            "//! 0.5 f64\nuse super::{amount::{self, Money}, id::*};",
        ),
        (
            "command/mod.rs",
            "//! x\nuse crate::{till, rehearsal, server, store, loyalty};",
        ),
        ("main.rs", "//! x\nuse vafa::command;"),
    ];
    for (path, text) in FINE {
        let found = faults(path, text, For::Everyone);
        assert!(found.is_empty(), "{path}: {text:?} gave {found:?}");
    }
}

#[test]
fn a_line_is_counted_right_behind_texts_and_comments() {
    let text = "//! x\n/* a\nb */\nconst A: &str = \"c\\\n d\";\nuse crate::server::X;";
    let found = faults("store/mod.rs", text, For::Everyone);
    assert!(found[0].starts_with("src/store/mod.rs, line 6: "), "{found:?}");
}

#[test]
fn files_of_tests_are_found_by_their_declaration() {
    let declares = "//! x\n#[cfg(test)]\npub(crate) mod fixture;\n#[cfg(test)]\nmod tests;\nmod plain;";
    assert_eq!(
        test_modules("loyalty/mod.rs", declares),
        ["loyalty/fixture", "loyalty/tests"]
    );
    assert_eq!(
        test_modules("loyalty/engine.rs", "#[cfg(test)] mod tests;"),
        ["loyalty/engine/tests"]
    );
    assert!(is_part_of("loyalty/engine/tests.rs", "loyalty/engine/tests"));
    assert!(is_part_of("loyalty/engine/tests/deep.rs", "loyalty/engine/tests"));
    assert!(!is_part_of(
        "loyalty/engine/tests_more.rs",
        "loyalty/engine/tests"
    ));
}

#[test]
fn a_path_of_a_machine_begins_with_its_slash() {
    let home = format!("/{}/", "home");
    assert!(begins_a_path(&format!("see {home}me"), &home));
    assert!(begins_a_path(&format!("\"{home}me\""), &home));
    assert!(!begins_a_path(&format!("docs{home}me"), &home));
}

//! Key -> stroke. Each function key has a second key, because terminals and desktops keep some for themselves. Control
//! codes that scanners send inside or around a code are never commands.

use crossterm::event::{KeyCode, KeyEvent, KeyEventKind, KeyModifiers};

use super::message::Command;
use crate::device::End;
use crate::device::wedge::Key;

/// What a key is for the till.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Stroke {
    /// A character of the line of input.
    Text(char),
    /// Enter: ends a line of input; on an empty line it is the next step.
    Enter,
    /// TAB or LF: ends a scan, and is nothing on an empty line.
    Suffix,
    /// Takes the last character of the line back.
    Rubout,
    /// A command.
    Command(Command),
}

/// The keys of the till: the command, its function key, its second key, and what it does, in at most 25 characters.
pub const KEYS: [(Command, &str, &str, &str); 17] = [
    (Command::Help, "F1", "?", "this help"),
    (Command::Pay, "F2", "Ctrl-P", "pay, in cash (or Enter)"),
    (Command::Return, "F3", "Ctrl-R", "take goods back"),
    (Command::Card, "F4", "Ctrl-K", "paid by card elsewhere"),
    (Command::Hold, "F5", "Ctrl-A", "put the basket aside"),
    (Command::Held, "F6", "Ctrl-O", "baskets put aside"),
    (Command::Undo, "F7", "Ctrl-Z", "undo the last step"),
    (Command::Clear, "F8", "Ctrl-E", "empty the basket"),
    (Command::Print, "F9", "Ctrl-T", "print the receipt again"),
    (Command::Quit, "F10", "Ctrl-Q", "leave the till"),
    (Command::Health, "F11", "Ctrl-S", "how this till is"),
    (Command::NoCard, "F12", "Ctrl-N", "go on without the card"),
    (Command::Remove, "Del", "Ctrl-X", "take the line out"),
    (Command::Why, "Ins", "Ctrl-W", "why, and why not"),
    (Command::Activity, "Home", "Ctrl-Y", "brought or done: record"),
    (Command::Catalogue, "End", "Ctrl-L", "the member, the catalogue"),
    (Command::Agent, "", "Ctrl-U", "who sells"),
];

/// Reads a key. Releases are nothing; repeats count, as a scanner without pauses looks like them.
pub fn read(key: KeyEvent) -> Option<Stroke> {
    if key.kind == KeyEventKind::Release {
        return None;
    }
    if key.modifiers.contains(KeyModifiers::CONTROL) {
        return control(key.code);
    }
    let command = match key.code {
        // A scanner that sends ESC before a character presses nothing with it.
        KeyCode::Char('?') if key.modifiers.contains(KeyModifiers::ALT) => return None,
        KeyCode::Char(c) => return Some(Stroke::Text(c)),
        KeyCode::Enter => return Some(Stroke::Enter),
        KeyCode::Tab => return Some(Stroke::Suffix),
        KeyCode::Backspace => return Some(Stroke::Rubout),
        KeyCode::F(1) => Command::Help,
        KeyCode::F(2) => Command::Pay,
        KeyCode::F(3) => Command::Return,
        KeyCode::F(4) => Command::Card,
        KeyCode::F(5) => Command::Hold,
        KeyCode::F(6) => Command::Held,
        KeyCode::F(7) => Command::Undo,
        KeyCode::F(8) => Command::Clear,
        KeyCode::F(9) => Command::Print,
        KeyCode::F(10) => Command::Quit,
        KeyCode::F(11) => Command::Health,
        KeyCode::F(12) => Command::NoCard,
        KeyCode::Delete => Command::Remove,
        KeyCode::Insert => Command::Why,
        KeyCode::Home => Command::Activity,
        KeyCode::End => Command::Catalogue,
        KeyCode::Esc => Command::Back,
        KeyCode::Up => Command::Up,
        KeyCode::Down => Command::Down,
        KeyCode::PageUp => Command::PageUp,
        KeyCode::PageDown => Command::PageDown,
        _ => return None,
    };
    Some(Stroke::Command(command))
}

/// What a key may be in a scan. Nothing for releases.
pub fn for_scans(key: KeyEvent) -> Option<Key> {
    if key.kind == KeyEventKind::Release {
        return None;
    }
    let has = |modifier| key.modifiers.contains(modifier);
    Some(match (key.code, read(key)) {
        (KeyCode::Char(c), _) if has(KeyModifiers::ALT) && !has(KeyModifiers::CONTROL) => Key::Alt(c),
        (KeyCode::Enter, _) | (_, Some(Stroke::Enter)) => Key::End(End::Cr),
        (KeyCode::Tab, _) => Key::End(End::Tab),
        (_, Some(Stroke::Suffix)) => Key::End(End::Lf),
        (_, Some(Stroke::Text(c))) => Key::Char(c),
        (KeyCode::Char('b'), _) if has(KeyModifiers::CONTROL) => Key::Char('\u{2}'),
        (KeyCode::Char('c'), _) if has(KeyModifiers::CONTROL) => Key::Char('\u{3}'),
        (KeyCode::F(number), _) => Key::Function(number),
        _ => Key::Other,
    })
}

/// GS, RS, US, FS and EOT belong to the code that is being scanned: crossterm names them ctrl-4 to ctrl-7 and ctrl-d.
/// STX and ETX (ctrl-b, ctrl-c) frame a scan and are dropped.
fn control(code: KeyCode) -> Option<Stroke> {
    let command = match code {
        KeyCode::Char(']' | '5') => return Some(Stroke::Text('\x1d')),
        KeyCode::Char('\\' | '4') => return Some(Stroke::Text('\x1c')),
        KeyCode::Char('^' | '6') => return Some(Stroke::Text('\x1e')),
        KeyCode::Char('_' | '7') => return Some(Stroke::Text('\x1f')),
        KeyCode::Char('d') => return Some(Stroke::Text('\x04')),
        KeyCode::Char('j') => return Some(Stroke::Suffix),
        KeyCode::Char('m') => return Some(Stroke::Enter),
        KeyCode::Char('h') => return Some(Stroke::Rubout),
        KeyCode::Char('p') => Command::Pay,
        KeyCode::Char('r') => Command::Return,
        KeyCode::Char('k') => Command::Card,
        KeyCode::Char('a') => Command::Hold,
        KeyCode::Char('o') => Command::Held,
        KeyCode::Char('z') => Command::Undo,
        KeyCode::Char('e') => Command::Clear,
        KeyCode::Char('t') => Command::Print,
        KeyCode::Char('q') => Command::Quit,
        KeyCode::Char('s') => Command::Health,
        KeyCode::Char('n') => Command::NoCard,
        KeyCode::Char('g') => Command::Cards,
        KeyCode::Char('x') => Command::Remove,
        KeyCode::Char('w') => Command::Why,
        KeyCode::Char('y') => Command::Activity,
        KeyCode::Char('l') => Command::Catalogue,
        KeyCode::Char('u') => Command::Agent,
        _ => return None,
    };
    Some(Stroke::Command(command))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn key(code: KeyCode, modifiers: KeyModifiers) -> Option<Stroke> {
        read(KeyEvent::new(code, modifiers))
    }

    #[test]
    fn a_group_separator_is_part_of_the_code() {
        for c in [']', '5'] {
            assert_eq!(
                key(KeyCode::Char(c), KeyModifiers::CONTROL),
                Some(Stroke::Text('\x1d')),
                "ctrl-{c}"
            );
        }
    }

    #[test]
    fn frames_and_line_feeds_of_a_scanner_command_nothing() {
        for (c, stroke) in [
            ('b', None),
            ('c', None),
            ('j', Some(Stroke::Suffix)),
            ('d', Some(Stroke::Text('\x04'))),
        ] {
            assert_eq!(key(KeyCode::Char(c), KeyModifiers::CONTROL), stroke, "ctrl-{c}");
        }
    }

    #[test]
    fn every_command_has_two_keys() {
        for (command, first, second, _) in KEYS {
            let by_number = match (first, first.strip_prefix('F').and_then(|n| n.parse().ok())) {
                (_, Some(n)) => key(KeyCode::F(n), KeyModifiers::NONE),
                ("Ins", _) => key(KeyCode::Insert, KeyModifiers::NONE),
                ("Home", _) => key(KeyCode::Home, KeyModifiers::NONE),
                ("End", _) => key(KeyCode::End, KeyModifiers::NONE),
                // A control key alone: no terminal keeps it for itself.
                ("", _) => key(KeyCode::Char('u'), KeyModifiers::CONTROL),
                _ => key(KeyCode::Delete, KeyModifiers::NONE),
            };
            assert_eq!(by_number, Some(Stroke::Command(command)), "{first}");
            if let Some(letter) = second.strip_prefix("Ctrl-").and_then(|s| s.chars().next()) {
                let letter = KeyCode::Char(letter.to_ascii_lowercase());
                assert_eq!(
                    key(letter, KeyModifiers::CONTROL),
                    Some(Stroke::Command(command)),
                    "{second}"
                );
            }
        }
    }
}

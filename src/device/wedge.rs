//! A scanner that types like a keyboard, and fingers, on one stream of keys: which is which. A pure machine over keys and
//! the time at which they were read.
//!
//! Keys that may be the beginning of a scan are held back until that is decided, so that no digit of a scan is ever seen in
//! a field. A configured prefix decides at once; else the content of a burst that ended with a suffix does. How fast keys
//! came only says where a burst begins: after a stall slow typing arrives at once, and is typing all the same unless its
//! content can only be a code. Commands inside a code (a scanner that sends ESC bytes) are part of it and press nothing.

use zeroize::{Zeroize, Zeroizing};

use super::content::{may_be_half, reads_as_code, reads_as_typed};
use super::{End, LONGEST, Settings, Suffix, Trouble, without_prefix};
use crate::loyalty::scan::is_pass;

/// An end this soon after a scan is the rest of its suffix.
const SUFFIX_MS: u64 = 100;
/// After a scan that silence ended, its Enter may be so late.
const LATE_SUFFIX_MS: u64 = 1000;
/// A code without an end waits so long for it.
const PENDING_MS: u64 = 5000;

/// What a key is for the machine.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Key {
    /// A character, control characters that belong to codes included.
    Char(char),
    /// A character behind ESC.
    Alt(char),
    /// A key that may end a scan.
    End(End),
    /// A function key, F1 is 1.
    Function(u8),
    /// Any other key.
    Other,
}

/// Why something is taken for a scan.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Proof {
    /// It was framed by the configured prefix, or came from a device of its own.
    Framed,
    /// Its content can only be a code.
    Content,
    /// It came fast and ended as scans do; its content could be typed, too.
    Speed,
}

/// What comes out of the machine. `K` is the key as the caller knows it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Out<K> {
    /// A key that fingers pressed, and when it was read.
    Typed(K, u64),
    /// A scan, without what framed it.
    Scan(String, Proof),
    /// Something that is neither.
    Trouble(Trouble),
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum State {
    /// Whatever is held may be a scan or not.
    Open,
    /// The prefix was seen.
    Framed,
    /// A code without an end: it was said, and an end still takes it.
    Pending,
    /// Too long: everything up to the next silence is dropped.
    Jammed,
}

struct Held<K> {
    key: Key,
    original: K,
    at_ms: u64,
}

/// The machine.
pub struct Wedge<K> {
    settings: Settings,
    state: State,
    /// Never grows: what it held may be a payment card, and is overwritten when it goes.
    held: Vec<Held<K>>,
    blank: K,
    last_ms: u64,
    /// Until when an end belongs to the last scan.
    suffix_until: Option<u64>,
    /// The first part of a code that came without its end, and until when a burst may be the rest of it.
    half: Zeroizing<String>,
    half_until: u64,
    /// What is held may be that rest.
    is_rest: bool,
}

impl<K: Clone> Wedge<K> {
    /// A machine with nothing held. `blank` is a key that says nothing: others are overwritten with it when they go.
    pub fn new(settings: Settings, blank: K) -> Wedge<K> {
        Wedge {
            settings,
            state: State::Open,
            held: Vec::with_capacity(LONGEST + 1),
            blank,
            last_ms: 0,
            suffix_until: None,
            half: no_half(),
            half_until: 0,
            is_rest: false,
        }
    }

    /// When `tick` has something to decide, if no key comes before.
    pub fn deadline_ms(&self) -> Option<u64> {
        let is_at_rest = self.held.is_empty() && self.state == State::Open;
        if is_at_rest && !self.half.is_empty() {
            return Some(self.half_until + 1);
        }
        (!is_at_rest).then(|| self.last_ms + self.patience_ms() + 1)
    }

    fn patience_ms(&self) -> u64 {
        match self.state {
            State::Open if self.length() < self.settings.least_length => self.settings.key_gap_ms,
            State::Open | State::Framed | State::Jammed => self.settings.idle_flush_ms,
            State::Pending => PENDING_MS,
        }
    }

    /// Nothing came until now.
    pub fn tick(&mut self, now_ms: u64) -> Vec<Out<K>> {
        match self.deadline_ms() {
            Some(deadline) if now_ms >= deadline => self.silence(now_ms),
            _ => Vec::new(),
        }
    }

    fn forget_half(&mut self) {
        if !self.half.is_empty() {
            self.half = no_half();
        }
    }

    /// Takes a key.
    pub fn feed(&mut self, key: Key, original: K, at_ms: u64) -> Vec<Out<K>> {
        let mut out = self.tick(at_ms);
        let key = match key {
            Key::Function(number) if self.settings.gs_key == Some(number) => Key::Char('\u{1d}'),
            key => key,
        };
        // A pause ends a burst, also one that waits for its suffix.
        let is_late = at_ms.saturating_sub(self.last_ms) > self.settings.key_gap_ms;
        if self.state == State::Open && is_late && !self.held.is_empty() && !matches!(key, Key::End(_)) {
            out.extend(self.silence(at_ms));
        }
        let held = Held { key, original, at_ms };
        match (self.state, key) {
            (State::Jammed, _) => self.last_ms = at_ms,
            (State::Framed, Key::End(end)) if self.settings.suffix.is(end) => out.extend(self.framed(at_ms)),
            (State::Framed, _) => self.hold(held, &mut out),
            (State::Open | State::Pending, Key::End(end)) => self.end(end, held, &mut out),
            (State::Pending, _) => {
                // It was said that the code is lost; what comes now is something else, or the rest of it.
                self.set_half_aside();
                self.begin(held, &mut out);
            }
            (State::Open, _) => self.begin(held, &mut out),
        }
        out
    }

    fn begin(&mut self, held: Held<K>, out: &mut Vec<Out<K>>) {
        if held.at_ms > self.half_until {
            self.forget_half();
        }
        if self.held.is_empty() && !self.half.is_empty() && matches!(held.key, Key::Char(_) | Key::Alt(_)) {
            let is_prefix = matches!(held.key, Key::Char(c) if self.settings.prefix.starts_with(c));
            self.is_rest = !is_prefix;
        }
        if !self.settings.prefix.is_empty() && !self.is_rest {
            return self.expect_prefix(held, out);
        }
        let is_command = !matches!(held.key, Key::Char(_) | Key::Alt(_));
        if is_command && self.length() == 0 {
            // Commands wait one behind the other only for a code that may follow the last of them.
            out.extend(self.release());
        }
        self.hold(held, out);
    }

    fn hold(&mut self, held: Held<K>, out: &mut Vec<Out<K>>) {
        self.last_ms = held.at_ms;
        self.suffix_until = None;
        self.held.push(held);
        if self.held.len() > LONGEST {
            self.drop_held();
            self.state = State::Jammed;
            out.push(Out::Trouble(Trouble::TooLong));
        }
    }

    /// With a prefix, keys are fingers' at once unless they are its beginning.
    fn expect_prefix(&mut self, held: Held<K>, out: &mut Vec<Out<K>>) {
        loop {
            let expected = self.settings.prefix.chars().nth(self.held.len());
            if matches!(held.key, Key::Char(c) if Some(c) == expected) {
                self.hold(held, out);
                if self.held.len() == self.settings.prefix.chars().count() {
                    self.state = State::Framed;
                }
                return;
            }
            if self.held.is_empty() {
                self.suffix_until = None;
                out.push(Out::Typed(held.original, held.at_ms));
                return;
            }
            out.extend(self.release());
        }
    }

    /// CR, LF or TAB.
    fn end(&mut self, end: End, held: Held<K>, out: &mut Vec<Out<K>>) {
        if self.held.is_empty() {
            let is_suffix = self.suffix_until.is_some_and(|until| held.at_ms <= until);
            if !is_suffix {
                out.push(Out::Typed(held.original, held.at_ms));
            }
            return;
        }
        if self.is_rest {
            return self.end_of_rest(end, held, out);
        }
        if !self.settings.prefix.is_empty() {
            // Only a beginning of the prefix was there.
            out.extend(self.release());
            out.push(Out::Typed(held.original, held.at_ms));
            return;
        }
        self.end_of_burst(end, held, out);
    }

    /// The end of what may be the rest of a code. By itself it is taken only where it can be nothing but a code, or is the
    /// half scanned again; joined to the half, where that can be a code; and is never typed: the rest of a number reads as an
    /// amount.
    fn end_of_rest(&mut self, end: End, held: Held<K>, out: &mut Vec<Out<K>>) {
        let text = self.text();
        let is_long = self.length() >= self.settings.least_length;
        let is_again = text.starts_with(self.half.as_str()) || reads_as_code(&text, &self.settings.scan);
        if self.settings.prefix.is_empty() && is_long && is_again {
            self.forget_half();
            return self.end_of_burst(end, held, out);
        }
        let mut whole = Zeroizing::new(String::with_capacity(self.half.len() + text.len()));
        whole.push_str(&self.half);
        whole.push_str(&text);
        self.drop_held();
        self.forget_half();
        self.suffix_until = Some(held.at_ms + SUFFIX_MS.max(self.settings.idle_flush_ms));
        // The signature of a pass tells more than a check digit.
        out.push(
            match reads_as_code(&whole, &self.settings.scan) || is_pass(&whole) {
                true => Out::Scan(whole.to_string(), Proof::Content),
                false => Out::Trouble(Trouble::Half),
            },
        );
    }

    fn end_of_burst(&mut self, end: End, held: Held<K>, out: &mut Vec<Out<K>>) {
        let (text, length) = (self.text(), self.length());
        let is_long = length >= self.settings.least_length;
        let until = held.at_ms + SUFFIX_MS.max(self.settings.idle_flush_ms);
        if is_long && reads_as_code(&text, &self.settings.scan) && !text.contains('*') {
            self.drop_held();
            out.push(Out::Scan(without_prefix(&text, "").to_owned(), Proof::Content));
            self.suffix_until = Some(until);
        } else if self.is_mixed() {
            self.drop_held();
            out.push(Out::Trouble(Trouble::Damaged));
            self.suffix_until = Some(until);
        } else if is_long && self.settings.suffix.is(end) && !reads_as_typed(&text) {
            let commands = self.held.iter().take_while(|held| is_command(held.key)).count();
            let pressed = self.held.iter().take(commands);
            out.extend(pressed.map(|held| Out::Typed(held.original.clone(), held.at_ms)));
            self.drop_held();
            out.push(Out::Scan(text.to_string(), Proof::Speed));
            self.suffix_until = Some(until);
        } else {
            out.extend(self.release());
            out.push(Out::Typed(held.original, held.at_ms));
        }
    }

    /// Nothing came for longer than within a scan.
    fn silence(&mut self, now_ms: u64) -> Vec<Out<K>> {
        if !self.half.is_empty() && now_ms > self.half_until {
            self.forget_half();
        }
        match self.state {
            // Fingers press one key at a time.
            State::Open if self.is_rest && self.length() > 1 => {
                let text = self.text();
                self.drop_held();
                // It does not grow over what it holds.
                if self.half.len() + text.len() <= self.half.capacity() {
                    self.half.push_str(&text);
                }
                vec![Out::Trouble(Trouble::Half)]
            }
            State::Jammed | State::Pending => {
                self.drop_held();
                Vec::new()
            }
            State::Framed => self.framed_without_end(),
            State::Open if !self.settings.prefix.is_empty() => self.release(),
            State::Open => self.burst_without_end(),
        }
    }

    fn burst_without_end(&mut self) -> Vec<Out<K>> {
        let (text, length) = (self.text(), self.length());
        let is_long = length >= self.settings.least_length;
        let is_code = is_long && reads_as_code(&text, &self.settings.scan);
        if is_code && self.settings.suffix == Suffix::None && !text.contains('*') {
            self.drop_held();
            self.suffix_until = Some(self.last_ms + LATE_SUFFIX_MS);
            return vec![Out::Scan(without_prefix(&text, "").to_owned(), Proof::Content)];
        }
        if self.is_mixed() {
            self.drop_held();
            return vec![Out::Trouble(Trouble::Damaged)];
        }
        if is_long && (is_code || may_be_half(&text)) && !reads_as_typed(&text) {
            self.state = State::Pending;
            return vec![Out::Trouble(Trouble::Half)];
        }
        self.release()
    }

    fn framed(&mut self, at_ms: u64) -> Vec<Out<K>> {
        let text = self.text();
        self.drop_held();
        self.suffix_until = Some(at_ms + SUFFIX_MS.max(self.settings.idle_flush_ms));
        match without_prefix(&text, &self.settings.prefix) {
            "" => Vec::new(),
            scan => vec![Out::Scan(scan.to_owned(), Proof::Framed)],
        }
    }

    fn framed_without_end(&mut self) -> Vec<Out<K>> {
        let prefix = self.settings.prefix.chars().count();
        if self.settings.suffix == Suffix::None && self.held.len() > prefix {
            let out = self.framed(self.last_ms);
            self.suffix_until = Some(self.last_ms + LATE_SUFFIX_MS);
            return out;
        }
        // A prefix that can be typed may have been typed.
        let is_printable = !self.settings.prefix.chars().any(char::is_control);
        if is_printable && self.held.len() <= prefix + 1 {
            return self.release();
        }
        self.set_half_aside();
        vec![Out::Trouble(Trouble::Half)]
    }

    /// All that is held, as fingers pressed it.
    fn release(&mut self) -> Vec<Out<K>> {
        self.state = State::Open;
        let typed = self.held.iter();
        let out = typed
            .map(|held| Out::Typed(held.original.clone(), held.at_ms))
            .collect();
        self.drop_held();
        out
    }

    /// The half that is held goes, but for its characters: a burst that follows may be the rest of it.
    fn set_half_aside(&mut self) {
        let text = self.text();
        self.forget_half();
        self.half.push_str(without_prefix(&text, &self.settings.prefix));
        self.half_until = self.last_ms + PENDING_MS;
        self.drop_held();
    }

    fn drop_held(&mut self) {
        self.state = State::Open;
        self.is_rest = false;
        for held in &mut self.held {
            held.key = Key::Other;
            held.original = self.blank.clone();
            held.at_ms.zeroize();
        }
        // Seen, so that the overwriting is not left out.
        std::hint::black_box(&self.held);
        self.held.clear();
    }

    fn length(&self) -> usize {
        self.held.iter().filter(|held| !is_command(held.key)).count()
    }

    /// Does a command stand between characters, or behind as many as a scan has?
    fn is_mixed(&self) -> bool {
        let first = self.held.iter().position(|held| !is_command(held.key));
        let last = self.held.iter().rposition(|held| !is_command(held.key));
        let (Some(first), Some(last)) = (first, last) else {
            return false;
        };
        let is_between = self.held[first..=last].iter().any(|held| is_command(held.key));
        let is_behind = last + 1 < self.held.len() && self.length() >= self.settings.least_length;
        is_between || is_behind
    }

    /// The characters. Alt with three digits is the separator of that number: 004 EOT, 028 FS, 029 GS, 030 RS, 031 US.
    fn text(&self) -> Zeroizing<String> {
        let mut text = Zeroizing::new(String::with_capacity(4 * self.held.len()));
        let mut rest = self.held.as_slice();
        while let Some((held, behind)) = rest.split_first() {
            let key_at = |place: usize| rest.get(place).map(|held| held.key);
            if let (Some(Key::Alt('0')), Some(Key::Alt(tens)), Some(Key::Alt(ones))) =
                (key_at(0), key_at(1), key_at(2))
                && let (Some(tens), Some(ones)) = (tens.to_digit(10), ones.to_digit(10))
                && let number @ (4 | 28..=31) = 10 * tens + ones
            {
                text.extend(char::from_u32(number));
                rest = &rest[3..];
                continue;
            }
            match held.key {
                Key::Char(c) | Key::Alt(c) => text.push(c),
                Key::End(end) => text.push(end.char()),
                Key::Function(_) | Key::Other => {}
            }
            rest = behind;
        }
        text
    }
}

/// With room for all that may be put behind it, so that it never leaves a copy.
fn no_half() -> Zeroizing<String> {
    Zeroizing::new(String::with_capacity(8 * LONGEST))
}

fn is_command(key: Key) -> bool {
    matches!(key, Key::Function(_) | Key::Other)
}

#[cfg(test)]
mod tests;

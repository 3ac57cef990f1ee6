//! What the machine makes of bursts, pauses and mixtures, case by case, and of any interleaving with a prefix.

use proptest::prelude::*;

use super::*;
use crate::loyalty::scan;

const COLA: &str = "8901764012273";

fn key(c: char) -> Key {
    match c {
        '\r' => Key::End(End::Cr),
        '\n' => Key::End(End::Lf),
        '\t' => Key::End(End::Tab),
        'Ⓕ' => Key::Other,
        'Ⓖ' => Key::Function(8),
        c => Key::Char(c),
    }
}

/// Texts with the pause in ms before each of their characters; `…` is a longer one. Answers what came out as a line: typed keys as they are,
/// scans in brackets with their proof, troubles in braces.
fn run(settings: &Settings, story: &[(&str, u64)]) -> String {
    let mut wedge = Wedge::new(settings.clone(), ' ');
    let (mut out, mut at_ms) = (Vec::new(), 1000);
    for (text, pause) in story {
        for c in text.chars() {
            if c == '…' {
                at_ms += 600;
                continue;
            }
            at_ms += pause;
            out.extend(wedge.feed(key(c), c, at_ms));
        }
    }
    out.extend(wedge.tick(at_ms + 1000));
    told(&out)
}

fn told(out: &[Out<char>]) -> String {
    out.iter()
        .map(|out| match out {
            Out::Typed(c, _) => c.to_string(),
            Out::Scan(text, Proof::Framed) => format!("[{text}]"),
            Out::Scan(text, Proof::Content) => format!("[{text}!]"),
            Out::Scan(text, Proof::Speed) => format!("[{text}?]"),
            Out::Trouble(trouble) => format!("{{{trouble:?}}}"),
        })
        .collect()
}

#[test]
fn bursts_without_a_prefix() {
    let plain = Settings::default();
    let cases: [(&[(&str, u64)], &str); 30] = [
        (&[("8901764012273\r", 2)], "[8901764012273!]"),
        (&[("8901764012273\r\n", 2)], "[8901764012273!]"),
        (&[("8901764012273\r\r", 2)], "[8901764012273!]"),
        (&[("8901764012273\t", 20)], "[8901764012273!]"),
        (&[("8901764012273\r", 50)], "[8901764012273!]"),
        (&[("8901764012273\r", 80)], "8901764012273\r"),
        (&[("gum\r", 120)], "gum\r"),
        (&[("gum\r", 1)], "gum\r"),
        (&[("20", 200), ("…8901764012273\r", 2)], "20[8901764012273!]"),
        (
            &[("8901764012273\r5901234123457\r", 1)],
            "[8901764012273!][5901234123457!]",
        ),
        (&[("8901764012273\r", 2), ("\r", 600)], "[8901764012273!]\r"),
        // Bad check digit, a code of the house: fast, but it could be typed.
        (&[("8901764012274\r", 2)], "[8901764012274?]"),
        (&[("ABC-123\r", 2)], "[ABC-123?]"),
        // What a stall made fast.
        (&[("1500.00\r", 0)], "1500.00\r"),
        (&[("3*8901764012273\r", 0)], "3*8901764012273\r"),
        (&[("Ⓕ20\r", 0)], "Ⓕ20\r"),
        (&[("coffee", 0)], "coffee"),
        (&[("ⒻⒻ", 0)], "ⒻⒻ"),
        (&[("gumⒻ", 0)], "gumⒻ"),
        // Halves.
        (&[("890176401", 2)], "{Half}"),
        (&[("8901764012273", 2)], "{Half}"),
        (
            &[("890176401", 2), ("…8901764012273\r", 2)],
            "{Half}[8901764012273!]",
        ),
        (
            &[("890176401", 2), ("8", 600), ("901764012273\r", 2)],
            "{Half}[8901764012273!]",
        ),
        (&[("8901764012273", 2), ("\r", 800)], "{Half}[8901764012273!]"),
        // Keys of commands inside.
        (&[("8901Ⓕ764012273\r", 2)], "[8901764012273!]"),
        (&[("Ⓕ8901764012273\r", 2)], "[8901764012273!]"),
        (&[("8901Ⓕ764\r", 2)], "{Damaged}"),
        (&[("8901Ⓕ76", 2)], "{Damaged}"),
        (&[("89017640Ⓕ\r", 2)], "{Damaged}"),
        (&[("4111111111111111\r", 2)], "[4111111111111111!]"),
    ];
    for (story, expected) in cases {
        // A payment card is a scan, so that the scan refuses it; no field ever shows it.
        assert_eq!(run(&plain, story), expected, "{story:?}");
    }
}

#[test]
fn a_half_code_and_the_next_one_without_a_pause_are_one_bad_code() {
    assert_eq!(
        run(&Settings::default(), &[("8901764", 2), ("8901764012273\r", 2)]),
        "[89017648901764012273?]"
    );
}

#[test]
fn f79_the_rest_of_a_half_code_is_no_amount() {
    let plain = Settings::default();
    let cases: [(&[(&str, u64)], &str); 9] = [
        (
            &[("LP1AEAQAAINGE22Z672BGIAAAIC", 2), ("…ABISW\r", 2)],
            "{Half}[LP1AEAQAAINGE22Z672BGIAAAICABISW!]",
        ),
        // By itself, 12273 and Enter would pay.
        (&[("89017640", 2), ("…12273\r", 2)], "{Half}[8901764012273!]"),
        (&[("890176401227", 2), ("…3\r", 2)], "{Half}[8901764012273!]"),
        (&[("89017640", 2), ("…999\r", 2)], "{Half}{Half}"),
        (
            &[("89017640", 2), ("…122", 2), ("…73\r", 2)],
            "{Half}{Half}[8901764012273!]",
        ),
        // The same number again; one that no check digit tells from others.
        (&[("1000455", 2), ("…10004557\r", 2)], "{Half}[10004557?]"),
        // Fingers.
        (&[("89017640", 2), ("…20\r", 120)], "{Half}20\r"),
        (&[("89017640", 2), ("…5", 2), ("…\r", 2)], "{Half}5\r"),
        // Long after.
        (&[("89017640", 2), ("………………………20\r", 2)], "{Half}20\r"),
    ];
    for (story, expected) in cases {
        assert_eq!(run(&plain, story), expected, "{story:?}");
    }
    let framed = Settings {
        prefix: "~".to_owned(),
        ..Settings::default()
    };
    let cases: [(&[(&str, u64)], &str); 4] = [
        (&[("~89017640", 2), ("…12273\r", 2)], "{Half}[8901764012273!]"),
        (&[("~89017640", 2), ("…999\r", 2)], "{Half}{Half}"),
        (&[("~89017640", 2), ("…~ABC\r", 2)], "{Half}[ABC]"),
        (&[("~89017640", 2), ("…20\r", 120)], "{Half}20\r"),
    ];
    for (story, expected) in cases {
        assert_eq!(run(&framed, story), expected, "{story:?}");
    }
}

#[test]
fn a_code_in_the_middle_of_slow_typing_keeps_the_typing() {
    let story = [
        ("1", 300),
        ("2…", 300),
        (COLA, 1),
        ("\r\n", 1),
        ("5", 300),
        ("\r", 300),
    ];
    assert_eq!(run(&Settings::default(), &story), "12[8901764012273!]5\r");
}

#[test]
fn suffixes() {
    for (suffix, story, expected) in [
        (Suffix::None, [(COLA, 2), ("\r", 600)], "[8901764012273!]"),
        (Suffix::None, [(COLA, 2), ("\r", 1500)], "[8901764012273!]\r"),
        (Suffix::None, [("ABC-123", 2), ("\r", 600)], "ABC-123\r"),
        (Suffix::None, [("890176401", 2), ("", 0)], "{Half}"),
        (Suffix::Tab, [("ABC-123", 2), ("\t", 2)], "[ABC-123?]"),
        (Suffix::Tab, [("ABC-123", 2), ("\r", 2)], "ABC-123\r"),
        (Suffix::Cr, [(COLA, 2), ("\r\n", 2)], "[8901764012273!]"),
        (Suffix::Lf, [("ABC-123", 2), ("\n", 2)], "[ABC-123?]"),
    ] {
        let settings = Settings {
            suffix,
            ..Settings::default()
        };
        assert_eq!(run(&settings, &story), expected, "{suffix:?} {story:?}");
    }
}

#[test]
fn prefixes() {
    let with = |prefix: &str, suffix| Settings {
        prefix: prefix.to_owned(),
        suffix,
        ..Settings::default()
    };
    let stx = with("\u{2}", Suffix::Any);
    let aim = with("]", Suffix::Any);
    let word = with("~S", Suffix::Any);
    let quiet = with("\u{2}", Suffix::None);
    type Case<'a> = (&'a Settings, &'a [(&'a str, u64)], &'a str);
    let cases: [Case<'_>; 13] = [
        (&stx, &[("\u{2}GUM\r\n", 2)], "[GUM]"),
        (
            &stx,
            &[("20…", 1), ("\u{2}8901764012273\r", 2), ("\r", 500)],
            "20[8901764012273]\r",
        ),
        // What has no prefix is typed, however fast it came.
        (&stx, &[("ABC-123\r", 1)], "ABC-123\r"),
        (&stx, &[("\u{2}8901Ⓕ764\r", 2)], "[8901764]"),
        (&stx, &[("\u{2}89017", 2)], "{Half}"),
        (&stx, &[("\u{2}%B1?\tX\r", 2)], "[%B1?]X\r"),
        (&aim, &[("]E08901764012273\r", 2)], "[]E08901764012273]"),
        (&aim, &[("]", 300), ("5", 300)], "]5"),
        (&word, &[("~SGUM\r", 2)], "[GUM]"),
        (&word, &[("~X", 300)], "~X"),
        (&word, &[("~~SGUM\r", 2)], "~[GUM]"),
        (&quiet, &[("\u{2}GUM", 2)], "[GUM]"),
        (&word, &[("~\r", 2)], "~\r"),
    ];
    for (settings, story, expected) in cases {
        assert_eq!(run(settings, story), expected, "{:?} {story:?}", settings.prefix);
    }
}

#[test]
fn gs_in_every_form() {
    let code = "]C10189017640122732";
    let ends = |keys: &[Key]| {
        let mut wedge = Wedge::new(
            Settings {
                gs_key: Some(8),
                ..Settings::default()
            },
            ' ',
        );
        let mut out = Vec::new();
        let all = code.chars().map(Key::Char).chain(keys.iter().copied());
        for (at, key) in (1000..).zip(all.chain("10A".chars().map(Key::Char)).chain([Key::End(End::Cr)])) {
            out.extend(wedge.feed(key, ' ', at));
        }
        told(&out)
    };
    let gs = format!("[{code}\u{1d}10A!]");
    assert_eq!(ends(&[Key::Char('\u{1d}')]), gs);
    assert_eq!(ends(&[Key::Alt('0'), Key::Alt('2'), Key::Alt('9')]), gs);
    assert_eq!(ends(&[Key::Function(8)]), gs);
    assert_eq!(
        ends(&[Key::Char('|')]),
        format!("[{code}|10A!]"),
        "the rules of scanning take a substitute"
    );
}

#[test]
fn esc_bytes_before_characters_are_dropped() {
    let mut wedge = Wedge::new(Settings::default(), ' ');
    let mut out = Vec::new();
    for (at, c) in (1000..).zip(COLA.chars()) {
        out.extend(wedge.feed(Key::Alt(c), c, at));
    }
    out.extend(wedge.feed(Key::End(End::Cr), '\r', 1020));
    assert_eq!(told(&out), "[8901764012273!]");
}

#[test]
fn a_jam_is_dropped_until_it_is_quiet() {
    let jam = "7".repeat(20_000);
    let story = [(jam.as_str(), 1), ("\r", 1), ("8", 500), ("901764012273\r", 1)];
    assert_eq!(run(&Settings::default(), &story), "{TooLong}[8901764012273!]");
}

#[test]
fn a_shops_own_cards_are_known_by_their_content() {
    let own = Settings {
        scan: scan::Settings {
            card_prefixes: vec!["9356".to_owned()],
            ..scan::Settings::default()
        },
        ..Settings::default()
    };
    assert_eq!(run(&own, &[("9356001234567898\r", 2)]), "[9356001234567898!]");
}

proptest! {
    /// With a prefix, however scans and fingers alternate and whatever the pauses: the scans come out whole and in order,
    /// and the field holds exactly what was typed.
    #[test]
    fn any_interleaving_with_a_prefix(
        pieces in prop::collection::vec((any::<bool>(), "[ -|]{1,20}", 0u64..150), 0..20),
    ) {
        let settings = Settings { prefix: "\u{2}".to_owned(), ..Settings::default() };
        let (mut wedge, mut at_ms) = (Wedge::new(settings, ' '), 0);
        let (mut out, mut expected_typed, mut expected_scans) = (Vec::new(), String::new(), Vec::new());
        for (is_scan, text, pause) in pieces {
            at_ms += pause;
            if is_scan {
                for c in format!("\u{2}{text}\r\n").chars() {
                    at_ms += 1;
                    out.extend(wedge.feed(key(c), c, at_ms));
                }
                expected_scans.push(text);
            } else {
                for c in text.chars() {
                    at_ms += pause;
                    out.extend(wedge.feed(Key::Char(c), c, at_ms));
                }
                expected_typed.push_str(&text);
            }
        }
        out.extend(wedge.tick(at_ms + 1000));
        let (mut typed, mut scans) = (String::new(), Vec::new());
        for out in out {
            match out {
                Out::Typed(c, _) => typed.push(c),
                Out::Scan(text, _) => scans.push(text),
                Out::Trouble(trouble) => prop_assert!(false, "{trouble:?}"),
            }
        }
        prop_assert_eq!(typed, expected_typed);
        prop_assert_eq!(scans, expected_scans);
    }

    /// Slow typing is typing, whatever it says.
    #[test]
    fn slow_keys_are_fingers(text in "[ -~]{0,40}", pause in 51u64..400) {
        prop_assert_eq!(run(&Settings::default(), &[(&text, pause)]), text);
    }

    /// No burst with a good code in it presses a command, wherever bytes of ESC sequences stand in it.
    #[test]
    fn commands_inside_a_code_press_nothing(places in prop::collection::vec(0usize..13, 0..5)) {
        let mut text: Vec<char> = COLA.chars().collect();
        for place in &places {
            text.insert(*place, 'Ⓕ');
        }
        let text: String = text.into_iter().chain(['\r']).collect();
        let told = run(&Settings::default(), &[(&text, 1)]);
        let leading = text.chars().take_while(|c| *c == 'Ⓕ').count().saturating_sub(1);
        prop_assert_eq!(told, format!("{}[{COLA}!]", "Ⓕ".repeat(leading)));
    }

    /// Nothing that comes in is lost in silence, and nothing panics.
    #[test]
    fn any_keys_at_any_time(keys in prop::collection::vec(("[0-9a-z\u{2}\u{1d}ⒻⒼ\r\n\t]{1,8}", 0u64..200), 0..60)) {
        let mut wedge = Wedge::new(Settings::default(), ' ');
        let mut at_ms = 0;
        for (texts, pause) in keys {
            at_ms += pause;
            for c in texts.chars() {
                let _ = wedge.feed(key(c), c, at_ms);
            }
        }
        let _ = wedge.tick(at_ms + 1000);
        // A code that waits for its end waits no longer.
        let _ = wedge.tick(at_ms + 10_000);
        prop_assert_eq!(wedge.deadline_ms(), None);
    }
}

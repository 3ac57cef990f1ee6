//! Passes at the counter: the published example, forgers, days, keys that change, phones and their minutes.

use super::*;
use crate::loyalty::calendar::Zone;

/// The example of the format: seed 00 01 … 1f.
const EXAMPLE: &str = concat!(
    "LP1AEAQAAINGE22Z672BGIAAAICABISWUUYBLXAJBG6WLMXLUQZNIBWSBV4IFJTQ7VU3MSSE6WTLAWVMP3QYK6XRI33ZRYSTDQWYMUKUHKA5BPYGY",
    "EPG64T3NETSNKCZFMY3UHE4BQ"
);

fn issuer() -> SigningKey {
    let mut seed = [0; 32];
    (0..).zip(&mut seed).for_each(|(n, byte)| *byte = n);
    SigningKey::from_bytes(&seed)
}

fn phone() -> SigningKey {
    SigningKey::from_bytes(&[0x42; 32])
}

fn terms() -> Terms {
    Terms {
        key_id: 1,
        program: 1,
        number: 950_600_013_430_000_016,
        srin: 1,
        tier: 2,
        flags: 0,
        issued: 20_779,
        expires: 21_144,
        phone: None,
    }
}

fn for_phone() -> Terms {
    Terms {
        phone: Some(phone().verifying_key().to_bytes()),
        ..terms()
    }
}

fn day(text: &str) -> Day {
    Day::parse(text).expect("a day")
}

fn list(keys: &[(u8, &SigningKey)]) -> KeyList {
    let key = |(id, key): &(u8, &SigningKey)| IssuerKey {
        id: *id,
        public: key.verifying_key().to_bytes(),
        not_before: day("2026-01-01"),
        not_after: None,
        revoked: false,
    };
    KeyList {
        version: 1,
        shop: "shop".to_owned(),
        keys: keys.iter().map(key).collect(),
    }
}

fn noon() -> Moment {
    Moment::parse("2026-12-01T12:00:00Z", &Zone::utc()).expect("a time")
}

fn prove_on(pass: &str, keys: &KeyList, on: &str) -> Result<Proven, PassError> {
    prove(pass, Some(keys), noon(), day(on))
}

fn prove_now(pass: &str) -> Result<Proven, PassError> {
    prove_on(pass, &list(&[(1, &issuer())]), "2026-12-01")
}

fn phone_shows(step: u32) -> String {
    let held = for_phone().sign(&issuer()).expect("a pass");
    present(&held, &phone(), step).expect("a code")
}

#[test]
fn the_published_example_comes_out_to_the_letter() {
    let public = issuer().verifying_key().to_bytes();
    let public: String = public.iter().map(|byte| format!("{byte:02x}")).collect();
    assert_eq!(
        public,
        "03a107bff3ce10be1d70dd18e74bc09967e4d6309ba50d5f1ddc8664125531b8"
    );
    let body: String = terms().body().iter().map(|byte| format!("{byte:02x}")).collect();
    assert_eq!(body, "010100010d3135acfbfa099000010200512b5298");
    assert_eq!(terms().sign(&issuer()).as_deref(), Ok(EXAMPLE));
    let proven = prove_now(EXAMPLE).expect("it is good");
    assert_eq!(proven.terms, terms());
    assert_eq!(proven.card.number.as_str(), "950600013430000016");
    assert_eq!((proven.card.srin, proven.step), (Some(1), None));
    assert_eq!((EXAMPLE.len(), phone_shows(1).len()), (138, 298));
    assert_eq!(
        (Terms::day(day("2026-11-22")), Terms::day(day("1969-12-31"))),
        (Some(20_779), None)
    );
}

/// The texts of docs/passes.md were worked out by another library; the page must not drift from the program.
#[test]
fn the_examples_of_the_page_are_good() {
    let page = include_str!("../../../docs/passes.md");
    let texts: Vec<&str> = page
        .lines()
        .map(str::trim)
        .filter(|line| looks_like_one(line))
        .collect();
    let held = for_phone().sign(&issuer()).expect("a pass");
    assert_eq!(texts, [EXAMPLE, held.as_str(), &phone_shows(59_870_880)]);
    assert_eq!(step_of(noon()), 59_870_880);
}

#[test]
fn every_flipped_bit_is_refused() {
    let now = step_of(noon());
    for (pass, length) in [
        (EXAMPLE.to_owned(), STATIC_BYTES),
        (phone_shows(now), SHOWN_BYTES),
    ] {
        let bytes = text::bytes(&pass).expect("a pass");
        assert_eq!(bytes.len(), length);
        prove_now(&pass).expect("it is good");
        for bit in 0..length * 8 {
            let mut flipped = bytes.clone();
            flipped[bit / 8] ^= 1 << (bit % 8);
            let refused = prove_now(&text::of(&flipped));
            assert!(refused.is_err(), "bit {bit} of {length} bytes");
        }
    }
}

#[test]
fn a_slip_in_any_letter_is_refused() {
    for place in 0..EXAMPLE.len() {
        for letter in ['A', 'Q', '7', 'a', '0', '='] {
            let mut slipped: Vec<char> = EXAMPLE.chars().collect();
            if slipped[place] != letter {
                slipped[place] = letter;
                let slipped: String = slipped.into_iter().collect();
                assert!(prove_now(&slipped).is_err(), "letter {place}");
            }
        }
    }
    for cut in [3, 60, EXAMPLE.len() - 1] {
        assert!(prove_now(&EXAMPLE[..cut]).is_err(), "cut after {cut}");
    }
    assert_eq!(prove_now(&format!("{EXAMPLE}AA")), Err(PassError::Length));
    assert_eq!(prove_now(&EXAMPLE.to_lowercase()), Err(PassError::Letters));
}

#[test]
fn each_fault_has_its_own_sentence() {
    let raw = |change: &dyn Fn(&mut Vec<u8>)| {
        let mut body = terms().body();
        change(&mut body);
        let signature = issuer().sign(&issuer_signs(&body)).to_bytes();
        body.extend(signature);
        text::of(&body)
    };
    let number = |number: u64| raw(&|body| body[4..12].copy_from_slice(&number.to_be_bytes()));
    let held = for_phone().sign(&issuer()).expect("a pass");
    let bent = {
        let mut letters = EXAMPLE[..EXAMPLE.len() - 1].to_owned();
        letters.push('R');
        letters
    };
    let cases = [
        (raw(&|body| body[0] = 9), PassError::Version { version: 9 }),
        (raw(&|body| body[0] = PHONE), PassError::Length),
        (number(950_600_013_430_000_015), PassError::Number),
        (number(1_950_600_013_430_000_016), PassError::Number),
        (
            raw(&|body| body[18..20].copy_from_slice(&20_778_u16.to_be_bytes())),
            PassError::Dates,
        ),
        (raw(&|body| body[1] = 2), PassError::UnknownKey),
        (raw(&|body| body.swap(14, 15)), PassError::Forged),
        (held, PassError::NotShown),
        (bent, PassError::LastLetter),
        (EXAMPLE.replace("LP1A", "LP10"), PassError::Letters),
    ];
    let mut sentences = Vec::new();
    for (pass, error) in cases {
        // What the issuer itself signed wrongly is refused, too; only a changed signature is forged.
        let pass = match error {
            PassError::Forged => {
                let mut bytes = text::bytes(&pass).expect("a pass");
                bytes[83] ^= 1;
                text::of(&bytes)
            }
            _ => pass,
        };
        assert_eq!(prove_now(&pass), Err(error));
        sentences.push(error.to_string());
    }
    sentences.sort();
    let count = sentences.len();
    sentences.dedup();
    assert_eq!(
        sentences.len(),
        count - 1,
        "two cases have a number that is no member's"
    );
    assert_eq!(
        prove(EXAMPLE, None, noon(), day("2026-12-01")),
        Err(PassError::UnknownKey)
    );
    for wrong in [
        Terms { number: 1, ..terms() },
        Terms {
            expires: 1,
            ..terms()
        },
    ] {
        assert!(wrong.sign(&issuer()).is_err());
    }
}

#[test]
fn every_sentence_fits_on_a_line_of_80_columns() {
    let (last, first) = (day("2026-12-31"), day("2026-12-31"));
    let all = [
        PassError::Letters,
        PassError::LastLetter,
        PassError::Length,
        PassError::Version { version: 255 },
        PassError::NotShown,
        PassError::Number,
        PassError::Dates,
        PassError::UnknownKey,
        PassError::KeyRetired,
        PassError::KeyRevoked,
        PassError::Forged,
        PassError::Expired { last },
        PassError::NotYet { first },
        PassError::Replaced,
        PassError::PhoneForged,
        PassError::OtherMinute,
        PassError::ShownBefore,
    ];
    for error in all {
        // The screen puts a mark in front.
        assert!(error.to_string().chars().count() <= 74, "{error}");
    }
}

#[test]
fn first_and_last_day_count() {
    let keys = list(&[(1, &issuer())]);
    let cases = [
        (
            "2026-11-21",
            Err(PassError::NotYet {
                first: day("2026-11-22"),
            }),
        ),
        ("2026-11-22", Ok(())),
        ("2027-11-22", Ok(())),
        (
            "2027-11-23",
            Err(PassError::Expired {
                last: day("2027-11-22"),
            }),
        ),
    ];
    for (on, wanted) in cases {
        assert_eq!(prove_on(EXAMPLE, &keys, on).map(|_| ()), wanted, "{on}");
    }
}

#[test]
fn a_key_that_was_changed_proves_as_long_as_it_is_in_use() {
    let (old, new) = (issuer(), SigningKey::from_bytes(&[9; 32]));
    let by_new = Terms { key_id: 2, ..terms() }.sign(&new).expect("a pass");
    let mut keys = list(&[(1, &old), (2, &new)]);
    assert!(prove_on(EXAMPLE, &keys, "2026-12-01").is_ok() && prove_on(&by_new, &keys, "2026-12-01").is_ok());
    // A till without the new list takes the old pass only.
    let before = list(&[(1, &old)]);
    assert_eq!(
        prove_on(&by_new, &before, "2026-12-01"),
        Err(PassError::UnknownKey)
    );
    keys.keys[0].not_after = Some(day("2026-12-31"));
    keys.keys[1].not_before = day("2026-12-02");
    let cases = [
        (EXAMPLE, "2026-12-31", Ok(())),
        (EXAMPLE, "2027-01-01", Err(PassError::KeyRetired)),
        (&by_new, "2026-12-01", Err(PassError::KeyRetired)),
        (&by_new, "2026-12-02", Ok(())),
    ];
    for (pass, on, wanted) in cases {
        assert_eq!(prove_on(pass, &keys, on).map(|_| ()), wanted, "{on}");
    }
    keys.keys[1].revoked = true;
    assert_eq!(prove_on(&by_new, &keys, "2026-12-02"), Err(PassError::KeyRevoked));
    // The right number under another key is no proof.
    let forged = terms().sign(&new).expect("a pass");
    assert_eq!(prove_on(&forged, &keys, "2026-12-01"), Err(PassError::Forged));
}

#[test]
fn withdrawn_below_the_least_that_is_good() {
    let pass = Terms { srin: 4, ..terms() }.sign(&issuer()).expect("a pass");
    let proven = prove_now(&pass).expect("it is good");
    for (least, is_good) in [(None, true), (Some(0), true), (Some(4), true), (Some(5), false)] {
        assert_eq!(proven.is_current(least).is_ok(), is_good, "{least:?}");
    }
}

#[test]
fn f62_a_phones_code_is_good_for_its_minute_only() {
    let now = step_of(noon());
    for (step, is_good) in [
        (now - 2, false),
        (now - 1, true),
        (now, true),
        (now + 1, true),
        (now + 2, false),
    ] {
        let shown = prove_now(&phone_shows(step));
        match is_good {
            true => assert_eq!(shown.expect("it is good").step, Some(step)),
            false => assert_eq!(shown, Err(PassError::OtherMinute)),
        }
    }
    // A picture of an old code, its step rewritten.
    let mut bytes = text::bytes(&phone_shows(now - 9)).expect("a pass");
    bytes[HELD_BYTES..HELD_BYTES + STEP].copy_from_slice(&now.to_be_bytes());
    assert_eq!(prove_now(&text::of(&bytes)), Err(PassError::PhoneForged));
    // Somebody else's phone.
    let held = for_phone().sign(&issuer()).expect("a pass");
    let other = SigningKey::from_bytes(&[1; 32]);
    assert_eq!(present(&held, &other, now), Err(PassError::PhoneForged));
    // The phone's part laid behind a static pass.
    let mut bytes = text::bytes(EXAMPLE).expect("a pass");
    bytes.extend(&text::bytes(&phone_shows(now)).expect("a pass")[HELD_BYTES..]);
    assert_eq!(prove_now(&text::of(&bytes)), Err(PassError::Length));
    assert_eq!(step_of(Moment::from_millis(59_999)), 1);
}

#[test]
fn nothing_of_a_pass_is_in_its_debug() {
    let shown = format!("{:?}", prove_now(EXAMPLE).expect("it is good"));
    assert!(shown.contains("0016") && !shown.contains("95060001"), "{shown}");
}

proptest::proptest! {
    #[test]
    fn whatever_stands_behind_the_mark_is_refused_and_nothing_panics(
        letters in "[A-Z2-7]{0,400}",
        any in ".{0,200}",
        bytes in proptest::collection::vec(proptest::num::u8::ANY, 0..200),
        form in 0_u8..4,
    ) {
        let mut formed = bytes.clone();
        formed.resize([0, STATIC_BYTES, HELD_BYTES, SHOWN_BYTES][usize::from(form)], 7);
        formed.first_mut().into_iter().for_each(|first| *first = form.min(PHONE));
        for pass in [format!("LP1{letters}"), any, text::of(&bytes), text::of(&formed)] {
            proptest::prop_assert!(prove_now(&pass).is_err());
            proptest::prop_assert!(present(&pass, &phone(), 1).is_err());
        }
        proptest::prop_assert_eq!(text::bytes(&text::of(&bytes)), Ok(bytes));
    }
}

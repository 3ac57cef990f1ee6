//! Shares of what all customers have in common, as they are dealt over the wire: single codes go to who shows them first, a lost
//! answer costs nobody anything, and what is given back is dealt again.

use reqwest::Method;
use vafa::loyalty::calendar::Moment;
use vafa::loyalty::id::CounterId;
use vafa::loyalty::journal::Clock;
use vafa::loyalty::office::Outcome;
use vafa::loyalty::terminal::{self, Share};
use vafa::wire::{self, HeldShare, SharesReply, SharesRequest, path};

use crate::till::{Shop, Till};

const CODES: &str = r#"
id = "codes"
name = "Codes"

[[rule]]
needs = { code = ["ONE", "TWO"] }
limit = { code = "1 times" }
gives = { off = "1.00", of = "basket" }
"#;

fn ask(till: &Till, code: &str, held: Vec<HeldShare>) -> Vec<(CounterId, i64)> {
    let ask = SharesRequest {
        held,
        codes: vec![code.to_owned()],
    };
    let heard = till.ask(Method::POST, path::SHARES, wire::pack(&ask), None);
    assert_eq!(heard.status, 200);
    heard.read::<SharesReply>().dealt
}

#[test]
fn a_code_is_dealt_once_and_again_when_it_comes_back() {
    let shop = Shop::open();
    let files = [("codes.toml".to_owned(), CODES.to_owned())];
    shop.office().publish(&files).expect("good programs");
    let (mut one, two) = (shop.till(), shop.till());
    let first = ask(&one, "one", Vec::new());
    let [(counter, 1)] = first.as_slice() else {
        panic!("one use of one code: {first:?}");
    };
    // The answer was lost: the same again, and no more.
    assert_eq!(ask(&one, "ONE", Vec::new()), first);
    assert_eq!(ask(&two, "ONE", Vec::new())[0].1, 0, "it lies at the other till");
    assert_eq!(
        ask(&two, "TWO", Vec::new())[0].1,
        1,
        "another code is another matter"
    );
    assert_eq!(ask(&two, "THREE", Vec::new()), [], "nobody knows it");

    let give_back = |till: &mut Till, dealt: i64| {
        let share = Share {
            counter: counter.clone(),
            dealt: Some(dealt),
            used: 0,
            code: None,
        };
        let clock = Clock {
            wall: Moment::from_millis(1_770_000_000_000),
            mono_ms: 1,
            boot: 1,
        };
        let Ok(changes) = terminal::give_share_back(&till.memory, &till.post, 1, &share, clock);
        till.keep(changes);
        till.push_all().results.pop().expect("an outcome").1
    };
    // Only what was dealt can be given back: whoever claims more gets nothing dealt to others by it.
    assert_eq!(
        give_back(&mut one, 3),
        Outcome::Exception("share_overdrawn".to_owned())
    );
    let held = HeldShare {
        counter: counter.clone(),
        dealt: 0,
        left: 0,
    };
    assert_eq!(ask(&two, "ONE", vec![held])[0].1, 1, "it came back");
    let held = HeldShare {
        counter: counter.clone(),
        dealt: 1,
        left: 0,
    };
    assert_eq!(ask(&one, "ONE", vec![held])[0].1, 1, "nothing new: there was one");
    shop.audited();
}

#[test]
fn a_terminal_that_claims_a_number_without_sense_keeps_no_other_from_asking() {
    let shop = Shop::open();
    let files = [("codes.toml".to_owned(), CODES.to_owned())];
    shop.office().publish(&files).expect("good programs");
    let (one, two) = (shop.till(), shop.till());
    let dealt = ask(&two, "ONE", Vec::new());
    let [(counter, 1)] = dealt.as_slice() else {
        panic!("one use of one code: {dealt:?}");
    };
    for (dealt_to_one, left) in [
        (i64::MAX, i64::MAX),
        (i64::MAX, i64::MIN),
        (i64::MIN, i64::MIN),
        (-1, 1),
    ] {
        let held = HeldShare {
            counter: counter.clone(),
            dealt: dealt_to_one,
            left,
        };
        ask(&one, "ONE", vec![held]);
        assert_eq!(ask(&two, "ONE", Vec::new()), dealt);
    }
}

//! What a scan means at a real terminal's counter, line by line as docs/scans.md has it: what is clear is done, what can be
//! meant in two ways is asked.

mod shelf;

use std::path::{Path, PathBuf};

use vafa::config::Config;
use vafa::counter::Counter;
use vafa::counter::view::{Does, Scanned};
use vafa::loyalty::amount::{Currency, Price};
use vafa::loyalty::goods::{Goods, Unit};
use vafa::loyalty::id::{MemberId, Sku};
use vafa::loyalty::member::{CardToken, Known, Member, Standing};
use vafa::store::{CacheMark, CardRow, Store};

/// Sku, name, price, unit: goods whose numbers can be taken for something else, and goods of scales.
const GOODS: [(&str, &str, &str, &str); 13] = [
    ("9356000000023", "Spare key", "5.00", "each"),
    ("416000336108", "House tea", "3.00", "each"),
    ("9900000000004", "Gift wrap", "1.00", "each"),
    ("03000007", "Small gum", "0.50", "each"),
    ("030000000007", "Peanuts", "2.50", "each"),
    ("2812340000002", "Cheese", "12.99", "kg"),
    ("2511110000005", "Rolls", "0.35", "each"),
    ("2211110000004", "Ham", "24.90", "kg"),
    ("5555", "Sausage", "9.90", "kg"),
    ("2233330000008", "Olives", "7.00", "kg"),
    ("2233333002504", "Olives, small tub", "2.60", "each"),
    ("09501101530003", "Salami", "20.00", "kg"),
    ("09506000134352", "Milk", "1.20", "each"),
];

/// Cards that members have, none of them of a range of the shop.
const CARDS: [(&str, &str); 3] = [
    ("CHAI", "Tea Drinker"),
    ("8901764012273", "Cola Drinker"),
    ("5901234123457", "Paper Card"),
];

fn config() -> Config {
    let text = "[scan]\nregion = \"de\"\nluhn_prefixes = [\"9356\"]\n";
    Config::parse(Path::new("config.toml"), text).expect("a configuration")
}

fn shop() -> (tempfile::TempDir, PathBuf) {
    let folder = tempfile::tempdir().expect("a folder");
    let data = folder.path().join("t1");
    shelf::make(&data, &["s1-points", "s11-fixed-card", "s12a-three-for-two"], &[]);
    let mut store = Store::open(&data).expect("a terminal's folder");
    let mark = CacheMark {
        epoch: None,
        cursor: 2,
        last_sync: None,
    };
    store
        .cache
        .take_in(mark, |rows| {
            for (sku, name, price, unit) in GOODS {
                rows.goods(&Goods {
                    name: name.to_owned(),
                    unit: Unit::of(unit),
                    ..Goods::uncatalogued(Sku::parse(sku).expect("a sku"), Price::parse(price).ok())
                })?;
            }
            CARDS.iter().try_for_each(|(number, name)| {
                let mut member = Member::named(MemberId::parse(number).expect("a name"));
                member.name = Some((*name).to_owned());
                rows.card(&CardRow {
                    token: CardToken::of(&[9; 32], number),
                    version: 2,
                    reflected: 0,
                    known: Known {
                        member,
                        standing: Standing::default(),
                        organisation: None,
                    },
                })
            })
        })
        .expect("rows");
    drop(store);
    (folder, data)
}

/// What a scan came to, in a line: goods with quantity, price and gross; the question with its choices; the sentence.
fn came_to(counter: &mut Counter, raw: &str) -> String {
    let inr = Currency::of("INR").expect("a currency");
    let line = |counter: &Counter, index: usize| {
        let line = &counter.serving().basket.lines[index];
        let gross = inr.text(line.gross(inr));
        format!(
            "{} x {} {} at {} = {gross}",
            line.goods.name,
            line.quantity,
            line.goods.unit.label(),
            line.price.text(inr)
        )
    };
    match counter.scan(raw) {
        Ok(Scanned::Goods(index)) => line(counter, index),
        Ok(Scanned::Noted(index, note)) => format!("{}; {note}", line(counter, index)),
        Ok(Scanned::Buyer) => format!("card {}", counter.serving().buyer.expect("a buyer").card_ending),
        Ok(Scanned::AskPrice(goods, quantity)) => {
            format!("price of {} x {quantity} {}?", goods.name, goods.unit.label())
        }
        Ok(Scanned::Choose(goods)) => format!("one of {}", goods.len()),
        Ok(Scanned::Ask(question)) => {
            let words: Vec<&str> = question
                .choices
                .iter()
                .map(|choice| choice.word.as_str())
                .collect();
            format!("{} {}", question.sentence, words.join(" | "))
        }
        Ok(Scanned::Code(note)) => note,
        Ok(Scanned::Nothing) => "nothing".to_owned(),
        Err(why) => why.to_string(),
    }
}

const WHICH: &str = "More than one thing fits. Which is meant?";

#[test]
fn what_a_scan_means_line_by_line() {
    let (_folder, data) = shop();
    let mut counter = Counter::open(&data, &config()).expect("a counter");
    let asked = |choices: &str| format!("{WHICH} {choices}");
    for (raw, expected) in [
        // Clear: one thing only fits.
        (
            "8901063010017",
            "Parle-G glucose biscuits 250 g x 1 each at 30.00 = 30.00".to_owned(),
        ),
        (shelf::ASHAS_CARD, "card 0013".to_owned()),
        ("0416000336114", "the number is not read right".to_owned()),
        ("9356000000122", "card 0122".to_owned()),
        ("5901234123457", "card 3457".to_owned()),
        ("4006381333931", "price of 4006381333931 x 1 each?".to_owned()),
        (
            "]E3978020137962451299",
            "price of 9780201379624 x 1 each?".to_owned(),
        ),
        (
            "]C18017950600013430000016",
            "this is the number of one who serves".to_owned(),
        ),
        ("2*4006381333931", "price of 4006381333931 x 2 each?".to_owned()),
        // Two things fit: the cashier is asked.
        (
            "416000336108",
            asked("Sell House tea, 3.00 | The card ending 6108"),
        ),
        (
            "]E00416000336108",
            asked("Sell House tea, 3.00 | The card ending 6108"),
        ),
        (
            "9356000000023",
            asked("Sell Spare key, 5.00 | The card ending 0023"),
        ),
        (
            "CHAI",
            asked("Sell Masala chai 150 ml, 20.00 | The card ending CHAI of Tea Drinker"),
        ),
        (
            "8901764012273",
            asked("Sell Thums Up 750 ml, 45.00 | The card ending 2273 of Cola Drinker"),
        ),
        ("9900000000004", asked("Sell Gift wrap, 1.00 | A coupon")),
        ("03000007", asked("Sell Small gum, 0.50 | Sell Peanuts, 2.50")),
        (
            "2233333002504",
            asked("Sell Olives, small tub, 2.60 | Sell Olives, 2.50"),
        ),
        // With its identifier an eight-digit number is no riddle.
        ("]E403000007", "Small gum x 1 each at 0.50 = 0.50".to_owned()),
        ("]E00030000000007", "Peanuts x 1 each at 2.50 = 2.50".to_owned()),
        // Coupons and vouchers are recognised.
        ("9813765030011", "a coupon worth 0.10 EUR of 9813765".to_owned()),
        ("9821234010005", "the number is not read right".to_owned()),
        ("]C12551234567890128", "the coupon 1234567890128".to_owned()),
        ("]C18110012345612345611110123", "a coupon: ".to_owned()),
        ("9800000000120", "a voucher of the shop".to_owned()),
    ] {
        let found = came_to(&mut counter, raw);
        assert!(found.starts_with(&expected), "{raw}: {found}");
    }
}

#[test]
fn measured_articles_are_sold() {
    let (_folder, data) = shop();
    let mut counter = Counter::open(&data, &config()).expect("a counter");
    for (raw, expected) in [
        ("2812341012349", "Cheese x 1.234 kg at 12.99 = 16.03"),
        ("2511119000129", "Rolls x 12 each at 0.35 = 4.20"),
        // The money on the label comes out to the cent, whatever a kilogram costs.
        ("2211114002394", "Ham x 1 each at 2.39 = 2.39"),
        ("2*2211114002394", "Ham x 3 each at 2.39 = 7.17"),
        ("2255550003997", "Sausage x 1 each at 3.99 = 3.99"),
        // The article itself, without a measure.
        ("2812340000002", "Cheese x 1 kg at 12.99 = 12.99"),
        // Not in the catalogue: the label's price, or a price is asked for.
        ("2299991004502", "2299990000000 x 1 each at 4.50 = 4.50"),
        ("2899999007507", "price of 2899990000002 x 0.75 kg?"),
        ("2211113002395", "the label's price or weight is not read right"),
        // Element strings.
        (
            "(01)09501101530003(3103)000750",
            "Salami x 0.75 kg at 20.00 = 15.00",
        ),
        ("(01)09501101530003(3922)599", "Salami x 1 each at 5.99 = 5.99"),
        (
            "(01)09501101530003(3103)000750(3922)1501",
            "Salami x 1 each at 15.01 = 15.01",
        ),
        ("(01)09506000134352(30)6", "Milk x 6 each at 1.20 = 7.20"),
        ("(02)09506000134352(37)2", "Milk x 8 each at 1.20 = 9.60"),
        ("(01)09506000134352(3103)001000", "Milk x 9 each at 1.20 = 10.80"),
        (
            "(01)04006381333931(3922)599",
            "4006381333931 x 1 each at 5.99 = 5.99",
        ),
    ] {
        let found = came_to(&mut counter, raw);
        assert!(found.starts_with(expected), "{raw}: {found}");
    }
}

#[test]
fn dates_that_are_past_are_told() {
    let (_folder, data) = shop();
    let mut counter = Counter::open(&data, &config()).expect("a counter");
    let fresh = came_to(&mut counter, "(01)09506000134352(17)991231");
    assert!(fresh.starts_with("Milk: it expired on 1999-12-31"), "{fresh}");
    let best = came_to(&mut counter, "(01)09506000134352(15)240131");
    assert!(
        best.starts_with("Milk x 1 each") && best.contains("at its best until 2024-01-31"),
        "{best}"
    );
    let Ok(Scanned::Ask(question)) = counter.scan("(01)09506000134352(17)240131") else {
        panic!("a question");
    };
    assert_eq!(
        question.sentence,
        "Milk: it expired on 2024-01-31. Sell it all the same?"
    );
    let [leave, sell] = question.choices.as_slice() else {
        panic!("two ways");
    };
    assert_eq!(leave.does, Does::Leave);
    assert_eq!(
        counter.take(leave.does.clone()).expect("nothing"),
        Scanned::Nothing
    );
    assert_eq!(counter.serving().basket.lines.len(), 1);
    assert!(matches!(counter.take(sell.does.clone()), Ok(Scanned::Goods(0))));
}

#[test]
fn what_the_cashier_chooses_is_done() {
    let (_folder, data) = shop();
    let mut counter = Counter::open(&data, &config()).expect("a counter");
    let Ok(Scanned::Ask(question)) = counter.scan("8901764012273") else {
        panic!("a question");
    };
    assert!(
        counter.serving().basket.lines.is_empty(),
        "nothing is done before the answer"
    );
    assert_eq!(
        counter.take(question.choices[1].does.clone()).expect("a card"),
        Scanned::Buyer
    );
    assert_eq!(
        counter.serving().buyer.and_then(|buyer| buyer.name),
        Some("Cola Drinker".to_owned())
    );
    assert_eq!(
        counter.take(question.choices[0].does.clone()).expect("goods"),
        Scanned::Goods(0)
    );
    let Ok(Scanned::Ask(wrap)) = counter.scan("9900000000004") else {
        panic!("a question");
    };
    let why = counter.take(wrap.choices[1].does.clone()).expect_err("by hand");
    assert!(why.to_string().contains("taken by hand"), "{why}");
}

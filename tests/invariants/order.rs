//! Percent then fixed, or fixed then percent? The order is data: phase, priority, id. A hundred baskets are kept with what
//! each rule took off, in the order in which it did. `VAFA_GOLDEN=write cargo test --test invariants c28` prints them anew
//! into the file; the difference is then to be read.

use std::fmt::Write;

use vafa::loyalty::amount::Quantity;
use vafa::loyalty::engine::quote;

use super::files::set_of;
use super::shop::{basket_of, line, site};

/// One rule in each phase and two in the third, in files whose names and order say the opposite.
const FILES: [(&str, &str); 6] = [
    (
        "a-voucher",
        "[[rule]]\ngives = { off = \"2.00\", of = \"basket\" }\nphase = 5\n",
    ),
    (
        "b-amount",
        "[[rule]]\nneeds = { total = \"20.00\" }\ngives = { off = \"5.00\", of = \"basket\" }\n",
    ),
    (
        "c-percent",
        "[[rule]]\ngives = { off = \"10 %\", of = \"basket\" }\n",
    ),
    (
        "d-first-percent",
        "priority = -1\n[[rule]]\ngives = { off = \"20 %\", of = \"basket\", at = \"list price\" }\nneeds = { goods = { category = \"hot\" } }\n",
    ),
    (
        "e-three-for-two",
        "[[rule]]\nneeds = { goods = { category = \"sweet\" }, every = 3 }\ngives = { free = \"cheapest\" }\n",
    ),
    (
        "f-own-price",
        "[[rule]]\nneeds = { goods = { sku = \"TEA\" } }\ngives = { price = \"2.80\" }\n",
    ),
];

const SKUS: [&str; 6] = ["GUM", "MINT", "TEA", "COFFEE", "LAMP", "BURGER"];

fn printed() -> String {
    let files: Vec<(String, String)> = FILES
        .iter()
        .map(|(id, rules)| (format!("{id}.toml"), format!("id = \"{id}\"\n{rules}")))
        .collect();
    let programs = set_of(&files, "tax_inclusive");
    let currency = programs.terms.currency;
    let mut text = String::new();
    for number in 0..100_u64 {
        // Digits of the number's hash: the same goods for ever.
        let hash = blake3::hash(&number.to_be_bytes());
        let pieces = |n: usize| i64::from(hash.as_bytes()[n] % 5);
        let lines = SKUS.iter().enumerate().filter(|(n, _)| pieces(*n) > 0);
        let lines: Vec<_> = lines
            .map(|(n, sku)| line(sku, Quantity::whole(pieces(n))))
            .collect();
        let named: Vec<String> = lines
            .iter()
            .map(|line| format!("{} {}", line.quantity, line.goods.sku))
            .collect();
        let quote = quote(&basket_of(lines), None, &programs, &site());
        let off: Vec<String> = quote
            .applied
            .iter()
            .map(|applied| format!("{} {}", applied.program, currency.text(applied.amount)))
            .collect();
        writeln!(
            text,
            "{}: {} -> {} = {}",
            named.join(" + "),
            currency.text(quote.subtotal),
            off.join(", "),
            currency.text(quote.total)
        )
        .expect("memory");
    }
    text
}

#[test]
fn c28_the_order_of_rules_is_data() {
    let path = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/data/order-of-rules.txt");
    let now = printed();
    if std::env::var("VAFA_GOLDEN").as_deref() == Ok("write") {
        std::fs::write(path, &now).expect("the file is written");
    }
    let kept = std::fs::read_to_string(path).expect("the hundred baskets");
    for (n, (now, kept)) in now.lines().zip(kept.lines()).enumerate() {
        assert_eq!(now, kept, "basket {}", n + 1);
    }
    assert_eq!(now.lines().count(), kept.lines().count());
}

//! The ordinary promotions, as shops know them from elsewhere: what the file says, what is in the basket, and what the
//! customer pays. Every total is reckoned by hand from the shop's prices below.

use serde_json::{Value, json};
use vafa::loyalty::program::file::read_all;
use vafa::story;

/// Sku, price, category, and what else is special.
const SHOP: &[(&str, &str, &str)] = &[
    ("A", "10.00", "a"),
    ("B", "5.00", "b"),
    ("C", "2.00", "c"),
    ("P9", "9.00", "p"),
    ("P8", "8.00", "p"),
    ("P7", "7.00", "p"),
    ("P6", "6.00", "p"),
    ("P5", "5.00", "p"),
    ("P4", "4.00", "p"),
    ("P3", "3.00", "p"),
    ("P2", "2.00", "p"),
    ("P1", "1.00", "p"),
    ("COLA", "1.50", "drinks/soft"),
    ("BEER", "2.50", "drinks/beer"),
    ("SHIRT", "20.00", "clothes/shirts"),
    ("SHOES", "80.00", "clothes/shoes"),
    ("OLD", "30.00", "clothes/shirts"),
    ("CHEESE", "12.00", "food"),
    ("DIESEL", "1.799", "fuel"),
    ("MUG", "8.00", "mugs"),
    ("TV", "500.00", "electronics"),
    ("DELIVERY", "4.90", "delivery"),
];

fn products() -> Value {
    let product = |(sku, price, category): &(&str, &str, &str)| {
        let mut product = json!({"sku": sku, "price": price, "categories": [category]});
        match *sku {
            "OLD" => product["on_sale"] = json!(true),
            "CHEESE" => product["unit"] = json!("kg"),
            "DIESEL" => product["unit"] = json!("l"),
            "SHIRT" => product["brand"] = json!("acme"),
            "TV" => product["floor_price"] = json!("450.00"),
            _ => {}
        }
        product
    };
    SHOP.iter().map(product).collect()
}

/// "A 2, CHEESE 0.5"
fn lines(basket: &str) -> Value {
    let line = |text: &str| {
        let (sku, qty) = text.trim().split_once(' ').unwrap_or((text.trim(), "1"));
        json!({"sku": sku, "qty": qty.trim()})
    };
    basket.split(',').map(line).collect()
}

/// A file of one rule may leave its head out.
fn program(rules: &str) -> (String, String) {
    let rules = if rules.contains("[[rule]]") {
        rules.to_owned()
    } else {
        format!("[[rule]]\n{rules}")
    };
    (
        "promotion.toml".to_owned(),
        format!("id = \"promotion\"\n{rules}\n"),
    )
}

fn run(rules: &str, steps: Value) -> Vec<Value> {
    let text = json!({
        "currency": "EUR", "timezone": "Europe/Berlin", "products": products(), "steps": steps,
        "members": [
            {"id": "ana", "groups": [{"name": "student"}]}, {"id": "ben"},
        ],
    });
    let story = story::read("story.json", &text.to_string()).expect("a story");
    let programs = read_all(&[program(rules)], story.terms.clone());
    let programs = programs.unwrap_or_else(|mistakes| panic!("{rules}\n{mistakes:#?}"));
    story.run(&programs)
}

/// On a Tuesday, at noon.
fn buy(rules: &str, basket: &str) -> Value {
    let sale = json!({"id": "s", "at": "2026-02-10T12:00:00", "lines": lines(basket)});
    run(rules, json!([{"sale": sale}])).remove(0)
}

/// What kind of promotion it is, what the file says, what is bought, and what is to be paid.
const PROMOTIONS: &[(&str, &str, &str, &str)] = &[
    (
        "percent on the order",
        r#"gives = { off = "10 %" }"#,
        "A, B",
        "13.50",
    ),
    (
        "amount on the order",
        r#"gives = { off = "5.00", of = "basket" }"#,
        "A, B",
        "10.00",
    ),
    (
        "amount above the order",
        r#"gives = { off = "50.00", of = "basket" }"#,
        "A",
        "0.00",
    ),
    (
        "percent on an article",
        "needs = { goods = { sku = \"A\" } }\ngives = { off = \"10 %\" }",
        "A 2, B",
        "23.00",
    ),
    (
        "percent on a category and all below it",
        "needs = { goods = { category = \"clothes\" } }\ngives = { off = \"25 %\" }",
        "SHIRT, SHOES, A",
        "85.00",
    ),
    (
        "percent on two categories",
        "needs = { goods = { category = [\"a\", \"c\"] } }\ngives = { off = \"50 %\" }",
        "A, B, C",
        "11.00",
    ),
    (
        "percent on a brand",
        "needs = { goods = { brand = \"acme\" } }\ngives = { off = \"20 %\" }",
        "SHIRT, SHOES",
        "96.00",
    ),
    (
        "amount off each unit",
        "needs = { goods = { sku = \"A\" } }\ngives = { off = \"1.50\" }",
        "A 3",
        "25.50",
    ),
    (
        "amount off each, more than it costs",
        "needs = { goods = { sku = \"C\" } }\ngives = { off = \"3.00\" }",
        "C 2",
        "0.00",
    ),
    (
        "amount off each kilogram",
        "needs = { goods = { unit = \"kg\" } }\ngives = { off = \"2.00\" }",
        "CHEESE 0.5",
        "5.00",
    ),
    (
        "amount off each litre",
        "needs = { goods = { unit = \"l\" } }\ngives = { off = \"0.05\" }",
        "DIESEL 40",
        "69.96",
    ),
    // Goods that are left out.
    (
        "a category but one article",
        "needs = { goods = { category = \"clothes\", except = { sku = \"SHOES\" } } }\ngives = { off = \"10 %\" }",
        "SHIRT, SHOES",
        "98.00",
    ),
    (
        "all goods but a category",
        "needs = { goods = { except = { category = \"clothes\" } } }\ngives = { off = \"10 %\", of = \"goods\" }",
        "A, SHIRT",
        "29.00",
    ),
    (
        "the basket but beer",
        "needs = { goods = { except = { category = \"drinks/beer\" } } }\ngives = { off = \"10 %\" }",
        "A, BEER 2",
        "14.00",
    ),
    (
        "all but one article and one category",
        "needs = { goods = { except = [{ sku = \"A\" }, { category = \"b\" }] } }\ngives = { off = \"10 %\" }",
        "A, B, C",
        "16.80",
    ),
    (
        "a category but what is reduced in it",
        "needs = { goods = { category = \"clothes\", except = { on_sale = true } } }\ngives = { off = \"10 %\" }",
        "SHIRT, OLD",
        "48.00",
    ),
    (
        "not on goods already reduced",
        "needs = { goods = { on_sale = false } }\ngives = { off = \"10 %\" }",
        "SHIRT, OLD",
        "48.00",
    ),
    (
        "only on goods already reduced",
        "needs = { goods = { on_sale = true } }\ngives = { off = \"10 %\" }",
        "SHIRT, OLD",
        "47.00",
    ),
    (
        "percent on a price range",
        "needs = { goods = { from_price = \"10.00\", below_price = \"50.00\" } }\ngives = { off = \"10 %\", of = \"goods\" }",
        "A, B, SHIRT, SHOES",
        "112.00",
    ),
    (
        "a price range takes in its lower end and not its upper",
        "needs = { goods = { from_price = \"5.00\", below_price = \"10.00\" } }\ngives = { off = \"20 %\", of = \"goods\" }",
        "A, B",
        "14.00",
    ),
    // Prices of their own.
    (
        "fixed price",
        "needs = { goods = { sku = \"A\" } }\ngives = { price = \"7.99\" }",
        "A 2, B",
        "20.98",
    ),
    (
        "fixed price above the list",
        "needs = { goods = { sku = \"C\" } }\ngives = { price = \"3.00\" }",
        "C",
        "2.00",
    ),
    (
        "fixed price as an offer",
        "needs = { goods = { sku = \"A\" } }\ngives = { price = \"7.99\" }\nphase = 2",
        "A",
        "7.99",
    ),
    (
        "one price for the basket",
        r#"gives = { price = "50.00", of = "basket" }"#,
        "SHOES",
        "50.00",
    ),
    (
        "one price above the basket",
        r#"gives = { price = "50.00", of = "basket" }"#,
        "A",
        "10.00",
    ),
    // Amounts and quantities that must be reached.
    (
        "minimum order, at its value",
        "needs = { total = \"100.00\" }\ngives = { off = \"10 %\" }",
        "SHOES, SHIRT",
        "90.00",
    ),
    (
        "minimum order, not reached",
        "needs = { total = \"100.00\" }\ngives = { off = \"10 %\" }",
        "SHOES, A",
        "90.00",
    ),
    (
        "one step of amounts",
        "needs = { total = { from = \"50.00\", below = \"100.00\" } }\ngives = { off = \"5 %\" }",
        "SHOES",
        "76.00",
    ),
    (
        "one step of amounts, passed",
        "needs = { total = { from = \"50.00\", below = \"100.00\" } }\ngives = { off = \"5 %\" }",
        "SHOES, SHIRT",
        "100.00",
    ),
    (
        "two steps of amounts",
        "[[rule]]\nneeds = { total = { from = \"50.00\", below = \"100.00\" } }\ngives = { off = \"5 %\" }\n\
         [[rule]]\nneeds = { total = \"100.00\" }\ngives = { off = \"10 %\" }",
        "SHOES, SHIRT",
        "90.00",
    ),
    (
        "minimum quantity",
        "needs = { goods = { sku = \"A\" }, quantity = \"3\" }\ngives = { off = \"10 %\" }",
        "A 3",
        "27.00",
    ),
    (
        "minimum quantity, not reached",
        "needs = { goods = { sku = \"A\" }, quantity = \"3\" }\ngives = { off = \"10 %\" }",
        "A 2",
        "20.00",
    ),
    (
        "one step of quantities",
        "needs = { goods = { sku = \"A\" }, quantity = { from = \"3\", below = \"5\" } }\ngives = { off = \"10 %\" }",
        "A 4",
        "36.00",
    ),
    (
        "one step of quantities, passed",
        "needs = { goods = { sku = \"A\" }, quantity = { from = \"3\", below = \"5\" } }\ngives = { off = \"10 %\" }",
        "A 5",
        "50.00",
    ),
    (
        "two steps of quantities",
        "[[rule]]\nneeds = { goods = { sku = \"A\" }, quantity = { from = \"2\", below = \"4\" } }\ngives = { off = \"5 %\" }\n\
         [[rule]]\nneeds = { goods = { sku = \"A\" }, quantity = \"4\" }\ngives = { off = \"10 %\" }",
        "A 3",
        "28.50",
    ),
    // What else is in the basket.
    (
        "contains an article",
        "needs = { contains = { sku = \"A\" } }\ngives = { off = \"10 %\", of = \"basket\" }",
        "A, B",
        "13.50",
    ),
    (
        "contains it not",
        "needs = { contains = { sku = \"A\" } }\ngives = { off = \"10 %\", of = \"basket\" }",
        "B",
        "5.00",
    ),
    (
        "contains two of a category",
        "needs = { contains = { category = \"drinks\", quantity = \"2\" } }\ngives = { off = \"1.00\", of = \"basket\" }",
        "COLA, BEER",
        "3.00",
    ),
    (
        "contains one of a category, two are needed",
        "needs = { contains = { category = \"drinks\", quantity = \"2\" } }\ngives = { off = \"1.00\", of = \"basket\" }",
        "COLA",
        "1.50",
    ),
    (
        "contains an amount of a category, at its value",
        "needs = { contains = { category = \"clothes\", amount = \"100.00\" }, goods = { sku = \"A\" } }\ngives = { off = \"50 %\" }",
        "SHOES, SHIRT, A",
        "105.00",
    ),
    (
        "contains less than the amount",
        "needs = { contains = { category = \"clothes\", amount = \"100.00\" }, goods = { sku = \"A\" } }\ngives = { off = \"50 %\" }",
        "SHOES, A 3",
        "110.00",
    ),
    (
        "contains this and that",
        "needs = { contains = [{ sku = \"A\" }, { sku = \"B\" }] }\ngives = { off = \"10 %\", of = \"basket\" }",
        "A, B",
        "13.50",
    ),
    (
        "contains this and not that",
        "needs = { contains = [{ sku = \"A\" }, { sku = \"B\" }] }\ngives = { off = \"10 %\", of = \"basket\" }",
        "A, C",
        "12.00",
    ),
    (
        "excludes goods, and they are not there",
        "needs = { lacks = { category = \"drinks\" } }\ngives = { off = \"10 %\" }",
        "A",
        "9.00",
    ),
    (
        "excludes goods, and they are there",
        "needs = { lacks = { category = \"drinks\" } }\ngives = { off = \"10 %\" }",
        "A, BEER",
        "12.50",
    ),
    ("free delivery", FREE_DELIVERY, "SHOES, DELIVERY", "80.00"),
    (
        "free delivery, at its value",
        FREE_DELIVERY,
        "A 5, DELIVERY",
        "50.00",
    ),
    (
        "free delivery, and its own price does not count",
        FREE_DELIVERY,
        "A 4, B, DELIVERY",
        "49.90",
    ),
    // Units of groups.
    ("three for two", THREE_FOR_TWO, "P9, P5, P1", "14.00"),
    (
        "three for two, dearest first",
        THREE_FOR_TWO,
        "P9, P8, P7, P3, P2, P1",
        "22.00",
    ),
    ("three for two, one too few", THREE_FOR_TWO, "P9, P8", "17.00"),
    (
        "buy four, get two",
        "needs = { goods = { category = \"p\" }, every = 6 }\ngives = { free = \"cheapest\", units = 2 }",
        "P9, P8, P7, P3, P2, P1",
        "27.00",
    ),
    (
        "buy four, get two, of eleven",
        "needs = { goods = { sku = \"A\" }, every = 6 }\ngives = { free = \"cheapest\", units = 2 }",
        "A 11",
        "90.00",
    ),
    (
        "second at half",
        "needs = { goods = { category = \"p\" }, every = 2 }\ngives = { off = \"50 %\" }",
        "P9, P5",
        "11.50",
    ),
    (
        "second at half, and a third",
        "needs = { goods = { category = \"p\" }, every = 2 }\ngives = { off = \"50 %\" }",
        "P9, P5, P4",
        "15.50",
    ),
    (
        "every third at 30 % off",
        "needs = { goods = { sku = \"A\" }, every = 3 }\ngives = { off = \"30 %\" }",
        "A 3",
        "27.00",
    ),
    (
        "the dearest of each two",
        "needs = { goods = { category = \"p\" }, every = 2 }\ngives = { off = \"50 %\", of = \"dearest\" }",
        "P9, P5, P4, P1",
        "12.00",
    ),
    (
        "the dearest of two, free",
        "needs = { goods = { category = \"p\" }, every = 2 }\ngives = { free = \"dearest\" }",
        "P9, P5, P4",
        "9.00",
    ),
    (
        "the cheapest of the basket",
        r#"gives = { off = "50 %", of = "cheapest" }"#,
        "P9, P5",
        "11.50",
    ),
    (
        "the dearest of the basket",
        r#"gives = { off = "50 %", of = "dearest" }"#,
        "P9, P5",
        "9.50",
    ),
    (
        "the two cheapest of the basket",
        r#"gives = { off = "50 %", of = "cheapest", units = 2 }"#,
        "P9, P4, P2",
        "12.00",
    ),
    (
        "the cheapest of the basket, free",
        r#"gives = { free = "cheapest" }"#,
        "P9 2, P4",
        "18.00",
    ),
    (
        "the cheapest of a category at an amount off",
        "needs = { goods = { category = \"p\" } }\ngives = { off = \"2.00\", of = \"cheapest\" }",
        "P9, P4, C",
        "13.00",
    ),
    ("the third for 1.00", THIRD_FOR_ONE, "P9, P5, P4", "15.00"),
    (
        "the third for 1.00, which it costs anyway",
        THIRD_FOR_ONE,
        "P9, P5, P1",
        "15.00",
    ),
    (
        "amount off the cheapest of two",
        "needs = { goods = { category = \"p\" }, every = 2 }\ngives = { off = \"2.00\" }",
        "P9, P5",
        "12.00",
    ),
    (
        "amount off the cheapest, more than it costs",
        "needs = { goods = { category = \"p\" }, every = 2 }\ngives = { off = \"2.00\" }",
        "P9, P1",
        "9.00",
    ),
    // Whole groups.
    ("any three for 10.00", THREE_FOR_TEN, "P9, P5, P4", "10.00"),
    (
        "any three for 10.00, twice",
        THREE_FOR_TEN,
        "P9, P8, P7, P6, P5, P4",
        "20.00",
    ),
    (
        "any three for 10.00, and a fourth",
        THREE_FOR_TEN,
        "P9, P5, P4, P3",
        "13.00",
    ),
    (
        "any three for 10.00, and three that cost less",
        THREE_FOR_TEN,
        "P9, P5, P4, P2, P1 2",
        "14.00",
    ),
    (
        "any three for 10.00, of a hundred",
        THREE_FOR_TEN,
        "P4 100",
        "334.00",
    ),
    (
        "20 % off full groups",
        "needs = { goods = { category = \"p\" }, every = 3 }\ngives = { off = \"20 %\", of = \"group\" }",
        "P9, P6, P5, P4",
        "20.00",
    ),
    (
        "2.00 off full groups",
        "needs = { goods = { category = \"p\" }, every = 3 }\ngives = { off = \"2.00\", of = \"group\" }",
        "P9, P6, P5, P4",
        "22.00",
    ),
    // Sets.
    ("bundle price", BUNDLE, "A, B", "12.00"),
    ("bundle price, twice and one left", BUNDLE, "A 2, B 3", "29.00"),
    ("bundle price, one part missing", BUNDLE, "A 2", "20.00"),
    (
        "bundle with two of one kind",
        "needs = { set = [{ sku = \"A\" }, { sku = \"C\", quantity = 2 }] }\ngives = { price = \"11.00\" }",
        "A, C 3",
        "13.00",
    ),
    (
        "bundle of categories at a share off",
        "needs = { set = [{ category = \"clothes/shirts\" }, { category = \"clothes/shoes\" }] }\ngives = { off = \"20 %\" }",
        "SHIRT, SHOES, A",
        "90.00",
    ),
    (
        "bundle with an amount off",
        "needs = { set = [{ sku = \"A\" }, { sku = \"B\" }] }\ngives = { off = \"3.00\" }",
        "A 2, B",
        "22.00",
    ),
    (
        "bundle that costs less than its price",
        "needs = { set = [{ sku = \"A\" }, { sku = \"C\" }] }\ngives = { price = \"15.00\" }",
        "A, C",
        "12.00",
    ),
    (
        "bundle, the cheapest free",
        "needs = { set = [{ sku = \"A\" }, { sku = \"B\" }] }\ngives = { free = \"cheapest\" }",
        "A, B",
        "10.00",
    ),
    (
        "bundle, the cheapest at half",
        "needs = { set = [{ sku = \"A\" }, { sku = \"B\" }] }\ngives = { off = \"50 %\", of = \"cheapest\" }",
        "A 2, B 2",
        "25.00",
    ),
    (
        "bundle whose portions overlap",
        "needs = { set = [{ category = \"p\" }, { sku = \"P9\" }] }\ngives = { price = \"10.00\" }",
        "P9 2, P5",
        "15.00",
    ),
    // Buy this, get that.
    ("buy two, get another free", BUY_TWO_GET_B, "A 2, B", "20.00"),
    (
        "buy two, get another free, twice",
        BUY_TWO_GET_B,
        "A 5, B 2",
        "50.00",
    ),
    (
        "buy two, get another free, and a second is paid",
        BUY_TWO_GET_B,
        "A 2, B 2",
        "25.00",
    ),
    ("buy one only", BUY_TWO_GET_B, "A, B", "15.00"),
    (
        "buy two, get another at half",
        "needs = { contains = { sku = \"A\", every = 2 }, goods = { sku = \"B\" } }\ngives = { off = \"50 %\", of = \"cheapest\" }",
        "A 2, B",
        "22.50",
    ),
    (
        "buy two, get two others",
        "needs = { contains = { sku = \"A\", every = 2 }, goods = { sku = \"B\" } }\ngives = { free = \"cheapest\", units = 2 }",
        "A 2, B 3",
        "25.00",
    ),
    (
        "buy two of a category, get one of the same",
        "needs = { contains = { category = \"p\", every = 2 }, goods = { category = \"p\" } }\ngives = { free = \"cheapest\" }",
        "P9, P8, P7, P3, P2, P1",
        "22.00",
    ),
    (
        "buy an article, get one of a category",
        "needs = { contains = { sku = \"A\", every = 1 }, goods = { category = \"p\" } }\ngives = { free = \"cheapest\" }",
        "A 2, P9, P4, P1",
        "21.00",
    ),
    (
        "buy this and that, get a third",
        "needs = { contains = [{ sku = \"A\", every = 1 }, { sku = \"B\", every = 2 }], goods = { sku = \"C\" } }\ngives = { free = \"cheapest\" }",
        "A 2, B 3, C 2",
        "37.00",
    ),
    (
        "5.00 off for each two",
        "needs = { contains = { sku = \"A\", every = 2 } }\ngives = { off = \"5.00\", of = \"basket\" }",
        "A 5",
        "40.00",
    ),
    // Amounts for each so much.
    ("10.00 off for each 100.00", PER_HUNDRED, "SHOES 3", "220.00"),
    (
        "10.00 off for each 100.00, at its value",
        PER_HUNDRED,
        "SHOES, SHIRT",
        "90.00",
    ),
    (
        "10.00 off for each 100.00, not reached",
        PER_HUNDRED,
        "SHOES",
        "80.00",
    ),
    (
        "1.00 off for each three",
        "needs = { goods = { sku = \"A\" } }\ngives = { off = \"1.00\", per = \"3 each\" }",
        "A 7",
        "68.00",
    ),
    (
        "1.00 off for each 20.00 of a category",
        "needs = { goods = { category = \"clothes\" } }\ngives = { off = \"1.00\", per = \"20.00\" }",
        "SHIRT, OLD, A 3",
        "78.00",
    ),
    // Largest discounts.
    (
        "at most 5.00",
        "gives = { off = \"10 %\" }\nlimit = { sale = \"5.00\" }",
        "SHOES",
        "75.00",
    ),
    (
        "on three units at most",
        "needs = { goods = { sku = \"A\" } }\ngives = { off = \"10 %\" }\nlimit = { sale = \"3 each\" }",
        "A 5",
        "47.00",
    ),
    (
        "on three units at most, the dearest",
        "needs = { goods = { category = \"p\" } }\ngives = { off = \"50 %\" }\nlimit = { sale = \"3 each\" }",
        "P1 2, P9, P5 2",
        "11.50",
    ),
    (
        "three for two, once",
        "needs = { goods = { category = \"p\" }, every = 3 }\ngives = { free = \"cheapest\" }\nlimit = { sale = \"1 time\" }",
        "P9, P8, P7, P3, P2, P1",
        "23.00",
    ),
    (
        "any three for 10.00, once",
        "needs = { goods = { category = \"p\" }, every = 3 }\ngives = { price = \"10.00\", of = \"group\" }\nlimit = { sale = \"1 time\" }",
        "P9, P8, P7, P6, P5, P4",
        "25.00",
    ),
    (
        "buy four, get two, once",
        "needs = { goods = { sku = \"A\" }, every = 6 }\ngives = { free = \"cheapest\", units = 2 }\nlimit = { sale = \"1 time\" }",
        "A 12",
        "100.00",
    ),
    (
        "10.00 off for each 100.00, once",
        "gives = { off = \"10.00\", per = \"100.00\" }\nlimit = { sale = \"1 time\" }",
        "SHOES 3",
        "230.00",
    ),
    // The floor of a price.
    (
        "a price floor",
        "needs = { goods = { sku = \"TV\" } }\ngives = { off = \"20 %\" }",
        "TV",
        "450.00",
    ),
    (
        "a price floor against two offers",
        "[[rule]]\nneeds = { goods = { sku = \"TV\" } }\ngives = { off = \"5 %\" }\n[[rule]]\ngives = { off = \"10 %\" }",
        "TV",
        "450.00",
    ),
    (
        "a price floor against a free unit",
        "needs = { goods = { sku = \"TV\" }, every = 2 }\ngives = { free = \"cheapest\" }",
        "TV 2",
        "950.00",
    ),
    (
        "a price floor in a bundle",
        "needs = { set = [{ sku = \"TV\" }, { sku = \"A\" }] }\ngives = { price = \"400.00\" }",
        "TV, A",
        "457.84",
    ),
    // When, and to whom.
    (
        "on Tuesdays",
        "when = { weekdays = [\"tue\"] }\ngives = { off = \"10 %\" }",
        "A",
        "9.00",
    ),
    (
        "on Wednesdays",
        "when = { weekdays = [\"wed\"] }\ngives = { off = \"10 %\" }",
        "A",
        "10.00",
    ),
    (
        "happy hour",
        "when = { hours = \"12:00-14:00\" }\ngives = { off = \"10 %\" }",
        "A",
        "9.00",
    ),
    (
        "before happy hour",
        "when = { hours = \"14:00-16:00\" }\ngives = { off = \"10 %\" }",
        "A",
        "10.00",
    ),
    (
        "on the last day",
        "when = { until = \"2026-02-10\" }\ngives = { off = \"10 %\" }",
        "A",
        "9.00",
    ),
    (
        "after the last day",
        "when = { until = \"2026-02-09\" }\ngives = { off = \"10 %\" }",
        "A",
        "10.00",
    ),
    (
        "for members only",
        "who = \"members\"\ngives = { off = \"10 %\" }",
        "A",
        "10.00",
    ),
    // In company.
    (
        "10 % and then 20 %",
        "[[rule]]\ngives = { off = \"10 %\" }\n[[rule]]\ngives = { off = \"20 %\" }",
        "SHOES, SHIRT",
        "72.00",
    ),
    (
        "one of two, the better",
        "[[rule]]\ngives = { off = \"10 %\" }\nwith = { one_of = \"g\" }\n\
         [[rule]]\ngives = { off = \"2.00\", of = \"basket\" }\nwith = { one_of = \"g\" }",
        "A",
        "8.00",
    ),
    (
        "a unit takes part in one unit offer",
        "[[rule]]\nneeds = { goods = { category = \"p\" }, every = 3 }\ngives = { free = \"cheapest\" }\n\
         [[rule]]\nneeds = { goods = { category = \"p\" } }\ngives = { off = \"50 %\" }",
        "P9, P8, P7, P6",
        "20.00",
    ),
];

const FREE_DELIVERY: &str = "needs = { goods = { category = \"delivery\" }, contains = { except = { category = \"delivery\" }, amount = \"50.00\" } }\n\
                             gives = { price = \"0.00\" }";
const THREE_FOR_TWO: &str =
    "needs = { goods = { category = \"p\" }, every = 3 }\ngives = { free = \"cheapest\" }";
const THIRD_FOR_ONE: &str =
    "needs = { goods = { category = \"p\" }, every = 3 }\ngives = { price = \"1.00\", of = \"cheapest\" }";
const THREE_FOR_TEN: &str =
    "needs = { goods = { category = \"p\" }, every = 3 }\ngives = { price = \"10.00\", of = \"group\" }";
const BUNDLE: &str = "needs = { set = [{ sku = \"A\" }, { sku = \"B\" }] }\ngives = { price = \"12.00\" }";
const BUY_TWO_GET_B: &str = "needs = { contains = { sku = \"A\", every = 2 }, goods = { sku = \"B\" } }\ngives = { free = \"cheapest\" }";
const PER_HUNDRED: &str = "gives = { off = \"10.00\", per = \"100.00\" }";

#[test]
fn every_ordinary_promotion_comes_to_what_is_reckoned_by_hand() {
    let mut wrong = Vec::new();
    for (kind, rules, basket, total) in PROMOTIONS {
        let answer = buy(rules, basket);
        if answer["total"] != *total {
            wrong.push(format!(
                "{kind}: {basket} is {}, not {total}\n  {}",
                answer["total"], answer["declined"]
            ));
        }
        let lines = answer["lines"].as_array().expect("lines");
        let cents = |text: &Value| {
            text.as_str()
                .expect("text")
                .replace('.', "")
                .parse::<i64>()
                .expect("cents")
        };
        let discounts: i64 = lines.iter().map(|line| cents(&line["discount"])).sum();
        if discounts != cents(&answer["discount"]) {
            wrong.push(format!("{kind}: the lines' discounts are {discounts}"));
        }
        if lines.iter().any(|line| cents(&line["net"]) < 0) {
            wrong.push(format!("{kind}: a line below zero"));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
    assert!(PROMOTIONS.len() >= 80);
}

fn texts(answer: &Value, what: &str, key: &str) -> Vec<String> {
    let all = answer[what].as_array().expect("a list");
    all.iter()
        .map(|one| one[key].as_str().expect("text").to_owned())
        .collect()
}

const MUG_FROM_FIFTY: &str = "needs = { contains = { amount = \"50.00\" } }\ngives = { gift = \"MUG\" }";
const THIRD_ADDED: &str =
    "needs = { goods = { sku = \"A\" }, every = 3 }\ngives = { free = \"cheapest\", add = true }";

#[test]
fn a_gift_is_added_at_its_price_and_taken_off_again() {
    let answer = buy(MUG_FROM_FIFTY, "A 5");
    assert_eq!(
        answer["lines"][1],
        json!({"sku": "MUG", "qty": "1", "gross": "8.00", "discount": "8.00", "net": "0.00"})
    );
    assert_eq!(
        (&answer["subtotal"], &answer["discount"], &answer["total"]),
        (&json!("58.00"), &json!("8.00"), &json!("50.00"))
    );
    assert_eq!(texts(&answer, "applied", "explain"), ["1 of MUG free"]);
    // One that was scanned is the gift.
    let scanned = buy(MUG_FROM_FIFTY, "A 5, MUG");
    assert_eq!(
        (texts(&scanned, "lines", "sku").len(), &scanned["total"]),
        (2, &json!("50.00"))
    );
    let below = buy(MUG_FROM_FIFTY, "A 4");
    assert_eq!(
        texts(&below, "declined", "why"),
        ["needs 50.00, basket has 40.00"]
    );
    assert_eq!(
        (texts(&below, "lines", "sku").len(), &below["total"]),
        (1, &json!("40.00"))
    );
}

#[test]
fn a_gift_that_nobody_knows_is_not_given() {
    let answer = buy("gives = { gift = \"NOSUCH\" }", "A");
    assert_eq!(
        texts(&answer, "declined", "why"),
        ["the gift NOSUCH is not known here"]
    );
    assert_eq!(
        (texts(&answer, "lines", "sku").len(), &answer["total"]),
        (1, &json!("10.00"))
    );
    // What may not be sold below a floor is no gift.
    let floored = buy("gives = { gift = \"TV\" }", "A");
    assert_eq!(
        (texts(&floored, "lines", "sku").len(), &floored["total"]),
        (1, &json!("10.00"))
    );
}

#[test]
fn units_that_are_free_are_added_where_the_basket_lacks_them() {
    for (rules, basket, quantities, total) in [
        (THIRD_ADDED, "A 1", vec!["1"], "10.00"),
        (THIRD_ADDED, "A 2", vec!["2", "1"], "20.00"),
        (THIRD_ADDED, "A 3", vec!["3"], "20.00"),
        (THIRD_ADDED, "A 4", vec!["4"], "30.00"),
        (THIRD_ADDED, "A 5", vec!["5", "1"], "40.00"),
        (
            "needs = { goods = { sku = \"A\" }, every = 3 }\ngives = { gift = \"MUG\", units = 2 }",
            "A 7",
            vec!["7", "4"],
            "70.00",
        ),
        (
            "needs = { contains = { sku = \"A\", every = 2 }, goods = { sku = \"B\" } }\ngives = { free = \"cheapest\", add = true }",
            "A 4, B 1",
            vec!["4", "1", "1"],
            "40.00",
        ),
        (
            "needs = { contains = { sku = \"A\", every = 2 }, goods = { sku = \"A\" } }\ngives = { free = \"cheapest\", add = true }",
            "A 5",
            vec!["5", "1"],
            "40.00",
        ),
        (
            "needs = { goods = { sku = \"A\" }, every = 3 }\ngives = { free = \"cheapest\", add = true }\nlimit = { sale = \"1 time\" }",
            "A 8",
            vec!["8"],
            "70.00",
        ),
    ] {
        let answer = buy(rules, basket);
        assert_eq!(
            (texts(&answer, "lines", "qty"), &answer["total"]),
            (
                quantities.iter().map(ToString::to_string).collect(),
                &json!(total)
            ),
            "{rules} {basket}"
        );
    }
}

#[test]
fn no_other_rule_sees_what_was_added() {
    let rules = format!(
        "[[rule]]\n{MUG_FROM_FIFTY}\n[[rule]]\nneeds = {{ goods = {{ sku = \"MUG\" }} }}\ngives = {{ off = \"3.00\", of = \"basket\" }}\n\
         [[rule]]\nneeds = {{ total = \"58.00\" }}\ngives = {{ off = \"10 %\" }}\n[[rule]]\nwho = \"members\"\ngives = {{ points = 1, per = \"1 each\" }}"
    );
    let sale = json!({"id": "s", "at": "2026-02-10T12:00:00", "member": "ana", "lines": lines("A 5")});
    let answer = run(&rules, json!([{"sale": sale}])).remove(0);
    assert_eq!(
        (&answer["total"], &answer["earned"]["points"]),
        (&json!("50.00"), &json!("5"))
    );
}

#[test]
fn whoever_returns_what_he_paid_and_keeps_the_gift_pays_for_the_gift() {
    let back = |id: &str, sku: &str, qty: &str| json!({"return": {"id": id, "at": "2026-02-11T12:00:00", "sale": "s", "lines": [{"sku": sku, "qty": qty}]}});
    let sale = json!({"sale": {"id": "s", "at": "2026-02-10T12:00:00", "lines": lines("A 5")}});
    let first = run(
        MUG_FROM_FIFTY,
        json!([sale.clone(), back("r", "A", "5"), back("q", "MUG", "1")]),
    );
    assert_eq!(
        (&first[1]["refund"], &first[2]["refund"]),
        (&json!("42.00"), &json!("8.00"))
    );
    let gift_first = run(
        MUG_FROM_FIFTY,
        json!([sale, back("r", "MUG", "1"), back("q", "A", "5")]),
    );
    assert_eq!(
        (&gift_first[1]["refund"], &gift_first[2]["refund"]),
        (&json!("0.00"), &json!("50.00"))
    );
}

#[test]
fn orders_are_counted_for_whoever_shows_a_card() {
    let first = "needs = { order = 1 }\ngives = { off = \"10 %\" }";
    let each_second = "needs = { order = { every = 2 } }\ngives = { off = \"10 %\" }";
    let second_and_third = "needs = { order = { from = 2, below = 4 } }\ngives = { off = \"10 %\" }";
    for (rules, totals) in [
        (first, ["9.00", "10.00", "10.00", "10.00"]),
        (each_second, ["10.00", "9.00", "10.00", "9.00"]),
        (second_and_third, ["10.00", "9.00", "9.00", "10.00"]),
    ] {
        let sale = |n: usize, member: Option<&str>| {
            let at = format!("2026-02-1{n}T12:00:00");
            json!({"sale": {"id": format!("{n}{member:?}"), "at": at, "member": member, "lines": lines("A")}})
        };
        let answers = run(rules, (0..4).map(|n| sale(n, Some("ana"))).collect());
        let found: Vec<&Value> = answers.iter().map(|answer| &answer["total"]).collect();
        assert_eq!(found, totals, "{rules}");
        let without = run(rules, (0..2).map(|n| sale(n, None)).collect());
        assert!(without.iter().all(|answer| answer["total"] == "10.00"), "{rules}");
    }
}

#[test]
fn a_group_has_its_own_promotion() {
    let rules = "who = { group = \"student\" }\ngives = { off = \"10 %\" }";
    let sale = |id: &str, member: &str| json!({"sale": {"id": id, "at": "2026-02-10T12:00:00", "member": member, "lines": lines("A")}});
    let answers = run(rules, json!([sale("a", "ana"), sale("b", "ben")]));
    assert_eq!(
        (&answers[0]["total"], &answers[1]["total"]),
        (&json!("9.00"), &json!("10.00"))
    );
}

#[test]
fn what_is_missing_is_said_in_one_line() {
    for (rules, basket, why) in [
        (THREE_FOR_TWO, "P9, P8", "1 more of p for a free one"),
        (THREE_FOR_TWO, "A", "needs 3 of p, basket has 0"),
        (THREE_FOR_TEN, "P9, P8", "needs 3 of p, basket has 2"),
        (BUNDLE, "A", "needs 1 of B, basket has 0"),
        (BUY_TWO_GET_B, "A, B", "needs 2 of A, basket has 1"),
        (BUY_TWO_GET_B, "A 2", "needs 1 of B, basket has 0"),
        (
            FREE_DELIVERY,
            "A 4, DELIVERY",
            "needs 50.00 of goods except delivery, basket has 40.00",
        ),
        (PER_HUNDRED, "SHOES", "needs 100.00, basket has 80.00"),
        (
            "needs = { lacks = { category = \"drinks\" } }\ngives = { off = \"10 %\" }",
            "BEER",
            "not together with drinks",
        ),
        (
            "needs = { total = { from = \"5.00\", below = \"9.00\" } }\ngives = { off = \"10 %\" }",
            "A",
            "this step is behind",
        ),
        (
            "needs = { goods = { sku = \"A\" }, quantity = { from = \"1\", below = \"2\" } }\ngives = { off = \"10 %\" }",
            "A 2",
            "this step is behind",
        ),
    ] {
        assert_eq!(
            texts(&buy(rules, basket), "declined", "why"),
            [why],
            "{rules} {basket}"
        );
    }
}

#[test]
fn every_promotion_of_the_vocabulary_comes_to_what_it_says() {
    let text = include_str!("../docs/vocabulary.md");
    let section = text
        .split("\n## ")
        .find(|part| part.starts_with("Ordinary promotions"));
    let blocks = section.expect("the section").split("```toml\n").skip(1);
    let mut run = 0;
    for block in blocks {
        let rules = block.split("```").next().expect("an end");
        let said = rules
            .lines()
            .next()
            .and_then(|line| line.strip_prefix("# "))
            .expect("a basket");
        let (basket, total) = said.split_once(": ").expect("a basket and its total");
        let answer = buy(rules, basket);
        assert_eq!(answer["total"], total, "{rules}");
        run += 1;
    }
    assert!(run >= 30, "{run}");
}

/// Every promotion is explained in a sentence that names what it gives.
#[test]
fn every_promotion_is_explained() {
    let story = story::read("story.json", "{\"steps\": []}").expect("a story");
    for (rules, sentence) in [
        (THREE_FOR_TEN, "All customers pay 10.00 for every 3 of p."),
        (
            BUNDLE,
            "All customers pay 12.00 for each set (1 of A and 1 of B).",
        ),
        (
            BUY_TWO_GET_B,
            "All customers get the cheapest of B free, with every 2 of A in the basket.",
        ),
        (
            PER_HUNDRED,
            "All customers get 10.00 off for each 100.00 of any goods.",
        ),
        (
            MUG_FROM_FIFTY,
            "All customers get 1 MUG free, added where the basket has none, with 50.00 or more of any goods in the basket.",
        ),
        (
            FREE_DELIVERY,
            "All customers pay 0.00 for delivery, with 50.00 or more of goods except delivery in the basket.",
        ),
        (
            "needs = { goods = { sku = \"A\" }, quantity = { from = \"3\", below = \"5\" } }\ngives = { off = \"10 %\" }",
            "All customers get 10 % off A, with 3 to below 5 of A.",
        ),
        (
            "needs = { lacks = { category = \"drinks\" }, order = { every = 5 } }\ngives = { off = \"10 %\" }",
            "All customers get 10 % off the basket (any goods), without drinks in the basket, with every 5th order.",
        ),
        (
            "needs = { goods = { from_price = \"10.00\" }, every = 4 }\ngives = { off = \"2.00\", of = \"dearest\", units = 2 }",
            "All customers get 2.00 off the 2 dearest of every 4 of any goods that cost 10.00 or more.",
        ),
    ] {
        let (name, text) = program(rules);
        let program = vafa::loyalty::program::file::read(&name, &text, &story.terms).expect("a program");
        assert_eq!(
            vafa::loyalty::program::file::explain(&program, &story.terms),
            [sentence]
        );
    }
}

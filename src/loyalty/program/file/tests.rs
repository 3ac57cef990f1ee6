//! Every bad file earns a sentence that says where, what and what instead.

use rstest::rstest;

use super::super::super::amount::{Points, Price, Rate};
use super::super::super::fixture::{S1, S11, S12A, program, terms};
use super::super::reward::{Cut, Pick};
use super::super::rule::With;
use super::super::{EarnBase, Reward};
use super::*;

#[test]
fn the_files_of_the_house_are_read() {
    let s1 = program(S1);
    let terms = s1.purses.values().next().expect("a purse");
    assert_eq!(
        (terms.worth, terms.may_pay),
        (Some(Price::ten_thousandths(10_000)), Some(Rate::ONE))
    );
    assert!(
        matches!(&s1.rules[0].gives, Reward::Earn { points, per: EarnBase::Amount(per), .. }
        if *points == Points::ONE && per.units() == 1000)
    );
    let s11 = program(S11);
    assert_eq!(s11.rules.len(), 3);
    assert_eq!(s11.rules[1].with, With::OneOf("discount-card".to_owned()));
    assert_eq!(s11.rules[1].needs.goods.on_sale, Some(false));
    let s12a = program(S12A);
    assert_eq!(s12a.rules[0].needs.every, 3);
    let free = Reward::UnitsOfGroup {
        cut: Cut::Share(Rate::ONE),
        pick: Pick::Cheapest,
        units: 1,
        add: false,
    };
    assert_eq!(s12a.rules[0].gives, free);
}

#[rstest]
#[case("", 1, "has no id", "id = \"x\"")]
#[case("id = \"y\"", 1, "id is \"y\"", "file's name")]
#[case(
    "id = \"x\"\nnaem = \"X\"",
    2,
    "\"naem\" is not a word of the file",
    "did you mean \"name\""
)]
#[case(
    "id = \"x\"\n[[rule]]\ngives = { pionts = 1 }",
    3,
    "\"pionts\"",
    "did you mean \"points\""
)]
#[case(
    "id = \"x\"\n[[rule]]\ngives = { points = 0.5 }",
    3,
    "points is 0.5",
    "\"0.5\""
)]
#[case(
    "id = \"x\"\n[[rule]]\ngives = { points = 1, per = \"0\" }",
    3,
    "per",
    "an amount"
)]
#[case(
    "id = \"x\"\n[[rule]]\nwho = \"membres\"\ngives = { points = 1 }",
    3,
    "membres",
    "members"
)]
#[case(
    "id = \"x\"\n[[rule]]\nneeds = { code = \" \" }\ngives = { points = 1 }",
    3,
    "code",
    "1 to 64 characters"
)]
#[case(
    "id = \"x\"\n[[rule]]\nneeds = { code = [\"A\", \"b\", \"a \"] }\ngives = { points = 1 }",
    3,
    "the code \"A\" stands here twice",
    "once"
)]
#[case(
    "id = \"x\"\n[[rule]]\nneeds = { code = [] }\ngives = { points = 1 }",
    3,
    "a list without a code",
    "WELCOME"
)]
#[case(
    "id = \"x\"\n[[rule]]\nlimit = { code = \"1 times\" }\ngives = { points = 1 }",
    2,
    "a limit by code on a rule that needs none",
    "code ="
)]
#[case(
    "id = \"x\"\nlimit = { sale = \"1 times\" }\n[[rule]]\ngives = { points = 1 }",
    2,
    "\"sale\" is not a word of limit",
    "total"
)]
#[case(
    "id = \"x\"\nlimit = { total = \"5.00\" }\n[[rule]]\ngives = { message = \"hello\" }",
    2,
    "an amount",
    "2 times"
)]
#[case(
    "id = \"x\"\n[ladder.club]\ncounts = \"miles\"",
    2,
    "a ladder without levels",
    "levels = ["
)]
#[case(
    "id = \"x\"\n[[rule]]\nwho = { tier = \"a/b\" }\ngives = { points = 1 }",
    2,
    "the ladder \"a\" is not declared",
    "[ladder.a]"
)]
#[case(
    "id = \"x\"\n[[rule]]\ngives = { draw = \"25 %\" }",
    3,
    "draw does not say all that it must",
    "vocabulary"
)]
#[case(
    "id = \"x\"\n[[rule]]\ngives = { issue = \"cake\" }",
    2,
    "the reward \"cake\" is not declared",
    "[reward.cake]"
)]
#[case(
    "id = \"x\"\n[[rule]]\nneeds = { spent = { from = \"9.00\", below = \"8.00\" } }\ngives = { points = 1 }",
    3,
    "ends before it starts",
    "below"
)]
#[case(
    "id = \"x\"\n[[rule]]\nneeds = { spent = { from = \"9.00\", within = \"soon\" } }\ngives = { points = 1 }",
    3,
    "within",
    "calendar month"
)]
#[case(
    "id = \"x\"\n[ladder.a]\ncounts = \"miles\"\nlevels = [{ name = \"b\", from = 9 }, { name = \"c\", from = 9 }]",
    2,
    "do not rise",
    "lowest"
)]
#[case("id = \"x\"\n[reward.a]\ncosts = 5", 2, "belong together", "purse")]
#[case(
    "id = \"x\"\n[[rule]]\nneeds = { stamps = 10 }\ngives = { free = \"cheapest\" }",
    3,
    "stamps of no purse",
    "purse"
)]
#[case(
    "id = \"x\"\n[[rule]]\nlimit = { month = \"lots\" }\ngives = { points = 1 }",
    3,
    "month",
    "2 times"
)]
#[case(
    "id = \"x\"\n[reward.cruise]\nwho = { tier = \"miles/gold\" }",
    2,
    "the ladder \"miles\" is not declared",
    "[ladder.miles]"
)]
#[case(
    "id = \"x\"\n[reward.cruise]\nwho = [\"members\", { holds = \"prime\" }]",
    2,
    "the membership \"prime\" is not declared",
    "[membership.prime]"
)]
#[case("id = \"x\"\n[[rule]]\n", 2, "gives nothing", "gives")]
#[case("id = \"x\"\n[[rule]]\ngives = { off = \"101 %\" }", 3, "off", "up to 100")]
#[case(
    "id = \"x\"\n[[rule]]\ngives = { off = \"5 %\", of = \"bascet\" }",
    3,
    "of is \"bascet\"",
    "basket, goods, each, cheapest, dearest or group"
)]
#[case(
    "id = \"x\"\n[[rule]]\ngives = { off = \"2.00\", of = \"group\" }",
    2,
    "a group of nothing",
    "every = 3"
)]
#[case(
    "id = \"x\"\n[[rule]]\nneeds = { every = 3 }\ngives = { price = \"10.00\" }",
    4,
    "a price of a group, or of one unit of it",
    "of = \"group\""
)]
#[case(
    "id = \"x\"\n[[rule]]\nneeds = { every = 3 }\ngives = { free = \"cheapest\", units = 3 }",
    2,
    "as many units reduced as a group has",
    "units below every"
)]
#[case(
    "id = \"x\"\n[[rule]]\nneeds = { contains = {} }\ngives = { off = \"5 %\" }",
    3,
    "contains names nothing",
    "amount = \"50.00\""
)]
#[case(
    "id = \"x\"\n[[rule]]\nneeds = { lacks = {} }\ngives = { off = \"5 %\" }",
    3,
    "lacks names no goods",
    "name them"
)]
#[case(
    "id = \"x\"\n[[rule]]\nneeds = { goods = { except = { except = { sku = \"A\" } } } }\ngives = { off = \"5 %\" }",
    3,
    "an exception from an exception",
    "name the goods"
)]
#[case(
    "id = \"x\"\n[[rule]]\nneeds = { quantity = { from = \"5\", below = \"5\" } }\ngives = { off = \"5 %\" }",
    3,
    "ends before it starts",
    "below"
)]
#[case(
    "id = \"x\"\n[[rule]]\nneeds = { total = { below = \"5.00\" } }\ngives = { off = \"5 %\" }",
    3,
    "total begins nowhere",
    "from ="
)]
#[case(
    "id = \"x\"\n[[rule]]\nneeds = { order = { from = 4, below = 4 } }\ngives = { off = \"5 %\" }",
    3,
    "an order that never comes",
    "every = 5"
)]
#[case(
    "id = \"x\"\n[[rule]]\nneeds = { set = [{ sku = \"A\" }] }\ngives = { price = \"5.00\" }",
    3,
    "a set of 1 portions",
    "two to six"
)]
#[case(
    "id = \"x\"\n[[rule]]\nneeds = { set = [{ sku = \"A\" }, { quantity = 2 }] }\ngives = { price = \"5.00\" }",
    3,
    "a portion of a set without goods",
    "name the goods"
)]
#[case(
    "id = \"x\"\n[[rule]]\nneeds = { set = [{ sku = \"A\" }, { sku = \"B\" }] }\ngives = { points = 1 }",
    2,
    "a set, and nothing that reduces it",
    "contains"
)]
#[case(
    "id = \"x\"\n[[rule]]\nneeds = { contains = { sku = \"A\", every = 2 } }\ngives = { off = \"5 %\" }",
    2,
    "a reward that is given once",
    "quantity"
)]
#[case(
    "id = \"x\"\n[[rule]]\ngives = { off = \"5 %\", per = \"10.00\" }",
    3,
    "per without an amount",
    "per = \"100.00\""
)]
#[case(
    "id = \"x\"\n[[rule]]\ngives = { off = \"5.00\", per = \"sale\" }",
    3,
    "per",
    "3 each"
)]
#[case(
    "id = \"x\"\n[[rule]]\nneeds = { contains = { sku = \"A\" } }\ngives = { free = \"cheapest\", add = true }",
    2,
    "more than one article",
    "name one sku"
)]
#[case(
    "id = \"x\"\n[[rule]]\nneeds = { every = 3 }\ngives = { points = 1 }",
    2,
    "belong together",
    "cheapest"
)]
#[case(
    "id = \"x\"\n[[rule]]\ngives = { membership = \"club\" }",
    2,
    "not declared",
    "[membership.club]"
)]
#[case(
    "id = \"x\"\n[[rule]]\ngives = { off = \"5 %\" }\nphase = 8",
    2,
    "phase 8",
    "phase 3"
)]
#[case(
    "id = \"x\"\n[[rule]]\ngives = { points = 1, off = \"5 %\" }",
    3,
    "several",
    "a rule for each"
)]
#[case(
    "id = \"x\"\n[rule]\ngives = { points = 1 }",
    2,
    "rule is a table",
    "[[rule]]"
)]
#[case("id = \"x\"\n[purse.points]\nworth = \"-1\"", 3, "worth", "below 0")]
#[case("id = \"x\"\nwhen = { until = \"2026-02-30\" }", 2, "until", "not a day")]
#[case("id = \"x\"\nid = \"x\"", 2, "duplicate", "TOML")]
#[case("id = x", 1, "", "TOML")]
fn a_mistake_says_where_what_and_what_instead(
    #[case] text: &str,
    #[case] line: usize,
    #[case] found: &str,
    #[case] accepted: &str,
) {
    let mistakes = read("programs/x.toml", text, &terms()).expect_err("a mistake");
    let [mistake] = mistakes.as_slice() else {
        panic!("one mistake, not {mistakes:#?}");
    };
    assert_eq!(mistake.line, line, "{mistake}");
    assert!(mistake.found.contains(found), "{mistake}");
    assert!(mistake.accepted.contains(accepted), "{mistake}");
    assert!(
        mistake
            .to_string()
            .starts_with(&format!("programs/x.toml:{line}: ")),
        "{mistake}"
    );
}

#[test]
fn all_mistakes_come_at_once_in_the_order_of_the_lines() {
    let text = "id = \"x\"\ngaol = \"y\"\n[[rule]]\ngives = { off = \"0 %\" }\nwhit = 1\n[[rule]]\nwho = 3\n";
    let mistakes = read("x.toml", text, &terms()).expect_err("mistakes");
    let lines: Vec<usize> = mistakes.iter().map(|mistake| mistake.line).collect();
    assert_eq!(lines, [2, 4, 5, 6, 7]);
}

#[test]
fn a_rule_is_explained_in_a_sentence() {
    let sentences = |file| explain(&program(file), &terms());
    assert_eq!(
        sentences(S1),
        ["Members earn 1 point per 10.00 spent on any goods."]
    );
    assert_eq!(
        sentences(S12A),
        ["All customers get the cheapest of every 3 of gum free."]
    );
    assert_eq!(
        sentences(S11)[1],
        "Holders of discount-card get 5 % off the basket (any goods not already reduced), or another offer of \
         discount-card where that gives more."
    );
    assert_eq!(
        sentences(S11)[0],
        "Members who do not hold discount-card get discount-card for ever, from the next sale on, with a basket of \
         1500.00 or more."
    );
    assert!(sentences(S11)[2].starts_with("Holders of discount-card on their birthday get 10 % off"));
    let month = (
        "x.toml",
        "id = \"x\"\n[membership.club]\nmonths = 1\n[[rule]]\ngives = { membership = \"club\" }\n",
    );
    assert_eq!(
        sentences(month),
        ["All customers get club for 1 month, from the next sale on."]
    );
    let together = (
        "x.toml",
        "id = \"x\"\n[[rule]]\nneeds = { spent = { from = \"10.00\", within = \"calendar year\", of = \"organisation\" } }\n\
         gives = { off = \"2 %\", of = \"basket\" }\n",
    );
    assert_eq!(
        sentences(together),
        [
            "All customers get 2 % off the basket (any goods), having spent 10.00 or more in the calendar year, all buyers of \
          their organisation together."
        ]
    );
}

#[test]
fn the_files_of_the_house_read_aloud() {
    let said = |name: &str| {
        let path = format!("{}/programs/{name}.toml", env!("CARGO_MANIFEST_DIR"));
        let text = std::fs::read_to_string(path).expect("a file");
        let program = read(&format!("{name}.toml"), &text, &terms()).expect("a program");
        let all: Vec<String> = explain(&program, &terms())
            .into_iter()
            .chain(explain_catalogue(&program))
            .collect();
        all
    };
    for (name, sentence) in [
        ("s2a-eleventh-free", "Members get 1 burger-stamp for each BURGER."),
        (
            "s2a-eleventh-free",
            "Members get one BURGER free, for 10 burger-stamps.",
        ),
        (
            "s2c-lenses",
            "Members get one free pair of lenses, for 10 lens-stamps.",
        ),
        (
            "s6-coalition",
            "Members get one smart card, with LAPTOP that cost 20000.00 or more in the basket.",
        ),
        (
            "s16-fuel",
            "Customers of tier plus get 0.05 off each l of DIESEL, PETROL95, at most 30 l a sale.",
        ),
        ("s16-fuel", "Members earn 1 point for each l of DIESEL, PETROL95."),
        ("s5-repair", "Members may give 500 points for one free repair."),
        (
            "b4-agent",
            "All customers earn 500 miles for each TICKET-BUSINESS for the member who sold.",
        ),
        (
            "b5-contract",
            "Members may give 5000 points for one cruise, of which there are 2.",
        ),
        (
            "b7-hobby",
            "Customers who like fishing may give 300 points for one fishing rod.",
        ),
        (
            "b8-donate",
            "Members may give 100 points to charity (a gift of 100 points).",
        ),
        (
            "b9-store-dollars",
            "Members earn 1 store-dollar for each one, for cartridge-return, at most 100 a month.",
        ),
        (
            "b13-exchange",
            "Members may change 200 points into 100 miles (100 miles of the bank).",
        ),
    ] {
        let all = said(name);
        assert!(all.iter().any(|one| one == sentence), "{sentence}\n{all:#?}");
    }
}

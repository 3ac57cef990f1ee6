//! Receipts at each width of paper.

use unicode_width::UnicodeWidthStr;

use super::*;
use crate::loyalty::amount::{Points, Price, Rate};
use crate::loyalty::basket::Basket;
use crate::loyalty::goods::Goods;
use crate::loyalty::id::{BasketId, MembershipId, ProgramId, SiteId, Sku};
use crate::loyalty::journal::ReturnedLine;
use crate::loyalty::member::{Known, Member, Standing};
use crate::loyalty::quote::{LinePart, QuotedLine, Reason};

fn inr() -> Currency {
    Currency::of("INR").expect("a currency")
}

fn line(name: &str, quantity: &str, price: &str, unit: &str) -> Line {
    let price = Price::parse(price).expect("a price");
    Line {
        goods: Goods {
            name: name.to_owned(),
            unit: Unit::of(unit),
            ..Goods::uncatalogued(Sku::parse("SKU").expect("a sku"), Some(price))
        },
        quantity: Quantity::parse(quantity).expect("a quantity"),
        price,
        added_by: None,
    }
}

fn sale() -> Sale {
    let zone = Zone::named("Asia/Kolkata").expect("a zone");
    let opened = Moment::parse("2026-02-14T09:40:00", &zone).expect("a time");
    let (id, site) = (BasketId::parse("b-1"), SiteId::parse("nh48-manesar"));
    let mut basket = Basket::open(id.expect("a name"), opened, site.expect("a name"));
    basket.lines = vec![
        line("Diesel BS-VI", "32.45", "89.97", "l"),
        line(
            "Center Fresh chewing gum, spearmint, the long pack",
            "3",
            "5.00",
            "each",
        ),
        line("हिन्दी अख़बार\u{1b}p", "1", "20.00", "each"),
    ];
    let gross: Vec<Money> = basket.lines.iter().map(|line| line.gross(inr())).collect();
    let subtotal: Money = gross.iter().copied().sum();
    let discount = Money::minor(500);
    let total = subtotal - discount;
    let purse = PurseId::parse("points").expect("a name");
    let program = ProgramId::parse("gum-3-for-2").expect("a name");
    let earn = Change::Earn {
        purse: purse.clone(),
        amount: Points::whole(294),
        program: program.clone(),
        expires: None,
    };
    let grant = Change::Grant {
        membership: MembershipId::parse("discount-card").expect("a name"),
        program: program.clone(),
        until: None,
    };
    let mut standing = Standing::default();
    standing.purses.insert(purse, Points::whole(1240));
    let off = [Money::ZERO, discount, Money::ZERO];
    let why = Reason::CheapestOfGroup {
        every: 3,
        off: Rate::ONE,
        units: 1,
    };
    Sale {
        quote: Quote {
            lines: gross
                .iter()
                .zip(off)
                .map(|(gross, discount)| QuotedLine {
                    gross: *gross,
                    discount,
                })
                .collect(),
            subtotal,
            discount,
            total,
            due: total,
            taxes: vec![TaxShare {
                rate: Rate::percent("18").expect("a rate"),
                base: Money::minor(249_451),
                tax: Money::minor(44_902),
            }],
            applied: vec![Applied {
                program,
                amount: discount,
                parts: vec![LinePart {
                    line: 1,
                    amount: discount,
                }],
                why,
            }],
            changes: vec![earn, grant],
            ..Quote::default()
        },
        basket,
        known: Some(Known {
            member: Member::named(crate::loyalty::id::MemberId::parse("m-1").expect("a name")),
            standing,
            organisation: None,
        }),
        tender: Tender::Cash {
            received: Money::minor(300_000),
            change: Money::minor(300_000) - total,
        },
        source: None,
        as_of: 1,
        drawn: None,
        approved_by: None,
    }
}

fn on_paper<T>(columns: u16, print: impl FnOnce(&Paper<'_>) -> T) -> T {
    let terms = Terms::of("INR", "Asia/Kolkata", "tax_inclusive").expect("terms");
    let id = SaleId::parse("t1-42-9f3ac21b").expect("an id");
    let zone = Zone::named("Asia/Kolkata").expect("a zone");
    print(&Paper {
        id: &id,
        terms: &terms,
        zone: &zone,
        columns,
        names: &BTreeMap::from([]),
    })
}

#[test]
fn a_sale_on_three_papers() {
    for columns in [32, 42, 48] {
        let lines = on_paper(columns, |paper| of_sale(paper, &sale()));
        for line in &lines {
            assert!(line.width() <= usize::from(columns), "{columns}: {line:?}");
            assert!(!line.chars().any(char::is_control), "{line:?}");
        }
        insta::assert_snapshot!(format!("sale-{columns}"), lines.join("\n"));
    }
}

#[test]
fn a_return_names_its_sale_and_what_goes_back() {
    let sale = sale();
    let back = Return {
        sale: SaleId::parse("t1-41-00c0ffee").expect("an id"),
        lines: vec![ReturnedLine {
            line: 1,
            quantity: Quantity::whole(3),
            value: Money::minor(1000),
        }],
        refund: Money::minor(1000),
        to_purses: Money::ZERO,
        changes: vec![Change::TakeBack {
            purse: PurseId::parse("points").expect("a name"),
            amount: Points::ONE,
            program: ProgramId::parse("s1-points").expect("a name"),
        }],
        others: Vec::new(),
    };
    let lines = on_paper(42, |paper| of_return(paper, &back, &sale, sale.basket.opened));
    insta::assert_snapshot!("return-42", lines.join("\n"));
}

#[test]
fn a_second_print_says_so_at_both_ends() {
    let lines = duplicate(vec!["x".to_owned()], 32);
    assert_eq!(lines.len(), 3);
    assert!(lines[0].contains("DUPLICATE") && lines[2].contains("DUPLICATE"));
}

#[test]
fn words_break_at_spaces_and_long_words_are_cut() {
    for (text, width, lines) in [
        ("a bc def", 4, vec!["a bc", "def"]),
        ("abcdefgh", 3, vec!["abc", "def", "gh"]),
        ("漢字漢字", 4, vec!["漢字", "漢字"]),
        ("", 4, vec![""]),
    ] {
        assert_eq!(wrap(text, width), lines, "{text:?} at {width}");
    }
}

//! Quotes of many baskets under many sets of programs, as they were recorded once: whoever makes the engine faster, or
//! tidier, must leave every one of them as it is. Chance has a seed; each line tells one basket in figures, and closes with a
//! hash of everything that the quote says.

#[path = "../benches/goals/chain.rs"]
mod chain;

use std::fmt::Write;

use vafa::loyalty::amount::{Points, Price, Quantity, Rate};
use vafa::loyalty::basket::{Basket, Line, Wish};
use vafa::loyalty::calendar::{Day, Moment, Zone};
use vafa::loyalty::engine;
use vafa::loyalty::goods::{Goods, Unit};
use vafa::loyalty::id::{BasketId, MemberId, PurseId, SiteId, Sku};
use vafa::loyalty::member::{Holder, Known, Member, Standing};
use vafa::loyalty::program::{ProgramSet, Site, Terms, file};
use vafa::loyalty::quote::Quote;

const BASKETS: u64 = 400;

/// Chance with a seed (SplitMix64).
struct Chance(u64);

impl Chance {
    fn bits(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        z ^ (z >> 31)
    }

    fn below(&mut self, end: usize) -> usize {
        usize::try_from(self.bits() % end as u64).expect("below a usize")
    }

    fn of<T: Copy>(&mut self, list: &[T]) -> T {
        list[self.below(list.len())]
    }
}

fn programs(chance: &mut Chance) -> ProgramSet {
    let many = 1 + chance.below(14);
    let files: Vec<(String, String)> = (0..many)
        .map(|n| {
            let shelf = chance.below(6);
            let goods = match chance.below(8) {
                0 => String::new(),
                1 => format!("sku = [\"A{shelf}\", \"A1\"]"),
                2 => format!("brand = \"B{}\"", shelf % 3),
                3 => "unit = \"l\"".to_owned(),
                4 => format!("category = \"shelf-{shelf}\", on_sale = false"),
                5 => format!("category = \"shelf-{shelf}/top\""),
                _ => format!("category = \"shelf-{shelf}\""),
            };
            chain::program(n, chance.below(chain::KINDS), &goods)
        })
        .collect();
    let terms = Terms::of("EUR", "Europe/Berlin", "tax_inclusive").expect("terms");
    file::read_all(&files, terms).unwrap_or_else(|wrong| panic!("{}", wrong.join("\n")))
}

fn line(chance: &mut Chance) -> Line {
    let shelf = chance.below(5);
    let mut goods = Goods::uncatalogued(Sku::parse(&format!("A{}", chance.below(9))).expect("a sku"), None);
    let top = if chance.below(3) == 0 { "/top" } else { "" };
    goods.categories = vec![format!("shelf-{shelf}{top}")];
    if chance.below(6) == 0 {
        goods.categories.push("shelf-0".to_owned());
    }
    goods.on_sale = chance.below(5) == 0;
    goods.brand = (chance.below(3) > 0).then(|| format!("B{}", chance.below(3)));
    goods.tax_rate = chance
        .of(&[None, Some("7"), Some("19")])
        .map(|rate| Rate::percent(rate).expect("a rate"));
    goods.floor_price = (chance.below(9) == 0).then(|| Price::parse("0.90").expect("a price"));
    let cents = chance.of(&[99, 100, 250, 999, 1_799, 4_000]);
    let quantity = if chance.below(7) == 0 {
        goods.unit = Unit::Litre;
        format!("{}.{}", 1 + chance.below(20), chance.below(1_000))
    } else {
        (1 + chance.below(5)).to_string()
    };
    Line {
        goods,
        quantity: Quantity::parse(&quantity).expect("a quantity"),
        price: Price::parse(&format!("{}.{:02}", cents / 100, cents % 100)).expect("a price"),
        added_by: None,
    }
}

fn zone() -> Zone {
    Zone::named("Europe/Berlin").expect("a zone")
}

fn basket(chance: &mut Chance, is_known: bool) -> Basket {
    let opened = Moment::parse("2026-02-10T12:00:00", &zone()).expect("a time");
    let id = BasketId::parse("b1").expect("a name");
    let mut basket = Basket::open(id, opened, SiteId::parse("north").expect("a name"));
    let most = chance.of(&[4, 10, 10, 40]);
    for _ in 0..1 + chance.below(most) {
        basket.add(line(chance)).expect("a basket of moderate size");
    }
    basket.buyer = is_known.then(|| Holder::Member(MemberId::parse("ana").expect("a name")));
    if is_known && chance.below(3) == 0 {
        basket.wishes.push(Wish {
            purse: PurseId::parse("bonus").expect("a name"),
            amount: None,
        });
    }
    basket
}

/// A past at random in everything that these programs count.
fn known(chance: &mut Chance, programs: &ProgramSet) -> Known {
    let mut member = Member::named(MemberId::parse("ana").expect("a name"));
    member.birthday = (chance.below(2) == 0).then(|| Day::parse("1990-02-10").expect("a day"));
    let mut standing = Standing::default();
    for purse in programs.purses.keys() {
        let points = i64::try_from(chance.below(9)).expect("small");
        standing.purses.insert(purse.clone(), Points::whole(points));
    }
    for (_, counter) in programs.metrics.keys() {
        let day = Day::parse(chance.of(&["2025-11-02", "2026-01-20", "2026-02-09"])).expect("a day");
        let amount = i64::try_from(chance.below(9_000)).expect("small");
        standing
            .counters
            .entry(counter.clone())
            .or_default()
            .insert(day, amount);
    }
    Known {
        member,
        standing,
        organisation: None,
    }
}

/// Everything that a quote says, apart from how it is written down.
fn hash(quote: &Quote) -> String {
    let said = format!(
        "{:?} {:?} {:?} {:?} {:?} {:?} {:?} {:?} {}",
        quote.lines,
        quote.applied,
        quote.declined,
        quote.changes,
        quote.others,
        quote.messages,
        quote.payments,
        quote.taxes,
        quote.greedy
    );
    blake3::hash(said.as_bytes()).to_hex()[..12].to_owned()
}

#[test]
fn c28_recorded_baskets_keep_their_quotes() {
    let site = Site {
        id: SiteId::parse("north").expect("a name"),
        partner: None,
        zone: zone(),
    };
    let mut told = String::new();
    for number in 0..BASKETS {
        let mut chance = Chance(number);
        let programs = programs(&mut chance);
        let mut known = (chance.below(5) > 0).then(|| known(&mut chance, &programs));
        // The second sale meets what the first one left.
        for sale in 1..=2 {
            let basket = basket(&mut chance, known.is_some());
            let quote = engine::quote_in_full(&basket, known.as_ref(), &programs, &site);
            // What is not looked at changes nothing, and what is told of is told in the same words and order.
            let short = engine::quote(&basket, known.as_ref(), &programs, &site);
            let mut all = quote.declined.iter();
            assert!(
                short
                    .declined
                    .iter()
                    .all(|declined| all.any(|other| other == declined))
            );
            let declined = quote.declined.clone();
            assert_eq!(Quote { declined, ..short }, quote, "{number}/{sale}");
            let hash = hash(&quote);
            writeln!(
                told,
                "{number}/{sale}: {} programs, {} lines, {} - {} = {}, due {}, {} applied, {} declined, {} changes, {hash}",
                programs.programs.len(),
                basket.lines.len(),
                quote.subtotal.units(),
                quote.discount.units(),
                quote.total.units(),
                quote.due.units(),
                quote.applied.len(),
                quote.declined.len(),
                quote.changes.len(),
            )
            .expect("a text");
            if let Some(known) = &mut known {
                for change in &quote.changes {
                    known.standing.apply(change, basket.opened);
                }
            }
        }
    }
    insta::assert_snapshot!("quotes", told);
}

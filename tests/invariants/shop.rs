//! Random customers with random baskets.

use proptest::prelude::*;
use proptest::sample::select;
use vafa::loyalty::amount::{Points, Price, Quantity, Rate};
use vafa::loyalty::basket::{Basket, Line, Wish};
use vafa::loyalty::calendar::{Day, Moment, Zone};
use vafa::loyalty::engine::{quote, wish_refusal};
use vafa::loyalty::goods::{Goods, Unit};
use vafa::loyalty::id::{BasketId, MemberId, MembershipId, OrganisationId, PartnerId, PurseId, SiteId, Sku};
use vafa::loyalty::member::{Group, Held, Holder, Known, Member, Standing};
use vafa::loyalty::program::{ProgramSet, Site};
use vafa::loyalty::sale::{Sale, Tender};

/// sku, category, brand, unit, price, tax, floor, reduced.
type Row = (
    &'static str,
    &'static str,
    &'static str,
    &'static str,
    &'static str,
    &'static str,
    &'static str,
    bool,
);

/// Goods of random sets, and of the files of the house.
const GOODS: [Row; 18] = [
    ("GUM", "sweet", "Acme", "each", "0.99", "7", "", false),
    ("GUM2", "gum", "Acme", "each", "99.00", "18", "", false),
    ("MINT", "sweet/mint", "", "each", "1.49", "7", "1.20", false),
    ("TEA", "hot", "Acme", "each", "3.00", "18", "", false),
    ("COFFEE", "hot", "", "each", "2.50", "18", "", true),
    ("LAMP", "home", "", "each", "47.11", "18", "40.00", false),
    ("FREE", "sweet", "", "each", "0.00", "", "", false),
    ("PRIME", "", "", "each", "99.00", "18", "", false),
    ("DIESEL", "fuel", "", "l", "1.799", "18", "", false),
    ("CEMENT", "", "", "kg", "0.45", "18", "", false),
    ("BURGER", "food", "", "each", "5.00", "7", "", false),
    ("TOAST", "shop", "", "each", "100.00", "7", "", true),
    ("LENSES", "", "", "each", "80.00", "", "", false),
    ("LAPTOP", "computers", "", "each", "25000.00", "18", "", false),
    ("LIPSTICK", "cosmetics", "", "each", "20.00", "18", "", false),
    ("CONTRACT", "", "", "each", "1000.00", "", "", false),
    ("PRIME-YEAR", "", "", "each", "99.00", "18", "", false),
    ("DELIVERY", "", "", "each", "4.90", "18", "", false),
];

fn goods_of(row: &Row) -> (Goods, Price) {
    let (sku, category, brand, unit, price, tax, floor, on_sale) = *row;
    let price = Price::parse(price).expect("a price");
    let goods = Goods {
        categories: Some(category.to_owned())
            .into_iter()
            .filter(|c| !c.is_empty())
            .collect(),
        unit: Unit::of(unit),
        on_sale,
        tax_rate: Rate::percent(tax).ok(),
        floor_price: Price::parse(floor).ok(),
        brand: Some(brand.to_owned()).filter(|brand| !brand.is_empty()),
        ..Goods::uncatalogued(Sku::parse(sku).expect("a sku"), Some(price))
    };
    (goods, price)
}

fn some_line() -> impl Strategy<Value = Line> {
    (select(GOODS.to_vec()), 1..7_i64, 0..1000_i64, any::<bool>()).prop_map(
        |(row, pieces, part, is_dearer)| {
            let (goods, price) = goods_of(&row);
            let measured = !matches!(goods.unit, Unit::Each);
            let quantity = Quantity::thousandths(pieces * 1000 + if measured { part } else { 0 });
            // A line may have its own price.
            let price = if is_dearer {
                Price::ten_thousandths(price.units() + 700)
            } else {
                price
            };
            Line {
                goods,
                quantity,
                price,
                added_by: None,
            }
        },
    )
}

/// What somebody buys.
pub fn some_lines() -> impl Strategy<Value = Vec<Line>> {
    proptest::collection::vec(some_line(), 1..7)
}

/// A line of the goods with this sku.
pub fn line(sku: &str, quantity: Quantity) -> Line {
    let row = GOODS.iter().find(|row| row.0 == sku).expect("goods of the shop");
    let (goods, price) = goods_of(row);
    Line {
        goods,
        quantity,
        price,
        added_by: None,
    }
}

/// Where everything happens.
pub fn site() -> Site {
    Site {
        id: SiteId::parse("north").expect("a name"),
        partner: PartnerId::parse("grocer").ok(),
        zone: Zone::named("Europe/Berlin").expect("a zone"),
    }
}

/// A moment by the clock on the wall.
pub fn at(text: &str) -> Moment {
    Moment::parse(text, &site().zone).expect("a time")
}

/// A basket of these lines, of nobody.
pub fn basket_of(lines: Vec<Line>) -> Basket {
    let id = BasketId::parse("b1").expect("a name");
    Basket {
        lines,
        ..Basket::open(id, at("2026-02-10T12:00:00"), site().id)
    }
}

/// Ana, with what is in each purse, and marks for what else she has.
fn ana(balances: [i64; 5], marks: [bool; 7], spent: i64, programs: &ProgramSet) -> Known {
    let mut standing = Standing::default();
    for (purse, balance) in ["points", "cash", "miles", "stamps", "cups"]
        .into_iter()
        .zip(balances)
    {
        let purse = PurseId::parse(purse).expect("a name");
        standing.purses.insert(purse, Points::whole(balance));
    }
    let [student, born, card, acme, consent, friend, past] = marks;
    if card {
        let held = Held {
            since: at("2026-01-01T00:00:00"),
            until: None,
        };
        standing
            .memberships
            .insert(MembershipId::parse("card").expect("a name"), held);
    }
    if past {
        for ((_, counter), counting) in &programs.metrics {
            let day = if counting.is_ever {
                "0001-01-01"
            } else {
                "2026-02-01"
            };
            let days = standing.counters.entry(counter.clone()).or_default();
            days.insert(Day::parse(day).expect("a day"), spent);
        }
    }
    let named = |has: bool, name: &str| Some(name.to_owned()).into_iter().filter(|_| has).collect();
    let groups = Some(Group {
        name: "student".to_owned(),
        until: None,
    });
    let member = Member {
        birthday: born.then(|| Day::parse("1990-02-10").expect("a day")),
        groups: groups.into_iter().filter(|_| student).collect(),
        organisation: OrganisationId::parse("acme").ok().filter(|_| acme),
        consents: named(consent, "news"),
        interests: named(consent, "garden"),
        brought_by: MemberId::parse("ben").ok().filter(|_| friend),
        ..Member::named(MemberId::parse("ana").expect("a name"))
    };
    Known {
        member,
        organisation: acme.then(|| standing.clone()),
        standing,
    }
}

/// A basket, and who buys it if anybody.
pub type Customer = (Basket, Option<Known>);

/// A random customer with a random basket: what he is depends on what the programs ask.
pub fn some_customer(programs: ProgramSet) -> impl Strategy<Value = Customer> {
    let lines = some_lines();
    let balances = [0..40_i64, 0..40, 0..200, 0..9, 0..9];
    let marks = proptest::array::uniform7(any::<bool>());
    (lines, balances, marks, 0..200_000_i64, 0..8_u8).prop_map(move |(lines, balances, marks, spent, how)| {
        let mut basket = basket_of(lines);
        basket.codes = Some("save".to_owned())
            .into_iter()
            .filter(|_| how % 3 == 0)
            .collect();
        // What all customers share: this place was dealt a little of each.
        for (index, _) in programs.programs.iter().enumerate() {
            let of_programs = &programs.programs[index];
            let limits = of_programs.rules.iter().enumerate();
            for (n, rule) in limits {
                let counters = rule
                    .limits
                    .iter()
                    .filter_map(|limit| limit.counter(&of_programs.id, Some(n), ""));
                basket
                    .dealt
                    .extend(counters.map(|counter| (counter, spent % 2_000)));
            }
        }
        basket.agent = MemberId::parse("cem").ok().filter(|_| how % 2 == 0);
        if how == 0 {
            return (basket, None);
        }
        let known = ana(balances, marks, spent, &programs);
        basket.buyer = Some(Holder::Member(known.member.id.clone()));
        for (purse, amount) in [("points", None), ("cash", Some(Points::whole(balances[1] / 2)))] {
            let purse = PurseId::parse(purse).expect("a name");
            let wish = Wish { purse, amount };
            if how > 4
                && wish_refusal(
                    &Basket {
                        wishes: vec![wish.clone()],
                        ..basket.clone()
                    },
                    Some(&known),
                    &programs,
                )
                .is_none()
            {
                basket.wishes.push(wish);
            }
        }
        (basket, Some(known))
    })
}

/// The basket as it was sold.
pub fn sold((basket, known): &Customer, programs: &ProgramSet) -> Sale {
    let today = basket.opened.day(&programs.terms.zone);
    Sale {
        approved_by: None,
        quote: quote(basket, known.as_ref(), programs, &site()),
        known: known.as_ref().map(|known| known.as_recorded(today)),
        basket: basket.clone(),
        tender: Tender::Elsewhere,
        source: None,
        as_of: 0,
        drawn: None,
    }
}

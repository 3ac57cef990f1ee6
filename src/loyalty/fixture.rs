//! A small shop for tests: its programs are the files that ship with the house.

use super::amount::{Currency, Money, Points, Price, Quantity, Rate};
use super::basket::{Basket, Line, Wish};
use super::calendar::{Day, Moment, Zone};
use super::goods::{Goods, Unit};
use super::id::{BasketId, MemberId, MembershipId, PurseId, SiteId, Sku};
use super::member::{Held, Holder, Known, Member, Standing};
use super::program::{PriceBasis, Program, ProgramSet, Site, Terms, file};

pub const S1: (&str, &str) = ("s1-points.toml", include_str!("../../programs/s1-points.toml"));
pub const S11: (&str, &str) = (
    "s11-fixed-card.toml",
    include_str!("../../programs/s11-fixed-card.toml"),
);
pub const S12A: (&str, &str) = (
    "s12a-three-for-two.toml",
    include_str!("../../programs/s12a-three-for-two.toml"),
);

pub fn terms_in(currency: &str, price_basis: PriceBasis) -> Terms {
    Terms {
        currency: Currency::of(currency).expect("a currency"),
        zone: Zone::named("Europe/Berlin").expect("a zone"),
        price_basis,
    }
}

pub fn terms() -> Terms {
    terms_in("EUR", PriceBasis::TaxInclusive)
}

pub fn program(file: (&str, &str)) -> Program {
    file::read(file.0, file.1, &terms()).unwrap_or_else(|mistakes| panic!("{mistakes:?}"))
}

pub fn set(files: &[(&str, &str)]) -> ProgramSet {
    set_with(terms(), files)
}

pub fn set_with(terms: Terms, files: &[(&str, &str)]) -> ProgramSet {
    let read = |file: &(&str, &str)| {
        file::read(file.0, file.1, &terms).unwrap_or_else(|mistakes| panic!("{mistakes:?}"))
    };
    let programs = files.iter().map(read).collect();
    ProgramSet::of(terms, programs).expect("programs that agree")
}

pub fn site() -> Site {
    Site {
        id: SiteId::parse("north").expect("a name"),
        partner: None,
        zone: Zone::named("Europe/Berlin").expect("a zone"),
    }
}

pub fn at(text: &str) -> Moment {
    Moment::parse(text, &Zone::named("Europe/Berlin").expect("a zone")).expect("a time")
}

pub fn goods(sku: &str, category: &str) -> Goods {
    Goods {
        categories: vec![category.to_owned()],
        ..Goods::uncatalogued(Sku::parse(sku).expect("a sku"), None)
    }
}

pub fn line(sku: &str, category: &str, quantity: &str, price: &str) -> Line {
    Line {
        goods: goods(sku, category),
        quantity: Quantity::parse(quantity).expect("a quantity"),
        price: Price::parse(price).expect("a price"),
        added_by: None,
    }
}

pub fn reduced(line: Line) -> Line {
    Line {
        goods: Goods {
            on_sale: true,
            ..line.goods
        },
        ..line
    }
}

pub fn taxed(line: Line, percent: &str) -> Line {
    Line {
        goods: Goods {
            tax_rate: Some(Rate::percent(percent).expect("a rate")),
            ..line.goods
        },
        ..line
    }
}

pub fn in_litres(line: Line) -> Line {
    Line {
        goods: Goods {
            unit: Unit::Litre,
            ..line.goods
        },
        ..line
    }
}

pub fn basket(lines: Vec<Line>) -> Basket {
    let id = BasketId::parse("b1").expect("a name");
    Basket {
        lines,
        ..Basket::open(id, at("2026-02-10T12:00:00"), site().id)
    }
}

pub fn for_ana(basket: Basket) -> Basket {
    Basket {
        buyer: Some(Holder::Member(ana())),
        ..basket
    }
}

pub fn wishing(basket: Basket, amount: Option<&str>) -> Basket {
    let wish = Wish {
        purse: points(),
        amount: amount.map(|text| Points::parse(text).expect("points")),
    };
    Basket {
        wishes: vec![wish],
        ..basket
    }
}

pub fn ana() -> MemberId {
    MemberId::parse("ana").expect("a name")
}

pub fn points() -> PurseId {
    PurseId::parse("points").expect("a name")
}

pub fn card() -> MembershipId {
    MembershipId::parse("discount-card").expect("a name")
}

/// Ana with so many points, born on that day, and with a discount card since that moment.
pub fn known(balance: i64, born: Option<&str>, card_since: Option<&str>) -> Known {
    let mut standing = Standing::default();
    standing.purses.insert(points(), Points::whole(balance));
    if let Some(since) = card_since {
        let held = Held {
            since: at(since),
            until: None,
        };
        standing.memberships.insert(card(), held);
    }
    let member = Member {
        birthday: born.map(|day| Day::parse(day).expect("a day")),
        ..Member::named(ana())
    };
    Known {
        member,
        standing,
        organisation: None,
    }
}

pub fn cents(text: &str) -> Money {
    Currency::of("EUR")
        .and_then(|eur| eur.money(text))
        .expect("money")
}

//! What the customer nearly has: of all that a quote did not give, the few things that one more piece, a little money, a
//! stamp or a card would bring. What it would save is not guessed: the basket is priced once more with the missing piece in
//! it, and what even then would not be given is not said at all.

use std::cmp::Reverse;

use super::super::amount::{Money, Points, Price, Quantity};
use super::super::basket::{Basket, Line};
use super::super::goods::Goods;
use super::super::id::{ProgramId, PurseId, Sku};
use super::super::member::{Change, Known};
use super::super::program::rule::Selector;
use super::super::program::{ProgramSet, Reward, Rule, Site};
use super::super::quote::{Declined, Quote, Reason};
use super::offer::{matches, pieces};
use super::quote;

/// So many things at most are priced with what they lack.
const MOST: usize = 6;
/// Larger baskets are not priced again for a hint.
const MOST_LINES: usize = 200;
/// The article that stands for a little more money.
const MORE: &str = "more";

/// Something that is nearly reached.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Nearly {
    /// The program that would give it.
    pub program: ProgramId,
    /// What is missing.
    pub missing: Missing,
    /// What more would be taken off the bill with it; zero where it gives something else.
    pub saves: Money,
    /// With it the bill is not higher than without.
    pub is_free: bool,
}

/// What is missing.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Missing {
    /// More of some goods.
    Goods {
        /// How many more.
        more: Quantity,
        /// Which, as the file or the receipt names them; nothing where all are meant.
        goods: String,
    },
    /// A larger basket.
    Money(Money),
    /// Stamps of a purse.
    Stamps {
        /// How many more.
        more: Points,
        /// Of which purse.
        purse: PurseId,
        /// What earns them, as the file names it; empty where that is anything.
        goods: String,
    },
    /// A card, or a better way to show it: the quote's own reason.
    Card(Reason),
}

/// The few best of what is nearly reached: the nearest first, and of equally near ones what saves most. At most six.
pub fn nearly(
    basket: &Basket,
    known: Option<&Known>,
    programs: &ProgramSet,
    site: &Site,
    now: &Quote,
) -> Vec<Nearly> {
    let look = Look {
        basket,
        known,
        programs,
        site,
        now,
    };
    let declined = now.declined.iter().filter_map(|declined| look.near(declined));
    let mut all: Vec<Near> = Vec::new();
    for near in declined.chain(look.unfinished_groups()) {
        // A card is asked for once, whatever programs would take it.
        let is_card = matches!(near.missing, Missing::Card(_));
        let is_said =
            |other: &Near<'_>| other.missing == near.missing && (is_card || other.program == near.program);
        if !all.iter().any(is_said) {
            all.push(near);
        }
    }
    all.sort_by_key(|near| near.distance);
    all.truncate(MOST);
    let mut all: Vec<(u8, Nearly)> = all
        .into_iter()
        .filter_map(|near| Some((near.distance, look.priced(near)?)))
        .collect();
    all.sort_by_key(|(distance, nearly)| (*distance, Reverse(nearly.saves)));
    let mut said: Vec<Nearly> = Vec::new();
    for (_, nearly) in all {
        // One piece more may bring what two programs give: it is said once.
        if !said.iter().any(|other| other.missing == nearly.missing) {
            said.push(nearly);
        }
    }
    said
}

/// Before it is priced: how far away it is, and the goods that would bring it.
struct Near<'a> {
    program: ProgramId,
    missing: Missing,
    distance: u8,
    /// Why the quote declined it; nothing where it gave, and would give more.
    why: Option<&'a Reason>,
    adds: Option<Line>,
}

struct Look<'a> {
    basket: &'a Basket,
    known: Option<&'a Known>,
    programs: &'a ProgramSet,
    site: &'a Site,
    now: &'a Quote,
}

impl<'a> Look<'a> {
    fn near(&self, declined: &'a Declined) -> Option<Near<'a>> {
        let why = &declined.why;
        let (missing, distance, adds) = match why {
            Reason::NeedsGoods { needs, has, goods } if has.units() > 0 => {
                self.goods(&declined.program, *needs - *has, goods)?
            }
            Reason::MoreForFree { more, goods } => self.goods(&declined.program, *more, goods)?,
            Reason::NeedsTotal { needs, has } => {
                let more = *needs - *has;
                let line = Line {
                    goods: Goods::uncatalogued(Sku::parse(MORE).ok()?, None),
                    quantity: Quantity::ONE,
                    added_by: None,
                    price: Price::parse(&self.programs.terms.currency.text(more)).ok()?,
                };
                let distance = by_share(more.units(), needs.units())?;
                (Missing::Money(more), distance, Some(line))
            }
            Reason::NeedsStamps { more, purse, goods } => {
                // What the sale itself puts on the card is there already; the unit that is free comes on top.
                let left = (*more - self.earned(purse)).max(Points::ZERO);
                let pieces = Quantity::thousandths(left.units()) + Quantity::ONE;
                let rule = self.rules_of(&declined.program).find(|rule| {
                    matches!(rule.gives, Reward::ForStamps { .. })
                        && rule.needs.stamps.as_ref().is_some_and(|(of, _)| of == purse)
                });
                let line = rule.and_then(|rule| self.more_of(&rule.needs.goods, pieces));
                let missing = Missing::Stamps {
                    more: left,
                    purse: purse.clone(),
                    goods: goods.clone(),
                };
                let alone = by_pieces(Quantity::thousandths(left.units()));
                (missing, by_pieces(pieces).or(alone)?, line)
            }
            Reason::NeedsMember | Reason::NoEarning { .. } | Reason::NoMemberPrices { .. } => {
                (Missing::Card(why.clone()), 2, None)
            }
            _ => return None,
        };
        Some(Near {
            program: declined.program.clone(),
            missing,
            distance,
            why: Some(why),
            adds,
        })
    }

    /// What this sale puts into a purse of the buyer.
    fn earned(&self, wanted: &PurseId) -> Points {
        let changes = self.now.changes.iter().map(|change| match change {
            Change::Earn { purse, amount, .. } if purse == wanted => *amount,
            Change::Turn { purse, amount } if purse == wanted => Points::ZERO - *amount,
            _ => Points::ZERO,
        });
        changes.sum()
    }

    /// So many more of the goods that a rule of this program names so.
    fn goods(
        &self,
        program: &ProgramId,
        more: Quantity,
        named_so: &str,
    ) -> Option<(Missing, u8, Option<Line>)> {
        let mut selectors = self.rules_of(program).flat_map(|rule| {
            let needs = &rule.needs;
            let contained = needs.contains.iter().map(|contains| &contains.goods);
            let of_set = needs.set.iter().map(|portion| &portion.goods);
            std::iter::once(&needs.goods).chain(contained).chain(of_set)
        });
        let goods = selectors.find(|goods| goods.text() == named_so)?;
        let line = self.more_of(goods, more)?;
        let goods = named(goods, &line);
        Some((Missing::Goods { more, goods }, by_pieces(more)?, Some(line)))
    }

    /// Rules that gave for whole groups, and could give for one more.
    fn unfinished_groups(&self) -> impl Iterator<Item = Near<'a>> {
        let gave = |program: &ProgramId| self.now.applied.iter().any(|applied| applied.program == *program);
        let programs = self.programs.programs.iter();
        let rules = programs
            .filter(move |program| gave(&program.id))
            .flat_map(|program| program.rules.iter().map(move |rule| (program, rule)));
        rules.filter_map(|(program, rule)| {
            let every = Quantity::whole(i64::from(rule.needs.every));
            let matching = self
                .basket
                .lines
                .iter()
                .filter(|line| matches(line, &rule.needs.goods));
            let has: Quantity = matching.map(|line| pieces(line, line.quantity)).sum();
            let over = has.units().checked_rem(every.units()).filter(|over| *over > 0)?;
            let more = Quantity::thousandths(every.units() - over);
            let line = self.more_of(&rule.needs.goods, more)?;
            Some(Near {
                program: program.id.clone(),
                missing: Missing::Goods {
                    more,
                    goods: named(&rule.needs.goods, &line),
                },
                distance: by_pieces(more)?,
                why: None,
                adds: Some(line),
            })
        })
    }

    fn rules_of(&self, program: &ProgramId) -> impl Iterator<Item = &'a Rule> {
        let of = self
            .programs
            .programs
            .iter()
            .filter(move |one| one.id == *program);
        of.flat_map(|program| &program.rules)
            .collect::<Vec<_>>()
            .into_iter()
    }

    /// More of the cheapest goods of the basket that are meant: nobody is talked into a dearer one.
    fn more_of(&self, goods: &Selector, more: Quantity) -> Option<Line> {
        let matching = self.basket.lines.iter().filter(|line| matches(line, goods));
        let cheapest = matching.min_by_key(|line| line.price)?;
        Some(Line {
            quantity: more,
            ..cheapest.clone()
        })
    }

    /// What it saves; none where the missing piece alone would not bring it.
    fn priced(&self, near: Near<'_>) -> Option<Nearly> {
        let mut nearly = Nearly {
            program: near.program,
            missing: near.missing,
            saves: Money::ZERO,
            is_free: false,
        };
        let Some(line) = near.adds.filter(|_| self.basket.lines.len() < MOST_LINES) else {
            let is_nothing = matches!(&nearly.missing, Missing::Stamps { more, .. } if *more <= Points::ZERO);
            return (!is_nothing).then_some(nearly);
        };
        let mut basket = self.basket.clone();
        let goods = line.goods.clone();
        basket.scan(goods, line.price, line.quantity).ok()?;
        let then = quote(&basket, self.known, self.programs, self.site);
        nearly.saves = (then.discount - self.now.discount).max(Money::ZERO);
        nearly.is_free = then.due <= self.now.due;
        let is_still_missing = match near.why {
            None => nearly.saves.is_zero(),
            Some(why) => {
                let same = |declined: &&Declined| declined.program == nearly.program;
                let kind = std::mem::discriminant(why);
                then.declined
                    .iter()
                    .filter(same)
                    .any(|declined| std::mem::discriminant(&declined.why) == kind)
                    && nearly.saves.is_zero()
            }
        };
        match (&nearly.missing, is_still_missing) {
            // Stamps can come from another sale.
            (Missing::Stamps { more, .. }, true) => (*more > Points::ZERO).then_some(nearly),
            (_, true) => None,
            (Missing::Stamps { .. }, false) if !nearly.saves.is_zero() => {
                nearly.missing = Missing::Goods {
                    more: line.quantity,
                    goods: line.goods.name,
                };
                Some(nearly)
            }
            // The card is full, and what would be free is reduced by another offer as far.
            (Missing::Stamps { more, .. }, false) => (*more > Points::ZERO).then_some(nearly),
            (_, false) => Some(nearly),
        }
    }
}

/// One piece is near, two are rather near; more are no hint.
fn by_pieces(more: Quantity) -> Option<u8> {
    match more.units() {
        1..=1000 => Some(0),
        1001..=2000 => Some(1),
        _ => None,
    }
}

/// A tenth of the threshold is near, a fifth is rather near.
fn by_share(more: i64, of: i64) -> Option<u8> {
    let (more, of) = (i128::from(more), i128::from(of));
    match () {
        () if more * 10 <= of => Some(0),
        () if more * 5 <= of => Some(1),
        () => None,
    }
}

/// The receipt's own name where one article is meant, else the words of the file, of a path of categories the last.
fn named(goods: &Selector, line: &Line) -> String {
    let is_one = goods.skus.len() == 1 && goods.categories.is_empty() && goods.brands.is_empty();
    if is_one {
        return line.goods.name.clone();
    }
    let last = |category: &String| category.rsplit('/').next().unwrap_or_default().to_owned();
    let short = Selector {
        categories: goods.categories.iter().map(last).collect(),
        ..goods.clone()
    };
    short.text()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::loyalty::fixture::{S12A, basket, cents, for_ana, known, line, set, site};

    const HALF: (&str, &str) = (
        "half.toml",
        "id = \"half\"\n[[rule]]\nneeds = { goods = { sku = \"TEA\" }, every = 2 }\ngives = { off = \"50 %\" }\n",
    );
    const FIVE: (&str, &str) = (
        "five.toml",
        "id = \"five\"\n[[rule]]\nneeds = { total = \"100.00\" }\ngives = { off = \"5 %\" }\n",
    );
    const GIFT: (&str, &str) = (
        "gift.toml",
        "id = \"gift\"\n[reward.mug]\n[[rule]]\nneeds = { goods = { sku = \"TEA\" }, quantity = \"3\" }\ngives = { issue = \"mug\" }\n",
    );
    const FIFTH: (&str, &str) = (
        "fifth.toml",
        "id = \"fifth\"\n[purse.cups]\n[[rule]]\nneeds = { goods = { sku = \"TEA\" } }\ngives = { stamp = 1, purse = \"cups\" }\n\
         [[rule]]\nneeds = { goods = { sku = \"TEA\" }, stamps = 5, purse = \"cups\" }\ngives = { free = \"cheapest\" }\n",
    );

    fn said(files: &[(&str, &str)], lines: Vec<Line>) -> Vec<String> {
        let (programs, site) = (set(files), site());
        let (basket, known) = (for_ana(basket(lines)), known(0, None, None));
        let quote = quote(&basket, Some(&known), &programs, &site);
        let all = nearly(&basket, Some(&known), &programs, &site, &quote);
        let text = |one: &Nearly| {
            let what = match &one.missing {
                Missing::Goods { more, goods } => format!("{more} {goods}"),
                Missing::Money(money) => format!("{} more", money.units()),
                Missing::Stamps { more, purse, .. } => format!("{more} {purse}"),
                Missing::Card(_) => "card".to_owned(),
            };
            let free = if one.is_free { " free" } else { "" };
            format!("{}: {what}, {}{free}", one.program, one.saves.units())
        };
        all.iter().map(text).collect()
    }

    #[test]
    fn what_is_near_is_said_with_what_it_saves() {
        let gum = |many: &str| line("MINT", "gum", many, "1.00");
        let tea = |many: &str| line("TEA", "tea", many, "2.00");
        let rows: [(&str, Vec<&str>, Vec<String>); 12] = [
            ("nothing in the basket", vec![], said(&[S12A], vec![])),
            (
                "two of three",
                vec!["s12a-three-for-two: 1 gum, 100 free"],
                said(&[S12A], vec![gum("2")]),
            ),
            (
                "one of three",
                vec!["s12a-three-for-two: 2 gum, 100"],
                said(&[S12A], vec![gum("1")]),
            ),
            ("three are three", vec![], said(&[S12A], vec![gum("3")])),
            (
                "another group",
                vec!["s12a-three-for-two: 1 gum, 100 free"],
                said(&[S12A], vec![gum("5")]),
            ),
            (
                "the second at half price",
                vec!["half: 1 TEA, 100"],
                said(&[HALF], vec![tea("1")]),
            ),
            (
                "ten below the threshold",
                vec!["five: 1000 more, 500"],
                said(&[FIVE], vec![line("A", "x", "1", "90.00")]),
            ),
            (
                "a fifth below it",
                vec!["five: 2000 more, 500"],
                said(&[FIVE], vec![line("A", "x", "1", "80.00")]),
            ),
            (
                "a cent more than that",
                vec![],
                said(&[FIVE], vec![line("A", "x", "1", "79.99")]),
            ),
            (
                "something else than money",
                vec!["gift: 1 TEA, 0"],
                said(&[GIFT], vec![tea("2")]),
            ),
            (
                "stamps of the same sale",
                vec!["fifth: 1 TEA, 200 free"],
                said(&[FIFTH], vec![tea("5")]),
            ),
            (
                "the nearest first, then what saves most",
                vec![
                    "fifth: 1 TEA, 200 free",
                    "s12a-three-for-two: 1 gum, 100 free",
                    "five: 1200 more, 500",
                ],
                said(
                    &[S12A, FIVE, FIFTH],
                    vec![gum("2"), tea("5"), line("A", "x", "1", "76.00")],
                ),
            ),
        ];
        for (what, expected, found) in rows {
            assert_eq!(found, expected, "{what}");
        }
    }

    #[test]
    fn a_card_is_missing_where_nobody_showed_one() {
        let programs = set(&[crate::loyalty::fixture::S1]);
        let (site, basket) = (site(), basket(vec![line("A", "x", "1", "90.00")]));
        let quote = quote(&basket, None, &programs, &site);
        let all = nearly(&basket, None, &programs, &site, &quote);
        assert_eq!(all.len(), 1);
        assert_eq!(all[0].missing, Missing::Card(Reason::NeedsMember));
        assert_eq!(all[0].saves, cents("0.00"));
    }
}

//! What programs would have given on recorded sales: sale after sale through the engine, with members who stand as the
//! sales before have left them. Nothing of a sale is kept, so that a year needs no more memory than its members.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use super::account::{Account, Origin};
use crate::loyalty::amount::{Money, Points};
use crate::loyalty::basket::{Basket, BasketError, Line};
use crate::loyalty::calendar::{Day, Moment};
use crate::loyalty::engine;
use crate::loyalty::goods::Goods;
use crate::loyalty::id::{BasketId, CounterId, MemberId, ProgramId, PurseId, SiteId, Sku};
use crate::loyalty::member::{Change, ForOther, Holder, Known, Member};
use crate::loyalty::program::{ProgramSet, Site};
use crate::recorded::RungUp;

/// A shop in which programs are tried.
pub struct Trial<'a> {
    programs: &'a ProgramSet,
    goods: HashMap<Sku, Goods>,
    /// Members by their card's number: more is not known of them.
    members: HashMap<String, Holder>,
    accounts: BTreeMap<Holder, Account>,
    today: Option<Day>,
    draws: [u8; 32],
    tally: Tally,
}

/// What the programs came to.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Tally {
    /// All sales.
    pub sales: u64,
    /// Sales that a program would have refused, for goods that it keeps for others.
    pub refused: u64,
    /// Cards that were shown at least once.
    pub members: u64,
    /// What all goods came to at their recorded prices.
    pub turnover: Money,
    /// Every program, by id.
    pub programs: BTreeMap<ProgramId, Given>,
}

/// What one program would have given.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Given {
    /// Sales in which it gave something.
    pub sales: u64,
    /// Members to whom it gave something, at the till or when something fell due.
    pub members: BTreeSet<MemberId>,
    /// Money off.
    pub discount: Money,
    /// Units of purses, the members' and others'.
    pub points: BTreeMap<PurseId, Points>,
    /// What the goods of its sales came to at their recorded prices.
    pub turnover: Money,
}

impl<'a> Trial<'a> {
    /// An empty shop with these programs and goods.
    pub fn open(programs: &'a ProgramSet, goods: Vec<Goods>) -> Trial<'a> {
        let by_program = programs.programs.iter();
        let tally = Tally {
            programs: by_program
                .map(|program| (program.id.clone(), Given::default()))
                .collect(),
            ..Tally::default()
        };
        Trial {
            programs,
            goods: goods
                .into_iter()
                .map(|goods| (goods.sku.clone(), goods))
                .collect(),
            members: HashMap::new(),
            accounts: BTreeMap::new(),
            today: None,
            draws: *blake3::hash(b"trial").as_bytes(),
            tally,
        }
    }

    /// What the programs have given so far.
    pub fn tally(&self) -> &Tally {
        &self.tally
    }

    /// Rings up a sale. Fails where its lines are more than one basket holds.
    pub fn ring_up(&mut self, recorded: &RungUp) -> Result<(), BasketError> {
        let site = Site {
            id: recorded.site.clone(),
            partner: None,
            zone: self.programs.terms.zone.clone(),
        };
        let today = recorded.at.day(&self.programs.terms.zone);
        self.pass(today);
        let number = self.tally.sales;
        let id = BasketId::parse(&format!("trial-{number}")).expect("short, and of letters and digits");
        let mut basket = Basket::open(id, recorded.at, recorded.site.clone());
        for (sku, quantity, price) in &recorded.lines {
            let listed = self.goods.get(sku).cloned();
            basket.add(Line {
                goods: listed.unwrap_or_else(|| Goods::uncatalogued(sku.clone(), None)),
                quantity: *quantity,
                price: *price,
                added_by: None,
            })?;
        }
        let buyer = recorded.card.as_ref().map(|card| self.member(card));
        basket.buyer = buyer.clone();
        let known = buyer.as_ref().and_then(|holder| self.known(holder, today));
        basket.dealt = self.left();
        let may_add = self.programs.may_add.iter();
        basket.at_hand = may_add
            .filter_map(|(_, sku)| self.goods.get(sku).cloned())
            .collect();
        let mut quote = engine::quote(&basket, known.as_ref(), self.programs, &site);
        // Gifts that were added to the basket are no turnover.
        let turnover = quote
            .lines
            .iter()
            .take(basket.lines.len())
            .map(|line| line.gross)
            .sum();
        self.tally.sales += 1;
        self.tally.turnover += turnover;
        if engine::reserved(&basket, known.as_ref(), self.programs, &site).is_some() {
            self.tally.refused += 1;
            return Ok(());
        }
        engine::decide(&mut quote, &self.draws, &recorded.source);
        let mut touched: BTreeSet<&ProgramId> = BTreeSet::new();
        for applied in &quote.applied {
            if let Some(given) = self.tally.programs.get_mut(&applied.program) {
                given.discount += applied.amount;
            }
            touched.insert(&applied.program);
        }
        for program in touched {
            let Some(given) = self.tally.programs.get_mut(program) else {
                continue;
            };
            given.sales += 1;
            given.turnover += turnover;
            if let Some(Holder::Member(id)) = &buyer
                && !given.members.contains(id)
            {
                given.members.insert(id.clone());
            }
        }
        self.book(
            buyer.as_ref(),
            &quote.changes,
            &quote.others,
            (number, recorded.at),
        );
        Ok(())
    }

    /// A card's member. Cards that were not shown before begin with nothing.
    fn member(&mut self, card: &str) -> Holder {
        if let Some(holder) = self.members.get(card) {
            return holder.clone();
        }
        let number = self.members.len() + 1;
        let id = MemberId::parse(&format!("card-{number}")).expect("short, and of letters and digits");
        let holder = Holder::Member(id);
        self.members.insert(card.to_owned(), holder.clone());
        self.accounts.insert(holder.clone(), Account::default());
        self.tally.members += 1;
        holder
    }

    fn known(&self, holder: &Holder, today: Day) -> Option<Known> {
        let Holder::Member(id) = holder else {
            return None;
        };
        let account = self.accounts.get(holder)?;
        let mut member = Member::named(id.clone());
        member.brought_by = account.brought_by.clone();
        Some(Known {
            standing: account.standing(today),
            member,
            organisation: None,
        })
    }

    /// What is left of all that everybody shares: the trial is one place, to which all of it is dealt.
    fn left(&self) -> BTreeMap<CounterId, i64> {
        let mut left = self.programs.totals();
        if let Some(shop) = self.accounts.get(&Holder::Shop).filter(|_| !left.is_empty()) {
            for (counter, left) in &mut left {
                *left = left.saturating_sub(shop.counted(counter));
            }
        }
        left
    }

    /// The clock moves on: on the first of each month what is due falls due.
    fn pass(&mut self, today: Day) {
        let before = self.today.replace(today);
        let Some(before) = before.filter(|before| *before < today) else {
            return;
        };
        let mut month = before.first_of(1).plus_months(1);
        while month <= today {
            self.expire(month);
            self.fall_due(month);
            month = month.plus_months(1);
        }
        self.expire(today);
    }

    fn expire(&mut self, today: Day) {
        let purses = self
            .accounts
            .values_mut()
            .flat_map(|account| account.purses.values_mut());
        for purse in purses {
            purse.expire(today);
        }
    }

    fn fall_due(&mut self, day: Day) {
        if self
            .programs
            .programs
            .iter()
            .all(|program| program.rules.iter().all(|rule| rule.each.is_none()))
        {
            return;
        }
        let office = Site {
            id: SiteId::parse("shop").expect("a name"),
            partner: None,
            zone: self.programs.terms.zone.clone(),
        };
        let holders: Vec<Holder> = self.accounts.keys().cloned().collect();
        for holder in holders {
            let Some(known) = self.known(&holder, day) else {
                continue;
            };
            let done = engine::due(day, &known, &holder, self.programs, &office, &self.left());
            let at = self.programs.terms.zone.midnight(day);
            self.book(Some(&holder), &done.changes, &done.others, (self.tally.sales, at));
        }
    }

    /// Books what happened to the accounts, and counts the units of purses by the program that gives them.
    fn book(
        &mut self,
        holder: Option<&Holder>,
        changes: &[Change],
        others: &[ForOther],
        (number, at): (u64, Moment),
    ) {
        let today = at.day(&self.programs.terms.zone);
        let nothing = (BTreeMap::new(), BTreeMap::new());
        let origin = Origin {
            number,
            at,
            today,
            drawn: &nothing.0,
            restored: &nothing.1,
            turned: &nothing.0,
            turned_back: &nothing.1,
        };
        let own = holder.map(|holder| (holder, changes));
        for (holder, changes) in own
            .into_iter()
            .chain(others.iter().map(|other| (&other.holder, &*other.changes)))
        {
            for change in changes {
                if let Change::Earn {
                    purse,
                    amount,
                    program,
                    ..
                } = change
                    && let Some(given) = self.tally.programs.get_mut(program)
                {
                    *given.points.entry(purse.clone()).or_default() += *amount;
                    if let Holder::Member(id) = holder
                        && !given.members.contains(id)
                    {
                        given.members.insert(id.clone());
                    }
                }
            }
            let account = self.accounts.entry(holder.clone()).or_default();
            // A sale that was priced by this very account takes no more from it than is there.
            let _ = account.book(changes, &origin);
        }
    }
}

impl Tally {
    /// A part of the whole turnover as a percentage with two decimals: "12.34".
    pub fn share(&self, part: Money) -> String {
        let whole = i128::from(self.turnover.units());
        let hundredths = match whole {
            0 => 0,
            _ => (i128::from(part.units()) * 20_000 + whole) / (2 * whole),
        };
        format!("{}.{:02}", hundredths / 100, hundredths % 100)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::loyalty::amount::{Price, Quantity};
    use crate::loyalty::fixture::{S1, S11, S12A, at, set};

    /// A shop with chewing gum, and everything else at its recorded price.
    fn gum() -> Vec<Goods> {
        vec![crate::loyalty::fixture::goods("GUM", "gum")]
    }

    fn sale(source: &str, when: &str, card: Option<&str>, lines: &[(&str, &str, &str)]) -> RungUp {
        RungUp {
            source: source.to_owned(),
            at: at(when),
            site: SiteId::parse("north").expect("a name"),
            card: card.map(str::to_owned),
            lines: lines
                .iter()
                .map(|(sku, quantity, price)| {
                    let sku = Sku::parse(sku).expect("a sku");
                    let quantity = Quantity::parse(quantity).expect("a quantity");
                    (sku, quantity, Price::parse(price).expect("a price"))
                })
                .collect(),
        }
    }

    #[test]
    fn a_card_stands_as_the_sales_before_have_left_it() {
        let programs = set(&[S1, S11, S12A]);
        let mut trial = Trial::open(&programs, gum());
        for sale in [
            sale(
                "1",
                "2026-02-02T10:00:00",
                Some("9506000130000000019"),
                &[("TV", "1", "2000.00")],
            ),
            sale(
                "2",
                "2026-02-02T11:00:00",
                Some("9506000130000000026"),
                &[("TV", "1", "100.00")],
            ),
            sale(
                "3",
                "2026-02-03T10:00:00",
                Some("9506000130000000019"),
                &[("TV", "1", "100.00")],
            ),
            sale(
                "4",
                "2026-02-03T11:00:00",
                None,
                &[("GUM", "3", "99.00"), ("TV", "1", "3.00")],
            ),
        ] {
            trial.ring_up(&sale).expect("a sale");
        }
        let tally = trial.tally();
        assert_eq!(
            (tally.sales, tally.members, tally.turnover),
            (4, 2, Money::minor(250_000))
        );
        let of = |id: &str| &tally.programs[&ProgramId::parse(id).expect("a name")];
        let points = |id: &str| of(id).points.values().copied().sum::<Points>();
        // 200 and 10 points, and 9 on the 95.00 that the card of the first sale left of the third.
        assert_eq!(
            (of("s1-points").sales, points("s1-points")),
            (3, Points::whole(219))
        );
        assert_eq!(of("s1-points").members.len(), 2);
        // The card is issued in one sale, and takes 5 % off the next.
        let card = of("s11-fixed-card");
        assert_eq!(
            (card.sales, card.discount, card.members.len()),
            (2, Money::minor(500), 1)
        );
        let gum = of("s12a-three-for-two");
        assert_eq!(
            (gum.sales, gum.discount, gum.turnover),
            (1, Money::minor(9_900), Money::minor(30_000))
        );
        assert_eq!(
            (tally.share(gum.turnover), tally.share(gum.discount)),
            ("12.00".to_owned(), "3.96".to_owned())
        );
        assert_eq!(Tally::default().share(Money::ZERO), "0.00");
    }

    #[test]
    fn what_is_due_falls_due_with_the_month_of_the_sales() {
        let s9 = ("s9-monthly.toml", include_str!("../../programs/s9-monthly.toml"));
        let programs = set(&[s9]);
        let mut trial = Trial::open(&programs, Vec::new());
        for (n, when) in ["2026-01-15T10:00:00", "2026-02-03T10:00:00"].iter().enumerate() {
            let one = sale(
                &n.to_string(),
                when,
                Some("9506000130000000019"),
                &[("TV", "1", "5000.00")],
            );
            trial.ring_up(&one).expect("a sale");
        }
        let given = &trial.tally().programs[&ProgramId::parse("s9-monthly").expect("a name")];
        let bonus = PurseId::parse("bonus").expect("a name");
        assert_eq!(given.points[&bonus], Points::whole(750));
        assert_eq!((given.sales, given.members.len()), (0, 1));
    }
}

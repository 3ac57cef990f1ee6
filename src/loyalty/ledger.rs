//! Purses as entries in and out; a balance is the sum of its entries. Every transfer takes from one account and gives
//! to another, so that all accounts of a purse sum to zero; what a holder has lies in lots with an expiry.

use minicbor::{Decode, Encode};

use super::amount::Points;
use super::calendar::Day;
use super::id::{CharityId, ProgramId, PurseId};
use super::member::Holder;

/// A restored lot lives at least so many days, the day of the return not counted.
pub const GRACE_DAYS: i32 = 30;

/// One side of a transfer.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Encode, Decode)]
pub enum Account {
    /// What a program has given away: the other side of everything earned.
    #[n(0)]
    Issued(#[n(0)] ProgramId),
    /// What a member, or a card not known yet, can spend.
    #[n(1)]
    Holder(#[n(0)] Holder),
    /// What was spent.
    #[n(2)]
    Redeemed,
    /// What lapsed.
    #[n(3)]
    Expired,
    /// Balances brought along from another system.
    #[n(4)]
    Opening,
    /// What was promised offline and was not there: the shop's loss, never the customer's.
    #[n(5)]
    Exposure,
    /// What was given to a charity.
    #[n(6)]
    Charity(#[n(0)] CharityId),
}

impl Account {
    /// The name under which a database keeps the account.
    pub fn name(&self) -> String {
        match self {
            Account::Issued(program) => format!("issued:{program}"),
            Account::Holder(Holder::Member(member)) => format!("member:{member}"),
            Account::Holder(Holder::Card(token)) => token
                .bytes()
                .iter()
                .fold("card:".to_owned(), |name, byte| name + &format!("{byte:02x}")),
            Account::Holder(Holder::Organisation(name)) => format!("organisation:{name}"),
            Account::Holder(Holder::Shop) => "shop".to_owned(),
            Account::Charity(charity) => format!("charity:{charity}"),
            Account::Redeemed => "redeemed".to_owned(),
            Account::Expired => "expired".to_owned(),
            Account::Opening => "opening".to_owned(),
            Account::Exposure => "exposure".to_owned(),
        }
    }
}

/// A movement from one account to another. Never changed, only answered by another.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Transfer {
    /// Which purse.
    pub purse: PurseId,
    /// Whence.
    pub from: Account,
    /// Whither.
    pub to: Account,
    /// How much, above zero.
    pub amount: Points,
    /// Its effective day.
    pub day: Day,
}

/// Points earned together that lapse together.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Lot {
    /// Its number inside the purse, rising.
    pub id: u32,
    /// The day on which it was earned.
    pub earned: Day,
    /// Its last day, included.
    pub expires: Option<Day>,
    /// What is left of it.
    pub left: Points,
    /// The number of the entry that opened it, as the ledger's keeper counts entries.
    pub origin: u64,
}

/// A lot that gained (above zero) or lost.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LotMove {
    /// The lot's number inside the purse.
    pub lot: u32,
    /// The day on which the lot was earned.
    pub earned: Day,
    /// The lot's last day.
    pub expires: Option<Day>,
    /// The entry that opened the lot.
    pub origin: u64,
    /// What it gained, or lost where below zero.
    pub amount: Points,
}

/// A spend of more than there is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("the purse holds {has} and {wanted} were asked for")]
pub struct Short {
    /// What could be spent.
    pub has: Points,
    /// What was asked for.
    pub wanted: Points,
}

/// One holder's purse: its lots, and the negative part if there is one, which does not lapse and which later earnings
/// repay.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Purse {
    lots: Vec<Lot>,
    lapsed: Vec<Lot>,
    debt: Points,
    last_id: u32,
}

impl Purse {
    /// A purse as a database keeps it. `last_id` is the highest number a lot of it ever had.
    pub fn kept(lots: Vec<Lot>, debt: Points, last_id: u32) -> Purse {
        Purse {
            lots,
            lapsed: Vec::new(),
            debt,
            last_id,
        }
    }

    /// The lots that still hold something, as they were opened.
    pub fn lots(&self) -> &[Lot] {
        &self.lots
    }

    /// The negative part, zero or above.
    pub fn debt(&self) -> Points {
        self.debt
    }

    /// The highest number a lot ever had here.
    pub fn last_id(&self) -> u32 {
        self.last_id
    }

    /// The sum of all lots less the debt, lapsed lots included until they are taken out.
    pub fn balance(&self) -> Points {
        self.lots.iter().map(|lot| lot.left).sum::<Points>() - self.debt
    }

    /// What can be spent on a day: lots are good to the end of their last day.
    pub fn spendable(&self, on: Day) -> Points {
        let good = self
            .lots
            .iter()
            .filter(|lot| is_good(lot, on))
            .map(|lot| lot.left)
            .sum::<Points>();
        if good > self.debt {
            good - self.debt
        } else {
            Points::ZERO
        }
    }

    /// Takes in points: a debt is repaid first, the rest becomes a lot. Answers the lot, if any.
    pub fn earn(&mut self, amount: Points, earned: Day, expires: Option<Day>, origin: u64) -> Option<Lot> {
        let repaid = amount.min(self.debt);
        self.debt -= repaid;
        let left = amount - repaid;
        if left <= Points::ZERO {
            return None;
        }
        self.last_id += 1;
        let lot = Lot {
            id: self.last_id,
            earned,
            expires,
            left,
            origin,
        };
        self.lots.push(lot.clone());
        Some(lot)
    }

    /// Spends: the earliest expiry first, then the oldest.
    pub fn spend(&mut self, amount: Points, on: Day) -> Result<Vec<LotMove>, Short> {
        let has = self.spendable(on);
        if amount > has {
            return Err(Short { has, wanted: amount });
        }
        let mut order: Vec<usize> = (0..self.lots.len())
            .filter(|&i| is_good(&self.lots[i], on))
            .collect();
        order.sort_by_key(|&i| {
            let lot = &self.lots[i];
            (lot.expires.is_none(), lot.expires, lot.earned, lot.id)
        });
        Ok(self.take_in_order(order, amount).0)
    }

    /// Takes earned points back: from the lots of that entry first, then from the others, latest first; what was spent
    /// becomes a debt. What has lapsed unspent is gone already and is not asked for again.
    pub fn take_back(&mut self, amount: Points, origin: u64) -> Vec<LotMove> {
        let mut amount = amount;
        for lot in self.lapsed.iter_mut().filter(|lot| lot.origin == origin) {
            let gone = amount.min(lot.left);
            lot.left -= gone;
            amount -= gone;
        }
        let mut order: Vec<usize> = (0..self.lots.len()).collect();
        order.sort_by_key(|&i| (self.lots[i].origin != origin, std::cmp::Reverse(self.lots[i].id)));
        let (moves, missing) = self.take_in_order(order, amount);
        self.debt += missing;
        moves
    }

    /// Gives spent points back as lots with the expiry they had, at least so many days from now: `GRACE_DAYS` where nothing
    /// is stated. The moves are those of
    /// the spend, as `part_of` cuts them.
    pub fn restore(&mut self, moves: &[LotMove], on: Day, days: Option<i32>) -> Vec<Lot> {
        let least = on.plus_days(days.unwrap_or(GRACE_DAYS));
        moves
            .iter()
            .filter_map(|one| {
                let expires = one.expires.map(|last| last.max(least));
                self.earn(-one.amount, one.earned, expires, one.origin)
            })
            .collect()
    }

    /// Takes out what has lapsed before a day.
    pub fn expire(&mut self, before: Day) -> Points {
        let is_lapsed = |lot: &mut Lot| lot.expires.is_some_and(|last| last < before);
        let lapsed: Vec<Lot> = self.lots.extract_if(.., is_lapsed).collect();
        let gone = lapsed.iter().map(|lot| lot.left).sum();
        self.lapsed.extend(lapsed);
        gone
    }

    fn take_in_order(&mut self, order: Vec<usize>, amount: Points) -> (Vec<LotMove>, Points) {
        let mut wanted = amount;
        let mut moves = Vec::new();
        for i in order {
            let lot = &mut self.lots[i];
            let taken = wanted.min(lot.left);
            if taken <= Points::ZERO {
                continue;
            }
            lot.left -= taken;
            wanted -= taken;
            moves.push(LotMove {
                lot: lot.id,
                earned: lot.earned,
                expires: lot.expires,
                origin: lot.origin,
                amount: -taken,
            });
        }
        self.lots.retain(|lot| lot.left > Points::ZERO);
        (moves, wanted)
    }
}

/// The part of a spend that a return gives back: `amount` of the moves after the first `skipped`, counted from the lot
/// that was drawn last.
pub fn part_of(moves: &[LotMove], skipped: Points, amount: Points) -> Vec<LotMove> {
    let (mut skip, mut want) = (skipped, amount);
    let mut part = Vec::new();
    for one in moves.iter().rev() {
        let left = -one.amount - skip.min(-one.amount);
        skip -= skip.min(-one.amount);
        let taken = left.min(want);
        if taken > Points::ZERO {
            want -= taken;
            part.push(LotMove {
                amount: -taken,
                ..one.clone()
            });
        }
    }
    part
}

fn is_good(lot: &Lot, on: Day) -> bool {
    lot.expires.is_none_or(|last| on <= last)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn day(text: &str) -> Day {
        Day::parse(text).expect("a day")
    }

    fn two_lots() -> Purse {
        let mut purse = Purse::default();
        purse.earn(Points::whole(10), day("2026-01-01"), None, 1);
        purse.earn(Points::whole(5), day("2026-02-01"), Some(day("2026-03-01")), 2);
        purse
    }

    #[test]
    fn the_earliest_expiry_goes_first() {
        let mut purse = two_lots();
        let moves = purse
            .spend(Points::whole(7), day("2026-03-01"))
            .expect("15 are there");
        let taken: Vec<(u64, Points)> = moves.iter().map(|one| (one.origin, one.amount)).collect();
        assert_eq!(taken, [(2, Points::whole(-5)), (1, Points::whole(-2))]);
        assert_eq!(purse.balance(), Points::whole(8));
    }

    #[test]
    fn a_lot_is_good_to_the_end_of_its_last_day() {
        let mut purse = two_lots();
        assert_eq!(purse.spendable(day("2026-03-01")), Points::whole(15));
        assert_eq!(purse.spendable(day("2026-03-02")), Points::whole(10));
        assert_eq!(purse.expire(day("2026-03-01")), Points::ZERO);
        assert_eq!(purse.expire(day("2026-03-02")), Points::whole(5));
    }

    #[test]
    fn points_that_lapsed_are_no_debt_when_their_sale_is_returned() {
        let mut purse = two_lots();
        purse.expire(day("2026-03-02"));
        purse.take_back(Points::whole(5), 2);
        assert_eq!((purse.balance(), purse.debt()), (Points::whole(10), Points::ZERO));
    }

    #[test]
    fn points_spent_and_then_taken_back_are_a_debt_that_later_points_repay() {
        let mut purse = Purse::default();
        purse.earn(Points::whole(10), day("2026-01-01"), None, 1);
        purse
            .spend(Points::whole(8), day("2026-01-02"))
            .expect("10 are there");
        purse.take_back(Points::whole(10), 1);
        assert_eq!(
            (purse.balance(), purse.debt()),
            (Points::whole(-8), Points::whole(8))
        );
        assert_eq!(
            purse
                .spend(Points::ONE, day("2026-01-03"))
                .expect_err("in debt")
                .has,
            Points::ZERO
        );
        purse.earn(Points::whole(9), day("2026-01-04"), None, 2);
        assert_eq!(purse.spendable(day("2026-01-04")), Points::ONE);
    }

    #[test]
    fn returned_points_keep_their_expiry_but_at_least_thirty_days() {
        let mut purse = two_lots();
        let moves = purse
            .spend(Points::whole(7), day("2026-02-20"))
            .expect("15 are there");
        let first = part_of(&moves, Points::ZERO, Points::whole(3));
        let second = part_of(&moves, Points::whole(3), Points::whole(4));
        let sum = |moves: &[LotMove]| moves.iter().map(|one| -one.amount).sum::<Points>();
        assert_eq!((sum(&first), sum(&second)), (Points::whole(3), Points::whole(4)));
        let back = purse.restore(&second, day("2026-02-25"), None);
        assert_eq!(back[0].expires, Some(day("2026-03-27")));
        let mut stated = purse.clone();
        for (days, expires) in [(0, "2026-03-01"), (90, "2026-05-26")] {
            let back = stated.restore(&second, day("2026-02-25"), Some(days));
            assert_eq!(back[0].expires, Some(day(expires)), "at least {days} days");
        }
        assert_eq!(purse.balance(), Points::whole(12));
    }

    proptest::proptest! {
        #[test]
        fn c29_no_unit_is_made_or_lost(moves in proptest::collection::vec((0..5_u8, 1..50_i64), 1..40)) {
            let mut purse = Purse::default();
            let mut sum = Points::ZERO;
            let mut drawn: Vec<LotMove> = Vec::new();
            let start = day("2026-01-01");
            for (n, (what, amount)) in moves.into_iter().enumerate() {
                let (n, amount) = (i32::try_from(n).unwrap_or_default(), Points::whole(amount));
                let today = start.plus_days(n * 5);
                let origin = u64::try_from(n / 2).unwrap_or_default();
                match what {
                    0 => {
                        let last = (n % 3 > 0).then(|| today.plus_days(n % 40));
                        purse.earn(amount, today, last, origin);
                        sum += amount;
                    }
                    1 => match purse.spend(amount, today) {
                        Ok(taken) => {
                            let all: Points = taken.iter().map(|one| -one.amount).sum();
                            proptest::prop_assert_eq!(all, amount);
                            drawn = taken;
                            sum -= amount;
                        }
                        Err(short) => proptest::prop_assert!(short.has < amount),
                    },
                    2 => {
                        purse.take_back(amount, origin);
                        sum -= amount;
                    }
                    3 => {
                        let back: Points = drawn.iter().map(|one| -one.amount).sum();
                        purse.restore(&drawn, today, None);
                        drawn.clear();
                        sum += back;
                    }
                    _ => sum -= purse.expire(today),
                }
                let lots: Points = purse.lots.iter().map(|lot| lot.left).sum();
                proptest::prop_assert_eq!(lots - purse.debt(), purse.balance());
                proptest::prop_assert_eq!(purse.balance(), sum);
                proptest::prop_assert!(purse.lots.iter().all(|lot| lot.left > Points::ZERO));
            }
        }
    }
}

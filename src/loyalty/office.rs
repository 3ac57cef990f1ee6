//! What the server decides, entry by entry: a promised sale is never rejected. It is posted, posted with an exception
//! that the office should see, or put aside unread (quarantined); none of them delays the next entry. The database
//! gives a memory and keeps the changes in one transaction.

pub mod draws;
pub mod due;
pub mod shares;

use std::collections::BTreeMap;
use std::sync::Arc;

use minicbor::{Decode, Encode};

use super::amount::{LARGEST, Points};
use super::calendar::{Day, Moment, Zone};
use super::id::{CounterId, MemberId, MembershipId, ProgramId, PurseId, SiteId, TerminalId};
use super::journal::{ActivityDone, Body, Entry, Hash, Head, JournalError, Sealed};
use super::ledger::{Account, Lot, LotMove, Purse, Transfer, part_of};
use super::member::{CardToken, Change, Held, Holder, Standing};
use super::program::ProgramSet;
use super::sale::Drawn;
pub use draws::{Committed, DrawnSale};

/// The purse under which donations are booked, in minor units of the shop's currency.
const DONATED: &str = "donated";

/// What became of an entry.
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode)]
pub enum Outcome {
    /// Booked as promised.
    #[n(0)]
    Posted,
    /// Booked as promised, and the office should look: the code says why.
    #[n(1)]
    Exception(#[n(0)] String),
    /// Kept unread: the code says why. The customer was served all the same.
    #[n(2)]
    Quarantined(#[n(0)] String),
}

/// A sale that the server has booked, as a return needs it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Booked {
    /// The server's number of the sale's entry.
    pub number: u64,
    /// What was earned, less what returns have taken back.
    pub earned: BTreeMap<PurseId, Points>,
    /// The lots that paid.
    pub spent: BTreeMap<PurseId, Vec<LotMove>>,
    /// What returns have given back of it.
    pub restored: BTreeMap<PurseId, Points>,
}

/// What the server remembers, as the rules here need it.
pub trait OfficeMemory {
    /// What may go wrong while remembering; nothing for maps in memory.
    type Error;
    /// Up to where this terminal's journal has been taken in.
    fn through(&self, terminal: &TerminalId) -> Result<Head, Self::Error>;
    /// What became of an entry that was taken in before.
    fn outcome(&self, terminal: &TerminalId, seq: u64) -> Result<Option<(Hash, Outcome)>, Self::Error>;
    /// Whose card this is.
    fn owner(&self, card: &CardToken) -> Result<Option<MemberId>, Self::Error>;
    /// Is the site known?
    fn knows_site(&self, site: &SiteId) -> Result<bool, Self::Error>;
    /// A holder's purse.
    fn purse(&self, holder: &Holder, purse: &PurseId) -> Result<Purse, Self::Error>;
    /// What a holder has besides purses and memberships: tiers, entitlements and what was counted.
    fn standing(&self, holder: &Holder) -> Result<Standing, Self::Error>;
    /// A sale booked before.
    fn booked(&self, terminal: &TerminalId, seq: u64) -> Result<Option<Booked>, Self::Error>;
    /// A secret of a terminal, by the number of the entry that commits to it.
    fn committed(&self, terminal: &TerminalId, commit: u64) -> Result<Option<Committed>, Self::Error>;
    /// All sales that it decided.
    fn drawn_sales(&self, terminal: &TerminalId, commit: u64) -> Result<Vec<DrawnSale>, Self::Error>;
    /// What was dealt to a terminal of a total.
    fn dealt(&self, terminal: &TerminalId, counter: &CounterId) -> Result<shares::Dealt, Self::Error>;
    /// The programs of a version, where they can be read.
    fn programs(&self, bundle: u64) -> Result<Option<Arc<ProgramSet>>, Self::Error>;
}

/// A change that the server keeps. All changes of one entry are kept together or not at all.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum OfficeChange {
    /// A site that an entry named for the first time.
    Site(SiteId),
    /// A movement between accounts; the source line is its index among the entry's changes.
    Transfer(u32, Transfer),
    /// A purse as it is now, with the lots that were opened and those that moved.
    Purse {
        /// Whose.
        holder: Holder,
        /// Which.
        purse: PurseId,
        /// All of it.
        now: Purse,
        /// Lots that were opened.
        opened: Vec<Lot>,
        /// Lots that gained or lost.
        moved: Vec<LotMove>,
    },
    /// A membership begins. Several may be held side by side, one for each sale that gave it.
    Grant(Holder, MembershipId, Held),
    /// A membership ends, because the sale that gave it was returned.
    Revoke(Holder, MembershipId, Moment),
    /// What a holder has besides purses and memberships, as it is now.
    Standing(Holder, Box<Standing>),
    /// A member was brought by another; the first one counts.
    Brought {
        /// Who was brought.
        friend: MemberId,
        /// By whom.
        by: MemberId,
    },
    /// This holder's standing is another now: terminals must be told.
    Touched(Holder),
    /// A terminal used of its share of a total, or gave back of it.
    Share {
        /// Which.
        terminal: TerminalId,
        /// Of what.
        counter: CounterId,
        /// How much it used; below zero where a return gave it back to the share.
        used: i64,
        /// How much went back to the server.
        back: i64,
    },
    /// A terminal committed to a secret for draws.
    Committed {
        /// Which.
        terminal: TerminalId,
        /// The number of the entry.
        commit: u64,
        /// What it sealed.
        commitment: Hash,
    },
    /// A sale was decided by it.
    Drawn {
        /// Of which terminal.
        terminal: TerminalId,
        /// By which secret, and in which turn.
        drawn: Drawn,
        /// The sale's number in the journal.
        seq: u64,
    },
    /// It was shown, and every sale looked at again.
    Shown {
        /// Of which terminal.
        terminal: TerminalId,
        /// The number of the entry that committed to it.
        commit: u64,
        /// Sales that it would have decided in another way.
        wrong: Vec<u64>,
    },
}

/// What receiving an entry came to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Received {
    /// Taken in before: the same answer again.
    Before(Outcome),
    /// Entries are missing before this one; the next that is wanted.
    Gap(u64),
    /// Another entry of this number was taken in before, or it is sealed to another one: two machines share a name.
    Fork(u64),
    /// New: what to keep, and the answer. `kind` is empty where the bytes could not be read.
    New {
        /// The answer.
        outcome: Outcome,
        /// The entry's kind.
        kind: String,
        /// What to keep.
        changes: Vec<OfficeChange>,
    },
}

/// Receives one entry of a terminal's journal. `seq` is the number it was sent under; `number` is the number that the
/// server gives to this entry if it is new; `zone` is the shop's.
pub fn receive<M: OfficeMemory>(
    memory: &M,
    terminal: &TerminalId,
    seq: u64,
    sealed: &Sealed,
    number: u64,
    zone: &Zone,
) -> Result<Received, M::Error> {
    let through = memory.through(terminal)?;
    if seq <= through.seq {
        return Ok(match memory.outcome(terminal, seq)? {
            Some((hash, outcome)) if hash == sealed.hash() => Received::Before(outcome),
            _ => Received::Fork(seq),
        });
    }
    if seq > through.seq + 1 {
        return Ok(Received::Gap(through.seq + 1));
    }
    let quarantined = |kind: &str, code: &str| Received::New {
        outcome: Outcome::Quarantined(code.to_owned()),
        kind: kind.to_owned(),
        changes: Vec::new(),
    };
    let entry = match sealed.follows(&through, terminal) {
        Ok(entry) => entry,
        Err(JournalError::Broken { .. }) => return Ok(Received::Fork(seq)),
        Err(_) => return Ok(quarantined("", "unreadable")),
    };
    let body = match entry.body() {
        Ok(body) => body,
        Err(JournalError::NeedsUpgrade { .. }) => return Ok(quarantined(&entry.kind, "needs_upgrade")),
        Err(_) => return Ok(quarantined(&entry.kind, "unreadable")),
    };
    if !makes_sense(&body) {
        return Ok(quarantined(&entry.kind, "senseless"));
    }
    let mut booking = Booking {
        memory,
        number,
        changes: Vec::new(),
        exception: None,
        purses: BTreeMap::new(),
        standings: BTreeMap::new(),
        excess: BTreeMap::new(),
    };
    match &body {
        Body::DrawCommit(commit) => booking.changes.push(OfficeChange::Committed {
            terminal: terminal.clone(),
            commit: seq,
            commitment: commit.commitment,
        }),
        Body::DrawReveal(reveal) => {
            (booking.exception, booking.changes) = draws::shown(memory, terminal, reveal)?;
        }
        Body::Sale(_) | Body::Return(_) | Body::Activity(_) => {
            booking.book(&entry, &body, terminal, zone)?;
        }
        Body::ShareBack(_) => {}
    }
    let (code, shares) = shares::used(memory, terminal, &body)?;
    booking.exception = booking.exception.or(code);
    booking.changes.extend(shares);
    let outcome = booking
        .exception
        .map_or(Outcome::Posted, |code| Outcome::Exception(code.to_owned()));
    Ok(Received::New {
        outcome,
        kind: entry.kind,
        changes: booking.changes,
    })
}

/// Amounts that no till of ours writes: they are kept unread rather than booked.
fn makes_sense(body: &Body) -> bool {
    let sums = match body {
        Body::Sale(sale) => {
            let lines = &sale.quote.lines;
            let gross = lines.iter().map(|line| line.gross).sum();
            let discount = lines.iter().map(|line| line.discount).sum();
            lines.len() == sale.basket.lines.len()
                && sale.quote.subtotal == gross
                && sale.quote.discount == discount
                && sale.quote.total == gross - discount
                && sale.basket.lines.iter().all(|line| line.quantity.units() > 0)
        }
        Body::Return(back) => {
            back.refund.units() >= 0 && back.lines.iter().all(|line| line.quantity.units() > 0)
        }
        Body::DrawCommit(_) | Body::DrawReveal(_) => true,
        Body::ShareBack(back) => (1..=LARGEST).contains(&back.amount),
        Body::Activity(done) => done.quantity.units() > 0,
    };
    let of_others = body.others().iter().flat_map(|other| &other.changes);
    sums && body.changes().iter().chain(of_others).all(is_possible)
}

fn is_possible(change: &Change) -> bool {
    let either = -LARGEST..=LARGEST;
    match change {
        Change::Earn { amount, .. }
        | Change::Spend { amount, .. }
        | Change::TakeBack { amount, .. }
        | Change::Restore { amount, .. } => (1..=LARGEST).contains(&amount.units()),
        Change::Count { amount, .. } => either.contains(amount),
        Change::Use { quantity, .. } => either.contains(quantity),
        Change::Turn { amount, .. } => either.contains(&amount.units()),
        Change::Donate { amount, .. } => either.contains(&amount.units()),
        Change::Issue { quantity, .. } | Change::Withdraw { quantity, .. } => {
            *quantity <= LARGEST.unsigned_abs()
        }
        Change::Grant { .. }
        | Change::Revoke { .. }
        | Change::Reach { .. }
        | Change::Leave { .. }
        | Change::Brought { .. } => true,
    }
}

/// One entry while it is booked: what was read stays here, so that two changes of one purse see each other.
struct Booking<'a, M: OfficeMemory> {
    memory: &'a M,
    number: u64,
    changes: Vec<OfficeChange>,
    exception: Option<&'static str>,
    purses: BTreeMap<(Holder, PurseId), Purse>,
    standings: BTreeMap<Holder, Standing>,
    /// What each program gave over its limits, and is not booked yet.
    excess: BTreeMap<ProgramId, Points>,
}

impl<M: OfficeMemory> Booking<'_, M> {
    fn book(
        &mut self,
        entry: &Entry,
        body: &Body,
        terminal: &TerminalId,
        zone: &Zone,
    ) -> Result<(), M::Error> {
        let (at, original) = match body {
            Body::Sale(sale) => {
                if !self.memory.knows_site(&sale.basket.site)? {
                    self.changes.push(OfficeChange::Site(sale.basket.site.clone()));
                }
                let (code, keep) = draws::arrived(self.memory, terminal, entry.seq, sale)?;
                self.exception = code;
                self.changes.extend(keep);
                (sale.basket.opened, None)
            }
            Body::DrawCommit(_) | Body::DrawReveal(_) | Body::ShareBack(_) => return Ok(()),
            Body::Return(back) => {
                let place = back.sale.place().filter(|(owner, _)| owner == terminal);
                let original = match place {
                    Some((owner, seq)) => self.memory.booked(&owner, seq)?,
                    None => None,
                };
                if original.is_none() {
                    self.exception = Some("original_unknown");
                }
                (entry.clock.wall, original)
            }
            Body::Activity(done) => {
                if !self.memory.knows_site(&done.site)? {
                    self.changes.push(OfficeChange::Site(done.site.clone()));
                }
                (done.at, None)
            }
        };
        let mut original = original.unwrap_or_default();
        let number = original.number;
        let mut line = 0;
        match self.resolve(entry.holder.as_ref())? {
            Some(holder) => {
                if let Body::Activity(done) = body {
                    self.excess(done, &holder)?;
                }
                for change in body.changes() {
                    self.change(line, change, &holder, at, at.day(zone), &mut original)?;
                    line += 1;
                }
                if !body.changes().is_empty() {
                    self.changes.push(OfficeChange::Touched(holder));
                }
            }
            None => {
                for change in body.changes() {
                    line += 1;
                    self.donation(line, change, at.day(zone));
                }
            }
        }
        for other in body.others() {
            let Some(holder) = self.resolve(Some(&other.holder))? else {
                continue;
            };
            // What others earned is not told apart from what the buyer did: their part is booked as it was promised.
            let before = self.exception;
            let mut theirs = Booked {
                number,
                ..Booked::default()
            };
            for change in &other.changes {
                self.change(line, change, &holder, at, at.day(zone), &mut theirs)?;
                line += 1;
            }
            self.exception = before;
            self.changes.push(OfficeChange::Touched(holder));
        }
        self.settle();
        Ok(())
    }

    /// What was gathered is written last, and terminals are told when everything is.
    fn settle(&mut self) {
        for (holder, standing) in std::mem::take(&mut self.standings) {
            self.changes
                .push(OfficeChange::Standing(holder, Box::new(standing)));
        }
        self.changes
            .sort_by_key(|change| matches!(change, OfficeChange::Touched(_)));
    }

    /// What an activity gives over its limits, because another terminal gave some of it before: it was promised, so it is
    /// booked, at the shop's cost.
    fn excess(&mut self, done: &ActivityDone, holder: &Holder) -> Result<(), M::Error> {
        let standing = self.memory.standing(holder)?;
        for bound in &done.bounds {
            let now = done.changes.iter().map(|change| match change {
                Change::Count { counter, amount, .. } if *counter == bound.counter => i128::from(*amount),
                _ => 0,
            });
            let before = standing.counted(&bound.counter, (bound.from, bound.to));
            let over = i128::from(before) + now.sum::<i128>() - i128::from(bound.most);
            if over <= 0 {
                continue;
            }
            self.exception = Some("over_limit");
            let over = match bound.is_amount {
                true => i64::try_from(over).unwrap_or(LARGEST).min(LARGEST),
                false => LARGEST,
            };
            let most = self.excess.entry(bound.program.clone()).or_default();
            *most = (*most).max(Points::thousandths(over));
        }
        Ok(())
    }

    fn resolve(&self, holder: Option<&Holder>) -> Result<Option<Holder>, M::Error> {
        let Some(Holder::Card(token)) = holder else {
            return Ok(holder.cloned());
        };
        let owner = self.memory.owner(token)?;
        Ok(Some(owner.map_or(Holder::Card(*token), Holder::Member)))
    }

    fn change(
        &mut self,
        line: u32,
        change: &Change,
        holder: &Holder,
        at: Moment,
        day: Day,
        original: &mut Booked,
    ) -> Result<(), M::Error> {
        let own = Account::Holder(holder.clone());
        match change {
            Change::Earn {
                purse,
                amount,
                program,
                expires,
            } => {
                let mut now = self.take_purse(holder, purse)?;
                let opened = now
                    .earn(*amount, day, *expires, self.number)
                    .into_iter()
                    .collect();
                let left = self.excess.get(program).copied().unwrap_or_default();
                let over = left.min(*amount);
                if over > Points::ZERO {
                    self.excess.insert(program.clone(), left - over);
                    self.transfer(line, purse, Account::Exposure, own.clone(), over, day);
                }
                self.transfer(
                    line,
                    purse,
                    Account::Issued(program.clone()),
                    own,
                    *amount - over,
                    day,
                );
                self.put_purse(holder, purse, now, opened, Vec::new());
            }
            Change::Spend { purse, amount } => {
                let mut now = self.take_purse(holder, purse)?;
                let there = now.spendable(day).min(*amount);
                let moved = now.spend(there, day).unwrap_or_default();
                let missing = *amount - there;
                if missing > Points::ZERO {
                    self.exception = Some("overspent");
                    self.transfer(line, purse, Account::Exposure, Account::Redeemed, missing, day);
                }
                self.transfer(line, purse, own, Account::Redeemed, there, day);
                self.put_purse(holder, purse, now, Vec::new(), moved);
            }
            Change::TakeBack {
                purse,
                amount,
                program,
            } => {
                let left = original.earned.entry(purse.clone()).or_default();
                if self.exception.is_none() && *amount > *left {
                    self.exception = Some("more_taken_back_than_earned");
                }
                *left -= *amount;
                let mut now = self.take_purse(holder, purse)?;
                let moved = now.take_back(*amount, original.number);
                self.transfer(line, purse, own, Account::Issued(program.clone()), *amount, day);
                self.put_purse(holder, purse, now, Vec::new(), moved);
            }
            Change::Restore { purse, amount, days } => {
                self.restore((line, day), (holder, purse), (*amount, *days), original)?;
            }
            Change::Grant {
                membership, until, ..
            } => {
                let held = Held {
                    since: at,
                    until: *until,
                };
                self.changes
                    .push(OfficeChange::Grant(holder.clone(), membership.clone(), held));
            }
            Change::Revoke {
                membership, since, ..
            } => {
                self.changes
                    .push(OfficeChange::Revoke(holder.clone(), membership.clone(), *since));
            }
            Change::Turn { purse, amount } => {
                if *amount < Points::ZERO {
                    let back = (Points::ZERO - *amount, None);
                    return self.restore((line, day), (holder, purse), back, original);
                }
                let mut now = self.take_purse(holder, purse)?;
                let there = now.spendable(day).min(*amount);
                let moved = now.spend(there, day).unwrap_or_default();
                self.transfer(line, purse, own, Account::Redeemed, there, day);
                self.put_purse(holder, purse, now, Vec::new(), moved);
            }
            Change::Donate { .. } => self.donation(line, change, day),
            Change::Brought { by } => {
                if let Holder::Member(friend) = holder {
                    self.changes.push(OfficeChange::Brought {
                        friend: friend.clone(),
                        by: by.clone(),
                    });
                }
            }
            Change::Count { .. }
            | Change::Issue { .. }
            | Change::Withdraw { .. }
            | Change::Use { .. }
            | Change::Reach { .. }
            | Change::Leave { .. } => {
                let mut standing = match self.standings.remove(holder) {
                    Some(standing) => standing,
                    None => self.memory.standing(holder)?,
                };
                standing.apply(change, at);
                self.standings.insert(holder.clone(), standing);
            }
        }
        Ok(())
    }

    /// Units that a sale drew from lots go back as lots with the expiry they had.
    fn restore(
        &mut self,
        (line, day): (u32, Day),
        (holder, purse): (&Holder, &PurseId),
        (amount, days): (Points, Option<i32>),
        original: &mut Booked,
    ) -> Result<(), M::Error> {
        let before = original.restored.entry(purse.clone()).or_default();
        let spent = original.spent.get(purse).map(Vec::as_slice).unwrap_or_default();
        let part = part_of(spent, *before, amount);
        *before += amount;
        let mut now = self.take_purse(holder, purse)?;
        let mut opened = now.restore(&part, day, days);
        let rest = amount - part.iter().map(|one| -one.amount).sum();
        if rest > Points::ZERO {
            opened.extend(now.earn(rest, day, None, self.number));
        }
        let own = Account::Holder(holder.clone());
        self.transfer(line, purse, Account::Redeemed, own, amount, day);
        self.put_purse(holder, purse, now, opened, Vec::new());
        Ok(())
    }

    /// A share for a charity, which concerns no customer's account.
    fn donation(&mut self, line: u32, change: &Change, day: Day) {
        let Change::Donate {
            charity,
            amount,
            program,
        } = change
        else {
            return;
        };
        let purse = PurseId::parse(DONATED).expect("a name");
        let (program, charity) = (
            Account::Issued(program.clone()),
            Account::Charity(charity.clone()),
        );
        // Minor units are counted as they are: a charity's account is in money only.
        let units = Points::thousandths(amount.units().saturating_abs());
        let (from, to) = if amount.units() >= 0 {
            (program, charity)
        } else {
            (charity, program)
        };
        self.transfer(line, &purse, from, to, units, day);
    }

    fn take_purse(&mut self, holder: &Holder, purse: &PurseId) -> Result<Purse, M::Error> {
        match self.purses.remove(&(holder.clone(), purse.clone())) {
            Some(changed) => Ok(changed),
            None => self.memory.purse(holder, purse),
        }
    }

    fn put_purse(
        &mut self,
        holder: &Holder,
        purse: &PurseId,
        now: Purse,
        opened: Vec<Lot>,
        moved: Vec<LotMove>,
    ) {
        self.purses.insert((holder.clone(), purse.clone()), now.clone());
        self.changes.push(OfficeChange::Purse {
            holder: holder.clone(),
            purse: purse.clone(),
            now,
            opened,
            moved,
        });
    }

    fn transfer(&mut self, line: u32, purse: &PurseId, from: Account, to: Account, amount: Points, day: Day) {
        if amount > Points::ZERO {
            let transfer = Transfer {
                purse: purse.clone(),
                from,
                to,
                amount,
                day,
            };
            self.changes.push(OfficeChange::Transfer(line, transfer));
        }
    }
}

//! What a member does outside of a sale: packaging brought back, a course finished, a friend brought. It only gives, so it
//! is recorded without a line, too; what another till gave before is found by the server, and borne by the shop.

use std::collections::BTreeMap;

use super::view::{Done, Told, WouldGive};
use super::{Counter, CounterError};
use crate::loyalty::amount::{Money, Points, Quantity};
use crate::loyalty::engine::{self, Activity, ActivityKind, Asks, Attribute};
use crate::loyalty::id::BasketId;
use crate::loyalty::journal::ActivityDone;
use crate::loyalty::member::{Holder, Known};
use crate::loyalty::quote::Reason;
use crate::loyalty::said::quoted;
use crate::loyalty::scan;
use crate::receipt;

/// The longest text of an attribute.
const LONGEST: usize = 60;
/// At most so many of anything are brought at once.
const MOST: i64 = 100_000;

impl Counter {
    /// What can be done outside of a sale here and now.
    pub fn activity_kinds(&self) -> Vec<ActivityKind> {
        engine::activity_kinds(&self.programs, self.watch.wall(), &self.site)
    }

    /// Reads what was typed or scanned for an attribute: words as they are, a number above 0, or the card of another member,
    /// which becomes his id.
    pub fn read_attribute(&mut self, wanted: &Attribute, text: &str) -> Result<String, CounterError> {
        let text = text.trim();
        let wrong = |what: &str| CounterError::Attribute {
            found: quoted(text),
            name: wanted.name.clone(),
            what: what.to_owned(),
        };
        if let Err(scan::Unread::PaymentCard) = scan::read(text, &self.scan) {
            return Err(scan::Unread::PaymentCard.into());
        }
        match wanted.asks {
            Asks::Text => {
                if scan::hides_payment_card(text, &self.scan) {
                    return Err(scan::Unread::PaymentCard.into());
                }
                let is_good = (1..=LONGEST).contains(&text.chars().count()) && receipt::clean(text) == text;
                is_good
                    .then(|| text.to_owned())
                    .ok_or_else(|| wrong("1 to 60 characters"))
            }
            Asks::Number => {
                let number = text.replace(',', ".");
                let is_good = Points::parse(&number).is_ok_and(|number| number > Points::ZERO);
                is_good
                    .then_some(number)
                    .ok_or_else(|| wrong("a number above 0, such as 12.50"))
            }
            Asks::Member => match self.known_by_card(text)? {
                Some(known) => Ok(known.member.id.to_string()),
                None => Err(wrong("the card of a member who is known here")),
            },
        }
    }

    /// What an activity would give the member whose card is shown; nothing is recorded.
    pub fn quote_activity(&mut self, told: &Told) -> Result<WouldGive, CounterError> {
        let id = BasketId::parse(&uuid::Uuid::now_v7().to_string()).expect("a UUID is a name");
        let (_, _, done) = self.work_out_activity(told)?;
        Ok(WouldGive {
            id,
            told: told.clone(),
            changes: done.changes,
            others: done.others,
        })
    }

    /// Records an activity of the member whose card is shown. When this answers, it is on the disk. The same id again is
    /// the same activity again.
    pub fn record_activity(&mut self, id: &BasketId, told: &Told) -> Result<Done, CounterError> {
        let (known, what, done) = self.work_out_activity(told)?;
        let bounds = engine::bounds(&what, &done.changes, &self.programs);
        let done = ActivityDone {
            id: id.clone(),
            at: what.at,
            site: self.site.id.clone(),
            kind: what.kind,
            quantity: what.quantity,
            attributes: what.attributes,
            changes: done.changes,
            others: done.others,
            bounds,
            as_of: self.store.cache.mark().map_or(0, |mark| mark.cursor),
        };
        let (post, clock) = (self.store.identity.post.clone(), self.watch.clock());
        let holder = Holder::Member(known.member.id);
        let noted = self
            .store
            .journal
            .note_activity(&post, self.bundle, (done.clone(), holder), clock);
        let noted = self.noted(noted)?;
        if let Some(sync) = &mut self.sync {
            sync.wake();
        }
        self.requote()?;
        let receipt = receipt::of_activity(&self.paper(&noted.id, &self.site.zone), &done);
        let seq = noted.id.place().map_or(0, |(_, seq)| seq);
        Ok(Done {
            id: noted.id,
            seq,
            total: Money::ZERO,
            change: None,
            receipt,
            drawn: Vec::new(),
            was_before: noted.was_before,
        })
    }

    fn work_out_activity(&mut self, told: &Told) -> Result<(Known, Activity, engine::Done), CounterError> {
        if self.draft.card.is_none() {
            return Err(CounterError::NoMember);
        }
        self.requote()?;
        let known = self.known.clone().ok_or(CounterError::NotKnownYet)?;
        if let Some(identified) = self.draft.basket.identified.filter(|how| !how.allowed.earn) {
            let why = Reason::NoEarning {
                shown: identified.shown,
            };
            let why = crate::words::reason(&why, self.programs.terms.currency);
            return Err(CounterError::NothingEarned { why });
        }
        if told.quantity <= Quantity::ZERO || told.quantity > Quantity::whole(MOST) {
            return Err(CounterError::Many {
                found: told.quantity,
                most: MOST,
            });
        }
        let kinds = self.activity_kinds();
        let Some(kind) = kinds.iter().find(|kind| kind.kind == told.kind) else {
            return Err(CounterError::NoActivity {
                found: quoted(&told.kind),
            });
        };
        let attributes: BTreeMap<String, String> = told
            .attributes
            .iter()
            .filter(|(name, _)| kind.attributes.iter().any(|one| one.name == **name))
            .map(|(name, value)| (name.clone(), value.clone()))
            .collect();
        let what = Activity {
            at: self.watch.wall(),
            kind: told.kind.clone(),
            quantity: told.quantity,
            attributes,
            dealt: self.draft.basket.dealt.clone(),
        };
        let done = engine::activity(&what, &known, &self.programs, &self.site);
        Ok((known, what, done))
    }
}

//! Serving a customer without a screen: scan, quote, hold, record, return. What till, kiosk, forecourt, replay and
//! scripts share. One counter owns the terminal's folder; whoever else would write it is refused.

mod activities;
mod agent;
mod buyer;
mod catalogue;
mod meaning;
mod passes;
mod programs;
mod record;
mod returns;
mod serve;
mod shares;
mod tend;
pub mod view;
mod watch;

use std::collections::BTreeMap;
use std::path::Path;
use std::rc::Rc;
use std::sync::Arc;
use std::time::Duration;

use crate::config::Config;
use crate::loyalty::amount::{AmountError, Money, Quantity};
use crate::loyalty::basket::{Basket, BasketError};
use crate::loyalty::card::CardError;
use crate::loyalty::engine::{self, Nearly};
use crate::loyalty::goods::Goods;
use crate::loyalty::id::{BasketId, CounterId, MemberId, NameError};
use crate::loyalty::member::Known;
use crate::loyalty::pass::{KeyList, PassError};
use crate::loyalty::program::{ProgramSet, Site, Terms};
use crate::loyalty::quote::{Declined, Quote};
use crate::loyalty::sale::ReturnError;
use crate::loyalty::scan;
use crate::loyalty::shown::Ways;
use crate::store::{Draft, ShownCode, Store, StoreError};
use crate::sync::{Sync, SyncError};
pub use programs::ProgramsError;
pub use record::Payment;
use view::{Held, Names, RewardNames, Serving};
use watch::Watch;

/// A counter with its terminal's folder open.
pub struct Counter {
    store: Store,
    sync: Option<Sync>,
    programs: Rc<ProgramSet>,
    bundle: u64,
    older: BTreeMap<u64, Rc<ProgramSet>>,
    /// What its programs give in all, by the names under which it is counted.
    totals: Vec<CounterId>,
    scan: scan::Settings,
    ways: Ways,
    is_typed: bool,
    pass_keys: Option<KeyList>,
    site: Site,
    columns: u16,
    watch: Watch,
    draft: Draft,
    known: Option<Known>,
    /// The basket as the quote was asked for, with the goods that may be added to it.
    asked: Basket,
    quote: Quote,
    nearly: Vec<Nearly>,
    undo: Vec<Draft>,
    waiting_total: Money,
    acked: u64,
    cannot_record: Option<String>,
    was_restored: bool,
    names: Names,
    rewards: RewardNames,
    agent_name: Option<(MemberId, String)>,
}

/// Why something cannot be done at the counter. Each is a sentence for the cashier.
#[derive(Debug, thiserror::Error)]
pub enum CounterError {
    /// A line that nobody scanned.
    #[error("{goods} is a gift: it comes and goes with the goods that it is given for")]
    Added {
        /// What the receipt calls it.
        goods: String,
    },
    /// The terminal's files.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// The programs.
    #[error(transparent)]
    Programs(#[from] ProgramsError),
    /// The line to the server cannot be made ready.
    #[error(transparent)]
    Sync(#[from] SyncError),
    /// A scan that cannot be read.
    #[error(transparent)]
    Unread(#[from] scan::Unread),
    /// A card that is none.
    #[error(transparent)]
    Card(#[from] CardError),
    /// A pass that is not taken.
    #[error(transparent)]
    Pass(#[from] PassError),
    /// A setting of this terminal.
    #[error("config.toml, [passes] spend_limit: {why}")]
    SpendLimit {
        /// What was found and what would be accepted.
        why: AmountError,
    },
    /// The basket cannot take it.
    #[error(transparent)]
    Basket(#[from] BasketError),
    /// A number that is none.
    #[error(transparent)]
    Amount(#[from] AmountError),
    /// A name that is none.
    #[error(transparent)]
    Name(#[from] NameError),
    /// A member who is blocked.
    #[error("this card is blocked: the sale can go on without it, and the office knows why")]
    Blocked,
    /// Neither goods nor a card.
    #[error("nothing here is called {found}: check the number, or type the first letters of the name")]
    Unknown {
        /// What was scanned or typed, in quotes; never a card's number.
        found: String,
    },
    /// A coupon or voucher.
    #[error("{what}: taken by hand here")]
    ByHand {
        /// What was scanned.
        what: String,
    },
    /// The number of one who serves.
    #[error(
        "this is the number of one who serves (AI 8017), not a member's card: scan the customer's own card"
    )]
    Staff,
    /// A sale that no push could carry.
    #[error("this sale is too large to be sent ({bytes} bytes): pay a part of it and begin another basket")]
    TooLargeToSend {
        /// How many bytes its record would take.
        bytes: usize,
    },
    /// Goods that are kept for others.
    #[error("not for this customer: {why}")]
    Reserved {
        /// Why.
        why: String,
    },
    /// The price changed between the screen and the key.
    #[error("the total is {now} now: look again, and press the key once more")]
    PriceChanged {
        /// What is due now.
        now: String,
    },
    /// A sale that somebody must agree to.
    #[error("somebody must approve this sale: type who does, and pay again")]
    NeedsApproval,
    /// No card was shown.
    #[error("scan the member's card first: what is brought or done is put on his account")]
    NoMember,
    /// The card's member is not in this till's cache.
    #[error(
        "this card is new to this till: what is brought or done can be recorded once the member is known here. Let the till \
         sync, and scan the card again"
    )]
    NotKnownYet,
    /// The way in which the member was identified earns nothing.
    #[error("not recorded: {why}")]
    NothingEarned {
        /// Why.
        why: String,
    },
    /// No program asks for this activity now.
    #[error("no program gives anything for {found} now: choose one of the list")]
    NoActivity {
        /// The kind, in quotes.
        found: String,
    },
    /// More than anybody brings.
    #[error("{found} cannot be recorded: type a quantity above 0, at most {most}")]
    Many {
        /// What was typed.
        found: Quantity,
        /// The most.
        most: i64,
    },
    /// Something that must be told about an activity is not what it must be.
    #[error("{found} cannot be the {name}: type {what}")]
    Attribute {
        /// What was typed, in quotes.
        found: String,
        /// What was asked for.
        name: String,
        /// What would be accepted.
        what: String,
    },
    /// Who sells is not known here.
    #[error(
        "{found} is no card of a member who is known here: scan the card of who sells, or type its number"
    )]
    NoAgent {
        /// What was typed, in quotes; never a card's number.
        found: String,
    },
    /// PAY on an empty basket.
    #[error("there is nothing to pay: scan something first")]
    NothingToPay,
    /// Too little cash.
    #[error("{received} is too little: {due} is due")]
    TooLittle {
        /// What was handed over.
        received: String,
        /// What is due.
        due: String,
    },
    /// There is nothing to take back.
    #[error("there is no step to take back")]
    NothingToUndo,
    /// No such basket was put aside.
    #[error("that basket is not here any more")]
    NoBasket,
    /// A sale that this terminal did not record.
    #[error(
        "this terminal has no sale {found}: type the sale's number as it stands on the receipt; a sale of another terminal is taken back there"
    )]
    NoSale {
        /// What was typed, in quotes; never a card's number.
        found: String,
    },
    /// The return does not fit the sale.
    #[error(transparent)]
    Return(#[from] ReturnError),
}

impl Counter {
    /// Opens the folder of an enrolled terminal; an open basket is there again.
    pub fn open(data: &Path, config: &Config) -> Result<Counter, CounterError> {
        let mut store = Store::open(data)?;
        store.identity.post.day_begins_h = config.terminal.day_begins_h;
        let (bundle, programs) = programs::newest(&store)?;
        let ways = config.passes.ways(programs.terms.currency);
        let ways = ways.map_err(|why| CounterError::SpendLimit { why })?;
        let pass_keys = passes::newest_keys(&store)?;
        let watch = Watch::start();
        let site = store.identity.site();
        let acked = store.journal.acked()?;
        let waiting_total = store.journal.sales_total(acked.seq + 1, u64::MAX)?;
        let drafts = store.journal.drafts()?;
        let restored = drafts.into_iter().find(|draft| !draft.is_held);
        let was_restored = restored.is_some();
        let draft = restored.unwrap_or_else(|| fresh(&watch, &site));
        let mut counter = Counter {
            sync: None,
            programs: Rc::new(programs),
            bundle,
            older: BTreeMap::new(),
            totals: Vec::new(),
            scan: scan_settings(config),
            ways,
            is_typed: false,
            pass_keys,
            columns: config.terminal.receipt_columns,
            watch,
            asked: draft.basket.clone(),
            draft,
            known: None,
            quote: Quote::default(),
            nearly: Vec::new(),
            undo: Vec::new(),
            waiting_total,
            acked: acked.seq,
            cannot_record: None,
            was_restored,
            names: Names::default(),
            rewards: RewardNames::default(),
            agent_name: None,
            site,
            store,
        };
        counter.name_programs();
        counter.keep_draws();
        counter.name_totals()?;
        counter.requote()?;
        Ok(counter)
    }

    /// Makes the line to the server ready; without this the counter works offline.
    pub fn with_sync(mut self, every: Duration) -> Result<Counter, CounterError> {
        self.sync = Some(Sync::new(&self.store, every)?);
        Ok(self)
    }

    /// The shop's terms: currency, zone, price basis.
    pub fn terms(&self) -> &Terms {
        &self.programs.terms
    }

    /// Where this terminal stands.
    pub fn site(&self) -> &Site {
        &self.site
    }

    /// An open basket was found when the folder was opened: it is being served again.
    pub fn was_restored(&self) -> bool {
        self.was_restored
    }

    /// What is served now.
    pub fn serving(&self) -> Serving {
        let held = self.store.journal.drafts().unwrap_or_default();
        let held = held
            .into_iter()
            .filter(|draft| draft.is_held && draft.basket.id != self.draft.basket.id);
        Serving {
            basket: self.draft.basket.clone().sold_with(&self.quote.added),
            buyer: self.buyer(),
            quote: self.quote.clone(),
            held: held.map(|draft| self.held(&draft)).collect(),
            can_undo: !self.undo.is_empty(),
            names: Arc::clone(&self.names),
            agent: self.agent(),
            rewards: Arc::clone(&self.rewards),
            nearly: self.nearly.clone(),
        }
    }

    /// Every rule that gives the basket nothing, with its reason: those that it does not touch at all, too. This grows with
    /// the number of programs and is no part of a scan; the quote tells of those that the basket reaches.
    pub fn declined(&self) -> Vec<Declined> {
        engine::quote_in_full(&self.asked, self.known.as_ref(), &self.programs, &self.site).declined
    }

    fn held(&self, draft: &Draft) -> Held {
        let currency = self.programs.terms.currency;
        Held {
            basket: draft.basket.id.clone(),
            opened: draft.basket.opened,
            lines: draft.basket.lines.len(),
            total: draft.basket.lines.iter().map(|line| line.gross(currency)).sum(),
        }
    }

    /// Prices the basket afresh: same basket, same member, same programs, same answer.
    fn requote(&mut self) -> Result<(), CounterError> {
        self.known = match self.draft.card {
            Some(token) => self.known(&token)?,
            None => None,
        };
        self.draft.basket.dealt = self.dealt(&self.draft.basket.codes)?;
        self.asked = Basket {
            at_hand: self.may_add()?,
            ..self.draft.basket.clone()
        };
        self.quote = engine::quote(&self.asked, self.known.as_ref(), &self.programs, &self.site);
        self.nearly = match self.asked.lines.is_empty() {
            true => Vec::new(),
            false => engine::nearly(
                &self.asked,
                self.known.as_ref(),
                &self.programs,
                &self.site,
                &self.quote,
            ),
        };
        Ok(())
    }

    /// Goods that a program may add to a basket, as they are listed here.
    fn may_add(&mut self) -> Result<Vec<Goods>, CounterError> {
        let may_add = self.programs.may_add_to(&self.draft.basket, &self.site);
        let skus: Vec<_> = may_add.into_iter().map(|(_, sku)| sku).collect();
        let mut known = Vec::new();
        for sku in skus {
            known.extend(self.goods(sku.as_str())?);
        }
        Ok(known)
    }

    /// Every step on a basket: kept on the disk before it is shown, and it can be taken back.
    fn step(
        &mut self,
        change: impl FnOnce(&mut Draft) -> Result<(), CounterError>,
    ) -> Result<(), CounterError> {
        self.step_showing(None, change)
    }

    /// A step that takes in whoever showed this code: both are kept together or not at all.
    fn step_showing(
        &mut self,
        code: Option<ShownCode>,
        change: impl FnOnce(&mut Draft) -> Result<(), CounterError>,
    ) -> Result<(), CounterError> {
        let before = self.draft.clone();
        let mut after = before.clone();
        change(&mut after)?;
        if after.basket.lines.len() == 1 && before.basket.lines.is_empty() {
            after.basket.opened = self.watch.wall();
        }
        match code {
            None => self.keep(&after)?,
            Some(code) => {
                let kept = self.store.journal.keep_draft_shown(&after, code);
                if !self.noted(kept)? {
                    return Err(PassError::ShownBefore.into());
                }
            }
        }
        self.draft = after;
        self.undo.push(before);
        if self.undo.len() > MOST_UNDO {
            self.undo.remove(0);
        }
        self.wish_for_shares()?;
        self.requote()
    }

    fn keep(&mut self, draft: &Draft) -> Result<(), CounterError> {
        let basket = &draft.basket;
        let is_empty = basket.lines.is_empty() && basket.codes.is_empty() && draft.card.is_none();
        let kept = match is_empty {
            true => self.store.journal.close_draft(&draft.basket.id),
            false => self.store.journal.keep_draft(draft),
        };
        Ok(self.noted(kept)?)
    }

    /// Remembers whether the journal could be written, for the warning on the screen.
    fn noted<T>(&mut self, written: Result<T, StoreError>) -> Result<T, StoreError> {
        let why = written.as_ref().err();
        self.cannot_record = why.map(|error| format!("This till can't record sales: {error}"));
        written
    }

    fn begin_anew(&mut self) -> Result<(), CounterError> {
        self.draft = fresh(&self.watch, &self.site);
        self.undo.clear();
        self.requote()
    }
}

/// How many steps on a basket can be taken back.
const MOST_UNDO: usize = 50;

fn fresh(watch: &Watch, site: &Site) -> Draft {
    let id = BasketId::parse(&uuid::Uuid::now_v7().to_string()).expect("a UUID is a name");
    let basket = Basket::open(id, watch.wall(), site.id.clone());
    Draft {
        basket,
        card: None,
        card_ending: String::new(),
        is_held: false,
    }
}

/// What a scan means here, as the configuration says.
pub fn scan_settings(config: &Config) -> scan::Settings {
    scan::Settings {
        gs_substitute: config.scanner.gs_text(),
        ..config.scan.settings()
    }
}

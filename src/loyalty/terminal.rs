//! What a terminal decides: from what it remembers, what was asked and its clocks to the changes it must keep. No file
//! is touched here: the store gives a memory over journal.db and keeps the changes in the same transaction, a network
//! simulator gives one over maps.

mod draws;
mod shares;

use super::calendar::{Day, Moment, Zone};
use super::id::{BasketId, CounterId, SaleId, SiteId, TerminalId};
use super::journal::{ActivityDone, Body, Clock, Entry, FORM, Hash, Head, Return, ReturnedLine, Sealed};
use super::member::{Change, ForOther, Holder, Known};
use super::sale::Sale;
pub use draws::{Drawing, SALES_OF_A_SECRET, draws_wait, keep_draws};
pub use shares::{Share, give_share_back};

/// What is fixed about a terminal once it is enrolled.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Post {
    /// The shop's id on the server.
    pub shop: String,
    /// This terminal.
    pub terminal: TerminalId,
    /// Where it stands.
    pub site: SiteId,
    /// The zone of the clock on the site's wall.
    pub zone: Zone,
    /// The hour at which a new day of business begins.
    pub day_begins_h: i8,
}

/// An incarnation of the server's database: it changes when a server is restored from an older backup.
#[derive(Clone, Copy, Debug, PartialEq, Eq, minicbor::Encode, minicbor::Decode)]
#[cbor(transparent)]
pub struct Epoch(#[cbor(n(0), with = "minicbor::bytes")] pub [u8; 16]);

/// What a terminal remembers, as the rules here need it.
pub trait TerminalMemory {
    /// What may go wrong while remembering; nothing for maps in memory.
    type Error;
    /// The end of the chain, and the hybrid time of its last entry.
    fn head(&self) -> Result<(Head, u64), Self::Error>;
    /// Up to where the server has answered for.
    fn acked(&self) -> Result<Head, Self::Error>;
    /// The hash of an entry.
    fn hash_at(&self, seq: u64) -> Result<Option<Hash>, Self::Error>;
    /// The sale that a basket has become, if it has.
    fn sale_of(&self, basket: &BasketId) -> Result<Option<SaleId>, Self::Error>;
    /// The secret that decides draws now; a memory without one draws nothing.
    fn drawing(&self) -> Result<Option<Drawing>, Self::Error> {
        Ok(None)
    }
}

/// A change that a terminal keeps. All changes of one decision are kept together or not at all.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum TerminalChange {
    /// An entry at the end of the journal, with what must be found again without opening it.
    Append(Box<Append>),
    /// The server answered for everything up to here; or, after it was restored from a backup, only up to here.
    Acknowledge(Head),
    /// The server's incarnation.
    Meet(Epoch),
    /// A secret that decides draws from now on.
    Commit {
        /// The entry that commits to it.
        commit: u64,
        /// The day of business on which it begins.
        since: Day,
        /// The secret.
        secret: [u8; 32],
    },
    /// It decided one more sale.
    Draw,
    /// It was shown and decides no more.
    Reveal,
}

/// An entry with what must be found again without opening it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Append {
    /// Its number.
    pub seq: u64,
    /// Its hybrid time.
    pub hlc: u64,
    /// The name of its kind.
    pub kind: &'static str,
    /// Its bytes and hash.
    pub sealed: Sealed,
    /// The basket that became this sale: its draft is closed. An activity has an id of its own here.
    pub basket: Option<BasketId>,
    /// The number the sale had where it was recorded first.
    pub source: Option<String>,
    /// The number of the sale that a return answers.
    pub answers: Option<u64>,
    /// Whose account it concerns.
    pub holder: Option<Holder>,
    /// When the sale began: memberships count from then.
    pub at: Moment,
    /// What it does to that account, until the server's data reflects it.
    pub changes: Vec<Change>,
    /// What it uses of the shares that this terminal holds; below zero where it gives back.
    pub shares: Vec<(CounterId, i64)>,
}

/// What selling came to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Sold {
    /// A new entry to be kept.
    New(SaleId, Vec<TerminalChange>),
    /// This basket was sold before: the answer is that sale, and nothing is kept.
    Before(SaleId),
}

/// Seals a sale, and decides what it draws. A basket is sold once, however often PAY is pressed.
pub fn sell<M: TerminalMemory>(
    memory: &M,
    post: &Post,
    bundle: u64,
    sale: Sale,
    clock: Clock,
) -> Result<Sold, M::Error> {
    if let Some(before) = memory.sale_of(&sale.basket.id)? {
        return Ok(Sold::Before(before));
    }
    let mut sale = sale;
    let drawn = draws::decide(memory, post, &mut sale)?;
    let (basket, source) = (sale.basket.id.clone(), sale.source.clone());
    let (holder, at) = (sale.basket.buyer.clone(), sale.basket.opened);
    let body = Body::Sale(Box::new(sale));
    let mut append = write(memory, post, bundle, &body, holder, at, clock)?;
    append.basket = Some(basket);
    append.source = source;
    let id = SaleId::of(&post.terminal, append.seq, append.sealed.hash().bytes());
    let append = TerminalChange::Append(Box::new(append));
    Ok(Sold::New(id, std::iter::once(append).chain(drawn).collect()))
}

/// Seals an activity of this member. It is recorded once, however often the key is pressed.
pub fn note_activity<M: TerminalMemory>(
    memory: &M,
    post: &Post,
    bundle: u64,
    done: ActivityDone,
    holder: Holder,
    clock: Clock,
) -> Result<Sold, M::Error> {
    if let Some(before) = memory.sale_of(&done.id)? {
        return Ok(Sold::Before(before));
    }
    let (id, at) = (done.id.clone(), done.at);
    let body = Body::Activity(Box::new(done));
    let mut append = write(memory, post, bundle, &body, Some(holder), at, clock)?;
    append.basket = Some(id);
    let id = SaleId::of(&post.terminal, append.seq, append.sealed.hash().bytes());
    Ok(Sold::New(id, vec![TerminalChange::Append(Box::new(append))]))
}

/// What is taken back, as `sale::take_back` worked it out.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TakeBack {
    /// The sale.
    pub sale: SaleId,
    /// The sale's number in this journal, where it is one of this terminal's.
    pub answers: u64,
    /// What comes back.
    pub lines: Vec<ReturnedLine>,
    /// Money given back.
    pub refund: super::amount::Money,
    /// Value given back to purses.
    pub to_purses: super::amount::Money,
    /// What it does to the buyer's account.
    pub changes: Vec<Change>,
    /// What it does to other accounts.
    pub others: Vec<ForOther>,
    /// Whose account.
    pub holder: Option<Holder>,
    /// The version of the programs by which the sale was made.
    pub bundle: u64,
}

/// Seals a return. Answers the entry's number in the form of a sale's id, and what to keep.
pub fn give_back<M: TerminalMemory>(
    memory: &M,
    post: &Post,
    back: TakeBack,
    clock: Clock,
) -> Result<(SaleId, Vec<TerminalChange>), M::Error> {
    let TakeBack {
        sale,
        answers,
        lines,
        refund,
        to_purses,
        changes,
        others,
        holder,
        bundle,
    } = back;
    let body = Body::Return(Box::new(Return {
        sale,
        lines,
        refund,
        to_purses,
        changes,
        others,
    }));
    let mut append = write(memory, post, bundle, &body, holder, clock.wall, clock)?;
    append.answers = Some(answers);
    let id = SaleId::of(&post.terminal, append.seq, append.sealed.hash().bytes());
    Ok((id, vec![TerminalChange::Append(Box::new(append))]))
}

fn write<M: TerminalMemory>(
    memory: &M,
    post: &Post,
    bundle: u64,
    body: &Body,
    holder: Option<Holder>,
    at: Moment,
    clock: Clock,
) -> Result<Append, M::Error> {
    let (head, last_hlc) = memory.head()?;
    let entry = Entry {
        form: FORM,
        shop: post.shop.clone(),
        terminal: post.terminal.clone(),
        seq: head.seq + 1,
        previous: head.hash,
        kind: body.kind().to_owned(),
        hlc: next_hlc(last_hlc, clock.wall),
        clock,
        offset_s: clock.wall.offset_s(&post.zone),
        business_day: business_day(clock.wall, post),
        bundle,
        holder: holder.clone(),
        body: body.to_bytes(),
    };
    Ok(Append {
        seq: entry.seq,
        hlc: entry.hlc,
        kind: body.kind(),
        sealed: Sealed::seal(&entry),
        basket: None,
        source: None,
        answers: None,
        holder,
        at,
        changes: body.changes().to_vec(),
        shares: shares::used(body),
    })
}

/// Hybrid logical time: the wall's milliseconds where they are ahead, else the last time and one more.
fn next_hlc(last: u64, wall: Moment) -> u64 {
    let wall = u64::try_from(wall.millis()).unwrap_or(0) << 16;
    wall.max(last.saturating_add(1))
}

fn business_day(wall: Moment, post: &Post) -> Day {
    let shifted = Moment::from_millis(wall.millis() - i64::from(post.day_begins_h) * 3_600_000);
    shifted.day(&post.zone)
}

/// Why a terminal does not follow what a server says it holds.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Distrust {
    /// The server holds entries that this journal lacks.
    #[error(
        "the server holds {theirs} entries of this terminal and this journal only {ours}: it was put back from an \
         older copy. Nothing is sent; enrol this machine anew and keep this folder for the office"
    )]
    RolledBack {
        /// Entries here.
        ours: u64,
        /// Entries there.
        theirs: u64,
    },
    /// Both hold an entry of that number, but another one.
    #[error(
        "the server holds another entry {seq} of this terminal than this journal: two machines share its name. \
         Nothing is sent; call the office"
    )]
    Forked {
        /// The number.
        seq: u64,
    },
}

/// Hears a signed word of the server on what it holds of this journal. It moves the acknowledgement, in either
/// direction: forward after a push or a lost reply, back where the server was restored from a backup and must be told
/// again. A word that does not fit this journal moves nothing.
pub fn hear<M: TerminalMemory>(
    memory: &M,
    epoch: Epoch,
    through: Head,
) -> Result<Result<Vec<TerminalChange>, Distrust>, M::Error> {
    let (head, _) = memory.head()?;
    if through.seq > head.seq {
        return Ok(Err(Distrust::RolledBack {
            ours: head.seq,
            theirs: through.seq,
        }));
    }
    let ours = if through.seq == 0 {
        Some(Hash::START)
    } else {
        memory.hash_at(through.seq)?
    };
    if ours != Some(through.hash) {
        return Ok(Err(Distrust::Forked { seq: through.seq }));
    }
    let mut changes = vec![TerminalChange::Meet(epoch)];
    if memory.acked()? != through {
        changes.push(TerminalChange::Acknowledge(through));
    }
    Ok(Ok(changes))
}

/// A member as this terminal may show him: what the server said, and on top the changes of this terminal's own entries
/// that it did not reflect yet.
pub fn known_here(from_server: Known, reflected: u64, own: &[(u64, Moment, Change)]) -> Known {
    let mut known = from_server;
    for (seq, at, change) in own {
        if *seq > reflected {
            known.standing.apply(change, *at);
        }
    }
    known
}

//! What the server asks of its database, in the words of the office. SQL stays behind this trait: `sqlite` answers it
//! with a file, another database may answer it too.

mod passes;
pub mod sqlite;

use std::collections::BTreeMap;

use crate::loyalty::amount::Points;
use crate::loyalty::calendar::{Day, Moment, Zone};
use crate::loyalty::goods::Goods;
use crate::loyalty::id::{MemberId, OrganisationId, PurseId, SiteId, TerminalId};
use crate::loyalty::journal::{Head, Sealed};
use crate::loyalty::member::CardToken;
use crate::loyalty::member::{Group, Member};
use crate::loyalty::office::Outcome;
use crate::loyalty::settlement::Moved;
use crate::sqlite::SqliteError;
use crate::wire::{
    EnrolRequest, FeedReply, Row, SharesReply, SharesRequest, SignedBundle, SignedKeys, SiteRow,
};
pub use passes::{CardsOf, MemberCard, NewPass, PassKey};

/// Why the database did not do what it was asked. Nothing was changed.
#[derive(Debug, thiserror::Error)]
pub enum DatabaseError {
    /// The file cannot be used, or cannot be used now.
    #[error(transparent)]
    File(#[from] SqliteError),
    /// Another process holds it for longer than anybody should wait.
    #[error("the books are held by another command for more than {waited_s} s: wait until it has ended")]
    Busy {
        /// How long was waited.
        waited_s: u64,
    },
    /// A row of an import contradicts what is in the books.
    #[error("{why}")]
    Row {
        /// The line of the file it stood on; 0 where it came from no file.
        line: u64,
        /// What is wrong and what to do.
        why: String,
    },
    /// A file beside the database that could not be written.
    #[error("{what} cannot be written ({why})")]
    Beside {
        /// Which file.
        what: String,
        /// What the system says.
        why: String,
    },
}

/// What makes this shop itself; made once.
#[derive(Clone, PartialEq, Eq)]
pub struct Identity {
    /// The shop's id.
    pub shop: String,
    /// The key under which card numbers become tokens.
    pub card_key: [u8; 32],
    /// The public half of the server's signing key.
    pub server_public: [u8; 32],
}

/// A terminal as the server knows it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Terminal {
    /// Its Ed25519 public key.
    pub public_key: [u8; 32],
    /// Nothing of it is taken any more.
    pub revoked: bool,
    /// Up to where its journal has been taken in.
    pub through: Head,
}

/// A one-time code as it is kept: never the code itself.
#[derive(Clone, PartialEq, Eq)]
pub struct NewCode {
    /// The characters that find it.
    pub hint: String,
    /// The key that it stands for.
    pub key: [u8; 32],
    /// The site of the terminal to come; made where it is unknown.
    pub site: SiteId,
    /// From this moment on it is worth nothing.
    pub expires_at: Moment,
}

/// What became of a request to become a terminal.
#[derive(Clone, PartialEq, Eq)]
pub enum Enrolled {
    /// It is one now.
    Done {
        /// Its name.
        terminal: TerminalId,
        /// Where it stands.
        site: SiteRow,
        /// The key of the code, with which the server proves itself.
        code_key: [u8; 32],
    },
    /// The code is unknown, used, too old, or the proof does not fit. Which of them is nobody's business.
    NotValid,
}

/// Entries that a terminal sends: numbers without a gap.
pub struct Push<'a> {
    /// Whose.
    pub terminal: &'a TerminalId,
    /// The number of the first.
    pub from: u64,
    /// The sealed bytes.
    pub entries: &'a [Sealed],
    /// The shop's zone.
    pub zone: &'a Zone,
    /// The server's clock.
    pub now: Moment,
}

/// What became of a push.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Pushed {
    /// All of it is kept.
    Taken {
        /// Up to where the journal has been taken in now.
        through: Head,
        /// Number and outcome of each entry.
        results: Vec<(u64, Outcome)>,
        /// The newest version of the feed.
        version: u64,
    },
    /// Entries before these are missing; nothing was taken.
    Gap {
        /// The next that is wanted.
        need: u64,
    },
    /// Another entry of that number was taken in before. What came now is kept apart for the office.
    Fork {
        /// The number.
        seq: u64,
    },
}

/// What a file says of a member; what it does not say stays as it is.
#[derive(Clone, PartialEq, Eq)]
pub enum MemberField {
    /// What the cashier may call him.
    Name(Option<String>),
    /// The day of birth.
    Birthday(Option<Day>),
    /// Since when he is a member.
    Enrolled(Option<Day>),
    /// Groups with a proof.
    Groups(Vec<Group>),
    /// The organisation he buys for.
    Organisation(Option<String>),
    /// What he has agreed to.
    Consents(Vec<String>),
    /// What he likes.
    Interests(Vec<String>),
    /// Are his cards refused?
    Blocked(bool),
    /// His telephone number, which no terminal gets.
    Phone(Option<String>),
}

/// A member of an import.
#[derive(Clone, PartialEq, Eq)]
pub struct MemberRow {
    /// The line of the file; 0 for none.
    pub line: u64,
    /// His id.
    pub id: MemberId,
    /// The numbers of his cards.
    pub cards: Vec<String>,
    /// What is said of him.
    pub says: Vec<MemberField>,
}

impl MemberRow {
    /// A member of whom everything is said.
    pub fn of(member: Member, cards: Vec<String>) -> MemberRow {
        MemberRow {
            line: 0,
            id: member.id,
            cards,
            says: vec![
                MemberField::Name(member.name),
                MemberField::Birthday(member.birthday),
                MemberField::Enrolled(member.enrolled),
                MemberField::Groups(member.groups),
                MemberField::Organisation(member.organisation.map(|name| name.to_string())),
                MemberField::Consents(member.consents),
                MemberField::Interests(member.interests),
                MemberField::Blocked(member.blocked),
            ],
        }
    }

    /// Puts what is said on what is known.
    pub fn apply(&self, member: &mut Member, phone: &mut Option<String>) {
        for field in &self.says {
            match field.clone() {
                MemberField::Name(name) => member.name = name,
                MemberField::Birthday(day) => member.birthday = day,
                MemberField::Enrolled(day) => member.enrolled = day,
                MemberField::Groups(groups) => member.groups = groups,
                MemberField::Organisation(organisation) => {
                    member.organisation = organisation.and_then(|name| OrganisationId::parse(&name).ok());
                }
                MemberField::Consents(consents) => member.consents = consents,
                MemberField::Interests(interests) => member.interests = interests,
                MemberField::Blocked(blocked) => member.blocked = blocked,
                MemberField::Phone(number) => *phone = number,
            }
        }
    }
}

/// What a member's purse held in the system before this one: the balance that his opening shall come to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct BalanceRow {
    /// The line of the file; 0 for none.
    pub line: u64,
    /// Whose.
    pub member: MemberId,
    /// Which purse.
    pub purse: PurseId,
    /// How much; below zero is a debt.
    pub amount: Points,
    /// The last day of what is added.
    pub expires: Option<Day>,
}

/// Rows to be put into the books, all or none.
#[derive(Clone, Default, PartialEq, Eq)]
pub struct Import {
    /// Sites.
    pub sites: Vec<SiteRow>,
    /// Articles; a row says all of its article.
    pub goods: Vec<Goods>,
    /// Members with their cards.
    pub members: Vec<MemberRow>,
    /// Opening balances.
    pub balances: Vec<BalanceRow>,
}

impl Import {
    /// How many rows there are.
    pub fn rows(&self) -> usize {
        self.sites.len() + self.goods.len() + self.members.len() + self.balances.len()
    }
}

/// How an import is done.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ImportMode {
    /// Today, in the shop's zone.
    pub today: Day,
    /// Only find out what it would do.
    pub dry_run: bool,
}

/// What an import came to.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Imported {
    /// Rows that are new or say something new.
    pub changed: u64,
    /// Rows that were so already.
    pub unchanged: u64,
}

/// How the terminals stand.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct SyncReport {
    /// Entries taken in.
    pub entries: u64,
    /// Sales among them that are booked.
    pub sales: u64,
    /// Entries put aside unread.
    pub quarantined: u64,
    /// Booked, and the office should look.
    pub exceptions: u64,
    /// Entries of machines that share a name.
    pub forks: u64,
    /// Sales that drew.
    pub draws: DrawReport,
    /// Terminal by terminal.
    pub terminals: Vec<TerminalReport>,
}

/// Sales that drew: how many were worked out again since their secret was shown, and how many came out otherwise.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct DrawReport {
    /// Decided by terminals.
    pub decided: u64,
    /// Worked out again.
    pub checked: u64,
    /// Of these, what the secret would have decided otherwise.
    pub wrong: u64,
}

/// How one terminal stands.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TerminalReport {
    /// Its name.
    pub terminal: TerminalId,
    /// Where it stands.
    pub site: SiteId,
    /// Up to where its journal has been taken in.
    pub through: u64,
    /// When it last asked for something.
    pub last_seen: Moment,
    /// The version of its program.
    pub program_version: String,
    /// Nothing of it is taken any more.
    pub revoked: bool,
}

/// What a snapshot stands on.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct SnapshotBase {
    /// The version of the feed that it holds.
    pub version: u64,
    /// Which entries of each terminal it reflects.
    pub through: BTreeMap<TerminalId, u64>,
}

/// Takes a snapshot's rows one by one; an error ends the reading.
pub type RowSink<'a> = dyn FnMut(Row) -> Result<(), DatabaseError> + 'a;
/// Hears how many rows of an import are done.
pub type Progress<'a> = dyn FnMut(u64) + 'a;

/// The server's books. Reading methods see one state of them; writing methods do all of their work or none of it.
pub trait Database: Send {
    /// Who the shop is, if it was made already.
    fn identity(&self) -> Result<Option<Identity>, DatabaseError>;
    /// Makes the shop: once.
    fn found(&mut self, identity: &Identity) -> Result<(), DatabaseError>;
    /// Counts a start of the server; answers how many there were with this one.
    fn count_start(&mut self, at_least: u64) -> Result<u64, DatabaseError>;
    /// How many starts were counted.
    fn starts(&self) -> Result<u64, DatabaseError>;

    /// Keeps a one-time code; false where its hint is taken.
    fn keep_code(&mut self, code: &NewCode, zone: &Zone, now: Moment) -> Result<bool, DatabaseError>;
    /// Makes a machine a terminal and burns the code, in one step. The same machine asking again gets the same answer.
    fn enrol(&mut self, ask: &EnrolRequest, now: Moment) -> Result<Enrolled, DatabaseError>;
    /// A terminal.
    fn terminal(&self, terminal: &TerminalId) -> Result<Option<Terminal>, DatabaseError>;
    /// Notes that a terminal was here.
    fn seen(
        &mut self,
        terminal: &TerminalId,
        program_version: &str,
        now: Moment,
    ) -> Result<(), DatabaseError>;
    /// Notes what a terminal says of its own journal and programs. True where it names another entry than the one that
    /// is kept under that number: two machines share its name.
    fn heard(
        &mut self,
        terminal: &TerminalId,
        heads: &[Head],
        bundle: u64,
        now: Moment,
    ) -> Result<bool, DatabaseError>;
    /// The greatest version of the programs that a terminal was heard to have, as far as it can be believed.
    fn bundle_seen(&self) -> Result<u64, DatabaseError>;
    /// Takes entries in.
    fn push(&mut self, push: &Push<'_>) -> Result<Pushed, DatabaseError>;

    /// Posts what has fallen due by now, for so many holders at most. Answers whether there is more.
    fn fall_due(&mut self, zone: &Zone, now: Moment, most: usize) -> Result<bool, DatabaseError>;

    /// Deals a terminal shares of what all customers have in common. Asked again it answers the same, and more only where the
    /// terminal has used of it.
    fn deal(&mut self, terminal: &TerminalId, ask: &SharesRequest) -> Result<SharesReply, DatabaseError>;

    /// A page of the feed for a terminal that reads rows up to a generation.
    fn feed(
        &self,
        terminal: &TerminalId,
        from: u64,
        rows: u16,
        today: Day,
    ) -> Result<FeedReply, DatabaseError>;
    /// Lets terminals know of points that have lapsed since it was last asked: once a day is enough.
    fn tell_lapsed(&mut self, today: Day) -> Result<(), DatabaseError>;
    /// The newest version of the feed.
    fn version(&self) -> Result<u64, DatabaseError>;
    /// All rows of the feed in one reading.
    fn snapshot(&self, today: Day, take: &mut RowSink<'_>) -> Result<SnapshotBase, DatabaseError>;

    /// The newest bundle.
    fn bundle(&self) -> Result<Option<SignedBundle>, DatabaseError>;
    /// Publishes a bundle; it must be the next version.
    fn publish(&mut self, bundle: &SignedBundle, now: Moment) -> Result<(), DatabaseError>;
    /// Puts rows into the books.
    fn import(
        &mut self,
        rows: &Import,
        mode: ImportMode,
        progress: &mut Progress<'_>,
    ) -> Result<Imported, DatabaseError>;

    /// The keys that sign passes, oldest first.
    fn pass_keys(&self) -> Result<Vec<PassKey>, DatabaseError>;
    /// The newest list of them, as terminals get it.
    fn pass_key_list(&self) -> Result<Option<SignedKeys>, DatabaseError>;
    /// Keeps a key, new or changed, with the list that tells terminals. False, and nothing is kept, where `before` is not
    /// the version of the newest list any more: another command was faster.
    fn keep_pass_key(
        &mut self,
        key: &PassKey,
        before: u64,
        list: &SignedKeys,
        now: Moment,
    ) -> Result<bool, DatabaseError>;
    /// Cards with their members.
    fn cards(&self, of: &CardsOf) -> Result<Vec<MemberCard>, DatabaseError>;
    /// Notes a pass that is given out; answers its number among those of its card. None where there is none left.
    fn number_pass(&mut self, pass: &NewPass, now: Moment) -> Result<Option<u16>, DatabaseError>;
    /// Withdraws all passes that were given out for a card. Answers the least number that is still good; none where
    /// nothing was left to be withdrawn.
    fn withdraw_passes(
        &mut self,
        card: &CardToken,
        reason: &str,
        now: Moment,
    ) -> Result<Option<u16>, DatabaseError>;

    /// What left lots or came back to them in entries, by the partner that has issued it and the partner where it moved:
    /// only what concerns two of them.
    fn moves_between_partners(&self) -> Result<Vec<Moved>, DatabaseError>;
    /// How the terminals stand.
    fn sync_report(&self) -> Result<SyncReport, DatabaseError>;
    /// What each member's purses hold on a day, lapsed points left out; purses that hold nothing are left out.
    fn balances(&self, today: Day) -> Result<BTreeMap<MemberId, BTreeMap<PurseId, Points>>, DatabaseError>;
    /// Checks the books against themselves. Each finding is a sentence; none is the good case.
    fn audit(&self) -> Result<Vec<String>, DatabaseError>;
    /// Writes all that is in the log into the file: at a clean end.
    fn checkpoint(&mut self) -> Result<(), DatabaseError>;
}

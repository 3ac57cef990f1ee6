//! A program is rules and rewards, read from a file that a shop's owner can read aloud. A rule answers at most seven
//! questions: who, when, where, needs, gives, limit, with; each has a default that makes it the simplest thing.

pub mod catalogue;
mod exchange;
pub mod file;
pub(in crate::loyalty) mod index;
pub mod ladder;
pub mod limit;
pub mod past;
pub mod reward;
pub mod rule;
pub mod settings;

use std::collections::{BTreeMap, BTreeSet};

use minicbor::{Decode, Encode};

use super::amount::{AmountError, Currency, Money, Points, Price, Rate};
use super::basket::Line;
use super::calendar::{CalendarError, Day, Period, Window, Zone};
use super::id::{CounterId, LadderId, MembershipId, PartnerId, ProgramId, PurseId, RewardId, SiteId, Sku};
pub use catalogue::RewardTerms;
use index::Index;
pub use ladder::Ladder;
use past::{Metric, Whose};
pub use reward::{EarnBase, Recipient, Reward};
pub use rule::Rule;
pub use settings::{PaysAs, Returns, Settings, Stage};

/// Whether prices contain tax.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Encode, Decode)]
#[cbor(index_only)]
pub enum PriceBasis {
    /// Prices contain tax.
    #[default]
    #[n(0)]
    TaxInclusive,
    /// Tax comes on top.
    #[n(1)]
    TaxExclusive,
}

impl PriceBasis {
    /// Reads the word of a configuration, a bundle or a story.
    pub fn parse(text: &str) -> Result<PriceBasis, TermsError> {
        let all = [PriceBasis::TaxInclusive, PriceBasis::TaxExclusive];
        let found = all.into_iter().find(|basis| basis.name() == text);
        found.ok_or_else(|| TermsError::PriceBasis {
            found: text.chars().take(40).collect(),
        })
    }

    /// The word that `parse` reads.
    pub fn name(self) -> &'static str {
        match self {
            PriceBasis::TaxInclusive => "tax_inclusive",
            PriceBasis::TaxExclusive => "tax_exclusive",
        }
    }
}

/// What holds for the whole shop: terminals receive it from the server with their programs.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Terms {
    /// The one currency.
    pub currency: Currency,
    /// The zone in which purses, periods and birthdays are judged.
    pub zone: Zone,
    /// Whether prices contain tax.
    pub price_basis: PriceBasis,
}

/// A term of the shop that cannot be taken.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum TermsError {
    /// The currency.
    #[error(transparent)]
    Currency(#[from] AmountError),
    /// The zone.
    #[error(transparent)]
    Zone(#[from] CalendarError),
    /// The price basis.
    #[error("\"{found}\" is no price basis: write tax_inclusive or tax_exclusive")]
    PriceBasis {
        /// The text as it was found.
        found: String,
    },
}

impl Terms {
    /// Reads the shop's terms as a configuration, a bundle or a story names them.
    pub fn of(currency: &str, timezone: &str, price_basis: &str) -> Result<Terms, TermsError> {
        let price_basis = PriceBasis::parse(price_basis)?;
        Ok(Terms {
            currency: Currency::of(currency)?,
            zone: Zone::named(timezone)?,
            price_basis,
        })
    }
}

/// A place with terminals.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Site {
    /// Its id.
    pub id: SiteId,
    /// The partner of a coalition that runs it.
    pub partner: Option<PartnerId>,
    /// The zone of the clock on its wall.
    pub zone: Zone,
}

/// One loyalty program.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Program {
    /// Its id, which is also the file's name.
    pub id: ProgramId,
    /// What the receipt calls it.
    pub name: String,
    /// What the owner wants of it: reports measure it.
    pub goal: Option<String>,
    /// When it is valid, in the site's civil time.
    pub window: Window,
    /// Inside a phase the lower number goes first; ties by id.
    pub priority: i64,
    /// Purses that it names.
    pub purses: BTreeMap<PurseId, PurseTerms>,
    /// Memberships that it declares.
    pub memberships: BTreeMap<MembershipId, MembershipTerms>,
    /// Ladders of tiers that it declares.
    pub ladders: BTreeMap<LadderId, Ladder>,
    /// What its catalogue has.
    pub rewards: BTreeMap<RewardId, RewardTerms>,
    /// What a return gives back, where this file states it for the shop.
    pub returns: Option<Returns>,
    /// A short line to show with points that were earned.
    pub tip: Option<String>,
    /// How much all its rules give together at most.
    pub limits: Vec<limit::Limit>,
    /// Its rules, in the order of the file.
    pub rules: Vec<Rule>,
}

/// What a file states about a purse. Files that name one purse share it: what one leaves out another may state, and
/// what both state must be the same.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct PurseTerms {
    /// What one unit pays, where the purse can pay at all.
    pub worth: Option<Price>,
    /// The share of a bill that it may pay; everything where nothing is stated.
    pub may_pay: Option<Rate>,
    /// To what earning is rounded down; one whole unit where nothing is stated.
    pub step: Option<Points>,
    /// How many days a lot lives after the day it was earned, that last day included; for ever where nothing is stated.
    pub days: Option<i32>,
    /// A lot lapses with the end of this period of the calendar in which it was earned.
    pub lapses: Option<Period>,
    /// One unit is one of the currency.
    pub is_money: bool,
    /// It is money that was paid in, as on a gift card: paying with it lowers nothing that money does not lower, and nothing
    /// but a sale of `sold_as` fills it.
    pub is_gift: bool,
    /// Goods whose price is put on the buyer's purse.
    pub sold_as: Vec<Sku>,
    /// The smallest amount that it pays at once; any where nothing is stated.
    pub least: Option<Money>,
    /// What a sale earns counts from the next one on, for what uses up units of this purse.
    pub next_sale: bool,
    /// What it is to the tax when it pays; a tender where nothing is stated.
    pub pays_as: Option<PaysAs>,
    /// How many days units live at least that a return gives back; 30 where nothing is stated.
    pub returned_days: Option<i32>,
}

/// A right that lasts.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct MembershipTerms {
    /// How many months it lasts, to the end of the day before; for ever where nothing is stated.
    pub months: Option<i32>,
    /// The goods that begin or extend it; it counts in the same sale.
    pub sold_as: Vec<Sku>,
    /// Goods that only holders may buy.
    pub reserves: Option<rule::Selector>,
    /// Who holds it.
    pub whose: Whose,
    /// It counts in the very sale that gives it.
    pub with_this: bool,
}

impl PurseTerms {
    /// The last day of a lot that is earned on this one.
    pub fn last_day(&self, earned: Day) -> Option<Day> {
        let by_days = self.days.map(|days| earned.plus_days(days));
        let by_period = self.lapses.and_then(|period| period.ends(earned));
        by_days.into_iter().chain(by_period).min()
    }
}

/// All programs that a terminal or the server runs, with the shop's terms: one published bundle.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ProgramSet {
    /// What holds for the whole shop.
    pub terms: Terms,
    /// The programs, by id.
    pub programs: Vec<Program>,
    /// The purses of all programs together.
    pub purses: BTreeMap<PurseId, PurseTerms>,
    /// Goods that are stored value, and the purse on which their price is put.
    pub sold_as: BTreeMap<Sku, PurseId>,
    /// What a return gives back in this shop.
    pub returns: Returns,
    /// All that some rule or ladder asks of the past, by the name under which it is counted.
    pub metrics: BTreeMap<(Whose, CounterId), Counting>,
    /// What of all this a basket reaches.
    pub(in crate::loyalty) index: Index,
    /// Goods that some rule may add to a basket: a quote needs to know them, see `Basket::at_hand`.
    pub may_add: BTreeSet<(ProgramId, Sku)>,
}

/// Something that sales count, and how.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Counting {
    /// What.
    pub metric: Metric,
    /// As one sum and not day by day.
    pub is_ever: bool,
}

/// Two files that say different things about one purse, or two programs with one id.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum SetError {
    /// Different values of one key.
    #[error(
        "{second}: {key} of the purse {purse} is \"{second_value}\", but \"{first_value}\" in {first}: write the same, or let only one file state it"
    )]
    Contradiction {
        /// The purse.
        purse: PurseId,
        /// The key on which they differ.
        key: &'static str,
        /// The file that stated it first.
        first: Box<str>,
        /// What it states.
        first_value: Box<str>,
        /// The file that states it differently.
        second: Box<str>,
        /// What that one states.
        second_value: Box<str>,
    },
    /// Two files that want returns otherwise.
    #[error(
        "{second}: returns is \"{second_value}\", but \"{first_value}\" in {first}: write the same, or let only one file state it"
    )]
    Returns {
        /// The file that stated it first.
        first: Box<str>,
        /// What it states.
        first_value: &'static str,
        /// The file that states it differently.
        second: Box<str>,
        /// What that one states.
        second_value: &'static str,
    },
    /// One id twice.
    #[error("{second}: {first} has the id \"{id}\" as well: rename one of the files and its id")]
    Twice {
        /// The id.
        id: ProgramId,
        /// One file.
        first: String,
        /// The other.
        second: String,
    },
    /// A purse of stored value that something else than money would fill.
    #[error(
        "{file}: {purse} is a gift purse, which holds only what was paid for: give into a purse of kind money or points"
    )]
    FilledGift {
        /// The file that fills it.
        file: String,
        /// The purse.
        purse: PurseId,
    },
    /// Stored value that a rule would add to a basket.
    #[error("{file}: {sku} is stored value, which is never given for nothing: add other goods")]
    AddsStored {
        /// The file of the rule.
        file: String,
        /// The goods.
        sku: Sku,
    },
    /// Goods that would fill two purses, or begin a membership as well.
    #[error("{file}: {sku} is sold as something else already: name other goods")]
    SoldTwice {
        /// The file that names them last.
        file: String,
        /// The goods.
        sku: Sku,
    },
    /// Points that become points of the same purse.
    #[error("{file}: the reward {reward} turns {purse} into {purse}: name another purse")]
    IntoItself {
        /// The file.
        file: String,
        /// The reward.
        reward: RewardId,
        /// The purse.
        purse: PurseId,
    },
    /// Points that become more by going round.
    #[error(
        "{file}: the reward {reward} closes a circle of exchanges in which {purse} becomes more {purse}: make one of them cost more"
    )]
    Circle {
        /// A file of the circle.
        file: String,
        /// A reward of it.
        reward: RewardId,
        /// The purse that would grow.
        purse: PurseId,
    },
}

impl ProgramSet {
    /// Puts programs together, sorted by id; purses of one name are merged.
    pub fn of(terms: Terms, programs: Vec<Program>) -> Result<ProgramSet, SetError> {
        let files = programs
            .into_iter()
            .map(|program| (format!("{}.toml", program.id), program));
        ProgramSet::of_files(terms, files.collect())
    }

    /// The same for programs with the names of their files, which are named where two of them contradict each other.
    pub fn of_files(terms: Terms, mut files: Vec<(String, Program)>) -> Result<ProgramSet, SetError> {
        if let Some(first) = ProgramSet::disagreements(&terms, &files).into_iter().next() {
            return Err(first);
        }
        files.sort_by(|a, b| a.1.id.cmp(&b.1.id));
        let mut purses: BTreeMap<PurseId, PurseTerms> = BTreeMap::new();
        for (_, program) in &files {
            for rule in &program.rules {
                if let Some(purse) = rule.gives.purse() {
                    purses.entry(purse.clone()).or_default();
                }
            }
            for terms in program.rewards.values() {
                if let catalogue::Into::Purse(purse, _) = &terms.into {
                    purses.entry(purse.clone()).or_default();
                }
            }
            for (purse, own) in &program.purses {
                let shared = purses.entry(purse.clone()).or_default();
                shared.worth = shared.worth.or(own.worth);
                shared.may_pay = shared.may_pay.or(own.may_pay);
                shared.step = shared.step.or(own.step);
                shared.days = shared.days.or(own.days);
                shared.lapses = shared.lapses.or(own.lapses);
                shared.is_money |= own.is_money;
                shared.is_gift |= own.is_gift;
                shared.sold_as.extend(own.sold_as.iter().cloned());
                shared.least = shared.least.or(own.least);
                shared.next_sale |= own.next_sale;
                shared.pays_as = shared.pays_as.or(own.pays_as);
                shared.returned_days = shared.returned_days.or(own.returned_days);
            }
        }
        let sold_as = exchange::stored_value(&files, &purses)?;
        exchange::circles(&files)?;
        let names: Vec<String> = files.iter().map(|(file, _)| file.clone()).collect();
        let returns = returns(&files)?;
        let programs: Vec<Program> = files.into_iter().map(|(_, program)| program).collect();
        let added = may_add(&programs);
        if let Some((id, sku)) = added.iter().find(|(_, sku)| sold_as.contains_key(sku)) {
            let file = programs.iter().position(|program| program.id == *id);
            return Err(SetError::AddsStored {
                file: file.map(|n| names[n].clone()).unwrap_or_default(),
                sku: sku.clone(),
            });
        }
        let metrics = metrics(&programs);
        Ok(ProgramSet {
            terms,
            index: Index::of(&programs, metrics.iter()),
            metrics,
            may_add: added,
            programs,
            purses,
            sold_as,
            returns,
        })
    }

    /// All on which these files differ, in their order: two programs of one id, two values of a purse's key.
    pub fn disagreements(terms: &Terms, files: &[(String, Program)]) -> Vec<SetError> {
        let mut differ = Vec::new();
        let mut ids: BTreeMap<&ProgramId, &str> = BTreeMap::new();
        let mut stated: Stated = BTreeMap::new();
        for (file, program) in files {
            if let Some(first) = ids.insert(&program.id, file) {
                differ.push(SetError::Twice {
                    id: program.id.clone(),
                    first: first.to_owned(),
                    second: file.clone(),
                });
            }
            for (purse, own) in &program.purses {
                for (key, value) in own.stated(terms.currency) {
                    differ.extend(agree(&mut stated, purse, key, file, value).err());
                }
            }
        }
        differ
    }

    /// All ladders, with the programs that declare them.
    pub fn ladders(&self) -> impl Iterator<Item = (&LadderId, &Ladder)> {
        self.programs.iter().flat_map(|program| &program.ladders)
    }

    /// A ladder by its name.
    pub fn ladder(&self, id: &LadderId) -> Option<&Ladder> {
        let first = self.index.ladder(id).first()?;
        self.programs[*first].ladders.get(id)
    }

    /// Something of the catalogue, and the program that offers it.
    pub fn reward(&self, id: &RewardId) -> Option<(&Program, &RewardTerms)> {
        let program = &self.programs[self.index.reward(id)?];
        Some((program, &program.rewards[id]))
    }

    /// What is stated about a membership, by whichever program states it.
    pub fn membership(&self, id: &MembershipId) -> Option<&MembershipTerms> {
        self.programs[self.index.membership(id)?].memberships.get(id)
    }

    /// The purse on which the price of a line is put, where its goods are stored value.
    pub fn stores(&self, line: &Line) -> Option<&PurseId> {
        self.sold_as.get(&line.goods.sku)
    }

    /// What is stated about a purse; a purse that no program names is a plain one that cannot pay.
    pub fn purse(&self, purse: &PurseId) -> PurseTerms {
        self.purses.get(purse).cloned().unwrap_or_default()
    }
}

/// All that rules may add to a basket.
fn may_add(programs: &[Program]) -> BTreeSet<(ProgramId, Sku)> {
    let rules = programs
        .iter()
        .flat_map(|program| program.rules.iter().map(move |rule| (program, rule)));
    let adding = rules.filter(|(_, rule)| matches!(rule.gives, Reward::UnitsOfGroup { add: true, .. }));
    adding
        .flat_map(|(program, rule)| {
            let skus = rule.needs.goods.skus.iter();
            skus.map(|sku| (program.id.clone(), sku.clone()))
        })
        .collect()
}

/// All that rules and ladders ask of the past.
fn metrics(programs: &[Program]) -> BTreeMap<(Whose, CounterId), Counting> {
    let of_rules = programs
        .iter()
        .flat_map(|program| &program.rules)
        .flat_map(|rule| &rule.needs.past);
    let of_rules = of_rules.map(|past| (past.whose, &past.metric, past.within));
    let ladders = programs.iter().flat_map(|program| program.ladders.values());
    let of_ladders =
        ladders.filter_map(|ladder| Some((ladder.whose, ladder.counts.as_ref()?, ladder.within)));
    of_rules
        .chain(of_ladders)
        .map(|(whose, metric, within)| {
            let counting = Counting {
                metric: metric.clone(),
                is_ever: within == Period::Ever,
            };
            ((whose, metric.counter(within)), counting)
        })
        .collect()
}

impl PurseTerms {
    /// Every key that is stated, with its value as a person would write it.
    fn stated(&self, currency: Currency) -> Vec<(&'static str, String)> {
        let values = [
            ("worth", self.worth.map(|worth| worth.text(currency))),
            (
                "may_pay",
                self.may_pay.map(|share| format!("{} %", share.percent_text())),
            ),
            ("step", self.step.map(|step| step.to_string())),
            ("days", self.days.map(|days| days.to_string())),
            ("lapses", self.lapses.map(|period| format!("{period:?}"))),
            ("least", self.least.map(|least| currency.text(least))),
            (
                "pays_as",
                self.pays_as.map(|kind| format!("{kind:?}").to_lowercase()),
            ),
            ("returned_days", self.returned_days.map(|days| days.to_string())),
        ];
        let stated = values.into_iter();
        stated.filter_map(|(key, value)| Some((key, value?))).collect()
    }
}

/// What the files that say something about returns agree on.
fn returns(files: &[(String, Program)]) -> Result<Returns, SetError> {
    let mut stating = files
        .iter()
        .filter_map(|(file, program)| Some((file, program.returns?)));
    let Some((first, stated)) = stating.next() else {
        return Ok(Returns::default());
    };
    match stating.find(|(_, other)| *other != stated) {
        None => Ok(stated),
        Some((second, other)) => Err(SetError::Returns {
            first: first.as_str().into(),
            first_value: stated.name(),
            second: second.as_str().into(),
            second_value: other.name(),
        }),
    }
}

/// Which file stated a key of a purse first, and as what.
type Stated = BTreeMap<(PurseId, &'static str), (String, String)>;

fn agree(
    stated: &mut Stated,
    purse: &PurseId,
    key: &'static str,
    file: &str,
    value: String,
) -> Result<(), SetError> {
    let place = (purse.clone(), key);
    let (first, first_value) = stated
        .entry(place)
        .or_insert_with(|| (file.to_owned(), value.clone()));
    if *first_value == value {
        return Ok(());
    }
    Err(SetError::Contradiction {
        purse: purse.clone(),
        key,
        first: first.as_str().into(),
        first_value: first_value.as_str().into(),
        second: file.into(),
        second_value: value.into(),
    })
}

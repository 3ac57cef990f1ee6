//! The priced basket: every discount names its program, and the parts add up to the total.

use minicbor::{Decode, Encode};

use super::amount::{Money, Points, Quantity, Rate};
use super::basket::Line;
use super::id::{CharityId, MembershipId, ProgramId, PurseId, RewardId};
use super::member::{Change, ForOther};
use super::shown::Shown;

/// What the customer is asked for, and why. Made only by the engine; the same arguments give the same quote on every
/// till.
#[derive(Clone, Debug, Default, PartialEq, Eq, Encode, Decode)]
#[cbor(map)]
pub struct Quote {
    /// Line by line, in the basket's order.
    #[n(0)]
    pub lines: Vec<QuotedLine>,
    /// Σ gross.
    #[n(1)]
    pub subtotal: Money,
    /// Σ line discounts.
    #[n(2)]
    pub discount: Money,
    /// subtotal − discount.
    #[n(3)]
    pub total: Money,
    /// What purses pay of the total, in the order in which they are drawn.
    #[n(4)]
    pub payments: Vec<PursePayment>,
    /// total − payments, and with tax where prices come without it.
    #[n(5)]
    pub due: Money,
    /// Tax by rate, worked out after discounts.
    #[n(6)]
    pub taxes: Vec<TaxShare>,
    /// Each rule that gave something.
    #[n(7)]
    pub applied: Vec<Applied>,
    /// Each rule that nearly did, or was refused.
    #[n(8)]
    pub declined: Vec<Declined>,
    /// What the sale will do to the buyer's account.
    #[n(9)]
    pub changes: Vec<Change>,
    /// The amount that points were earned on.
    #[n(10)]
    pub earn_base: Money,
    /// The search among exclusive offers reached its bound, and the rest was chosen offer by offer.
    #[n(11)]
    pub greedy: bool,
    /// What the sale will do to other accounts.
    #[n(12)]
    #[cbor(default)]
    pub others: Vec<ForOther>,
    /// Lines for the screen: perks, a name to call, a tip.
    #[n(13)]
    #[cbor(default)]
    pub messages: Vec<String>,
    /// A supervisor must agree before it is paid.
    #[n(14)]
    #[cbor(default)]
    pub needs_approval: bool,
    /// Draws that are decided when the sale is recorded.
    #[n(15)]
    #[cbor(default)]
    pub draws: Vec<Draw>,
    /// Goods that programs add at no cost: lines of their own at the end of `lines`, that the basket does not have yet.
    #[n(16)]
    #[cbor(default)]
    pub added: Vec<Line>,
    /// Codes that were shown and that no rule knows.
    #[n(18)]
    #[cbor(default)]
    pub unknown_codes: Vec<String>,
}

/// A draw that a sale is due: which chance, and what may be won.
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode)]
#[cbor(map)]
pub struct Draw {
    /// The program that draws.
    #[n(0)]
    pub program: ProgramId,
    /// The rule's place in its file.
    #[n(1)]
    pub rule: u32,
    /// How likely a win is.
    #[n(2)]
    pub chance: Rate,
    /// Of these one is won.
    #[n(3)]
    pub among: Vec<RewardId>,
    /// What was won, once it is decided; nothing where it was lost.
    #[n(4)]
    pub won: Option<RewardId>,
    /// Those of them that have a stock: a win is counted on it.
    #[n(5)]
    #[cbor(default)]
    pub counted: Vec<RewardId>,
}

/// A line with its price.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Encode, Decode)]
#[cbor(map)]
pub struct QuotedLine {
    /// At the list price.
    #[n(0)]
    pub gross: Money,
    /// Taken off.
    #[n(1)]
    pub discount: Money,
}

impl QuotedLine {
    /// gross − discount.
    pub fn net(&self) -> Money {
        self.gross - self.discount
    }
}

/// A purse that pays.
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode)]
#[cbor(map)]
pub struct PursePayment {
    /// Which purse.
    #[n(0)]
    pub purse: PurseId,
    /// What is taken from it.
    #[n(1)]
    pub points: Points,
    /// What that pays.
    #[n(2)]
    pub money: Money,
}

/// The tax of one rate.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Encode, Decode)]
#[cbor(map)]
pub struct TaxShare {
    /// The rate, as a factor.
    #[n(0)]
    pub rate: Rate,
    /// What is taxed, without the tax.
    #[n(1)]
    pub base: Money,
    /// The tax.
    #[n(2)]
    pub tax: Money,
}

/// A rule that gave something.
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode)]
#[cbor(map)]
pub struct Applied {
    /// The program.
    #[n(0)]
    pub program: ProgramId,
    /// What it took off the bill; zero where it gave something else.
    #[n(1)]
    pub amount: Money,
    /// How the amount falls on lines: line index and part.
    #[n(2)]
    pub parts: Vec<LinePart>,
    /// Why, for the screen and the receipt.
    #[n(3)]
    pub why: Reason,
}

/// A part of a discount on one line.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Encode, Decode)]
#[cbor(map)]
pub struct LinePart {
    /// The line's index in the basket.
    #[n(0)]
    pub line: u32,
    /// What falls on it.
    #[n(1)]
    pub amount: Money,
}

/// A rule that gave nothing, and why.
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode)]
#[cbor(map)]
pub struct Declined {
    /// The program.
    #[n(0)]
    pub program: ProgramId,
    /// Why, and what is missing.
    #[n(1)]
    pub why: Reason,
}

/// A reason with its arguments. `words` turns it into a sentence of the user's language.
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode)]
pub enum Reason {
    /// A member's price.
    #[n(0)]
    OwnPrice,
    /// A percentage off goods.
    #[n(1)]
    PercentOffGoods {
        /// The share taken off.
        #[n(0)]
        off: Rate,
        /// Which goods, as the file names them.
        #[n(1)]
        goods: String,
    },
    /// So much off each unit.
    #[n(2)]
    AmountOffUnit {
        /// Which goods, as the file names them.
        #[n(0)]
        goods: String,
    },
    /// The cheapest of each group reduced.
    #[n(3)]
    CheapestOfGroup {
        /// Units in a group.
        #[n(0)]
        every: u32,
        /// The share taken off the cheapest.
        #[n(1)]
        off: Rate,
        /// How many units were reduced.
        #[n(2)]
        units: u64,
    },
    /// A percentage off the basket.
    #[n(4)]
    PercentOffBasket {
        /// The share taken off.
        #[n(0)]
        off: Rate,
    },
    /// A percentage off the basket, because it is the birthday.
    #[n(5)]
    BirthdayPercent {
        /// The share taken off.
        #[n(0)]
        off: Rate,
    },
    /// An amount off the basket.
    #[n(6)]
    AmountOffBasket,
    /// Points earned.
    #[n(7)]
    Earned {
        /// Into which purse.
        #[n(0)]
        purse: PurseId,
        /// How many.
        #[n(1)]
        points: Points,
    },
    /// A membership begins.
    #[n(8)]
    MembershipBegins {
        /// Which membership.
        #[n(0)]
        membership: MembershipId,
    },
    /// More goods are needed: "needs 3 of GUM, basket has 0".
    #[n(9)]
    NeedsGoods {
        /// How many a group needs.
        #[n(0)]
        needs: Quantity,
        /// How many the basket has.
        #[n(1)]
        has: Quantity,
        /// Which goods, as the file names them.
        #[n(2)]
        goods: String,
    },
    /// The basket must be larger.
    #[n(10)]
    NeedsTotal {
        /// The threshold.
        #[n(0)]
        needs: Money,
        /// What the basket comes to after phase 2.
        #[n(1)]
        has: Money,
    },
    /// Only for somebody with a card.
    #[n(11)]
    NeedsMember,
    /// Only without a card.
    #[n(12)]
    NeedsStranger,
    /// Only for a group with a proof.
    #[n(13)]
    NeedsGroup {
        /// The group.
        #[n(0)]
        group: String,
    },
    /// Only for holders of a membership.
    #[n(14)]
    NeedsMembership {
        /// Which membership.
        #[n(0)]
        membership: MembershipId,
    },
    /// Only for those who do not hold it yet.
    #[n(15)]
    HasMembership {
        /// Which membership.
        #[n(0)]
        membership: MembershipId,
    },
    /// Only on the birthday.
    #[n(16)]
    NotBirthday,
    /// Not now.
    #[n(17)]
    NotNow,
    /// Not here.
    #[n(18)]
    NotHere,
    /// All goods that it acts on are already reduced, or taken by another offer.
    #[n(19)]
    NothingLeft,
    /// Another of its group gives more.
    #[n(20)]
    OtherIsBetter {
        /// The program that gives more.
        #[n(0)]
        program: ProgramId,
    },
    /// Too little was spent to earn.
    #[n(21)]
    TooLittleToEarn {
        /// For each such amount something is earned.
        #[n(0)]
        per: Money,
    },
    /// A percentage off the basket, for holders of a card or another membership.
    #[n(22)]
    CardPercent {
        /// The share taken off.
        #[n(0)]
        off: Rate,
        /// What is held; older records do not say.
        #[n(1)]
        membership: Option<MembershipId>,
    },
    /// All goods that it could act on are reduced already.
    #[n(23)]
    OnlyFullPrice,
    /// None of the goods that it could act on is reduced.
    #[n(24)]
    OnlyReduced,
    /// The way in which the buyer was identified earns nothing.
    #[n(25)]
    NoEarning {
        /// How he was.
        #[n(0)]
        shown: Shown,
    },
    /// The way in which the buyer was identified gives no members' prices.
    #[n(26)]
    NoMemberPrices {
        /// How he was.
        #[n(0)]
        shown: Shown,
    },
    /// Only in a tier.
    #[n(27)]
    NeedsTier {
        /// The tier's name.
        #[n(0)]
        tier: String,
    },
    /// Only for an organisation.
    #[n(28)]
    NeedsOrganisation,
    /// Only for whoever has agreed to it.
    #[n(29)]
    NeedsConsent {
        /// To what.
        #[n(0)]
        consent: String,
    },
    /// Only for whoever has said that he likes it.
    #[n(30)]
    NeedsInterest {
        /// What.
        #[n(0)]
        interest: String,
    },
    /// Only for whoever was brought by a member.
    #[n(31)]
    NotBrought,
    /// More must have been spent before.
    #[n(32)]
    NeedsSpent {
        /// The threshold.
        #[n(0)]
        needs: Money,
        /// What was spent.
        #[n(1)]
        has: Money,
    },
    /// More must have been bought.
    #[n(33)]
    NeedsBought {
        /// The threshold.
        #[n(0)]
        needs: Quantity,
        /// What was bought.
        #[n(1)]
        has: Quantity,
    },
    /// More must have been earned before.
    #[n(34)]
    NeedsEarned {
        /// The purse.
        #[n(0)]
        purse: PurseId,
        /// The threshold.
        #[n(1)]
        needs: Points,
        /// What was earned.
        #[n(2)]
        has: Points,
    },
    /// Its step of the past is behind, or its order was another one.
    #[n(35)]
    PastIt,
    /// So many stamps are missing.
    #[n(36)]
    NeedsStamps {
        /// How many more.
        #[n(0)]
        more: Points,
        /// Of which purse.
        #[n(1)]
        purse: PurseId,
        /// What earns them; empty where that is anything.
        #[n(2)]
        #[cbor(default)]
        goods: String,
    },
    /// It has given all that it may.
    #[n(37)]
    LimitReached,
    /// Units reduced for full cards of stamps.
    #[n(38)]
    ForStamps {
        /// How many units.
        #[n(0)]
        units: u64,
        /// Stamps of a full card.
        #[n(1)]
        stamps: Points,
    },
    /// Something of the catalogue was issued.
    #[n(39)]
    Issued {
        /// What, as a customer reads it.
        #[n(0)]
        reward: String,
        /// How many.
        #[n(1)]
        quantity: u64,
    },
    /// A share goes to a charity.
    #[n(40)]
    Donated {
        /// To which.
        #[n(0)]
        charity: CharityId,
        /// How much.
        #[n(1)]
        amount: Money,
    },
    /// A draw is decided when the sale is recorded.
    #[n(41)]
    DrawIsDue {
        /// How likely a win is.
        #[n(0)]
        chance: Rate,
    },
    /// A tier raises what is earned.
    #[n(42)]
    Multiplied {
        /// Into which purse.
        #[n(0)]
        purse: PurseId,
        /// So many times the base.
        #[n(1)]
        times: Rate,
    },
    /// Points for somebody else.
    #[n(43)]
    EarnedForOther {
        /// Into which purse.
        #[n(0)]
        purse: PurseId,
        /// How many.
        #[n(1)]
        points: Points,
    },
    /// A line on the screen.
    #[n(44)]
    Says {
        /// The line, as the file has it.
        #[n(0)]
        text: String,
    },
    /// A supervisor must agree.
    #[n(45)]
    NeedsApproval,
    /// This sale does not reach the tier.
    #[n(46)]
    DoesNotReach {
        /// The tier's name.
        #[n(0)]
        tier: String,
    },
    /// No rule knows a code that was shown.
    #[n(60)]
    UnknownCode {
        /// The code, as it was shown.
        #[n(0)]
        code: String,
    },
    /// Only with a code. Which one is not told.
    #[n(61)]
    NeedsCode,
    /// The code has given all that it may.
    #[n(62)]
    CodeUsed {
        /// The code.
        #[n(0)]
        code: String,
    },
    /// What all customers share was dealt to this place in no share.
    #[n(63)]
    NotDealt,
    /// What all customers share is given away.
    #[n(64)]
    GivenAway,
    /// So many more for a free one.
    #[n(50)]
    MoreForFree {
        /// How many more.
        #[n(0)]
        more: Quantity,
        /// Of which goods, as the file names them.
        #[n(1)]
        goods: String,
    },
    /// Certain goods must come to more.
    #[n(51)]
    NeedsAmountOf {
        /// The threshold.
        #[n(0)]
        needs: Money,
        /// What they come to.
        #[n(1)]
        has: Money,
        /// Which goods, as the file names them.
        #[n(2)]
        goods: String,
    },
    /// Not together with certain goods.
    #[n(52)]
    HasGoods {
        /// Which goods, as the file names them.
        #[n(0)]
        goods: String,
    },
    /// Units of groups, of a set or of the basket are reduced.
    #[n(53)]
    UnitsReduced {
        /// How many.
        #[n(0)]
        units: u64,
        /// The share taken off; none where it is an amount or a price of its own.
        #[n(1)]
        off: Option<Rate>,
        /// Of which goods, as the file names them.
        #[n(2)]
        goods: String,
    },
    /// Whole groups or sets are reduced.
    #[n(54)]
    GroupsReduced {
        /// Units of a group.
        #[n(0)]
        pieces: u64,
        /// How many groups.
        #[n(1)]
        groups: u64,
    },
    /// A price of its own for certain goods, for everybody.
    #[n(55)]
    FixedPrice {
        /// Which goods, as the file names them.
        #[n(0)]
        goods: String,
    },
    /// A gift is not among the goods that are known here.
    #[n(56)]
    GiftUnknown {
        /// Its sku.
        #[n(0)]
        goods: String,
    },
    /// One price for the whole basket.
    #[n(57)]
    BasketPrice,
    /// The sale names nobody who sold it.
    #[n(58)]
    NeedsAgent,
    /// So many units of a purse are missing, of which the offer uses up some.
    #[n(66)]
    NeedsUnits {
        /// How many more.
        #[n(0)]
        more: Points,
        /// Of which purse.
        #[n(1)]
        purse: PurseId,
    },
    /// Only for holders of something that was issued.
    #[n(67)]
    NeedsEntitlement {
        /// What.
        #[n(0)]
        reward: RewardId,
    },
    /// What was paid for stored value is on a purse now.
    #[n(65)]
    PutOn {
        /// Which purse.
        #[n(0)]
        purse: PurseId,
        /// How much.
        #[n(1)]
        amount: Money,
    },
    /// A membership that is sold as goods: it counts in the same sale.
    #[n(70)]
    MembershipSold {
        /// Which membership.
        #[n(0)]
        membership: MembershipId,
    },
}

impl Quote {
    /// What purses pay together.
    pub fn paid_with_purses(&self) -> Money {
        self.payments.iter().map(|payment| payment.money).sum()
    }
}

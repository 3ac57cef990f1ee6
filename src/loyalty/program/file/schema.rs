//! The words of a program file as data, table by table: what `vafa program schema` gives editors. A test reads files with
//! every word and fails for one that the reader asks for and this list lacks, or the other way round.

/// What may stand at a word.
#[derive(Clone, Copy, Debug)]
pub enum Shape {
    /// Text in quotes.
    Text,
    /// One text, or a list of them.
    Texts,
    /// true or false.
    Flag,
    /// A whole number from here to there.
    Whole(i64, i64),
    /// A number in quotes, so that it stays exact, or a whole number without.
    Number,
    /// Such as "5 %".
    Percent,
    /// Such as "5 %" or "5.00".
    PercentOrAmount,
    /// Such as 2026-03-01.
    Day,
    /// One of these words.
    OneOf(&'static [&'static str]),
    /// A list of these words, or one of them.
    SomeOf(&'static [&'static str]),
    /// A table of this list.
    Table(&'static str),
    /// A list of such tables.
    Tables(&'static str),
    /// One such table, or a list of them.
    TableOrTables(&'static str),
    /// A number, or a table of this list.
    NumberOrTable(&'static str),
    /// A whole number from here to there, or a table of this list.
    WholeOrTable(i64, i64, &'static str),
    /// Tables by names of their own, such as [purse.points].
    Named(&'static str),
    /// Who is meant: words, tables or a list of both.
    Who,
    /// In which company: a word or a table.
    With,
    /// What leads up a ladder: a word or a table.
    Counts,
}

/// A word, what may stand there, and what it means.
#[derive(Clone, Copy, Debug)]
pub struct Word {
    /// The word.
    pub word: &'static str,
    /// What may stand there.
    pub shape: Shape,
    /// What it means, in one line.
    pub says: &'static str,
}

/// A table of a program file.
#[derive(Clone, Copy, Debug)]
pub struct Table {
    /// What it is called in this list.
    pub name: &'static str,
    /// As what the reader takes tables of this kind, where it calls them otherwise.
    pub read_as: &'static [&'static str],
    /// Its words.
    pub words: &'static [Word],
    /// Those without which it says nothing.
    pub must: &'static [&'static str],
}

const fn word(word: &'static str, shape: Shape, says: &'static str) -> Word {
    Word { word, shape, says }
}

/// The words of `who` that stand alone.
pub const WHO_WORDS: &[&str] = &[
    "everyone",
    "members",
    "strangers",
    "birthday",
    "friend",
    "organisation",
];
/// The words of `with` that stand alone.
pub const WITH_WORDS: &[&str] = &["stack", "alone"];

const WEEKDAYS: &[&str] = &["mon", "tue", "wed", "thu", "fri", "sat", "sun"];
const STAGES: &[&str] = &["list price", "after unit offers", "what is left"];
const PARTS: &[&str] = &["discounts", "purses", "tax"];
const MOST: i64 = 1_000_000;

/// The words that name goods, in whichever table they stand.
const GOODS: [Word; 8] = [
    word("sku", Texts, "One of these articles."),
    word("category", Texts, "In one of these categories, or below them."),
    word("brand", Texts, "Of one of these brands."),
    word("unit", Text, "Counted in this unit: each, l, kg."),
    word(
        "on_sale",
        Flag,
        "false: goods that are not reduced already; true: only those.",
    ),
    word(
        "from_price",
        Number,
        "Of which one costs at least this at list price.",
    ),
    word(
        "below_price",
        Number,
        "Of which one costs less than this at list price.",
    ),
    word("except", TableOrTables("goods"), "But not these."),
];

use Shape::{
    Counts, Day, Flag, Named, Number, NumberOrTable, OneOf, Percent, PercentOrAmount, SomeOf, Table as In,
    TableOrTables, Tables, Text, Texts, Who, Whole, WholeOrTable, With,
};

/// All tables; the first is the file itself.
pub const TABLES: &[Table] = &[
    Table {
        name: "file",
        read_as: &["the file"],
        must: &["id"],
        words: &[
            word(
                "returns",
                OneOf(&["quoted again", "in proportion"]),
                "What a return gives back in this shop.",
            ),
            word(
                "id",
                Text,
                "The program's name everywhere: the file's name without .toml.",
            ),
            word(
                "name",
                Text,
                "What receipt and screen call it; without it the id.",
            ),
            word("goal", Text, "What the owner wants of it, for the reports."),
            word(
                "when",
                In("window"),
                "When the whole program is valid; without it always.",
            ),
            word(
                "priority",
                Whole(-MOST, MOST),
                "Inside a phase the lower number acts first; without it 0.",
            ),
            word("tip", Text, "One short line shown with points that were earned."),
            word(
                "limit",
                In("limit of file"),
                "How much all rules of the file give together.",
            ),
            word("rule", Tables("rule"), "Each [[rule]] gives one thing."),
            word(
                "purse",
                Named("purse"),
                "[purse.NAME]: a unit of account, such as points.",
            ),
            word(
                "membership",
                Named("membership"),
                "[membership.NAME]: a right that lasts.",
            ),
            word(
                "ladder",
                Named("ladder"),
                "[ladder.NAME]: tiers that are reached by a counter, or come with a group.",
            ),
            word(
                "reward",
                Named("reward"),
                "[reward.NAME]: something that is issued, redeemed and used up.",
            ),
        ],
    },
    Table {
        name: "rule",
        read_as: &["rule"],
        must: &["gives"],
        words: &[
            word("who", Who, "To whom; without it everyone."),
            word("when", In("moment"), "When; without it always."),
            word("where", In("place"), "At which places; without it everywhere."),
            word(
                "needs",
                In("needs"),
                "What must be in the basket, or have been done; without it anything.",
            ),
            word("gives", In("gives"), "What the customer gets: exactly one thing."),
            word("limit", In("limit"), "How much at most; without it no limit."),
            word("with", With, "In which company."),
            word("phase", Whole(1, 8), "The rule acts in another phase (1 to 5)."),
        ],
    },
    Table {
        name: "window",
        read_as: &["when"],
        must: &[],
        words: &[
            word("from", Day, "The first day, by the clock on the site's wall."),
            word("until", Day, "The last day, included."),
            word("weekdays", SomeOf(WEEKDAYS), "On these days of the week."),
            word(
                "hours",
                Text,
                "\"22:00-06:00\": from, up to but not including; may run over midnight.",
            ),
        ],
    },
    Table {
        name: "moment",
        read_as: &["when"],
        must: &[],
        words: &[
            word("from", Day, "The first day, by the clock on the site's wall."),
            word("until", Day, "The last day, included."),
            word("weekdays", SomeOf(WEEKDAYS), "On these days of the week."),
            word(
                "hours",
                Text,
                "\"22:00-06:00\": from, up to but not including; may run over midnight.",
            ),
            word(
                "each",
                OneOf(&["month", "quarter", "year"]),
                "On the first day of each instead of in a sale.",
            ),
        ],
    },
    Table {
        name: "place",
        read_as: &["where"],
        must: &[],
        words: &[
            word("site", Texts, "A site, or a list of them."),
            word("partner", Texts, "Sites of a partner, or of several."),
        ],
    },
    Table {
        name: "who",
        read_as: &["who"],
        must: &[],
        words: &[
            word(
                "birthday",
                OneOf(&["1 March", "28 February"]),
                "Whose birthday it is; when 29 February is kept.",
            ),
            word("group", Text, "Holders of a proof that is still good."),
            word("holds", Text, "Holders of this membership."),
            word("lacks", Text, "Those who do not hold this membership."),
            word(
                "tier",
                Text,
                "\"LADDER/TIER\": who holds this tier, not a higher one.",
            ),
            word("organisation", Text, "Who buys for this organisation."),
            word("consent", Text, "Who has agreed to this."),
            word("interest", Text, "Who has declared this interest."),
        ],
    },
    Table {
        name: "needs",
        read_as: &["needs"],
        must: &[],
        words: &[
            word(
                "at",
                OneOf(STAGES),
                "Which amount total looks at; without it after unit offers.",
            ),
            word(
                "entitlement",
                Text,
                "A reward that the customer holds and that is used up.",
            ),
            word(
                "goods",
                In("goods"),
                "Which goods are meant: needed, and acted upon; without it all.",
            ),
            word(
                "every",
                Whole(2, MOST),
                "So many pieces make a group, dearest first.",
            ),
            word(
                "total",
                NumberOrTable("step"),
                "The basket's amount after unit offers; reached at its value.",
            ),
            word(
                "quantity",
                NumberOrTable("step"),
                "At least so much of the goods.",
            ),
            word("purse", Text, "Whose stamps are used up."),
            word("stamps", Whole(1, MOST), "So many stamps make a full card."),
            word("spent", In("spent"), "Money spent before."),
            word("bought", In("spent"), "Quantity bought before."),
            word("earned", In("earned"), "Points earned before, at the base rate."),
            word(
                "order",
                WholeOrTable(1, MOST, "order"),
                "The customer's first, second … sale.",
            ),
            word(
                "reaches",
                Text,
                "\"LADDER/TIER\": a tier that this very sale reaches.",
            ),
            word("activity", Text, "Something done outside of a sale."),
            word(
                "once_per",
                Text,
                "The activity counts once for each value of this attribute.",
            ),
            word(
                "code",
                Texts,
                "A campaign word or coupon, or a list of which one is enough.",
            ),
            word(
                "contains",
                TableOrTables("contains"),
                "What else must be in the basket, without being acted on.",
            ),
            word("lacks", TableOrTables("goods"), "What must not be in the basket."),
            word(
                "set",
                Tables("portion"),
                "Goods that make a group together, one portion of each.",
            ),
        ],
    },
    Table {
        name: "goods",
        read_as: &["goods", "reserves", "spent", "bought", "lacks", "except"],
        must: &[],
        words: &GOODS,
    },
    Table {
        name: "contains",
        read_as: &["contains"],
        must: &[],
        words: &[
            GOODS[0],
            GOODS[1],
            GOODS[2],
            GOODS[3],
            GOODS[4],
            GOODS[5],
            GOODS[6],
            GOODS[7],
            word("quantity", Number, "At least so much of them."),
            word("amount", Number, "For at least so much."),
            word("every", Whole(1, MOST), "Once for each so many."),
        ],
    },
    Table {
        name: "portion",
        read_as: &["set"],
        must: &[],
        words: &[
            GOODS[0],
            GOODS[1],
            GOODS[2],
            GOODS[3],
            GOODS[4],
            GOODS[5],
            GOODS[6],
            GOODS[7],
            word(
                "quantity",
                Whole(1, 1_000),
                "So many pieces of them; without it 1.",
            ),
        ],
    },
    Table {
        name: "step",
        read_as: &["total", "quantity"],
        must: &["from"],
        words: &[
            word("from", Number, "At least so much; reached at its value."),
            word("below", Number, "Less than so much."),
        ],
    },
    Table {
        name: "order",
        read_as: &["order"],
        must: &[],
        words: &[
            word("every", Whole(2, MOST), "Each so many-th order."),
            word("from", Whole(1, MOST), "From this order on."),
            word("below", Whole(1, MOST), "Before this order."),
        ],
    },
    Table {
        name: "spent",
        read_as: &["spent", "bought"],
        must: &[],
        words: &[
            word("from", Number, "At least so much; reached at its value."),
            word("below", Number, "Less than so much."),
            word(
                "within",
                Text,
                "\"30 days\", \"12 months\", \"calendar month\", \"last month\" …; without it ever.",
            ),
            word(
                "of",
                OneOf(&["member", "organisation"]),
                "Whose past; without it the member's.",
            ),
            word("with_this", Flag, "true: this basket counts, too."),
            word("goods", In("goods"), "On which goods; without it all."),
        ],
    },
    Table {
        name: "earned",
        read_as: &["earned"],
        must: &["purse"],
        words: &[
            word("with_bonus", Flag, "true: what tiers add counts, too."),
            word("from", Number, "At least so many; reached at its value."),
            word("below", Number, "Less than so many."),
            word(
                "within",
                Text,
                "\"30 days\", \"12 months\", \"calendar month\", \"last month\" …; without it ever.",
            ),
            word(
                "of",
                OneOf(&["member", "organisation"]),
                "Whose past; without it the member's.",
            ),
            word("with_this", Flag, "true: this basket counts, too."),
            word("purse", Text, "Points of this purse."),
        ],
    },
    Table {
        name: "gives",
        read_as: &["gives"],
        must: &[],
        words: &[
            word(
                "at",
                OneOf(STAGES),
                "Of what a percentage is; without it of what is left.",
            ),
            word(
                "counting",
                SomeOf(PARTS),
                "What the amount that earns holds besides.",
            ),
            word(
                "without",
                SomeOf(PARTS),
                "What the amount that earns does not hold.",
            ),
            word(
                "rounded",
                OneOf(&["by sale", "by line"]),
                "When earning is rounded down.",
            ),
            word("price", Number, "Its own price for the goods, where lower."),
            word("off", PercentOrAmount, "A share off, or an amount off."),
            word(
                "of",
                Text,
                "What off or price falls on: basket, goods, each, cheapest, dearest or group; or the attribute of share.",
            ),
            word(
                "free",
                OneOf(&["cheapest", "dearest"]),
                "The cheapest of each group, or one for a full card of stamps; or the dearest.",
            ),
            word("points", Number, "So many points for each per."),
            word(
                "per",
                Text,
                "An amount, a quantity such as \"1 l\", \"sale\" or \"activity\"; without it one unit of the currency.",
            ),
            word("purse", Text, "Into which purse; points without it."),
            word(
                "to",
                Text,
                "To whose account: buyer, organisation, agent, referrer; or the charity of donate.",
            ),
            word(
                "split",
                In("split"),
                "Shared between an organisation and who buys for it.",
            ),
            word(
                "membership",
                Text,
                "A membership that counts from the next sale on.",
            ),
            word(
                "stamp",
                Whole(1, MOST),
                "So many stamps for each unit that is paid.",
            ),
            word("times", Number, "What the base rules give, so many times over."),
            word("back", Percent, "A share of what was spent, into a money purse."),
            word("share", Percent, "A share of an amount that an activity names."),
            word("over", Text, "The attribute by which share is divided."),
            word("issue", Text, "A reward, until it is used."),
            word("quantity", Whole(1, MOST), "How many are issued; without it 1."),
            word("draw", Percent, "The chance of a win."),
            word("among", Texts, "What may be won."),
            word(
                "donate",
                Percent,
                "A share to a charity, at no cost to the buyer.",
            ),
            word(
                "units",
                Whole(1, 1_000),
                "How many units of each group are reduced; without it 1.",
            ),
            word(
                "add",
                Flag,
                "true: units that are not in the basket are added to it.",
            ),
            word("gift", Text, "Goods at no cost, added where they are missing."),
            word("message", Text, "A line on the screen."),
            word("approval", OneOf(&["needed"]), "Somebody must agree to the sale."),
            word(
                "brings",
                Text,
                "The attribute of an activity that names who was brought.",
            ),
        ],
    },
    Table {
        name: "split",
        read_as: &["split"],
        must: &["organisation"],
        words: &[
            word("organisation", Percent, "The organisation's share."),
            word(
                "consent",
                Text,
                "What the buyer must have agreed to for the rest.",
            ),
        ],
    },
    Table {
        name: "limit",
        read_as: &["limit"],
        must: &[],
        words: &[
            word(
                "sale",
                Number,
                "In one sale: units (\"30 l\"), an amount (\"100.00\") or \"2 times\".",
            ),
            word("day", Number, "In a day."),
            word("month", Number, "In a month of the calendar."),
            word("quarter", Number, "In a quarter of the calendar."),
            word("year", Number, "In a year of the calendar."),
            word("member", Number, "By one member for ever."),
            word("code", Number, "Of each single code, for everybody together."),
            word("total", Number, "In all, for everybody together."),
        ],
    },
    Table {
        name: "limit of file",
        read_as: &["limit"],
        must: &[],
        words: &[
            word(
                "day",
                Number,
                "In a day: units (\"30 l\"), an amount (\"100.00\") or \"2 times\".",
            ),
            word("month", Number, "In a month of the calendar."),
            word("quarter", Number, "In a quarter of the calendar."),
            word("year", Number, "In a year of the calendar."),
            word("member", Number, "By one member for ever."),
            word("code", Number, "Of each single code, for everybody together."),
            word("total", Number, "In all, for everybody together."),
        ],
    },
    Table {
        name: "with",
        read_as: &["with"],
        must: &["one_of"],
        words: &[word(
            "one_of",
            Text,
            "Of this group one rule applies: what takes most off for the customer.",
        )],
    },
    Table {
        name: "purse",
        read_as: &["a purse"],
        must: &[],
        words: &[
            word("sold_as", Texts, "Goods whose price is put on a gift purse."),
            word("least", Number, "The smallest amount that it pays at once."),
            word(
                "usable",
                OneOf(&["at once", "next sale"]),
                "From when on stamps of a sale count.",
            ),
            word(
                "pays_as",
                OneOf(&["tender", "discount"]),
                "What it is to the tax when it pays.",
            ),
            word(
                "returned_days",
                Whole(0, 36_500),
                "How long units live at least that a return gives back.",
            ),
            word(
                "kind",
                OneOf(&["points", "money", "gift"]),
                "money is worth its face value; without it points.",
            ),
            word(
                "worth",
                Number,
                "What one unit pays; without it the purse cannot pay.",
            ),
            word(
                "may_pay",
                Percent,
                "The share of a bill it may pay; without it everything.",
            ),
            word(
                "step",
                Number,
                "To what earning is rounded down; without it 1, the smallest unit for money.",
            ),
            word(
                "days",
                Whole(0, 36_500),
                "How many days a lot lives after the day it was earned.",
            ),
            word(
                "lapses",
                OneOf(&["end of month", "end of quarter", "end of year"]),
                "When a lot ends.",
            ),
        ],
    },
    Table {
        name: "membership",
        read_as: &["a membership"],
        must: &[],
        words: &[
            word(
                "with_this",
                Flag,
                "true: it counts in the sale that gives it, too.",
            ),
            word(
                "months",
                Whole(1, 1_200),
                "How long it lasts; without it for ever.",
            ),
            word("sold_as", Texts, "The goods that begin it and extend it."),
            word("reserves", In("goods"), "Goods that only holders may buy."),
            word(
                "of",
                OneOf(&["member", "organisation"]),
                "Who holds it; without it the member.",
            ),
        ],
    },
    Table {
        name: "ladder",
        read_as: &["a ladder"],
        must: &["levels"],
        words: &[
            word(
                "with_this",
                Flag,
                "true: the sale that reaches a tier is judged with it.",
            ),
            word("with_bonus", Flag, "true: points that tiers add qualify, too."),
            word(
                "counts",
                Counts,
                "\"spend\", a purse, or a table with spent or bought.",
            ),
            word(
                "within",
                Text,
                "Over which days; a tier is kept as long. Without it ever.",
            ),
            word(
                "of",
                OneOf(&["member", "organisation"]),
                "Whose tiers; without it the member's.",
            ),
            word("levels", Tables("level"), "The tiers, the lowest first."),
        ],
    },
    Table {
        name: "level",
        read_as: &["levels"],
        must: &["name"],
        words: &[
            word("name", Text, "The tier's name."),
            word("from", Number, "Reached at this value; 0: everybody."),
            word("group", Text, "Held by whoever is in this group."),
        ],
    },
    Table {
        name: "counts",
        read_as: &["counts"],
        must: &[],
        words: &[
            word("spent", In("goods"), "Money spent on these goods."),
            word("bought", In("goods"), "Quantity bought of these goods."),
        ],
    },
    Table {
        name: "reward",
        read_as: &["a reward"],
        must: &[],
        words: &[
            word("name", Text, "What a customer reads."),
            word("costs", Number, "What one costs; without it only rules give it."),
            word("purse", Text, "In units of which purse."),
            word(
                "stock",
                Whole(0, 1_000_000_000),
                "How many can be redeemed in all; without it enough.",
            ),
            word("who", Who, "Who may redeem it; without it everyone."),
            word("approval", OneOf(&["needed"]), "Somebody must agree."),
            word("charity", Text, "What it costs goes to this charity."),
            word("becomes", In("becomes"), "It becomes an amount of another purse."),
        ],
    },
    Table {
        name: "becomes",
        read_as: &["becomes"],
        must: &["amount", "purse"],
        words: &[
            word("amount", Number, "So many units…"),
            word("purse", Text, "…of this purse."),
        ],
    },
];

#[cfg(test)]
mod tests {
    use std::collections::{BTreeMap, BTreeSet};

    use toml::de::DeTable;

    use super::super::fields::Page;
    use super::super::program;
    use super::*;
    use crate::loyalty::fixture::terms;

    /// Every table of the vocabulary; words beside each other that no file of the house has.
    const ALL: &str = r#"id = "x"
when = { from = 2026-01-01 }
limit = { total = "1 times" }
[purse.a]
[membership.m]
sold_as = "M"
reserves = { sku = "A" }
[ladder.s]
counts = { spent = { sku = "A" } }
levels = [{ name = "t", from = 1 }]
[ladder.b]
counts = { bought = { sku = "A" } }
levels = [{ name = "t", from = 1 }]
[reward.r]
costs = 1
purse = "a"
becomes = { purse = "a", amount = 1 }
[[rule]]
who = { group = "g" }
when = { each = "month" }
where = { site = "s" }
needs = { goods = { sku = "A", except = { sku = "B" } }, contains = { sku = "B" }, lacks = { sku = "C" }, total = { from = 1 }, quantity = { from = 1 }, order = { every = 2 }, set = [{ sku = "A" }, { sku = "B" }], spent = { from = 1 }, bought = { from = 1 }, earned = { from = 1, purse = "a" } }
gives = { points = 1, split = { organisation = "70 %" } }
limit = { sale = "1 times" }
with = { one_of = "g" }
"#;

    /// What the reader asks for, by what it calls the tables.
    fn asked() -> BTreeMap<&'static str, Vec<BTreeSet<&'static str>>> {
        let folder = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("programs");
        let files = std::fs::read_dir(folder).expect("the folder");
        let files = files.filter_map(|file| std::fs::read_to_string(file.expect("a file").path()).ok());
        let mut asked: BTreeMap<&'static str, Vec<BTreeSet<&'static str>>> = BTreeMap::new();
        // One of each reward, so that each asks for the words that stand beside it.
        let gives = TABLES
            .iter()
            .find(|table| table.name == "gives")
            .expect("it is there")
            .words;
        let rewards = gives
            .iter()
            .map(|word| format!("id = \"x\"\n[[rule]]\ngives = {{ {} = 1 }}", word.word));
        let terms = terms();
        for text in files.chain([ALL.to_owned()]).chain(rewards) {
            let mut page = Page::new("x.toml", &text, &terms);
            let (root, _) = DeTable::parse_recoverable(&text);
            let _ = program(&mut page, root.get_ref());
            for (what, words) in page.asked {
                asked.entry(what).or_default().push(words.into_iter().collect());
            }
        }
        asked
    }

    #[test]
    fn every_word_that_the_reader_asks_for_is_in_the_schema() {
        let asked = asked();
        for (what, all) in &asked {
            let tables: Vec<&Table> = TABLES
                .iter()
                .filter(|table| table.read_as.contains(what))
                .collect();
            for words in all {
                let has = |table: &&&Table| {
                    words
                        .iter()
                        .all(|asked| table.words.iter().any(|word| word.word == *asked))
                };
                let advice = format!(
                    "src/loyalty/program/file/schema.rs: add to the table that is read as \"{what}\" whichever of these \
                     words it lacks, each with its shape and a line on what it means: {words:?}"
                );
                assert!(tables.iter().any(|table| has(&table)), "{advice}");
            }
        }
        for table in TABLES {
            let asked: BTreeSet<&str> = table
                .read_as
                .iter()
                .flat_map(|what| asked.get(what).into_iter().flatten().flatten())
                .copied()
                .collect();
            let unread: Vec<&str> = table
                .words
                .iter()
                .map(|word| word.word)
                .filter(|word| !asked.contains(word))
                .collect();
            let advice = format!(
                "src/loyalty/program/file/schema.rs: no file of programs/ and not ALL makes the reader ask for {unread:?} \
                 of the table \"{}\": add them to ALL, or take them out of the schema",
                table.name
            );
            assert!(unread.is_empty(), "{advice}");
            let must_be_there = table
                .must
                .iter()
                .all(|must| table.words.iter().any(|word| word.word == *must));
            assert!(must_be_there, "{}", table.name);
        }
    }

    #[test]
    fn the_words_of_who_and_with_are_those_of_the_reader() {
        for word in WHO_WORDS {
            let text = format!("id = \"x\"\n[[rule]]\nwho = \"{word}\"\ngives = {{ off = \"5 %\" }}");
            assert!(super::super::read("x.toml", &text, &terms()).is_ok(), "{word}");
        }
        for word in WITH_WORDS {
            let text = format!("id = \"x\"\n[[rule]]\nwith = \"{word}\"\ngives = {{ off = \"5 %\" }}");
            assert!(super::super::read("x.toml", &text, &terms()).is_ok(), "{word}");
        }
    }
}

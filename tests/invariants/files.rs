//! Random program files out of the whole vocabulary, as text: what a shop's owner might write, one rule after another.
//! A rule that the reader refuses is left out, so that every set is one that could be published.

use proptest::prelude::*;
use proptest::sample::select;
use vafa::loyalty::program::file::{read, read_all};
use vafa::loyalty::program::{ProgramSet, Terms};

/// What every random file declares, so that rules can name it.
const DECLARED: &str = "[purse.points]\nworth = \"0.50\"\n[purse.cash]\nkind = \"money\"\nmay_pay = \"50 %\"\n[purse.miles]\n\
[purse.stamps]\n[purse.cups]\ndays = 30\n[membership.card]\n[membership.prime]\nmonths = 12\nsold_as = \"PRIME\"\n\
[ladder.club]\ncounts = \"spend\"\nlevels = [{ name = \"red\", from = 0 }, { name = \"silver\", from = \"200.00\" }, { name = \"gold\", from = \"1000.00\" }]\n\
[ladder.flown]\ncounts = \"miles\"\nwithin = \"12 months\"\nlevels = [{ name = \"blue\", from = 100 }]\n\
[reward.mug]\nname = \"a mug\"\n[reward.cake]\ncosts = 100\npurse = \"points\"\n";

fn who() -> impl Strategy<Value = &'static str> {
    prop_oneof![
        6 => Just(""),
        4 => Just("who = \"members\"\n"),
        4 => select(vec![
            "who = \"strangers\"\n", "who = \"birthday\"\n", "who = { birthday = \"28 February\" }\n",
            "who = { group = \"student\" }\n", "who = [\"members\", { lacks = \"card\" }]\n",
            "who = { holds = \"card\" }\n", "who = { holds = \"prime\" }\n", "who = { tier = \"club/silver\" }\n",
            "who = { tier = \"flown/blue\" }\n", "who = \"organisation\"\n", "who = { consent = \"news\" }\n",
            "who = { interest = \"garden\" }\n", "who = \"friend\"\n",
        ]),
    ]
}

fn when_and_where() -> impl Strategy<Value = &'static str> {
    prop_oneof![
        8 => Just(""),
        2 => select(vec![
            "when = { from = \"2026-02-10\", until = \"2026-02-10\" }\n", "when = { until = \"2026-02-09\" }\n",
            "when = { weekdays = [\"tue\", \"sat\"] }\n", "when = { hours = \"22:00-13:00\" }\n",
            "where = { site = \"north\" }\n", "where = { partner = \"grocer\" }\n",
        ]),
    ]
}

fn goods() -> impl Strategy<Value = &'static str> {
    prop_oneof![
        4 => Just(""),
        6 => select(vec![
            "goods = { sku = \"GUM\" }", "goods = { sku = [\"TEA\", \"MINT\"] }", "goods = { category = \"sweet\" }",
            "goods = { category = \"sweet/mint\" }", "goods = { brand = \"Acme\" }", "goods = { on_sale = false }",
            "goods = { unit = \"l\" }", "goods = { from_price = \"2.00\" }", "goods = { category = \"sweet\", below_price = \"5.00\" }", "goods = { except = { category = \"sweet\" } }", "goods = { brand = \"Acme\", except = [{ sku = \"TEA\" }, { on_sale = true }] }",
        ]),
    ]
}

fn asked() -> impl Strategy<Value = &'static str> {
    prop_oneof![
        8 => Just(""),
        4 => select(vec![
            "total = \"20.00\"", "total = \"20.00\", at = \"list price\"", "total = \"20.00\", at = \"what is left\"",
            "quantity = \"3\"", "spent = { from = \"50.00\", within = \"30 days\" }",
            "spent = { from = \"20.00\", below = \"900.00\", with_this = true }", "order = 1", "order = { every = 2 }", "code = \"SAVE\"", "contains = { sku = \"TEA\" }", "contains = { category = \"sweet\", quantity = \"2\" }", "contains = { brand = \"Acme\", amount = \"5.00\" }", "lacks = { sku = \"LAMP\" }", "total = { from = \"5.00\", below = \"60.00\" }", "quantity = { from = \"2\", below = \"9\" }",
            "bought = { from = \"2\", goods = { sku = \"TEA\" } }", "earned = { purse = \"miles\", from = 50, with_bonus = true }",
        ]),
    ]
}

/// What a rule gives, and what it must ask for beside that.
fn gives() -> impl Strategy<Value = (String, &'static str)> {
    let percent = || select(vec!["5 %", "10 %", "33 %", "50 %", "99.5 %", "100 %"]);
    let earning = || {
        select(vec![
            "",
            "",
            "",
            ", counting = \"discounts\"",
            ", counting = [\"purses\", \"tax\"]",
            ", without = \"tax\"",
            ", rounded = \"by line\"",
        ])
    };
    let to = || {
        select(vec![
            "",
            "",
            "",
            ", to = \"organisation\"",
            ", to = \"agent\"",
            ", split = { organisation = \"70 %\", consent = \"news\" }",
        ])
    };
    prop_oneof![
        (percent(), select(vec!["", ", at = \"list price\""]))
            .prop_map(|(off, at)| (format!("off = \"{off}\", of = \"basket\"{at}"), "")),
        (percent(), select(vec!["", ", at = \"list price\""]))
            .prop_map(|(off, at)| (format!("off = \"{off}\", of = \"goods\"{at}"), "")),
        (
            select(vec!["0.05", "1.00", "7.77"]),
            select(vec!["basket", "each"])
        )
            .prop_map(|(off, of)| (format!("off = \"{off}\", of = \"{of}\""), "")),
        select(vec!["0.00", "1.25", "3.999"]).prop_map(|price| (format!("price = \"{price}\""), "")),
        (
            percent(),
            select(vec!["every = 2", "every = 3", "stamps = 4, purse = \"stamps\""])
        )
            .prop_map(|(off, every)| (format!("off = \"{off}\", of = \"cheapest\""), every)),
        select(vec![
            "every = 3",
            "stamps = 4, purse = \"stamps\"",
            "stamps = 2, purse = \"cups\""
        ])
        .prop_map(|every| ("free = \"cheapest\"".to_owned(), every)),
        (
            select(vec!["points", "miles"]),
            select(vec!["1.00", "10.00", "1 each", "1 l", "sale"]),
            earning(),
            to()
        )
            .prop_map(|(purse, per, earning, to)| (
                format!("points = 3, per = \"{per}\", purse = \"{purse}\"{earning}{to}"),
                ""
            )),
        select(vec!["stamps", "cups"]).prop_map(|purse| (format!("stamp = 1, purse = \"{purse}\""), "")),
        (select(vec!["1.5", "2"]), select(vec!["points", "miles"]))
            .prop_map(|(times, purse)| (format!("times = \"{times}\", purse = \"{purse}\""), "")),
        (percent(), earning())
            .prop_map(|(share, earning)| (format!("back = \"{share}\", purse = \"cash\"{earning}"), "")),
        select(vec![
            "",
            "stamps = 3, purse = \"cups\"",
            "reaches = \"club/silver\""
        ])
        .prop_map(|needs| ("issue = \"mug\"".to_owned(), needs)),
        percent().prop_map(|share| (format!("donate = \"{share}\", to = \"trees\""), "")),
        Just(("membership = \"card\"".to_owned(), "total = \"30.00\"")),
        (
            select(vec![
                "free = \"dearest\"",
                "free = \"cheapest\", units = 2",
                "off = \"0.70\", of = \"cheapest\"",
                "price = \"1.00\", of = \"cheapest\"",
                "price = \"4.00\", of = \"group\"",
                "off = \"20 %\", of = \"group\"",
                "off = \"1.50\", of = \"group\""
            ]),
            select(vec![
                "every = 3",
                "set = [{ sku = \"TEA\" }, { category = \"sweet\", quantity = 2 }]",
                "contains = { sku = \"TEA\", every = 2 }"
            ])
        )
            .prop_map(|(gives, needs)| (gives.to_owned(), needs)),
        select(vec![
            "off = \"1.00\", per = \"10.00\"",
            "off = \"0.30\", per = \"2 each\"",
            "price = \"9.00\", of = \"basket\""
        ])
        .prop_map(|gives| (gives.to_owned(), "")),
        Just(("message = \"hello\"".to_owned(), "")),
        Just(("draw = \"25 %\", among = [\"mug\", \"cake\"]".to_owned(), "")),
    ]
}

fn company() -> impl Strategy<Value = &'static str> {
    prop_oneof![
        6 => Just(""),
        4 => select(vec![
            "with = \"stack\"\n", "with = \"alone\"\n", "with = { one_of = \"a\" }\n", "with = { one_of = \"b\" }\n",
            "phase = 1\n", "phase = 2\n", "phase = 3\n", "phase = 5\n",
            "limit = { sale = \"2 each\" }\n", "limit = { day = \"3.00\" }\n", "limit = { month = \"2 times\", sale = \"5.00\" }\n",
            "limit = { member = \"10 each\" }\n", "limit = { total = \"7.00\" }\n",
        ]),
    ]
}

fn rule() -> impl Strategy<Value = String> {
    (who(), when_and_where(), goods(), asked(), gives(), company()).prop_map(
        |(who, when, goods, asked, (gives, beside), company)| {
            let needs: Vec<&str> = [goods, asked, beside]
                .into_iter()
                .filter(|part| !part.is_empty())
                .collect();
            let needs = match needs.is_empty() {
                true => String::new(),
                false => format!("needs = {{ {} }}\n", needs.join(", ")),
            };
            format!("[[rule]]\n{who}{when}{needs}gives = {{ {gives} }}\n{company}")
        },
    )
}

/// Settings that stand beside rules.
fn top() -> impl Strategy<Value = (i64, &'static str)> {
    (
        -1..3_i64,
        select(vec![
            "",
            "",
            "",
            "when = { from = \"2026-01-01\", until = \"2026-02-10\" }\n",
        ]),
    )
}

/// Settings of what is declared, shared by all files of one set.
fn declared() -> impl Strategy<Value = String> {
    (any::<bool>(), any::<bool>(), 0..3_u8).prop_map(|(with_this, lowers, days)| {
        let mut text = DECLARED.to_owned();
        if with_this {
            text = text.replace("[ladder.club]\n", "[ladder.club]\nwith_this = true\n");
            text = text.replace("[membership.card]\n", "[membership.card]\nwith_this = true\n");
        }
        if lowers {
            text = text.replace("[purse.points]\n", "[purse.points]\npays_as = \"discount\"\n");
        }
        text.replace(
            "[purse.miles]\n",
            &format!("[purse.miles]\nreturned_days = {}\n", u32::from(days) * 40),
        )
    })
}

/// Program files with their names: one declares everything and has rules, too, for each file declares what it names.
pub fn some_files(returns: &'static str) -> impl Strategy<Value = Vec<(String, String)>> {
    let program = (top(), proptest::collection::vec(rule(), 1..5));
    (declared(), proptest::collection::vec(program, 1..4)).prop_map(move |(declared, programs)| {
        let terms = terms("tax_inclusive");
        let files = programs
            .into_iter()
            .enumerate()
            .map(|(n, ((priority, when), rules))| {
                let head = format!("id = \"p{n}\"\npriority = {priority}\n{returns}{when}");
                // A membership, a ladder and a reward belong to one program: the others have rules on goods and purses.
                let head = if n == 0 { format!("{head}{declared}") } else { head };
                let name = format!("p{n}.toml");
                let readable = rules
                    .into_iter()
                    .filter(|rule| read(&name, &format!("{head}{rule}"), &terms).is_ok());
                (name.clone(), head.clone() + &readable.collect::<String>())
            });
        files.collect()
    })
}

/// The shop's terms.
pub fn terms(basis: &str) -> Terms {
    Terms::of("EUR", "Europe/Berlin", basis).expect("terms")
}

/// Reads files that are without a mistake.
pub fn set_of(files: &[(String, String)], basis: &str) -> ProgramSet {
    read_all(files, terms(basis)).unwrap_or_else(|wrong| panic!("{wrong:#?}\n{files:#?}"))
}

/// All files of `programs/` together.
pub fn all_files() -> Vec<(String, String)> {
    let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/programs");
    let mut files: Vec<(String, String)> = std::fs::read_dir(folder)
        .expect("the folder of programs")
        .map(|entry| entry.expect("an entry").path())
        .filter(|path| path.extension().is_some_and(|ext| ext == "toml"))
        .map(|path| {
            let name = path.file_name().expect("a name").to_string_lossy().into_owned();
            (name, std::fs::read_to_string(&path).expect("a file"))
        })
        .collect();
    files.sort();
    files
}

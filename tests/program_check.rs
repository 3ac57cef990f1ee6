//! Every bad file of a program manager, with the sentence that it earns: file, line, what was found and what would be
//! accepted. All mistakes come at once, over all files together.

use std::path::{Path, PathBuf};

use assert_cmd::Command;
use rstest::rstest;
use vafa::loyalty::program::Terms;
use vafa::loyalty::program::file::{check, read};

fn terms() -> Terms {
    Terms::of("EUR", "Europe/Berlin", "tax_inclusive").expect("terms")
}

fn said(files: &[(&str, &str)]) -> Vec<String> {
    let files: Vec<(String, String)> = files
        .iter()
        .map(|(name, text)| ((*name).to_owned(), (*text).to_owned()))
        .collect();
    check(&files, &terms()).iter().map(ToString::to_string).collect()
}

/// One file, x.toml, of which the first line is its id: the mistake that stands on this line and says these words.
#[rstest]
// Words that are none, and values that are none.
#[case("naem = \"X\"", &["x.toml:2: \"naem\" is not a word of the file: did you mean \"name\"?"])]
#[case("[[rule]]\ngives = { discount = \"10 %\" }", &["x.toml:3: \"discount\" is not a word of gives: did you mean \"off\"?"])]
#[case("[[rule]]\nneeds = { min = \"50.00\" }\ngives = { off = \"5 %\" }", &["x.toml:3: \"min\"", "did you mean \"total\"?"])]
#[case("[[rule]]\nneeds = { coupon = \"X\" }\ngives = { off = \"5 %\" }", &["x.toml:3: \"coupon\"", "did you mean \"code\"?"])]
#[case("[[rule]]\nneeds = { category = \"gum\" }\ngives = { off = \"5 %\" }", &["x.toml:3: \"category\"", "did you mean \"goods\"?"])]
#[case("[[rule]]\nlimit = { uses = 100 }\ngives = { off = \"5 %\" }", &["x.toml:3: \"uses\"", "did you mean \"total\"?"])]
#[case("[[rule]]\ngives = { pionts = 1 }", &["x.toml:3: \"pionts\" is not a word of", "did you mean \"points\"?"])]
#[case("[[rule]]\nwhen = { weekday = \"mon\" }\ngives = { points = 1 }", &["x.toml:3: \"weekday\"", "did you mean \"weekdays\"?"])]
#[case("[[rule]]\nneeds = { goods = { catgory = \"gum\" } }\ngives = { off = \"5 %\" }", &["x.toml:3: \"catgory\"", "\"category\""])]
#[case("[[rule]]\nlimit = { mnth = \"2 times\" }\ngives = { points = 1 }", &["x.toml:3: \"mnth\"", "\"month\""])]
#[case("[[rule]]\nwho = \"membrs\"\ngives = { points = 1 }", &["x.toml:3: who is \"membrs\": did you mean \"members\"?"])]
#[case("[[rule]]\ngives = { off = \"5 %\", of = \"baskte\" }", &["x.toml:3: of is \"baskte\": did you mean \"basket\"?"])]
#[case("[[rule]]\ngives = { off = \"110 %\" }", &["x.toml:3: off: \"110 %\" is not a share", "up to 100"])]
#[case("[[rule]]\ngives = { off = \"0 %\" }", &["x.toml:3: off: \"0 %\" is not a share"])]
#[case("[[rule]]\ngives = { donate = \"101 %\", to = \"nature\" }", &["x.toml:3: donate: \"101 %\" is not a share"])]
#[case("[[rule]]\ngives = { draw = \"150 %\", among = [\"a\"] }\n[reward.a]", &["x.toml:3: draw: \"150 %\" is not a share"])]
#[case("[[rule]]\nlimit = { sale = \"0\" }\ngives = { points = 1 }", &["x.toml:3: sale: \"0\" is no limit", "above 0"])]
#[case("[[rule]]\nlimit = { sale = \"0 times\" }\ngives = { points = 1 }", &["x.toml:3: sale: \"0 times\" is no limit"])]
#[case("[[rule]]\ngives = { points = 99999999999999999999 }", &["x.toml:3: points"])]
#[case("[[rule]]\nneeds = { every = 1 }\ngives = { free = \"cheapest\" }", &["x.toml:3: every is 1: write a whole number from 2"])]
#[case("[[rule]]\nneeds = { total = \"-5.00\" }\ngives = { off = \"5 %\" }", &["x.toml:3: total"])]
// Times that never come.
#[case("when = { from = 2026-03-01, until = 2026-02-01 }", &["x.toml:2: a window that ends before it begins", "later"])]
#[case("[[rule]]\nwhen = { from = 2026-03-01, until = 2026-02-28 }\ngives = { points = 1 }", &["x.toml:3: a window that ends before it begins"])]
#[case("when = { until = 2026-01-31 }\n[[rule]]\nwhen = { from = 2026-02-01 }\ngives = { points = 1 }", &["x.toml:4: a rule whose days are not among its program's"])]
#[case("[[rule]]\nwhen = { from = 2026-11-23, until = 2026-11-24, weekdays = [\"sun\"] }\ngives = { points = 1 }", &["x.toml:3: weekdays of which none"])]
#[case("when = { weekdays = [\"mon\"] }\n[[rule]]\nwhen = { weekdays = [\"tue\"] }\ngives = { points = 1 }", &["x.toml:4: weekdays of which none"])]
#[case("[[rule]]\nwhen = { hours = \"08:00-08:00\" }\ngives = { points = 1 }", &["x.toml:3: hours that end when they begin"])]
#[case("when = { hours = \"08:00-12:00\" }\n[[rule]]\nwhen = { hours = \"12:00-14:00\" }\ngives = { points = 1 }", &["x.toml:4: hours that are outside of the program's"])]
#[case("[[rule]]\nwho = \"members\"\nwhen = { each = \"month\", from = 2026-02-02, until = 2026-02-28 }\ngives = { points = 1 }", &["x.toml:4: no period begins between 2026-02-02 and 2026-02-28"])]
#[case("[[rule]]\nwho = \"members\"\nwhen = { each = \"month\", hours = \"09:00-17:00\" }\ngives = { points = 1 }", &["x.toml:4: what falls due falls due at midnight"])]
// Customers whom nobody is.
#[case("[[rule]]\nwho = [\"members\", \"strangers\"]\ngives = { off = \"5 %\" }", &["x.toml:3: strangers show no card"])]
#[case("[[rule]]\nwho = \"strangers\"\ngives = { points = 1 }", &["x.toml:3: strangers have no account"])]
#[case("[[rule]]\nwho = \"strangers\"\nneeds = { spent = { from = \"10.00\" } }\ngives = { off = \"5 %\" }", &["x.toml:3: strangers have no past"])]
#[case("[membership.club]\nsold_as = \"CLUB\"\n[[rule]]\nwho = [{ holds = \"club\" }, { lacks = \"club\" }]\ngives = { off = \"5 %\" }", &["x.toml:5: nobody holds club and lacks it"])]
#[case("[ladder.club]\ncounts = \"spend\"\nlevels = [{ name = \"a\", from = 0 }, { name = \"b\", from = 9 }]\n[[rule]]\nwho = [{ tier = \"club/a\" }, { tier = \"club/b\" }]\ngives = { off = \"5 %\" }", &["x.toml:6: nobody has the tiers a and b of club at once"])]
#[case("[ladder.club]\ncounts = \"spend\"\nlevels = [{ name = \"a\", from = 9 }]\n[reward.cup]\n[[rule]]\nwho = { tier = \"club/a\" }\nneeds = { reaches = \"club/a\" }\ngives = { issue = \"cup\" }", &["x.toml:8: the sale that reaches club/a is judged by the tier before it"])]
#[case("[[rule]]\nwho = [{ organisation = \"acme\" }, { organisation = \"apex\" }]\ngives = { off = \"5 %\" }", &["x.toml:3: nobody buys for acme and for apex at once"])]
#[case("[[rule]]\nwho = \"friend\"\nneeds = { order = 1 }\ngives = { points = 100, per = \"sale\" }", &["x.toml:3: a friend, and no rule says how a member brings one"])]
// Baskets that cannot be.
#[case("[[rule]]\nneeds = { goods = { from_price = \"5.00\", below_price = \"5.00\" } }\ngives = { off = \"5 %\", of = \"goods\" }", &["x.toml:3: no goods cost at least from_price"])]
#[case("[[rule]]\nneeds = { goods = { category = \"a/b\", except = { category = \"a\" } } }\ngives = { off = \"5 %\" }", &["x.toml:3: except takes out all of the goods"])]
#[case("[[rule]]\nneeds = { contains = { sku = \"A\" }, lacks = { sku = [\"B\", \"A\"] } }\ngives = { off = \"5 %\" }", &["x.toml:3: no basket has these goods and lacks them"])]
#[case("[[rule]]\nneeds = { goods = { sku = \"A\" }, lacks = { sku = \"A\" } }\ngives = { off = \"5 %\" }", &["x.toml:3: no basket has these goods and lacks them"])]
#[case("[[rule]]\nneeds = { order = 1, spent = { from = \"10.00\" } }\ngives = { off = \"5 %\" }", &["x.toml:3: nothing was bought before the first order"])]
// Names that are nobody's, and nothing that anybody asks for.
#[case("[purse.stars]\n[[rule]]\ngives = { points = 1, purse = \"stas\" }\n[[rule]]\ngives = { points = 2, purse = \"stars\" }", &["x.toml:4: no file declares the purse \"stas\": did you mean \"stars\"?"])]
#[case("[[rule]]\ngives = { back = \"3 %\", purse = \"cash\" }", &["x.toml:3: no file declares the purse \"cash\": write [purse.cash]"])]
#[case("[reward.mug]\ncosts = 5\npurse = \"pionts\"\n[[rule]]\ngives = { points = 1 }", &["x.toml:4: no file declares the purse \"pionts\": did you mean \"points\"?"])]
#[case("[purse.a]\n[reward.swap]\ncosts = 5\npurse = \"a\"\nbecomes = { purse = \"b\", amount = 1 }\n[[rule]]\ngives = { points = 1, purse = \"a\" }", &["x.toml:6: no file declares the purse \"b\""])]
#[case("[purse.stamps]\n[[rule]]\nneeds = { goods = { sku = \"A\" }, stamps = 5, purse = \"stamps\" }\ngives = { free = \"cheapest\" }", &["x.toml:4: no rule gives stamps of the purse stamps"])]
#[case("[purse.miles]\n[[rule]]\ngives = { times = \"2\", purse = \"miles\" }", &["x.toml:4: times of nothing"])]
#[case("[purse.pionts]\n", &["x.toml:2: nothing gives or asks for the purse pionts: did you mean \"points\"?"])]
#[case("[purse.stars]\n", &["x.toml:2: nothing gives or asks for the purse stars"])]
#[case("[purse.points]\nmay_pay = \"50 %\"\n[[rule]]\ngives = { points = 1 }", &["x.toml:3: may_pay of the purse points, and no file says what it is worth"])]
#[case("[reward.mug]\n", &["x.toml:2: nothing leads to the reward mug"])]
#[case("[reward.mug]\n[reward.muug]\n[[rule]]\ngives = { issue = \"muug\" }", &["x.toml:2: nothing leads to the reward mug", "a rule gives \"muug\""])]
#[case("[purse.stars]\nworth = \"1.00\"\n[reward.mug]\ncosts = 5\npurse = \"stars\"", &["x.toml:4: nobody can pay for the reward mug: no rule fills the purse stars"])]
#[case("[reward.mug]\ncosts = 5\npurse = \"points\"\nstock = 0\n[[rule]]\ngives = { points = 1 }", &["x.toml:2: nobody can have the reward mug: its stock is 0"])]
#[case("[reward.mug]\ncosts = 5\npurse = \"points\"\nwho = { holds = \"club\" }\n[[rule]]\ngives = { points = 1 }", &["x.toml:2: the membership \"club\" is not declared in this file"])]
#[case("[membership.club]\n[[rule]]\nwho = { holds = \"club\" }\ngives = { off = \"5 %\" }", &["x.toml:2: nothing gives the membership club"])]
#[case("[membership.club]\nsold_as = \"CLUB\"", &["x.toml:2: no rule asks for the membership club"])]
#[case("[membership.gold]\nsold_as = \"GOLD\"\nreserves = { sku = \"BAR\" }\n[[rule]]\nwho = { holds = \"glod\" }\ngives = { off = \"5 %\" }", &["the membership \"glod\" is not declared in this file: did you mean \"gold\"?"])]
#[case("[ladder.club]\ncounts = \"spend\"\nlevels = [{ name = \"a\", from = 9 }]", &["x.toml:2: no rule asks for a tier of the ladder club"])]
#[case("[purse.miles]\nworth = \"0.01\"\n[ladder.club]\ncounts = \"miles\"\nlevels = [{ name = \"a\", from = 9 }]\n[[rule]]\nwho = { tier = \"club/a\" }\ngives = { off = \"5 %\" }", &["x.toml:5: nobody climbs the ladder club"])]
#[case("[[rule]]\ngives = { off = \"5 %\" }\nwith = { one_of = \"autumn\" }", &["x.toml:4: the group \"autumn\" has one rule only"])]
#[case("[[rule]]\ngives = { off = \"5 %\" }\n[[rule]]\ngives = { off = \"5 %\" }", &["x.toml:4: this rule says the same as the one on line 2"])]
fn a_bad_file_earns_its_sentence(#[case] text: &str, #[case] parts: &[&str]) {
    let mistakes = said(&[("x.toml", &format!("id = \"x\"\n{text}\n"))]);
    let [mistake] = mistakes.as_slice() else {
        panic!("one mistake, not {mistakes:#?}");
    };
    for part in parts {
        assert!(mistake.contains(part), "{part:?} is not in: {mistake}");
    }
}

/// Several files together.
#[rstest]
#[case(
    &[("a/x.toml", "id = \"x\"\n[[rule]]\ngives = { points = 1 }"), ("b/x.toml", "# the newer one\nid = \"x\"\n[[rule]]\ngives = { points = 2 }")],
    &["b/x.toml:2: a/x.toml:1 has the id \"x\" as well: rename one of the files"]
)]
#[case(
    &[
        ("a.toml", "id = \"a\"\n[purse.points]\nworth = \"1.00\"\n[[rule]]\ngives = { points = 1 }"),
        ("b.toml", "id = \"b\"\n[purse.points]\ndays = 30\nworth = \"2.00\""),
        ("c.toml", "id = \"c\"\n[purse.points]\nworth = \"3.00\"\ndays = 31"),
    ],
    &[
        "b.toml:4: worth of the purse points is \"2.00\", but \"1.00\" in a.toml:3: write the same",
        "c.toml:3: worth of the purse points is \"3.00\", but \"1.00\" in a.toml:3",
        "c.toml:4: days of the purse points is \"31\", but \"30\" in b.toml:3",
    ]
)]
#[case(
    &[
        ("a.toml", "id = \"a\"\n[reward.mug]\nname = \"mug\"\n[[rule]]\ngives = { issue = \"mug\" }"),
        ("b.toml", "id = \"b\"\n[reward.mug]\nname = \"large mug\"\n[[rule]]\nneeds = { total = \"50.00\" }\ngives = { issue = \"mug\" }"),
    ],
    &["b.toml:2: the reward mug is declared otherwise in a.toml:2"]
)]
#[case(
    &[
        ("a.toml", "id = \"a\"\n[[rule]]\ngives = { off = \"5 %\" }\nwith = { one_of = \"autumn\" }"),
        ("b.toml", "id = \"b\"\n[[rule]]\ngives = { off = \"10 %\" }\nwith = { one_of = \"autum\" }"),
    ],
    &["a.toml:4: the group \"autumn\" has one rule only", "b.toml:4: the group \"autum\" has one rule only, so it excludes nothing: did you mean \"autumn\"?"]
)]
#[case(
    &[
        ("a.toml", "id = \"a\"\nreturns = \"in proportion\"\n[[rule]]\ngives = { points = 1 }"),
        ("b.toml", "id = \"b\"\nreturns = \"quoted again\""),
    ],
    &["b.toml:2: returns is \"quoted again\", but \"in proportion\" in a.toml"]
)]
#[case(
    &[("a.toml", "id = \"a\"\n[purse.card]\nkind = \"gift\"\nsold_as = \"CARD\"\n[[rule]]\ngives = { points = 1, purse = \"card\" }")],
    &["a.toml:6: card is a gift purse, which holds only what was paid for"]
)]
// What one file leaves open another closes: purse, group and points for the reward.
#[case(
    &[
        ("a.toml", "id = \"a\"\n[reward.mug]\ncosts = 5\npurse = \"stars\"\n[[rule]]\ngives = { off = \"5 %\" }\nwith = { one_of = \"autumn\" }"),
        ("b.toml", "id = \"b\"\n[purse.stars]\n[[rule]]\ngives = { points = 1, purse = \"stars\" }\n[[rule]]\ngives = { off = \"10 %\" }\nwith = { one_of = \"autumn\" }"),
    ],
    &[]
)]
// Mistakes of one file hide none of another, and what a rule that was not understood may have said is not missed.
#[case(
    &[
        ("a.toml", "id = \"a\"\n[purse.stars]\n[[rule]]\ngives = { pionts = 1, purse = \"stars\" }"),
        ("b.toml", "id = \"b\"\n[reward.mug]\ncosts = 5\npurse = \"stars\"\n[reward.pen]\n[[rule]]\nwho = \"membres\"\ngives = { points = 1 }"),
        ("c.toml", "id = \"c"),
    ],
    &["a.toml:4: \"pionts\"", "b.toml:5: nothing leads to the reward pen", "b.toml:7: who is \"membres\"", "c.toml:1: "]
)]
fn files_are_checked_together(#[case] files: &[(&str, &str)], #[case] expected: &[&str]) {
    let mistakes = said(files);
    assert_eq!(mistakes.len(), expected.len(), "{mistakes:#?}");
    for (mistake, part) in mistakes.iter().zip(expected) {
        assert!(mistake.contains(part), "{part:?} is not in: {mistake}");
    }
}

/// What only a check refuses runs in a story and on a terminal that has it: older bundles must stay readable.
#[test]
fn what_leads_nowhere_can_be_read_all_the_same() {
    let text =
        "id = \"x\"\n[reward.mug]\n[[rule]]\nwho = [\"members\", \"strangers\"]\ngives = { points = 1 }\n";
    assert!(read("x.toml", text, &terms()).is_ok());
    assert_eq!(said(&[("x.toml", text)]).len(), 2);
}

fn programs() -> Vec<PathBuf> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("programs");
    let files = std::fs::read_dir(folder).expect("the folder");
    let mut files: Vec<PathBuf> = files.map(|entry| entry.expect("a file").path()).collect();
    files.sort();
    files
}

/// Each file alone, as its owner checks it, and the demo's together.
#[test]
fn the_files_of_the_house_have_no_mistake() {
    for path in programs() {
        let mut vafa = Command::cargo_bin("vafa").expect("the program");
        let done = vafa.args(["program", "check"]).arg(&path).assert().success();
        let said = String::from_utf8_lossy(&done.get_output().stdout).into_owned();
        assert!(said.ends_with("no mistake\n"), "{said}");
    }
}

#[test]
fn a_check_ends_with_status_2_and_a_line_for_each_mistake() {
    let folder = tempfile::tempdir().expect("a folder");
    let (good, bad) = (folder.path().join("good.toml"), folder.path().join("bad.toml"));
    std::fs::write(&good, "id = \"good\"\n[[rule]]\ngives = { points = 1 }\n").expect("written");
    std::fs::write(
        &bad,
        "id = \"bad\"\nwhit = 1\n[[rule]]\ngives = { off = \"200 %\" }\n",
    )
    .expect("written");
    let check = |paths: &[&Path]| {
        let mut vafa = Command::cargo_bin("vafa").expect("the program");
        let output = vafa
            .args(["program", "check"])
            .args(paths)
            .output()
            .expect("it runs");
        let said = String::from_utf8_lossy(&output.stderr).into_owned();
        (output.status.code(), said.lines().count())
    };
    assert_eq!(check(&[&good]), (Some(0), 0));
    assert_eq!(check(&[&bad]), (Some(2), 2));
    assert_eq!(check(&[folder.path()]), (Some(2), 2));
    assert_eq!(check(&[&folder.path().join("none.toml"), &bad]), (Some(2), 3));
}

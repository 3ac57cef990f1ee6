//! Absurd numbers, through the real program: a clear refusal with its place, or an answer; never a panic, never a wait.

use std::fs;
use std::path::PathBuf;
use std::time::Duration;

use assert_cmd::Command;
use rstest::rstest;
use serde_json::{Value, json};
use tempfile::TempDir;

/// Long enough for a slow machine, far too short for a search without an end.
const PATIENCE: Duration = Duration::from_secs(120);

struct Said {
    status: Option<i32>,
    out: String,
    err: String,
}

fn vafa(arguments: &[&str], files: &[(&str, String)]) -> (Said, TempDir) {
    let folder = TempDir::new().expect("a folder");
    for (name, text) in files {
        fs::write(folder.path().join(name), text).expect("a file");
    }
    let mut command = Command::cargo_bin("vafa").expect("the program");
    let output = command
        .args(arguments)
        .current_dir(folder.path())
        .timeout(PATIENCE)
        .output();
    let output = output.expect("it ends");
    let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
    let said = Said {
        status: output.status.code(),
        out: text(&output.stdout),
        err: text(&output.stderr),
    };
    assert!(
        !said.err.contains("panicked"),
        "{}",
        said.err.chars().take(500).collect::<String>()
    );
    (said, folder)
}

fn program(body: &str) -> Vec<(&'static str, String)> {
    vec![("x.toml", format!("id = \"x\"\n{body}\n"))]
}

const NINES: &str = "999999999999";

#[rstest]
#[case::points("[[rule]]\ngives = { points = 9223372036854775808 }", 3, "up to 1000000000")]
#[case::a_million_million_points("[[rule]]\ngives = { points = \"1000000000000\" }", 3, "up to 1000000000")]
#[case::a_share(
    "[[rule]]\ngives = { off = \"1000000000000000000000000000000 %\" }",
    3,
    "up to 100"
)]
#[case::a_negative_share("[[rule]]\ngives = { off = \"-5 %\" }", 3, "above 0")]
#[case::forty_decimals(
    "[[rule]]\ngives = { off = \"1.1111111111111111111111111111111111111111 %\" }",
    3,
    "such as \"5 %\""
)]
#[case::times(
    "[[rule]]\ngives = { times = \"100000000\", purse = \"points\" }",
    3,
    "from 1 to 1000"
)]
#[case::priority("priority = 9223372036854775807", 2, "from -1000000 to 1000000")]
#[case::priority_no_number("priority = 99999999999999999999999999", 2, "from -1000000 to 1000000")]
#[case::the_year_10000("when = { until = \"10000-01-01\" }", 2, "is not a day")]
#[case::worth_nothing("[purse.points]\nworth = \"0\"", 2, "leave worth out")]
#[case::worth_too_much("[purse.points]\nworth = \"1000000.01\"", 2, "up to 1000000.00")]
#[case::a_step_of_nothing("[purse.points]\nstep = \"0\"", 3, "above 0")]
#[case::a_step_too_far("[purse.points]\nstep = \"9999999999\"", 3, "up to 1000000000")]
#[case::days("[purse.points]\ndays = 99999999999", 3, "from 0 to 36500")]
#[case::months("[membership.m]\nmonths = 2147483648", 3, "from 1 to 1200")]
#[case::stock("[reward.a]\nstock = 18446744073709551616", 3, "from 0 to 1000000000")]
#[case::stock_below_nothing("[reward.a]\nstock = -1", 3, "from 0 to 1000000000")]
#[case::costs("[reward.a]\ncosts = \"99999999999\"\npurse = \"p\"", 3, "up to 1000000000")]
#[case::every(
    "[[rule]]\nneeds = { every = 4294967296 }\ngives = { free = \"cheapest\" }",
    3,
    "from 2 to 1000000"
)]
#[case::total(
    "[[rule]]\nneeds = { total = \"1e30\" }\ngives = { points = 1 }",
    3,
    "is not a number"
)]
#[case::larger_than_any_total(
    "[[rule]]\nneeds = { total = \"99999999999999999999\" }\ngives = { points = 1 }",
    3,
    "too large"
)]
#[case::quantity(
    "[[rule]]\nneeds = { quantity = \"-1\" }\ngives = { points = 1 }",
    3,
    "above 0"
)]
#[case::how_often(
    "[[rule]]\nlimit = { total = \"99999999999 times\" }\ngives = { points = 1 }",
    3,
    "2 times"
)]
#[case::a_code_that_is_a_card(
    "[[rule]]\nneeds = { code = \"4111111111111111\" }\ngives = { points = 1 }",
    3,
    "payment card"
)]
#[case::a_gift_from_points(
    "[purse.g]\nkind = \"gift\"\n[reward.a]\ncosts = 2\npurse = \"p\"\nbecomes = { amount = 1, purse = \"g\" }",
    0,
    "holds only what was paid for"
)]
#[case::gift_points(
    "[purse.g]\nkind = \"gift\"\n[[rule]]\ngives = { points = 1, purse = \"g\" }",
    0,
    "gift purse"
)]
#[case::points_sold("[purse.p]\nsold_as = \"A\"", 2, "kind = \"gift\"")]
#[case::sold_twice(
    "[purse.g]\nkind = \"gift\"\nsold_as = \"A\"\n[membership.m]\nsold_as = \"A\"",
    0,
    "sold as something else"
)]
#[case::a_name_without_end(&format!("name = \"{}\"", "a".repeat(1_000_000)), 2, "write at most 1000")]
#[case::a_name_that_steers_the_screen("name = \"a\\u001b[31m\"", 2, "plain text on one line")]
#[case::a_word_without_end(&format!("{} = 1", "a".repeat(1_000_000)), 2, "understood here")]
#[case::into_itself(
    "[reward.a]\ncosts = 1\npurse = \"p\"\nbecomes = { amount = 1, purse = \"p\" }",
    0,
    "turns p into p"
)]
#[case::a_circle_with_a_gain(
    "[reward.a]\ncosts = 1\npurse = \"p\"\nbecomes = { amount = 2, purse = \"q\" }\n\
     [reward.b]\ncosts = 1\npurse = \"q\"\nbecomes = { amount = 3, purse = \"r\" }\n\
     [reward.c]\ncosts = 5\npurse = \"r\"\nbecomes = { amount = 1, purse = \"p\" }",
    0,
    "closes a circle of exchanges"
)]
fn a_file_is_refused_with_its_line(#[case] body: &str, #[case] line: usize, #[case] accepted: &str) {
    let (said, _folder) = vafa(&["program", "check", "x.toml"], &program(body));
    assert_eq!((said.status, said.out.as_str()), (Some(2), ""), "{}", said.err);
    let place = match line {
        0 => "x.toml:".to_owned(),
        line => format!("x.toml:{line}: "),
    };
    let mut mistakes = said.err.lines();
    let is_named = mistakes.any(|mistake| mistake.starts_with(&place) && mistake.contains(accepted));
    assert!(is_named, "{}", said.err);
    assert!(!said.err.contains("4111"), "{}", said.err);
}

/// Numbers at the edge of what is accepted. An exchange there and back that gains nothing is one, too.
#[rstest]
#[case("when = { from = \"9999-12-31\", until = \"9999-12-31\" }\n[[rule]]\ngives = { points = 1000000000 }")]
#[case("[purse.points]\nworth = \"0.0001\"\nstep = \"1000000000\"\ndays = 36500\nlapses = \"end of year\"")]
#[case("[[rule]]\nlimit = { total = \"4294967295 times\" }\ngives = { points = 1 }")]
#[case(
    "[reward.a]\ncosts = 2\npurse = \"p\"\nbecomes = { amount = 1, purse = \"q\" }\n\
     [reward.b]\ncosts = 1\npurse = \"q\"\nbecomes = { amount = 2, purse = \"p\" }"
)]
fn a_file_at_the_edge_is_taken(#[case] body: &str) {
    assert_eq!(answers(&simulated(body, json!([]))), [] as [Value; 0]);
}

/// Very large and very deep files end with an answer.
#[rstest]
#[case::brackets(format!("a = {}{}", "[".repeat(100_000), "]".repeat(100_000)), Some(2))]
#[case::tables(format!("a = {}1{}", "{a=".repeat(20_000), "}".repeat(20_000)), Some(2))]
#[case::a_deep_key(format!("a{} = 1", ".a".repeat(100_000)), Some(2))]
#[case::ten_megabytes(format!("# {}\n[[rule]]\ngives = {{ points = 1 }}", "x".repeat(10_000_000)), Some(0))]
#[case::unknown_words((0..20_000).map(|n| format!("x{n} = 1\n")).collect(), Some(2))]
#[case::many_codes(
    format!(
        "[[rule]]\nneeds = {{ code = [{}] }}\ngives = {{ off = \"1.00\", of = \"basket\" }}\nlimit = {{ code = \"1 times\" }}",
        (0..100_000).map(|n| format!("\"C{n}\",")).collect::<String>()
    ),
    Some(0)
)]
#[case::one_code_many_times(
    format!("[[rule]]\nneeds = {{ code = [{}] }}\ngives = {{ points = 1 }}", "\"A\",\n".repeat(20_000)), Some(2)
)]
#[case::many_exchanges(
    (0..3_000)
        .map(|n| {
            let next = (n + 1) % 3_000;
            format!("[reward.r{n}]\ncosts = 1\npurse = \"p{n}\"\nbecomes = {{ amount = 1, purse = \"p{next}\" }}\n")
        })
        .collect(),
    Some(2)
)]
#[case::a_chain_of_exchanges(
    (0..3_000)
        .map(|n| {
            let next = n + 1;
            format!("[purse.p{n}]\n[reward.r{n}]\ncosts = 1\npurse = \"p{n}\"\nbecomes = {{ amount = 1, purse = \"p{next}\" }}\n")
        })
        .chain(["[purse.p3000]\n[[rule]]\ngives = { points = 1, purse = \"p0\", per = \"1.00\" }".to_owned()])
        .collect(),
    Some(0)
)]
fn a_huge_file_ends_with_an_answer(#[case] body: String, #[case] status: Option<i32>) {
    let (said, _folder) = vafa(&["program", "check", "x.toml"], &program(&body));
    assert_eq!(
        said.status,
        status,
        "{}",
        said.err.chars().take(300).collect::<String>()
    );
    assert!(said.err.is_empty() || said.err.starts_with("x.toml:"));
}

fn simulated(body: &str, steps: Value) -> Said {
    let story = json!({
        "products": [{"sku": "A", "price": "1.00"}, {"sku": "Z", "price": "0.00"}],
        "members": [{"id": "ana"}, {"id": "ben"}],
        "steps": steps,
    });
    let mut files = program(body);
    files.push(("story.json", story.to_string()));
    vafa(&["simulate", "--programs", "x.toml", "story.json"], &files).0
}

fn sale(id: usize, lines: Value) -> Value {
    json!({"sale": {"id": id.to_string(), "at": "2026-01-01T12:00:00", "member": "ana", "lines": lines}})
}

fn with(mut step: Value, key: &str, value: Value) -> Value {
    step["sale"][key] = value;
    step
}

#[rstest]
#[case::negative(sale(1, json!([{"sku": "A", "qty": "-1"}])), "lines[0].qty", "not above 0")]
#[case::none(sale(1, json!([{"sku": "A", "qty": "0"}])), "lines[0].qty", "not above 0")]
#[case::too_many(sale(1, json!([{"sku": "A", "qty": "1000000000000000"}])), "lines[0].qty", "too large")]
#[case::too_dear(sale(1, json!([{"sku": "A", "qty": NINES}])), "lines[0]", "larger than a till can sell")]
#[case::fine(sale(1, json!([{"sku": "A", "qty": "0.0001"}])), "lines[0].qty", "too many decimals")]
#[case::a_negative_price(sale(1, json!([{"sku": "A", "price": "-1.00"}])), "lines[0].price", "below 0")]
#[case::a_wish(
    with(sale(1, json!([{"sku": "A"}])), "redeem", json!([{"purse": "points", "amount": "-5"}])),
    "redeem[0].amount", "below 0"
)]
#[case::a_card_as_code(
    with(sale(1, json!([{"sku": "A"}])), "codes", json!(["4111 1111 1111 1111"])), "codes[0]", "that number is no code"
)]
#[case::no_code(with(sale(1, json!([{"sku": "A"}])), "codes", json!([" "])), "codes[0]", "is no code")]
#[case::a_long_code(with(sale(1, json!([{"sku": "A"}])), "codes", json!(["x".repeat(1_000_000)])), "codes[0]", "is no code")]
#[case::too_many_codes(
    with(sale(1, json!([{"sku": "A"}])), "codes", json!(vec!["A"; 101])), "codes[100]", "at most 100 codes"
)]
#[case::before_all_time(with(sale(1, json!([{"sku": "A"}])), "at", json!("-9999-01-01T00:00:00")), "at", "is not a time")]
#[case::after_all_time(with(sale(1, json!([{"sku": "A"}])), "at", json!("99999-01-01T00:00:00")), "at", "is not a time")]
fn a_story_is_refused_with_its_place(#[case] step: Value, #[case] place: &str, #[case] why: &str) {
    let said = simulated("", json!([step]));
    assert_eq!((said.status, said.out.as_str()), (Some(2), ""), "{}", said.err);
    assert!(
        said.err
            .starts_with(&format!("story.json: steps[0].sale.{place}: ")),
        "{}",
        said.err
    );
    assert!(said.err.contains(why), "{}", said.err);
    assert!(!said.err.contains("4111"), "{}", said.err);
}

#[test]
fn a_million_lines_are_refused_at_the_first_too_many() {
    let said = simulated("", json!([sale(1, json!(vec![json!({"sku": "A"}); 1_000_000]))]));
    assert_eq!(said.status, Some(2));
    assert!(
        said.err
            .starts_with("story.json: steps[0].sale.lines[2000]: a basket holds at most 2000 lines"),
        "{}",
        said.err
    );
}

#[test]
fn a_story_of_eight_thousand_years_is_refused() {
    let said = simulated(
        "",
        json!([sale(1, json!([{"sku": "A"}])), {"advance": {"to": "9998-01-01T00:00:00"}}]),
    );
    assert_eq!(said.status, Some(2));
    assert!(
        said.err
            .starts_with("story.json: steps[1]: this step is more than 1000 years after the first"),
        "{}",
        said.err
    );
}

fn answers(said: &Said) -> Vec<Value> {
    assert_eq!(said.status, Some(0), "{}", said.err);
    said.out
        .lines()
        .map(|line| serde_json::from_str(line).expect("JSON"))
        .collect()
}

/// The largest basket, the dearest points and a tier that multiplies them: the purse holds what a purse can hold, and a
/// free line is a line.
#[test]
fn the_largest_sale_is_answered() {
    let rules = "[purse.points]\nworth = \"1000000\"\n[[rule]]\ngives = { points = 1000000000, per = \"0.01\" }\n\
                 [[rule]]\ngives = { times = \"1000\", purse = \"points\" }\n\
                 [[rule]]\ngives = { off = \"1.00\", of = \"basket\" }\n";
    let mut steps: Vec<Value> = (0..12)
        .map(|n| sale(n, json!([{"sku": "A", "qty": "99999999"}])))
        .collect();
    steps.push(with(
        sale(12, json!([{"sku": "Z", "qty": NINES}])),
        "redeem",
        json!([{"purse": "points", "amount": "max"}]),
    ));
    steps.push(json!({"return": {"id": "r", "at": "2026-01-01T12:00:00", "sale": "0", "lines": [{"sku": "A", "qty": "99999999"}]}}));
    let answers = answers(&simulated(rules, Value::Array(steps)));
    assert_eq!(answers[0]["total"], "99999998.00");
    assert_eq!(answers[0]["earned"]["points"], "1000000000000");
    assert_eq!(
        (&answers[12]["subtotal"], &answers[12]["due"]),
        (&json!("0.00"), &json!("0.00"))
    );
    assert_eq!(
        (&answers[13]["refund"], &answers[13]["earned"]["points"]),
        (&json!("99999998.00"), &json!("-1000000000000"))
    );
}

/// Activities, exchanges and things of the catalogue without measure.
#[test]
fn the_largest_activity_and_exchange_are_answered() {
    let rules = "[[rule]]\nneeds = { activity = \"a\" }\ngives = { points = 1000000000, per = \"0.001 each\" }\n\
                 [reward.e]\ncosts = \"0.001\"\npurse = \"points\"\nbecomes = { amount = 1000000000, purse = \"m\" }\n";
    let activity = json!({"activity": {"id": "a", "at": "2026-01-01T12:00:00", "member": "ana", "kind": "a", "qty": NINES}});
    let redeem = |qty: &str| json!({"redeem": {"id": "x", "at": "2026-01-01T12:00:00", "member": "ana", "reward": "e", "qty": qty}});
    let answers = answers(&simulated(
        rules,
        json!([activity, activity, redeem("1000"), redeem(NINES)]),
    ));
    assert_eq!(answers[0]["earned"]["points"], "1000000000000");
    assert_eq!(answers[2]["spent"]["points"], "1");
    assert_eq!(
        answers[3],
        json!({"refused": "e: ask for fewer at once", "step": 3})
    );
}

/// Members who brought each other, an organisation with a member's name: each has an account of its own, and nothing goes
/// round.
#[test]
fn accounts_that_point_at_each_other_are_answered() {
    let rules = "[[rule]]\nneeds = { activity = \"referral\" }\ngives = { brings = \"friend\" }\n\
                 [[rule]]\nwho = \"friend\"\nneeds = { order = 1 }\ngives = { points = 100, per = \"sale\", to = \"referrer\" }\n\
                 [[rule]]\nwho = \"organisation\"\ngives = { points = 10, per = \"sale\", split = { organisation = \"50 %\" } }\n";
    let brings = |who: &str, friend: &str| json!({"activity": {"id": "a", "at": "2026-01-01T12:00:00", "member": who, "kind": "referral", "attributes": {"friend": friend}}});
    let bought = |id: &str, member: &str| json!({"sale": {"id": id, "at": "2026-01-01T12:00:00", "member": member, "lines": [{"sku": "A"}]}});
    let by_ana = json!({"sale": {"id": "o", "at": "2026-01-01T12:00:00", "organisation": "ana", "lines": [{"sku": "A"}]}});
    let balance = |who: &str| json!({"balance": {"member": who}});
    let answers = answers(&simulated(
        rules,
        json!([
            brings("ana", "ben"), brings("ben", "ana"), brings("ana", "ana"),
            bought("1", "ana"), bought("2", "ben"), by_ana,
            balance("ana"), balance("ben"), {"balance": {"organisation": "ana"}},
        ]),
    ));
    assert_eq!(answers[6]["purses"]["points"], "100");
    assert_eq!(answers[7]["purses"]["points"], "100");
    assert_eq!(answers[8]["purses"]["points"], "10");
}

#[test]
fn a_story_that_is_deep_or_broken_says_where() {
    let folder = |text: String| vec![("x.toml", "id = \"x\"\n".to_owned()), ("story.json", text)];
    for text in ["[".repeat(200_000), "{\"steps\":".repeat(100_000), "{".to_owned()] {
        let (said, _folder) = vafa(&["simulate", "--programs", "x.toml", "story.json"], &folder(text));
        assert_eq!(said.status, Some(2));
        assert!(
            said.err.starts_with("story.json: line 1, column "),
            "{}",
            said.err
        );
    }
    let missing: PathBuf = "no-such-story.json".into();
    let (said, _folder) = vafa(&["simulate", &missing.display().to_string()], &[]);
    assert_eq!(said.status, Some(2));
}

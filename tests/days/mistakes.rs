//! Files, settings and words full of mistakes: each earns one sentence, and nothing is written.

use std::path::{Path, PathBuf};

use crate::shop::{POINTS, Said, Shop, Till, files, run};

const HEADER: &str = "sale_id,at,site,card,sku,qty,unit_price\n";
const GOOD: &str = "R1,2026-02-01T10:00:00,north,,COFFEE,1,2.50\n";

/// One line on standard error with all of these words, none of what must not be told, no trace of the program's inside.
#[track_caller]
fn one_sentence(case: &str, said: &Said, status: i32, fragments: &[&str]) {
    assert_eq!((said.status, said.out.as_str()), (status, ""), "{case}: {said:?}");
    let sentence = said.err.trim_end();
    assert_eq!(sentence.lines().count(), 1, "{case}: {sentence}");
    for fragment in fragments {
        assert!(
            sentence.contains(fragment),
            "{case}: \"{fragment}\" is not in: {sentence}"
        );
    }
    for never in [
        "panicked",
        "RUST_BACKTRACE",
        "4111",
        "src/",
        "SELECT",
        "\u{1b}",
        "\0",
    ] {
        assert!(!sentence.contains(never), "{case}: {sentence}");
    }
    assert!(sentence.chars().count() < 500, "{case}: {sentence}");
}

/// The till's files, then what the server knows.
type State = (Vec<(String, Vec<u8>)>, u64, String, Vec<String>);

/// Everything that could have been written: the till's files and what the server knows.
fn state(shop: &Shop, till: &Till) -> State {
    let names = files(&shop.office()).into_iter().map(|(name, _)| name).collect();
    let mut report = shop.report();
    report["terminals"] = serde_json::Value::Null;
    (
        till.files(),
        till.status()["entries"].as_u64().expect("a number"),
        report.to_string(),
        names,
    )
}

fn path(file: &Path) -> &str {
    file.to_str().expect("a path")
}

#[test]
fn every_bad_file_of_sales_earns_a_sentence_and_rings_up_nothing() {
    let shop = Shop::with_points();
    let till = shop.till("till");
    let row = |row: &str| format!("{HEADER}{GOOD}{row}\n");
    let cases: Vec<(&str, Vec<u8>, &[&str])> = vec![
        (
            "no column",
            b"sale_id,at,site,card,sku,qty\n".to_vec(),
            &["line 1", "unit_price", "sale_id,at,site"],
        ),
        ("no header", GOOD.into(), &["line 1", "sale_id"]),
        ("empty", Vec::new(), &["line 1", "sale_id"]),
        (
            "a date",
            row("R2,2026-02-30T10:00:00,north,,COFFEE,1,2.50").into(),
            &["line 3", ", at:", "2026-02-30"],
        ),
        (
            "a word as date",
            row("R2,yesterday,north,,COFFEE,1,2.50").into(),
            &["line 3", ", at:", "yesterday"],
        ),
        (
            "qty below 0",
            row("R2,2026-02-01T10:00:00,north,,COFFEE,-1,2.50").into(),
            &["line 3", ", qty:", "-1"],
        ),
        (
            "qty 0",
            row("R2,2026-02-01T10:00:00,north,,COFFEE,0,2.50").into(),
            &["line 3", ", qty:", "above 0"],
        ),
        (
            "qty as text",
            row("R2,2026-02-01T10:00:00,north,,COFFEE,two,2.50").into(),
            &["line 3", ", qty:", "two"],
        ),
        (
            "a price as text",
            row("R2,2026-02-01T10:00:00,north,,COFFEE,1,dear").into(),
            &["line 3", "unit_price", "dear"],
        ),
        (
            "a price below 0",
            row("R2,2026-02-01T10:00:00,north,,COFFEE,1,-2.50").into(),
            &["line 3", "unit_price", "below 0"],
        ),
        (
            "a price too fine",
            row("R2,2026-02-01T10:00:00,north,,COFFEE,1,2.50001").into(),
            &["line 3", "unit_price"],
        ),
        (
            "a price too large",
            row("R2,2026-02-01T10:00:00,north,,COFFEE,1,99999999999999999999").into(),
            &["line 3", "unit_price"],
        ),
        (
            "a sum too large",
            row("R2,2026-02-01T10:00:00,north,,COFFEE,900000000,900000000").into(),
            &["line 3"],
        ),
        (
            "no sale_id",
            row(",2026-02-01T10:00:00,north,,COFFEE,1,2.50").into(),
            &["line 3", "sale_id"],
        ),
        (
            "a sale_id that ends in a space",
            row("R2 ,2026-02-01T10:00:00,north,,COFFEE,1,2.50").into(),
            &["line 3", "sale_id", "without spaces"],
        ),
        (
            "no sku",
            row("R2,2026-02-01T10:00:00,north,,,1,2.50").into(),
            &["line 3", ", sku:"],
        ),
        (
            "no site",
            row("R2,2026-02-01T10:00:00,,,COFFEE,1,2.50").into(),
            &["line 3", ", site:"],
        ),
        (
            "a field too few",
            row("R2,2026-02-01T10:00:00,north,,COFFEE,1").into(),
            &["line 3", "fields"],
        ),
        (
            "a sale in two places",
            row(&format!(
                "R2,2026-02-01T10:00:00,north,,CAKE,1,1.00\n{}",
                GOOD.trim()
            ))
            .into(),
            &["line 4", "sale_id", "R1", "together"],
        ),
        (
            "two sites in one sale",
            row("R1,2026-02-01T10:00:00,south,,COFFEE,1,2.50").into(),
            &["line 3", "sale_id", "site"],
        ),
        (
            "a payment card",
            row("R2,2026-02-01T10:00:00,north,4111111111111111,COFFEE,1,2.50").into(),
            &["line 3", ", card:", "payment card"],
        ),
        (
            "a payment card in groups",
            row("R2,2026-02-01T10:00:00,north,4111 1111 1111 1111,COFFEE,1,2.50").into(),
            &["line 3", ", card:"],
        ),
        (
            "a payment card as number of the sale",
            row("4111111111111111,2026-02-01T10:00:00,north,,COFFEE,0,2.50").into(),
            &["line 3", ", sale_id:", "payment card"],
        ),
        (
            "a payment card as sku",
            row("R2,2026-02-01T10:00:00,north,,4111-1111-1111-1111,1,2.50").into(),
            &["line 3", ", sku:", "payment card"],
        ),
        (
            "a payment card's stripe",
            row("R2,2026-02-01T10:00:00,north,;4111111111111111=2512?,COFFEE,1,2.50").into(),
            &["line 3", ", card:", "payment card"],
        ),
        (
            "a payment card as price",
            row("R2,2026-02-01T10:00:00,north,,COFFEE,1,4111111111111111").into(),
            &["line 3", ", unit_price:", "payment card"],
        ),
        (
            "a drawer's pulse as sku",
            row("R2,2026-02-01T10:00:00,north,,\u{1b}p07,1,2.50").into(),
            &["line 3", ", sku:"],
        ),
        (
            "rubbish",
            (0..4096_u32).map(|n| (n * 7919 % 251) as u8).collect(),
            &["line 1"],
        ),
        (
            "rubbish below the header",
            [HEADER.as_bytes(), &[0xff, 0xfe, 0, 1, 2, b',', 0x80, b'\n', 0xc3]].concat(),
            &["line"],
        ),
    ];
    let before = state(&shop, &till);
    for (case, content, fragments) in cases {
        let file = shop.write("bad.csv", content);
        let said = till.replay(&file);
        one_sentence(case, &said, 2, &[fragments, &["bad.csv"]].concat());
    }
    let missing = till.replay(&shop.path().join("nowhere.csv"));
    one_sentence("no file", &missing, 2, &["nowhere.csv", "cannot be read"]);
    let folder = till.replay(shop.path());
    one_sentence("a folder", &folder, 2, &["cannot be read"]);
    assert!(state(&shop, &till) == before, "something was written");
}

#[test]
fn every_bad_file_of_the_office_earns_a_sentence_and_changes_nothing() {
    let shop = Shop::with_points();
    let till = shop.till("till");
    let cases: &[(&str, &str, &[&str])] = &[
        ("members", "card\n1\n", &["line 1", "id"]),
        (
            "members",
            "id,card\nana,4111 1111 1111 1111\n",
            &["line 2", "card"],
        ),
        (
            "members",
            "id,card,birthday\nana,1,30.2.1990\n",
            &["line 2", "birthday", "30.2.1990"],
        ),
        ("members", "id,card\nana,7\nana,8\n", &["line 3", "id", "line 2"]),
        (
            "members",
            "id,card\nzoe,900000000000000001\n",
            &["line 2", "card"],
        ),
        (
            "products",
            "sku,name,price\nNEW,Tea,1.50\nTEA,Tea,1,50\n",
            &["line 3", "fields"],
        ),
        (
            "products",
            "sku,name,price\nNEW,Tea,1.50\nTEA,Tea,free\n",
            &["line 3", "price", "free"],
        ),
        ("products", "sku,name,price\nTEA,Tea,-1\n", &["line 2", "price"]),
        (
            "products",
            "sku,name,colour\nTEA,Tea,red\n",
            &["line 1", "colour"],
        ),
        ("products", "\u{0}\u{1}\u{2}", &["line 1"]),
        ("products", "{\"sku\": \"TEA\", \"name\": \n", &["line 1"]),
        (
            "balances",
            "member,purse,amount\nana,points,many\n",
            &["line 2", "amount", "many"],
        ),
        (
            "balances",
            "member,purse,amount\nnobody,points,5\n",
            &["line 2", "nobody"],
        ),
        (
            "sites",
            "id,timezone\nsouth,Mars/Olympus\n",
            &["line 2", "timezone", "Mars/Olympus"],
        ),
        ("people", "id\n1\n", &["people", "members"]),
        ("\u{1b}[2Jmembers", "id\n1\n", &["members"]),
    ];
    let before = (state(&shop, &till), shop.stored());
    for (kind, content, fragments) in cases {
        let file = shop.write("bad.csv", content);
        let said = run(&shop.office(), &["import", kind, path(&file)]);
        one_sentence(&format!("{kind}: {content}"), &said, 2, fragments);
    }
    let said = run(
        &shop.office(),
        &["import", "members", path(&shop.path().join("nowhere.csv"))],
    );
    one_sentence("no file", &said, 2, &["nowhere.csv"]);
    assert!(
        (state(&shop, &till), shop.stored()) == before,
        "something was written"
    );
    till.sync().fine();
    let status = till.status();
    assert_eq!((&status["goods"], &status["cards"]), (&3.into(), &3.into()));
}

#[test]
fn every_mistake_in_a_program_is_told_and_nothing_is_published() {
    let shop = Shop::with_points();
    let till = shop.till("till");
    let folder = shop.path().join("mistaken");
    std::fs::create_dir(&folder).expect("the folder");
    let file = folder.join("s1-points.toml");
    let two_mistakes = POINTS
        .replace("who = ", "whom = ")
        .replace("points = 1,", "pionts = 1,");
    let cases: &[(&str, &[&str])] = &[
        ("id = \n", &["s1-points.toml:1", "quoted"]),
        ("", &["s1-points.toml"]),
        (&POINTS.replace("who = ", "whom = "), &["s1-points.toml", "whom"]),
        (
            &POINTS.replace("\"10.00\"", "\"ten\""),
            &["s1-points.toml", "ten"],
        ),
        (
            &POINTS.replace("per = \"10.00\"", "per = \"0.00\""),
            &["s1-points.toml"],
        ),
        (&two_mistakes, &["s1-points.toml"]),
    ];
    let before = state(&shop, &till);
    let story = shop.write(
        "story.json",
        "{\"currency\": \"EUR\", \"timezone\": \"UTC\", \"steps\": []}",
    );
    for (content, fragments) in cases {
        std::fs::write(&file, content).expect("the folder");
        let published = run(&shop.office(), &["program", "publish", path(&folder)]);
        one_sentence(&format!("publish {content}"), &published, 2, fragments);
        let simulated = run(
            shop.path(),
            &["simulate", "--programs", path(&folder), path(&story)],
        );
        one_sentence(&format!("simulate {content}"), &simulated, 2, fragments);
        assert_eq!(run(shop.path(), &["program", "check", path(&folder)]).status, 2);
    }
    // Two files that say different things of one purse.
    std::fs::write(
        folder.join("other.toml"),
        POINTS.replace("s1-points", "other").replace("1.00\" ", "2.00\" "),
    )
    .expect("the folder");
    std::fs::write(&file, POINTS).expect("the folder");
    let published = run(&shop.office(), &["program", "publish", path(&folder)]);
    one_sentence("two worths", &published, 2, &["worth"]);
    let said = run(
        &shop.office(),
        &["program", "publish", path(&shop.path().join("nowhere"))],
    );
    one_sentence("no folder", &said, 2, &["nowhere"]);
    assert!(state(&shop, &till) == before, "something was written");
    till.sync().fine();
    assert_eq!(till.status()["versions"]["programs"], 2);
}

#[test]
fn every_mistake_in_a_story_is_told_with_its_place() {
    let folder = tempfile::TempDir::new().expect("a folder");
    let file = folder.path().join("story.json");
    let of = |more: &str| format!("{{\"currency\": \"EUR\", \"timezone\": \"UTC\", {more}}}");
    let sale = |more: &str| {
        of(&format!(
            "\"steps\": [{{\"sale\": {{\"id\": \"s\", \"at\": \"2026-02-01T10:00:00\", {more}}}}}]"
        ))
    };
    let cases: Vec<(String, &[&str])> = vec![
        ("{".to_owned(), &["line"]),
        ("[]".to_owned(), &[]),
        (String::new(), &[]),
        (of("\"stepps\": []"), &["stepps"]),
        (of("\"steps\": [{\"party\": {}}]"), &["party"]),
        (sale("\"lines\": [{\"sku\": \"TEA\", \"qty\": \"1\"}]"), &["TEA"]),
        (
            sale("\"lines\": [{\"sku\": \"TEA\", \"qty\": \"one\", \"price\": \"1.00\"}]"),
            &["one"],
        ),
        (
            sale("\"lines\": [{\"sku\": \"TEA\", \"qty\": \"1\", \"price\": \"cheap\"}]"),
            &["cheap"],
        ),
        (
            sale(
                "\"member\": \"nobody\", \"lines\": [{\"sku\": \"TEA\", \"qty\": \"1\", \"price\": \"1.00\"}]",
            ),
            &["nobody"],
        ),
        (
            sale("\"lines\": []").replace("2026-02-01T10", "2026-02-31T10"),
            &["2026-02-31"],
        ),
        (of("\"steps\": []").replace("EUR", "EURO"), &["EURO"]),
        (of("\"steps\": []").replace("UTC", "Moon"), &["Moon"]),
        (
            of(
                "\"steps\": [{\"advance\": {\"to\": \"2026-03-01T00:00:00\"}}, {\"advance\": {\"to\": \"2026-02-01T00:00:00\"}}]",
            ),
            &["steps[1]", "earlier"],
        ),
    ];
    for (story, fragments) in cases {
        std::fs::write(&file, &story).expect("the folder");
        let programs = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("programs/s1-points.toml");
        let said = run(
            folder.path(),
            &["simulate", "--programs", path(&programs), path(&file)],
        );
        one_sentence(&story, &said, 2, &[fragments, &["story.json"]].concat());
    }
}

#[test]
fn mistakes_in_settings_and_words_are_told() {
    let shop = Shop::with_points();
    let till = shop.till("till");
    let before = state(&shop, &till);
    let good = shop.write("good.csv", format!("{HEADER}{GOOD}"));
    let settings: &[(&str, &[&str])] = &[
        ("[terminal]\ncolour = 1\n", &["line 2", "colour"]),
        ("[terminal]\nreceipt_columns = \"wide\"\n", &["line 2"]),
        ("[terminal\n", &["line 1"]),
        ("[shops]\n", &["shops"]),
    ];
    for (text, fragments) in settings {
        let file = shop.write("config.toml", text);
        for (data, words) in [
            (&till.folder, &["replay", path(&good)][..]),
            (&till.folder, &["sync", "--once"]),
            (&shop.office(), &["report", "sync"]),
            (&shop.office(), &["server", "code", "--site", "north"]),
        ] {
            let words = [words, &["--config", path(&file)]].concat();
            one_sentence(
                text,
                &run(data, &words),
                2,
                &[*fragments, &["config.toml"]].concat(),
            );
        }
    }
    for (text, fragment) in [
        ("[shop]\ncurrency = \"EURO\"\n", "EURO"),
        ("[shop]\ntimezone = \"Moon\"\n", "Moon"),
        ("[shop]\nprice_basis = \"free\"\n", "free"),
        ("[server]\ndatabase = \"postgres://me:secret@db/x\"\n", "postgres"),
    ] {
        let file = shop.write("config.toml", text);
        let said = run(&shop.office(), &["report", "sync", "--config", path(&file)]);
        one_sentence(text, &said, 2, &[fragment]);
        assert!(!said.err.contains("secret"), "{said:?}");
    }
    let said = till.run(&["sync", "--once", "--config", "/nowhere/config.toml"]);
    one_sentence("no settings", &said, 2, &["/nowhere/config.toml"]);

    for words in [
        &["replay", path(&good)][..],
        &["sync", "--once"],
        &["status", "--json"],
        &["enrol", &shop.url(), "0000"],
        &["report", "sync"],
        &["serve", "--listen", "127.0.0.1:0"],
    ] {
        let said = run(&good, words);
        assert!(matches!(said.status, 1 | 2), "{said:?}");
        one_sentence(&format!("{words:?} on a file"), &said, said.status, &[]);
    }
    let said = run(&shop.office(), &["report", "weather"]);
    one_sentence("a report", &said, 2, &["weather", "sync"]);
    assert!(state(&shop, &till) == before, "something was written");
    assert_eq!(
        std::fs::read_to_string(&good).expect("it is there"),
        format!("{HEADER}{GOOD}")
    );
}

#[test]
fn a_batch_of_scans_is_read_to_its_end_or_told() {
    let shop = Shop::with_points();
    for words in [
        &["scan", "--json", "--batch", "nope.jsonl"][..],
        &["scan", "--batch", "nope.jsonl"],
    ] {
        one_sentence("no such batch", &run(&shop.office(), words), 2, &["nope.jsonl"]);
    }
    let lines = [&b"\xff\xfe\n"[..], b"{\"raw\":\"5901234123457\"}\n"].concat();
    let batch = shop.write("batch.jsonl", lines);
    let said = run(&shop.office(), &["scan", "--batch", path(&batch)]);
    assert_eq!((said.status, said.out.lines().count()), (0, 2), "{said:?}");
    let bad = r#"{"ok":false,"err":"unrecognised""#;
    assert!(
        said.out.starts_with(bad) && said.out.contains("05901234123457"),
        "{said:?}"
    );
}

/// The code as a finger slips on it. One wrong letter is always noticed; a code read backwards passes one time in 32.
fn one_letter_wrong(code: &str) -> String {
    let other = if code.starts_with('7') { "8" } else { "7" };
    format!("{other}{}", &code[1..])
}

#[test]
fn f69_a_wrong_code_makes_no_terminal() {
    let shop = Shop::with_points();
    let folder = shop.path().join("new");
    let code = shop.code();
    let slip = one_letter_wrong(&code);
    let other = Shop::open().code();
    let enrol = |url: &str, code: &str| run(&folder, &["enrol", url, code]);
    for (case, url, code, fragments) in [
        ("mistyped", shop.url(), slip.as_str(), &["not typed right"][..]),
        ("no code", shop.url(), "", &["not typed right"]),
        ("of another shop", shop.url(), &other, &["vafa server code"]),
        (
            "plain http",
            "http://192.0.2.7:7373".to_owned(),
            &code,
            &["http://192.0.2.7:7373", "https"],
        ),
        ("no address", "till".to_owned(), &code, &["till", "https"]),
        (
            "another scheme",
            "ftp://127.0.0.1".to_owned(),
            &code,
            &["ftp://127.0.0.1", "https"],
        ),
        (
            "nobody there",
            "http://127.0.0.1:1".to_owned(),
            &code,
            &["cannot be reached"],
        ),
    ] {
        let said = enrol(&url, code);
        let secret = if code.is_empty() { "????" } else { code };
        assert!(matches!(said.status, 1 | 2), "{case}: {said:?}");
        one_sentence(case, &said, said.status, fragments);
        assert!(!said.err.contains(secret), "{case}: the code is told");
        assert!(
            !folder.join("journal.db").exists() && !folder.join("terminal.key").exists(),
            "{case}"
        );
        assert_eq!(shop.report()["terminals"], serde_json::json!([]), "{case}");
    }
    let till = shop.till_at(folder.clone(), &shop.url());
    let before = till.files();
    one_sentence(
        "enrolled already",
        &enrol(&shop.url(), &shop.code()),
        1,
        &["t1", "--data"],
    );
    assert!(till.files() == before, "something was written");
    let burned = shop.code();
    run(&shop.path().join("second"), &["enrol", &shop.url(), &burned]).fine();
    let third = shop.path().join("third");
    let said = run(&third, &["enrol", &shop.url(), &burned]);
    one_sentence("used", &said, 1, &["was used"]);
    assert!(!third.join("journal.db").exists() && !third.join("terminal.key").exists());
    assert_eq!(shop.report()["terminals"].as_array().map(Vec::len), Some(2));
}

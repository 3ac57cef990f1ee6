//! How a machine becomes a terminal.

use ed25519_dalek::SigningKey;

use crate::till::{Shop, Till, ask_to_enrol, random, site};
use vafa::wire;

#[test]
fn a_code_makes_one_machine_a_terminal() {
    let shop = Shop::open();
    let code = shop.code();
    assert!(wire::code_is_whole(&code), "{code}");
    let first = Till::enrol(shop.url(), &code).expect("a terminal");
    assert_eq!(first.post.terminal.as_str(), "t1");
    assert_eq!(first.post.site, site("north"));
    let second = Till::enrol(shop.url(), &code).err().expect("the code is burned");
    assert_eq!(second.code, "code");
    assert!(second.says.contains("vafa server code"), "{}", second.says);
    assert_eq!(shop.till().post.terminal.as_str(), "t2");
}

#[test]
fn a_machine_whose_answer_was_lost_gets_it_again() {
    let shop = Shop::open();
    let (code, key) = (shop.code(), SigningKey::from_bytes(&random()));
    let first: wire::EnrolReply = ask_to_enrol(shop.url(), &code, &key).read();
    let again: wire::EnrolReply = ask_to_enrol(shop.url(), &code, &key).read();
    assert_eq!(first, again);
    assert_eq!(shop.office().sync_report().expect("the books").terminals.len(), 1);
}

#[test]
fn a_code_is_read_in_any_case_and_five_slips_end_it() {
    let shop = Shop::open();
    let code = shop.code();
    let mut wrong = code.clone();
    wrong.pop();
    wrong.push(if code.ends_with('X') { 'Y' } else { 'X' });
    for _ in 0..4 {
        assert!(Till::enrol(shop.url(), &wrong).is_err());
    }
    assert!(Till::enrol(shop.url(), &code.to_lowercase().replace('-', " ")).is_ok());
    let code = shop.code();
    for _ in 0..5 {
        let mut wrong = code.clone();
        wrong.pop();
        wrong.push(if code.ends_with('X') { 'Y' } else { 'X' });
        assert!(Till::enrol(shop.url(), &wrong).is_err());
    }
    assert!(Till::enrol(shop.url(), &code).is_err());
}

#[test]
fn f69_of_two_tills_that_race_for_a_code_one_wins() {
    let shop = Shop::open();
    let (url, code) = (shop.url().to_owned(), shop.code());
    let racers: Vec<_> = (0..4)
        .map(|_| {
            let (url, code) = (url.clone(), code.clone());
            std::thread::spawn(move || Till::enrol(&url, &code).is_ok())
        })
        .collect();
    let winners = racers
        .into_iter()
        .filter_map(|racer| racer.join().ok())
        .filter(|won| *won)
        .count();
    assert_eq!(winners, 1);
    assert_eq!(shop.office().sync_report().expect("the books").terminals.len(), 1);
}

#[test]
fn the_code_is_not_in_the_books() {
    let mut shop = Shop::open();
    let code = shop.code();
    shop.stop();
    let plain = wire::plain_code(&code);
    for file in std::fs::read_dir(shop.data()).expect("the folder").flatten() {
        let bytes = std::fs::read(file.path()).unwrap_or_default();
        let found = bytes.windows(plain.len()).any(|part| part == plain.as_bytes());
        assert!(!found, "{}", file.path().display());
    }
}

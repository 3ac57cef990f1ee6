//! Every scan of the vectors in `data/` gets the answer that is written beside it: all that is expected must be there, word
//! for word. `scan-vectors.jsonl` is a mixed handful; each of the others is one topic of what scanners send, from edge to
//! edge, its answers worked out by hand or by a program that shares nothing with this one.

use jiff::civil::date;
use serde_json::{Value, json};
use vafa::command::scan::answer_lines;
use vafa::loyalty::scan::Settings;

#[test]
fn every_vector_gets_its_answer() {
    check(include_str!("data/scan-vectors.jsonl"));
}

#[test]
fn element_strings_of_every_format() {
    check(include_str!("data/scan-elements.jsonl"));
}

#[test]
fn values_that_are_checked_by_their_meaning() {
    check(include_str!("data/scan-linters.jsonl"));
}

#[test]
fn coupons_whole_cut_off_and_out_of_range() {
    check(include_str!("data/scan-coupons.jsonl"));
}

#[test]
fn digital_links_by_each_of_their_rules() {
    check(include_str!("data/scan-links.jsonl"));
}

#[test]
fn numbers_of_goods_and_identifiers_of_scanners() {
    check(include_str!("data/scan-retail.jsonl"));
}

#[test]
fn measured_articles_of_every_region_and_prefix() {
    check(include_str!("data/scan-measures.jsonl"));
}

#[test]
fn cards_stripes_and_the_edges_of_payment_ranges() {
    check(include_str!("data/scan-cards.jsonl"));
}

#[test]
fn settings_typed_brackets_and_dates() {
    check(include_str!("data/scan-settings.jsonl"));
}

#[test]
fn partners_that_are_needed_and_partners_that_are_not_allowed() {
    check(include_str!("data/scan-associations.jsonl"));
}

fn check(vectors: &str) {
    let mut answers = Vec::new();
    answer_lines(
        vectors.as_bytes(),
        &Settings::default(),
        date(2026, 3, 2),
        &mut answers,
    )
    .expect("a Vec takes all");
    let answers = String::from_utf8(answers).expect("JSON is UTF-8");
    assert_eq!(vectors.lines().count(), answers.lines().count());

    let wrong: Vec<String> = vectors
        .lines()
        .zip(answers.lines())
        .filter_map(|(vector, answer)| wrong_in(vector, answer))
        .collect();
    assert!(wrong.is_empty(), "{} wrong:\n{}", wrong.len(), wrong.join("\n"));
}

/// What an answer must not hold unless it is expected: a value that was made up is as wrong as one that is missing.
const ONLY_WHERE_EXPECTED: [&str; 8] = [
    "price",
    "weight_kg",
    "count",
    "track",
    "exp",
    "number",
    "text",
    "gtin14",
];

fn wrong_in(vector: &str, answer: &str) -> Option<String> {
    let vector: Value = serde_json::from_str(vector).expect("a vector is JSON");
    let answer: Value = serde_json::from_str(answer).expect("an answer is JSON");
    let expected = vector["expect"]
        .as_object()
        .expect("a vector says what is expected");
    let missing = expected.iter().any(|(key, value)| answer.get(key) != Some(value));
    let made_up = ONLY_WHERE_EXPECTED
        .iter()
        .any(|key| answer.get(key).is_some() && !expected.contains_key(*key));
    (missing || made_up).then(|| {
        format!(
            "{}\n  expected {}\n  answered {answer}",
            vector["raw"],
            json!(expected)
        )
    })
}

//! Every scan of `data/scan-vectors.jsonl` gets the answer that is written beside it: all that is expected must be there,
//! word for word.

use jiff::civil::date;
use serde_json::{Value, json};
use vafa::command::scan::answer_lines;
use vafa::loyalty::scan::Settings;

const VECTORS: &str = include_str!("data/scan-vectors.jsonl");

#[test]
fn every_vector_gets_its_answer() {
    let mut answers = Vec::new();
    answer_lines(
        VECTORS.as_bytes(),
        &Settings::default(),
        date(2026, 3, 2),
        &mut answers,
    )
    .expect("a Vec takes all");
    let answers = String::from_utf8(answers).expect("JSON is UTF-8");
    assert_eq!(VECTORS.lines().count(), answers.lines().count());

    let wrong: Vec<String> = VECTORS
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

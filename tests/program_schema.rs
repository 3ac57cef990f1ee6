//! The schema that editors take: every file of the house is valid under it, and what it can see of bad files it refuses.
//! The checker below knows the words of JSON Schema that the schema uses, and fails for one that it does not know.

use std::path::Path;

use assert_cmd::Command;
use rstest::rstest;
use serde_json::{Map, Value};

fn schema() -> Value {
    let mut vafa = Command::cargo_bin("vafa").expect("the program");
    let done = vafa.args(["program", "schema"]).assert().success();
    serde_json::from_slice(&done.get_output().stdout).expect("JSON")
}

/// A TOML file as the JSON that an editor checks: dates are texts.
fn as_json(value: toml::Value) -> Value {
    match value {
        toml::Value::String(text) => Value::String(text),
        toml::Value::Integer(number) => Value::from(number),
        toml::Value::Float(number) => Value::from(number),
        toml::Value::Boolean(flag) => Value::Bool(flag),
        toml::Value::Datetime(time) => Value::String(time.to_string()),
        toml::Value::Array(items) => Value::Array(items.into_iter().map(as_json).collect()),
        toml::Value::Table(table) => Value::Object(
            table
                .into_iter()
                .map(|(key, value)| (key, as_json(value)))
                .collect(),
        ),
    }
}

fn is_valid(schema: &Value, text: &str) -> bool {
    let table: toml::Table = text.parse().expect("TOML");
    fits(schema, schema, &as_json(toml::Value::Table(table)))
}

fn fits(root: &Value, schema: &Value, value: &Value) -> bool {
    match schema {
        Value::Bool(answer) => *answer,
        Value::Object(words) => words
            .iter()
            .all(|(word, rule)| keeps(root, words, (word, rule), value)),
        other => panic!("no schema: {other}"),
    }
}

fn keeps(root: &Value, words: &Map<String, Value>, (word, rule): (&str, &Value), value: &Value) -> bool {
    let texts = |rule: &Value| -> Vec<String> {
        let one = |value: &Value| value.as_str().expect("a text").to_owned();
        rule.as_array()
            .map_or_else(|| vec![one(rule)], |all| all.iter().map(one).collect())
    };
    match word {
        "$schema" | "$defs" | "title" | "description" | "examples" => true,
        "$ref" => {
            let path = rule.as_str().expect("a text").trim_start_matches('#');
            fits(
                root,
                root.pointer(path)
                    .unwrap_or_else(|| panic!("{path} is not there")),
                value,
            )
        }
        "type" => texts(rule).iter().any(|kind| match kind.as_str() {
            "string" => value.is_string(),
            "integer" => value.is_i64(),
            "boolean" => value.is_boolean(),
            "object" => value.is_object(),
            "array" => value.is_array(),
            other => panic!("the type {other}"),
        }),
        "enum" => rule.as_array().expect("a list").contains(value),
        "minimum" => value
            .as_i64()
            .is_none_or(|number| number >= rule.as_i64().expect("a number")),
        "maximum" => value
            .as_i64()
            .is_none_or(|number| number <= rule.as_i64().expect("a number")),
        "anyOf" => rule
            .as_array()
            .expect("a list")
            .iter()
            .any(|one| fits(root, one, value)),
        "items" => value
            .as_array()
            .is_none_or(|items| items.iter().all(|item| fits(root, rule, item))),
        "required" => texts(rule).iter().all(|key| value.get(key).is_some()),
        "properties" => {
            let known = rule.as_object().expect("an object").iter();
            known
                .clone()
                .all(|(key, rule)| value.get(key).is_none_or(|value| fits(root, rule, value)))
        }
        "additionalProperties" => {
            let known = |key: &String| {
                words
                    .get("properties")
                    .is_some_and(|known| known.get(key).is_some())
            };
            let mut others = value
                .as_object()
                .into_iter()
                .flatten()
                .filter(|(key, _)| !known(key));
            others.all(|(_, value)| fits(root, rule, value))
        }
        other => panic!("the checker does not know \"{other}\""),
    }
}

#[test]
fn every_file_of_the_house_is_valid() {
    let schema = schema();
    let house = Path::new(env!("CARGO_MANIFEST_DIR")).join("programs");
    let mut seen = 0;
    for folder in [house.clone(), house.join("demo-grocer")] {
        for entry in std::fs::read_dir(folder).expect("the folder") {
            let path = entry.expect("a file").path();
            if path.is_file() {
                let text = std::fs::read_to_string(&path).expect("text");
                assert!(is_valid(&schema, &text), "{}", path.display());
                seen += 1;
            }
        }
    }
    assert!(seen > 30, "{seen} files only");
}

#[rstest]
#[case("name = \"no id\"")]
#[case("id = \"x\"\nnaem = \"X\"")]
#[case("id = \"x\"\npriority = \"high\"")]
#[case("id = \"x\"\npriority = 2000000")]
#[case("id = \"x\"\n[rule]\ngives = { points = 1 }")]
#[case("id = \"x\"\n[[rule]]\nwho = \"members\"")]
#[case("id = \"x\"\n[[rule]]\nwho = \"membrs\"\ngives = { points = 1 }")]
#[case("id = \"x\"\n[[rule]]\nwho = { grup = \"a\" }\ngives = { points = 1 }")]
#[case("id = \"x\"\n[[rule]]\nwho = [\"members\", 3]\ngives = { points = 1 }")]
#[case("id = \"x\"\n[[rule]]\ngives = { pionts = 1 }")]
#[case("id = \"x\"\n[[rule]]\ngives = { points = 0.5 }")]
#[case("id = \"x\"\n[[rule]]\ngives = { stamp = 0, purse = \"a\" }")]
#[case("id = \"x\"\n[[rule]]\ngives = { free = \"dearest one\" }")]
#[case("id = \"x\"\n[[rule]]\nwhen = { weekdays = [\"monday\"] }\ngives = { points = 1 }")]
#[case("id = \"x\"\n[[rule]]\nneeds = { every = 1 }\ngives = { free = \"cheapest\" }")]
#[case("id = \"x\"\n[[rule]]\nneeds = { goods = { on_sale = \"no\" } }\ngives = { points = 1 }")]
#[case("id = \"x\"\n[[rule]]\nneeds = { spent = { form = 1 } }\ngives = { points = 1 }")]
#[case("id = \"x\"\n[[rule]]\nwith = \"everything\"\ngives = { points = 1 }")]
#[case("id = \"x\"\n[[rule]]\nwith = { group = \"a\" }\ngives = { points = 1 }")]
#[case("id = \"x\"\n[purse.points]\nkind = \"gold\"")]
#[case("id = \"x\"\n[membership.a]\nmonths = 0")]
#[case("id = \"x\"\n[ladder.a]\ncounts = \"spend\"")]
#[case("id = \"x\"\n[ladder.a]\nlevels = [{ from = 3 }]")]
#[case("id = \"x\"\n[reward.a]\nstock = -1")]
#[case("id = \"x\"\n[reward.a]\nbecomes = { amount = 1 }")]
fn what_a_schema_can_see_of_a_bad_file_it_refuses(#[case] text: &str) {
    assert!(!is_valid(&schema(), text), "{text}");
}

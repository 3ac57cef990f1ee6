//! `vafa program schema`: a JSON Schema of the program file, for editors that complete words and mark wrong ones.

use serde_json::{Map, Value, json};

use crate::loyalty::program::file::schema::{Shape, TABLES, Table, WHO_WORDS, WITH_WORDS};

/// The schema of a whole file (draft 2020-12). It knows words and shapes; what belongs together `vafa program check` knows.
pub fn schema() -> Value {
    let mut root = Map::new();
    root.insert(
        "$schema".to_owned(),
        json!("https://json-schema.org/draft/2020-12/schema"),
    );
    root.insert("title".to_owned(), json!("A program of vafa"));
    let (file, others) = TABLES.split_first().expect("the file's own table stands first");
    root.extend(table(file));
    let defs: Map<String, Value> = others
        .iter()
        .map(|one| (one.name.to_owned(), Value::Object(table(one))))
        .collect();
    root.insert("$defs".to_owned(), Value::Object(defs));
    Value::Object(root)
}

fn table(table: &Table) -> Map<String, Value> {
    let properties: Map<String, Value> = table
        .words
        .iter()
        .map(|word| {
            let mut value = shape(word.shape);
            value.insert("description".to_owned(), json!(word.says));
            (word.word.to_owned(), Value::Object(value))
        })
        .collect();
    let mut all = Map::new();
    all.insert("type".to_owned(), json!("object"));
    all.insert("properties".to_owned(), Value::Object(properties));
    all.insert("additionalProperties".to_owned(), json!(false));
    if !table.must.is_empty() {
        all.insert("required".to_owned(), json!(table.must));
    }
    all
}

fn shape(shape: Shape) -> Map<String, Value> {
    let of = |name: &str| json!({ "$ref": format!("#/$defs/{name}") });
    let text = || json!({ "type": "string" });
    let one_or_more = |one: Value| json!({ "anyOf": [one.clone(), { "type": "array", "items": one }] });
    let value = match shape {
        Shape::Text => json!({ "type": ["string", "integer"] }),
        Shape::Texts => one_or_more(json!({ "type": ["string", "integer"] })),
        Shape::Flag => json!({ "type": "boolean" }),
        Shape::Whole(from, to) => json!({ "type": "integer", "minimum": from, "maximum": to }),
        Shape::Number => json!({ "type": ["string", "integer"] }),
        Shape::Percent => json!({ "type": ["string", "integer"], "examples": ["5 %"] }),
        Shape::PercentOrAmount => json!({ "type": ["string", "integer"], "examples": ["5 %", "5.00"] }),
        Shape::Day => json!({ "type": "string", "examples": ["2026-03-01"] }),
        Shape::OneOf(words) => json!({ "enum": words }),
        Shape::SomeOf(words) => one_or_more(json!({ "enum": words })),
        Shape::Table(name) => of(name),
        Shape::Tables(name) => json!({ "type": "array", "items": of(name) }),
        Shape::TableOrTables(name) => one_or_more(of(name)),
        Shape::NumberOrTable(name) => json!({ "anyOf": [{ "type": ["string", "integer"] }, of(name)] }),
        Shape::WholeOrTable(from, to, name) => {
            json!({ "anyOf": [{ "type": "integer", "minimum": from, "maximum": to }, of(name)] })
        }
        Shape::Named(name) => json!({ "type": "object", "additionalProperties": of(name) }),
        Shape::Who => one_or_more(json!({ "anyOf": [{ "enum": WHO_WORDS }, of("who")] })),
        Shape::With => json!({ "anyOf": [{ "enum": WITH_WORDS }, of("with")] }),
        Shape::Counts => json!({ "anyOf": [text(), of("counts")] }),
    };
    match value {
        Value::Object(value) => value,
        _ => Map::new(),
    }
}

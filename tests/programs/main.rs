//! Each file of `programs/` with the numbers of the system that it stands for, and a story of its edges. Every number is
//! worked out by hand.

use std::fs;
use std::path::PathBuf;

use serde_json::{Value, json};
use vafa::loyalty::program::file::read_all;
use vafa::story;

mod business;
mod consumers;
mod edges;

fn file(id: &str) -> (String, String) {
    let path = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join(format!("programs/{id}.toml"));
    let text = fs::read_to_string(path).expect("a program");
    (format!("{id}.toml"), text)
}

/// Runs steps with programs in a shop with members, goods and sites.
fn run_in(shop: Value, programs: &[&str], steps: Value) -> Vec<Value> {
    let mut text = json!({
        "currency": "EUR", "timezone": "Europe/Berlin",
        "products": [
            {"sku": "BURGER", "price": "5.00"}, {"sku": "COFFEE", "price": "2.50"}, {"sku": "LENSES", "price": "80.00"},
            {"sku": "DELIVERY", "price": "4.90"}, {"sku": "PRIME-YEAR", "price": "99.00"},
            {"sku": "VIP-YEAR", "price": "299.00"},
            {"sku": "VAULT", "price": "10.00", "categories": ["members-only"]},
            {"sku": "LAPTOP", "price": "25000.00"}, {"sku": "MOUSE", "price": "190.00"},
            {"sku": "MAC", "price": "1000.00", "categories": ["computers/laptops"]},
            {"sku": "TOAST", "price": "100.00", "categories": ["shop"]},
            {"sku": "LIPSTICK", "price": "20.00", "categories": ["cosmetics"]},
            {"sku": "DIESEL", "price": "1.799", "unit": "l"}, {"sku": "CEMENT", "price": "0.40", "unit": "kg"},
            {"sku": "TICKET-BUSINESS", "price": "900.00"}, {"sku": "TICKET-FIRST", "price": "2000.00"},
            {"sku": "CONTRACT", "price": "100000.00"},
        ],
        "sites": [
            {"id": "g", "partner": "grocer"}, {"id": "p", "partner": "phones"}, {"id": "r", "partner": "restaurant"},
        ],
        "members": [
            {"id": "ana", "organisation": "acme", "consents": ["organisation-split"], "interests": ["garden"],
             "groups": [{"name": "student", "until": "2026-09-30"}, {"name": "fuel-plus"}]},
            {"id": "ben", "organisation": "acme"},
            {"id": "cem", "groups": [{"name": "professional"}]},
            {"id": "dia"},
        ],
        "steps": steps,
    });
    for (key, value) in shop.as_object().expect("an object") {
        text[key] = value.clone();
    }
    let story = story::read("story.json", &text.to_string()).expect("a story");
    let files: Vec<_> = programs.iter().map(|id| file(id)).collect();
    let programs = read_all(&files, story.terms.clone()).expect("programs without a mistake");
    story.run(&programs)
}

fn run(program: &str, steps: Value) -> Vec<Value> {
    run_in(json!({}), &[program], steps)
}

fn sale(id: &str, at: &str, member: &str, lines: Value) -> Value {
    json!({"sale": {"id": id, "at": at, "member": member, "lines": lines}})
}

fn line(sku: &str, qty: &str) -> Value {
    json!([{"sku": sku, "qty": qty}])
}

fn any(price: &str) -> Value {
    json!([{"sku": "ANY", "qty": "1", "price": price}])
}

fn balance(member: &str) -> Value {
    json!({"balance": {"member": member}})
}

fn activity(id: &str, at: &str, member: &str, kind: &str, qty: &str, attributes: Value) -> Value {
    json!({"activity": {"id": id, "at": at, "member": member, "kind": kind, "qty": qty, "attributes": attributes}})
}

fn redeem(id: &str, at: &str, member: &str, reward: &str) -> Value {
    json!({"redeem": {"id": id, "at": at, "member": member, "reward": reward}})
}

fn back(id: &str, at: &str, sale: &str, sku: &str, qty: &str) -> Value {
    json!({"return": {"id": id, "at": at, "sale": sale, "lines": [{"sku": sku, "qty": qty}]}})
}

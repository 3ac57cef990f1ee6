//! A believable petrol station to try: its goods, members and programs, as the files that an owner would import.

use crate::till::screen::cards::CardToTry;

/// The terms of the shop, as a config.toml.
pub const CONFIG: &str =
    "[server]\nlisten = \"127.0.0.1:0\"\n\n[shop]\ncurrency = \"INR\"\ntimezone = \"Asia/Kolkata\"\n";
/// The site's id.
pub const SITE: &str = "highway-7";
/// Goods: fuel by the litre, a car wash and a small shop.
pub const PRODUCTS: &str = include_str!("../../demo/products.csv");
/// A dozen members with a card each. The numbers begin with 952, which is set aside for examples.
pub const MEMBERS: &str = include_str!("../../demo/members.csv");
/// The programs that run.
pub const PROGRAMS: [(&str, &str); 3] = [
    ("s1-points.toml", include_str!("../../programs/s1-points.toml")),
    (
        "s11-fixed-card.toml",
        include_str!("../../programs/s11-fixed-card.toml"),
    ),
    (
        "s12a-three-for-two.toml",
        include_str!("../../programs/s12a-three-for-two.toml"),
    ),
];

/// The sku of an article by its name on the receipt.
pub fn sku(name: &str) -> Option<&'static str> {
    let row = PRODUCTS
        .lines()
        .find(|row| row.contains(&format!(",{name},")) || row.contains(&format!("\"{name}\"")))?;
    row.split(',').next()
}

/// The cards of all members.
pub fn cards() -> Vec<CardToTry> {
    let rows = MEMBERS.lines().skip(1).filter_map(|row| {
        let mut fields = row.split(',').skip(1);
        Some(CardToTry {
            number: fields.next()?.to_owned(),
            name: fields.next()?.to_owned(),
        })
    });
    rows.collect()
}

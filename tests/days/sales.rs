//! Recorded sales made up from a seed, with what each of them must come to.

use std::collections::BTreeMap;
use std::fmt::Write;

/// The same numbers for the same seed.
pub struct Seeded(u64);

impl Seeded {
    pub fn new(seed: u64) -> Seeded {
        Seeded(seed.wrapping_mul(0x9e37_79b9_7f4a_7c15) | 1)
    }

    /// A number below `below`.
    pub fn below(&mut self, below: u64) -> u64 {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        (self.0 >> 11) % below
    }

    pub fn one_of<T: Copy>(&mut self, these: &[T]) -> T {
        these[usize::try_from(self.below(these.len() as u64)).expect("an index")]
    }
}

/// A card that no member has.
pub const STRANGE_CARD: &str = "900000000000000009";
const CARDS: [(&str, &str); 3] = [
    ("900000000000000001", "ana"),
    ("900000000000000002", "ben"),
    ("900000000000000003", "lea"),
];

/// A file of sales and what must come of it.
#[derive(Default)]
pub struct Recorded {
    pub csv: String,
    /// Number and total of each sale, in the file's order.
    pub sales: Vec<(String, String)>,
    /// The points of each member (and of the strange card), a point for each full 10.00 of a bill.
    pub points: BTreeMap<&'static str, i64>,
}

impl Recorded {
    /// So many sales: some without a card, some with one that nobody knows, goods that are in no list, a site that the
    /// server has never heard of.
    pub fn of(seed: u64, count: usize) -> Recorded {
        let mut chance = Seeded::new(seed);
        let mut all = Recorded {
            csv: "sale_id,at,site,card,sku,qty,unit_price\n".to_owned(),
            ..Recorded::default()
        };
        for n in 0..count {
            let id = format!("R{seed}-{n:04}");
            let at = format!(
                "2026-02-{:02}T{:02}:{:02}:00",
                1 + n / 60 % 28,
                8 + n % 60 / 6,
                chance.below(60)
            );
            let site = chance.one_of(&["north", "north", "harbour-9"]);
            let (card, owner) = match chance.below(5) {
                0 => ("", ""),
                1 => (STRANGE_CARD, "stranger"),
                _ => chance.one_of(&CARDS),
            };
            let mut cents = 0;
            for _ in 0..=chance.below(4) {
                let sku = chance.one_of(&["COFFEE", "BURGER", "CAKE", "4006381333931", "X-77"]);
                let (halves, price) = (1 + chance.below(8), 2 * (20 + chance.below(600)));
                cents += halves * price / 2;
                let qty = if halves % 2 == 0 {
                    (halves / 2).to_string()
                } else {
                    format!("{}.5", halves / 2)
                };
                let price = text(price);
                writeln!(all.csv, "{id},{at},{site},{card},{sku},{qty},{price}").expect("memory");
            }
            if !owner.is_empty() {
                *all.points.entry(owner).or_default() += i64::try_from(cents / 1000).expect("small");
            }
            all.sales.push((id, text(cents)));
        }
        all
    }
}

fn text(cents: u64) -> String {
    format!("{}.{:02}", cents / 100, cents % 100)
}

//! An enrolled terminal's folder as a server would have left it: goods of an Indian petrol station, two members, and
//! the programs of this repository.

use std::path::Path;

use ed25519_dalek::SigningKey;
use vafa::loyalty::amount::{Points, Price, Rate};
use vafa::loyalty::calendar::{Day, Moment, Zone};
use vafa::loyalty::goods::{Goods, Unit};
use vafa::loyalty::id::{MemberId, PurseId, SiteId, Sku, TerminalId};
use vafa::loyalty::member::{CardToken, Known, Member, Standing};
use vafa::loyalty::terminal::Post;
use vafa::store::{CacheMark, CardRow, Identity, Keys, Store};
use vafa::wire::{Bundle, SignedBundle};

/// Sku, name, category, price, how it is counted.
const GOODS: [(&str, &str, &str, &str, &str); 8] = [
    (
        "8901063010017",
        "Parle-G glucose biscuits 250 g",
        "snacks/biscuits",
        "30.00",
        "each",
    ),
    (
        "8901491101837",
        "Lay's Magic Masala 52 g",
        "snacks/crisps",
        "20.00",
        "each",
    ),
    ("8901764012273", "Thums Up 750 ml", "drinks/cold", "45.00", "each"),
    ("CHAI", "Masala chai 150 ml", "drinks/hot", "20.00", "each"),
    ("GUM", "Center Fresh chewing gum", "gum", "5.00", "each"),
    ("DIESEL", "Diesel BS-VI", "fuel", "89.97", "l"),
    ("OIL", "Servo 4T engine oil 1 l", "car/oil", "1549.00", "each"),
    ("PAPER", "The Hindu, today", "papers", "", "each"),
];

/// A member card of the shop.
pub const ASHAS_CARD: &str = "952600013000000013";

/// Makes the folder. The terminal runs these programs of the repository, and others that stand here as name and text.
pub fn make(folder: &Path, programs: &[&str], others: &[(&str, &str)]) {
    let repository = Path::new(env!("CARGO_MANIFEST_DIR")).join("programs");
    let read = |id: &&str| {
        let name = format!("{id}.toml");
        let text = std::fs::read_to_string(repository.join(&name)).expect("a program");
        (name, text)
    };
    let others = others
        .iter()
        .map(|(name, text)| ((*name).to_owned(), (*text).to_owned()));
    let files: Vec<(String, String)> = programs.iter().map(read).chain(others).collect();
    let server = SigningKey::from_bytes(&[7; 32]);
    let card_key = [9; 32];
    let identity = Identity {
        url: "http://127.0.0.1:9".to_owned(),
        post: Post {
            shop: "highway-fuels".to_owned(),
            terminal: TerminalId::parse("t1").expect("a name"),
            site: SiteId::parse("nh48-manesar").expect("a name"),
            zone: Zone::named("Asia/Kolkata").expect("a zone"),
            day_begins_h: 4,
        },
        partner: None,
        server_key: server.verifying_key(),
    };
    let bundle = Bundle {
        version: 1,
        shop: "highway-fuels".to_owned(),
        currency: "INR".to_owned(),
        timezone: "Asia/Kolkata".to_owned(),
        price_basis: "tax_inclusive".to_owned(),
        files,
    };
    let bundle = SignedBundle::sign(&bundle, &server);
    let mut store =
        Store::create(folder, identity, Keys::new([1; 32], card_key), &bundle).expect("an empty folder");
    let mark = CacheMark {
        epoch: None,
        cursor: 1,
        last_sync: Some(Moment::from_millis(1_790_000_000_000)),
    };
    store
        .cache
        .take_in(mark, |rows| {
            GOODS.iter().try_for_each(|line| rows.goods(&goods(line)))?;
            rows.card(&asha(&CardToken::of(&card_key, ASHAS_CARD)))
        })
        .expect("rows");
}

fn goods((sku, name, category, price, unit): &(&str, &str, &str, &str, &str)) -> Goods {
    Goods {
        name: (*name).to_owned(),
        categories: vec![(*category).to_owned()],
        unit: Unit::of(unit),
        tax_rate: Rate::percent("18").ok(),
        ..Goods::uncatalogued(Sku::parse(sku).expect("a sku"), Price::parse(price).ok())
    }
}

fn asha(token: &CardToken) -> CardRow {
    let mut member = Member::named(MemberId::parse("m-1").expect("a name"));
    member.name = Some("Asha Verma".to_owned());
    member.birthday = Day::parse("1990-02-14").ok();
    let mut standing = Standing::default();
    let points = PurseId::parse("points").expect("a name");
    standing.purses.insert(points, Points::whole(1240));
    CardRow {
        token: *token,
        version: 1,
        reflected: 0,
        known: Known {
            member,
            standing,
            organisation: None,
        },
    }
}

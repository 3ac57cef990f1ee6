//! The rows of each kind of file, checked field by field.

use std::collections::HashMap;
use std::hash::Hash;

use super::ImportError;
use super::table::{Fields, Table};
use crate::loyalty::amount::{Points, Price, Rate};
use crate::loyalty::calendar::{Day, Zone};
use crate::loyalty::goods::{Goods, Unit};
use crate::loyalty::id::{MemberId, OrganisationId, PartnerId, PurseId, SiteId, Sku};
use crate::loyalty::member::{Group, Member};
use crate::loyalty::said::quoted;
use crate::loyalty::scan::{self, Settings, Unread};
use crate::server::database::{BalanceRow, MemberField, MemberRow};
use crate::wire::SiteRow;

/// Texts for people are at most so long.
const LONGEST_TEXT: usize = 200;
/// What a field with a payment card is told.
pub(super) const PAYMENT_CARD: &str =
    "this may be a payment card, which is never stored; give the number of the club card, or leave it out";
/// A list in a field holds at most so many values.
const LONGEST_LIST: usize = 100;
/// A row is sent to every terminal and held whole there: packed, it takes at most so many bytes.
const ROW_BYTES: usize = 64 * 1024;

/// Sites.
pub fn sites(table: &Table, timezone: &str) -> Result<Vec<SiteRow>, ImportError> {
    let mut once = Once::default();
    let mut sites = Vec::new();
    for row in table.rows() {
        let zone = row.read_if_any("timezone", |name| Zone::named(name).map(|_| name.to_owned()))?;
        let partner = row.read_if_any("partner", PartnerId::parse)?;
        let id = row.read("id", SiteId::parse)?;
        once.check(&row, "id", id.clone(), true)?;
        sites.push(SiteRow {
            id,
            partner: partner.map(|partner| partner.as_str().to_owned()),
            timezone: zone.unwrap_or_else(|| timezone.to_owned()),
        });
    }
    Ok(sites)
}

/// Products.
pub fn goods(table: &Table, settings: &Settings) -> Result<Vec<Goods>, ImportError> {
    let mut once = Once::default();
    let mut all = Vec::new();
    for row in table.rows() {
        let sku = row.read("sku", |found| sku(found, settings))?;
        once.check(&row, "sku", sku.clone(), true)?;
        let goods = Goods {
            sku,
            name: row.read("name", text)?,
            categories: texts(&row, "categories", settings)?,
            price: row.read_if_any("price", price)?,
            unit: Unit::of(&row.read_if_any("unit", text)?.unwrap_or_default()),
            on_sale: row.read_if_any("on_sale", yes_or_no)?.unwrap_or(false),
            tax_rate: row.read_if_any("tax_rate", tax_rate)?,
            floor_price: row.read_if_any("floor_price", price)?,
            brand: row.read_if_any("brand", text)?,
        };
        small(&row, "categories", &goods)?;
        all.push(goods);
    }
    Ok(all)
}

/// Members. No message ever holds a card number.
pub fn members(table: &Table, settings: &Settings) -> Result<Vec<MemberRow>, ImportError> {
    let (mut ids, mut numbers) = (Once::default(), Once::default());
    let mut all = Vec::new();
    for row in table.rows() {
        let id = row.read("id", MemberId::parse)?;
        ids.check(&row, "id", id.clone(), true)?;
        let mut cards = Vec::new();
        for number in row.list("card") {
            let number = card(number, settings).map_err(|why| row.wrong("card", why))?;
            numbers.check(&row, "card", number.clone(), false)?;
            cards.push(number);
        }
        let member = MemberRow {
            line: row.line(),
            id,
            cards,
            says: says(&row, settings)?,
        };
        let mut said = Member::named(member.id.clone());
        member.apply(&mut said, &mut None);
        small(&row, "groups", &said)?;
        all.push(member);
    }
    Ok(all)
}

fn says(row: &Fields<'_>, settings: &Settings) -> Result<Vec<MemberField>, ImportError> {
    let mut says = Vec::new();
    let mut say = |name: &str, field: MemberField| {
        if row.has(name) {
            says.push(field);
        }
    };
    say(
        "name",
        MemberField::Name(row.read_if_any("name", |found| about(found, settings))?),
    );
    say(
        "birthday",
        MemberField::Birthday(row.read_if_any("birthday", Day::parse)?),
    );
    say(
        "enrolled",
        MemberField::Enrolled(row.read_if_any("enrolled", Day::parse)?),
    );
    say(
        "phone",
        MemberField::Phone(row.read_if_any("phone", |found| phone(found, settings))?),
    );
    let groups = values(row, "groups")?
        .into_iter()
        .map(|found| group(found, settings))
        .collect::<Result<_, _>>();
    say(
        "groups",
        MemberField::Groups(groups.map_err(|why| row.wrong("groups", why))?),
    );
    say(
        "organisation",
        MemberField::Organisation(row.read_if_any("organisation", |found| organisation(found, settings))?),
    );
    say(
        "consents",
        MemberField::Consents(texts(row, "consents", settings)?),
    );
    say(
        "interests",
        MemberField::Interests(texts(row, "interests", settings)?),
    );
    let blocked = row.read_if_any("blocked", yes_or_no)?.unwrap_or(false);
    say("blocked", MemberField::Blocked(blocked));
    Ok(says)
}

/// Balances.
pub fn balances(table: &Table) -> Result<Vec<BalanceRow>, ImportError> {
    let mut once = Once::default();
    let mut all = Vec::new();
    for row in table.rows() {
        let member = row.read("member", MemberId::parse)?;
        let purse = row.read("purse", PurseId::parse)?;
        once.check(&row, "purse", (member.clone(), purse.clone()), false)?;
        all.push(BalanceRow {
            line: row.line(),
            member,
            purse,
            amount: row.read("amount", Points::parse)?,
            expires: row.read_if_any("expires", Day::parse)?,
        });
    }
    Ok(all)
}

/// A key may stand in a file only once.
struct Once<K> {
    lines: HashMap<K, u64>,
}

impl<K> Default for Once<K> {
    fn default() -> Once<K> {
        Once {
            lines: HashMap::new(),
        }
    }
}

impl<K: Eq + Hash> Once<K> {
    fn check(&mut self, row: &Fields<'_>, field: &str, key: K, tell: bool) -> Result<(), ImportError> {
        let Some(first) = self.lines.insert(key, row.line()) else {
            return Ok(());
        };
        let found = row.text(field).filter(|_| tell);
        let found = found.map_or_else(|| "the same".to_owned(), quoted);
        Err(row.wrong(
            field,
            format!("{found} stood on line {first} already; leave one of the two lines out"),
        ))
    }
}

fn text(found: &str) -> Result<String, String> {
    if found.chars().any(char::is_control) {
        return Err("control characters; write a text of one line".to_owned());
    }
    let length = found.chars().count();
    if length > LONGEST_TEXT {
        return Err(format!("{length} characters; at most {LONGEST_TEXT} are kept"));
    }
    Ok(found.to_owned())
}

fn texts(row: &Fields<'_>, name: &str, settings: &Settings) -> Result<Vec<String>, ImportError> {
    let texts = values(row, name)?
        .into_iter()
        .map(|found| about(found, settings))
        .collect::<Result<_, _>>();
    texts.map_err(|why| row.wrong(name, why))
}

/// The values of a list, if they are not too many.
fn values<'a>(row: &Fields<'a>, name: &str) -> Result<Vec<&'a str>, ImportError> {
    let values = row.list(name);
    if values.len() > LONGEST_LIST {
        let why = format!("{} values; at most {LONGEST_LIST} are kept", values.len());
        return Err(row.wrong(name, why));
    }
    Ok(values)
}

/// A row that is too large is told of the field that can make it so.
fn small(row: &Fields<'_>, field: &str, kept: &impl minicbor::Encode<()>) -> Result<(), ImportError> {
    let bytes = minicbor::to_vec(kept)
        .expect("writing into memory cannot fail")
        .len();
    if bytes > ROW_BYTES {
        let why = format!(
            "the row takes {bytes} bytes; at most {ROW_BYTES} are kept: write fewer or shorter values"
        );
        return Err(row.wrong(field, why));
    }
    Ok(())
}

fn price(found: &str) -> Result<Price, String> {
    match Price::parse(found) {
        Ok(price) if price >= Price::default() => Ok(price),
        Ok(_) => Err(format!("{} is below 0; a price is 0 or more", quoted(found))),
        Err(error) => Err(error.to_string()),
    }
}

fn tax_rate(found: &str) -> Result<Rate, String> {
    match Rate::percent(found) {
        Ok(rate) if (Rate::default()..=Rate::ONE).contains(&rate) => Ok(rate),
        Ok(_) => Err(format!(
            "{} is no rate of tax; write a percentage such as 18",
            quoted(found)
        )),
        Err(error) => Err(error.to_string()),
    }
}

fn yes_or_no(found: &str) -> Result<bool, String> {
    match found {
        "true" | "yes" | "1" => Ok(true),
        "false" | "no" | "0" => Ok(false),
        other => Err(format!("{}; write true or false", quoted(other))),
    }
}

/// "student" or "student:2026-09-30", the last day of the proof.
fn group(found: &str, settings: &Settings) -> Result<Group, String> {
    let (name, until) = match found.rsplit_once(':') {
        Some((name, day)) => (name, Some(Day::parse(day).map_err(|error| error.to_string())?)),
        None => (found, None),
    };
    Ok(Group {
        name: about(name.trim(), settings)?,
        until,
    })
}

/// A card number as a scan gives it: digits without the blanks and dashes that are printed between them.
fn card(found: &str, settings: &Settings) -> Result<String, String> {
    let is_refused = matches!(scan::read(found, settings), Err(Unread::PaymentCard));
    if is_refused || scan::hides_payment_card(found, settings) {
        return Err(PAYMENT_CARD.to_owned());
    }
    let digits: String = found.chars().filter(|c| !matches!(c, ' ' | '-')).collect();
    let all_digits = !digits.is_empty() && digits.bytes().all(|byte| byte.is_ascii_digit());
    let number = if all_digits { digits } else { found.to_owned() };
    let length = number.chars().count();
    if length > 64 || number.chars().any(char::is_control) {
        return Err("a card number has 1 to 64 characters and no control characters".to_owned());
    }
    Ok(number)
}

/// A text about a member or goods, in which no payment card may hide.
fn about(found: &str, settings: &Settings) -> Result<String, String> {
    match scan::hides_payment_card(found, settings) {
        true => Err(PAYMENT_CARD.to_owned()),
        false => text(found),
    }
}

/// The name of a company with an account of its own.
fn organisation(found: &str, settings: &Settings) -> Result<String, String> {
    let name = about(found, settings)?;
    OrganisationId::parse(&name).map_err(|_| {
        let length = name.chars().count();
        format!("{length} characters; an organisation's name has 1 to 64")
    })?;
    Ok(name)
}

/// A telephone number. With at most 13 digits it is one, though cards of old had as few.
fn phone(found: &str, settings: &Settings) -> Result<String, String> {
    let digits = found.bytes().filter(u8::is_ascii_digit).count();
    let is_dialled = found.chars().all(|c| !c.is_alphanumeric() || c.is_ascii_digit());
    match is_dialled && digits <= 13 {
        true => text(found),
        false => about(found, settings),
    }
}

fn sku(found: &str, settings: &Settings) -> Result<Sku, String> {
    match scan::is_payment_card_as_name(found, settings) {
        true => Err(PAYMENT_CARD.to_owned()),
        false => Sku::parse(found).map_err(|error| error.to_string()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_payment_card_is_refused_and_never_repeated() {
        let none = Settings::default();
        for payment in [
            "4111111111111111",
            "5555 5555 5555 4444",
            "3782-822463-10005",
            ";4111111111111111=2512?",
            "%B4111111111111112^A/B^2512101?",
            "4111.1111.1111.1111",
            "X4111111111111111",
        ] {
            let why = card(payment, &none).expect_err("a payment card");
            assert!(why.contains("payment card") && !why.contains("1111"), "{why}");
            let said = about(&format!("Ana {payment}"), &none);
            assert_eq!(said.is_err(), !payment.ends_with("12^A/B^2512101?"), "{payment}");
        }
        for club in [
            "123456789012345675",
            "2012345678904",
            "CLUB-7",
            "4111111111111112",
        ] {
            assert!(card(club, &none).is_ok(), "{club}");
        }
        let own = Settings {
            card_prefixes: vec!["4111".to_owned()],
            ..Settings::default()
        };
        assert_eq!(
            card("4111 1111 1111 1111", &own),
            Ok("4111111111111111".to_owned())
        );
        assert!(phone("+49 171 1234567", &none).is_ok() && phone("4111111111111111", &none).is_err());
        for (article, is_taken) in [
            ("1029743", true),
            ("4006381333931", true),
            ("4111111111111111", false),
        ] {
            assert_eq!(sku(article, &none).is_ok(), is_taken, "{article}");
        }
    }

    #[test]
    fn a_group_may_end() {
        let group = group("student:2026-09-30", &Settings::default()).expect("a group");
        assert_eq!((group.name.as_str(), group.until.is_some()), ("student", true));
    }
}

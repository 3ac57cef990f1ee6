//! The rows of each kind of file, checked field by field.

use std::collections::HashMap;
use std::hash::Hash;

use super::ImportError;
use super::table::{Fields, Table};
use crate::loyalty::amount::{Points, Price, Rate};
use crate::loyalty::calendar::{Day, Zone};
use crate::loyalty::goods::{Goods, Unit};
use crate::loyalty::id::{MemberId, PartnerId, PurseId, SiteId, Sku};
use crate::loyalty::member::{Group, Member};
use crate::server::database::{BalanceRow, MemberField, MemberRow};
use crate::wire::SiteRow;

/// Texts for people are at most so long.
const LONGEST_TEXT: usize = 200;
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
pub fn goods(table: &Table) -> Result<Vec<Goods>, ImportError> {
    let mut once = Once::default();
    let mut all = Vec::new();
    for row in table.rows() {
        let sku = row.read("sku", Sku::parse)?;
        once.check(&row, "sku", sku.clone(), true)?;
        let goods = Goods {
            sku,
            name: row.read("name", text)?,
            categories: texts(&row, "categories")?,
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
pub fn members(table: &Table, own_luhn_prefixes: &[String]) -> Result<Vec<MemberRow>, ImportError> {
    let (mut ids, mut numbers) = (Once::default(), Once::default());
    let mut all = Vec::new();
    for row in table.rows() {
        let id = row.read("id", MemberId::parse)?;
        ids.check(&row, "id", id.clone(), true)?;
        let mut cards = Vec::new();
        for number in row.list("card") {
            let number = card(number, own_luhn_prefixes).map_err(|why| row.wrong("card", why))?;
            numbers.check(&row, "card", number.clone(), false)?;
            cards.push(number);
        }
        let member = MemberRow {
            line: row.line(),
            id,
            cards,
            says: says(&row)?,
        };
        let mut said = Member::named(member.id.clone());
        member.apply(&mut said, &mut None);
        small(&row, "groups", &said)?;
        all.push(member);
    }
    Ok(all)
}

fn says(row: &Fields<'_>) -> Result<Vec<MemberField>, ImportError> {
    let mut says = Vec::new();
    let mut say = |name: &str, field: MemberField| {
        if row.has(name) {
            says.push(field);
        }
    };
    say("name", MemberField::Name(row.read_if_any("name", text)?));
    say(
        "birthday",
        MemberField::Birthday(row.read_if_any("birthday", Day::parse)?),
    );
    say(
        "enrolled",
        MemberField::Enrolled(row.read_if_any("enrolled", Day::parse)?),
    );
    say("phone", MemberField::Phone(row.read_if_any("phone", text)?));
    let groups = values(row, "groups")?
        .into_iter()
        .map(group)
        .collect::<Result<_, _>>();
    say(
        "groups",
        MemberField::Groups(groups.map_err(|why| row.wrong("groups", why))?),
    );
    say(
        "organisation",
        MemberField::Organisation(row.read_if_any("organisation", text)?),
    );
    say("consents", MemberField::Consents(texts(row, "consents")?));
    say("interests", MemberField::Interests(texts(row, "interests")?));
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
        let found = found.map_or_else(|| "the same".to_owned(), |text| format!("\"{text}\""));
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

fn texts(row: &Fields<'_>, name: &str) -> Result<Vec<String>, ImportError> {
    let texts = values(row, name)?.into_iter().map(text).collect::<Result<_, _>>();
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
        Ok(_) => Err(format!("\"{found}\" is below 0; a price is 0 or more")),
        Err(error) => Err(error.to_string()),
    }
}

fn tax_rate(found: &str) -> Result<Rate, String> {
    match Rate::percent(found) {
        Ok(rate) if (Rate::default()..=Rate::ONE).contains(&rate) => Ok(rate),
        Ok(_) => Err(format!(
            "\"{found}\" is no rate of tax; write a percentage such as 18"
        )),
        Err(error) => Err(error.to_string()),
    }
}

fn yes_or_no(found: &str) -> Result<bool, String> {
    match found {
        "true" | "yes" | "1" => Ok(true),
        "false" | "no" | "0" => Ok(false),
        other => Err(format!("\"{other}\"; write true or false")),
    }
}

/// "student" or "student:2026-09-30", the last day of the proof.
fn group(found: &str) -> Result<Group, String> {
    let (name, until) = match found.rsplit_once(':') {
        Some((name, day)) => (name, Some(Day::parse(day).map_err(|error| error.to_string())?)),
        None => (found, None),
    };
    Ok(Group {
        name: text(name.trim())?,
        until,
    })
}

/// A card number as a scan gives it: digits without the blanks and dashes that are printed between them.
fn card(found: &str, own_luhn_prefixes: &[String]) -> Result<String, String> {
    let digits: String = found.chars().filter(|c| !matches!(c, ' ' | '-')).collect();
    let all_digits = !digits.is_empty() && digits.bytes().all(|byte| byte.is_ascii_digit());
    let number = if all_digits { digits } else { found.to_owned() };
    let own = own_luhn_prefixes
        .iter()
        .any(|prefix| number.starts_with(prefix.as_str()));
    if all_digits && !own && is_payment_card(&number) {
        return Err(
            "this may be a bank card, which is never stored; give the number of the club card".to_owned(),
        );
    }
    let length = number.chars().count();
    if length > 64 || number.chars().any(char::is_control) {
        return Err("a card number has 1 to 64 characters and no control characters".to_owned());
    }
    Ok(number)
}

/// May these digits be the number of a payment card? Eighteen digits with the check digit of a GSRN are a club card.
fn is_payment_card(digits: &str) -> bool {
    let length = digits.len();
    (12..=19).contains(&length) && in_payment_range(digits) && luhn(digits) && !is_gsrn(digits)
}

fn in_payment_range(digits: &str) -> bool {
    let first = |count: usize| digits[..count].parse::<u32>().unwrap_or(0);
    let (two, three, four) = (first(2), first(3), first(4));
    digits.starts_with('4')
        || (51..=55).contains(&two)
        || (2221..=2720).contains(&four)
        || matches!(two, 34 | 36..=39 | 50 | 56..=69 | 81 | 82)
        || (300..=305).contains(&three)
        || matches!(three, 309 | 508)
        || (3528..=3589).contains(&four)
        || (digits.starts_with('1') && digits.len() == 15)
}

fn luhn(digits: &str) -> bool {
    let sum: u32 = (0..)
        .zip(digits.bytes().rev())
        .map(|(place, byte)| {
            let digit = u32::from(byte - b'0') * (1 + place % 2);
            digit / 10 + digit % 10
        })
        .sum();
    sum.is_multiple_of(10)
}

fn is_gsrn(digits: &str) -> bool {
    let sum: u32 = (0..)
        .zip(digits.bytes().rev())
        .map(|(place, byte)| u32::from(byte - b'0') * if place % 2 == 0 { 1 } else { 3 })
        .sum();
    digits.len() == 18 && sum.is_multiple_of(10)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_bank_card_is_refused_and_never_repeated() {
        for bank in ["4111111111111111", "5555 5555 5555 4444", "3782-822463-10005"] {
            let why = card(bank, &[]).expect_err("a bank card");
            assert!(!why.contains(bank) && !why.contains("4111"), "{why}");
        }
        let none: &[String] = &[];
        for club in [
            "123456789012345675",
            "2012345678904",
            "CLUB-7",
            "4111111111111112",
        ] {
            assert!(card(club, none).is_ok(), "{club}");
        }
        let own = ["4111".to_owned()];
        assert_eq!(
            card("4111 1111 1111 1111", &own),
            Ok("4111111111111111".to_owned())
        );
    }

    #[test]
    fn a_group_may_end() {
        let group = group("student:2026-09-30").expect("a group");
        assert_eq!((group.name.as_str(), group.until.is_some()), ("student", true));
    }
}

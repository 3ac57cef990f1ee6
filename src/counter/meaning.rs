//! All that a scan can be meant as at this counter: what the goods in the catalogue, the cards that are known and the shop's
//! ranges make of it. One way is taken; of several the cashier is asked. docs/scans.md has the table.

use jiff::civil::Date;

use super::view::{Choice, Does, Question};
use super::{Counter, CounterError};
use crate::loyalty::amount::{Price, Quantity};
use crate::loyalty::card::{Card, CardNumber, Meaning};
use crate::loyalty::goods::{Goods, Unit};
use crate::loyalty::id::Sku;
use crate::loyalty::scan::{self, Amount, EightDigits, Gtin, Kind, Measure, Scan, Settings};

/// A shorter number than this in the catalogue is too likely another article's to be an item on a scale's label.
const LEAST_ITEM: usize = 3;

impl Counter {
    /// The ways to take a scan, or what was typed. None where it is nothing that is known here.
    pub(super) fn meanings(
        &mut self,
        what: &str,
        scan: Option<&Scan>,
        quantity: Quantity,
    ) -> Result<Vec<Choice>, CounterError> {
        let meaning = scan.map(|scan| Meaning::of(scan, &self.scan));
        let mut sales: Vec<Does> = Vec::new();
        let exact = self.goods(what)?;
        if let Some(goods) = exact {
            sales.push(at_list(goods, quantity));
        }
        for gtin in self.numbers(what, scan) {
            if let Some(goods) = self.goods(gtin.as_str())? {
                sales.push(at_list(goods, quantity));
            }
        }
        match scan.map(|scan| &scan.kind) {
            Some(Kind::Rcn {
                measure: Some(measure),
                ..
            }) => {
                if let Some(goods) = self.measured(measure)? {
                    sales.push(by_label(goods, measure.amount, quantity, From::Scale)?);
                }
            }
            Some(Kind::Elements(_) | Kind::DigitalLink(_)) => {
                if let Some(Meaning::Labelled(label)) = meaning
                    && let Some(goods) = self.goods(label.gtin.as_str())?
                {
                    sales.push(match label.amount {
                        Some(amount) => by_label(goods, amount, quantity, From::Elements)?,
                        None => at_list(goods, quantity),
                    });
                }
            }
            _ => {}
        }
        let mut choices: Vec<Choice> = Vec::new();
        for does in sales {
            let is_there = choices.iter().any(|choice| sku_of(&choice.does) == sku_of(&does));
            if !is_there {
                choices.push(self.named(does));
            }
        }
        if let Some(number) = self.card_in(what, scan)? {
            choices.push(self.named(Does::Identify(number, self.shown_as_card())));
        }
        match (meaning, scan) {
            (Some(Meaning::Coupon), Some(scan)) => choices.push(Choice {
                word: "A coupon".to_owned(),
                does: Does::ByHand(coupon(scan)),
            }),
            (Some(Meaning::Voucher), _) => choices.push(Choice {
                word: "A voucher of the shop".to_owned(),
                does: Does::ByHand("a voucher of the shop".to_owned()),
            }),
            _ => {}
        }
        if choices.is_empty()
            && let Some(does) = uncatalogued(meaning, quantity)?
        {
            choices.push(self.named(does));
        }
        Ok(choices)
    }

    /// The articles that a number can name: what it reads as, and the other reading of eight digits without an identifier.
    fn numbers(&self, what: &str, scan: Option<&Scan>) -> Vec<Gtin> {
        let mut numbers = Vec::new();
        match scan.map(|scan| &scan.kind) {
            Some(Kind::Gtin(gtin) | Kind::UpcE(gtin) | Kind::Rcn { gtin, .. }) => numbers.push(*gtin),
            Some(Kind::EuroCoupon(coupon)) => numbers.push(coupon.gtin()),
            _ => {}
        }
        if what.len() == 8 && what.bytes().all(|digit| digit.is_ascii_digit()) {
            let other = Settings {
                eight_digits_are: match self.scan.eight_digits_are {
                    EightDigits::Ean8 => EightDigits::Upce,
                    EightDigits::Upce => EightDigits::Ean8,
                },
                ..self.scan.clone()
            };
            if let Ok(Kind::Gtin(gtin) | Kind::UpcE(gtin) | Kind::Rcn { gtin, .. }) =
                scan::read(what, &other).map(|scan| scan.kind)
            {
                numbers.push(gtin);
            }
        }
        numbers
    }

    /// The goods of a scale's label: by the number with its measure set to zero, else by the item's digits alone.
    fn measured(&mut self, measure: &Measure) -> Result<Option<Goods>, CounterError> {
        if let Some(goods) = self.goods(measure.article.as_str())? {
            return Ok(Some(goods));
        }
        for item in measure.item() {
            for spelling in [item, item.trim_start_matches('0')] {
                if spelling.len() >= LEAST_ITEM
                    && let Some(goods) = self.goods(spelling)?
                {
                    return Ok(Some(goods));
                }
            }
        }
        Ok(None)
    }

    /// The card in a scan: by the shop's ranges, or because a member has this very number.
    pub(super) fn card_in(
        &mut self,
        what: &str,
        scan: Option<&Scan>,
    ) -> Result<Option<CardNumber>, CounterError> {
        if let Some(Ok(card)) = scan.map(|scan| Card::of(scan, &self.scan)) {
            return Ok(Some(card.number));
        }
        let text = match scan.and_then(|scan| scan.sym) {
            Some(_) => what.get(3..).unwrap_or_default(),
            None => what,
        };
        let mut spellings = vec![text];
        if let Some(Kind::Gtin(gtin) | Kind::Rcn { gtin, .. }) = scan.map(|scan| &scan.kind) {
            let thirteen = gtin.thirteen().unwrap_or_default();
            spellings.extend([thirteen, thirteen.strip_prefix('0').unwrap_or_default()]);
            for number in spellings
                .into_iter()
                .filter_map(|text| CardNumber::parse(text).ok())
            {
                if self.look_up(number.as_str())?.is_some() {
                    return Ok(Some(number));
                }
            }
            return Ok(None);
        }
        let Ok(number) = CardNumber::parse(text) else {
            return Ok(None);
        };
        Ok(self.look_up(number.as_str())?.map(|_| number))
    }

    /// Where the date on the goods is past: the cashier decides. A best-before date alone is a sentence beside the sale.
    pub(super) fn expired(&self, scan: &Scan, clear: &Choice) -> Option<Question> {
        let (Kind::Elements(elements) | Kind::DigitalLink(elements)) = &scan.kind else {
            return None;
        };
        let Does::Sell { goods, .. } = &clear.does else {
            return None;
        };
        let expired = elements.expired(self.today()?);
        let best = elements.past_its_best(self.today()?);
        let sentence = match (expired, best) {
            (Some(day), _) => format!("{}: it expired on {day}. Sell it all the same?", goods.name),
            (None, Some(day)) => {
                let mut does = clear.does.clone();
                if let Does::Sell { note, .. } = &mut does {
                    *note = Some(format!("It was at its best until {day}: show it to the customer"));
                }
                return Some(Question {
                    sentence: String::new(),
                    choices: vec![Choice {
                        word: clear.word.clone(),
                        does,
                    }],
                });
            }
            (None, None) => return None,
        };
        let leave = Choice {
            word: "Leave it out".to_owned(),
            does: Does::Leave,
        };
        let sell = Choice {
            word: "Sell it all the same".to_owned(),
            does: clear.does.clone(),
        };
        Some(Question {
            sentence,
            choices: vec![leave, sell],
        })
    }

    /// The day on the site's wall.
    fn today(&self) -> Option<Date> {
        self.watch.wall().day(&self.site.zone).to_string().parse().ok()
    }

    fn named(&mut self, does: Does) -> Choice {
        let currency = self.programs.terms.currency;
        let word = match &does {
            Does::Sell { goods, price, .. } => match price.or(goods.price) {
                Some(price) => format!("Sell {}, {}", goods.name, price.text(currency)),
                None => format!("Sell {}", goods.name),
            },
            Does::Identify(number, _) => {
                let known = self.look_up(number.as_str()).ok().flatten();
                let name = known.and_then(|known| known.member.name);
                let name = name.map(|name| format!(" of {name}")).unwrap_or_default();
                format!("The card ending {}{name}", number.last_four())
            }
            Does::ByHand(what) => what.clone(),
            Does::Leave => "Leave it out".to_owned(),
        };
        Choice { word, does }
    }
}

/// Where an amount was read.
#[derive(Clone, Copy, PartialEq)]
enum From {
    /// A number from a scale: goods by weight, whatever the list says of their unit.
    Scale,
    /// An element string: a pack may say its weight and be sold by the piece.
    Elements,
}

fn at_list(goods: Goods, quantity: Quantity) -> Does {
    Does::Sell {
        goods: Box::new(goods),
        price: None,
        quantity,
        note: None,
    }
}

/// A label's price is the price of this piece, to the cent; a weight is a quantity in kg at the list's price; a count is a
/// quantity. An amount of nothing is no amount: the article itself.
fn by_label(mut goods: Goods, amount: Amount, quantity: Quantity, from: From) -> Result<Does, CounterError> {
    let mut label_price = None;
    let too_large = || crate::loyalty::basket::BasketError::TooLarge;
    let times = |thousandths: Option<i64>| {
        let exact = i128::from(thousandths.ok_or_else(too_large)?) * i128::from(quantity.units());
        let rounded = (exact + 500) / 1000;
        i64::try_from(rounded)
            .map(Quantity::thousandths)
            .map_err(|_| too_large())
    };
    let sold = match amount {
        Amount::Price(price) if price.units > 0 => {
            let units = price.with_decimals(Price::DECIMALS).ok_or_else(too_large)?;
            label_price = Some(Price::ten_thousandths(units));
            goods.unit = Unit::Each;
            // It is a price of a kilogram, and this is a piece.
            goods.floor_price = None;
            quantity
        }
        Amount::WeightKg(weight)
            if weight.units > 0 && (from == From::Scale || goods.unit == Unit::Kilogram) =>
        {
            goods.unit = Unit::Kilogram;
            times(weight.with_decimals(Quantity::DECIMALS))?
        }
        Amount::Count(count) if count > 0 => {
            if goods.unit == Unit::Kilogram {
                goods.unit = Unit::Each;
                goods.price = None;
            }
            times(i64::from(count).checked_mul(1000))?
        }
        Amount::Price(_) | Amount::WeightKg(_) | Amount::Count(_) => quantity,
    };
    Ok(Does::Sell {
        goods: Box::new(goods),
        price: label_price,
        quantity: sold,
        note: None,
    })
}

/// Goods that are not in the catalogue: at the price of their label, or at one that is asked for.
fn uncatalogued(meaning: Option<Meaning>, quantity: Quantity) -> Result<Option<Does>, CounterError> {
    let plain = |gtin: Gtin| {
        let shown = gtin.as_str().trim_start_matches('0');
        let sku = Sku::parse(shown).or_else(|_| Sku::parse(gtin.as_str()));
        Goods::uncatalogued(sku.expect("a GTIN is a name"), None)
    };
    Ok(match meaning {
        Some(Meaning::Goods(gtin)) => Some(at_list(plain(gtin), quantity)),
        Some(Meaning::Measured(measure)) => Some(by_label(
            plain(measure.article),
            measure.amount,
            quantity,
            From::Scale,
        )?),
        Some(Meaning::Labelled(label)) => Some(match label.amount {
            Some(amount) => by_label(plain(label.gtin), amount, quantity, From::Scale)?,
            None => at_list(plain(label.gtin), quantity),
        }),
        _ => None,
    })
}

fn sku_of(does: &Does) -> Option<&Sku> {
    match does {
        Does::Sell { goods, .. } => Some(&goods.sku),
        _ => None,
    }
}

/// What a coupon is, as far as it says so itself.
fn coupon(scan: &Scan) -> String {
    match &scan.kind {
        Kind::EuroCoupon(coupon) if coupon.value().units == 0 => {
            format!("a coupon of {} for an article that is free", coupon.issuer())
        }
        Kind::EuroCoupon(coupon) => {
            let cents = coupon.value().with_decimals(2).unwrap_or_default();
            format!(
                "a coupon worth {}.{:02} EUR of {}",
                cents / 100,
                cents % 100,
                coupon.issuer()
            )
        }
        Kind::Elements(elements) | Kind::DigitalLink(elements) => match elements.get(scan::Ai::GCN) {
            Some(number) => format!("the coupon {}", &number[..number.len().min(13)]),
            None => "a coupon".to_owned(),
        },
        _ => "a coupon".to_owned(),
    }
}

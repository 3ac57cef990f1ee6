//! From a quote to a sale on the disk. Only after that may a screen say DONE or a receipt be printed.

use super::view::Done;
use super::{Counter, CounterError};
use crate::loyalty::amount::Money;
use crate::loyalty::basket::{Basket, Line};
use crate::loyalty::calendar::Zone;
use crate::loyalty::engine;
use crate::loyalty::goods::Goods;
use crate::loyalty::id::{BasketId, PartnerId, PersonName, SaleId, SiteId};
use crate::loyalty::journal::Body;
use crate::loyalty::member::{CardToken, Holder};
use crate::loyalty::program::Site;
use crate::loyalty::quote::Quote;
use crate::loyalty::sale::{Sale, Tender};
use crate::loyalty::scan;
use crate::receipt::{self, Paper};
use crate::recorded::{ReadAs, RungUp};
use crate::store::{SoldAs, StoreError};

/// The most bytes of a sale: any push carries one such entry.
const MOST_BYTES: usize = 512 * 1024;

/// How the customer pays what is due.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Payment {
    /// In cash: so much is handed over; none means exactly what is due.
    Cash(Option<Money>),
    /// With a payment card, at another machine.
    Elsewhere,
}

impl Counter {
    /// Records the sale. When this answers, it is on the disk.
    pub fn pay(&mut self, payment: Payment) -> Result<Done, CounterError> {
        self.pay_approved(payment, None)
    }

    /// The same for a sale that somebody has agreed to. Until supervisors have PINs, a typed name is all that there is: it is
    /// kept with the sale, so that he can be asked.
    pub fn pay_approved(
        &mut self,
        payment: Payment,
        approved_by: Option<&str>,
    ) -> Result<Done, CounterError> {
        if self.draft.basket.lines.is_empty() {
            return Err(CounterError::NothingToPay);
        }
        let shown = self.quote.due;
        self.requote()?;
        if self.quote.due != shown {
            let now = self.programs.terms.currency.text(self.quote.due);
            return Err(CounterError::PriceChanged { now });
        }
        let reserved = engine::reserved(
            &self.draft.basket,
            self.known.as_ref(),
            &self.programs,
            &self.site,
        );
        if let Some(why) = reserved {
            let why = crate::words::reason(&why, self.programs.terms.currency);
            return Err(CounterError::Reserved { why });
        }
        let tender = self.tender(payment)?;
        let approved_by = match (self.quote.needs_approval, approved_by) {
            (false, _) => None,
            (true, Some(name)) => Some(self.person(name)?),
            (true, None) => return Err(CounterError::NeedsApproval),
        };
        let sale = Sale {
            approved_by,
            ..self.sale(self.draft.basket.clone(), self.quote.clone(), tender, None)
        };
        let sold = self.record(sale.clone())?;
        let sale = sold.sale.map_or(sale, |recorded| *recorded);
        let receipt = receipt::of_sale(&self.paper(&sold.id, &self.site.zone), &sale);
        let seq = sold.id.place().map_or(0, |(_, seq)| seq);
        let (total, change) = (sale.quote.total, change_of(tender));
        let drawn = receipt::drawn(&sale.quote);
        self.begin_anew()?;
        Ok(Done {
            id: sold.id,
            seq,
            total,
            change,
            receipt,
            drawn,
            was_before: sold.was_before,
        })
    }

    /// The name of somebody of the shop; never a card's number.
    fn person(&self, name: &str) -> Result<PersonName, CounterError> {
        if scan::hides_payment_card(name, &self.scan) {
            return Err(scan::Unread::PaymentCard.into());
        }
        Ok(PersonName::parse(name.trim())?)
    }

    fn tender(&self, payment: Payment) -> Result<Tender, CounterError> {
        let due = self.quote.due;
        let currency = self.programs.terms.currency;
        Ok(match payment {
            _ if due.is_zero() => Tender::Nothing,
            Payment::Elsewhere => Tender::Elsewhere,
            Payment::Cash(received) => {
                let received = received.unwrap_or(due);
                if received < due {
                    let (received, due) = (currency.text(received), currency.text(due));
                    return Err(CounterError::TooLittle { received, due });
                }
                Tender::Cash {
                    received,
                    change: received - due,
                }
            }
        })
    }

    fn sale(&self, basket: Basket, quote: Quote, tender: Tender, source: Option<String>) -> Sale {
        let on = basket.opened.day(self.zone());
        let basket = basket.sold_with(&quote.added);
        let known = self.known.as_ref().map(|known| known.as_recorded(on));
        let as_of = self.store.cache.mark().map_or(0, |mark| mark.cursor);
        // What did not apply is told to the cashier; the record holds what was promised.
        let quote = Quote {
            declined: Vec::new(),
            ..quote
        };
        Sale {
            basket,
            known,
            quote,
            tender,
            source,
            as_of,
            // Decided in the transaction that records the sale.
            drawn: None,
            approved_by: None,
        }
    }

    /// Records a sale. When this answers, it is on the disk.
    fn record(&mut self, sale: Sale) -> Result<SoldAs, CounterError> {
        let total = sale.quote.total;
        let bytes = minicbor::to_vec(&sale).map_or(usize::MAX, |bytes| bytes.len());
        if bytes > MOST_BYTES {
            return Err(CounterError::TooLargeToSend { bytes });
        }
        let post = self.store.identity.post.clone();
        let sold = self
            .store
            .journal
            .sell(&post, self.bundle, sale, self.watch.clock());
        let sold = self.noted(sold)?;
        if !sold.was_before {
            self.waiting_total += total;
            if let Some(sync) = &mut self.sync {
                sync.wake();
            }
        }
        Ok(sold)
    }

    pub(super) fn paper<'a>(&'a self, id: &'a SaleId, zone: &'a Zone) -> Paper<'a> {
        Paper {
            id,
            terms: &self.programs.terms,
            zone,
            columns: self.columns,
            names: &self.names,
        }
    }

    /// Was this recorded sale rung up here already?
    pub fn has_rung_up(&self, source: &str) -> Result<bool, CounterError> {
        Ok(self.store.journal.sale_of(&basket_of(source)?)?.is_some())
    }

    /// Rings up a sale that was recorded elsewhere, through the same quote and the same journal as any other. It counts
    /// as on time. One that was rung up before is not written again.
    pub fn ring_up(&mut self, recorded: &RungUp) -> Result<(SaleId, Money), CounterError> {
        let site = self.site_named(&recorded.site)?;
        let mut basket = Basket::open(basket_of(&recorded.source)?, recorded.at, recorded.site.clone());
        for (sku, quantity, price) in &recorded.lines {
            let listed = self.goods(sku.as_str())?;
            let goods = listed.unwrap_or_else(|| Goods::uncatalogued(sku.clone(), None));
            basket.add(Line {
                goods,
                quantity: *quantity,
                price: *price,
                added_by: None,
            })?;
        }
        self.known = None;
        if let Some(number) = &recorded.card {
            let token = CardToken::of(self.store.keys.card_key(), number);
            self.known = self.known(&token)?.filter(|known| !known.member.blocked);
            let holder = self
                .known
                .as_ref()
                .map(|known| Holder::Member(known.member.id.clone()));
            basket.buyer = Some(holder.unwrap_or(Holder::Card(token)));
        }
        basket.dealt = self.dealt(&[])?;
        let quote = engine::quote(&basket, self.known.as_ref(), &self.programs, &site);
        let tender = if quote.due.is_zero() {
            Tender::Nothing
        } else {
            Tender::Elsewhere
        };
        let sale = self.sale(basket, quote, tender, Some(recorded.source.clone()));
        let total = sale.quote.total;
        Ok((self.record(sale)?.id, total))
    }

    /// How a file of recorded sales is understood here.
    pub fn read_as(&self) -> ReadAs {
        let sites = self.store.cache.sites().unwrap_or_default();
        let zones = sites
            .into_iter()
            .filter_map(|(id, zone)| Some((id, Zone::named(&zone).ok()?)))
            .collect();
        ReadAs {
            zones,
            shop_zone: self.zone().clone(),
            settings: self.scan.clone(),
        }
    }

    /// A site of the shop; one that is not known here keeps the shop's time.
    pub(super) fn site_named(&self, id: &SiteId) -> Result<Site, CounterError> {
        if *id == self.site.id {
            return Ok(self.site.clone());
        }
        let found = self.store.cache.site(id.as_str()).map_err(StoreError::from)?;
        let (partner, zone) = found.unwrap_or_default();
        let zone = Zone::named(&zone).unwrap_or_else(|_| self.zone().clone());
        Ok(Site {
            id: id.clone(),
            partner: partner.and_then(|name| PartnerId::parse(&name).ok()),
            zone,
        })
    }

    /// The last sale or return of this terminal, with its receipt for a second print (marked DUPLICATE).
    pub fn last(&self) -> Result<Option<Done>, CounterError> {
        let Some(sealed) = self.store.journal.last_receipt()? else {
            return Ok(None);
        };
        let Ok((entry, body)) = sealed.open().and_then(|entry| Ok((entry.clone(), entry.body()?))) else {
            return Ok(None);
        };
        let id = SaleId::of(&entry.terminal, entry.seq, sealed.hash().bytes());
        let paper = self.paper(&id, &self.site.zone);
        let mut drawn = Vec::new();
        let (total, change, receipt) = match body {
            Body::Sale(sale) => {
                drawn = receipt::drawn(&sale.quote);
                (
                    sale.quote.total,
                    change_of(sale.tender),
                    receipt::of_sale(&paper, &sale),
                )
            }
            // These have no receipt.
            Body::DrawCommit(_) | Body::DrawReveal(_) | Body::ShareBack(_) => return Ok(None),
            Body::Activity(done) => (Money::ZERO, None, receipt::of_activity(&paper, &done)),
            Body::Return(back) => {
                let sale = self.sale_at(back.sale.place().map_or(0, |(_, seq)| seq))?;
                let Some((_, _, sale)) = sale else { return Ok(None) };
                (
                    back.refund,
                    Some(back.refund),
                    receipt::of_return(&paper, &back, &sale, entry.clock.wall),
                )
            }
        };
        let receipt = receipt::duplicate(receipt, self.columns);
        Ok(Some(Done {
            id,
            seq: entry.seq,
            total,
            change,
            receipt,
            drawn,
            was_before: true,
        }))
    }
}

fn change_of(tender: Tender) -> Option<Money> {
    match tender {
        Tender::Cash { change, .. } => Some(change),
        Tender::Elsewhere | Tender::Nothing => None,
    }
}

/// The basket of a recorded sale is named after its number, so that it can become one sale only.
fn basket_of(source: &str) -> Result<BasketId, CounterError> {
    let unknown = |_| CounterError::Unknown {
        found: crate::loyalty::said::quoted(source),
    };
    BasketId::parse(&format!("recorded {source}")).map_err(unknown)
}

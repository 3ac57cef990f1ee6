//! A sale as lines of text; printers, pictures and screens only paint it.

use crate::loyalty::calendar::Zone;
use crate::loyalty::id::SaleId;
use crate::loyalty::journal::Return;
use crate::loyalty::program::Terms;
use crate::loyalty::sale::Sale;

/// What a receipt needs besides the sale.
pub struct Paper<'a> {
    /// The sale's (or return's) id, printed for returns.
    pub id: &'a SaleId,
    /// The shop's terms.
    pub terms: &'a Terms,
    /// The zone of the clock on the site's wall.
    pub zone: &'a Zone,
    /// Columns of the printer.
    pub columns: u16,
}

/// A sale's receipt.
pub fn of_sale(_paper: &Paper<'_>, _sale: &Sale) -> Vec<String> {
    Vec::new()
}

/// A return's receipt.
pub fn of_return(_paper: &Paper<'_>, _back: &Return, _sale: &Sale) -> Vec<String> {
    Vec::new()
}

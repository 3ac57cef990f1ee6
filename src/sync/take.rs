//! Rows of the server's data on their way into the cache.

use crate::store::{CacheWriter, CardRow, RowResult};
use crate::wire::Row;

/// Takes in one row. Bundles and keys of passes do not lie in the cache: the journal keeps them.
pub fn row(writer: &CacheWriter<'_>, row: &Row, version: u64, reflected: u64) -> RowResult {
    match row {
        Row::Site(site) => writer.site(site.id.as_str(), site.partner.as_deref(), &site.timezone),
        Row::Goods(goods) => writer.goods(goods),
        Row::GoodsGone(sku) => writer.goods_gone(sku),
        Row::Card(token, known) => {
            let known = (**known).clone();
            writer.card(&CardRow {
                token: *token,
                version,
                reflected,
                known,
            })
        }
        Row::CardGone(token) => writer.card_gone(token),
        Row::LeastPass(token, least) => writer.least_pass(token, *least),
        Row::Bundle(_) | Row::PassKeys(_) => Ok(()),
    }
}

//! What of a set of programs a basket can reach at all. It is made once, when programs are put together, so that a program
//! whose goods nobody buys, or whose place is another one, costs a quote nothing.

use std::collections::HashMap;

use super::super::basket::{Basket, Line};
use super::super::id::{
    CounterId, LadderId, MembershipId, PartnerId, ProgramId, PurseId, RewardId, SiteId, Sku,
};
use super::past::{Metric, Whose};
use super::rule::{Place, Selector};
use super::{Counting, Program, Site};

/// Numbers of rules and of what they name, found by what stands on a basket's lines.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(in crate::loyalty) struct Index {
    /// Rules that act in sales, as program and rule, by turn: priority, then id, then the order of the file.
    pub rules: Vec<(usize, usize)>,
    of_rules: Keyed,
    /// What sales count, in the order of the set.
    metrics: Vec<(Whose, CounterId)>,
    of_metrics: Keyed,
    of_purses: HashMap<PurseId, Vec<usize>>,
    /// Memberships with the program that declares them, in the order of the set.
    memberships: Vec<(usize, MembershipId)>,
    sold: Keyed,
    reserved: Keyed,
    /// The program that declares a membership, and a reward, first.
    membership: HashMap<MembershipId, usize>,
    reward: HashMap<RewardId, usize>,
    /// The programs that declare a ladder.
    ladders: HashMap<LadderId, Vec<usize>>,
    /// The ladders that a counter leads up, with the program that declares them.
    counted: HashMap<CounterId, Vec<(usize, LadderId)>>,
}

impl Index {
    /// Looks through programs, which are sorted by id.
    pub fn of<'a>(
        programs: &[Program],
        metrics: impl Iterator<Item = (&'a (Whose, CounterId), &'a Counting)>,
    ) -> Index {
        let mut index = Index::default();
        index.take_in_rules(programs);
        for (number, (key, counting)) in metrics.enumerate() {
            index.metrics.push(key.clone());
            match &counting.metric {
                Metric::Spent(goods) | Metric::Bought(goods) => {
                    index.of_metrics.add(number, goods, &Place::default());
                }
                Metric::Earned(purse) => index.of_purses.entry(purse.clone()).or_default().push(number),
                Metric::Sales => index.of_metrics.anything.push(number),
            }
        }
        for (at, program) in programs.iter().enumerate() {
            for id in program.memberships.keys() {
                index.membership.entry(id.clone()).or_insert(at);
                let number = index.memberships.len();
                index.memberships.push((at, id.clone()));
                // What is sold as a membership is what the first of two files says.
                let terms = &programs[index.membership[id]].memberships[id];
                for sku in &terms.sold_as {
                    index.sold.skus.entry(sku.clone()).or_default().push(number);
                }
                if let Some(goods) = &program.memberships[id].reserves {
                    index.reserved.add(number, goods, &Place::default());
                }
            }
            for id in program.rewards.keys() {
                index.reward.entry(id.clone()).or_insert(at);
            }
            for (id, ladder) in &program.ladders {
                index.ladders.entry(id.clone()).or_default().push(at);
                if let Some(counter) = ladder.counter() {
                    index.counted.entry(counter).or_default().push((at, id.clone()));
                }
            }
        }
        index
    }

    fn take_in_rules(&mut self, programs: &[Program]) {
        for (at, program) in programs.iter().enumerate() {
            let rules = program.rules.iter().enumerate();
            let of_sales = rules.filter(|(_, rule)| rule.each.is_none() && rule.needs.activity.is_none());
            self.rules.extend(of_sales.map(|(rule, _)| (at, rule)));
        }
        // Programs are sorted by id already, and their rules stand in the order of the file.
        self.rules.sort_by_key(|(program, _)| programs[*program].priority);
        for (turn, (program, rule)) in self.rules.iter().enumerate() {
            let rule = &programs[*program].rules[*rule];
            self.of_rules.add(turn, &rule.needs.goods, &rule.at);
        }
    }

    /// The turns of the rules that this basket reaches here, in order, with the lines that they may act on.
    pub fn rules_for(&self, basket: &Basket, site: &Site) -> Vec<(usize, Lines)> {
        self.of_rules.reached(&basket.lines, Some(site))
    }

    /// What this basket adds to, in the order of the set, with the lines that may add to it. `purses` were earned into.
    pub fn metrics_for<'a>(
        &self,
        basket: &Basket,
        purses: impl Iterator<Item = &'a PurseId>,
    ) -> Vec<(&(Whose, CounterId), Lines)> {
        let mut reached = self.of_metrics.reached(&basket.lines, None);
        let earned = purses.filter_map(|purse| self.of_purses.get(purse)).flatten();
        reached.extend(earned.map(|number| (*number, Lines::Some(Vec::new()))));
        reached.sort_by_key(|(number, _)| *number);
        let named = |(number, lines): (usize, Lines)| (&self.metrics[number], lines);
        reached.into_iter().map(named).collect()
    }

    /// Memberships that goods of this basket begin or extend: the program that declares them, and their name.
    pub fn sold_in(&self, basket: &Basket) -> Vec<&(usize, MembershipId)> {
        let reached = self.sold.reached(&basket.lines, None).into_iter();
        reached.map(|(number, _)| &self.memberships[number]).collect()
    }

    /// Memberships that may reserve goods of this basket.
    pub fn reserving(&self, basket: &Basket) -> Vec<&(usize, MembershipId)> {
        let reached = self.reserved.reached(&basket.lines, None).into_iter();
        reached.map(|(number, _)| &self.memberships[number]).collect()
    }

    /// The program that says what a membership is.
    pub fn membership(&self, id: &MembershipId) -> Option<usize> {
        self.membership.get(id).copied()
    }

    /// The program that offers a reward.
    pub fn reward(&self, id: &RewardId) -> Option<usize> {
        self.reward.get(id).copied()
    }

    /// The programs that declare a ladder.
    pub fn ladder(&self, id: &LadderId) -> &[usize] {
        self.ladders.get(id).map_or(&[], Vec::as_slice)
    }

    /// The ladders that a counter leads up, with the program that declares them.
    pub fn counted_by(&self, counter: &CounterId) -> &[(usize, LadderId)] {
        self.counted.get(counter).map_or(&[], Vec::as_slice)
    }
}

/// A program's place in a set that is sorted by id.
pub(in crate::loyalty) fn place(programs: &[Program], id: &ProgramId) -> Option<usize> {
    programs.binary_search_by(|program| program.id.cmp(id)).ok()
}

/// Lines of a basket that something may act on; whether it does is for its selector to say.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(in crate::loyalty) enum Lines {
    /// It names no goods: any line.
    All,
    /// These, in order.
    Some(Vec<usize>),
}

/// Numbers by what must be there for them to matter. Each stands under one kind of key, the one that fewest goods have.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
struct Keyed {
    skus: HashMap<Sku, Vec<usize>>,
    brands: HashMap<Box<str>, Vec<usize>>,
    categories: HashMap<Box<str>, Vec<usize>>,
    units: HashMap<Box<str>, Vec<usize>>,
    sites: HashMap<SiteId, Vec<usize>>,
    partners: HashMap<PartnerId, Vec<usize>>,
    /// What no line and no place can rule out.
    anything: Vec<usize>,
}

impl Keyed {
    fn add(&mut self, number: usize, goods: &Selector, at: &Place) {
        let by_text = |map: &mut HashMap<Box<str>, Vec<usize>>, names: &[String]| {
            for name in names {
                map.entry(name.as_str().into()).or_default().push(number);
            }
        };
        if !goods.skus.is_empty() {
            for sku in &goods.skus {
                self.skus.entry(sku.clone()).or_default().push(number);
            }
        } else if !goods.brands.is_empty() {
            by_text(&mut self.brands, &goods.brands);
        } else if !goods.categories.is_empty() {
            by_text(&mut self.categories, &goods.categories);
        } else if let Some(unit) = &goods.unit {
            by_text(&mut self.units, std::slice::from_ref(unit));
        } else if at.sites.is_empty() && at.partners.is_empty() {
            self.anything.push(number);
        } else {
            for site in &at.sites {
                self.sites.entry(site.clone()).or_default().push(number);
            }
            for partner in &at.partners {
                self.partners.entry(partner.clone()).or_default().push(number);
            }
        }
    }

    /// All that lines and place lead to, each number once and in order.
    fn reached(&self, lines: &[Line], site: Option<&Site>) -> Vec<(usize, Lines)> {
        let mut pairs: Vec<(usize, usize)> = Vec::new();
        for (at, line) in lines.iter().enumerate() {
            self.of_line(line, |number| pairs.push((number, at)));
        }
        pairs.sort_unstable();
        pairs.dedup();
        let mut reached: Vec<(usize, Lines)> = pairs
            .chunk_by(|a, b| a.0 == b.0)
            .map(|of_one| {
                (
                    of_one[0].0,
                    Lines::Some(of_one.iter().map(|pair| pair.1).collect()),
                )
            })
            .collect();
        let here = site.and_then(|site| self.sites.get(&site.id));
        let partner = site.and_then(|site| self.partners.get(site.partner.as_ref()?));
        let anywhere = self
            .anything
            .iter()
            .chain(here.into_iter().chain(partner).flatten());
        reached.extend(anywhere.map(|number| (*number, Lines::All)));
        reached.sort_by_key(|(number, _)| *number);
        // A rule may name a site and the partner that runs it.
        reached.dedup_by_key(|(number, _)| *number);
        reached
    }

    fn of_line(&self, line: &Line, mut found: impl FnMut(usize)) {
        let goods = &line.goods;
        let mut all = |numbers: Option<&Vec<usize>>| numbers.into_iter().flatten().for_each(|n| found(*n));
        if !self.skus.is_empty() {
            all(self.skus.get(&goods.sku));
        }
        if let Some(brand) = goods.brand.as_ref().filter(|_| !self.brands.is_empty()) {
            all(self.brands.get(brand.as_str()));
        }
        if !self.categories.is_empty() {
            for category in &goods.categories {
                // A rule for "drinks" takes in "drinks/hot".
                let above = category.match_indices('/').map(|(end, _)| &category[..end]);
                for name in above.chain([category.as_str()]) {
                    all(self.categories.get(name));
                }
            }
        }
        if !self.units.is_empty() {
            all(self.units.get(goods.unit.label()));
        }
    }
}

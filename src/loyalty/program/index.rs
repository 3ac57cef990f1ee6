//! What of a set of programs a basket can reach at all. It is made once, when programs are put together, so that a program
//! whose goods nobody buys, or whose place is another one, costs a quote nothing.

use std::collections::{BTreeSet, HashMap, HashSet};

use super::super::basket::{Basket, Line};
use super::super::id::{
    CounterId, LadderId, MembershipId, PartnerId, ProgramId, PurseId, RewardId, SiteId, Sku,
};
use super::limit::normal;
use super::past::{Metric, Whose};
use super::rule::{Place, Rule, Selector};
use super::{Counting, Program, ProgramSet, Reward, Site};

/// Numbers of rules and of what they name, found by what stands on a basket's lines.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(in crate::loyalty) struct Index {
    /// Rules that act in sales, as program and rule, by turn: priority, then id, then the order of the file.
    pub rules: Vec<(usize, usize)>,
    of_rules: Keyed,
    /// Every code of every rule.
    codes: HashSet<Box<str>>,
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
                Metric::Earned(purse) | Metric::EarnedInAll(purse) => {
                    index.of_purses.entry(purse.clone()).or_default().push(number)
                }
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
            self.of_rules.add_rule(turn, &programs[*program].rules[*rule]);
        }
        let rules = programs.iter().flat_map(|program| &program.rules);
        let codes = rules.flat_map(|rule| &rule.needs.codes);
        self.codes = codes.map(|code| code.as_str().into()).collect();
    }

    /// Does some rule ask for this code, as `normal` writes it?
    pub fn knows_code(&self, code: &str) -> bool {
        self.codes.contains(code)
    }

    /// The turns of the rules that this basket reaches here, in order, with the lines that they may act on.
    pub fn rules_for(&self, basket: &Basket, site: &Site) -> Vec<(usize, Lines)> {
        let codes: Vec<String> = basket.codes.iter().map(|code| normal(code)).collect();
        self.of_rules.reached(&basket.lines, Some(site), &codes)
    }

    /// What this basket adds to, in the order of the set, with the lines that may add to it. `purses` were earned into.
    pub fn metrics_for<'a>(
        &self,
        basket: &Basket,
        purses: impl Iterator<Item = &'a PurseId>,
    ) -> Vec<(&(Whose, CounterId), Lines)> {
        let mut reached = self.of_metrics.reached(&basket.lines, None, &[]);
        let earned = purses.filter_map(|purse| self.of_purses.get(purse)).flatten();
        reached.extend(earned.map(|number| (*number, Lines::Some(Vec::new()))));
        reached.sort_by_key(|(number, _)| *number);
        let named = |(number, lines): (usize, Lines)| (&self.metrics[number], lines);
        reached.into_iter().map(named).collect()
    }

    /// Memberships that goods of this basket begin or extend: the program that declares them, and their name.
    pub fn sold_in(&self, basket: &Basket) -> Vec<&(usize, MembershipId)> {
        let reached = self.sold.reached(&basket.lines, None, &[]).into_iter();
        reached.map(|(number, _)| &self.memberships[number]).collect()
    }

    /// Memberships that may reserve goods of this basket.
    pub fn reserving(&self, basket: &Basket) -> Vec<&(usize, MembershipId)> {
        let reached = self.reserved.reached(&basket.lines, None, &[]).into_iter();
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

impl ProgramSet {
    /// Goods that some rule may add to this basket, with its program: whoever asks for a quote looks them up, see
    /// `Basket::at_hand`.
    pub fn may_add_to(&self, basket: &Basket, site: &Site) -> BTreeSet<(ProgramId, Sku)> {
        if self.may_add.is_empty() {
            return BTreeSet::new();
        }
        let reached = self.index.rules_for(basket, site).into_iter();
        let rules = reached.map(|(turn, _)| {
            let (program, rule) = self.index.rules[turn];
            (&self.programs[program], &self.programs[program].rules[rule])
        });
        let adding = rules.filter(|(_, rule)| adds(rule));
        adding
            .flat_map(|(program, rule)| {
                let skus = rule.needs.goods.skus.iter();
                skus.map(|sku| (program.id.clone(), sku.clone()))
            })
            .collect()
    }
}

fn adds(rule: &Rule) -> bool {
    matches!(rule.gives, Reward::UnitsOfGroup { add: true, .. })
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
    /// These lead to all lines: what they name is needed, and the rule acts on something else.
    beside: Option<Box<Keyed>>,
    codes: HashMap<Box<str>, Vec<usize>>,
    sites: HashMap<SiteId, Vec<usize>>,
    partners: HashMap<PartnerId, Vec<usize>>,
    /// What no line and no place can rule out.
    anything: Vec<usize>,
}

impl Keyed {
    /// A rule is found by its code, else by its own goods, else by others that it needs, else by its place.
    fn add_rule(&mut self, turn: usize, rule: &Rule) {
        let needs = &rule.needs;
        if !needs.codes.is_empty() {
            for code in &needs.codes {
                self.codes.entry(code.as_str().into()).or_default().push(turn);
            }
            return;
        }
        // Units that are added need not be there, and a set has goods of its own.
        if needs.goods.names_goods() && !adds(rule) && needs.set.is_empty() {
            return self.add(turn, &needs.goods, &rule.at);
        }
        let contained = needs.contains.iter().filter(|contains| contains.amount.is_none());
        let contained = contained.map(|contains| &contains.goods);
        let of_set = needs.set.iter().filter(|portion| portion.pieces > 0);
        let mut others = contained.chain(of_set.map(|portion| &portion.goods));
        match others.find(|goods| goods.names_goods()) {
            Some(goods) => self.beside.get_or_insert_default().add(turn, goods, &rule.at),
            None => self.add(turn, &Selector::default(), &rule.at),
        }
    }

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
    fn reached(&self, lines: &[Line], site: Option<&Site>, codes: &[String]) -> Vec<(usize, Lines)> {
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
        let shown = codes.iter().filter_map(|code| self.codes.get(code.as_str()));
        let shown = shown.chain(here).chain(partner).flatten();
        reached.extend(
            self.anything
                .iter()
                .chain(shown)
                .map(|number| (*number, Lines::All)),
        );
        if let Some(beside) = &self.beside {
            let others = beside.reached(lines, None, &[]).into_iter();
            reached.extend(others.map(|(number, _)| (number, Lines::All)));
        }
        reached.sort_by_key(|(number, _)| *number);
        // A rule may name a site and the partner that runs it, or several of the codes that were shown.
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

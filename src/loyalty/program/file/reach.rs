//! What only all files together show: purses that no one defines, rewards and tiers that nothing leads to, groups of one.

use std::collections::{BTreeMap, BTreeSet};

use super::super::catalogue::Into;
use super::super::past::Metric;
use super::super::rule::{Who, With};
use super::super::{Program, Recipient, Reward, Rule};
use super::Mistake;
use super::check::Sheet;
use super::near::{near, perhaps};

/// The purse that points go into where a rule names none. It needs no declaration.
const OF_THE_HOUSE: &str = "points";

/// A mistake, and the place of its file in the list.
type Placed = (usize, Mistake);

/// All that is asked for and nowhere given, and all that is given and nowhere asked for.
pub(super) fn unreachable(sheets: &[Sheet]) -> Vec<Placed> {
    let shop = Shop::of(sheets);
    let mut all = shop.purses();
    all.extend(shop.unfilled());
    all.extend(shop.rewards());
    all.extend(shop.memberships());
    all.extend(shop.ladders());
    all.extend(shop.friends());
    all.extend(shop.groups_of_one());
    all.extend(shop.who_of_rewards());
    all
}

struct Shop<'a> {
    sheets: &'a [Sheet<'a>],
    /// Purses that some file declares.
    declared_purses: BTreeSet<&'a str>,
    /// Purses that something is put into.
    filled: BTreeSet<&'a str>,
}

/// Where a name is used: the file, the line, and the name.
struct Used<'a> {
    file: usize,
    line: usize,
    name: &'a str,
}

impl<'a> Shop<'a> {
    fn of(sheets: &'a [Sheet<'a>]) -> Shop<'a> {
        let mut shop = Shop {
            sheets,
            declared_purses: BTreeSet::new(),
            filled: BTreeSet::new(),
        };
        shop.declared_purses = shop.find_declared_purses();
        shop.filled = shop.find_filled();
        shop
    }

    fn programs(&self) -> impl Iterator<Item = (usize, &'a Sheet<'a>, &'a Program)> {
        let sheets = self.sheets.iter().enumerate();
        sheets.filter_map(|(n, sheet)| Some((n, sheet, sheet.program()?)))
    }

    fn rules(&self) -> impl Iterator<Item = (usize, &'a Sheet<'a>, usize, &'a Rule)> {
        self.programs().flat_map(|(file, sheet, program)| {
            let rules = program.rules.iter().enumerate();
            rules.map(move |(n, rule)| (file, sheet, n, rule))
        })
    }

    /// May a rule that could not be read speak of this? Then nothing is said about what is missing.
    fn may_be_said(&self, name: &str) -> bool {
        self.sheets.iter().any(|sheet| sheet.may_say(name))
    }

    fn mistake(&self, used: &Used, found: String, accepted: String) -> Placed {
        (
            used.file,
            self.sheets[used.file].mistake(used.line, found, accepted),
        )
    }

    fn declared(&self, kind: &str, file: usize, name: &'a str) -> Used<'a> {
        let line = self.sheets[file].line_of(kind, name, "");
        Used { file, line, name }
    }

    /// Every place that names a purse, but its own declaration.
    fn purse_names(&self) -> Vec<Used<'a>> {
        let mut all = Vec::new();
        for (file, sheet, n, rule) in self.rules() {
            let stamps = rule.needs.stamps.iter().map(|(purse, _)| purse);
            let past = rule.needs.past.iter().filter_map(|past| match &past.metric {
                Metric::Earned(purse) | Metric::EarnedInAll(purse) => Some(purse),
                _ => None,
            });
            for purse in rule.gives.purse().into_iter().chain(stamps).chain(past) {
                let line = sheet.line_of_rule(n, &format!("\"{purse}\""));
                let name = purse.as_str();
                all.push(Used { file, line, name });
            }
        }
        for (file, sheet, program) in self.programs() {
            for (id, ladder) in &program.ladders {
                if let Some(Metric::Earned(purse) | Metric::EarnedInAll(purse)) = &ladder.counts {
                    let line = sheet.line_of("ladder", id.as_str(), "counts");
                    let name = purse.as_str();
                    all.push(Used { file, line, name });
                }
            }
            for (id, reward) in &program.rewards {
                let costs = reward.cost.iter().map(|(purse, _)| purse);
                let becomes = match &reward.into {
                    Into::Purse(purse, _) => Some(purse),
                    _ => None,
                };
                for purse in costs.chain(becomes) {
                    let line = sheet.line_of("reward", id.as_str(), &format!("\"{purse}\""));
                    let name = purse.as_str();
                    all.push(Used { file, line, name });
                }
            }
        }
        all
    }

    fn find_declared_purses(&self) -> BTreeSet<&'a str> {
        let purses = self.programs().flat_map(|(.., program)| program.purses.keys());
        purses.map(|purse| purse.as_str()).collect()
    }

    /// A purse that some rule names and no file declares: most often a misspelt one.
    fn purses(&self) -> Vec<Placed> {
        let known = &self.declared_purses;
        let is_unknown = |used: &&Used| used.name != OF_THE_HOUSE && !known.contains(used.name);
        let names = self.purse_names();
        let mut all = Vec::new();
        for used in names.iter().filter(is_unknown) {
            let found = format!("no file declares the purse \"{}\"", used.name);
            let candidates = known.iter().copied().chain([OF_THE_HOUSE]);
            let accepted = perhaps(used.name, candidates, &format!("write [purse.{}]", used.name));
            all.push(self.mistake(used, found, accepted));
        }
        all
    }

    /// Purses that rules, activities and exchanges put something into.
    fn find_filled(&self) -> BTreeSet<&'a str> {
        let by_rules = self.rules().filter_map(|(.., rule)| match &rule.gives {
            Reward::Times { .. } => None,
            gives => gives.purse(),
        });
        let by_rewards = self.programs().flat_map(|(.., program)| program.rewards.values());
        let by_rewards = by_rewards.filter_map(|reward| match &reward.into {
            Into::Purse(purse, _) => Some(purse),
            _ => None,
        });
        // What is sold as goods fills a purse with what is paid for them.
        let sold = self.programs().flat_map(|(.., program)| &program.purses);
        let sold = sold
            .filter(|(_, terms)| !terms.sold_as.is_empty())
            .map(|(purse, _)| purse);
        by_rules
            .chain(by_rewards)
            .chain(sold)
            .map(|purse| purse.as_str())
            .collect()
    }

    fn is_empty(&self, purse: &str) -> bool {
        let is_known = self.declared_purses.contains(purse) || purse == OF_THE_HOUSE;
        is_known && !self.filled.contains(purse) && !self.may_be_said(purse)
    }

    /// Rules that ask for stamps, points or a base of a purse that stays empty.
    fn unfilled(&self) -> Vec<Placed> {
        let mut all = Vec::new();
        let earned = self.rules().filter_map(|(.., rule)| match &rule.gives {
            Reward::Earn { purse, .. } => Some(purse),
            _ => None,
        });
        let bases: BTreeSet<_> = earned.collect();
        for (file, sheet, n, rule) in self.rules() {
            let mut say = |purse: &'a str, found: String| {
                let line = sheet.line_of_rule(n, &format!("\"{purse}\""));
                let used = Used {
                    file,
                    line,
                    name: purse,
                };
                let accepted = "write a rule that gives them, or name another purse".to_owned();
                all.push(self.mistake(&used, found, accepted));
            };
            if let Some((purse, _)) = &rule.needs.stamps
                && self.is_empty(purse.as_str())
            {
                say(
                    purse.as_str(),
                    format!("no rule gives stamps of the purse {purse}"),
                );
            }
            if let Reward::Times { purse, .. } = &rule.gives
                && !bases.contains(purse)
                && !self.may_be_said(purse.as_str())
            {
                say(
                    purse.as_str(),
                    format!("times of nothing: no rule gives points into {purse}"),
                );
            }
            for past in &rule.needs.past {
                if let Metric::Earned(purse) | Metric::EarnedInAll(purse) = &past.metric
                    && self.is_empty(purse.as_str())
                {
                    say(purse.as_str(), format!("no rule gives points into {purse}"));
                }
            }
        }
        let names: BTreeSet<&str> = self.purse_names().iter().map(|used| used.name).collect();
        let all_purses = self.programs().flat_map(|(.., program)| &program.purses);
        let with_worth: BTreeSet<&str> = all_purses
            .filter(|(_, terms)| terms.worth.is_some())
            .map(|(name, _)| name.as_str())
            .collect();
        for (file, sheet, program) in self.programs() {
            for (name, terms) in &program.purses {
                let is_used = names.contains(name.as_str());
                let may_pay = with_worth.contains(name.as_str());
                let line = sheet.line_of("purse", name.as_str(), "");
                let used = Used {
                    file,
                    line,
                    name: name.as_str(),
                };
                if !is_used && !may_pay && !self.may_be_said(used.name) {
                    let found = format!("nothing gives or asks for the purse {name}");
                    let accepted = perhaps(
                        used.name,
                        names.iter().copied().chain([OF_THE_HOUSE]),
                        "write a rule that gives it, or leave it out",
                    );
                    all.push(self.mistake(&used, found, accepted));
                }
                if terms.may_pay.is_some() && !may_pay {
                    let line = sheet.line_of("purse", name.as_str(), "may_pay");
                    let found = format!("may_pay of the purse {name}, and no file says what it is worth");
                    let accepted = "write worth = \"0.01\" beside it".to_owned();
                    all.push(self.mistake(&Used { line, ..used }, found, accepted));
                }
            }
        }
        all
    }

    /// Rewards that no rule gives and no points buy.
    fn rewards(&self) -> Vec<Placed> {
        let given: BTreeSet<&str> = self
            .rules()
            .flat_map(|(.., rule)| match &rule.gives {
                Reward::Issue { reward, .. } => vec![reward.as_str()],
                Reward::Draw { among, .. } => among.iter().map(|reward| reward.as_str()).collect(),
                _ => Vec::new(),
            })
            .collect();
        let mut all = Vec::new();
        for (file, _, program) in self.programs() {
            for (name, terms) in &program.rewards {
                let used = self.declared("reward", file, name.as_str());
                let accepted = match near(used.name, given.iter().copied()) {
                    Some(other) => format!("a rule gives \"{other}\": write one name in both places"),
                    None => "write what it costs and in which purse, or a rule with issue or draw".to_owned(),
                };
                if given.contains(used.name) || self.may_be_said(used.name) {
                    continue;
                }
                match &terms.cost {
                    None => {
                        let found = format!(
                            "nothing leads to the reward {name}: no rule gives it, and it has no cost"
                        );
                        all.push(self.mistake(&used, found, accepted));
                    }
                    Some((purse, _)) if self.is_empty(purse.as_str()) => {
                        let found =
                            format!("nobody can pay for the reward {name}: no rule fills the purse {purse}");
                        let accepted =
                            "write a rule that gives points into it, or name another purse".to_owned();
                        all.push(self.mistake(&used, found, accepted));
                    }
                    Some(_) if terms.stock == Some(0) => {
                        let found = format!("nobody can have the reward {name}: its stock is 0");
                        let accepted = "write how many there are, or leave stock out".to_owned();
                        all.push(self.mistake(&used, found, accepted));
                    }
                    Some(_) => {}
                }
            }
        }
        all
    }

    /// All that rules and rewards ask of a customer.
    fn asked(&self) -> Vec<&'a Who> {
        let by_rules = self.rules().flat_map(|(.., rule)| &rule.who);
        let by_rewards = self.programs().flat_map(|(.., program)| program.rewards.values());
        by_rules
            .chain(by_rewards.flat_map(|reward| &reward.who))
            .collect()
    }

    fn memberships(&self) -> Vec<Placed> {
        let asked = self.asked();
        let mut all = Vec::new();
        for (file, _, program) in self.programs() {
            for (name, terms) in &program.memberships {
                let used = self.declared("membership", file, name.as_str());
                if self.may_be_said(used.name) {
                    continue;
                }
                let gives = |rule: &Rule| matches!(&rule.gives, Reward::Membership(given) if given == name);
                if terms.sold_as.is_empty() && !self.rules().any(|(.., rule)| gives(rule)) {
                    let found = format!("nothing gives the membership {name}");
                    let accepted =
                        "write sold_as = \"…\" in it, or a rule with gives = { membership = \"…\" }";
                    all.push(self.mistake(&used, found, accepted.to_owned()));
                }
                let asks = |who: &&Who| matches!(who, Who::Holds(of) | Who::Lacks(of) if of == name);
                let is_asked = asked.iter().any(asks) || terms.reserves.is_some();
                if !is_asked {
                    let found = format!("no rule asks for the membership {name}");
                    let accepted =
                        format!("write a rule with who = {{ holds = \"{name}\" }}, or reserves in it");
                    all.push(self.mistake(&used, found, accepted));
                }
            }
        }
        all
    }

    fn ladders(&self) -> Vec<Placed> {
        let asked = self.asked();
        let mut all = Vec::new();
        for (file, sheet, program) in self.programs() {
            for (name, ladder) in &program.ladders {
                let mut used = self.declared("ladder", file, name.as_str());
                if self.may_be_said(used.name) {
                    continue;
                }
                let by_who = asked
                    .iter()
                    .any(|who| matches!(who, Who::Tier(of, _) if of == name));
                let reached = |rule: &Rule| rule.needs.reaches.as_ref().is_some_and(|(of, _)| of == name);
                if !by_who && !self.rules().any(|(.., rule)| reached(rule)) {
                    let found = format!("no rule asks for a tier of the ladder {name}");
                    let accepted = format!("write a rule with who = {{ tier = \"{name}/…\" }}");
                    all.push(self.mistake(&used, found, accepted));
                }
                if let Some(Metric::Earned(purse) | Metric::EarnedInAll(purse)) = &ladder.counts
                    && self.is_empty(purse.as_str())
                {
                    used.line = sheet.line_of("ladder", name.as_str(), "counts");
                    let found = format!("nobody climbs the ladder {name}: no rule gives points into {purse}");
                    let accepted = "write counts = \"spend\", or a rule that gives points into it".to_owned();
                    all.push(self.mistake(&used, found, accepted));
                }
            }
        }
        all
    }

    /// Friends whom nobody brings.
    fn friends(&self) -> Vec<Placed> {
        let brings = |rule: &Rule| matches!(rule.gives, Reward::Bring { .. });
        if self.rules().any(|(.., rule)| brings(rule)) || self.may_be_said("brings") {
            return Vec::new();
        }
        let mut all = Vec::new();
        for (file, sheet, n, rule) in self.rules() {
            let to_referrer = matches!(
                &rule.gives,
                Reward::Earn {
                    to: Recipient::Referrer,
                    ..
                }
            );
            let name = match (rule.who.contains(&Who::Friend), to_referrer) {
                (true, _) => "friend",
                (false, true) => "referrer",
                _ => continue,
            };
            let line = sheet.line_of_rule(n, &format!("\"{name}\""));
            let used = Used { file, line, name };
            let found = format!("a {name}, and no rule says how a member brings one");
            let accepted =
                "write a rule with needs = { activity = \"referral\" }, gives = { brings = \"friend\" }";
            all.push(self.mistake(&used, found, accepted.to_owned()));
        }
        all
    }

    /// Of an exclusive group one rule applies; a group of one excludes nothing.
    fn groups_of_one(&self) -> Vec<Placed> {
        let mut groups: BTreeMap<&str, Vec<Used>> = BTreeMap::new();
        for (file, sheet, n, rule) in self.rules() {
            if let With::OneOf(name) = &rule.with {
                let line = sheet.line_of_rule(n, "one_of");
                groups.entry(name).or_default().push(Used { file, line, name });
            }
        }
        let names: Vec<&str> = groups.keys().copied().collect();
        let mut all = Vec::new();
        for used in groups.values().filter(|rules| rules.len() == 1).flatten() {
            if self.may_be_said(used.name) {
                continue;
            }
            let others = names.iter().copied().filter(|name| *name != used.name);
            let found = format!(
                "the group \"{}\" has one rule only, so it excludes nothing",
                used.name
            );
            let accepted = "name the same group in another rule, or leave one_of out";
            all.push(self.mistake(used, found, perhaps(used.name, others, accepted)));
        }
        all
    }

    /// Who may redeem a reward: memberships and tiers that some file declares.
    fn who_of_rewards(&self) -> Vec<Placed> {
        let memberships: Vec<&str> = self
            .programs()
            .flat_map(|(.., program)| program.memberships.keys().map(|name| name.as_str()))
            .collect();
        let ladders = self.programs().flat_map(|(.., program)| &program.ladders);
        let tiers: Vec<String> = ladders
            .flat_map(|(name, ladder)| {
                ladder
                    .levels
                    .iter()
                    .map(move |level| format!("{name}/{}", level.name))
            })
            .collect();
        let mut all = Vec::new();
        for (file, sheet, program) in self.programs() {
            for (name, terms) in &program.rewards {
                for who in &terms.who {
                    let (kind, wanted, known) = match who {
                        Who::Holds(of) | Who::Lacks(of) => {
                            ("membership", of.to_string(), memberships.clone())
                        }
                        Who::Tier(ladder, tier) => {
                            let tiers = tiers.iter().map(String::as_str).collect();
                            ("tier", format!("{ladder}/{tier}"), tiers)
                        }
                        _ => continue,
                    };
                    if known.contains(&wanted.as_str()) || self.may_be_said(&wanted) {
                        continue;
                    }
                    let line = sheet.line_of("reward", name.as_str(), "who");
                    let used = Used {
                        file,
                        line,
                        name: name.as_str(),
                    };
                    let found = format!("no file declares the {kind} \"{wanted}\"");
                    let accepted = perhaps(&wanted, known.into_iter(), "declare it, or leave it out of who");
                    all.push(self.mistake(&used, found, accepted));
                }
            }
        }
        all
    }
}

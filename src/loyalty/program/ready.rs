//! Which rules run in a story and on recorded sales, but not yet at tills and the server: these refuse what they could do
//! only by half.

use super::{Program, Reward, Rule};

impl Program {
    /// Why a till cannot run this program yet: a sentence for the first rule that waits for something.
    pub fn waits_for(&self) -> Option<String> {
        let waiting = self
            .rules
            .iter()
            .enumerate()
            .find_map(|(n, rule)| Some((n + 1, waits_for(rule)?)));
        waiting.map(|(n, what)| {
            format!(
                "{}.toml: rule {n} needs {what}, which tills and server of this version do not have: try it with \"vafa \
                 simulate\", and publish the programs without it",
                self.id
            )
        })
    }
}

fn waits_for(rule: &Rule) -> Option<&'static str> {
    if rule.needs.activity.is_some() {
        return Some("activities outside of a sale");
    }
    match rule.gives {
        Reward::Approval => Some("somebody's approval"),
        _ => None,
    }
}

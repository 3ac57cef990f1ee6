//! Programs of a chain of shops, of every kind that the vocabulary has, each on goods of its own; and baskets that some of
//! them touch. The test of recorded quotes uses the same programs on shelves that overlap.

/// How many kinds of programs there are.
pub const KINDS: usize = 12;

/// Program number `n`: `kind` says what it gives, `goods` on which goods, as a file names them (`category = "shelf-3"`).
/// Without goods it acts on all of them.
pub fn program(n: usize, kind: usize, goods: &str) -> (String, String) {
    let id = format!("p{n:04}");
    let named = if goods.is_empty() {
        String::new()
    } else {
        format!("goods = {{ {goods} }}")
    };
    let needs = |more: &str| {
        let words: Vec<&str> = [named.as_str(), more]
            .into_iter()
            .filter(|word| !word.is_empty())
            .collect();
        format!("needs = {{ {} }}", words.join(", "))
    };
    let percent = 2 + n % 17;
    let rule = |who: &str, more: &str, gives: &str, rest: &str| {
        let who = if who.is_empty() {
            String::new()
        } else {
            format!("who = {who}\n")
        };
        format!("[[rule]]\n{who}{}\ngives = {{ {gives} }}\n{rest}\n", needs(more))
    };
    let members = "\"members\"";
    let percent_off = format!("off = \"{percent} %\", of = \"goods\"");
    let body = match kind {
        0 => rule(members, "", &percent_off, "phase = 1"),
        1 => rule("", "every = 3", "free = \"cheapest\"", ""),
        2 => rule("", "", &percent_off, ""),
        3 => rule(
            "",
            "",
            "off = \"0.05\", of = \"each\"",
            "limit = { month = \"30 each\", sale = \"20 each\" }",
        ),
        4 => rule(members, "", "points = 1, per = \"1.00\", purse = \"points\"", ""),
        5 => {
            let stamps = format!("stamps = 4, purse = \"stamps-{n}\"");
            let stamp = format!("stamp = 1, purse = \"stamps-{n}\"");
            rule(members, "", &stamp, "") + &rule(members, &stamps, "free = \"cheapest\"", "")
        }
        6 => {
            let gives = format!("off = \"{percent} %\", of = \"basket\"");
            rule("", "total = \"20.00\"", &gives, "")
        }
        7 => {
            let with = format!("with = {{ one_of = \"best-{}\" }}", n / 2 % 3);
            rule("", "", &percent_off, &with) + &rule("", "", "off = \"0.31\", of = \"each\"", &with)
        }
        8 => {
            let counts = if goods.is_empty() {
                "\"spend\"".to_owned()
            } else {
                format!("{{ spent = {{ {goods} }} }}")
            };
            let ladder = format!(
                "[ladder.club-{n}]\ncounts = {counts}\nwithin = \"12 months\"\nlevels = [ {{ name = \"red\", from = 0 }}, {{ name = \
                 \"gold\", from = \"50.00\" }} ]\n"
            );
            let off = "off = \"1.50\", of = \"basket\"";
            ladder + &rule(&format!("{{ tier = \"club-{n}/gold\" }}"), "", off, "")
        }
        9 => rule(
            members,
            &format!(
                "spent = {{ from = \"30.00\", within = \"30 days\"{} }}",
                also(&named)
            ),
            "off = \"1.00\", of = \"basket\"",
            "",
        ),
        10 => {
            rule(
                "",
                "every = 2",
                "off = \"50 %\", of = \"cheapest\"",
                "with = \"stack\"",
            ) + &rule("\"birthday\"", "", &percent_off, "with = \"alone\"")
        }
        _ => {
            let purse = "[purse.bonus]\nkind = \"money\"\n";
            purse.to_owned()
                + &rule(
                    members,
                    "",
                    "back = \"3 %\", purse = \"bonus\"",
                    "limit = { month = \"5.00\" }",
                )
                + &rule("", "", "donate = \"1 %\", to = \"rivers\"", "")
                + &rule(members, "quantity = 3", "times = \"2\", purse = \"points\"", "")
        }
    };
    let text = format!(
        "id = \"{id}\"\nname = \"Offer {n}\"\ngoal = \"a larger basket\"\npriority = {}\ntip = \"Offer {n} has a tip\"\n\n{body}",
        n % 3
    );
    (format!("{id}.toml"), text)
}

fn also(named: &str) -> String {
    if named.is_empty() {
        String::new()
    } else {
        format!(", {named}")
    }
}

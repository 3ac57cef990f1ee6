//! Words: which are part of the vocabulary without running yet, and which one somebody may have meant.

/// Words of the vocabulary that no rule of this version runs, by the table in which they stand.
pub(super) struct Later {
    pub file: &'static [&'static str],
    pub rule: &'static [&'static str],
    pub who: &'static [&'static str],
    pub needs: &'static [&'static str],
    pub gives: &'static [&'static str],
    pub limit: &'static [&'static str],
    pub purse: &'static [&'static str],
    pub membership: &'static [&'static str],
}

pub(super) const UNDERSTOOD_LATER: Later = Later {
    file: &[],
    rule: &[],
    who: &["agent"],
    needs: &[],
    gives: &[],
    limit: &[],
    purse: &["floor"],
    membership: &[],
};

/// Words that other shops' programs use, and what this vocabulary says instead. One counts where its answer is accepted.
const ELSEWHERE: &[(&str, &[&str])] = &[
    (
        "off",
        &[
            "amount_off",
            "discount",
            "percent",
            "percent_off",
            "percentage",
            "reduction",
        ],
    ),
    ("total", &["amount", "min", "min_amount", "minimum", "subtotal"]),
    ("quantity", &["count", "min_quantity", "qty"]),
    ("goods", &["brand", "category", "product", "products", "sku"]),
    ("except", &["exclude", "excludes", "excluding", "not"]),
    ("code", &["coupon", "coupons", "promo_code", "voucher"]),
    ("group", &["segment", "tag"]),
    ("total", &["budget", "max_uses", "uses"]),
    ("member", &["customer", "per_customer", "per_member"]),
    ("until", &["end", "ends", "to", "valid_until"]),
    ("from", &["begin", "begins", "start", "starts", "valid_from"]),
    ("weekdays", &["day", "days"]),
    ("hours", &["hour", "time", "times"]),
];

/// The accepted words, the likeliest first where one is near, or is what a word from elsewhere says here.
pub(super) fn nearest(word: &str, accepted: &[&'static str]) -> String {
    let mut accepted = accepted.to_vec();
    accepted.sort_unstable();
    accepted.dedup();
    let said_elsewhere = || {
        let mut rows = ELSEWHERE.iter().filter(|(_, words)| words.contains(&word));
        rows.find_map(|(here, _)| accepted.iter().copied().find(|known| known == here))
    };
    match said_elsewhere().or_else(|| near(word, accepted.iter().copied())) {
        Some(known) => format!("did you mean \"{known}\"? Understood here: {}", list(&accepted)),
        None => format!("understood here: {}", list(&accepted)),
    }
}

/// A name is compared with so many others at most; who has more of them finds his own mistake with a search.
const MOST_COMPARED: usize = 500;

/// The one of these names that somebody may have meant.
pub(super) fn near<'a>(word: &str, names: impl Iterator<Item = &'a str>) -> Option<&'a str> {
    let alike = |known: &&str| known.len().abs_diff(word.len()) <= 8;
    let names = names.filter(alike).take(MOST_COMPARED);
    let nearest = names.map(|known| (distance(word, known), known)).min();
    let (steps, known) = nearest?;
    (steps <= 2 && steps < known.chars().count() && steps > 0).then_some(known)
}

/// "did you mean …? " before what is accepted, where a name is near.
pub(super) fn perhaps<'a>(word: &str, names: impl Iterator<Item = &'a str>, accepted: &str) -> String {
    match near(word, names) {
        Some(known) => format!("did you mean \"{known}\"? Otherwise {accepted}"),
        None => accepted.to_owned(),
    }
}

pub(super) fn list(words: &[&str]) -> String {
    match words {
        [] => "nothing".to_owned(),
        [only] => (*only).to_owned(),
        [first @ .., last] => format!("{} or {last}", first.join(", ")),
    }
}

/// How many letters must change to make one word of the other.
fn distance(a: &str, b: &str) -> usize {
    let b: Vec<char> = b.chars().collect();
    let mut row: Vec<usize> = (0..=b.len()).collect();
    for (i, letter) in a.chars().enumerate() {
        let mut corner = row[0];
        row[0] = i + 1;
        for (j, other) in b.iter().enumerate() {
            let change = corner + usize::from(letter != *other);
            corner = row[j + 1];
            row[j + 1] = change.min(corner + 1).min(row[j] + 1);
        }
    }
    row[b.len()]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_word_that_waits_is_in_the_vocabulary() {
        let text = include_str!("../../../../docs/vocabulary.md");
        let later = UNDERSTOOD_LATER;
        let tables = [
            later.file,
            later.rule,
            later.who,
            later.needs,
            later.gives,
            later.limit,
            later.purse,
            later.membership,
        ];
        for word in tables.concat() {
            assert!(text.contains(word), "{word}");
        }
    }

    #[test]
    fn the_nearest_word_is_named_first() {
        let words = ["who", "when", "where"];
        assert!(nearest("wen", &words).starts_with("did you mean \"when\"?"));
        assert_eq!(nearest("xyzzy", &words), "understood here: when, where or who");
        assert_eq!(list(&[]), "nothing");
    }

    #[test]
    fn a_word_from_elsewhere_leads_to_the_one_that_says_it_here() {
        let gives = ["off", "of", "times"];
        assert!(nearest("discount", &gives).starts_with("did you mean \"off\"?"));
        // A typing error of a word from elsewhere names nothing, and an answer that is not accepted here neither.
        assert_eq!(nearest("budget", &gives), "understood here: of, off or times");
    }
}

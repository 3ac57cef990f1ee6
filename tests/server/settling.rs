//! Partners of a coalition settle: points that were earned at one and spent at another are owed by the first to the second.

use std::process::Command;

use vafa::loyalty::amount::{Money, Points};
use vafa::loyalty::id::{PartnerId, ProgramId, SaleId};
use vafa::loyalty::journal::Body;
use vafa::loyalty::member::{Change, Holder};
use vafa::loyalty::settlement::Party;
use vafa::loyalty::terminal::TakeBack;
use vafa::server::database::Import;
use vafa::wire::SiteRow;

use crate::till::{ANNAS_CARD, Shop, Till, points, site};

fn coalition() -> Shop {
    let shop = Shop::open();
    shop.knows("anna", ANNAS_CARD);
    let sites = [
        ("grocer-1", "grocer"),
        ("phones-1", "phones"),
        ("phones-2", "phones"),
    ];
    let rows = Import {
        sites: sites
            .iter()
            .map(|(id, partner)| SiteRow {
                id: site(id),
                partner: Some((*partner).to_owned()),
                timezone: "UTC".to_owned(),
            })
            .collect(),
        ..Import::default()
    };
    shop.office()
        .import(&rows, false, &mut |_| {})
        .expect("an import");
    let program = "id = \"coalition\"\n[purse.points]\nworth = \"0.50\"\n[[rule]]\nwho = \"members\"\ngives = { points = 1 }\n";
    shop.office()
        .publish(&[("coalition.toml".to_owned(), program.to_owned())])
        .expect("a program");
    shop
}

fn earn(amount: i64) -> Change {
    Change::Earn {
        purse: points(),
        amount: Points::whole(amount),
        program: ProgramId::parse("coalition").expect("a name"),
        expires: None,
    }
}

fn spend(amount: i64) -> Change {
    Change::Spend {
        purse: points(),
        amount: Points::whole(amount),
    }
}

fn sells(till: &mut Till, at: &str, change: Change) -> SaleId {
    let holder = Some(Holder::Card(till.token(ANNAS_CARD)));
    till.post.site = site(at);
    till.sell_promising(holder, vec![change])
}

fn takes_back(till: &mut Till, sale: &SaleId, change: Change) {
    let holder = Some(Holder::Card(till.token(ANNAS_CARD)));
    till.give_back(TakeBack {
        sale: sale.clone(),
        answers: sale.place().expect("a sale of ours").1,
        lines: Vec::new(),
        refund: Money::ZERO,
        to_purses: Money::ZERO,
        changes: vec![change],
        others: Vec::new(),
        holder,
        bundle: 1,
    });
}

/// Who owes whom how many, and what that is worth.
fn owed(shop: &Shop) -> Vec<(Party, Party, Points, Option<Money>)> {
    let settlement = shop.office().settlement().expect("the books");
    let balances = settlement.balances();
    assert_eq!(
        balances.values().map(|(units, _)| *units).sum::<Points>(),
        Points::ZERO
    );
    assert_eq!(
        balances.values().filter_map(|(_, money)| *money).sum::<Money>(),
        Money::ZERO
    );
    let debts = settlement.debts.into_iter();
    debts
        .map(|(debt, money)| (debt.from, debt.to, debt.units, money))
        .collect()
}

#[test]
fn who_issued_points_owes_them_to_where_they_were_spent_until_they_come_back() {
    let shop = coalition();
    let party = |name: &str| Some(PartnerId::parse(name).expect("a name"));
    let mut till = shop.till();
    sells(&mut till, "grocer-1", earn(100));
    sells(&mut till, "phones-1", earn(10));
    // One partner's sites are one party; the oldest lot goes first, which is the grocer's.
    let spent = sells(&mut till, "phones-2", spend(60));
    till.push_all();
    assert_eq!(
        owed(&shop),
        [(
            party("grocer"),
            party("phones"),
            Points::whole(60),
            Some(Money::minor(3_000))
        )]
    );
    // 40 of the grocer's are left, and then the 10 of the phones' go to the grocer.
    let later = sells(&mut till, "grocer-1", spend(50));
    till.push_all();
    assert_eq!(
        owed(&shop),
        [(
            party("grocer"),
            party("phones"),
            Points::whole(50),
            Some(Money::minor(2_500))
        )]
    );
    let restore = |amount: i64| Change::Restore {
        purse: points(),
        amount: Points::whole(amount),
        days: None,
    };
    takes_back(&mut till, &spent, restore(25));
    till.push_all();
    assert_eq!(owed(&shop)[0].2, Points::whole(25));
    takes_back(&mut till, &spent, restore(35));
    takes_back(&mut till, &later, restore(50));
    till.push_all();
    assert_eq!(owed(&shop), Vec::new());
    assert_eq!(shop.points_of("anna"), Points::whole(110));
    shop.audited();
}

#[test]
fn the_report_is_read_by_people_and_by_scripts() {
    let shop = coalition();
    let mut till = shop.till();
    let report = |json: bool| {
        let mut vafa = Command::new(env!("CARGO_BIN_EXE_vafa"));
        vafa.arg("--data").arg(shop.data()).args(["report", "settlement"]);
        let done = vafa.args(json.then_some("--json")).output().expect("it runs");
        assert!(done.status.success(), "{}", String::from_utf8_lossy(&done.stderr));
        String::from_utf8(done.stdout).expect("text")
    };
    assert_eq!(report(false), "no partner owes another anything\n");
    sells(&mut till, "grocer-1", earn(100));
    // A site without a partner is the shop's own.
    sells(&mut till, "north", spend(3));
    till.push_all();
    assert!(matches!(
        till.memory.sealed[0].open().expect("an entry").body(),
        Ok(Body::Sale(_))
    ));
    let told = report(false);
    assert!(
        told.starts_with("grocer owes the shop itself 3 points, worth 1.50\n"),
        "{told}"
    );
    let json: serde_json::Value = serde_json::from_str(&report(true)).expect("JSON");
    let debt =
        serde_json::json!({"purse": "points", "from": "grocer", "to": null, "units": "3", "money": "1.50"});
    assert_eq!(json["debts"], serde_json::json!([debt]));
    assert_eq!(json["balances"][1]["units"], "-3");
}

//! Lines that lie. Whatever answers in the server's place, nothing counts as sent until our server says so, and with
//! the true server back every sale arrives once.

use std::net::TcpListener;

use crate::middleman::{Middleman, Mood};
use crate::sales::Recorded;
use crate::shop::{POINTS, Shop, Till};

const HELLO: &str = "/v1/hello";
const PUSH: &str = "/v1/push";

/// A shop with a till behind a middleman, and twenty sales that wait.
struct Day {
    shop: Shop,
    middleman: Middleman,
    till: Till,
}

impl Day {
    fn begin() -> Day {
        let shop = Shop::with_points();
        let middleman = Middleman::before(shop.address());
        let till = shop.till_at(shop.path().join("till"), &middleman.url());
        let day = Day {
            shop,
            middleman,
            till,
        };
        day.sell(31, 10);
        day.till.sync().fine();
        day.sell(32, 20);
        day
    }

    fn sell(&self, seed: u64, sales: usize) {
        let file = self.shop.write("sales.csv", Recorded::of(seed, sales).csv);
        self.till.replay(&file).fine();
    }

    /// The round fails with one sentence that says this, and nothing counts as sent.
    #[track_caller]
    fn fails(&self, says: &str) {
        let waiting = self.till.waiting();
        let sentence = self.till.sync().refused(1);
        assert!(sentence.contains(says), "{sentence}");
        assert_eq!(self.till.waiting(), waiting);
        self.till.holds(30);
    }

    /// With the true server back all of them arrive, once.
    #[track_caller]
    fn ends_well(self) {
        self.middleman.turns("", Mood::Honest);
        self.till.sync().fine();
        assert_eq!(self.till.waiting(), 0);
        self.shop.has_sales(30);
        assert_eq!(self.shop.stored(), self.till.stored("t1"));
    }
}

fn answer(status: &str, kind: &str, more: &str, body: &str) -> Mood {
    let length = body.len();
    Mood::Says(format!(
        "HTTP/1.1 {status}\r\ncontent-type: {kind}\r\ncontent-length: {length}\r\n{more}\r\n{body}"
    ))
}

const PAGE: &str = "<html><title>Hotel Wi-Fi</title><form>Room number: <input></form></html>";

#[test]
fn f32_a_login_page_with_status_200_takes_no_sale() {
    let day = Day::begin();
    for path in [HELLO, PUSH] {
        day.middleman.turns(path, answer("200 OK", "text/html", "", PAGE));
        day.fails("a login page?");
        day.middleman
            .turns(path, answer("204 No Content", "text/plain", "", ""));
        day.fails("a login page?");
        // It even names our type.
        day.middleman
            .turns(path, answer("200 OK", "application/vnd.vafa+cbor", "", PAGE));
        day.fails("belongs to another question");
    }
    day.ends_well();
}

#[test]
fn f33_nobody_is_followed_elsewhere() {
    let day = Day::begin();
    let elsewhere = TcpListener::bind("127.0.0.1:0").expect("a port");
    elsewhere.set_nonblocking(true).expect("a setting");
    let there = elsewhere.local_addr().expect("an address");
    for (path, status) in [
        (HELLO, "302 Found"),
        (PUSH, "307 Temporary Redirect"),
        (PUSH, "308 Permanent Redirect"),
    ] {
        let more = format!("location: http://{there}/v1/push\r\n");
        day.middleman.turns(path, answer(status, "text/html", &more, ""));
        day.fails("it sends us elsewhere");
    }
    let guest = elsewhere.accept().map(|(_, from)| from);
    assert!(guest.is_err(), "{guest:?} came to the other address");
    day.ends_well();
}

#[test]
fn f34_a_sick_server_takes_no_sale() {
    let day = Day::begin();
    for (path, status, says) in [
        (HELLO, "500 Internal Server Error", "status 500"),
        (PUSH, "500 Internal Server Error", "status 500"),
        (PUSH, "502 Bad Gateway", "status 502"),
        (PUSH, "503 Service Unavailable", "status 503"),
        (PUSH, "429 Too Many Requests", "status 429"),
    ] {
        let more = "retry-after: 1000000000\r\n";
        day.middleman.turns(path, answer(status, "text/html", more, PAGE));
        day.fails(says);
    }
    day.ends_well();
}

#[test]
fn f36_a_proxy_that_says_no_makes_no_till_forget_a_sale() {
    let day = Day::begin();
    for status in [
        "401 Unauthorized",
        "403 Forbidden",
        "404 Not Found",
        "422 Unprocessable Content",
    ] {
        day.middleman.turns(PUSH, answer(status, "text/html", "", PAGE));
        day.fails("of another type");
        day.middleman.turns(
            PUSH,
            answer(status, "application/vnd.vafa+cbor", "", "\u{1}revoked"),
        );
        day.fails("belongs to another question");
    }
    day.ends_well();
}

#[test]
fn f29_an_answer_cut_in_half_is_none_though_the_server_has_the_sales() {
    let day = Day::begin();
    for path in [HELLO, PUSH] {
        day.middleman.turns(path, Mood::Half);
        day.fails("cannot be reached");
    }
    assert_eq!(
        day.shop.report()["sales"],
        30,
        "they arrived; only the answer did not"
    );
    day.ends_well();
}

#[test]
fn an_answer_signed_by_another_key_is_none() {
    let day = Day::begin();
    for path in [HELLO, PUSH] {
        day.middleman.turns(path, Mood::OtherKey);
        day.fails("not signed by our server");
    }
    day.ends_well();
}

#[test]
fn f26_an_answer_to_an_earlier_question_is_none() {
    let day = Day::begin();
    for path in [HELLO, PUSH] {
        day.middleman.turns(path, Mood::Old);
        day.fails("belongs to another question");
        day.middleman.turns(path, Mood::OldRenamed);
        day.fails("not signed by our server");
    }
    day.ends_well();
}

#[test]
fn the_server_of_another_shop_on_the_same_address_takes_nothing() {
    let day = Day::begin();
    let other = Shop::open();
    other.publish(&[("s1-points.toml", POINTS)]);
    // It has a terminal of the same name.
    let stranger = other.till("till");
    day.middleman.turns("", Mood::Honest);
    day.middleman.leads_to(other.address());
    day.fails("not signed by our server");
    assert_eq!(other.report()["entries"], 0);
    assert_eq!(stranger.waiting(), 0);
    day.middleman.leads_to(day.shop.address());
    day.ends_well();
}

#[test]
fn f40_a_line_that_never_answers_is_given_up_and_selling_goes_on() {
    let day = Day::begin();
    day.middleman.turns(PUSH, Mood::Silent);
    let from = std::time::Instant::now();
    day.fails("cannot be reached");
    assert!(from.elapsed().as_secs() < 40, "{:?}", from.elapsed());
    day.ends_well();
}

#[test]
fn a_server_that_is_not_there_takes_nothing_and_is_named() {
    let mut day = Day::begin();
    day.shop.kill_server();
    day.fails("cannot be reached");
    day.shop.open_server();
    day.middleman.leads_to(day.shop.address());
    day.ends_well();
}

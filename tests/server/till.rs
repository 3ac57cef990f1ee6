//! A small till for these tests: it signs what it asks, checks what it hears and keeps its journal in memory.

use std::collections::BTreeMap;
use std::path::Path;

use ed25519_dalek::{SigningKey, VerifyingKey};
use reqwest::Method;
use tempfile::TempDir;
use vafa::config::Config;
use vafa::loyalty::amount::{Money, Points, Price, Quantity};
use vafa::loyalty::basket::{Basket, Line};
use vafa::loyalty::calendar::{Moment, Zone};
use vafa::loyalty::goods::Goods;
use vafa::loyalty::id::{BasketId, MemberId, ProgramId, PurseId, SaleId, SiteId, Sku};
use vafa::loyalty::journal::{Clock, Hash, Head, Sealed};
use vafa::loyalty::member::{CardToken, Change, Holder, Member};
use vafa::loyalty::quote::{Quote, QuotedLine};
use vafa::loyalty::sale::{Sale, Tender};
use vafa::loyalty::terminal::{self, Drawing, Epoch, Post, Sold, TakeBack, TerminalChange, TerminalMemory};
use vafa::server::database::{Import, MemberRow};
use vafa::server::{HeadOffice, Running, serve_embedded};
use vafa::wire::{self, header, path};

pub const ANNAS_CARD: &str = "900000000000000001";

/// A shop with a running server in a folder of its own.
pub struct Shop {
    pub folder: TempDir,
    pub config: Config,
    pub server: Option<Running>,
}

impl Shop {
    pub fn open() -> Shop {
        let folder = TempDir::new().expect("a folder");
        let mut config = Config::default();
        config.server.listen = "127.0.0.1:0".to_owned();
        let server = serve_embedded(folder.path(), &config).expect("a server");
        Shop {
            folder,
            config,
            server: Some(server),
        }
    }

    pub fn data(&self) -> &Path {
        self.folder.path()
    }

    pub fn url(&self) -> &str {
        self.server.as_ref().expect("it runs").url()
    }

    pub fn office(&self) -> HeadOffice {
        HeadOffice::open(self.data(), &self.config).expect("the books")
    }

    pub fn code(&self) -> String {
        self.office().make_code(&site("north")).expect("a code")
    }

    pub fn till(&self) -> Till {
        Till::enrol(self.url(), &self.code()).expect("a till")
    }

    /// Makes a member with a card known.
    pub fn knows(&self, id: &str, card: &str) {
        let member = Member::named(MemberId::parse(id).expect("a name"));
        let rows = Import {
            members: vec![MemberRow::of(member, vec![card.to_owned()])],
            ..Import::default()
        };
        self.office()
            .import(&rows, false, &mut |_| {})
            .expect("an import");
    }

    pub fn points_of(&self, id: &str) -> Points {
        let balances = self.office().balances().expect("the books");
        let purses = balances.get(&MemberId::parse(id).expect("a name"));
        purses
            .and_then(|purses| purses.get(&points()))
            .copied()
            .unwrap_or_default()
    }

    pub fn sales(&self) -> u64 {
        self.office().sync_report().expect("the books").sales
    }

    /// The books must not contradict themselves.
    pub fn audited(&self) {
        let findings = self.office().audit().expect("the books");
        assert_eq!(findings, Vec::<String>::new());
    }

    pub fn restart(&mut self) {
        self.stop();
        self.server = Some(serve_embedded(self.data(), &self.config).expect("a server"));
    }

    pub fn stop(&mut self) {
        if let Some(server) = self.server.take() {
            server.stop().expect("a clean end");
        }
    }
}

pub fn site(name: &str) -> SiteId {
    SiteId::parse(name).expect("a name")
}

pub fn points() -> PurseId {
    PurseId::parse("points").expect("a name")
}

/// What came back: status and body; the server's signature is checked already.
#[derive(Clone, Debug)]
pub struct Heard {
    pub status: u16,
    pub body: Vec<u8>,
    pub headers: BTreeMap<String, String>,
}

impl Heard {
    pub fn read<T: for<'b> minicbor::Decode<'b, ()>>(&self) -> T {
        wire::unpack(&self.body).expect("a message")
    }

    pub fn refused(&self) -> wire::Refused {
        self.read()
    }
}

pub struct Till {
    pub url: String,
    pub key: SigningKey,
    pub server_key: VerifyingKey,
    pub card_key: [u8; 32],
    pub post: Post,
    pub epoch: Epoch,
    pub memory: Memory,
    /// The version of the programs that its entries name.
    pub bundle: u64,
    client: reqwest::Client,
    runtime: tokio::runtime::Runtime,
}

/// A journal in memory.
#[derive(Clone, Default)]
pub struct Memory {
    pub sealed: Vec<Sealed>,
    hlc: u64,
    baskets: BTreeMap<BasketId, SaleId>,
    pub drawing: Option<Drawing>,
}

impl TerminalMemory for Memory {
    type Error = std::convert::Infallible;
    fn head(&self) -> Result<(Head, u64), Self::Error> {
        let head = self.sealed.last().map_or(Head::default(), |last| Head {
            seq: self.sealed.len() as u64,
            hash: last.hash(),
        });
        Ok((head, self.hlc))
    }
    fn acked(&self) -> Result<Head, Self::Error> {
        Ok(Head::default())
    }
    fn hash_at(&self, seq: u64) -> Result<Option<Hash>, Self::Error> {
        Ok(self.sealed.get(seq as usize - 1).map(Sealed::hash))
    }
    fn sale_of(&self, basket: &BasketId) -> Result<Option<SaleId>, Self::Error> {
        Ok(self.baskets.get(basket).cloned())
    }
    fn drawing(&self) -> Result<Option<Drawing>, Self::Error> {
        Ok(self.drawing.clone())
    }
}

pub fn client() -> reqwest::Client {
    let _ = rustls::crypto::ring::default_provider().install_default();
    reqwest::Client::builder().no_proxy().build().expect("a client")
}

pub fn runtime() -> tokio::runtime::Runtime {
    tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .expect("a runtime")
}

pub fn random<const N: usize>() -> [u8; N] {
    let mut bytes = [0; N];
    getrandom::fill(&mut bytes).expect("chance");
    bytes
}

/// Asks to become a terminal with this key and code.
pub fn ask_to_enrol(url: &str, code: &str, key: &SigningKey) -> Heard {
    let public_key = key.verifying_key().to_bytes();
    let ask = wire::EnrolRequest {
        hint: wire::code_hint(code),
        public_key,
        proof: wire::terminal_proof(&wire::code_key(code), &public_key),
        program_version: "test".to_owned(),
    };
    runtime().block_on(async {
        let reply = client()
            .post(format!("{url}{}", path::ENROL))
            .body(wire::pack(&ask))
            .send()
            .await
            .expect("a reply");
        Heard {
            status: reply.status().as_u16(),
            headers: BTreeMap::new(),
            body: reply.bytes().await.expect("a body").to_vec(),
        }
    })
}

impl Till {
    pub fn enrol(url: &str, code: &str) -> Result<Till, wire::Refused> {
        let key = SigningKey::from_bytes(&random());
        let heard = ask_to_enrol(url, code, &key);
        if heard.status != 200 {
            return Err(heard.refused());
        }
        let reply: wire::EnrolReply = heard.read();
        let public = key.verifying_key().to_bytes();
        assert_eq!(
            wire::server_proof(&wire::code_key(code), &public, &reply),
            reply.proof
        );
        Ok(Till {
            url: url.to_owned(),
            key,
            server_key: VerifyingKey::from_bytes(&reply.server_key).expect("a key"),
            card_key: reply.card_key,
            post: Post {
                shop: reply.shop,
                terminal: reply.terminal,
                site: reply.site.id,
                zone: Zone::utc(),
                day_begins_h: 4,
            },
            epoch: reply.epoch,
            memory: Memory::default(),
            bundle: 1,
            client: client(),
            runtime: runtime(),
        })
    }

    /// The same terminal on a copied disk.
    pub fn cloned(&self) -> Till {
        Till {
            url: self.url.clone(),
            key: self.key.clone(),
            post: self.post.clone(),
            memory: self.memory.clone(),
            client: client(),
            runtime: runtime(),
            ..*self
        }
    }

    /// Sends a signed request and checks the reply's signature.
    pub fn ask(&self, method: Method, path: &str, body: Vec<u8>, range: Option<&str>) -> Heard {
        self.send(method, path, body, range, &wire::hex(&random::<16>()), &self.key)
    }

    pub fn send(
        &self,
        method: Method,
        path: &str,
        body: Vec<u8>,
        range: Option<&str>,
        nonce: &str,
        key: &SigningKey,
    ) -> Heard {
        let time = "1770000000000";
        let terminal = self.post.terminal.as_str();
        let signature = wire::RequestParts {
            method: method.as_str(),
            path,
            terminal,
            nonce,
            time,
            body: &body,
        }
        .sign(key);
        let mut request = self
            .client
            .request(method, format!("{}{path}", self.url))
            .header(header::TERMINAL, terminal)
            .header(header::NONCE, nonce)
            .header(header::TIME, time)
            .header(header::SIGNATURE, signature)
            .body(body);
        if let Some(range) = range {
            request = request.header("range", range);
        }
        self.runtime.block_on(async {
            let reply = request.send().await.expect("a reply");
            let status = reply.status().as_u16();
            let headers: BTreeMap<String, String> = reply
                .headers()
                .iter()
                .map(|(name, value)| (name.to_string(), value.to_str().unwrap_or_default().to_owned()))
                .collect();
            let body = reply.bytes().await.expect("a body").to_vec();
            let signed = wire::ReplyParts {
                status,
                path,
                nonce,
                body: &body,
            };
            assert_eq!(
                signed.check(&self.server_key, &headers[header::SIGNATURE]),
                Ok(())
            );
            assert_eq!(headers["content-type"], wire::CONTENT_TYPE);
            Heard {
                status,
                body,
                headers,
            }
        })
    }

    pub fn token(&self, card: &str) -> CardToken {
        CardToken::of(&self.card_key, card)
    }

    /// Sells a coffee that earns a point.
    pub fn sell(&mut self, card: Option<&str>) -> SaleId {
        let holder = card.map(|card| Holder::Card(self.token(card)));
        let earn = Change::Earn {
            purse: points(),
            amount: Points::ONE,
            program: ProgramId::parse("s1-points").expect("a name"),
            expires: None,
        };
        let changes = holder.iter().map(|_| earn.clone()).collect();
        self.sell_promising(holder, changes)
    }

    pub fn sell_promising(&mut self, holder: Option<Holder>, changes: Vec<Change>) -> SaleId {
        self.sell_with(holder, changes, |_| {})
    }

    /// Sells a coffee, and changes what is recorded of it.
    pub fn sell_with(
        &mut self,
        holder: Option<Holder>,
        changes: Vec<Change>,
        change: impl FnOnce(&mut Sale),
    ) -> SaleId {
        let wall = Moment::from_millis(1_770_000_000_000);
        let id = BasketId::parse(&wire::hex(&random::<16>())).expect("a name");
        let mut basket = Basket::open(id.clone(), wall, self.post.site.clone());
        basket.buyer = holder;
        let price = Price::ten_thousandths(25_000);
        basket
            .add(Line {
                goods: Goods::uncatalogued(Sku::parse("COFFEE").expect("a name"), Some(price)),
                quantity: Quantity::ONE,
                price,
                added_by: None,
            })
            .expect("a line");
        let gross = Money::minor(250);
        let mut sale = Sale {
            basket,
            known: None,
            quote: Quote {
                lines: vec![QuotedLine {
                    gross,
                    discount: Money::ZERO,
                }],
                subtotal: gross,
                total: gross,
                due: gross,
                changes,
                ..Quote::default()
            },
            tender: Tender::Elsewhere,
            source: None,
            as_of: 0,
            drawn: None,
            approved_by: None,
        };
        change(&mut sale);
        let clock = Clock {
            wall,
            mono_ms: 1,
            boot: 1,
        };
        let Ok(sold) = terminal::sell(&self.memory, &self.post, self.bundle, sale, clock);
        let Sold::New(sale, changes) = sold else {
            panic!("a new basket is a new sale");
        };
        self.keep(changes);
        self.memory.baskets.insert(id, sale.clone());
        sale
    }

    /// Seals a return.
    pub fn give_back(&mut self, back: TakeBack) {
        let clock = Clock {
            wall: Moment::from_millis(1_770_000_100_000),
            mono_ms: 2,
            boot: 1,
        };
        let Ok((_, changes)) = terminal::give_back(&self.memory, &self.post, back, clock);
        self.keep(changes);
    }

    /// Commits to a secret for draws; one that was committed to is shown first where the day is over.
    pub fn keep_draws(&mut self, secret: [u8; 32], day: i64) {
        let clock = Clock {
            wall: Moment::from_millis(1_770_000_000_000 + day * 86_400_000),
            mono_ms: 1,
            boot: 1,
        };
        let Ok(changes) = terminal::keep_draws(&self.memory, &self.post, self.bundle, true, secret, clock);
        self.keep(changes);
    }

    pub fn keep(&mut self, changes: Vec<TerminalChange>) {
        for change in changes {
            match change {
                TerminalChange::Append(append) => {
                    self.memory.hlc = append.hlc;
                    self.memory.sealed.push(append.sealed.clone());
                }
                TerminalChange::Commit {
                    commit,
                    since,
                    secret,
                } => {
                    self.memory.drawing = Some(Drawing {
                        commit,
                        since,
                        secret,
                        drawn: 0,
                    });
                }
                TerminalChange::Draw => {
                    self.memory.drawing.as_mut().expect("it draws").drawn += 1;
                }
                TerminalChange::Reveal => self.memory.drawing = None,
                _ => {}
            }
        }
    }

    /// The request that sends some entries, counted from 1, the last included.
    pub fn parcel(&self, from: usize, to: usize) -> Vec<u8> {
        let entries = &self.memory.sealed[from - 1..to];
        let head = Head {
            seq: to as u64,
            hash: entries.last().map_or(Hash::START, Sealed::hash),
        };
        wire::pack(&wire::PushRequest {
            epoch: self.epoch,
            from: from as u64,
            entries: entries.iter().map(|one| one.bytes().to_vec().into()).collect(),
            head,
            signature: head.sign(&self.post.terminal, &self.key),
        })
    }

    pub fn push(&self, from: usize, to: usize) -> Heard {
        self.ask(Method::POST, path::PUSH, self.parcel(from, to), None)
    }

    pub fn push_all(&self) -> wire::PushReply {
        let heard = self.push(1, self.memory.sealed.len());
        assert_eq!(heard.status, 200);
        heard.read()
    }

    pub fn hello(&self, acked: Head, cursor: u64) -> wire::HelloReply {
        let Ok((head, _)) = self.memory.head();
        let ask = wire::HelloRequest {
            head,
            acked,
            epoch: Some(self.epoch),
            protocol: (1, 1),
            program_version: "test".to_owned(),
            wall: Moment::from_millis(0),
            cursor,
            bundle: 0,
        };
        let heard = self.ask(Method::POST, path::HELLO, wire::pack(&ask), None);
        assert_eq!(heard.status, 200);
        heard.read()
    }

    pub fn feed(&self, from: u64) -> wire::FeedReply {
        let heard = self.ask(
            Method::GET,
            &format!("{}?from={from}", path::FEED),
            Vec::new(),
            None,
        );
        assert_eq!(heard.status, 200);
        heard.read()
    }

    /// All pages after a cursor.
    pub fn feed_to_the_end(&self, mut from: u64) -> (Vec<wire::FeedChange>, u64, u64) {
        let mut changes = Vec::new();
        loop {
            let wire::FeedReply::Page(page) = self.feed(from) else {
                panic!("the cursor is good");
            };
            changes.extend(page.changes);
            from = page.to;
            if !page.more {
                return (changes, page.to, page.reflected);
            }
        }
    }
}

//! Somebody between till and server: passes everything on, or does one of the things that lines, proxies and login
//! pages do. On this machine only, one request of a till at a time, and gone with its test.

use std::collections::HashMap;
use std::io::{Read, Write};
use std::net::{TcpListener, TcpStream};
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use ed25519_dalek::SigningKey;
use vafa::wire::{self, ReplyParts, header};

/// What the middleman does to requests of one kind.
#[derive(Clone, Debug, PartialEq)]
pub enum Mood {
    /// Passes on.
    Honest,
    /// Answers with these bytes.
    Says(String),
    /// Lets the server answer and passes on half of it.
    Half,
    /// Lets the server answer and signs the answer anew, with a key of its own.
    OtherKey,
    /// Answers as the server did when the same was asked before.
    Old,
    /// The same, under the new question's nonce.
    OldRenamed,
    /// Takes the request and never answers.
    Silent,
    /// Lets the server answer and keeps the answer.
    Keeps,
}

struct Shared {
    server: Mutex<String>,
    mood: Mutex<(&'static str, Mood)>,
    before: Mutex<HashMap<String, Vec<u8>>>,
    asked: AtomicUsize,
    answered: AtomicUsize,
    is_over: AtomicBool,
}

pub struct Middleman {
    address: String,
    shared: Arc<Shared>,
    thread: Option<std::thread::JoinHandle<()>>,
}

impl Middleman {
    pub fn before(server: &str) -> Middleman {
        let listener = TcpListener::bind("127.0.0.1:0").expect("a port");
        let address = listener.local_addr().expect("an address").to_string();
        let shared = Arc::new(Shared {
            server: Mutex::new(server.to_owned()),
            mood: Mutex::new(("", Mood::Honest)),
            before: Mutex::default(),
            asked: AtomicUsize::new(0),
            answered: AtomicUsize::new(0),
            is_over: AtomicBool::new(false),
        });
        let inside = Arc::clone(&shared);
        let thread = std::thread::spawn(move || {
            let mut talks = Vec::new();
            for guest in listener.incoming().flatten() {
                if inside.is_over.load(Ordering::SeqCst) {
                    break;
                }
                let talk = Arc::clone(&inside);
                talks.push(std::thread::spawn(move || talk.talk(guest)));
            }
            talks.into_iter().for_each(|talk| {
                let _ = talk.join();
            });
        });
        Middleman {
            address,
            shared,
            thread: Some(thread),
        }
    }

    pub fn url(&self) -> String {
        format!("http://{}", self.address)
    }

    /// From now on requests to this path meet this mood; all others are passed on.
    pub fn turns(&self, path: &'static str, mood: Mood) {
        *self.shared.mood.lock().expect("a lock") = (path, mood);
    }

    /// From now on another server stands behind.
    pub fn leads_to(&self, server: &str) {
        *self.shared.server.lock().expect("a lock") = server.to_owned();
    }

    /// How many requests met the mood.
    pub fn asked(&self) -> usize {
        self.shared.asked.load(Ordering::SeqCst)
    }

    /// How many of them the server has answered.
    pub fn answered(&self) -> usize {
        self.shared.answered.load(Ordering::SeqCst)
    }
}

impl Drop for Middleman {
    fn drop(&mut self) {
        self.shared.is_over.store(true, Ordering::SeqCst);
        let _ = TcpStream::connect(&self.address);
        if let Some(thread) = self.thread.take() {
            let _ = thread.join();
        }
    }
}

struct Message {
    bytes: Vec<u8>,
    body_at: usize,
}

impl Message {
    fn head(&self) -> String {
        String::from_utf8_lossy(&self.bytes[..self.body_at]).into_owned()
    }

    fn header(&self, name: &str) -> String {
        let head = self.head();
        let lines = head.lines().filter_map(|line| line.split_once(':'));
        let mut found = lines.filter(|(key, _)| key.eq_ignore_ascii_case(name));
        found
            .next()
            .map_or(String::new(), |(_, value)| value.trim().to_owned())
    }

    fn path(&self) -> String {
        self.head().split(' ').nth(1).unwrap_or_default().to_owned()
    }

    fn with_header(&self, name: &str, value: &str) -> Vec<u8> {
        let head = self.head();
        let lines = head.trim_end().lines().map(|line| match line.split_once(':') {
            Some((key, _)) if key.eq_ignore_ascii_case(name) => format!("{key}: {value}"),
            _ => line.to_owned(),
        });
        let mut bytes = lines.collect::<Vec<_>>().join("\r\n").into_bytes();
        bytes.extend_from_slice(b"\r\n\r\n");
        bytes.extend_from_slice(&self.bytes[self.body_at..]);
        bytes
    }
}

impl Shared {
    fn talk(&self, mut guest: TcpStream) {
        let _ = guest.set_nodelay(true);
        while let Some(question) = self.read(&mut guest) {
            let (path, mood) = self.mood.lock().expect("a lock").clone();
            let mood = if question.path().starts_with(path) {
                mood
            } else {
                Mood::Honest
            };
            if mood != Mood::Honest {
                self.asked.fetch_add(1, Ordering::SeqCst);
            }
            let Some(answer) = self.answer(&question, &mood) else {
                return;
            };
            if guest.write_all(&answer).is_err() || mood == Mood::Half {
                return;
            }
        }
    }

    fn answer(&self, question: &Message, mood: &Mood) -> Option<Vec<u8>> {
        let path = question.path();
        match mood {
            Mood::Says(bytes) => return Some(bytes.clone().into_bytes()),
            Mood::Silent => {
                self.wait_for_the_end();
                return None;
            }
            Mood::Old | Mood::OldRenamed => {
                let bytes = self.before.lock().expect("a lock").get(&path)?.clone();
                let body_at = head_end(&bytes)?;
                let old = Message { bytes, body_at };
                return Some(match mood {
                    Mood::Old => old.bytes,
                    _ => old.with_header(header::NONCE, &question.header(header::NONCE)),
                });
            }
            Mood::Honest | Mood::Half | Mood::OtherKey | Mood::Keeps => {}
        }
        let reply = self.ask_the_server(question)?;
        if *mood != Mood::Honest {
            self.answered.fetch_add(1, Ordering::SeqCst);
        }
        match mood {
            Mood::Half => {
                Some(reply.bytes[..reply.body_at + (reply.bytes.len() - reply.body_at) / 2].to_vec())
            }
            Mood::OtherKey => {
                let signature = ReplyParts {
                    status: 200,
                    path: &path,
                    nonce: &question.header(header::NONCE),
                    body: &reply.bytes[reply.body_at..],
                }
                .sign(&SigningKey::from_bytes(&[7; 32]));
                Some(reply.with_header(header::SIGNATURE, &signature))
            }
            Mood::Keeps => {
                self.wait_for_the_end();
                None
            }
            _ => {
                self.before
                    .lock()
                    .expect("a lock")
                    .insert(path, reply.bytes.clone());
                Some(reply.bytes)
            }
        }
    }

    fn ask_the_server(&self, question: &Message) -> Option<Message> {
        let server = self.server.lock().expect("a lock").clone();
        let mut line = TcpStream::connect(server).ok()?;
        line.write_all(&question.bytes).ok()?;
        self.read(&mut line)
    }

    fn wait_for_the_end(&self) {
        let mood = self.mood.lock().expect("a lock").clone();
        while !self.is_over.load(Ordering::SeqCst) && *self.mood.lock().expect("a lock") == mood {
            std::thread::sleep(Duration::from_millis(5));
        }
    }

    /// Reads one message: its head, and as many bytes as the head names.
    fn read(&self, line: &mut TcpStream) -> Option<Message> {
        let _ = line.set_read_timeout(Some(Duration::from_millis(50)));
        let (mut bytes, mut chunk) = (Vec::new(), [0; 16 * 1024]);
        loop {
            if let Some(body_at) = head_end(&bytes) {
                let message = Message { bytes, body_at };
                let length: usize = message.header("content-length").parse().unwrap_or(0);
                if message.bytes.len() >= body_at + length {
                    return Some(message);
                }
                bytes = message.bytes;
            }
            match line.read(&mut chunk) {
                Ok(0) => return None,
                Ok(read) => bytes.extend_from_slice(&chunk[..read]),
                Err(error)
                    if matches!(
                        error.kind(),
                        std::io::ErrorKind::WouldBlock | std::io::ErrorKind::TimedOut
                    ) =>
                {
                    if self.is_over.load(Ordering::SeqCst) {
                        return None;
                    }
                }
                Err(_) => return None,
            }
            assert!(bytes.len() < 8 * wire::BODY_BYTES, "no message is that long");
        }
    }
}

fn head_end(bytes: &[u8]) -> Option<usize> {
    bytes
        .windows(4)
        .position(|four| four == b"\r\n\r\n")
        .map(|at| at + 4)
}

//! The full check of an exported log in Rust: line, walk, canonical form, envelope and data, time, command ids, head.
//! It never goes on after the first fault: what stands behind it has no meaning.

use std::collections::HashSet;

use proto::event::DecodeError;
use proto::tail::Tail;
use proto::walk::{Fault, Walk, blame};
use proto::{CommandId, Event, Hash, Instant, Origin};

/// What a check says.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Verdict {
    /// Everything fits.
    Whole { events: u64, root: Hash },
    /// The first body that does not fit, or the position up to which they are not those of the head.
    Broken { position: u64, reason: String },
    /// All bodies fit each other, but not the head.
    End { reason: String },
}

/// Why a body does not fit.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Unfit {
    /// The walk says so.
    Walk(Fault),
    /// The body in itself, or beside those before it.
    Body(String),
}

/// The check's state between two bodies.
#[derive(Clone)]
pub struct Check {
    pub walk: Walk,
    at: Instant,
    commands: HashSet<CommandId>,
}

impl Check {
    pub fn new(origin: Origin) -> Self {
        Self { walk: Walk::new(origin), at: Instant::default(), commands: HashSet::new() }
    }

    /// Takes the next body, or says why it does not fit.
    pub fn take(&mut self, body: &[u8]) -> Result<Hash, Unfit> {
        let hash = self.walk.step(body).map_err(Unfit::Walk)?;
        let envelope = Event::decode(body).map_err(|e| Unfit::Body(reason(&e)))?.envelope;
        if envelope.at < self.at {
            return Err(Unfit::Body("at lies before the at of the event before".to_owned()));
        }
        self.at = envelope.at;
        if !self.commands.insert(envelope.command.id) {
            return Err(Unfit::Body("the command has an event already".to_owned()));
        }
        Ok(hash)
    }
}

/// The words of a decoding error; what a JSON library says about a shape is its own affair.
fn reason(error: &DecodeError) -> String {
    match error {
        DecodeError::Shape(_) => "not an event".to_owned(),
        DecodeError::TooLarge(_) | DecodeError::Canon(_) | DecodeError::Kind { .. } => error.to_string(),
    }
}

/// The log that a first body names, if it has the form of an origin; otherwise one that no body names.
pub fn origin(body: &[u8]) -> Origin {
    let named = Tail::read(body).and_then(|tail| Origin::parse(std::str::from_utf8(tail.log).ok()?).ok());
    named.unwrap_or_else(|| Origin::parse("none").expect("an origin"))
}

/// Checks an export, and its head where there is one.
pub fn verify(file: &[u8], head: Option<&str>) -> Verdict {
    let mut lines: Vec<&[u8]> = file.split(|b| *b == b'\n').collect();
    let rest = lines.pop().unwrap_or_default();
    let origin = origin(lines.first().copied().unwrap_or_default());
    let mut check = Check::new(origin.clone());
    let mut roots = vec![check.walk.root()];
    for (i, body) in lines.iter().enumerate() {
        match check.take(body) {
            Ok(_) => roots.push(check.walk.root()),
            Err(Unfit::Walk(fault)) => {
                let Fault { position, broken } = blame(fault, body, lines.get(i + 1).copied());
                return Verdict::Broken { position, reason: broken.to_string() };
            }
            Err(Unfit::Body(reason)) => return Verdict::Broken { position: i as u64 + 1, reason },
        }
    }
    if !rest.is_empty() {
        let reason = "the file breaks off in the middle of a line".to_owned();
        return Verdict::Broken { position: roots.len() as u64, reason };
    }
    if let Some(verdict) = head.and_then(|head| against(head, &origin, &roots)) {
        return verdict;
    }
    Verdict::Whole { events: lines.len() as u64, root: check.walk.root() }
}

/// What a head says against a log with these roots, one for each size from 0 on.
fn against(head: &str, origin: &Origin, roots: &[Hash]) -> Option<Verdict> {
    let events = roots.len() - 1;
    let end = |reason: String| Some(Verdict::End { reason });
    let Some((of, size, stated)) = members(head) else {
        return end("the head is not origin, size and root on three lines".to_owned());
    };
    if events > 0 && of != *origin {
        return end(format!("the head is of the log \"{of}\""));
    }
    match usize::try_from(size).ok().and_then(|size| roots.get(size)) {
        None => end(format!("the head counts {size} events, the log has {events}")),
        Some(root) if stated != base64(&root.0) => {
            Some(Verdict::Broken { position: size, reason: "the root up to here is not the head's".to_owned() })
        }
        Some(_) => None,
    }
}

/// Origin, size and root of a head that has its form.
fn members(head: &str) -> Option<(Origin, u64, &str)> {
    let lines: Vec<&str> = head.strip_suffix('\n')?.split('\n').collect();
    let [of, size, root] = lines[..] else { return None };
    let of = Origin::parse(of).ok()?;
    let size = size.parse().ok().filter(|n: &u64| n.to_string() == size && size.len() <= 16)?;
    let digits = root.strip_suffix('=').filter(|d| d.len() == 43)?;
    digits.bytes().all(|b| b.is_ascii_alphanumeric() || matches!(b, b'+' | b'/')).then_some((of, size, root))
}

/// The head as an export has it beside it.
pub fn head(origin: &str, size: u64, root: Hash) -> String {
    format!("{origin}\n{size}\n{}\n", base64(&root.0))
}

/// Standard base64 with padding (RFC 4648, section 4).
pub fn base64(bytes: &[u8]) -> String {
    const DIGITS: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    let mut text = String::new();
    for three in bytes.chunks(3) {
        let n = three.iter().fold(0_u32, |n, b| n << 8 | u32::from(*b)) << (8 * (3 - three.len()));
        for digit in 0..4 {
            let six = n >> (18 - 6 * digit) & 63;
            text.push(if digit <= three.len() { char::from(DIGITS[six as usize]) } else { '=' });
        }
    }
    text
}

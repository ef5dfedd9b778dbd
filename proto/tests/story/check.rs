//! The full check of an exported log in Rust: line, walk, canonical form, envelope and data, time, command ids, head.
//! It never goes on after the first fault: what stands behind it has no meaning.

use std::collections::HashSet;

use proto::event::DecodeError;
use proto::tail::Tail;
use proto::walk::{Fault, Walk};
use proto::{CommandId, Event, Hash, Instant, Origin};

/// What a check says.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Verdict {
    /// Everything fits.
    Whole { events: u64, root: Hash },
    /// The first body that does not fit.
    Broken { position: u64, reason: String },
    /// All bodies fit each other, but not the head.
    End { reason: String },
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
    pub fn take(&mut self, body: &[u8]) -> Result<Hash, String> {
        let hash = self.walk.step(body).map_err(|Fault { broken, .. }| broken.to_string())?;
        let envelope = Event::decode(body).map_err(|e| reason(&e))?.envelope;
        if envelope.at < self.at {
            return Err("at lies before the at of the event before".to_owned());
        }
        self.at = envelope.at;
        if !self.commands.insert(envelope.command.id) {
            return Err("the command has an event already".to_owned());
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
    for body in &lines {
        if let Err(reason) = check.take(body) {
            // The walk has taken the body where it is the decoding that fails.
            let position = lines.iter().position(|b| std::ptr::eq(*b, *body)).expect("it is one of them") as u64 + 1;
            return Verdict::Broken { position, reason };
        }
    }
    let events = lines.len() as u64;
    if !rest.is_empty() {
        return Verdict::Broken { position: events + 1, reason: "the file breaks off in the middle of a line".to_owned() };
    }
    let root = check.walk.root();
    match head.map(|head| against(head, &origin, events, root)) {
        Some(Err(reason)) => Verdict::End { reason },
        Some(Ok(())) | None => Verdict::Whole { events, root },
    }
}

fn against(head: &str, origin: &Origin, events: u64, root: Hash) -> Result<(), String> {
    let malformed = || "the head is not origin, size and root on three lines".to_owned();
    let lines: Vec<&str> = head.strip_suffix('\n').ok_or_else(malformed)?.split('\n').collect();
    let [of, size, stated] = lines[..] else { return Err(malformed()) };
    let of = Origin::parse(of).map_err(|_| malformed())?;
    let size: u64 = size.parse().ok().filter(|n: &u64| n.to_string() == size).ok_or_else(malformed)?;
    if stated.len() != 44 || !stated.bytes().all(|b| b.is_ascii_alphanumeric() || matches!(b, b'+' | b'/' | b'=')) {
        return Err(malformed());
    }
    if events > 0 && of != *origin {
        return Err(format!("the head is of the log \"{of}\""));
    }
    if size != events {
        return Err(format!("the head counts {size} events, the file has {events}"));
    }
    if stated != base64(&root.0) {
        return Err("the root is not the head's".to_owned());
    }
    Ok(())
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

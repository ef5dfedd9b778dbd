//! Reading a policy: a line for each log, witness and group, and one for the quorum.
//! A line may only name what stands before it, and each name stands in one group alone.

use std::collections::HashMap;

use super::{Known, POLICY_BYTES_MAX, POLICY_LINES_MAX, Policy, Rule};
use crate::note::{Key, KeyKind};

/// A policy that is none: the line, and what is wrong there.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("bad_policy: line {line}: {what}")]
pub struct BadPolicy {
    /// The line, from 1; 0 for the whole.
    pub line: usize,
    /// What is wrong.
    pub what: &'static str,
}

/// A policy as far as it was read.
#[derive(Default)]
struct Reading {
    logs: Vec<Known>,
    witnesses: Vec<Known>,
    /// What a name stands for, and whether a group has taken it.
    named: HashMap<String, (Rule, bool)>,
    groups: usize,
    quorum: Option<Rule>,
}

impl Policy {
    /// Reads a policy.
    ///
    /// # Errors
    /// [`BadPolicy`] naming the first line that is wrong.
    pub fn parse(text: &str) -> Result<Self, BadPolicy> {
        let whole = |what| BadPolicy { line: 0, what };
        if text.len() > POLICY_BYTES_MAX {
            return Err(whole("it has too many bytes"));
        }
        if text.bytes().any(|b| b < 0x20 && b != b'\t' && b != b'\n' || b == 0x7f) {
            return Err(whole("it has control characters"));
        }
        if !text.ends_with('\n') {
            return Err(whole("its last line has no end: it may have been cut off"));
        }
        let mut reading = Reading::default();
        for (i, line) in text.split('\n').enumerate() {
            let words: Vec<&str> = line.split([' ', '\t']).filter(|word| !word.is_empty()).collect();
            if words.first().is_none_or(|word| word.starts_with('#')) {
                continue;
            }
            reading.line(&words).map_err(|what| BadPolicy { line: i + 1, what })?;
        }
        let quorum = reading.quorum.ok_or(whole("it has no quorum"))?;
        Ok(Self::new(reading.logs, reading.witnesses, quorum))
    }
}

impl Reading {
    fn line(&mut self, words: &[&str]) -> Result<(), &'static str> {
        match *words {
            ["log", key] => self.log(key, None),
            ["log", key, url] => self.log(key, Some(url)),
            ["witness", name, key] => self.witness(name, key, None),
            ["witness", name, key, url] => self.witness(name, key, Some(url)),
            ["group", name, least, ref members @ ..] => self.group(name, least, members),
            ["quorum", name] => self.set_quorum(name),
            _ => Err("a line is `log KEY [URL]`, `witness NAME KEY [URL]`, `group NAME K MEMBER...` or `quorum NAME`"),
        }
    }

    fn log(&mut self, key: &str, url: Option<&str>) -> Result<(), &'static str> {
        if self.logs.len() == POLICY_LINES_MAX {
            return Err("there are too many logs");
        }
        let known = known(String::new(), key, url, KeyKind::Log)?;
        if self.holds(&known.key) {
            return Err("the same key stands there twice");
        }
        self.logs.push(known);
        Ok(())
    }

    fn witness(&mut self, name: &str, key: &str, url: Option<&str>) -> Result<(), &'static str> {
        if self.witnesses.len() == POLICY_LINES_MAX {
            return Err("there are too many witnesses");
        }
        let known = known(name.to_owned(), key, url, KeyKind::Witness)?;
        if self.holds(&known.key) {
            return Err("the same key stands there twice");
        }
        self.name(name, Rule::Witness(self.witnesses.len()))?;
        self.witnesses.push(known);
        Ok(())
    }

    /// Whether a key stands there already, under whatever name; or another one that no signature line tells apart from it.
    fn holds(&self, key: &Key) -> bool {
        let alike = |known: &Key| known.name() == key.name() && known.id() == key.id();
        self.logs.iter().chain(&self.witnesses).any(|k| k.key.bytes() == key.bytes() || alike(&k.key))
    }

    fn name(&mut self, name: &str, rule: Rule) -> Result<(), &'static str> {
        if name == "none" || self.named.contains_key(name) {
            return Err("the name stands for something else already");
        }
        self.named.insert(name.to_owned(), (rule, false));
        Ok(())
    }

    fn group(&mut self, name: &str, least: &str, members: &[&str]) -> Result<(), &'static str> {
        if self.groups == POLICY_LINES_MAX {
            return Err("there are too many groups");
        }
        self.groups += 1;
        let least = match least {
            "all" => Some(members.len()),
            "any" => Some(1),
            number => number.parse().ok().filter(|k: &usize| k.to_string() == number),
        };
        let least = least.filter(|k| (1..=members.len()).contains(k));
        let least = least.ok_or("a group asks for all, any, or 1 to as many as it has members")?;
        let mut rules = Vec::with_capacity(members.len());
        for member in members {
            let (rule, taken) = self.named.get_mut(*member).ok_or("a member is not named before")?;
            if std::mem::replace(taken, true) {
                return Err("a member stands in another group, or twice");
            }
            rules.push(rule.clone());
        }
        self.name(name, Rule::Group(least, rules))
    }

    fn set_quorum(&mut self, name: &str) -> Result<(), &'static str> {
        if self.quorum.is_some() {
            return Err("there are two quorums");
        }
        let rule = match name {
            "none" => Rule::Nobody,
            name => self.named.get(name).ok_or("the quorum is not named before")?.0.clone(),
        };
        self.quorum = Some(rule);
        Ok(())
    }
}

fn known(name: String, key: &str, url: Option<&str>, kind: KeyKind) -> Result<Known, &'static str> {
    let key = Key::parse(key).map_err(|_| "this is no key: NAME+ID+BASE64")?;
    if key.kind() != kind {
        return Err(match kind {
            KeyKind::Log => "this is no log's key",
            KeyKind::Witness => "this is no witness's key",
        });
    }
    Ok(Known { name, key, url: url.map(str::to_owned) })
}

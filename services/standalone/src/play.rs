//! `parindex play`: a script of {at, actor, command} in a training log on a scripted clock (RULINGS 32).
//! Played again it does nothing new: the ids give the old answers.

use std::collections::{HashMap, VecDeque};
use std::path::PathBuf;
use std::process::ExitCode;

use clap::Args;
use ledger::Pending;
use platform::clock::Clock;
use proto::script::Line as ScriptLine;
use proto::{ActorId, Answer, Command, CredentialId, Principal, Rejection};

use serde_json::error::Category;

use crate::data::Data;
use crate::failure::Failure;
use crate::home::Held;
use crate::lines::Lines;
use crate::node::{Node, Opening};
use crate::{out, progress};

/// Lines that are under way at once; their order is kept.
const UNDER_WAY_MAX: usize = 512;

/// What became of a script.
#[derive(Debug, Default, Clone, Copy)]
pub struct Played {
    /// Lines accepted, those of an earlier run included.
    pub accepted: u64,
    /// Lines refused.
    pub refused: u64,
    /// The last position that a line led to.
    pub position: u64,
}

/// `play`
#[derive(Debug, Args)]
pub struct Play {
    #[command(flatten)]
    pub data: Data,
    /// The script's files, in order.
    #[arg(required = true)]
    pub files: Vec<PathBuf>,
}

/// Does it.
pub async fn run(args: Play) -> anyhow::Result<ExitCode> {
    let files = args.files.iter().map(|file| Lines::open(file)).collect::<anyhow::Result<Vec<_>>>()?;
    let mut node = Node::open(Held::hold(&args.data)?, Opening::passing()).await?;
    if !matches!(*node.ledger().clock(), Clock::Scripted(_)) {
        let what = "only a training log on a scripted clock takes a script";
        return Err(Failure::new("not_scripted", what).into());
    }
    let mut played = Played::default();
    let length = files.iter().map(|lines| lines.length).sum::<Option<u64>>();
    let bar = progress::bytes("playing", length);
    let mut player = Player::new(&node);
    for lines in files {
        let each = player.play(lines, |bytes, answer| {
            bar.inc(bytes);
            Ok(out::answer(answer)?)
        });
        let each = each.await?;
        played.accepted += each.accepted;
        played.refused += each.refused;
    }
    bar.finish_and_clear();
    node.caught_up(|_, _| {}).await?;
    node.stop().await;
    eprintln!("{} accepted, {} refused", played.accepted, played.refused);
    Ok(if played.refused == 0 { ExitCode::SUCCESS } else { ExitCode::from(1) })
}

/// Plays lines through the same door as anyone's.
pub struct Player<'n> {
    node: &'n Node,
    credentials: HashMap<ActorId, CredentialId>,
}

impl<'n> Player<'n> {
    /// A player on a node.
    pub fn new(node: &'n Node) -> Self {
        Self { node, credentials: HashMap::new() }
    }

    /// Plays lines in order and shows each answer in order, with the length of its line in bytes.
    pub async fn play(
        &mut self,
        mut lines: Lines,
        mut show: impl FnMut(u64, &Answer) -> anyhow::Result<()>,
    ) -> anyhow::Result<Played> {
        let door = self.node.door();
        let mut under_way = VecDeque::new();
        let mut played = Played::default();
        let mut note = |bytes: u64, answer: &Answer| {
            match answer {
                Answer::Accepted(a) => {
                    played.accepted += 1;
                    played.position = played.position.max(a.position);
                }
                Answer::Refused(_) => played.refused += 1,
            }
            show(bytes, answer)
        };
        while let Some(line) = lines.next()? {
            let length = line.length();
            let parsed: Result<ScriptLine, _> = serde_json::from_slice(&line.bytes);
            let script = match parsed {
                Ok(script) => script,
                Err(e) => {
                    let broken = if line.ended { "" } else { "the file breaks off in the middle of a line; " };
                    let detail = format!("{broken}line {}: {e}", line.number);
                    drain(&mut under_way, 0, &mut note).await?;
                    // What is JSON but no line of a script is of the wrong shape.
                    let rejection = match e.classify() {
                        Category::Data => Rejection::WrongShape { detail },
                        Category::Syntax | Category::Eof | Category::Io => Rejection::NotJson { detail },
                    };
                    note(length, &Answer::refused(None, &rejection))?;
                    continue;
                }
            };
            let credential = match self.credentials.get(&script.actor) {
                Some(credential) => credential.clone(),
                None => {
                    let credential = self.node.play_credential(&script.actor, script.at).await?;
                    self.credentials.insert(script.actor.clone(), credential.clone());
                    credential
                }
            };
            let principal = Principal::token(script.actor, credential);
            let command = Command::from_value(script.command);
            under_way.push_back((length, door.enqueue(principal, vec![command], Some(script.at)).await));
            drain(&mut under_way, UNDER_WAY_MAX, &mut note).await?;
        }
        drain(&mut under_way, 0, &mut note).await?;
        Ok(played)
    }
}

async fn drain(
    under_way: &mut VecDeque<(u64, Pending)>,
    down_to: usize,
    note: &mut impl FnMut(u64, &Answer) -> anyhow::Result<()>,
) -> anyhow::Result<()> {
    while under_way.len() > down_to {
        let (length, pending) = under_way.pop_front().expect("it is longer than it may be");
        for answer in pending.answers().await {
            note(length, &answer)?;
        }
    }
    Ok(())
}

//! `parindex submit`: commands, one a line, with one token; a result a line, in order.
//! What was printed as accepted is durable; sent again, the same file gives the same answers.

use std::path::PathBuf;
use std::process::ExitCode;

use clap::Args;
use platform::ports::Authenticate;
use proto::{Answer, Command, Principal, Rejection, Scope};

use crate::client::Client;
use crate::data::Data;
use crate::failure::Failure;
use crate::home::Home;
use crate::lines::{Line, Lines};
use crate::node::Node;
use crate::operate::{Reached, reach};
use crate::{out, progress};

/// The most commands of one request.
const BATCH_COMMANDS: usize = 200;
/// The bytes after which a request is full: with one more command of any size it stays below what a server takes.
const BATCH_BYTES: u64 = platform::http::BODY_BYTES_MAX as u64 / 4;

/// `submit`
#[derive(Debug, Args)]
pub struct Submit {
    #[command(flatten)]
    pub data: Data,
    /// The sender's token; or in the environment variable PARINDEX_TOKEN.
    #[arg(long, env = "PARINDEX_TOKEN", hide_env_values = true)]
    pub token: String,
    /// The commands, one a line; - for standard input.
    pub file: PathBuf,
}

/// Does it, through the running server where there is one.
pub async fn run(args: Submit) -> anyhow::Result<ExitCode> {
    let home = Home::open(&args.data).await?;
    let mut lines = Lines::open(&args.file)?;
    let bar = progress::bytes("submitting", lines.length);
    let mut refused = 0_u64;
    let mut total = 0_u64;
    let sender = Sender::open(&home, args.token).await?;
    let sent = async {
        while let Some((batch, bytes)) = batch(&mut lines)? {
            for answer in sender.send(batch).await? {
                total += 1;
                refused += show(&answer)?;
            }
            bar.inc(bytes);
        }
        anyhow::Ok(())
    }
    .await;
    sender.close().await;
    sent?;
    bar.finish_and_clear();
    eprintln!("{} accepted, {refused} refused", total - refused);
    Ok(if refused == 0 { ExitCode::SUCCESS } else { ExitCode::from(1) })
}

/// The way to the ledger with a token: through the running server where there is one, otherwise by holding the home.
pub enum Sender {
    /// Somebody serves the home.
    Server(Client),
    /// Nobody does.
    Here(Box<Node>, Principal),
}

impl Sender {
    /// Finds the way; a token that is not valid ends here.
    pub async fn open(home: &Home, token: String) -> anyhow::Result<Self> {
        let node = match reach(home).await? {
            Reached::Server(server) => {
                let client = Client::new(&server, token);
                client.check().await?;
                return Ok(Self::Server(client));
            }
            Reached::Node(node) => node,
        };
        match node.identity.authenticate(&token).await {
            Some(bearer) if bearer.scopes.has(Scope::Commands) => Ok(Self::Here(node, bearer.principal)),
            Some(_) => {
                node.stop().await;
                Err(Failure::new("scope_missing", "the token has not the scope \"commands\"").into())
            }
            None => {
                node.stop().await;
                Err(Failure::new("unauthenticated", "the token is not valid").into())
            }
        }
    }

    /// Sends commands; their answers, in order, are durable.
    pub async fn send(&self, batch: Vec<Sent>) -> anyhow::Result<Vec<Answer>> {
        match self {
            Self::Server(client) => client.submit(batch).await,
            Self::Here(node, principal) => {
                let commands = batch.into_iter().map(Result::from).collect();
                Ok(node.gate().submit(principal.clone(), commands).await)
            }
        }
    }

    /// Sends command after command and lets go of the home; the first that is refused ends it, and is given.
    pub async fn send_each(self, commands: Vec<Command>) -> anyhow::Result<Option<Answer>> {
        let refused = async {
            for command in commands {
                let sent = Sent { bytes: command.to_canonical(), command: Ok(command) };
                let answers = self.send(vec![sent]).await?;
                if let Some(refused) = answers.into_iter().find(|answer| matches!(answer, Answer::Refused(_))) {
                    return anyhow::Ok(Some(refused));
                }
            }
            Ok(None)
        }
        .await;
        self.close().await;
        refused
    }

    /// Lets go of the home, if it was held.
    pub async fn close(self) {
        if let Self::Here(node, _) = self {
            node.stop().await;
        }
    }
}

fn show(answer: &Answer) -> anyhow::Result<u64> {
    out::answer(answer)?;
    Ok(u64::from(matches!(answer, Answer::Refused(_))))
}

/// A line's command as it is to be sent: its bytes, or why they are none.
pub struct Sent {
    /// The line's bytes.
    pub bytes: Vec<u8>,
    /// What it is.
    pub command: Result<Command, Rejection>,
}

impl From<Sent> for Result<Command, Rejection> {
    fn from(sent: Sent) -> Self {
        sent.command
    }
}

/// The next request's lines and their length in bytes.
fn batch(lines: &mut Lines) -> anyhow::Result<Option<(Vec<Sent>, u64)>> {
    let (mut batch, mut bytes) = (Vec::new(), 0);
    while batch.len() < BATCH_COMMANDS && bytes < BATCH_BYTES {
        let Some(line) = lines.next()? else { break };
        bytes += line.length();
        batch.push(sent(line));
    }
    Ok((!batch.is_empty()).then_some((batch, bytes)))
}

fn sent(line: Line) -> Sent {
    let command = Command::parse(&line.bytes).map_err(|rejection| match rejection {
        Rejection::NotJson { detail } if !line.ended => {
            let detail = format!("the file breaks off in the middle of line {}: {detail}", line.number);
            Rejection::NotJson { detail }
        }
        Rejection::NotJson { detail } => Rejection::NotJson { detail: format!("line {}: {detail}", line.number) },
        other => other,
    });
    Sent { bytes: line.bytes, command }
}

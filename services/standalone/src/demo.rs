//! `parindex demo`: the sample round of Hanoi 2022, played through the same door as anyone's commands.
//! On a folder with its own finished demo it shows it; with a half-played one it goes on; with any other log it refuses.

use std::net::SocketAddr;
use std::path::PathBuf;
use std::process::ExitCode;

use clap::Args;
use dashboard::Site;
use proto::act::log::Mode;
use proto::script::Line as ScriptLine;
use proto::{ActorId, Event, Fact, Origin};

use crate::data::Data;
use crate::failure::Failure;
use crate::folder::Folder;
use crate::home::Held;
use crate::init::{Beginning, begin, genesis};
use crate::lines::Lines;
use crate::node::{Node, Opening};
use crate::play::Player;
use crate::progress::bar;
use crate::{against, ranking_table, serve, verify};

const ORIGIN: &str = "parindex.example/hanoi-2022/training";

macro_rules! part {
    ($number:literal, $name:literal) => {
        (
            $name,
            include_bytes!(concat!("../../../deploy/rounds/hanoi-2022/", $number, "-", $name, ".ndjson")).as_slice(),
        )
    };
}
/// The script's parts in order.
const PARTS: [(&str, &[u8]); 9] = [
    part!("01", "setup"),
    part!("02", "self-scoring"),
    part!("03", "first-appraisal"),
    part!("04", "explanation"),
    part!("05", "second-appraisal"),
    part!("06", "survey"),
    part!("07", "council"),
    part!("08", "publication"),
    part!("09", "appeals"),
];

/// The name of a part.
pub fn part(text: &str) -> Result<String, String> {
    let names: Vec<&str> = PARTS.iter().map(|(name, _)| *name).collect();
    if names.contains(&text) { Ok(text.to_owned()) } else { Err(format!("one of {}", names.join(", "))) }
}

/// `demo`
#[derive(Debug, Args)]
pub struct Demo {
    /// The data folder.
    #[arg(long, value_name = "DIR", default_value = "demo")]
    pub data: PathBuf,
    /// End after the verification instead of serving.
    #[arg(long)]
    pub no_serve: bool,
    /// Play only up to the end of this part, and leave the round open there.
    #[arg(long, value_name = "PART", value_parser = part)]
    pub until: Option<String>,
    /// Where to serve.
    #[arg(long, value_name = "ADDRESS", default_value = "127.0.0.1:8282")]
    pub listen: SocketAddr,
}

/// Does it.
pub async fn run(args: Demo) -> anyhow::Result<ExitCode> {
    let listener = if args.no_serve { None } else { Some(serve::listen(args.listen).await?) };
    let mut node = open(&args).await?;
    let until = args.until.as_deref();
    let count = PARTS.iter().position(|(name, _)| Some(*name) == until).map_or(PARTS.len(), |i| i + 1);
    let lines: usize = PARTS[..count].iter().map(|(_, bytes)| bytes.iter().filter(|b| **b == b'\n').count()).sum();
    let playing = bar("playing the round", lines as u64);
    let mut player = Player::new(&node);
    let mut end = 0;
    for (name, bytes) in &PARTS[..count] {
        let played = player
            .play(Lines::of(bytes), |_, answer| {
                playing.inc(1);
                match answer {
                    proto::Answer::Accepted(_) => Ok(()),
                    proto::Answer::Refused(r) => Err(anyhow::anyhow!("{name}: {}: {}", r.code, r.en)),
                }
            })
            .await;
        end = end.max(played?.position);
    }
    playing.finish_and_clear();
    let head = *platform::feed::Feed::head(&node.ledger().log()).borrow();
    if until.is_some() && head > end {
        eprintln!("note: the log goes on behind that part, to #{head}: it was played further before");
    }
    let projecting = bar("projecting", 0);
    node.caught_up(|at, head| {
        projecting.set_length(head);
        projecting.set_position(at);
    })
    .await?;
    projecting.finish_and_clear();
    node.signed_up().await;
    let home = node.home();
    ranking_table::print(&home, &ranking_table::Asked::everything()).await?;
    let holds = verify::check(&home, &against::beside(&home, None)?).await?;
    match listener {
        Some(listener) if holds => serve::serve(node, listener, Site::default(), None).await,
        _ => {
            node.stop().await;
            Ok(if holds { ExitCode::SUCCESS } else { ExitCode::from(1) })
        }
    }
}

async fn open(args: &Demo) -> anyhow::Result<Node> {
    let origin = Origin::parse(ORIGIN)?;
    let administrators = ["admin-a", "admin-b"].map(ActorId::parse).into_iter().collect::<Result<_, _>>()?;
    let first: ScriptLine = serde_json::from_slice(PARTS[0].1.split(|b| *b == b'\n').next().unwrap_or_default())?;
    let beginning =
        Beginning { origin, mode: Mode::Training, administrators, scripted_from: Some(first.at), continues: None };
    if args.data.join("parindex.json").exists() {
        let held = Folder::hold(&args.data)?;
        if *held.folder().origin() != beginning.origin {
            let what = format!("{} holds another log: {}", args.data.display(), held.folder().origin());
            return Err(Failure::new("not_the_demo", what).into());
        }
        let node =
            Node::open(Held::Folder(held), Opening { scripted_from: Some(first.at), ..Opening::passing() }).await?;
        if begun_otherwise(&node, &beginning).await? {
            node.stop().await;
            let what = format!("{} holds a log of the demo's name that began otherwise", args.data.display());
            return Err(Failure::new("not_the_demo", what).into());
        }
        return Ok(node);
    }
    let data = Data { data: Some(args.data.clone()), database_url: None };
    begin(&data, beginning).await
}

/// Whether a log that has begun began otherwise: nothing is written then.
async fn begun_otherwise(node: &Node, beginning: &Beginning) -> anyhow::Result<bool> {
    let first = platform::feed::Feed::after(&node.ledger().log(), 0, 1).await?;
    let Some(body) = first.first() else { return Ok(false) };
    let event = Event::decode(body)?;
    let same_time = beginning.scripted_from == Some(event.envelope.at);
    Ok(!same_time || event.fact != Fact::LogCreated(genesis(beginning)))
}

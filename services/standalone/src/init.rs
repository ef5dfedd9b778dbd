//! `parindex init`: begins a log with its genesis (RULINGS 31). It never touches a folder that holds one.

use std::path::{Path, PathBuf};
use std::process::ExitCode;

use clap::Args;
use proto::act::log::{ClockKind, Continued, CreateLog, Incompatible, Mode};
use proto::checkpoint::BadCheckpoint;
use proto::note::Note;
use proto::{Act, ActorId, Capacity, Instant, Origin};

use crate::against::{BelievedArgs, read};
use crate::data::Data;
use crate::failure::Failure;
use crate::home::Held;
use crate::node::{Node, Opening, accepted};
use crate::signing;

/// What a log begins with.
pub struct Beginning {
    /// Its origin.
    pub origin: Origin,
    /// Training or live.
    pub mode: Mode,
    /// The two administrators.
    pub administrators: Vec<ActorId>,
    /// Where the script of a scripted clock begins.
    pub scripted_from: Option<Instant>,
    /// The log that it goes on from.
    pub continues: Option<Continued>,
}

/// `init`
#[derive(Debug, Args)]
#[command(group(clap::ArgGroup::new("mode").required(true).args(["training", "live"])))]
pub struct Init {
    #[command(flatten)]
    pub data: Data,
    /// The log's origin, the first line of its checkpoints, as in cchc.hanoi.gov.vn/2026.
    #[arg(long)]
    pub origin: Origin,
    /// A log for practice.
    #[arg(long)]
    pub training: bool,
    /// A log that counts.
    #[arg(long)]
    pub live: bool,
    /// One of the two first administrators; give it twice.
    #[arg(long = "administrator", value_name = "ACTOR", required = true)]
    pub administrators: Vec<ActorId>,
    /// A training log on a scripted clock that begins at this moment (RFC 3339, UTC, six decimals).
    #[arg(long, value_name = "INSTANT")]
    pub scripted_from: Option<Instant>,
    /// The log that ended where this one begins, by the last signed checkpoint over it; --policy or --log-key says whose
    /// signature is believed.
    #[arg(long, value_name = "FILE")]
    pub continues: Option<PathBuf>,
    #[command(flatten)]
    pub believed: BelievedArgs,
}

/// Does it.
pub async fn run(args: Init) -> anyhow::Result<ExitCode> {
    let mode = if args.live { Mode::Live } else { Mode::Training };
    let continues =
        args.continues.as_deref().map(|file| predecessor(file, &args.believed, &args.origin)).transpose()?;
    let Init { data, origin, administrators, scripted_from, .. } = args;
    let beginning = Beginning { origin, mode, administrators, scripted_from, continues };
    let node = begin(&data, beginning).await?;
    say!("{}: the log has begun", node.ledger().origin());
    node.stop().await;
    Ok(ExitCode::SUCCESS)
}

/// The log that ended, by a signed checkpoint over all of it. It must be believed, by the quorum too.
fn predecessor(file: &Path, believed: &BelievedArgs, origin: &Origin) -> anyhow::Result<Continued> {
    let policy = believed.named()?;
    let bytes = read(file)?;
    let told = policy.open(&Note::parse(&bytes).map_err(BadCheckpoint::from)?)?;
    if !told.quorum_met {
        return Err(
            Failure::new("quorum_not_met", "too few of the witnesses have cosigned the old log's checkpoint").into()
        );
    }
    let old = Origin::parse(&told.checkpoint.origin)?;
    if old == *origin {
        return Err(Failure::new("continues_itself", format!("{old} is the old log's origin: say another one")).into());
    }
    let (checkpoint, head) = (String::from_utf8(bytes)?, told.checkpoint.head);
    Ok(Continued { checkpoint, origin: old, root: head.root, size: head.size })
}

/// The genesis of a beginning. Nobody is administrator and anything else (RULINGS 19).
pub fn genesis(beginning: &Beginning) -> CreateLog {
    let others = Capacity::ALL.into_iter().filter(|c| c.is_grantable() && *c != Capacity::Administrator).collect();
    CreateLog {
        mode: beginning.mode,
        clock: if beginning.scripted_from.is_some() { ClockKind::Scripted } else { ClockKind::System },
        administrators: beginning.administrators.clone(),
        incompatible: vec![Incompatible { capacity: Capacity::Administrator, with: others }],
        continues: beginning.continues.clone(),
    }
}

/// Makes the folder, where it is one, and writes genesis. What refuses genesis leaves no folder that looks begun.
pub async fn begin(data: &Data, beginning: Beginning) -> anyhow::Result<Node> {
    let act = Act::CreateLog(genesis(&beginning));
    let held = Held::create(data, &beginning.origin)?;
    let folder = match &held {
        Held::Folder(held) => {
            signing::begin(held.folder())?;
            Some(held.folder().clone())
        }
        Held::Database(_) => None,
    };
    let (origin, scripted_from) = (Some(beginning.origin), beginning.scripted_from);
    let node = Node::open(held, Opening { origin, scripted_from, ..Opening::passing() }).await?;
    let now = beginning.scripted_from.unwrap_or_else(|| node.ledger().clock().now());
    let answer = node.operate(act, now, beginning.scripted_from).await;
    if let Err(error) = accepted(&answer) {
        node.stop().await;
        if let Some(folder) = folder {
            std::fs::remove_file(folder.file("parindex.json"))?;
            for name in ["ledger.db", "index.db", "ranking.db", "identity.db"] {
                let _ = std::fs::remove_file(folder.file(name));
            }
            std::fs::remove_file(folder.file(signing::KEY))?;
            std::fs::remove_dir_all(folder.file(signing::STORE))?;
        }
        return Err(error.into());
    }
    Ok(node)
}

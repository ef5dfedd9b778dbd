//! `parindex init`: begins a log with its genesis (RULINGS 31). It never touches a folder that holds one.

use std::process::ExitCode;

use proto::act::log::{ClockKind, CreateLog, Incompatible, Mode};
use proto::{Act, ActorId, Capacity, Instant, Origin};

use crate::command_line::Init;
use crate::data::Data;
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
}

/// Does it.
pub async fn run(args: Init) -> anyhow::Result<ExitCode> {
    let mode = if args.live { Mode::Live } else { Mode::Training };
    let beginning =
        Beginning { origin: args.origin, mode, administrators: args.administrators, scripted_from: args.scripted_from };
    let node = begin(&args.data, beginning).await?;
    say!("{}: the log has begun", node.ledger().origin());
    node.stop().await;
    Ok(ExitCode::SUCCESS)
}

/// The genesis of a beginning. Nobody is administrator and anything else (RULINGS 19).
pub fn genesis(beginning: &Beginning) -> CreateLog {
    let others = Capacity::ALL.into_iter().filter(|c| c.is_grantable() && *c != Capacity::Administrator).collect();
    CreateLog {
        mode: beginning.mode,
        clock: if beginning.scripted_from.is_some() { ClockKind::Scripted } else { ClockKind::System },
        administrators: beginning.administrators.clone(),
        incompatible: vec![Incompatible { capacity: Capacity::Administrator, with: others }],
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

//! `parindex move`: a log from a data folder into a database of PostgreSQL, byte for byte, with its tokens; the
//! projections are made there anew and everything is verified. The folder stays as it was and is written no more.

use std::path::PathBuf;
use std::process::ExitCode;
use std::sync::Arc;

use clap::Args;
use identity::Identity;
use index::Index;
use inspector::Against;
use ledger::{Log, carry};
use platform::feed::SharedFeed;
use platform::projector::{Projection, Projector};
use ranking::Ranking;
use tokio::sync::watch;

use crate::data::DatabaseUrl;
use crate::folder::Folder;
use crate::home::{Held, Part};
use crate::progress::bar;
use crate::verify;

/// `move`
#[derive(Debug, Args)]
pub struct Move {
    /// The data folder.
    #[arg(long, value_name = "DIR")]
    pub data: PathBuf,
    /// The database, prepared and empty.
    #[arg(long, value_name = "URL", env = "PARINDEX_DATABASE_URL", hide_env_values = true)]
    pub database_url: DatabaseUrl,
}

/// Does it.
pub async fn run(args: Move) -> anyhow::Result<ExitCode> {
    let database = args.database_url.server()?;
    let held = Folder::hold(&args.data)?;
    let origin = held.folder().origin().clone();
    let (from, to) = (Held::Folder(held), Held::Database(database.clone().into()));
    let log = Log::open(from.place(Part::Ledger), watch::channel(0).1).await?;
    let moving = bar("moving the log", log.head_row().await?.position);
    let head = carry(&log, origin.clone(), &to.place(Part::Ledger), |at| moving.set_position(at)).await;
    moving.finish_and_clear();
    let head = head?;
    let tokens = Identity::open(from.place(Part::Identity)).await?;
    let carried = Identity::open(to.place(Part::Identity)).await?;
    carried.take_mail_from(&tokens).await?;
    let (carried, accounts) = (carried.take_from(&tokens).await?, carried.take_accounts_from(&tokens).await?);
    let feed: SharedFeed = Arc::new(Log::open(to.place(Part::Ledger), watch::channel(0).1).await?);
    project::<Index>(&to, Part::Index, &origin, feed.clone(), head.position).await?;
    project::<Ranking>(&to, Part::Ranking, &origin, feed, head.position).await?;
    let holds = verify::check(&to.home(&origin), &Against::default()).await?;
    if !holds {
        return Ok(ExitCode::from(1));
    }
    let Held::Folder(held) = from else { unreachable!("it was taken as a folder") };
    held.leave(&database.to_string())?;
    say!("{} events, {carried} tokens and {accounts} accounts moved to {database}", head.position);
    say!("{} can be read as before and is written no more", held.folder().path().display());
    Ok(ExitCode::SUCCESS)
}

async fn project<P: Projection>(
    to: &Held,
    part: Part,
    origin: &proto::Origin,
    feed: SharedFeed,
    head: u64,
) -> anyhow::Result<()> {
    let bar = bar("projecting", head);
    let mut projector = Projector::<P>::open(to.place(part), origin.clone(), feed, watch::channel(0).0).await?;
    projector.catch_up(|at| bar.set_position(at)).await?;
    bar.finish_and_clear();
    Ok(projector.close().await?)
}

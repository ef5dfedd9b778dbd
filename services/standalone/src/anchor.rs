//! `parindex anchor`: puts on record where every stream of the log ends, and what it folds to.
//! Whoever holds a checkpoint from later holds that too.

use std::process::ExitCode;

use crate::command_line::Anchor;
use crate::home::Home;
use crate::operate::{Done, Operation, operate};

/// Does it, through the running server where there is one.
pub async fn run(args: Anchor) -> anyhow::Result<ExitCode> {
    let home = Home::open(&args.data).await?;
    if let Done::Anchored { position, anchor } = operate(&home, Operation::Anchor {}).await? {
        say!("anchored at #{position}: the first {} events, root {}", anchor.size, anchor.root);
        say!("  {} streams, heads {}", anchor.heads.count, anchor.heads.root);
    }
    Ok(ExitCode::SUCCESS)
}

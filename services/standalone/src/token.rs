//! `parindex token`: a bearer token for an actor, bound on record. The secret is printed once and kept nowhere.

use std::process::ExitCode;

use crate::client;
use crate::command_line::Token;
use crate::folder::Folder;
use crate::node::Node;

/// Does it, through the running server where there is one.
pub async fn run(args: Token) -> anyhow::Result<ExitCode> {
    let folder = Folder::open(&args.data.data)?;
    let token = match folder.server() {
        Some(server) => client::token(&server, &args.actor, &args.label).await?,
        None => {
            let node = Node::open(Folder::hold(&args.data.data)?, None).await?;
            let token = node.token(args.actor, &args.label, None).await;
            node.stop().await;
            token?
        }
    };
    say!("{token}");
    Ok(ExitCode::SUCCESS)
}

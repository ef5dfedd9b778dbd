//! `parindex inspector who`: every act of an actor, what he was granted and what spoke for him; or who held a capacity.
//! It prints what the log says of opaque ids; names stand elsewhere.

use std::process::ExitCode;

use clap::Args;
use proto::who::{GrantLine, HoldersQuery, WhoQuery};
use proto::{ActorId, AsOf, Capacity, Instant, UnitId};

use super::{Printed, as_json, say_event};
use crate::data::Data;
use crate::home::Home;
use crate::inquiry::open_log;

/// `inspector who`
#[derive(Debug, Args)]
#[command(group(clap::ArgGroup::new("whom").required(true).args(["actor", "capacity"])))]
pub struct Who {
    #[command(flatten)]
    pub data: Data,
    /// The actor, by his opaque id.
    #[arg(long)]
    pub actor: Option<ActorId>,
    /// Or whoever held this capacity.
    #[arg(long, value_parser = capacity)]
    pub capacity: Option<Capacity>,
    /// Held in this unit alone.
    #[arg(long, requires = "capacity")]
    pub unit: Option<UnitId>,
    /// As it stood at this position, moment or day, included.
    #[arg(long, value_name = "POSITION|INSTANT|DAY")]
    pub as_of: Option<AsOf>,
    #[command(flatten)]
    pub printed: Printed,
}

fn capacity(text: &str) -> Result<Capacity, String> {
    let grantable = || Capacity::ALL.into_iter().filter(|c| c.is_grantable());
    let names = || grantable().map(Capacity::as_str).collect::<Vec<_>>().join(", ");
    grantable().find(|c| c.as_str() == text).ok_or_else(|| format!("one of {}", names()))
}

/// Does it.
pub async fn run(args: Who) -> anyhow::Result<ExitCode> {
    let inspector = open_log(&Home::open(&args.data).await?).await?;
    let (as_of, printed) = (args.as_of, args.printed);
    match (args.actor, args.capacity) {
        (Some(actor), _) => {
            let told = inspector.who(WhoQuery { actor, as_of, after: None, limit: None }).await?;
            if !as_json(&printed, &told)? {
                say_actor(&told)?;
            }
        }
        (None, Some(capacity)) => {
            let told = inspector.holders(HoldersQuery { capacity, unit: args.unit, as_of }).await?;
            if !as_json(&printed, &told)? {
                say!("who held {capacity}{}", moment(told.at));
                say!("as of #{}, root {}", told.position, told.root);
                told.held.iter().try_for_each(say_grant)?;
                say!("{} grants held", told.held.len() as u64 + told.left_out);
                if told.left_out > 0 {
                    say!("{} of them are left out; ask for one unit", told.left_out);
                }
            }
        }
        (None, None) => unreachable!("the command line asks for one of them"),
    }
    Ok(ExitCode::SUCCESS)
}

fn moment(at: Option<Instant>) -> String {
    at.map_or(String::new(), |at| format!(" at {at}"))
}

fn say_actor(told: &proto::who::Who) -> anyhow::Result<()> {
    say!("{}{}", told.query.actor, moment(told.at));
    say!("as of #{}, root {}", told.position, told.root);
    say!("{} grants", told.grants.len() as u64 + told.grants_left_out);
    told.grants.iter().try_for_each(say_grant)?;
    say!("{} credentials", told.credentials.len() as u64 + told.credentials_left_out);
    for line in &told.credentials {
        say!("  {} ({})", line.credential, line.method.as_str());
        say_event("      ", &line.bound)?;
        line.unbound.iter().try_for_each(|event| say_event("      ", event))?;
    }
    let kinds: Vec<String> = told.kinds.iter().map(|k| format!("{} {}", k.events, k.kind)).collect();
    say!("{} acts: {}", told.acts.len() as u64 + told.acts_left_out, kinds.join(", "));
    if told.acts_left_out > 0 {
        say!("  ({} acts before these; ask --as-of an earlier position)", told.acts_left_out);
    }
    told.acts.iter().try_for_each(|event| say_event("  ", event))
}

fn say_grant(grant: &GrantLine) -> anyhow::Result<()> {
    let unit = grant.unit.as_ref().map_or(String::new(), |unit| format!(" of {unit}"));
    let round = grant.round.as_ref().map_or(String::new(), |round| format!(", round {round}"));
    let fields: Vec<&str> = grant.fields.iter().map(proto::Code::as_str).collect();
    let fields = if fields.is_empty() { String::new() } else { format!(", fields {}", fields.join(" ")) };
    let until = grant.until.map_or(String::new(), |until| format!(" until {until}"));
    let acting = grant.acting_for.as_ref().map_or(String::new(), |chief| format!(", acting for {chief}"));
    let (who, id, what) = (&grant.actor, &grant.grant, grant.capacity);
    let dates = format!("from {}{until}", grant.from);
    say!("  {who} {id}: {what}{unit}{round}{fields}{acting}, {dates}: {}", grant.state.word());
    let events = [Some(&grant.granted), grant.confirmed.as_ref(), grant.revoked.as_ref()];
    events.into_iter().flatten().try_for_each(|event| say_event("      ", event))
}

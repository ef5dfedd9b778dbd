//! `parindex inspector examine`: the verdicts on an appeal's claims, as text, as JSON, or as the command that puts them
//! on record. The command is printed and never sent: whoever holds a token for it does that.

use std::process::ExitCode;

use clap::Args;
use platform::clock::Clock;
use proto::act::examination::ExamineAppeal;
use proto::document::Lang;
use proto::examined::{CitedEvent, Examination, ExamineQuery};
use proto::said::Named;
use proto::{Act, Acting, Capacity, Command, CommandId, RoundId, UnitId};

use crate::command_line::language;
use crate::data::Data;
use crate::home::Home;
use crate::inquiry::open;

/// `inspector examine`
#[derive(Debug, Args)]
pub struct Examine {
    #[command(flatten)]
    data: Data,
    /// The round; the latest one if absent.
    #[arg(long)]
    round: Option<RoundId>,
    /// The appeal's number.
    #[arg(long, value_name = "NUMBER")]
    appeal: u32,
    /// By the events up to this position alone.
    #[arg(long, value_name = "POSITION", conflicts_with = "command")]
    as_of: Option<u64>,
    /// As JSON.
    #[arg(long, conflicts_with = "command")]
    json: bool,
    /// As the command that puts the verdicts on record, to be submitted with a token.
    #[arg(long)]
    command: bool,
    /// In which capacity that command is to be sent.
    #[arg(long, value_parser = capacity, default_value = "inspector", requires = "command")]
    capacity: Capacity,
    /// The unit that this capacity is held in, if it is held in one.
    #[arg(long, requires = "command")]
    unit: Option<UnitId>,
    /// The language.
    #[arg(long, value_parser = language, default_value = "vi")]
    lang: Lang,
}

fn capacity(text: &str) -> Result<Capacity, String> {
    let able = [Capacity::Inspector, Capacity::Secretariat];
    able.into_iter().find(|c| c.as_str() == text).ok_or_else(|| "inspector or secretariat".to_owned())
}

/// Does it.
pub async fn run(args: Examine) -> anyhow::Result<ExitCode> {
    let (inspector, round) = open(&Home::open(&args.data).await?, args.round).await?;
    let query = ExamineQuery { round, number: args.appeal, position: args.as_of, at: None };
    let told = inspector.examine(query).await?;
    if args.command {
        let command =
            String::from_utf8(ready(&told, Acting { capacity: args.capacity, unit: args.unit })?.to_canonical())?;
        say!("{command}");
    } else if args.json {
        say!("{}", String::from_utf8(proto::canon::to_vec(&told)?)?);
    } else {
        tell(&told, args.lang)?;
    }
    Ok(ExitCode::SUCCESS)
}

/// The command that puts an examination on record.
fn ready(told: &Examination, acting: Acting) -> anyhow::Result<Command> {
    let mut bits = [0; 10];
    getrandom::fill(&mut bits)?;
    let Examination { query, position, digest, .. } = told;
    let (round, number) = (query.round.clone(), query.number);
    let act = Act::ExamineAppeal(ExamineAppeal { round, number, position: *position, digest: *digest });
    Ok(Command::new(CommandId::v7(Clock::System.now().millis(), bits), acting, act))
}

fn tell(told: &Examination, lang: Lang) -> anyhow::Result<()> {
    let (appeal, number) = (&told.appeal, told.query.number);
    say!("{} appeal {number} of {}", told.query.round, appeal.unit);
    say!("as of #{}, root {}", told.position, told.root);
    for (i, (claim, verdict)) in appeal.claims.iter().zip(&told.verdicts).enumerate() {
        say!("{}. {}", i + 1, claim.that.sentence().get(lang));
        if !claim.text.is_empty() {
            say!("   {}", claim.text.replace('\n', " "));
        }
        say!("   {}: {}", verdict.found.word(), verdict.found.name(lang));
        for cited in &verdict.events {
            let known = told.events.iter().find(|event| event.cited == *cited);
            let words = known.map_or(String::new(), in_words);
            say!("   #{} {} #{} {}{words}", cited.position, cited.stream, cited.version, cited.hash);
        }
        if verdict.more > 0 {
            say!("   and {} more", verdict.more);
        }
    }
    say!("digest {}", told.digest);
    for recorded in &told.recorded {
        let same = if recorded.digest == told.digest { "these verdicts" } else { "OTHER VERDICTS" };
        let decided = if recorded.decided { ", the decision rests on it" } else { "" };
        say!("on record at #{} {}: {same}{decided}", recorded.event.position, recorded.at);
    }
    Ok(())
}

fn in_words(event: &CitedEvent) -> String {
    let who = format!("{} {} as {}", event.kind, event.actor.id, event.actor.capacity);
    let reason = if event.reason.is_empty() { String::new() } else { format!(": {}", event.reason.replace('\n', " ")) };
    format!("\n      {} {who}{reason}", event.at)
}

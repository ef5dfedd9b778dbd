//! `parindex report`: the result of a round as an official document or a workbook, from the projections alone.
//! What the record does not hold is given here, or stays a dotted blank.

use std::path::PathBuf;
use std::process::ExitCode;

use anyhow::Context;
use clap::Args;
use dashboard::Refusal;
use dashboard::report::{BadForm, Form, Kind, Report as Composed, Sources, Typed};
use index::Reader as IndexReader;
use platform::durable::{self, Readable};
use proto::RoundId;
use proto::document::Lang;
use ranking::{Reader as RankingReader, Which};

use crate::data::Data;
use crate::failure::Failure;
use crate::home::{Home, Part};

/// `report`
#[derive(Debug, Args)]
pub struct Report {
    #[command(flatten)]
    data: Data,
    /// The round; the latest one if absent.
    #[arg(long)]
    round: Option<RoundId>,
    /// A publication by its number; the latest one if absent, or the provisional standing while there is none.
    #[arg(long, value_name = "NUMBER", conflicts_with = "live")]
    publication: Option<u64>,
    /// The provisional standing of this moment; every page says that it is.
    #[arg(long)]
    live: bool,
    /// Where to write, ending in .docx or .xlsx: it must not be there yet.
    #[arg(long, value_name = "F.docx|F.xlsx")]
    out: PathBuf,
    /// Number and symbol, as in 12/BC-UBND.
    #[arg(long, default_value = "", hide_default_value = true)]
    number: String,
    /// Where it is issued.
    #[arg(long, default_value = "", hide_default_value = true)]
    place: String,
    /// The day of issue, as in 2023-03-23.
    #[arg(long, value_name = "DAY", default_value = "", hide_default_value = true)]
    date: String,
    /// The signer's title; | begins another line.
    #[arg(long, value_name = "TITLE", default_value = "", hide_default_value = true)]
    signer_title: String,
    /// The signer's name.
    #[arg(long, value_name = "NAME", default_value = "", hide_default_value = true)]
    signer: String,
    /// A recipient; may stand several times.
    #[arg(long = "recipient", value_name = "WHO")]
    recipients: Vec<String>,
}

/// Does it.
pub async fn run(args: Report) -> anyhow::Result<ExitCode> {
    let end = args.out.extension().and_then(|end| end.to_str()).unwrap_or_default();
    let kind = [Kind::Docx, Kind::Xlsx].into_iter().find(|kind| kind.extension() == end);
    let kind = kind.ok_or_else(|| Failure::new("usage", "--out must end in .docx or .xlsx"))?;
    let form = form(&args)?;
    let which = match args.publication {
        Some(number) => Which::Publication(number),
        None if args.live => Which::Live,
        None => Which::Latest,
    };
    let home = Home::open(&args.data).await?;
    let index = IndexReader::open(home.projection(Part::Index)).await?;
    let ranking = RankingReader::open(home.projection(Part::Ranking)).await?;
    let round = match args.round {
        Some(round) => round,
        None => {
            let latest = index.view().await?.rounds().await?.into_iter().next();
            latest.ok_or_else(|| Failure::new("round_unknown", "there is no round"))?.round
        }
    };
    let sources = Sources { index: &index, ranking: &ranking, origin: home.origin() };
    let report = Composed::read(sources, &round, which, form).await.map_err(told)?;
    let file = report.file(kind).map_err(told)?;
    durable::create(&args.out, &file.bytes, Readable::ByAll)
        .with_context(|| format!("writing {}", args.out.display()))?;
    let what = match file.publication {
        0 => "the provisional standing".to_owned(),
        number => format!("publication {number}"),
    };
    say!("{what} of the round {round}, {} bytes", file.bytes.len());
    say!("as of #{}, root {}", file.ranking.position, file.ranking.root);
    Ok(ExitCode::SUCCESS)
}

fn form(args: &Report) -> anyhow::Result<Form> {
    let form = Form::parse(Typed {
        number: &args.number,
        place: &args.place,
        date: &args.date,
        signer_title: &args.signer_title,
        signer: &args.signer,
        recipients: &args.recipients.join(";"),
    });
    form.map_err(|BadForm(name)| {
        let option = if name == "recipients" { "recipient".to_owned() } else { name.replace('_', "-") };
        Failure::new("usage", format!("--{option} holds what no document can say")).into()
    })
}

/// A refusal by its code; what failed inside, as it is.
fn told(refusal: Refusal) -> anyhow::Error {
    match refusal.code() {
        "internal" => refusal.into(),
        code => Failure::new(code.to_owned(), refusal.sentence(Lang::En)).into(),
    }
}

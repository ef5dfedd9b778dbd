//! `parindex privacy`: requests about personal data with their days, and the register of what personal data is held. It changes
//! nothing, and knows nobody who asked.

use std::process::ExitCode;

use clap::{Args, Subcommand};
use platform::clock::Clock;
use platform::register::{NAMES, REGISTER};
use proto::AsOf;
use proto::act::privacy::{CaseOutcome, RequestKind};
use proto::cases::{CaseLine, CasesQuery};
use proto::document::Lang;

use crate::command_line::language;
use crate::data::Data;
use crate::home::Home;
use crate::inquiry::open_log;
use crate::inspector::{Printed, as_json, say_event};

/// What is asked about personal data.
#[derive(Debug, Subcommand)]
pub enum PrivacyWhat {
    /// List every request with its ground, its days, what happened and what is late.
    Cases(CasesArgs),
    /// Print what personal data is held, where, why, for how long, who sees it and how it is erased.
    Register(RegisterArgs),
}

/// `privacy cases`
#[derive(Debug, Args)]
pub struct CasesArgs {
    #[command(flatten)]
    pub data: Data,
    /// As they stood at this position, moment or day, which the days are held against too; now if absent.
    #[arg(long, value_name = "POSITION|INSTANT|DAY")]
    pub as_of: Option<AsOf>,
    #[command(flatten)]
    pub printed: Printed,
}

/// `privacy register`
#[derive(Debug, Args)]
pub struct RegisterArgs {
    /// The language.
    #[arg(long, value_parser = language, default_value = "vi")]
    pub lang: Lang,
}

/// Does it.
pub async fn run(what: PrivacyWhat) -> anyhow::Result<ExitCode> {
    match what {
        PrivacyWhat::Cases(args) => cases(args).await,
        PrivacyWhat::Register(args) => register(args.lang),
    }
}

async fn cases(args: CasesArgs) -> anyhow::Result<ExitCode> {
    let inspector = open_log(&Home::open(&args.data).await?).await?;
    let told = inspector.cases(CasesQuery { as_of: args.as_of }, Clock::System.now()).await?;
    if as_json(&args.printed, &told)? {
        return Ok(ExitCode::SUCCESS);
    }
    let lang = args.printed.lang;
    for case in &told.cases {
        say_case(case, lang)?;
    }
    let late = told.cases.iter().filter(|case| case.answer_late || case.done_late).count();
    let (position, root, at, all) = (told.position, told.root, told.at, told.cases.len());
    match lang {
        Lang::Vi => say!("{all} hồ sơ, {late} quá hạn tính đến {}; sự kiện #{position}, gốc {root}", at.vietnam()),
        Lang::En => say!("{all} cases, {late} late as of {at}; event #{position}, root {root}"),
    }
    Ok(ExitCode::SUCCESS)
}

fn say_case(case: &CaseLine, lang: Lang) -> anyhow::Result<()> {
    let w = Words::of(lang);
    let day = |day: proto::Day| if lang == Lang::Vi { day.vietnam() } else { day.to_string() };
    let late = |late: bool| if late { w.late } else { "" };
    let ended = case.outcome.map_or(w.open, |outcome| ended(outcome, lang));
    say!("{}  {}: {ended}", case.case, asked(case.request, lang));
    say!("    {} {}", w.ground, case.ground.replace('\n', " "));
    let answer = match case.answer_by {
        Some(by) => format!("{} {}{}", w.answer_by, day(by), late(case.answer_late)),
        None => w.nobody.to_owned(),
    };
    let done = format!("{} {}{}", w.done_by, day(case.done_by), late(case.done_late));
    say!("    {} {}; {answer}; {done}", w.received, day(case.received));
    if case.waiting + case.erased > 0 {
        say!("    {} {}, {} {}", w.waiting, case.waiting, w.erased, case.erased);
    }
    case.events.iter().try_for_each(|event| say_event("    ", event))
}

fn asked(request: RequestKind, lang: Lang) -> &'static str {
    match (request, lang) {
        (RequestKind::Access, Lang::Vi) => "đề nghị cung cấp thông tin",
        (RequestKind::Access, Lang::En) => "to be told what is held",
        (RequestKind::Correction, Lang::Vi) => "đề nghị chỉnh sửa",
        (RequestKind::Correction, Lang::En) => "to have it corrected",
        (RequestKind::Erasure, Lang::Vi) => "đề nghị xóa",
        (RequestKind::Erasure, Lang::En) => "to have it erased",
        (RequestKind::Retention, Lang::Vi) => "hết thời hạn lưu trữ",
        (RequestKind::Retention, Lang::En) => "past the time for keeping",
    }
}

fn ended(outcome: CaseOutcome, lang: Lang) -> &'static str {
    match (outcome, lang) {
        (CaseOutcome::CarriedOut, Lang::Vi) => "đã thực hiện",
        (CaseOutcome::CarriedOut, Lang::En) => "carried out",
        (CaseOutcome::Refused, Lang::Vi) => "đã từ chối",
        (CaseOutcome::Refused, Lang::En) => "refused",
        (CaseOutcome::TakenBack, Lang::Vi) => "người yêu cầu đã rút",
        (CaseOutcome::TakenBack, Lang::En) => "taken back",
    }
}

/// The words around a case.
struct Words {
    open: &'static str,
    ground: &'static str,
    received: &'static str,
    answer_by: &'static str,
    nobody: &'static str,
    done_by: &'static str,
    late: &'static str,
    waiting: &'static str,
    erased: &'static str,
}

impl Words {
    fn of(lang: Lang) -> Self {
        match lang {
            Lang::Vi => Self {
                open: "đang xử lý",
                ground: "căn cứ:",
                received: "nhận ngày",
                answer_by: "trả lời chậm nhất ngày",
                nobody: "không có người yêu cầu để trả lời",
                done_by: "thực hiện chậm nhất ngày",
                late: " (QUÁ HẠN)",
                waiting: "chờ xác nhận xóa:",
                erased: "đã xác nhận xóa:",
            },
            Lang::En => Self {
                open: "open",
                ground: "ground:",
                received: "received on",
                answer_by: "answer due by",
                nobody: "nobody is to be answered",
                done_by: "to be carried out by",
                late: " (LATE)",
                waiting: "waiting to be confirmed:",
                erased: "confirmed to be erased:",
            },
        }
    }
}

/// `privacy register`
fn register(lang: Lang) -> anyhow::Result<ExitCode> {
    for record in REGISTER {
        say!("{}", record.what.get(lang));
        for (name, said) in NAMES.iter().zip(record.members()) {
            say!("    {}: {}", name.get(lang), said.get(lang));
        }
    }
    Ok(ExitCode::SUCCESS)
}

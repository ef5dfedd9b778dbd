//! Opening a round, its deadlines, its phases' end and its own.

use std::collections::BTreeSet;

use proto::act::round::{Band, ClosePhase, CloseRound, ExtendDeadline, OpenRound, Phase, Stage, Window};
use proto::document::Text;
use proto::document::{Catalogue, DocKind, DocRef, Effective};
use proto::text;
use proto::{Capacity, Day, Decimal, Fact, Rejection, Stream};

use super::Decision;
use super::hearing::{Hearing, required};
use crate::catalogue::{exists_on, successors};
use crate::documents::Meaning;
use crate::form::unfit_forms;
use crate::rulebook::{Book, TreeNode};

/// The most digits of a printed index.
const DIGITS_MAX: u8 = 6;
/// The longest that an answer waits for its receipt.
const RECEIPT_WAIT_SECONDS_MAX: u8 = 30;

pub fn open(hearing: &Hearing, act: &OpenRound) -> Result<Decision, Rejection> {
    hearing.log()?;
    hearing.capacity(&[Capacity::Secretariat], None)?;
    if hearing.world.rounds.contains_key(&act.round) {
        return Err(Rejection::RoundExists { round: act.round.clone() });
    }
    let Some(Meaning::Rulebook(book)) = meaning(hearing, DocKind::Rulebook, &act.rulebook) else {
        return Err(Rejection::DocumentUnknown { id: act.rulebook.id.clone() });
    };
    let Some(Meaning::Catalogue(catalogue)) = meaning(hearing, DocKind::Catalogue, &act.catalogue) else {
        return Err(Rejection::DocumentUnknown { id: act.catalogue.id.clone() });
    };
    let mut faults = Vec::new();
    let mut forms = Vec::new();
    for doc in &act.forms {
        let Some(Meaning::Form(form)) = meaning(hearing, DocKind::Form, doc) else {
            return Err(Rejection::DocumentUnknown { id: doc.id.clone() });
        };
        forms.push((doc.id.as_str(), form));
    }
    book_faults(act, &book, &mut faults);
    let forms: Vec<_> = forms.iter().map(|(id, form)| (*id, form.as_ref())).collect();
    faults.extend(unfit_forms(&book, &forms, act.blocks.iter().map(|b| &b.kind)));
    block_faults(act, &book, &catalogue, &mut faults);
    window_faults(&act.phases, &mut faults);
    policy_faults(act, &book, &mut faults);
    if !faults.is_empty() {
        return Err(Rejection::BadRound { detail: Text::join(&faults) });
    }
    Ok(Decision::new(Stream::Round(act.round.clone()), Fact::RoundOpened(act.clone())))
}

fn meaning(hearing: &Hearing, kind: DocKind, doc: &DocRef) -> Option<Meaning> {
    hearing.world.meaning(kind, &doc.id, doc.digest)
}

fn book_faults(act: &OpenRound, book: &Book, faults: &mut Vec<Text>) {
    let id = &act.rulebook.id;
    if book.fragment {
        faults.push(text!("bộ tiêu chí {id} chỉ là một phần", "the rulebook {id} is a fragment"));
    }
    let year = i32::try_from(act.year).unwrap_or(i32::MAX);
    let holds = |e: &Effective| e.from.year() <= year && e.until.is_none_or(|until| year <= until.year());
    if !book.effective.as_ref().is_none_or(holds) {
        faults.push(text!(
            "bộ tiêu chí {id} không áp dụng cho năm {year}",
            "the rulebook {id} is not for the year {year}"
        ));
    }
}

/// The day on which the units must exist: as stated, or the last of the index year.
fn units_on(act: &OpenRound) -> Option<Day> {
    act.units_on.or_else(|| Day::parse(&format!("{:04}-12-31", act.year)).ok())
}

fn block_faults(act: &OpenRound, book: &Book, catalogue: &Catalogue, faults: &mut Vec<Text>) {
    if act.blocks.is_empty() {
        faults.push(text!("không có khối nào", "no blocks"));
    }
    let day = units_on(act);
    let mut blocks = BTreeSet::new();
    let mut seen = BTreeSet::new();
    for block in &act.blocks {
        let (name, kind) = (&block.block, &block.kind);
        if !blocks.insert(&block.block) {
            faults.push(text!("khối {name} có hai lần", "block {name} stands twice"));
        }
        if !book.trees.contains_key(&block.kind) {
            faults.push(text!(
                "khối {name}: bộ chỉ số không có cây cho {kind}",
                "block {name}: the rulebook has no tree for {kind}"
            ));
        }
        if block.units.is_empty() {
            faults.push(text!("khối {name} không có đơn vị", "block {name} has no units"));
        }
        for unit in &block.units {
            if !seen.insert(unit) {
                faults.push(text!("đơn vị {unit} có hai lần", "unit {unit} stands twice"));
            }
            match catalogue.units.iter().find(|u| u.unit == *unit) {
                None => {
                    faults.push(text!("đơn vị {unit} không có trong danh mục", "unit {unit} is not in the catalogue"))
                }
                Some(entry) if entry.kind != block.kind => {
                    let own = &entry.kind;
                    faults.push(text!(
                        "đơn vị {unit} thuộc loại {own}, không phải {kind}",
                        "unit {unit} is of kind {own}, not {kind}"
                    ));
                }
                Some(entry) if day.is_some_and(|day| !exists_on(entry, day)) => {
                    let day = day.map_or(String::new(), |day| day.to_string());
                    let next: Vec<&str> = successors(catalogue, unit).map(|u| u.unit.as_str()).collect();
                    let next = if next.is_empty() { "-".to_owned() } else { next.join(", ") };
                    faults.push(text!(
                        "đơn vị {unit} không tồn tại ngày {day} (kế thừa: {next})",
                        "unit {unit} does not exist on {day} (succeeded by: {next})"
                    ));
                }
                Some(_) => {}
            }
        }
        for unit in block.unranked.iter().filter(|u| !block.units.contains(u)) {
            faults.push(text!(
                "đơn vị không xếp hạng {unit} không thuộc khối {name}",
                "unranked unit {unit} is not in block {name}"
            ));
        }
    }
}

fn window_faults(windows: &[Window], faults: &mut Vec<Text>) {
    let mut seen = BTreeSet::new();
    for window in windows {
        let phase = window.phase;
        if !seen.insert(window.phase) {
            faults.push(text!("giai đoạn {phase} có hai lần", "phase {phase} stands twice"));
        }
        if window.from >= window.until {
            faults.push(text!("giai đoạn {phase} kết thúc trước khi bắt đầu", "phase {phase} ends before it begins"));
        }
    }
    let chain = [Phase::SelfScoring, Phase::FirstAppraisal, Phase::Explanation, Phase::SecondAppraisal, Phase::Council];
    let mut before: Option<&Window> = None;
    for phase in chain {
        let window = windows.iter().find(|w| w.phase == phase);
        if window.is_none() && matches!(phase, Phase::SelfScoring | Phase::FirstAppraisal | Phase::Council) {
            faults.push(text!("thiếu giai đoạn {phase}", "phase {phase} is missing"));
        }
        if let (Some(before), Some(window)) = (before, window)
            && window.from < before.until
        {
            let before = before.phase;
            faults.push(text!(
                "giai đoạn {phase} bắt đầu trước khi {before} kết thúc",
                "phase {phase} begins before {before} has ended"
            ));
        }
        before = window.or(before);
    }
}

fn policy_faults(act: &OpenRound, book: &Book, faults: &mut Vec<Text>) {
    let policy = &act.policy;
    if policy.digits > DIGITS_MAX {
        faults.push(text!("quá {DIGITS_MAX} chữ số thập phân", "more than {DIGITS_MAX} digits"));
    }
    if policy.receipts.is_some_and(|rule| !(1..=RECEIPT_WAIT_SECONDS_MAX).contains(&rule.wait_seconds)) {
        faults.push(text!(
            "câu trả lời chờ biên nhận từ 1 đến {RECEIPT_WAIT_SECONDS_MAX} giây",
            "an answer waits 1 to {RECEIPT_WAIT_SECONDS_MAX} seconds for its receipt"
        ));
    }
    if !policy.counts.contains(&Stage::Own) || !policy.counts.contains(&Stage::First) {
        faults.push(text!(
            "self và first phải nằm trong các bước được tính",
            "self and first must be among the stages that count"
        ));
    }
    for kind in book.trees.keys().filter(|kind| act.blocks.iter().any(|b| b.kind == **kind)) {
        band_faults(&policy.bands_of(kind).collect::<Vec<_>>(), faults);
        for code in &policy.deciding {
            let field = |n: &TreeNode| n.code == *code && n.parent.is_none();
            if !book.trees[kind].nodes.iter().any(field) {
                faults.push(text!("{code} không phải là lĩnh vực của {kind}", "{code} is no field of {kind}"));
            }
        }
    }
    if let Some(kind) = policy.bands.iter().filter_map(|b| b.kind.as_ref()).find(|k| !book.trees.contains_key(*k)) {
        faults.push(text!(
            "mức xếp loại cho {kind}, không có trong bộ tiêu chí",
            "a band of {kind}, which the rulebook has not"
        ));
    }
}

fn band_faults(bands: &[&Band], faults: &mut Vec<Text>) {
    let falling = bands.windows(2).all(|w| w[0].from > w[1].from);
    let codes: BTreeSet<_> = bands.iter().map(|b| &b.code).collect();
    let unruly =
        text!("các mức xếp loại phải giảm dần, mỗi mức một mã", "bands must fall, each with a code of its own");
    if (!falling || codes.len() != bands.len()) && !faults.contains(&unruly) {
        faults.push(unruly);
    }
    let open = text!("mức xếp loại cuối phải bắt đầu từ 0", "the last band must begin at 0");
    if bands.last().is_some_and(|b| b.from != Decimal::ZERO) && !faults.contains(&open) {
        faults.push(open);
    }
}

pub fn close_phase(hearing: &Hearing, act: &ClosePhase) -> Result<Decision, Rejection> {
    let round = hearing.round(&act.round)?;
    let phase = act.phase;
    let until = round.windows.get(&act.phase).ok_or(Rejection::PhaseUnknown { phase })?.until;
    if round.closed_phases.contains_key(&act.phase) {
        return Err(Rejection::PhaseClosed { phase });
    }
    if hearing.at < until {
        return Err(Rejection::NotDue { until });
    }
    Ok(Decision::new(Stream::Round(act.round.clone()), Fact::PhaseClosed(act.clone())))
}

pub fn extend(hearing: &Hearing, act: &ExtendDeadline) -> Result<Decision, Rejection> {
    let round = hearing.round(&act.round)?;
    hearing.capacity(&[Capacity::Secretariat], Some(round.id()))?;
    let phase = act.phase;
    if let Some(unit) = &act.unit {
        hearing.unit(round, unit)?;
    }
    let until = round.until(act.phase, act.unit.as_ref()).ok_or(Rejection::PhaseUnknown { phase })?;
    if round.closed_phases.contains_key(&act.phase) || hearing.at >= until {
        return Err(Rejection::DeadlinePassed { phase, until });
    }
    if act.until <= until || act.until <= hearing.at {
        return Err(Rejection::NotAnExtension { until });
    }
    required(&act.reason)?;
    Ok(Decision::new(Stream::Round(act.round.clone()), Fact::DeadlineExtended(act.clone())))
}

pub fn close(hearing: &Hearing, act: &CloseRound) -> Result<Decision, Rejection> {
    let round = hearing.round(&act.round)?;
    hearing.capacity(&[Capacity::Secretariat], Some(round.id()))?;
    if round.publications.is_empty() {
        return Err(Rejection::NotPublished {});
    }
    if let Some(until) = round.until(Phase::Appeals, None).filter(|until| hearing.at < *until) {
        return Err(Rejection::NotDue { until });
    }
    if let Some(open) = round.appeals.iter().find(|a| a.decided.is_none()) {
        return Err(Rejection::AppealOpen { number: open.lodged.number });
    }
    super::publication::nothing_pending(round)?;
    if round.unpublished_correction {
        return Err(Rejection::CorrectionUnpublished {});
    }
    Ok(Decision::new(Stream::Round(act.round.clone()), Fact::RoundClosed(act.clone())))
}

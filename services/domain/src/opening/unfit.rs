//! What of a round that is to be opened does not fit the documents that it binds, or itself. Each fault names the member of the command.

use std::collections::BTreeSet;

use proto::act::round::{Band, OpenRound, Phase, Stage, Window};
use proto::document::{Catalogue, Effective};
use proto::{Day, Decimal, text};

use super::Bound;
use crate::catalogue::{exists_on, successors};
use crate::faults::Faults;
use crate::form::unfit_forms;
use crate::rulebook::{Book, TreeNode};

/// The most digits of a printed index.
const DIGITS_MAX: u8 = 6;
/// The longest that an answer waits for its receipt.
const RECEIPT_WAIT_SECONDS_MAX: u8 = 30;

/// All of it.
pub fn unfit(bound: &Bound, act: &OpenRound) -> Faults {
    let mut faults = Faults::default();
    book_faults(act, &bound.book, &mut faults);
    let forms: Vec<_> = bound.forms.iter().map(|(doc, form)| (doc.id.as_str(), form.as_ref())).collect();
    for what in unfit_forms(&bound.book, &forms, act.blocks.iter().map(|b| &b.kind)) {
        faults.push("forms", "forms_unfit", what);
    }
    block_faults(act, &bound.book, &bound.catalogue, &mut faults);
    window_faults(&act.phases, &mut faults);
    policy_faults(act, &bound.book, &mut faults);
    faults
}

fn book_faults(act: &OpenRound, book: &Book, faults: &mut Faults) {
    let id = &act.rulebook.id;
    if book.fragment {
        faults.push(
            "rulebook",
            "rulebook_fragment",
            text!("bộ tiêu chí {id} chỉ là một phần", "the rulebook {id} is a fragment"),
        );
    }
    let year = i32::try_from(act.year).unwrap_or(i32::MAX);
    let holds = |e: &Effective| e.from.year() <= year && e.until.is_none_or(|until| year <= until.year());
    if !book.effective.as_ref().is_none_or(holds) {
        faults.push(
            "year",
            "rulebook_year",
            text!("bộ tiêu chí {id} không áp dụng cho năm {year}", "the rulebook {id} is not for the year {year}"),
        );
    }
}

/// The day on which the units must exist: as stated, or the last of the index year.
fn units_on(act: &OpenRound) -> Option<Day> {
    act.units_on.or_else(|| Day::parse(&format!("{:04}-12-31", act.year)).ok())
}

fn block_faults(act: &OpenRound, book: &Book, catalogue: &Catalogue, faults: &mut Faults) {
    if act.blocks.is_empty() {
        faults.push("blocks", "blocks_none", text!("không có khối nào", "no blocks"));
    }
    let day = units_on(act);
    let mut blocks = BTreeSet::new();
    let mut seen = BTreeSet::new();
    for block in &act.blocks {
        let (name, kind) = (&block.block, &block.kind);
        if !blocks.insert(&block.block) {
            faults.push(
                format!("block {name}"),
                "block_twice",
                text!("khối {name} có hai lần", "block {name} stands twice"),
            );
        }
        if !book.trees.contains_key(&block.kind) {
            faults.push(
                format!("block {name}"),
                "block_kind",
                text!(
                    "khối {name}: bộ chỉ số không có cây cho {kind}",
                    "block {name}: the rulebook has no tree for {kind}"
                ),
            );
        }
        if block.units.is_empty() {
            faults.push(
                format!("block {name}"),
                "block_empty",
                text!("khối {name} không có đơn vị", "block {name} has no units"),
            );
        }
        for unit in &block.units {
            if !seen.insert(unit) {
                faults.push(
                    format!("block {name}"),
                    "unit_twice",
                    text!("đơn vị {unit} có hai lần", "unit {unit} stands twice"),
                );
            }
            match catalogue.units.iter().find(|u| u.unit == *unit) {
                None => faults.push(
                    format!("block {name}"),
                    "unit_unknown",
                    text!("đơn vị {unit} không có trong danh mục", "unit {unit} is not in the catalogue"),
                ),
                Some(entry) if entry.kind != block.kind => {
                    let own = &entry.kind;
                    faults.push(
                        format!("block {name}"),
                        "unit_kind",
                        text!(
                            "đơn vị {unit} thuộc loại {own}, không phải {kind}",
                            "unit {unit} is of kind {own}, not {kind}"
                        ),
                    );
                }
                Some(entry) if day.is_some_and(|day| !exists_on(entry, day)) => {
                    let day = day.map_or(String::new(), |day| day.to_string());
                    let next: Vec<&str> = successors(catalogue, unit).map(|u| u.unit.as_str()).collect();
                    let next = if next.is_empty() { "-".to_owned() } else { next.join(", ") };
                    faults.push(
                        format!("block {name}"),
                        "unit_not_there",
                        text!(
                            "đơn vị {unit} không tồn tại ngày {day} (kế thừa: {next})",
                            "unit {unit} does not exist on {day} (succeeded by: {next})"
                        ),
                    );
                }
                Some(_) => {}
            }
        }
        for unit in block.unranked.iter().filter(|u| !block.units.contains(u)) {
            faults.push(
                format!("block {name}"),
                "unranked_unknown",
                text!(
                    "đơn vị không xếp hạng {unit} không thuộc khối {name}",
                    "unranked unit {unit} is not in block {name}"
                ),
            );
        }
    }
}

fn window_faults(windows: &[Window], faults: &mut Faults) {
    let mut seen = BTreeSet::new();
    for window in windows {
        let phase = window.phase;
        if !seen.insert(window.phase) {
            faults.push(
                format!("phase {phase}"),
                "phase_twice",
                text!("giai đoạn {phase} có hai lần", "phase {phase} stands twice"),
            );
        }
        if window.from >= window.until {
            faults.push(
                format!("phase {phase}"),
                "phase_order",
                text!("giai đoạn {phase} kết thúc trước khi bắt đầu", "phase {phase} ends before it begins"),
            );
        }
    }
    let chain = [Phase::SelfScoring, Phase::FirstAppraisal, Phase::Explanation, Phase::SecondAppraisal, Phase::Council];
    let mut before: Option<&Window> = None;
    for phase in chain {
        let window = windows.iter().find(|w| w.phase == phase);
        if window.is_none() && matches!(phase, Phase::SelfScoring | Phase::FirstAppraisal | Phase::Council) {
            faults.push(
                format!("phase {phase}"),
                "phase_missing",
                text!("thiếu giai đoạn {phase}", "phase {phase} is missing"),
            );
        }
        if let (Some(before), Some(window)) = (before, window)
            && window.from < before.until
        {
            let before = before.phase;
            faults.push(
                format!("phase {phase}"),
                "phase_overlaps",
                text!(
                    "giai đoạn {phase} bắt đầu trước khi {before} kết thúc",
                    "phase {phase} begins before {before} has ended"
                ),
            );
        }
        before = window.or(before);
    }
}

fn policy_faults(act: &OpenRound, book: &Book, faults: &mut Faults) {
    let policy = &act.policy;
    if policy.digits > DIGITS_MAX {
        faults.push(
            "digits",
            "digits_too_many",
            text!("quá {DIGITS_MAX} chữ số thập phân", "more than {DIGITS_MAX} digits"),
        );
    }
    if policy.receipts.is_some_and(|rule| !(1..=RECEIPT_WAIT_SECONDS_MAX).contains(&rule.wait_seconds)) {
        faults.push(
            "receipts",
            "receipts_wait",
            text!(
                "câu trả lời chờ biên nhận từ 1 đến {RECEIPT_WAIT_SECONDS_MAX} giây",
                "an answer waits 1 to {RECEIPT_WAIT_SECONDS_MAX} seconds for its receipt"
            ),
        );
    }
    if !policy.counts.contains(&Stage::Own) || !policy.counts.contains(&Stage::First) {
        faults.push(
            "counts",
            "counts_short",
            text!(
                "self và first phải nằm trong các bước được tính",
                "self and first must be among the stages that count"
            ),
        );
    }
    for kind in book.trees.keys().filter(|kind| act.blocks.iter().any(|b| b.kind == **kind)) {
        band_faults(&policy.bands_of(kind).collect::<Vec<_>>(), faults);
        for code in &policy.deciding {
            let field = |n: &TreeNode| n.code == *code && n.parent.is_none();
            if !book.trees[kind].nodes.iter().any(field) {
                faults.push(
                    "deciding",
                    "deciding_unknown",
                    text!("{code} không phải là lĩnh vực của {kind}", "{code} is no field of {kind}"),
                );
            }
        }
    }
    if let Some(kind) = policy.bands.iter().filter_map(|b| b.kind.as_ref()).find(|k| !book.trees.contains_key(*k)) {
        faults.push(
            "bands",
            "band_kind",
            text!(
                "mức xếp loại cho {kind}, không có trong bộ tiêu chí",
                "a band of {kind}, which the rulebook has not"
            ),
        );
    }
}

fn band_faults(bands: &[&Band], faults: &mut Faults) {
    let falling = bands.windows(2).all(|w| w[0].from > w[1].from);
    let codes: BTreeSet<_> = bands.iter().map(|b| &b.code).collect();
    let unruly =
        text!("các mức xếp loại phải giảm dần, mỗi mức một mã", "bands must fall, each with a code of its own");
    let told = |faults: &Faults, what| faults.0.iter().any(|fault| fault.what == what);
    if (!falling || codes.len() != bands.len()) && !told(faults, unruly.clone()) {
        faults.push("bands", "bands_unruly", unruly);
    }
    let open = text!("mức xếp loại cuối phải bắt đầu từ 0", "the last band must begin at 0");
    if bands.last().is_some_and(|b| b.from != Decimal::ZERO) && !told(faults, open.clone()) {
        faults.push("bands", "bands_end", open);
    }
}

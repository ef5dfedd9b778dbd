//! The card of a workbook: what it is, of which log, round, unit and rulebook, and at which position it was made.
//! It is believed only as far as the log bears it out.

use proto::act::appraisal::Appraisal;
use proto::document::Text;
use proto::text;
use proto::{BlockId, Code, Hash, Origin, RoundId, UnitId};

use super::Basis;
use super::layout::{CARD, CHOICES};
use crate::book::Book;
use crate::fault::{Faults, Place, Places};
use crate::head::{COLUMNS, Head, Item, VALUE};
use crate::table::{Row, Table};

/// What a workbook is of.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Of {
    /// A unit's own scores.
    Unit(UnitId),
    /// Appraisals of a field over all units of a block.
    Appraisal {
        /// The block.
        block: BlockId,
        /// The field.
        field: Code,
        /// Which appraisal.
        appraisal: Appraisal,
    },
}

/// A card.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Card {
    /// The log.
    pub log: Origin,
    /// The round.
    pub round: RoundId,
    /// What of it.
    pub of: Of,
    /// The position that it was made at.
    pub position: u64,
    /// The root there.
    pub root: Hash,
    /// The rulebook's digest.
    pub rulebook: Hash,
}

const fn item(vi: &'static str, en: &'static str) -> Item {
    Item { vi, en, path: "" }
}

const KIND: Item = item("Loại phiếu", "Kind");
const LOG: Item = item("Nhật ký", "Log");
const ROUND: Item = item("Kỳ đánh giá", "Round");
const UNIT: Item = item("Đơn vị", "Unit");
const BLOCK: Item = item("Khối", "Block");
const FIELD: Item = item("Lĩnh vực", "Field");
const APPRAISAL: Item = item("Lần thẩm định", "Appraisal");
const POSITION: Item = item("Vị trí trong nhật ký", "Position");
const ROOT: Item = item("Gốc tại vị trí đó", "Root there");
const RULEBOOK: Item = item("Mã băm bộ tiêu chí", "Rulebook's digest");

const OF_UNIT: &str = "phieu-tu-cham";
const OF_APPRAISAL: &str = "phieu-tham-dinh";

/// A card as its sheet holds it, the headings first.
pub fn write(basis: &Basis, of: &Of) -> Vec<[String; 2]> {
    let line = |item: Item, value: String| [format!("{} ({})", item.vi, item.en), value];
    let mut lines = vec![["Mục".to_owned(), "Nội dung".to_owned()]];
    let kind = if matches!(of, Of::Unit(_)) { OF_UNIT } else { OF_APPRAISAL };
    lines.push(line(KIND, kind.to_owned()));
    lines.push(line(LOG, basis.log.origin.to_string()));
    lines.push(line(ROUND, basis.round.id().to_string()));
    match of {
        Of::Unit(unit) => lines.push(line(UNIT, unit.to_string())),
        Of::Appraisal { block, field, appraisal } => {
            lines.push(line(BLOCK, block.to_string()));
            lines.push(line(FIELD, field.to_string()));
            lines.push(line(APPRAISAL, if *appraisal == Appraisal::First { "1" } else { "2" }.to_owned()));
        }
    }
    lines.push(line(POSITION, basis.position.to_string()));
    lines.push(line(ROOT, basis.root.to_string()));
    lines.push(line(RULEBOOK, basis.round.book.doc.digest.to_string()));
    lines
}

/// The card of a workbook.
pub fn read(book: &Book) -> Result<Card, Faults> {
    let mut faults = Faults::default();
    let Some(grid) = book.find(CARD) else {
        let what = text!(
            "không phải phiếu do hệ thống xuất: không có trang “{CARD}”",
            "it is no sheet that was exported: there is no sheet {CARD:?}"
        );
        return Err(Faults::one("sheet_no_card", Place::File, what));
    };
    // What drop-downs offer is there to be chosen from.
    let _ = book.find(CHOICES);
    let found = Table::find(grid, &COLUMNS, &mut faults).and_then(|table| items(&table, &mut faults));
    faults.none()?;
    Ok(found.expect("where nothing is read there is a fault"))
}

fn items(table: &Table, faults: &mut Faults) -> Option<Card> {
    let head = Head::read(table, CARD, faults);
    let mut places = Places::on(CARD);
    let kind = value(head.must(KIND, &mut places, faults), faults, |t| Some(t.to_owned()));
    let log = value(head.must(LOG, &mut places, faults), faults, |t| Origin::parse(t).ok());
    let round = value(head.must(ROUND, &mut places, faults), faults, |t| RoundId::parse(t).ok());
    let position =
        value(head.must(POSITION, &mut places, faults), faults, |t| t.parse::<u64>().ok().filter(|p| *p > 0));
    let root = value(head.must(ROOT, &mut places, faults), faults, |t| Hash::parse(t).ok());
    let rulebook = value(head.must(RULEBOOK, &mut places, faults), faults, |t| Hash::parse(t).ok());
    let of = match kind.as_deref() {
        Some(OF_UNIT) => {
            let unit = value(head.must(UNIT, &mut places, faults), faults, |t| UnitId::parse(t).ok());
            unit.map(Of::Unit)
        }
        Some(OF_APPRAISAL) => {
            let block = value(head.must(BLOCK, &mut places, faults), faults, |t| BlockId::parse(t).ok());
            let field = value(head.must(FIELD, &mut places, faults), faults, |t| Code::parse(t).ok());
            let which = value(head.must(APPRAISAL, &mut places, faults), faults, |t| match t {
                "1" => Some(Appraisal::First),
                "2" => Some(Appraisal::Second),
                _ => None,
            });
            block.zip(field).zip(which).map(|((block, field), appraisal)| Of::Appraisal { block, field, appraisal })
        }
        Some(_) => {
            faults.push("sheet_kind", Place::sheet(CARD), text!("không rõ loại phiếu", "its kind is not known"));
            None
        }
        None => None,
    };
    head.rest(faults);
    Some(Card { log: log?, round: round?, of: of?, position: position?, root: root?, rulebook: rulebook? })
}

/// The value of an item, which a program may have made a number of: whole ones are as good.
fn value<T>(row: Option<&Row>, faults: &mut Faults, parse: impl Fn(&str) -> Option<T>) -> Option<T> {
    let row = row?;
    let found = row.text(VALUE, faults)?;
    let parsed = parse(found.trim());
    if parsed.is_none() {
        let what = text!("thông tin của phiếu đã bị sửa", "what the workbook says of itself was changed");
        faults.push("sheet_card_altered", row.place_of(VALUE), what);
    }
    parsed
}

impl Card {
    /// Whether it is of a log.
    ///
    /// # Errors
    /// `sheet_other_log`.
    pub fn is_of(&self, own: &Origin) -> Result<(), Faults> {
        if self.log == *own {
            return Ok(());
        }
        let log = &self.log;
        other(
            "sheet_other_log",
            text!("phiếu của nhật ký {log}, không phải {own}", "it is of the log {log}, not of {own}"),
        )
    }

    /// Whether it is the sheet of a unit in a round.
    ///
    /// # Errors
    /// What it is of instead.
    pub fn is_sheet_of(&self, round: &RoundId, unit: &UnitId) -> Result<(), Faults> {
        if self.round != *round {
            let round = &self.round;
            return other("sheet_other_round", text!("phiếu của kỳ {round}", "it is of the round {round}"));
        }
        match &self.of {
            Of::Unit(own) if own == unit => Ok(()),
            Of::Unit(own) => {
                other("sheet_other_unit", text!("phiếu của đơn vị {own}", "it is the sheet of the unit {own}"))
            }
            Of::Appraisal { .. } => {
                other("sheet_other_kind", text!("đây là phiếu thẩm định", "it is an appraiser's sheet"))
            }
        }
    }

    /// Whether it is of a field over all units of a block in a round.
    ///
    /// # Errors
    /// What it is of instead.
    pub fn is_field_of(&self, round: &RoundId, (block, field): (&BlockId, &Code)) -> Result<(), Faults> {
        if self.round != *round {
            let round = &self.round;
            return other("sheet_other_round", text!("phiếu của kỳ {round}", "it is of the round {round}"));
        }
        match &self.of {
            Of::Appraisal { block: own, field: of, .. } if (own, of) == (block, field) => Ok(()),
            Of::Appraisal { block, field, .. } => other(
                "sheet_other_field",
                text!("phiếu của lĩnh vực {field}, khối {block}", "it is of the field {field} over the block {block}"),
            ),
            Of::Unit(_) => other("sheet_other_kind", text!("đây là phiếu tự chấm của đơn vị", "it is a unit's sheet")),
        }
    }

    /// Whether the log bears out what the card says, at the position where the workbook was made and now.
    ///
    /// # Errors
    /// What is another's.
    pub fn fits(&self, made: &Basis, now: &Basis) -> Result<(), Faults> {
        self.is_of(&now.log.origin)?;
        if self.round != *now.round.id() {
            let round = &self.round;
            return other("sheet_other_round", text!("phiếu của kỳ {round}", "it is of the round {round}"));
        }
        if made.position != self.position || made.root != self.root {
            let position = self.position;
            let what = text!(
                "nhật ký này tại vị trí {position} có gốc khác với gốc ghi trong phiếu",
                "this log has another root at {position} than the workbook says"
            );
            return other("sheet_other_root", what);
        }
        if self.rulebook != now.round.book.doc.digest || self.rulebook != made.round.book.doc.digest {
            let what =
                text!("phiếu theo bộ tiêu chí khác; hãy xuất lại", "it goes by another rulebook: export it anew");
            return other("sheet_other_rulebook", what);
        }
        match &self.of {
            Of::Unit(unit) if now.round.unit(unit).is_none() => {
                other("sheet_other_unit", text!("kỳ này không có đơn vị {unit}", "the round has no unit {unit}"))
            }
            Of::Appraisal { block, .. } if !now.round.config.blocks.iter().any(|b| b.block == *block) => {
                other("sheet_other_block", text!("kỳ này không có khối {block}", "the round has no block {block}"))
            }
            Of::Unit(_) | Of::Appraisal { .. } => Ok(()),
        }
    }
}

fn other(code: &'static str, what: Text) -> Result<(), Faults> {
    Err(Faults::one(code, Place::sheet(CARD), what))
}

/// Of which position a sheet is, as it says so itself.
pub fn stood(basis: &Basis) -> String {
    let (log, position, root) = (&basis.log.origin, basis.position, basis.root);
    format!("Theo nhật ký {log}, vị trí {position}, gốc {root}.")
}

/// The same at the foot of every page.
pub fn foot(basis: &Basis) -> String {
    format!("{} #{} {}", basis.log.origin, basis.position, basis.root)
}

/// The mark of training logs, which stands on every sheet.
pub fn training(basis: &Basis) -> &'static str {
    if basis.log.genesis.mode == proto::act::log::Mode::Training { " – KỲ TẬP HUẤN" } else { "" }
}

/// What no workbook can hold.
pub fn unwritable(told: &str) -> Faults {
    let what = text!("không ghi được bảng tính (chi tiết kỹ thuật: {told})", "no workbook can be written: {told}");
    Faults::one("workbook_unwritable", Place::File, what)
}

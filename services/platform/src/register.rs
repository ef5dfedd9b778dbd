//! The register of personal data: what is held, where, why, for how long, who sees it and how it is erased. It holds no data, and
//! says of every column of every store whether personal data stands in it: a test reads the stores, so that none is forgotten.

mod columns;
mod records;

pub use columns::WITHOUT;
pub use records::REGISTER;

use proto::document::Lang;

/// A text in both languages.
#[derive(Debug, Clone, Copy)]
pub struct Said {
    /// In Vietnamese.
    pub vi: &'static str,
    /// In English.
    pub en: &'static str,
}

impl Said {
    /// In one language.
    #[must_use]
    pub fn get(&self, lang: Lang) -> &'static str {
        match lang {
            Lang::Vi => self.vi,
            Lang::En => self.en,
        }
    }
}

/// Personal data of one kind.
#[derive(Debug, Clone, Copy)]
pub struct Record {
    /// What.
    pub what: Said,
    /// Where it stands.
    pub place: Said,
    /// What for.
    pub why: Said,
    /// On what ground in law.
    pub ground: Said,
    /// For how long.
    pub kept: Said,
    /// Who sees it.
    pub seen_by: Said,
    /// How it is erased, or why it is not.
    pub erased: Said,
    /// The columns that hold it: store, table, column.
    pub columns: &'static [&'static str],
}

/// What the members of a record are called, in their order from the place on.
pub const NAMES: [Said; 6] = [
    Said { vi: "Nơi lưu", en: "Where" },
    Said { vi: "Mục đích", en: "What for" },
    Said { vi: "Căn cứ", en: "Ground" },
    Said { vi: "Thời hạn lưu", en: "Kept" },
    Said { vi: "Ai được xem", en: "Who sees it" },
    Said { vi: "Cách xóa", en: "How it is erased" },
];

impl Record {
    /// Its members from the place on, in the order of [`NAMES`].
    #[must_use]
    pub fn members(&self) -> [Said; 6] {
        [self.place, self.why, self.ground, self.kept, self.seen_by, self.erased]
    }
}

#[cfg(test)]
mod tests {
    use super::{NAMES, REGISTER, WITHOUT};
    use proto::document::Lang;

    #[test]
    fn every_record_is_said_in_both_languages_and_no_column_is_of_both_kinds() {
        for record in REGISTER {
            for said in record.members().into_iter().chain([record.what]).chain(NAMES) {
                assert!(!said.get(Lang::Vi).is_empty() && !said.get(Lang::En).is_empty(), "{said:?}");
                assert_ne!(said.vi, said.en);
            }
            for column in record.columns {
                assert_eq!(column.split('.').count(), 3, "{column}");
                assert!(!WITHOUT.contains(column), "{column} holds personal data, and does not");
            }
        }
    }
}

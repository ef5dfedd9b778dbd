//! The blocks of a round as its rows name them: their order and titles.
//! No block is known here by itself: an authority names its own.

use proto::BlockId;
use proto::document::Lang;
use proto::rows::BlockRow;

use crate::words::pick;

/// A round's blocks in its order.
pub struct Blocks(pub Vec<BlockRow>);

impl Blocks {
    /// A block's place; one that the round does not name comes last.
    pub fn place(&self, block: &BlockId) -> usize {
        self.0.iter().position(|row| row.block == *block).unwrap_or(self.0.len())
    }

    /// Rows by block, in the round's order.
    pub fn grouped<R>(&self, rows: Vec<R>, block: impl Fn(&R) -> &BlockId) -> Vec<(BlockId, Vec<R>)> {
        let mut groups: Vec<(BlockId, Vec<R>)> = Vec::new();
        for row in rows {
            let id = block(&row).clone();
            match groups.last_mut() {
                Some((known, group)) if *known == id => group.push(row),
                _ => groups.push((id, vec![row])),
            }
        }
        groups.sort_by_key(|(id, _)| self.place(id));
        groups
    }

    /// A block's title.
    pub fn title(&self, lang: Lang, block: &BlockId) -> String {
        match self.0.iter().find(|row| row.block == *block) {
            Some(row) => pick(lang, &row.title_vi, &row.title_en).to_owned(),
            None => block.to_string(),
        }
    }
}

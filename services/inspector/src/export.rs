//! Export: every stored body a line, byte for byte, and beside it the stored head (RULINGS 36).
//! It copies and never judges, so that a broken log can be taken away and looked at too.

use std::io::Write;

use proto::tree::CompactRange;
use proto::{Hash, Origin};

use crate::head::HeadFile;
use crate::source::{Source, SourceError};

/// What was exported.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Exported {
    /// Lines written.
    pub events: u64,
    /// The stored head, if it can be read as one.
    pub head: Option<HeadFile>,
}

/// Why nothing, or not all, was exported.
#[derive(Debug, thiserror::Error)]
pub enum ExportError {
    /// The log cannot be read.
    #[error(transparent)]
    Source(#[from] SourceError),
    /// The engine failed.
    #[error("database: {0}")]
    Engine(#[from] sqlx::Error),
    /// The file cannot be written.
    #[error("writing: {0}")]
    Io(#[from] std::io::Error),
}

/// Writes every body to `out`, a line each, in order of position.
///
/// # Errors
/// [`ExportError`].
pub async fn export(
    source: &Source,
    origin: &Origin,
    out: &mut impl Write,
    mut progress: impl FnMut(u64),
) -> Result<Exported, ExportError> {
    let stored = source.head().await?;
    let mut events = 0;
    let mut rows = source.rows(0, None).await?;
    while let Some(row) = rows.next().await? {
        out.write_all(&row.body_as_it_stands()?)?;
        out.write_all(b"\n")?;
        events += 1;
        progress(events);
    }
    out.flush()?;
    let head = stored.and_then(|h| {
        let size = u64::try_from(h.position).ok()?;
        let root: [u8; 32] = match (size, h.root.as_slice().try_into()) {
            (0, _) => CompactRange::default().root().0,
            (_, root) => root.ok()?,
        };
        Some(HeadFile { origin: origin.clone(), size, root: Hash(root) })
    });
    Ok(Exported { events, head })
}

//! A workbook that came back, looked at: opened beside whoever else is served, and held against the log where it was made and now.
//! Whoever asks has been let in before; nothing is written here.

use proto::{Acting, Rejection, text};

use super::http::{Rounds, Stood};
use super::{Preview, Returned};
use crate::fault::{Faults, Place};
use crate::limits::WORKBOOK_BYTES_MAX;

/// Opens a workbook. It is inflated and read; whoever else is served does not wait for that.
///
/// # Errors
/// Where no thread opens it; inside, why it is no sheet that can be taken.
pub async fn opened(bytes: impl AsRef<[u8]> + Send + 'static) -> Result<Result<Returned, Faults>, Rejection> {
    let opened = tokio::task::spawn_blocking(move || Returned::open(bytes.as_ref())).await;
    opened.map_err(|error| Rejection::FilesUnusable { detail: error.to_string() })
}

/// What it would change as the round stands now, sent by somebody who acts so.
///
/// # Errors
/// Where the log cannot be read, or has not come to where it was made; inside, all that is wrong with it.
pub async fn compared(
    rounds: &dyn Rounds,
    returned: Returned,
    now: &Stood,
    acting: &Acting,
) -> Result<Result<Preview, Faults>, Rejection> {
    let card = &returned.card;
    let made = rounds.stood(&card.round, Some(card.position)).await?;
    Ok(returned.preview(&made.basis(&card.round)?, &now.basis(&card.round)?, acting))
}

/// That it has more bytes than a workbook may have, or broke off.
pub fn too_large() -> Faults {
    let what =
        text!("quá {WORKBOOK_BYTES_MAX} byte, hoặc bị đứt", "more than {WORKBOOK_BYTES_MAX} bytes, or it broke off");
    Faults::one("file_too_large", Place::File, what)
}

//! What the log keeps for how long: every event read once, for what refers to files and ballots, and the cases about them.

use domain::Retention;
use platform::feed::Feed;
use proto::Event;

use crate::replay::ReplayError;
use crate::source::Source;

/// How many events are read at once.
const BATCH_EVENTS: usize = 1_024;

/// The whole log, as far as retention asks of it.
///
/// # Errors
/// [`ReplayError`].
pub async fn retained(source: &Source) -> Result<Retention, ReplayError> {
    let (mut retention, mut position) = (Retention::default(), 0);
    loop {
        let bodies = source.after(position, BATCH_EVENTS).await?;
        if bodies.is_empty() {
            return Ok(retention);
        }
        for body in bodies {
            let event = Event::decode(&body)?;
            position = event.envelope.position;
            retention.take(&event)?;
        }
    }
}

//! Commands that came before: the same id, actor and digest give the old answer, anything else is refused (RULINGS 4).
//! It reads the log itself; no memory of ids is kept, so nothing grows with the log.

use proto::{Accepted, Answer, Command, Event, Hash, Principal, Rejection};

use crate::log::Log;

/// The answer to a command that made an event before; none if it has not.
///
/// # Errors
/// What the engine says, or that the stored body is no event.
pub async fn earlier(log: &Log, principal: &Principal, command: &Command) -> Result<Option<Answer>, String> {
    let body = log.of_command(command.id.as_str()).await.map_err(|e| e.to_string())?;
    let Some(body) = body else { return Ok(None) };
    let event = Event::decode(&body).map_err(|e| e.to_string())?;
    let e = event.envelope;
    if e.actor.id != principal.actor || e.command.digest != command.digest {
        return Ok(Some(reused(command)));
    }
    Ok(Some(Answer::Accepted(Accepted {
        command: e.command.id,
        event: e.id,
        position: e.position,
        hash: Hash::entry(&body),
        stream: e.stream,
        version: e.version,
        at: e.at,
        receipt: None,
    })))
}

/// The answer to an id that was used for something else.
pub fn reused(command: &Command) -> Answer {
    Answer::refused(Some(&command.id), &Rejection::CommandReused { id: command.id.clone() })
}

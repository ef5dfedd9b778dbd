//! The gate before the door: a command that refers to a file goes on only if the store has that file. It never stands in the
//! writer's way: the store is asked before a command's turn, and what was written before is answered as it was.

use async_trait::async_trait;
use platform::ports::{SharedStoredFiles, SharedSubmit, Submit};
use proto::{Answer, Command, Principal, Rejection};

use crate::log::Log;
use crate::lookup;

/// A door that asks the store of files.
pub struct Attaching {
    /// The door behind it.
    pub door: SharedSubmit,
    /// The store.
    pub files: SharedStoredFiles,
    /// The log, where commands are looked up that came before.
    pub log: Log,
}

impl Attaching {
    /// Why a command does not go on, if it does not. A store that could not be asked is not asked again for the same sending: each
    /// of its commands would wait as long.
    async fn refuses(
        &self,
        principal: &Principal,
        command: &Command,
        unusable: &mut Option<String>,
    ) -> Option<Rejection> {
        let (unit, files) = command.act.files();
        if files.is_empty() {
            return None;
        }
        let asked = match unusable.clone() {
            Some(detail) => Err(detail),
            None => self.files.first_missing(unit, files).await,
        };
        let refused = match asked {
            Ok(None) => return None,
            Ok(Some(address)) => Rejection::EvidenceNotStored { address },
            Err(detail) => Rejection::FilesUnusable { detail: unusable.insert(detail).clone() },
        };
        // Sent again, it gets the old answer from the door, also where its file was erased since.
        match lookup::earlier(&self.log, principal, command).await {
            Ok(None) => Some(refused),
            Ok(Some(_)) => None,
            Err(detail) => Some(Rejection::NotWritten { detail }),
        }
    }
}

#[async_trait]
impl Submit for Attaching {
    async fn submit(&self, principal: Principal, mut commands: Vec<Result<Command, Rejection>>) -> Vec<Answer> {
        let (mut refused, mut unusable) = (Vec::new(), None);
        for (place, command) in commands.iter_mut().enumerate() {
            let Ok(sent) = command.as_ref() else { continue };
            if let Some(rejection) = self.refuses(&principal, sent, &mut unusable).await {
                refused.push((place, Answer::refused(Some(&sent.id), &rejection)));
                *command = Err(rejection);
            }
        }
        let mut answers = self.door.submit(principal, commands).await;
        for (place, answer) in refused {
            // The door knows nothing of the command but why it is none; its id belongs to the answer.
            if let Some(given) = answers.get_mut(place) {
                *given = answer;
            }
        }
        answers
    }
}

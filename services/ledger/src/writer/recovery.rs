//! What the writer does after a failure: it reads the log again, decides once more, and says of what is left what it knows.
//! Nobody is told that his command was not written while it may be in the log, or may still come to be.

use proto::{Answer, Command, Principal, Rejection};

use super::{Unanswered, Writer, arrive};
use crate::group::{Group, Job};
use crate::lookup;

impl Writer {
    /// After a failure: everything that is not answered is decided once more, from what the log holds, and every command
    /// is looked up first, so that none is written twice and none is answered wrongly.
    pub(super) async fn start_over(&mut self, mut jobs: Vec<Job>, error: String) {
        tracing::warn!(%error, "ledger.group_failed");
        self.failed = true;
        if let Some(mut flight) = self.flight.take() {
            let landing = arrive(&mut flight.task).await;
            if let Err((unanswered, _)) = self.finish(flight.group, flight.next, landing).await {
                jobs.extend(unanswered);
            }
        }
        jobs.extend(std::mem::take(&mut self.open).into_jobs());
        (self.stale, self.suspect) = (true, true);
        if let Err((jobs, error)) = self.once_more(jobs).await {
            self.stale = true;
            self.give_up(jobs, &error).await;
        }
    }

    async fn once_more(&mut self, jobs: Vec<Job>) -> Result<(), Unanswered> {
        if let Err(error) = self.load().await {
            return Err((jobs, error.to_string()));
        }
        let mut group = Group::default();
        let mut failed = Ok(());
        for job in jobs {
            match failed {
                Ok(()) => failed = self.state.take(job, &mut group, None, true).await,
                Err(_) => group.put(job, Vec::new()),
            }
        }
        if let Err(error) = failed {
            return Err((group.into_jobs(), error));
        }
        let mut flight = self.depart(group);
        let landing = arrive(&mut flight.task).await;
        self.finish(flight.group, flight.next, landing).await
    }

    /// Answers jobs that could not be written. What did get into the log is found there; where the log cannot be asked
    /// either, the answer says that the outcome is not known.
    pub(super) async fn give_up(&mut self, jobs: Vec<Job>, detail: &str) {
        for job in jobs {
            let mut answers = Vec::with_capacity(job.commands.len());
            for command in &job.commands {
                answers.push(self.last_word(&job.principal, command, detail).await);
            }
            let is_whole = answers.iter().all(|answer| matches!(answer, Answer::Accepted(_)));
            self.broken_off |= job.at.is_some() && !is_whole;
            let _ = job.reply.send(answers);
        }
    }

    async fn last_word(&self, who: &Principal, command: &Result<Command, Rejection>, detail: &str) -> Answer {
        match command {
            Err(rejection) => Answer::refused(None, rejection),
            Ok(command) if self.away.is_some() && !*self.lost.borrow() => {
                Answer::refused(Some(&command.id), &Rejection::OutcomeUnknown { detail: detail.to_owned() })
            }
            Ok(command) => match lookup::earlier(&self.log, who, command).await {
                Ok(Some(answer)) => answer,
                Ok(None) | Err(_) if *self.lost.borrow() => Answer::refused(Some(&command.id), &Rejection::LostLead {}),
                Ok(None) => {
                    let detail = detail.to_owned();
                    let rejection = match self.doubt {
                        true => Rejection::OutcomeUnknown { detail },
                        false => Rejection::NotWritten { detail },
                    };
                    Answer::refused(Some(&command.id), &rejection)
                }
                Err(error) => {
                    let rejection = Rejection::OutcomeUnknown { detail: format!("{detail}; {error}") };
                    Answer::refused(Some(&command.id), &rejection)
                }
            },
        }
    }
}

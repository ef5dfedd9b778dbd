//! Receipts with answers: where the round or the sender wants one, an accepted command's answer waits for its checkpoint.
//! It waits no longer than it was told, and a receipt that does not fit its event is never handed on.

use std::collections::HashMap;
use std::sync::Mutex;
use std::time::{Duration, Instant};

use platform::feed::Feed;
use platform::ports::{NoReceipt, SharedReceipts};
use proto::act::round::ReceiptRule;
use proto::checkpoint::Checkpoint;
use proto::fold::Streams;
use proto::receipt::Receipt;
use proto::tree::verify_inclusion;
use proto::{Accepted, Answer, Command, Event, Fact, Rejection, RoundId, Stream, Vouched};

use crate::log::Log;

/// The longest that a sender may have his answer wait, in milliseconds.
pub const WAIT_MS_MAX: u64 = 30_000;
/// How long it waits where the sender does not say, in milliseconds.
pub const WAIT_MS: u64 = 5_000;
/// Rounds whose rules are remembered.
const RULES_MAX: usize = 256;

/// What is wanted of an answer.
#[derive(Debug, Clone, Copy)]
pub struct Wanted {
    /// By whom the checkpoint must be vouched for.
    pub vouched: Vouched,
    /// How long to wait for it.
    pub wait: Duration,
}

impl From<ReceiptRule> for Wanted {
    fn from(rule: ReceiptRule) -> Self {
        Self { vouched: rule.vouched, wait: Duration::from_secs(rule.wait_seconds.into()) }
    }
}

/// Gives answers their receipts.
pub struct WithReceipts {
    signer: Option<SharedReceipts>,
    log: Log,
    /// The rules of rounds, which never change once a round is open.
    rules: Mutex<HashMap<RoundId, Option<ReceiptRule>>>,
}

/// The rounds by whose rules commands are answered, each in its command's place.
pub fn rounds(commands: &[Result<Command, Rejection>]) -> Vec<Option<RoundId>> {
    commands.iter().map(|c| c.as_ref().ok().and_then(|c| domain::receipted(&c.act)).cloned()).collect()
}

impl WithReceipts {
    /// Receipts from a signer, where there is one.
    pub fn new(signer: Option<SharedReceipts>, log: Log) -> Self {
        Self { signer, log, rules: Mutex::default() }
    }

    /// Adds receipts to the answers that want one, by their rounds' rules or by what the sender asked.
    pub async fn add(&self, answers: &mut [Answer], rounds: Vec<Option<RoundId>>, asked: Option<Wanted>) {
        let begun = Instant::now();
        for (answer, round) in answers.iter_mut().zip(rounds) {
            let Answer::Accepted(accepted) = answer else { continue };
            let rule = match round {
                Some(round) => self.rule(round).await.map(Wanted::from),
                None => None,
            };
            let Some(wanted) = stricter(rule, asked) else { continue };
            let left = wanted.wait.saturating_sub(begun.elapsed());
            let receipt = self.receipt(accepted, wanted.vouched, left).await;
            accepted.receipt = Some(match receipt {
                Ok(receipt) => proto::ReceiptState { vouched: Some(wanted.vouched), text: receipt.to_string() },
                Err(error) => {
                    if let NoReceipt::Failed(error) = error {
                        tracing::error!(event.position = accepted.position, error, "ledger.receipt_failed");
                    }
                    proto::ReceiptState { vouched: None, text: String::new() }
                }
            });
        }
    }

    /// A round's rule, as it was opened with it.
    async fn rule(&self, round: RoundId) -> Option<ReceiptRule> {
        let held = || self.rules.lock().expect("no thread panics while it holds this");
        if let Some(rule) = held().get(&round) {
            return *rule;
        }
        let first = self.log.streams(&Streams::One(Stream::Round(round.clone())), u64::MAX).await.ok()?;
        let opened = first.iter().find_map(|body| match Event::decode(body).ok()?.fact {
            Fact::RoundOpened(opened) => Some(opened),
            _ => None,
        })?;
        let mut rules = held();
        if rules.len() == RULES_MAX {
            rules.clear();
        }
        rules.insert(round, opened.policy.receipts);
        opened.policy.receipts
    }

    async fn receipt(&self, accepted: &Accepted, vouched: Vouched, wait: Duration) -> Result<Receipt, NoReceipt> {
        let signer = self.signer.as_ref().ok_or(NoReceipt::Pending)?;
        let mut receipt = signer.receipt(accepted.position, vouched, wait).await?;
        let failed = |e: &dyn std::fmt::Display| NoReceipt::Failed(e.to_string());
        let head = Checkpoint::parse(receipt.checkpoint.text()).map_err(|e| failed(&e))?.head;
        verify_inclusion(accepted.position - 1, accepted.hash, head.size, head.root, &receipt.proof)
            .map_err(|e| failed(&e))?;
        let body = self.log.after(accepted.position - 1, 1).await.map_err(|e| failed(&e))?;
        receipt.extra = body.into_iter().next();
        Ok(receipt)
    }
}

/// What satisfies both: cosigned where one wants it, for as long as one of them waits.
fn stricter(rule: Option<Wanted>, asked: Option<Wanted>) -> Option<Wanted> {
    let (Some(rule), Some(asked)) = (rule, asked) else { return rule.or(asked) };
    let cosigned = [rule, asked].iter().any(|w| w.vouched == Vouched::Cosigned);
    let vouched = if cosigned { Vouched::Cosigned } else { Vouched::Signed };
    Some(Wanted { vouched, wait: rule.wait.max(asked.wait) })
}

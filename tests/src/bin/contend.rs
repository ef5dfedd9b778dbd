//! One of several processes that write one log: some callers, each with a score of its own, who send every command again
//! until it is acknowledged, through a ledger that leads when it can. Prints the
//! record of each sending as a line of JSON.

use std::io::Write;
use std::str::FromStr;
use std::time::Duration;

use anyhow::{Context, Result};
use ledger::{Config, Door, Ledger};
use platform::db::{Place, Role, Server};
use platform::ports::Submit;
use proto::{Answer, UnitId};
use system_tests::load::round::{Caller, units};
use system_tests::record::Records;

#[tokio::main]
async fn main() -> Result<()> {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let [url, from, callers, each] = arguments.as_slice() else { anyhow::bail!("URL FROM CALLERS EACH") };
    let server = Server::from_str(url).map_err(anyhow::Error::msg)?;
    let place = Place::Schema { server, schema: "ledger", role: Role::Ledger };
    let (from, callers, each): (usize, usize, usize) = (from.parse()?, callers.parse()?, each.parse()?);
    let units: Vec<UnitId> = units()?;
    let mut left: Vec<(Caller, usize)> =
        (from..from + callers).map(|i| Ok((Caller::new(i, &units)?, each))).collect::<Result<_>>()?;
    while left.iter().any(|(_, left)| *left > 0) {
        // Whoever lost the lead stands by again.
        let Ok(ledger) = Ledger::open(Config::begun(&place)).await else {
            tokio::time::sleep(Duration::from_millis(20)).await;
            continue;
        };
        let calling = left.drain(..).map(|(caller, left)| tokio::spawn(call(ledger.door(), caller, left)));
        let calling: Vec<_> = calling.collect();
        for caller in calling {
            left.push(caller.await.context("a caller")??);
        }
        ledger.stop().await;
    }
    Ok(())
}

/// Sends commands until all are acknowledged or the lead is lost.
async fn call(door: Door, mut caller: Caller, mut left: usize) -> Result<(Caller, usize)> {
    let records = Records::default();
    while left > 0 {
        let command = caller.pending()?;
        let open = records.begin(caller.name(), caller.turn(), &command);
        let answer = door.submit(caller.principal(), vec![Ok(command.clone())]).await.pop().context("an answer")?;
        records.told(open, answer.clone());
        writeln!(std::io::stdout().lock(), "{}", serde_json::to_string(&records.get(open))?)?;
        match answer {
            Answer::Accepted(accepted) => {
                caller.scored(&accepted);
                left -= 1;
            }
            Answer::Refused(r) if r.code == "lost_lead" => break,
            // Nothing or not known: the same command again, after a rest, for the answer may come at once.
            Answer::Refused(r) if r.status == 503 => tokio::time::sleep(Duration::from_millis(5)).await,
            Answer::Refused(r) => anyhow::bail!("{}: {}", r.code, r.en),
        }
    }
    Ok((caller, left))
}

//! The load program: figures of the whole system, each as a ratio to a raw baseline that the same run measures.
//! `load` takes some minutes; `load --full` grows the log to a million events; `load --postgres` measures on PostgreSQL
//! alone, `load --bus` the bus alone. `load --soak [MINUTES]` looks at memory under full load, ten minutes without a number.

use system_tests::load::{append, bus, growth, postgres, rebuild, soak, verify};

#[tokio::main]
async fn main() -> anyhow::Result<()> {
    let arguments: Vec<String> = std::env::args().collect();
    if let [_, word, folder] = arguments.as_slice()
        && word == "--resident"
    {
        println!("{}", growth::resident(folder.as_ref()).await?);
        return Ok(());
    }
    let asked = |word: &str| arguments.iter().any(|a| a == word);
    if asked("--postgres") {
        return postgres::measure().await;
    }
    if asked("--bus") {
        return bus::measure().await;
    }
    if asked("--soak") {
        let minutes = arguments.last().and_then(|last| last.parse().ok()).unwrap_or(soak::MINUTES);
        return soak::measure(minutes).await;
    }
    let full = asked("--full") || std::env::var_os("PARINDEX_FULL").is_some();
    let scratch = tempfile::tempdir()?;
    append::measure(scratch.path(), 20_000).await?;
    verify::measure(scratch.path()).await?;
    rebuild::measure(scratch.path()).await?;
    postgres::measure().await?;
    bus::measure().await?;
    let grown = tempfile::tempdir()?;
    growth::measure(grown.path(), 10_000, if full { 1_000_000 } else { 100_000 }).await
}

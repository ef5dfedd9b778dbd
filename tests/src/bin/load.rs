//! The load program: figures of the whole system, each as a ratio to a raw baseline that the same run measures.
//! `load` takes some minutes; `load --full` grows the log to a million events; `load --postgres` measures on PostgreSQL
//! alone, `load --bus` the bus alone, `load --proof` verifying and receipts, `load --files` files taken in, `load --ballots` files of
//! ballots, `load --pages` pages. `load --soak [MINUTES]` looks at memory under full load, ten minutes without a number.

use system_tests::load::{append, ballots, bus, files, growth, pages, postgres, proof, rebuild, soak, verify};

#[tokio::main]
async fn main() -> anyhow::Result<()> {
    let arguments: Vec<String> = std::env::args().collect();
    if let [_, word, folder] = arguments.as_slice()
        && word == "--resident"
    {
        println!("{}", growth::resident(folder.as_ref()).await?);
        return Ok(());
    }
    if let [_, word, folder, cores] = arguments.as_slice()
        && word == "--walk"
    {
        println!("{}", verify::told(folder.as_ref(), cores.parse()?).await?);
        return Ok(());
    }
    if let [_, word, home, file, way] = arguments.as_slice()
        && word == "--ballots"
    {
        println!("{}", ballots::told(home.as_ref(), file.as_ref(), way).await?);
        return Ok(());
    }
    let asked = |word: &str| arguments.iter().any(|a| a == word);
    if asked("--bus") {
        return bus::measure().await;
    }
    if asked("--pages") {
        return pages::measure().await;
    }
    if asked("--soak") {
        let minutes = arguments.last().and_then(|last| last.parse().ok()).unwrap_or(soak::MINUTES);
        return soak::measure(minutes).await;
    }
    let full = asked("--full") || std::env::var_os("PARINDEX_FULL").is_some();
    let large = if full { 1_000_000 } else { 100_000 };
    if asked("--postgres") {
        return postgres::measure(large).await;
    }
    let scratch = tempfile::tempdir()?;
    if asked("--files") {
        return files::measure(scratch.path(), full).await;
    }
    let grown = tempfile::tempdir()?;
    if asked("--proof") {
        growth::filled(scratch.path(), 10_000).await?;
        growth::filled(grown.path(), large).await?;
        verify::measure(grown.path(), scratch.path()).await?;
        return proof::measure(scratch.path());
    }
    if asked("--ballots") {
        return ballots::measure(scratch.path(), large).await;
    }
    append::measure(scratch.path(), 20_000).await?;
    rebuild::measure(scratch.path()).await?;
    proof::measure(scratch.path())?;
    ballots::measure(scratch.path(), large).await?;
    postgres::measure(large).await?;
    bus::measure().await?;
    pages::measure().await?;
    files::measure(scratch.path(), full).await?;
    growth::measure(grown.path(), 10_000, large).await?;
    verify::measure(grown.path(), scratch.path()).await
}

//! What is destroyed of a batch, one ballot or all of them: it is gone from every file of the folder, and nothing else with it but the file
//! that it came in (ATTACKS T41).

use intake::evidence::Files;
use intake::survey::{Ballots, SurveyError, Taken, destroy, destroy_batch, prove};

use super::{Stores, file, named, set};

#[tokio::test]
async fn one_ballot_is_destroyed_and_every_other_is_still_proved() {
    let mut stores = Stores::new().await;
    let taken = stores.take("b1", file(5_000).as_bytes()).await.expect("is taken");
    let (round, batch) = named("b1");
    let gone = prove((&stores.files, &mut stores.ballots), (&round, &batch), 4_321).await.expect("is proved");
    // The bytes that are to go: they are looked for in every file of the folder. Its neighbours stand in the same block.
    let block = sealed(&stores, 4_321).await;
    assert!(stores.holds_a_piece_of(&block[..40]) && stores.holds_a_piece_of(&block[block.len() - 40..]));
    destroy((&stores.files, &mut stores.ballots), (&round, &batch), 4_321).await.expect("is destroyed");
    assert!(!stores.holds_a_piece_of(&block), "database and write-ahead log");
    assert!(!stores.holds_a_piece_of(&gone.opening.salt.0));
    let left = sealed(&stores, 4_321).await;
    assert!(left.len() < block.len() && stores.holds(&left[..40]), "the block without it took its place");
    let error = prove((&stores.files, &mut stores.ballots), (&round, &batch), 4_321).await.expect_err("it is gone");
    assert_eq!(error.to_string(), "ballot_destroyed: the ballot 4321 was destroyed");
    let again = destroy((&stores.files, &mut stores.ballots), (&round, &batch), 4_321).await.expect_err("it is gone");
    assert!(matches!(again, SurveyError::BallotDestroyed(4_321)));
    for index in [0, 4_096, 4_320, 4_322, 4_351, 4_352, 4_999] {
        let proof = prove((&stores.files, &mut stores.ballots), (&round, &batch), index).await.expect("is proved");
        proof.verify(5_000, set(&taken).root).expect("it holds");
    }
    // Who had its proof before still has it; the file, in which it stands too, opens for nobody.
    gone.verify(5_000, set(&taken).root).expect("it holds");
    let file = stores.files.hand_out(set(&taken).file.address, Vec::new()).await.expect_err("its key is gone");
    assert!(file.to_string().starts_with("file_key_missing: "), "{file}");
}

#[tokio::test]
async fn a_batch_is_destroyed_whole_and_no_other_with_it() {
    let mut stores = Stores::new().await;
    let taken = stores.take("b1", file(600).as_bytes()).await.expect("is taken");
    let (round, batch) = named("b1");
    let blocks = [sealed(&stores, 0).await, sealed(&stores, 256).await, sealed(&stores, 512).await];
    let other = stores.take("b2", file(300).as_bytes()).await.expect("is taken");
    assert!(blocks.iter().all(|block| stores.holds_a_piece_of(&block[..40])));
    for was_there in [true, false] {
        let gone = destroy_batch((&stores.files, &mut stores.ballots), (&round, &batch)).await.expect("is destroyed");
        assert_eq!(gone, was_there);
        assert!(blocks.iter().all(|block| !stores.holds_a_piece_of(block)), "database and write-ahead log");
    }
    for index in [0, 300, 599] {
        let error = prove((&stores.files, &mut stores.ballots), (&round, &batch), index).await.expect_err("it is gone");
        assert!(matches!(error, SurveyError::BallotDestroyed(_)), "{error}");
    }
    let of = |taken: &Taken| set(taken).file.address;
    let file = stores.files.hand_out(of(&taken), Vec::new()).await.expect_err("its key is gone");
    assert!(file.to_string().starts_with("file_key_missing: "), "{file}");
    let (round, batch) = named("b2");
    let proof = prove((&stores.files, &mut stores.ballots), (&round, &batch), 299).await.expect("is proved");
    proof.verify(300, set(&other).root).expect("it holds");
    stores.files.hand_out(of(&other), Vec::new()).await.expect("it opens");
}

/// The block in which a ballot stands, as it lies in the database.
async fn sealed(stores: &Stores, index: i64) -> Vec<u8> {
    use sqlx::Connection;
    let path = stores.folder.path().join("ballots.db");
    let options = sqlx::sqlite::SqliteConnectOptions::new().filename(path);
    let mut db = sqlx::sqlite::SqliteConnection::connect_with(&options).await.expect("opens");
    let row = sqlx::query_scalar("SELECT sealed FROM blocks WHERE place <= $1 ORDER BY place DESC LIMIT 1").bind(index);
    let sealed = row.fetch_one(&mut db).await.expect("is there");
    db.close().await.expect("closes");
    sealed
}

#[tokio::test]
async fn a_block_is_emptied_ballot_by_ballot_and_leaves_nothing_of_any_of_them() {
    let mut stores = Stores::new().await;
    let taken = stores.take("b1", file(600).as_bytes()).await.expect("is taken");
    let (round, batch) = named("b1");
    let mut before = Vec::new();
    // The whole second block, from both ends.
    for n in 0..128 {
        for index in [256 + n, 511 - n] {
            before.push(sealed(&stores, 300).await);
            destroy((&stores.files, &mut stores.ballots), (&round, &batch), index).await.expect("is destroyed");
        }
    }
    for block in before.iter().step_by(17) {
        assert!(!stores.holds_a_piece_of(block), "each time the whole block was written over");
    }
    for index in 0..600 {
        let proof = prove((&stores.files, &mut stores.ballots), (&round, &batch), index).await;
        match (256..512).contains(&index) {
            true => assert!(matches!(proof, Err(SurveyError::BallotDestroyed(gone)) if gone == index)),
            false => proof.expect("is proved").verify(600, set(&taken).root).expect("it holds"),
        }
    }
}

#[tokio::test]
async fn ballots_of_one_block_that_are_destroyed_at_once_are_all_gone() {
    let mut stores = Stores::new().await;
    stores.take("b1", file(200).as_bytes()).await.expect("is taken");
    let (round, batch) = named("b1");
    let (files, mut other) = Stores::open(stores.folder.path()).await;
    let all = async |files: &Files, ballots: &mut Ballots, first: u64| {
        for index in (first..200).step_by(2) {
            // While the other one reads, the write-ahead log cannot be emptied: it is to be done again.
            while let Err(error) = destroy((files, ballots), (&round, &batch), index).await {
                match error {
                    SurveyError::BallotDestroyed(_) => break,
                    again => assert!(matches!(again, SurveyError::Store(_) | SurveyError::File(_)), "{again}"),
                }
            }
        }
    };
    tokio::join!(all(&stores.files, &mut stores.ballots, 0), all(&files, &mut other, 1));
    for index in 0..200 {
        let error = prove((&files, &mut other), (&round, &batch), index).await.expect_err("it is gone");
        assert!(matches!(error, SurveyError::BallotDestroyed(_)), "{error}");
    }
}

//! A projector's database is dropped under the live service: writing goes on, it says what is to be done, and once that is
//! done the projection is made anew from the log without anyone starting anything.

use platform::db::Role;
use platform::feed::Feed;
use platform::outward;
use system_tests::calling::Calling;
use system_tests::load::round::{begin, origin};
use system_tests::postgres::{Disk, Postgres, execute};
use system_tests::prove::{Projected, prove};
use system_tests::record::Records;
use system_tests::seed::Seed;
use system_tests::served::{callers, lasting_address, serve};

#[tokio::test(flavor = "multi_thread")]
async fn a_projection_dropped_under_the_live_service_is_made_anew_from_the_log() {
    let mut seed = Seed::drawn();
    let server = Postgres::start(Disk::Synced);
    let open = begin(server.place("ledger", Role::Ledger)).await.expect("begins");
    let address = lasting_address();
    let clients = callers(&server, &open, address, 8).await.expect("tokens");
    let since = *open.ledger.log().head().borrow();
    open.ledger.stop().await;
    let kind = serve(&server, address, Vec::new(), Vec::new());
    let records = Records::default();
    let running = kind.start().await;
    let calling = Calling::start(clients, &records, &mut seed);
    let mut admin = server.admin().await;

    // Its tables alone: it makes them again by itself.
    calling.more(100).await;
    let drop_tables = "DO $$ DECLARE t regclass; BEGIN FOR t IN SELECT oid FROM pg_class WHERE relkind = 'r' \
        AND relnamespace = 'ranking'::regnamespace LOOP EXECUTE 'DROP TABLE ' || t || ' CASCADE'; END LOOP; END $$";
    execute(&mut admin, drop_tables).await;
    calling.more(100).await;

    // All of it: that it cannot make, and it says who can.
    execute(&mut admin, "DROP SCHEMA index CASCADE").await;
    running.until_said(kind.name, "database_unprepared").await;
    running.until_said(kind.name, "run `parindex prepare` as its administrator").await;
    // Nobody who writes is kept from it.
    calling.more(200).await;
    let pages = outward::client()
        .get(format!("http://{address}/api/rounds/hanoi-2022/units/001"))
        .send()
        .await
        .expect("answers");
    assert!(pages.status().is_server_error(), "what is gone is not made up: {}", pages.status());
    server.must(&["prepare", "--database-url", &server.url("admin")]);
    calling.more(100).await;
    calling.end().await;

    prove(&server.paths(), origin(), &records, since, Projected::Followed).await;
    // Readers that were there all the time see it again.
    let pages = outward::client()
        .get(format!("http://{address}/api/rounds/hanoi-2022/units/001"))
        .send()
        .await
        .expect("answers");
    assert!(pages.status().is_success(), "{}", pages.status());
}

//! The one checker, run after every accepted step: it folds the log again from scratch and compares everything shown.
//! It believes nothing that was kept along the way, and works out revisions from the events' data by itself.

use std::collections::BTreeMap;

use domain::{IndexRows, RankingRows, TouchedRound, World, all_totals, index_rows, ranking_rows};
use proto::rows::{Cell, Row};
use proto::{Event, RoundId, Stream};

/// The rows that a projector would hold, kept up only with what was touched.
#[derive(Default)]
pub struct Check {
    tables: BTreeMap<(&'static str, Vec<Cell>), Vec<Cell>>,
}

impl Check {
    /// Looks at everything.
    pub fn look(&mut self, world: &mut World, events: &[Event]) {
        let mut again = World::default();
        for event in events {
            again.evolve(event).expect("a log folds again");
        }
        assert_eq!(again.next_due(), world.next_due(), "the timer's next act");
        assert_eq!((again.position, again.at), (world.position, world.at), "position and time");
        self.keep_up(world);
        let mut whole = Self::default();
        for round in again.rounds.keys() {
            assert_eq!(index_of(&again, round), index_of(world, round), "index rows from scratch");
            assert_eq!(ranking_of(&again, round), ranking_of(world, round), "ranking rows from scratch");
            whole.put_index(&index_of(&again, round));
            whole.put_ranking(&ranking_of(&again, round));
        }
        assert_eq!(self.tables, whole.tables, "rows kept up with what was touched");
        revisions(world, events);
    }

    fn keep_up(&mut self, world: &mut World) {
        for (round, touched) in world.take_touched().rounds {
            let of = &world.rounds[&round];
            self.put_index(&index_rows(world, of, &touched));
            self.put_ranking(&ranking_rows(of, &all_totals(of), &touched));
        }
    }

    fn put_index(&mut self, rows: &IndexRows) {
        self.put(&rows.rounds);
        self.put(&rows.phases);
        self.put(&rows.nodes);
        self.put(&rows.units);
        self.put(&rows.totals);
        self.put(&rows.scores);
        self.put(&rows.extras);
    }

    fn put_ranking(&mut self, rows: &RankingRows) {
        self.put(&rows.standings);
        self.put(&rows.publications);
    }

    fn put<R: Row + PartialEq + std::fmt::Debug>(&mut self, rows: &[R]) {
        let mut keys = std::collections::BTreeSet::new();
        for row in rows {
            let cells = row.cells();
            assert_eq!(R::from_cells(cells.clone()).as_ref(), Some(row), "a row reads back");
            let key = cells[..R::TABLE.key].to_vec();
            assert!(keys.insert(key.clone()), "{} has the key {key:?} twice", R::TABLE.name);
            self.tables.insert((R::TABLE.name, key), cells);
        }
    }
}

/// All index rows of a round.
pub fn index_of(world: &World, round: &RoundId) -> IndexRows {
    let round = &world.rounds[round];
    index_rows(world, round, &TouchedRound::everything(round))
}

/// All ranking rows of a round.
pub fn ranking_of(world: &World, round: &RoundId) -> RankingRows {
    let round = &world.rounds[round];
    ranking_rows(round, &all_totals(round), &TouchedRound::everything(round))
}

/// A revision is the version of the last event that touched its score; a stage names the event that set it.
fn revisions(world: &World, events: &[Event]) {
    let mut last: BTreeMap<(String, String), u64> = BTreeMap::new();
    let mut versions: BTreeMap<String, u64> = BTreeMap::new();
    let mut kinds: BTreeMap<(String, u64), &str> = BTreeMap::new();
    for event in events {
        let (stream, version) = (event.envelope.stream.to_string(), event.envelope.version);
        if let Some(leaf) = named(event) {
            last.insert((stream.clone(), leaf), version);
        }
        kinds.insert((stream.clone(), version), event.fact.kind());
        versions.insert(stream, version);
    }
    for round in world.rounds.values() {
        for unit in &round.units {
            let stream = Stream::Sheet(round.id().clone(), unit.unit.clone()).to_string();
            assert_eq!(unit.sheet.version, versions.get(&stream).copied().unwrap_or(0), "version of {stream}");
            let revision = |code: &str| last.get(&(stream.clone(), code.to_owned())).copied().unwrap_or(0);
            for score in &unit.sheet.scores {
                assert_eq!(score.revision, revision(score.leaf.as_str()), "revision of {stream} {}", score.leaf);
                for stage in &score.stages {
                    let kind = kinds[&(stream.clone(), stage.event)];
                    assert!(sets(kind, stage.stage.as_str()), "{stream} {}: {} set by {kind}", score.leaf, stage.stage);
                }
            }
            for (code, extra) in &unit.sheet.extras {
                assert_eq!(extra.revision, revision(code.as_str()), "revision of {stream} {code}");
            }
        }
    }
}

/// The leaf, bonus or penalty that an event of a sheet names in its data.
fn named(event: &Event) -> Option<String> {
    let Stream::Sheet(..) = event.envelope.stream else { return None };
    let data: serde_json::Value = serde_json::from_slice(&event.fact.data().expect("data")).expect("JSON");
    let act = data.get("act").unwrap_or(&data);
    Some(act.get("leaf").or_else(|| act.get("code"))?.as_str().expect("a code").to_owned())
}

fn sets(kind: &str, stage: &str) -> bool {
    match stage {
        "self" => kind == "self_scored",
        "first" | "second" => kind == "score_confirmed" || kind == "score_adjusted",
        "council" => kind == "council_scored",
        "correction" => kind == "score_corrected",
        _ => false,
    }
}

//! 01: who may do what, the documents, the opening of the round.
//! Plan 282 is of 28 October 2022; the days before it are illustrative.

use proto::Act;
use proto::document::DocKind;

use super::calendar::{at, office_times};
use super::cast::Cast;
use super::documents::{enter, value};
use super::opening::opening;
use super::people::{grants, secretariat};
use super::prng::Rng;
use super::script::{Deed, Script};
use super::units::{Unit, catalogue};

/// Writes the file.
pub fn play(script: &mut Script, cast: &Cast) {
    script.begin("setup");
    let mut rng = Rng::of("setup");
    let units: Vec<Unit> = cast.players.iter().map(|p| p.unit.clone()).collect();
    let grants = grants(&units);
    script.send_all(office_times((2022, 10, 20), (2022, 10, 25), grants.len(), &mut rng), grants);

    let rulebook = value(&cast.rulebook);
    let (mut acts, rulebook) = enter(DocKind::Rulebook, "hanoi-4210-illustrative", &rulebook, "nodes");
    let (more, catalogue) = enter(DocKind::Catalogue, "hanoi-2022", &value(&catalogue(&units)), "units");
    acts.extend(more);
    let by = secretariat();
    let deeds: Vec<Deed> = acts.into_iter().map(|act| by.does(act)).collect();
    script.send_all(office_times((2022, 10, 26), (2022, 10, 27), deeds.len(), &mut rng), deeds);
    let open = Act::OpenRound(opening(&units, rulebook, catalogue));
    script.send(at((2022, 10, 28), 14, 5), by.does(open));
}

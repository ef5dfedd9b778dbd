//! Stories of the council: what is put to the vote, who votes, what carries, and how it is carried out.
//! A decision changes no score by itself, and nobody votes on his own unit.

use proto::act::council::{CouncilScored, Matter, SetCouncilScore, Vote, VoteCast};
use proto::{Act, Capacity, Fact, Hash};

use super::acts::{
    WHY, accept, bonus, change, claim, grant, propose, propose_result, propose_scores, record, revoke, set_score,
    submit, vote,
};
use super::fixture::{dec, id, just_before, moment, r22};
use super::given::{Steps, all_signed, at, carried, does, drafted, opened, upheld};
use super::people::{admin_a, appraiser, chief, drafter, granted, member, publisher, secretary};
use super::story::{Story, given};
use super::variant::{because, seen};

/// Every sheet is signed and it is 21 December.
fn winter() -> Steps {
    [opened(), all_signed(), at("12-21")].concat()
}

/// Points of `a` are put to the vote as `d1`.
fn proposed() -> Steps {
    [winter(), does(secretary(), propose_scores("d1", &[change("a", "1.1", "5")]))].concat()
}

fn votes(votes: &[(u32, Vote)]) -> Steps {
    votes.iter().map(|(n, v)| does(member(*n), vote("d1", *v))).collect::<Vec<_>>().concat()
}

fn cast(vote_: Vote, homes: &[&str]) -> Fact {
    let Act::CastVote(act) = vote("d1", vote_) else { panic!("a vote") };
    let homes = homes.iter().map(|unit| id(unit)).collect();
    Fact::VoteCast(VoteCast { act, homes })
}

/// Members, votes for, against, abstained, and whether it carried.
type Count = (u32, u32, u32, u32, bool);

fn counted(story: &Story) -> Count {
    let f = story.recorded();
    (f.members, f.votes_for, f.votes_against, f.abstained, f.carried)
}

#[test]
fn the_secretariat_puts_the_result_and_points_to_the_vote() {
    given([winter()])
        .when(secretary(), propose_result("d1"))
        .then("decision_proposed")
        .in_stream("round/r22")
        .when(secretary(), propose_scores("d2", &[change("a", "1.1", "5"), change("b", "1.1", "5")]))
        .then("decision_proposed")
        .shows("a", "1.1", "self 6");
}

#[test]
fn the_result_that_is_put_to_the_vote_is_the_one_that_stands() {
    let story = given([winter()]);
    let now = domain::result_digest(&story.log.world.rounds[&r22()]);
    let result = |digest| propose("d1", Matter::Result { digest });
    story
        .when(secretary(), result(Hash::digest(b"a guess")))
        .then_refused_with("result_moved", "digest", &now.to_string())
        .when(appraiser(), bonus("a", "1"))
        .then("bonus_awarded")
        .when(secretary(), result(now))
        .then_refused("result_moved")
        .when(appraiser(), bonus("a", "0"))
        .then("bonus_awarded")
        .when(secretary(), result(now))
        .then("decision_proposed");
}

#[test]
fn nobody_but_the_secretariat_puts_anything_to_the_vote() {
    for who in [member(3), publisher(), chief("a"), appraiser()] {
        given([winter()]).when(who, propose_result("d1")).then_refused_with("capacity_wrong", "needed", "secretariat");
    }
}

#[test]
fn a_decisions_id_stands_once_in_its_round() {
    given([proposed()]).when(secretary(), propose_result("d1")).then_refused_with("decision_exists", "decision", "d1");
}

#[test]
fn what_is_put_to_the_vote_fits_the_rules_and_gives_its_reasons() {
    given([winter()])
        .when(secretary(), propose_scores("d1", &[]))
        .then_refused("empty_matter")
        .when(secretary(), propose_scores("d1", &[change("a", "1.1", "5"), change("a", "1.1", "4")]))
        .then_refused_with("change_unknown", "leaf", "1.1")
        .when(secretary(), propose_scores("d1", &[change("z", "1.1", "5")]))
        .then_refused("unit_unknown")
        .when(secretary(), because("", propose_scores("d1", &[change("a", "1.1", "5")])))
        .then_refused("reason_required");
}

#[test]
fn points_of_a_leaf_that_does_not_apply_are_not_put_to_the_vote() {
    let exempted = [
        drafted("a", &[]),
        does(drafter("a"), claim("a", "1.2")),
        does(chief("a"), submit("a")),
        at("11-20"),
        does(appraiser(), accept("a", "1.2")),
        at("12-21"),
    ];
    given([opened(), exempted.concat()])
        .when(secretary(), propose_scores("d1", &[change("a", "1.2", "4")]))
        .then_refused("leaf_exempt");
}

#[test]
fn the_council_proposes_and_votes_within_its_phase() {
    given([opened(), all_signed()])
        .at_instant(just_before(moment("12-20")))
        .when(secretary(), propose_result("d1"))
        .then_refused_with("too_early", "phase", "council")
        .when(secretary(), propose_scores("d1", &[change("a", "1.1", "5")]))
        .then_refused_with("too_early", "phase", "council")
        .at("12-20")
        .when(secretary(), propose_scores("d1", &[change("a", "1.1", "5")]))
        .then("decision_proposed")
        .at_instant(just_before(moment("01-05")))
        .when(member(3), vote("d1", Vote::For))
        .then(cast(Vote::For, &[]))
        .at_before_the_timer("01-05")
        .when(member(4), vote("d1", Vote::For))
        .then_refused_with("deadline_passed", "phase", "council")
        .when(secretary(), propose_result("d2"))
        .then_refused("deadline_passed")
        .when(secretary(), propose_scores("d2", &[change("a", "1.1", "5")]))
        .then_refused("deadline_passed");
}

#[test]
fn what_was_voted_in_time_may_be_counted_afterwards() {
    let story = given([proposed(), votes(&[(2, Vote::For), (3, Vote::For), (4, Vote::For)]), at("01-06")])
        .when(secretary(), record("d1"))
        .then("decision_recorded");
    assert_eq!(counted(&story), (4, 3, 0, 0, true));
}

#[test]
fn only_members_vote() {
    for who in [secretary(), publisher(), appraiser(), chief("c")] {
        given([proposed()]).when(who, vote("d1", Vote::For)).then_refused_with("capacity_wrong", "needed", "council");
    }
    given([proposed()])
        .when(chief("c").in_capacity(Capacity::Council), vote("d1", Vote::For))
        .then_refused("capacity_missing")
        .when(member(3), vote("d7", Vote::For))
        .then_refused_with("decision_unknown", "decision", "d7");
}

#[test]
fn a_member_who_belongs_to_the_unit_does_not_vote_on_its_points() {
    given([proposed()])
        .when(member(1), vote("d1", Vote::For))
        .then_refused_with("recused", "unit", "a")
        .when(member(2), vote("d1", Vote::For))
        .then(cast(Vote::For, &[]));
}

#[test]
fn a_member_who_belongs_to_one_of_several_units_does_not_vote_on_them() {
    let both = propose_scores("d1", &[change("a", "1.1", "5"), change("b", "1.1", "5")]);
    given([winter(), does(secretary(), both)])
        .when(member(1), vote("d1", Vote::For))
        .then_refused_with("recused", "unit", "a")
        .when(member(2), vote("d1", Vote::For))
        .then_refused_with("recused", "unit", "b");
}

#[test]
fn on_the_result_as_a_whole_everyone_votes_and_interest_is_recorded() {
    given([winter(), does(secretary(), propose_result("d1"))])
        .when(member(1), vote("d1", Vote::For))
        .then(cast(Vote::For, &["a"]))
        .when(member(3), vote("d1", Vote::Abstain))
        .then(cast(Vote::Abstain, &[]));
}

#[test]
fn a_decision_carries_with_more_than_half_of_the_members() {
    use Vote::{Abstain, Against, For};
    // On the points of `a`: 4 members may vote, 3 must be for it.
    let table: [(&[(u32, Vote)], Count); 5] = [
        (&[], (4, 0, 0, 0, false)),
        (&[(2, For), (3, For)], (4, 2, 0, 0, false)),
        (&[(2, For), (3, For), (4, For)], (4, 3, 0, 0, true)),
        (&[(2, For), (3, For), (4, Against), (5, Abstain)], (4, 2, 1, 1, false)),
        (&[(2, For), (3, For), (4, For), (5, Against)], (4, 3, 1, 0, true)),
    ];
    for (cast, expected) in table {
        let story = given([proposed(), votes(cast)]).when(secretary(), record("d1")).then("decision_recorded");
        let story = story.in_stream("round/r22");
        assert_eq!(counted(&story), expected, "{cast:?}");
    }
    // On the result: 5 members.
    let table: [(&[(u32, Vote)], Count); 2] = [
        (&[(1, For), (2, For), (3, Against), (4, Against), (5, Abstain)], (5, 2, 2, 1, false)),
        (&[(1, For), (2, For), (3, For)], (5, 3, 0, 0, true)),
    ];
    for (cast, expected) in table {
        let story = given([winter(), does(secretary(), propose_result("d1")), votes(cast)])
            .when(secretary(), record("d1"))
            .then("decision_recorded");
        assert_eq!(counted(&story), expected, "{cast:?}");
    }
}

#[test]
fn the_latest_vote_of_a_member_counts_and_counts_once() {
    use Vote::{Against, For};
    let story = given([proposed(), votes(&[(3, For), (3, For), (4, For), (4, Against), (5, Against), (5, For)])])
        .when(secretary(), record("d1"))
        .then("decision_recorded");
    assert_eq!(counted(&story), (4, 2, 1, 0, false));
}

#[test]
fn who_is_no_member_any_more_when_the_votes_are_counted_does_not_count() {
    use Vote::For;
    let gone = does(admin_a(), revoke("member-5", "g1"));
    let story = given([proposed(), votes(&[(3, For), (4, For), (5, For)]), gone])
        .when(secretary(), record("d1"))
        .then("decision_recorded");
    assert_eq!(counted(&story), (3, 2, 0, 0, true));
}

#[test]
fn who_came_to_belong_to_the_unit_before_the_count_does_not_count() {
    use Vote::For;
    let moved = does(admin_a(), Act::GrantCapacity(grant("member-5", "g2", Capacity::Drafter, "a")));
    let story = given([proposed(), votes(&[(3, For), (5, For)]), moved])
        .when(member(5), vote("d1", For))
        .then_refused_with("recused", "unit", "a")
        .when(secretary(), record("d1"))
        .then("decision_recorded");
    assert_eq!(counted(&story), (3, 1, 0, 0, false));
}

#[test]
fn a_member_of_another_round_is_none_of_this_one() {
    let mut elsewhere = grant("member-6", "g1", Capacity::Council, "");
    elsewhere.round = Some(id("r21"));
    let token = does(super::people::operator(), super::acts::bind("member-6", "token-member-6"));
    let six = || super::people::person("member-6", Capacity::Council, "");
    let story = given([proposed(), token, does(admin_a(), Act::GrantCapacity(elsewhere))])
        .when(six(), vote("d1", Vote::For))
        .then_refused("capacity_missing")
        .when(secretary(), record("d1"))
        .then("decision_recorded");
    assert_eq!(counted(&story).0, 4);
}

#[test]
fn a_decision_that_is_recorded_takes_no_more_votes_and_is_not_recorded_again() {
    given([proposed()])
        .when(secretary(), because("", record("d1")))
        .then_refused("reason_required")
        .when(member(3), record("d1"))
        .then_refused_with("capacity_wrong", "needed", "secretariat")
        .when(secretary(), record("d7"))
        .then_refused("decision_unknown")
        .when(secretary(), record("d1"))
        .then("decision_recorded")
        .when(secretary(), record("d1"))
        .then_refused_with("decision_closed", "decision", "d1")
        .when(member(3), vote("d1", Vote::For))
        .then_refused("decision_closed");
}

#[test]
fn points_that_were_decided_are_carried_out_leaf_by_leaf() {
    let both = propose_scores("d1", &[change("a", "1.1", "5"), change("a", "1.2", "2.5")]);
    let act = SetCouncilScore { round: r22(), unit: id("a"), leaf: id("1.1"), revision: 1, decision: id("d1") };
    let inputs = super::acts::inputs("1.1", "5");
    let fact = CouncilScored { act, inputs, points: dec("5"), reason: WHY.to_owned() };
    given([winter(), carried("d1", both)])
        .shows("a", "1.1", "self 6")
        .when(secretary(), set_score("a", "1.1", "d1"))
        .then(Fact::CouncilScored(fact))
        .in_stream("sheet/r22/a")
        .because_of("decision_recorded")
        .shows("a", "1.1", "self 6, council 5")
        .shows("a", "1.2", "self 4")
        .when(secretary(), set_score("a", "1.2", "d1"))
        .then("council_scored")
        .shows("a", "1.2", "self 4, council 5/2")
        .reaches("a", "27/2", "16");
}

#[test]
fn a_decision_is_carried_out_once_and_says_nothing_about_other_leaves() {
    given([winter(), carried("d1", propose_scores("d1", &[change("a", "1.1", "5")]))])
        .when(secretary(), set_score("a", "1.2", "d1"))
        .then_refused_with("change_unknown", "leaf", "1.2")
        .when(secretary(), set_score("b", "1.1", "d1"))
        .then_refused("change_unknown")
        .when(secretary(), seen(0, set_score("a", "1.1", "d1")))
        .then_refused_with("stale_revision", "current", "1")
        .when(secretary(), set_score("a", "1.1", "d1"))
        .then("council_scored")
        .when(secretary(), set_score("a", "1.1", "d1"))
        .then_refused("change_unknown");
}

#[test]
fn what_did_not_carry_is_not_carried_out() {
    given([proposed()])
        .when(secretary(), set_score("a", "1.1", "d1"))
        .then_refused_with("decision_unfit", "decision", "d1")
        .when(secretary(), record("d1"))
        .then("decision_recorded")
        .when(secretary(), set_score("a", "1.1", "d1"))
        .then_refused("decision_unfit")
        .when(secretary(), set_score("a", "1.1", "d7"))
        .then_refused("decision_unknown");
}

#[test]
fn points_are_set_by_decisions_about_points_and_by_the_secretariat() {
    given([winter(), carried("d1", propose_result("d1"))])
        .when(secretary(), set_score("a", "1.1", "d1"))
        .then_refused("decision_unfit")
        .when(member(3), set_score("a", "1.1", "d1"))
        .then_refused("capacity_wrong")
        .when(granted("inspector"), set_score("a", "1.1", "d1"))
        .then_refused("capacity_wrong");
    given([upheld()]).when(secretary(), set_score("c", "1.1", "d2")).then_refused("decision_unfit");
}

#[test]
fn a_later_decision_takes_the_place_of_an_earlier_one_at_the_same_leaf() {
    let first = [
        carried("d1", propose_scores("d1", &[change("a", "1.1", "5")])),
        does(secretary(), set_score("a", "1.1", "d1")),
        carried("d2", propose_scores("d2", &[change("a", "1.1", "3")])),
    ];
    given([winter(), first.concat()]).when(secretary(), set_score("a", "1.1", "d2")).then("council_scored").shows(
        "a",
        "1.1",
        "self 6, council 3",
    );
}

//! Stories of a round in given, when and then: one for every command, every fact and every rejection of the rules.
//! They never write state: whatever stands was decided and folded, as in the ledger.

mod stories {
    mod acts;
    mod anchors;
    mod appeal;
    mod appraisal;
    mod arithmetic;
    mod batch;
    mod between;
    mod catalogue;
    mod check;
    mod claimed;
    mod correction;
    mod council;
    mod credential;
    mod deadline;
    mod documents;
    mod erasure;
    mod examination;
    mod examined;
    mod exemption;
    mod extras;
    mod fixture;
    mod forms;
    mod given;
    mod grants;
    mod guard;
    mod harness;
    mod history;
    mod keys;
    mod kinds;
    mod log;
    mod memory;
    mod noticed;
    mod opening;
    mod people;
    mod points;
    mod powers;
    mod publication;
    mod resample;
    mod retention;
    mod round;

    mod rulebook;
    mod rules;
    mod sampling;
    mod sheet;
    mod shown;
    mod signing;
    mod story;
    mod survey;
    mod timer;
    mod told;
    mod variant;
    mod who;
    mod withdrawal;
}

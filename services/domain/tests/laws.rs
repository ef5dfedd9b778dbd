//! Laws of the rules as properties: over drawn acts, orders and points they hold always, not only in a story.
//! A drawn act may be refused; a law never looks away from a refusal that changes something.

#[path = "stories/acts.rs"]
#[allow(dead_code, reason = "stories ask for more than the laws draw")]
mod acts;
#[path = "laws/between.rs"]
mod between;
#[path = "stories/check.rs"]
mod check;
#[path = "laws/drawn.rs"]
mod drawn;
#[path = "laws/explained.rs"]
mod explained;
#[path = "stories/fixture.rs"]
#[allow(dead_code, reason = "the fixture serves the stories too")]
mod fixture;
#[path = "stories/given.rs"]
#[allow(dead_code, reason = "stories begin with more than the laws do")]
mod given;
#[path = "stories/harness.rs"]
mod harness;
#[path = "laws/heads.rs"]
mod heads;
#[path = "laws/memory.rs"]
mod memory;
#[path = "laws/moderation.rs"]
mod moderation;
#[path = "laws/order.rs"]
mod order;
#[path = "stories/people.rs"]
#[allow(dead_code, reason = "stories have more people than the laws need")]
mod people;
#[path = "laws/result.rs"]
mod result;
#[path = "stories/told.rs"]
mod told;
#[path = "stories/variant.rs"]
#[allow(dead_code, reason = "stories vary more than the laws do")]
mod variant;
#[path = "laws/whole.rs"]
mod whole;

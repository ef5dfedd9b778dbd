//! Laws of the rules as properties: over drawn acts, orders and points they hold always, not only in a story.
//! A drawn act may be refused; a law never looks away from a refusal that changes something.

#[allow(dead_code, reason = "the stories' steps and people are more than the laws need")]
mod stories {
    pub mod acts;
    pub mod check;
    pub mod fixture;
    pub mod given;
    pub mod harness;
    pub mod people;
}

#[path = "laws/drawn.rs"]
mod drawn;
#[path = "laws/memory.rs"]
mod memory;
#[path = "laws/order.rs"]
mod order;
#[path = "laws/result.rs"]
mod result;
#[path = "laws/whole.rs"]
mod whole;

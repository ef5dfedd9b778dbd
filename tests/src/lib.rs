//! What the tests of the whole share, and the generator of the sample round.
//! No service depends on this crate.

pub mod attacks;
pub mod bus;
pub mod calling;
pub mod faulty_store;
pub mod folder;
pub mod forged;
pub mod grown;
pub mod load;
pub mod nats;
pub mod parity;
pub mod postgres;
pub mod prove;
pub mod proxy;
pub mod rclone;
pub mod record;
pub mod sample;
pub mod seed;
pub mod served;
pub mod small_disk;
pub mod stack;
pub mod timed;

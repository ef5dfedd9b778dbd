//! The newest bodies of the log, until they are durable: what whoever reads the log does not see yet.
//! They are never more than the groups that are open or under way, and are dropped with the state after a failure.

use std::collections::VecDeque;

use proto::fold::Streams;
use proto::tail::Tail;

/// The newest bodies, by position.
#[derive(Debug, Default)]
pub struct Newest {
    bodies: VecDeque<(u64, Vec<u8>)>,
}

impl Newest {
    /// Takes the next body.
    pub fn take(&mut self, position: u64, body: &[u8]) {
        self.bodies.push_back((position, body.to_vec()));
    }

    /// Drops what is durable.
    pub fn drop_until(&mut self, durable: u64) {
        while self.bodies.front().is_some_and(|(position, _)| *position <= durable) {
            self.bodies.pop_front();
        }
    }

    /// Adds what is to come of some streams to the bodies that were read of them.
    pub fn join(&self, streams: &Streams, read: &mut Vec<Vec<u8>>) {
        let last = read.last().and_then(|body| Tail::read(body)).map_or(0, |tail| tail.position);
        let ranges = streams.ranges();
        let within = |body: &[u8]| {
            let stream = Tail::read(body).map_or(&b""[..], |tail| tail.stream);
            ranges.iter().any(|(from, to)| from.as_bytes() <= stream && stream < to.as_bytes())
        };
        let to_come = self.bodies.iter().filter(|(position, body)| *position > last && within(body));
        read.extend(to_come.map(|(_, body)| body.clone()));
    }
}

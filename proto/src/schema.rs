//! JSON Schemas made from the types, and their LOCK.

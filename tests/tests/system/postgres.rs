//! The system on PostgreSQL: the same promises, kept by another engine. Each story has a server of its own.

mod accounts;
mod cursor;
mod desk;
mod dropped;
mod faults;
mod files;
mod forbidden;
mod killed;
mod lead;
mod moving;
mod parity;
mod readers;

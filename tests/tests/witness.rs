//! Those who see a log from outside, through their doors: witnesses and the client that asks them, mirrors, watchers.
//! Real ones, and some that hang, lie or have seen more.

mod witness {
    mod asked;
    mod cosigned;
    mod fixture;
    mod killed;
    mod mirror;
    mod recomputed;
    mod service;
    mod shown;
    mod store;
    mod tls;
    mod validating;
    mod watched;
}

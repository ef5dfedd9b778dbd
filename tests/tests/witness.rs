//! Witnesses through their doors, and the client that asks them: real ones, and some that hang, lie or have seen more.

mod witness {
    mod asked;
    mod cosigned;
    mod fixture;
    mod killed;
    mod service;
    mod store;
    mod tls;
}

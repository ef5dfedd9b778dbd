//! Tests of the whole through its doors: the binary, HTTP, files. Real parts only.

mod system {
    mod anchors;
    mod apart;
    mod api;
    mod appeal;
    mod asyncapi;
    mod backup;
    mod bus;
    mod cluster;
    mod command_line;
    mod crash;
    mod deploy;
    mod document;
    mod dossier;
    mod erasure;
    mod evidence;
    mod files;
    mod flow;
    mod histories;
    mod house;
    mod injected;
    mod inspector;
    mod offline;
    mod postgres;
    mod privacy;
    mod production;
    mod rebuild;
    mod record;
    mod reopened;
    mod report;
    mod resampled;
    mod retention;
    mod sign_in;
    mod signing;
    mod succession;
    mod survey;
    mod tamper;
    mod times;
    mod unit_sheets;
    mod unopened;
    mod verified;
    mod walked;
    mod watched;
    mod withdrawn;
    mod writer;
}

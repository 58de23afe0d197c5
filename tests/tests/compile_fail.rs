//! The macros as users meet them: what has to compile, and what must not, with its messages.
//!
//! The rules for the cases are in `compile-fail/README.md`.

#[test]
fn compile_pass() {
    trybuild::TestCases::new().pass("compile-pass/*.rs");
}

#[test]
fn compile_fail() {
    let cases = trybuild::TestCases::new();
    cases.compile_fail("compile-fail/*.rs");
    cases.compile_fail("compile-fail/live-bugs/*.rs");
}

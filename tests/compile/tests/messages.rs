//! What the compiler says of mistakes. The rules for the cases are in `tests/compile/README.md`.

#[test]
fn mistakes_are_told_at_their_place() {
    let cases = trybuild::TestCases::new();
    cases.compile_fail("fail/*.rs");
    cases.compile_fail("fail/live-bugs/*.rs");
}

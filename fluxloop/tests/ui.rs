//! What compiles as an agent, and what the compiler says of what does not.

#[test]
fn agents_compile_and_misuses_are_explained() {
    let cases = trybuild::TestCases::new();
    cases.pass("tests/ui/pass/*.rs");
    cases.compile_fail("tests/ui/fail/*.rs");
    #[cfg(feature = "harness")]
    cases.compile_fail("tests/ui/harness/*.rs");
}

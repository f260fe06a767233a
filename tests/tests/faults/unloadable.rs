//! Libraries that are built and cannot be loaded.

use tests::Project;

const MISSING: &str = "
unsafe extern \"C\" {
    static nobody_defines_this: i32;
}

#[fluxloop::agent]
fn run(_input: String) -> i32 {
    unsafe { nobody_defines_this }
}
";

const ABORTING: &str = "
#[unsafe(link_section = \".init_array\")]
#[used]
static AT_LOAD: extern \"C\" fn() = at_load;

extern \"C\" fn at_load() {
    eprintln!(\"not today\");
    std::process::abort();
}

#[fluxloop::agent]
fn run(input: String) -> String {
    input
}
";

#[test]
fn a_library_that_cannot_be_loaded_is_named_with_the_reason() {
    let project = Project::new("e2e_unloadable", MISSING)
        .config("")
        .inputs("- anything");
    let finished = project
        .experiment("")
        .exits(96)
        .says("error: the worker ended before it was ready")
        .says("nobody_defines_this");
    assert!(!project.path("experiments").exists(), "{finished}");
}

#[test]
fn a_library_that_ends_the_process_is_told_in_its_own_words() {
    let project = Project::new("e2e_aborting_library", ABORTING)
        .config("")
        .inputs("- anything");
    let finished = project
        .experiment("")
        .exits(96)
        .says("died of signal 6 (SIGABRT: aborted)")
        .says("not today");
    assert!(!project.path("experiments").exists(), "{finished}");
}

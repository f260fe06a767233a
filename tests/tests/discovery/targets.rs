//! One package: its library, examples, binaries and tests.

use tests::Project;

use super::{answer, refusal};

const LIBRARY: &str = r#"
//! Answers with its own place.

mod deep {
    mod deeper {
        #[fluxloop::agent]
        fn run(_input: String) -> &'static str { module_path!() }
    }
    mod other {
        #[fluxloop::agent]
        pub(super) async fn refund(_input: String) -> &'static str { module_path!() }
    }
}

mod in_a_file;

#[cfg(test)]
mod tests {
    #[fluxloop::agent]
    fn pretend(_input: String) -> &'static str { module_path!() }
}

#[fluxloop::agent(name = "support")]
fn handle_support_request(_input: String) -> String { format!("{} support", module_path!()) }
"#;

const OF_A_PROGRAM: &str = "
#[fluxloop::agent]
fn run(_input: String) -> String { format!(\"program {}\", module_path!()) }

fn main() {}
";

const OF_A_TEST: &str = "
#[fluxloop::agent]
fn checked(_input: String) -> String { format!(\"test {}\", module_path!()) }

#[test]
fn an_ordinary_test() {}
";

/// Each test has a package of its own: their builds stand beside each other.
fn project(name: &str) -> Project {
    Project::new(name, LIBRARY)
        .file(
            "src/in_a_file.rs",
            "#[fluxloop::agent]\nfn refund(_input: String) -> &'static str { module_path!() }\n",
        )
        .file("examples/my-agent.rs", OF_A_PROGRAM)
        .file("src/bin/tool.rs", OF_A_PROGRAM)
        .file("tests/checks.rs", OF_A_TEST)
        .config("")
        .inputs("- hello")
}

#[test]
fn every_spelling_of_a_target_leads_to_its_agent() {
    let project = project("e2e_spelt");
    for (target, expected) in [
        // Exactly that function, however its modules are separated.
        ("e2e_spelt.deep.deeper:run", "e2e_spelt::deep::deeper"),
        ("e2e_spelt::deep::deeper:run", "e2e_spelt::deep::deeper"),
        ("e2e-spelt.deep.deeper:run", "e2e_spelt::deep::deeper"),
        ("e2e_spelt::in_a_file::refund", "e2e_spelt::in_a_file"),
        // Anywhere in the crate, if there is one only.
        ("e2e_spelt:run", "e2e_spelt::deep::deeper"),
        ("e2e_spelt:support", "e2e_spelt support"),
        // The only agent whose name ends so.
        ("support", "e2e_spelt support"),
        ("deeper::run", "e2e_spelt::deep::deeper"),
        ("other.refund", "e2e_spelt::deep::other"),
        ("checked", "test checks"),
        // The kinds of targets.
        ("lib.e2e_spelt:run", "e2e_spelt::deep::deeper"),
        ("examples.my_agent:run", "program my_agent"),
        ("examples.my-agent:run", "program my_agent"),
        ("bins.tool:run", "program tool"),
        ("tests.checks:checked", "test checks"),
        // Of a library's tests, where nothing else is called so.
        ("pretend", "e2e_spelt::tests"),
    ] {
        assert_eq!(answer(&project, target), expected, "{target}");
    }
}

#[test]
fn what_is_not_clear_is_listed() {
    let project = project("e2e_unclear");
    insta::assert_snapshot!(refusal(&project, "run"), @"
    error: target `run` fits 3 agents:
        e2e_unclear.deep.deeper:run  src/lib.rs:7
        tool:run                     src/bin/tool.rs:3
        my_agent:run                 examples/my-agent.rs:3
      = help: name one of them as it stands in the list
    ");
    insta::assert_snapshot!(refusal(&project, "e2e_unclear:refund"), @"
    error: target `e2e_unclear:refund` fits 2 agents:
        e2e_unclear.deep.other:refund  src/lib.rs:11
        e2e_unclear.in_a_file:refund   src/in_a_file.rs:2
      = help: name one of them as it stands in the list
    ");
    insta::assert_snapshot!(refusal(&project, "e2e_unclear:handle_support_request"), @"
    error: no agent fits target `e2e_unclear:handle_support_request`; there are:
        e2e_unclear:support            src/lib.rs:24
        e2e_unclear.deep.other:refund  src/lib.rs:11
        e2e_unclear.in_a_file:refund   src/in_a_file.rs:2
        e2e_unclear.deep.deeper:run    src/lib.rs:7
      = help: take one of the list
    ");
    insta::assert_snapshot!(refusal(&project, "bins.tool:walk"), @"
    error: no agent fits target `bins.tool:walk`; there are:
        tool:run  src/bin/tool.rs:3
      = help: take one of the list
    ");
    let project = project.config("");
    let finished = project.experiment("").exits(96);
    insta::assert_snapshot!(project.told(&finished), @r#"
    error: no target is configured, and there are 6 agents:
        e2e_unclear.deep.deeper:run    src/lib.rs:7
        e2e_unclear.deep.other:refund  src/lib.rs:11
        e2e_unclear.in_a_file:refund   src/in_a_file.rs:2
        e2e_unclear:support            src/lib.rs:24
        tool:run                       src/bin/tool.rs:3
        my_agent:run                   examples/my-agent.rs:3
      = help: put the one to run into the configuration:
              runner:
                target: "e2e_unclear.deep.deeper:run"
    "#);
}

#[test]
fn agents_and_cases_are_listed() {
    let project = project("e2e_listed");
    let finished = project.run("list").exits(0);
    insta::assert_snapshot!(finished.stdout, @"
    e2e_listed.deep.deeper:run  src/lib.rs:7
    e2e_listed.deep.other:refund  src/lib.rs:11
    e2e_listed.in_a_file:refund  src/in_a_file.rs:2
    e2e_listed:support  src/lib.rs:24
    e2e_listed.tests:pretend  src/lib.rs:20
    tool:run  src/bin/tool.rs:3
    my_agent:run  examples/my-agent.rs:3
    checks:checked  tests/checks.rs:3
    ");
    // What is listed is a target.
    for line in finished.stdout.lines() {
        let target = line.split_whitespace().next().unwrap_or_default();
        assert!(!answer(&project, target).is_empty(), "{line}");
    }
    let project = project
        .config("runner: { target: support, iterations: 2 }\npersonas: [{ name: ada }, { name: bob }]")
        .inputs("- { id: hi, input: hello, persona: bob }\n- How do I start?\n- How do I start?\n- { input: { a: [1] } }");
    let finished = project.run("list cases -p ada").exits(0);
    insta::assert_snapshot!(finished.stdout, @"
    support::ada::how-do-i-start-5feeee::iter_0
    support::ada::how-do-i-start-5feeee_2::iter_0
    support::ada::a-1-ff5464::iter_0
    support::ada::how-do-i-start-5feeee::iter_1
    support::ada::how-do-i-start-5feeee_2::iter_1
    support::ada::a-1-ff5464::iter_1
    ");
    let finished = project
        .run("list cases -i 1 --inputs inputs/generated.yaml")
        .exits(0);
    insta::assert_snapshot!(finished.stdout, @"
    support::bob::hi::iter_0
    support::ada::how-do-i-start-5feeee::iter_0
    support::bob::how-do-i-start-5feeee::iter_0
    support::ada::how-do-i-start-5feeee_2::iter_0
    support::bob::how-do-i-start-5feeee_2::iter_0
    support::ada::a-1-ff5464::iter_0
    support::bob::a-1-ff5464::iter_0
    ");
    // A run has the cases of the list, in its order.
    project.write("inputs/generated.yaml", "- a\n- b\n- c");
    let listed = project.run("list cases").exits(0).stdout;
    let _ = project.experiment("").exits(0);
    let rows = project.latest().rows("trace_summary.jsonl");
    let run: Vec<_> = rows.iter().filter_map(|row| row["case"].as_str()).collect();
    assert_eq!(listed.lines().collect::<Vec<_>>(), run);
    let variables = "FLUXLOOP_ITERATIONS=1 FLUXLOOP_PERSONAS=bob";
    let listed = project.run_with(variables, "list cases").exits(0).stdout;
    assert_eq!(listed.lines().count(), 3, "{listed}");
}

#[test]
fn two_agents_of_one_name_in_one_place_are_refused() {
    let agent = "#[fluxloop::agent(name = \"twin\")]\nfn NAME(input: String) -> String { input }\n";
    let library = ["one", "two"]
        .map(|name| agent.replace("NAME", name))
        .concat();
    let project = Project::new("e2e_twins", &library)
        .config("")
        .inputs("- hello");
    let finished = project.experiment("").exits(96);
    insta::assert_snapshot!(project.told(&finished), @r#"
    error: no target is configured, and there are 2 agents:
        e2e_twins:twin  src/lib.rs:2
        e2e_twins:twin  src/lib.rs:4
      = help: put the one to run into the configuration:
              runner:
                target: "e2e_twins:twin"
    "#);
    let finished = project.run("list").exits(96);
    insta::assert_snapshot!(project.told(&finished), @r#"
    error: the worker ended before it was ready: the agent's process exited with code 70; it wrote:
      fluxloop: two agents are registered as `e2e_twins:twin`: at src/lib.rs:2 and at src/lib.rs:4; give one of them a name of its own: `#[fluxloop::agent(name = "…")]`
    "#);
    insta::assert_snapshot!(refusal(&project, "e2e_twins:twin"), @r#"
    error: the worker ended before it was ready: the agent's process exited with code 70; it wrote:
      fluxloop: two agents are registered as `e2e_twins:twin`: at src/lib.rs:2 and at src/lib.rs:4; give one of them a name of its own: `#[fluxloop::agent(name = "…")]`
    "#);
}

#[test]
fn the_dependency_may_have_another_name() {
    let fluxloop = tests::workspace().join("fluxloop");
    let manifest = format!(
        "[package]\nname = \"e2e_renamed\"\nversion = \"0.1.0\"\nedition = \"2024\"\n\n[dependencies]\n\
         flx = {{ package = \"fluxloop\", path = '{}' }}\n\n[workspace]\n",
        fluxloop.display()
    );
    let library = "#[flx::agent(crate = flx)]\nfn run(_input: String, _ctx: &flx::Context) -> &'static str { module_path!() }\n";
    let project = Project::new("e2e_renamed", library)
        .file("Cargo.toml", &manifest)
        .file(
            "examples/shown.rs",
            &format!("{}\nfn main() {{}}\n", library.replace("fn run", "fn show")),
        )
        .config("")
        .inputs("- hello");
    assert_eq!(answer(&project, "e2e_renamed:run"), "e2e_renamed");
    assert_eq!(answer(&project, "examples.shown:show"), "shown");
}

#[test]
fn a_binary_alone_may_have_the_agent() {
    let project = Project::new("e2e_binary", "").config("").inputs("- hello");
    std::fs::remove_file(project.path("src/lib.rs")).expect("it was written");
    project.write("src/main.rs", OF_A_PROGRAM);
    assert_eq!(answer(&project, "e2e_binary:run"), "program e2e_binary");
    let project = project.config("");
    let _ = project.experiment("").exits(0);
    assert_eq!(
        project.latest().rows("trace_summary.jsonl")[0]["output"],
        "program e2e_binary"
    );
}

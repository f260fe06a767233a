//! Which project, which inputs, which personas.

use tests::{Project, obedient};

use super::{answers, outputs};

#[test]
fn another_configuration_may_be_named() {
    let project = obedient("name: usual", &["say a"]);
    project.write("configs/variant.yaml", "name: variant");
    // Outside of `configs` a file stands for itself.
    let alone = std::fs::read_to_string(project.path("configs/project.yaml")).unwrap();
    let inputs = project.path("inputs/generated.yaml").display().to_string();
    let text = format!("{alone}\nname: alone\ninputs_file: {inputs}\n");
    project.write("elsewhere/alone.yaml", &text);
    let elsewhere = |folder: &str| project.path(folder).join("experiments/latest/summary.json");
    for (variables, arguments, name) in [
        ("", "", "usual"),
        ("", "--config configs/variant.yaml", "variant"),
        ("", "-c configs/variant.yaml", "variant"),
        ("FLUXLOOP_CONFIG=configs/variant.yaml", "", "variant"),
        (
            "FLUXLOOP_CONFIG=nowhere.yaml",
            "-c configs/variant.yaml",
            "variant",
        ),
        ("", "-c elsewhere/alone.yaml", "alone"),
    ] {
        let arguments = format!("run experiment --yes {arguments}");
        let finished = project.run_with(variables, &arguments).exits(0);
        let folder = if name == "alone" { "elsewhere" } else { "" };
        let summary = std::fs::read_to_string(elsewhere(folder)).unwrap();
        assert!(
            summary.contains(&format!(r#""experiment_name": "{name}""#)),
            "{finished}"
        );
    }
}

#[test]
fn a_project_below_the_root_may_be_named() {
    let place = Project::bare();
    let inside = obedient("name: inside", &["say a"]);
    for folder in ["fluxloop/support", "other/support"] {
        for file in [
            "configs/project.yaml",
            "configs/simulation.yaml",
            "inputs/generated.yaml",
        ] {
            let text = std::fs::read_to_string(inside.path(file)).unwrap();
            place.write(format!("{folder}/{file}"), &text);
        }
    }
    for (variables, arguments, folder) in [
        ("", "--project support", "fluxloop/support"),
        ("FLUXLOOP_PROJECT=support", "", "fluxloop/support"),
        ("", "--project support --root other", "other/support"),
        ("FLUXLOOP_ROOT=other", "--project support", "other/support"),
        (
            "FLUXLOOP_ROOT=nowhere",
            "--project support --root other",
            "other/support",
        ),
    ] {
        let results = place.path(folder).join("experiments");
        let arguments = format!("run experiment --yes {arguments}");
        let finished = place.run_with(variables, &arguments).exits(0);
        assert!(results.join("latest/summary.json").is_file(), "{finished}");
        std::fs::remove_dir_all(results).unwrap();
    }
    let finished = place.experiment("--project suport").exits(96);
    let _ = finished
        .says("project not found")
        .says("did you mean `--project support`?");
    let _ = place
        .experiment("--project ../other")
        .exits(96)
        .says("the name of a folder below the root");
}

#[test]
fn other_inputs_may_be_named() {
    let project = obedient("", &["say usual"]);
    project.write("inputs/batch1.yaml", "inputs: [say one, say two]");
    project.write(
        "inputs/batch2.yaml",
        "generated_inputs: [{ input: say three }]",
    );
    project.write("configs/batch.yaml", "inputs_file: inputs/batch2.yaml");
    project.write(
        "inputs/batch3.csv",
        "persona,input\nada,\"say four, five\"\n",
    );
    project.write("inputs/batch4.jsonl", "\"say six\"\n");
    project.write(
        "configs/several.yaml",
        "inputs_file: [inputs/batch3.csv, inputs/batch2.yaml]",
    );
    let one: &[&str] = &["one", "two"];
    for (variables, arguments, expected) in [
        ("", "--inputs inputs/batch1.yaml", one),
        ("FLUXLOOP_INPUTS=inputs/batch1.yaml", "", one),
        ("", "-c configs/batch.yaml", &["three"]),
        (
            "FLUXLOOP_INPUTS=inputs/batch2.yaml",
            "-c configs/batch.yaml --inputs inputs/batch1.yaml",
            one,
        ),
        ("", "--inputs inputs/batch3.csv", &["four, five"]),
        (
            "",
            "--inputs inputs/batch4.jsonl --inputs inputs/batch3.csv",
            &["six", "four, five"],
        ),
        (
            "FLUXLOOP_INPUTS=inputs/batch2.yaml,inputs/batch4.jsonl",
            "",
            &["three", "six"],
        ),
        ("", "-c configs/several.yaml", &["four, five", "three"]),
        ("", "", &["usual"]),
    ] {
        let arguments = format!("run experiment --yes {arguments}");
        let finished = project.run_with(variables, &arguments).exits(0);
        assert_eq!(outputs(&project.latest()), expected, "{finished}");
    }
}

#[test]
fn inputs_may_stand_in_the_configuration() {
    let config = "base_inputs: [{ input: say base, expected_intent: greet }]";
    let project = obedient(config, &["say usual"]);
    let _ = project.experiment("").exits(0);
    assert_eq!(outputs(&project.latest()), ["usual"]);
    std::fs::remove_file(project.path("inputs/generated.yaml")).unwrap();
    let _ = project.experiment("").exits(0);
    assert_eq!(outputs(&project.latest()), ["base"]);
}

/// Who asked what, in the order of the cases.
fn asked(project: &Project, variables: &str, arguments: &str) -> Vec<String> {
    let arguments = format!("run experiment --yes {arguments}");
    let _ = project.run_with(variables, &arguments).exits(0);
    let rows = project.latest().rows("trace_summary.jsonl");
    rows.iter()
        .map(|row| {
            format!(
                "{} {}",
                row["persona"].as_str().unwrap_or("-"),
                row["input"].as_str().unwrap_or_default()
            )
        })
        .collect()
}

const INPUTS: &str = "
- { input: say a, persona: novice }
- { input: say b, persona: expert }
- say c
";

#[test]
fn a_filter_keeps_configured_personas() {
    let config = "personas: [{ name: novice }, { name: expert }, { name: critic }]";
    let project = obedient(config, &[]).inputs(INPUTS);
    let all = [
        "novice say a",
        "expert say b",
        "novice say c",
        "expert say c",
        "critic say c",
    ];
    assert_eq!(asked(&project, "", ""), all);
    // Inputs of others are left out, inputs of nobody run with each of the list.
    let some = ["expert say b", "critic say c", "expert say c"];
    assert_eq!(asked(&project, "", "--personas critic,expert"), some);
    assert_eq!(asked(&project, "", "-p critic,expert"), some);
    assert_eq!(asked(&project, "FLUXLOOP_PERSONAS=critic,expert", ""), some);
    assert_eq!(
        asked(&project, "FLUXLOOP_PERSONAS=novice", "-p critic,expert"),
        some
    );
    project.write("configs/filtered.yaml", "persona_filter: [critic, expert]");
    assert_eq!(asked(&project, "", "-c configs/filtered.yaml"), some);
    assert_eq!(answers(&project.latest()).len(), 3);
}

#[test]
fn without_configured_personas_names_stand_for_themselves() {
    let project = obedient("", &[]).inputs(INPUTS);
    assert_eq!(
        asked(&project, "", ""),
        ["novice say a", "expert say b", "- say c"]
    );
    assert_eq!(
        asked(&project, "", "-p novice"),
        ["novice say a", "novice say c"]
    );
    assert_eq!(asked(&project, "", "-p critic"), ["critic say c"]);
}

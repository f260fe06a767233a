use std::{fs, path::Path};

use fluxloop::ExpertiseLevel;
use serde::Deserialize;

use super::*;

#[derive(Deserialize)]
struct Inputs {
    generated_inputs: Vec<Input>,
}

#[derive(Deserialize)]
struct Input {
    input: String,
    metadata: Metadata,
}

#[derive(Deserialize)]
struct Metadata {
    expected_page: Option<String>,
}

fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR")).parent().unwrap()
}

fn shipped_inputs() -> Vec<Input> {
    let text = fs::read_to_string(root().join("inputs/generated.yaml")).unwrap();
    serde_saphyr::from_str::<Inputs>(&text)
        .unwrap()
        .generated_inputs
}

fn page(answer: &Answer) -> Option<&str> {
    match answer {
        Answer::Found { place, .. } => Some(&place.page),
        Answer::NotInDocumentation { .. } => None,
    }
}

#[test]
fn the_right_page_answers_every_shipped_input() {
    let inputs = shipped_inputs();
    assert!(inputs.len() >= 20);
    let wrong: Vec<_> = inputs
        .iter()
        .filter_map(|input| {
            let answer = answer_question(&input.input, None).unwrap();
            let expected = input.metadata.expected_page.as_deref();
            (page(&answer) != expected)
                .then(|| format!("{}: expected {expected:?}, got {answer:#?}", input.input))
        })
        .collect();
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn every_page_of_the_documentation_is_searched() {
    let mut on_disk: Vec<_> = fs::read_dir(root().join("docs"))
        .unwrap()
        .map(|entry| format!("docs/{}", entry.unwrap().file_name().to_str().unwrap()))
        .collect();
    on_disk.sort();
    let searched: Vec<_> = index::PAGES.iter().map(|(page, _)| *page).collect();
    assert_eq!(searched, on_disk);
}

#[test]
fn the_same_question_gets_the_same_answer_from_another_index() {
    let build = || {
        index::Index::new(
            index::PAGES
                .iter()
                .flat_map(|(page, markdown)| passage::passages(page, markdown))
                .collect(),
        )
    };
    let (first, second) = (build(), build());
    for input in shipped_inputs() {
        assert_eq!(
            first.search(&input.input).passages,
            second.search(&input.input).passages,
            "{}",
            input.input
        );
    }
}

#[test]
fn an_expert_gets_less_than_a_novice() {
    let text = |level| {
        let mut persona = Persona::named("reader");
        persona.expertise_level = Some(level);
        match answer_question("How is a run seeded?", Some(&persona)).unwrap() {
            Answer::Found { text, .. } | Answer::NotInDocumentation { text, .. } => text,
        }
    };
    assert!(text(ExpertiseLevel::Expert).len() < text(ExpertiseLevel::Novice).len());
}

#[test]
fn nothing_asked_is_an_error() {
    assert_eq!(answer_question("  \n", None), Err(QuestionError::Empty));
}

#[test]
fn only_stop_words_are_not_in_the_documentation() {
    let answer = answer_question("What is it about?", None).unwrap();
    assert_eq!(page(&answer), None);
}

#[test]
fn the_answer_is_tagged_with_its_status() {
    let answer = answer_question("What is the capital of France?", None).unwrap();
    let json = serde_json::to_value(&answer).unwrap();
    assert_eq!(json["status"], "not_in_documentation");
}

#[test]
fn links_between_pages_lead_somewhere() {
    let docs = root().join("docs");
    let broken: Vec<_> = index::PAGES
        .iter()
        .flat_map(|(page, markdown)| markdown.split("](").skip(1).map(move |rest| (page, rest)))
        .filter_map(|(page, rest)| {
            let link = rest.split(')').next().unwrap();
            (!link.contains("://") && !docs.join(link).is_file()).then(|| format!("{page}: {link}"))
        })
        .collect();
    assert!(broken.is_empty(), "{broken:?}");
}

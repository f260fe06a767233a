use super::*;
use crate::supervisor::{cassette::sample, http::DECISION, reply};

fn holding(text: &str) -> (tempfile::TempDir, CassetteFile) {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("tape.jsonl");
    std::fs::write(&path, text).unwrap();
    let shown = "recordings/tape.jsonl".to_owned();
    (folder, CassetteFile { path, shown })
}

fn read(text: &str) -> Result<Recording, CassetteError> {
    let (_folder, file) = holding(text);
    Recording::read(&file)
}

fn line(turn: u32) -> String {
    serde_json::to_string(&sample::exchange(turn)).unwrap() + "\n"
}

fn asked(turn: u32, question: &Question) -> Asked<'_> {
    Asked {
        moment: sample::moment(turn),
        question,
        form: &DECISION,
    }
}

fn turns(recording: &Recording) -> Vec<u32> {
    let question = sample::question();
    let is_there = |turn: &u32| recording.find(asked(*turn, &question)).is_ok();
    (1..10).filter(is_there).collect()
}

#[test]
fn a_line_that_was_cut_off_does_not_count() {
    let whole = line(1);
    for cut in 1..whole.len() {
        let text = whole.clone() + &line(2)[..cut.min(line(2).len() - 2)];
        let recording = read(&text).unwrap();
        assert_eq!(turns(&recording), [1], "{text}");
        assert_eq!(recording.extent.whole, whole.len() as u64);
        assert_eq!(recording.extent.length, text.len() as u64);
    }
}

#[test]
fn a_last_line_that_only_lacks_its_break_counts() {
    let text = line(1) + line(2).trim_end();
    let recording = read(&text).unwrap();
    assert_eq!(turns(&recording), [1, 2]);
    assert!(recording.extent.open && recording.extent.whole == recording.extent.length);
}

#[test]
fn breaks_of_other_systems_and_empty_lines_do_no_harm() {
    let text = format!("\n{}\r\n\r\n{}", line(1).trim_end(), line(3));
    assert_eq!(turns(&read(&text).unwrap()), [1, 3]);
    assert!(read("\n").unwrap().is_empty());
}

#[test]
fn a_bad_line_is_named() {
    let newer = line(2).replace(r#""version":"1.0""#, r#""version":"2.0""#);
    insta::assert_snapshot!(read(&(line(1) + "<<<<<<< HEAD\n" + &line(2))).unwrap_err(), @"line 2 of the cassette `recordings/tape.jsonl` is no exchange: expected value at column 1");
    insta::assert_snapshot!(read(&(line(1) + &newer)).unwrap_err(), @"line 2 of the cassette `recordings/tape.jsonl`: expected version 1 of its form, found `2.0`");
    // Even where it is the last one, and its end is not there.
    insta::assert_snapshot!(read(newer.trim_end()).unwrap_err(), @"line 1 of the cassette `recordings/tape.jsonl`: expected version 1 of its form, found `2.0`");
    assert!(read("\u{fffd}{}\n").is_err());
}

#[test]
fn of_several_answers_to_a_question_the_last_counts() {
    let again = line(1).replace("The red one.", "The blue one.");
    let recording = read(&(line(1) + &again)).unwrap();
    let question = sample::question();
    let answer = recording.find(asked(1, &question)).unwrap();
    let case = sample::case();
    let read = |text: &str| reply::read(text, &sample::request(&case, 1));
    let answered = answer.read(&sample::question().prompt(), &DECISION, read);
    assert!(answered.unwrap().reply.contains("The blue one."));
}

#[test]
fn why_there_is_no_answer_is_said() {
    let (folder, file) = holding(&(line(1) + &line(2) + &line(4)));
    let recording = Recording::read(&file).unwrap();
    let mut question = sample::question();
    question.user = question.user.replace("order", "parcel");
    let explain = |case, turn| {
        let mut asked = asked(turn, &question);
        asked.moment.case = case;
        let miss = recording.find(asked).unwrap_err();
        recording.explain(miss, &file, asked)
    };
    insta::assert_snapshot!(explain("desk::any::other::iter_0", 1), @"the cassette `recordings/tape.jsonl` holds nothing of `desk::any::other::iter_0`");
    insta::assert_snapshot!(explain(sample::CASE, 3), @"the cassette `recordings/tape.jsonl` holds no decision after turn 3 of `desk::any::late::iter_2`, only after 1, 2, 4");
    insta::assert_snapshot!(explain(sample::CASE, 2), @r#"what is asked after turn 2 of `desk::any::late::iter_2` is not what line 2 of the cassette `recordings/tape.jsonl` answers: in line 6 of the prompt, expected `1. user: "Where is my order?"`, found `1. user: "Where is my parcel?"`"#);
    drop(folder);
    insta::assert_snapshot!(explain(sample::CASE, 2), @"what is asked after turn 2 of `desk::any::late::iter_2` is not what line 2 of the cassette `recordings/tape.jsonl` answers: what differs cannot be told, since the file has changed meanwhile");
}

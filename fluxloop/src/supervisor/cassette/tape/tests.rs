use super::*;
use crate::supervisor::cassette::{recording::Recording, sample};

struct Place {
    folder: tempfile::TempDir,
}

impl Place {
    fn new() -> Self {
        Self {
            folder: tempfile::tempdir().unwrap(),
        }
    }

    fn file(&self) -> CassetteFile {
        CassetteFile {
            path: self.folder.path().join("new/tape.jsonl"),
            shown: "tape.jsonl".to_owned(),
        }
    }

    /// As `mode: record`.
    fn fresh(&self) -> Tape {
        Tape::new(self.file(), None)
    }

    /// As `mode: auto`.
    fn going_on(&self) -> Tape {
        let kept = Recording::read(&self.file()).unwrap().extent;
        Tape::new(self.file(), Some(kept))
    }

    fn text(&self) -> String {
        fs::read_to_string(self.file().path).unwrap()
    }

    fn write(&self, text: &str) {
        fs::create_dir_all(self.file().path.parent().unwrap()).unwrap();
        fs::write(self.file().path, text).unwrap();
    }
}

fn line(turn: u32) -> String {
    serde_json::to_string(&sample::exchange(turn)).unwrap() + "\n"
}

#[test]
fn each_exchange_is_there_at_once() {
    let place = Place::new();
    let tape = place.fresh();
    tape.open().unwrap();
    tape.append(&sample::exchange(1)).unwrap();
    assert_eq!(place.text(), line(1));
    tape.append(&sample::exchange(2)).unwrap();
    assert_eq!(place.text(), line(1) + &line(2));
}

#[test]
fn an_old_recording_stays_until_there_is_a_new_one() {
    let place = Place::new();
    place.write(&(line(7) + &line(8)));
    let tape = place.fresh();
    tape.open().unwrap();
    drop(tape);
    assert_eq!(place.text(), line(7) + &line(8));
    place.fresh().append(&sample::exchange(1)).unwrap();
    assert_eq!(place.text(), line(1));
}

#[test]
fn a_file_that_got_nothing_is_taken_away() {
    let place = Place::new();
    let tape = place.fresh();
    tape.open().unwrap();
    assert!(place.file().path.exists());
    drop(tape);
    assert!(!place.file().path.exists());
}

#[test]
fn going_on_keeps_whole_lines_and_no_half_one() {
    for (before, kept) in [
        (line(1), line(1)),
        (line(1) + "{\"version\":\"1.0\",\"ca", line(1)),
        (line(1).trim_end().to_owned(), line(1)),
        (String::new(), String::new()),
    ] {
        let place = Place::new();
        place.write(&before);
        let tape = place.going_on();
        tape.open().unwrap();
        assert_eq!(place.text(), before, "nothing was recorded yet");
        tape.append(&sample::exchange(2)).unwrap();
        assert_eq!(place.text(), kept + &line(2));
    }
}

#[test]
fn one_records_at_a_time() {
    let place = Place::new();
    let first = place.fresh();
    first.open().unwrap();
    let second = place.fresh();
    insta::assert_snapshot!(second.open().unwrap_err(), @"another experiment records to the cassette `tape.jsonl`");
    drop(second);
    first.append(&sample::exchange(1)).unwrap();
    assert_eq!(place.text(), line(1));
}

#[test]
fn what_others_wrote_meanwhile_is_not_cut_off() {
    let place = Place::new();
    place.write(&(line(1) + "{"));
    let tape = place.going_on();
    place.write(&(line(1) + &line(2)));
    insta::assert_snapshot!(tape.open().unwrap_err(), @"something else has written to the cassette `tape.jsonl` since it was read");
    assert_eq!(place.text(), line(1) + &line(2));
}

#[test]
fn a_file_that_cannot_be_written_is_said_before_anything_is_recorded() {
    let place = Place::new();
    place.write("");
    let inside = CassetteFile {
        path: place.file().path.join("tape.jsonl"),
        shown: "file/tape.jsonl".to_owned(),
    };
    let error = Tape::new(inside, None).open().unwrap_err();
    assert!(matches!(error, CassetteError::Unwritable { .. }), "{error}");
}

#[cfg(target_os = "linux")]
#[test]
fn a_full_disk_is_said_each_time() {
    let full = CassetteFile {
        path: "/dev/full".into(),
        shown: "tape.jsonl".to_owned(),
    };
    let tape = Tape::new(full, None);
    tape.open().unwrap();
    assert_eq!(tape.problem(), None);
    let problem = tape.append(&sample::exchange(1)).unwrap_err();
    insta::assert_snapshot!(problem, @"the cassette `tape.jsonl` cannot be written: No space left on device (os error 28)");
    assert_eq!(tape.append(&sample::exchange(2)).unwrap_err(), problem);
    assert_eq!(tape.problem(), Some(problem));
}

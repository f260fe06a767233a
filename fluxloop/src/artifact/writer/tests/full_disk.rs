//! Disks that fill up while rows are written.

use super::*;

/// A disk with so many bytes left, for all files together.
#[derive(Clone)]
struct SmallDisk {
    left: Arc<Mutex<usize>>,
}

struct FileOnSmallDisk {
    disk: SmallDisk,
    file: File,
}

impl Write for FileOnSmallDisk {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        let mut left = self.disk.left.lock().unwrap();
        if *left == 0 {
            return Err(io::ErrorKind::StorageFull.into());
        }
        let written = self.file.write(&bytes[..bytes.len().min(*left)])?;
        *left -= written;
        Ok(written)
    }

    fn flush(&mut self) -> io::Result<()> {
        self.file.flush()
    }
}

impl SmallDisk {
    fn new(bytes: usize) -> Self {
        Self {
            left: Arc::new(Mutex::new(bytes)),
        }
    }

    fn open(&self, path: &Path) -> io::Result<Box<dyn Write + Send>> {
        Ok(Box::new(FileOnSmallDisk {
            disk: self.clone(),
            file: File::create_new(path)?,
        }))
    }
}

/// Splits off what stands after the last line break.
fn whole_rows(text: &str) -> (usize, &str) {
    let end = text.rfind('\n').map_or(0, |at| at + 1);
    for line in text[..end].lines() {
        let row: Value = serde_json::from_str(line).unwrap();
        assert!(row.is_object());
    }
    (text[..end].lines().count(), &text[end..])
}

#[test]
fn a_disk_that_fills_up_leaves_whole_rows_one_error_and_a_summary() {
    let row_bytes = {
        let mut experiment = Experiment::new();
        experiment.end_run(&nth(0).returns("yes")).unwrap();
        ["trace_summary.jsonl", "traces.jsonl", "observations.jsonl"]
            .map(|file| experiment.text(file).len())
            .iter()
            .sum::<usize>()
    };
    // Wherever in the third run's rows the disk is full.
    for bytes in (2 * row_bytes..3 * row_bytes).step_by(37) {
        let disk = SmallDisk::new(bytes);
        let mut experiment = Experiment::on(&|path| disk.open(path));
        let mut errors = Vec::new();
        for index in 0..6 {
            if index == 4 {
                // Space comes back: the cut-off row must not be continued with another one.
                *disk.left.lock().unwrap() = usize::MAX;
            }
            errors.extend(experiment.end_run(&nth(index).returns("yes")).err());
        }
        experiment.finish(false).unwrap();

        assert_eq!(errors.len(), 1, "{errors:?}");
        let error = &errors[0];
        assert_eq!(error.operation, Operation::Append);
        assert_eq!(error.source.kind(), io::ErrorKind::StorageFull);
        assert!(error.hint().unwrap().contains("free some space"));
        for file in ["trace_summary.jsonl", "traces.jsonl", "observations.jsonl"] {
            let text = experiment.text(file);
            let (rows, torn) = whole_rows(&text);
            assert!(rows >= 2, "{file} at {bytes}: {text}");
            assert!(
                torn.is_empty() || error.path == experiment.path(file),
                "{file} at {bytes} is torn: {torn}"
            );
        }
        assert_eq!(whole_rows(&experiment.text("trace_summary.jsonl")).0, 2);
        let summary = experiment.summary();
        assert_eq!(summary["status"], "interrupted");
        assert_eq!(summary["gate"]["passed"], Value::Null);
    }
}

#[cfg(target_os = "linux")]
#[test]
fn the_systems_own_full_device_is_reported_once_with_the_path() {
    let mut experiment = Experiment::on(&|path| {
        let target = match path.file_name().unwrap().to_str() {
            Some("traces.jsonl") => Path::new("/dev/full"),
            _ => path,
        };
        let file = File::options().append(true).create(true).open(target)?;
        Ok(Box::new(file))
    });
    let error = experiment.end_run(&nth(0).returns("yes")).unwrap_err();
    insta::assert_snapshot!(error.source, @"No space left on device (os error 28)");
    assert_eq!(error.path, experiment.path("traces.jsonl"));
    experiment.end_run(&nth(1).returns("yes")).unwrap();
    experiment.finish(false).unwrap();
    assert_eq!(experiment.rows("trace_summary.jsonl"), [] as [Value; 0]);
    assert_eq!(experiment.summary()["status"], "interrupted");
}

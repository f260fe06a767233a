//! `FLUXLOOP_JUNIT`: a report of what was run, with a suite for each configuration.

use super::{HarnessError, env::Environment, session::Ended};
#[cfg(feature = "junit")]
use super::{report, verdicts::Verdict};
#[cfg(feature = "junit")]
use crate::junit::{CaseVerdict, JunitFile, Reported};

const VARIABLE: &str = "FLUXLOOP_JUNIT";

/// The report that was asked for, if one was.
#[cfg(feature = "junit")]
pub(super) struct Junit(Option<JunitFile>);

#[cfg(feature = "junit")]
impl Junit {
    /// Begins it. Under nextest there is none: each process would write its own, and nextest writes one of all.
    pub(super) fn begin(environment: &Environment, nextest: bool) -> Result<Self, HarnessError> {
        let path = environment.get(VARIABLE).filter(|_| !nextest);
        let file = path.map(JunitFile::begin).transpose();
        Ok(Self(file.map_err(HarnessError::Junit)?))
    }

    /// Says why no test was run.
    pub(super) fn fail(&self, why: &HarnessError) {
        let written = self.0.as_ref().map(|file| file.fail(&why.message()));
        if let Some(Err(error)) = written {
            report::error(&HarnessError::Junit(error));
        }
    }

    /// Writes it.
    pub(super) fn finish(&self, ends: &[Ended]) -> Result<(), HarnessError> {
        match &self.0 {
            Some(file) => file
                .finish(ends.iter().map(reported))
                .map_err(HarnessError::Junit),
            None => Ok(()),
        }
    }
}

#[cfg(feature = "junit")]
fn reported(ended: &Ended) -> Reported<'_> {
    let end = ended.finished.as_ref().map_err(HarnessError::message);
    let verdicts = ended.verdicts.all().into_iter().map(|(case, verdict)| {
        let verdict = match verdict {
            Verdict::Rejected(mismatch) => CaseVerdict::Rejected {
                kind: mismatch.kind.to_owned(),
                message: mismatch.message,
            },
            Verdict::Ignored(reason) => CaseVerdict::Skipped {
                reason: reason.to_owned(),
            },
        };
        (case, verdict)
    });
    Reported::new(&ended.directory, end).with_verdicts(verdicts)
}

/// That is not built in.
#[cfg(not(feature = "junit"))]
pub(super) struct Junit;

#[cfg(not(feature = "junit"))]
#[expect(
    clippy::unused_self,
    clippy::unnecessary_wraps,
    reason = "alike with the feature"
)]
impl Junit {
    /// Says so to whoever asks for it.
    pub(super) fn begin(environment: &Environment, nextest: bool) -> Result<Self, HarnessError> {
        match environment.get(VARIABLE).filter(|_| !nextest) {
            Some(_) => Err(HarnessError::NoJunit),
            None => Ok(Self),
        }
    }

    pub(super) fn fail(&self, _: &HarnessError) {}

    pub(super) fn finish(&self, _: &[Ended]) -> Result<(), HarnessError> {
        Ok(())
    }
}

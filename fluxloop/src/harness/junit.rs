//! `FLUXLOOP_JUNIT`: a report of what was run, with a suite for each configuration.

use super::{HarnessError, env::Environment, session::Ended};

const VARIABLE: &str = "FLUXLOOP_JUNIT";

/// The report that was asked for, if one was.
#[cfg(feature = "junit")]
pub(super) struct Junit(Option<crate::junit::JunitFile>);

#[cfg(feature = "junit")]
impl Junit {
    /// Begins it. Under nextest there is none: each process would write its own, and nextest writes one of all.
    pub(super) fn begin(environment: &Environment, nextest: bool) -> Result<Self, HarnessError> {
        let path = environment.get(VARIABLE).filter(|_| !nextest);
        let file = path.map(crate::junit::JunitFile::begin).transpose();
        let file = file.map_err(HarnessError::Junit)?;
        Ok(Self(file))
    }

    /// Writes it. Where an experiment could not be run to its end, it goes on saying so.
    pub(super) fn finish(&self, ends: &[Result<Ended, HarnessError>]) -> Result<(), HarnessError> {
        let ended: Result<Vec<_>, _> = ends.iter().map(Result::as_ref).collect();
        if let (Some(file), Ok(ended)) = (&self.0, ended) {
            let ended = ended
                .iter()
                .map(|ended| (ended.directory.as_path(), &ended.finished));
            file.finish(ended).map_err(HarnessError::Junit)?;
        }
        Ok(())
    }
}

/// That is not built in.
#[cfg(not(feature = "junit"))]
pub(super) struct Junit;

#[cfg(not(feature = "junit"))]
impl Junit {
    /// Says so to whoever asks for it.
    pub(super) fn begin(environment: &Environment, nextest: bool) -> Result<Self, HarnessError> {
        match environment.get(VARIABLE).filter(|_| !nextest) {
            Some(_) => Err(HarnessError::NoJunit),
            None => Ok(Self),
        }
    }

    #[expect(
        clippy::unused_self,
        clippy::unnecessary_wraps,
        reason = "alike with the feature"
    )]
    pub(super) fn finish(&self, _: &[Result<Ended, HarnessError>]) -> Result<(), HarnessError> {
        Ok(())
    }
}

use std::time::Duration;

use tokio::{
    sync::watch,
    time::{Instant, sleep},
};

/// The agent's own time in a call. It stands still while the agent waits for answers to its questions.
#[derive(Debug)]
pub(super) struct AgentTime {
    began: Instant,
    /// How many questions are open.
    questions: watch::Receiver<usize>,
    /// Time in which there were some, until they were all answered.
    waited: Duration,
    /// Since when there are some.
    waiting_since: Option<Instant>,
}

impl AgentTime {
    pub(super) fn begin(questions: watch::Receiver<usize>) -> Self {
        Self {
            began: Instant::now(),
            questions,
            waited: Duration::ZERO,
            waiting_since: None,
        }
    }

    /// Ready when the agent has used so much. It sees questions come and go only while it is polled.
    pub(super) async fn reaches(&mut self, limit: Duration) {
        loop {
            let left = limit.saturating_sub(self.spent());
            let waits = self.waiting_since.is_some();
            tokio::select! {
                biased;
                changed = self.questions.changed() => match changed {
                    Ok(()) => self.note(),
                    // Nobody can ask any more, nor answer.
                    Err(_) => return sleep(left).await,
                },
                () = sleep(left), if !waits => return,
            }
        }
    }

    /// What the agent has used.
    pub(super) fn spent(&self) -> Duration {
        self.began.elapsed().saturating_sub(self.waited())
    }

    /// What it has waited for answers.
    pub(super) fn waited(&self) -> Duration {
        self.waited
            + self
                .waiting_since
                .map_or(Duration::ZERO, |since| since.elapsed())
    }

    fn note(&mut self) {
        let open = *self.questions.borrow_and_update() > 0;
        match (open, self.waiting_since) {
            (true, None) => self.waiting_since = Some(Instant::now()),
            (false, Some(since)) => {
                self.waited += since.elapsed();
                self.waiting_since = None;
            }
            _ => {}
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const SECOND: Duration = Duration::from_secs(1);

    #[tokio::test(start_paused = true)]
    async fn time_stands_still_while_a_question_is_open() {
        let (questions, seen) = watch::channel(0);
        let mut time = AgentTime::begin(seen);
        let began = Instant::now();
        let asking = async {
            sleep(SECOND).await;
            questions.send_modify(|open| *open += 1);
            sleep(100 * SECOND).await;
            questions.send_modify(|open| *open -= 1);
            // Its worker waits for as long as the call does.
            std::future::pending::<()>().await;
        };
        tokio::select! {
            () = time.reaches(3 * SECOND) => {}
            () = asking => {}
        }
        assert_eq!(began.elapsed(), 103 * SECOND);
        assert_eq!(time.spent(), 3 * SECOND);
        assert_eq!(time.waited(), 100 * SECOND);
    }

    #[tokio::test(start_paused = true)]
    async fn without_questions_it_is_a_deadline() {
        let (questions, seen) = watch::channel(0);
        drop(questions);
        let mut time = AgentTime::begin(seen);
        let began = Instant::now();
        time.reaches(3 * SECOND).await;
        assert_eq!(began.elapsed(), 3 * SECOND);
    }
}

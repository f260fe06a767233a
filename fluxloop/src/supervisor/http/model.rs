use std::{
    fmt,
    sync::atomic::{AtomicBool, Ordering},
    time::Duration,
};

use backon::{BackoffBuilder as _, ExponentialBuilder};
use secrecy::ExposeSecret as _;
use tokio::time::{Instant, sleep};

use super::{
    super::{Prompt, SupervisorFailure, TokenUsage, form::Form},
    HttpSettings, SettingsError,
    exchange::Exchange,
    limiter::Limiter,
    provider::Answer,
    verdict::{self, Verdict},
};
use crate::secret::Secrets;

/// The longest pause that we take unasked.
const LONGEST_PAUSE: Duration = Duration::from_secs(30);

/// How many times `max_retries` a request may be turned away while others are served: one that alone is more than the
/// provider allows has to end, too.
const TURNS_AWAY: u32 = 4;

/// A model that is asked over HTTP. Any number of questions may be put at the same time.
pub(in super::super) struct Model {
    settings: HttpSettings,
    exchange: Exchange,
    limiter: Limiter,
    /// The server refused the schema: it is asked for plain JSON from then on.
    plain: AtomicBool,
    /// The key, wherever it may turn up.
    secrets: Secrets,
}

/// What is asked.
#[derive(Clone, Debug)]
pub(crate) struct Question {
    pub(crate) prompt: Prompt,
    pub(crate) form: &'static Form,
    /// Of the jitter in the pauses between attempts, besides the settings' own.
    pub(crate) seed: u64,
}

/// An answer, and how it came about.
#[derive(Clone, Debug)]
pub(crate) struct Answered<T> {
    /// What the reply says.
    pub(crate) value: T,
    pub(crate) usage: Option<TokenUsage>,
    pub(crate) attempts: u32,
    pub(crate) latency: Duration,
    /// As it was sent.
    pub(crate) prompt: String,
    /// As it came, without the key.
    pub(crate) reply: String,
    /// Why the first reply could not be used, where there was another.
    pub(crate) asked_again: Option<String>,
}

impl fmt::Debug for Model {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Model")
            .field("provider", &self.settings.provider)
            .field("model", &self.settings.model)
            .field("endpoint", &self.endpoint())
            .finish_non_exhaustive()
    }
}

impl Model {
    /// Sets up the client. Nothing is sent.
    pub(in super::super) fn new(settings: HttpSettings) -> Result<Self, SettingsError> {
        let key = settings
            .api_key
            .as_ref()
            .map(|key| key.expose_secret().to_owned());
        Ok(Self {
            exchange: Exchange::new(&settings)?,
            limiter: Limiter::new(),
            plain: AtomicBool::new(false),
            secrets: Secrets::new(key),
            settings,
        })
    }

    pub(in super::super) fn settings(&self) -> &HttpSettings {
        &self.settings
    }

    /// Where requests go, as messages show it.
    pub(super) fn endpoint(&self) -> String {
        self.exchange.endpoint()
    }

    /// A prompt without the key.
    pub(super) fn redacted(&self, prompt: &Prompt) -> Prompt {
        prompt.redacted(&self.secrets)
    }

    /// Asks; once more, with the reason, if what it replied cannot be read.
    pub(in super::super) async fn put<T, F: fmt::Display>(
        &self,
        question: Question,
        read: impl Fn(&str) -> Result<T, F>,
    ) -> Result<Answered<T>, SupervisorFailure> {
        let mut effort = Effort::new(self.settings.seed, question);
        let mut asked_again = None;
        loop {
            let answer = self.ask(&mut effort).await?;
            let text = self.secrets.redact(&answer.text).into_owned();
            let value = match answer.fault {
                Some(fault) => Err(fault.to_string()),
                None => read(&text).map_err(|fault| fault.to_string()),
            };
            match value {
                Ok(value) => return Ok(effort.answered(value, text, asked_again)),
                Err(fault) if asked_again.is_some() => {
                    effort.reply = Some(text);
                    let problem =
                        format!("its reply could not be used, and the one before neither: {fault}");
                    return Err(self.failure(&problem, false, &effort));
                }
                Err(fault) => {
                    effort.reply = Some(text);
                    let problem = self.secrets.redact(&fault).into_owned();
                    effort.prompt = effort.prompt.asked_again(&problem, effort.form);
                    asked_again = Some(problem);
                }
            }
        }
    }

    /// Asks until there is an answer, or no hope of one.
    async fn ask(&self, effort: &mut Effort) -> Result<Answer, SupervisorFailure> {
        let HttpSettings {
            provider,
            max_retries,
            ..
        } = self.settings;
        let pauses = self.pauses(effort.seed);
        let mut retries = pauses
            .with_max_times(usize::try_from(max_retries).unwrap_or(usize::MAX))
            .build();
        let mut unasked_pauses = pauses.without_max_times().build();
        let mut turned_away = 0;
        loop {
            let with_schema = provider.has_response_format() && !self.plain.load(Ordering::Relaxed);
            let body = provider.request(&self.settings, &effort.prompt, effort.form, with_schema);
            let asked_to_enter = Instant::now();
            let permit = self.limiter.enter().await;
            effort.waited += asked_to_enter.elapsed();
            effort.attempts += 1;
            let response = self.exchange.send(&body).await;
            match verdict::judge(provider, response, with_schema) {
                Verdict::Answered(answer) => {
                    permit.served();
                    effort.add(answer.usage);
                    return Ok(answer);
                }
                Verdict::NoSchema => self.plain.store(true, Ordering::Relaxed),
                Verdict::Limited { problem, pause } => {
                    turned_away += 1;
                    let pause = pause
                        .or_else(|| unasked_pauses.next())
                        .unwrap_or(LONGEST_PAUSE);
                    let dry = permit.turned_away(pause);
                    if dry > max_retries || turned_away > max_retries.saturating_mul(TURNS_AWAY) {
                        return Err(self.failure(&problem, false, effort));
                    }
                }
                Verdict::Passing { problem, pause } => {
                    drop(permit);
                    let Some(own) = retries.next() else {
                        return Err(self.failure(&problem, false, effort));
                    };
                    sleep(pause.map_or(own, |asked| asked.max(own))).await;
                }
                Verdict::Final(problem) => return Err(self.failure(&problem, false, effort)),
                Verdict::Refused(problem) => return Err(self.failure(&problem, true, effort)),
            }
        }
    }

    fn pauses(&self, seed: u64) -> ExponentialBuilder {
        ExponentialBuilder::new()
            .with_min_delay(self.settings.first_pause)
            .with_max_delay(LONGEST_PAUSE.max(self.settings.first_pause))
            .with_factor(2.0)
            .with_jitter()
            .with_jitter_seed(seed)
    }

    fn failure(&self, problem: &str, refused: bool, effort: &Effort) -> SupervisorFailure {
        let name = self.settings.provider.name();
        let endpoint = self.exchange.endpoint();
        let noun = effort.form.noun;
        let times = match effort.attempts {
            1 => "once".to_owned(),
            attempts => format!("{attempts} times"),
        };
        let message = format!("no {noun} from `{name}` at {endpoint}, asked {times}: {problem}");
        SupervisorFailure {
            message: self.secrets.redact(&message).into_owned(),
            refused,
            usage: effort.usage,
            attempts: effort.attempts,
            latency: effort.latency(),
            prompt: Some(effort.prompt.to_string().into()),
            reply: effort.reply.as_deref().map(Into::into),
        }
    }
}

/// What an answer took so far.
struct Effort {
    seed: u64,
    started: Instant,
    /// As it is asked next.
    prompt: Prompt,
    form: &'static Form,
    /// The last one that came and was of no use.
    reply: Option<String>,
    attempts: u32,
    usage: Option<TokenUsage>,
    /// For a free place.
    waited: Duration,
}

impl Effort {
    fn new(seed: u64, question: Question) -> Self {
        Self {
            seed: seed ^ question.seed,
            started: Instant::now(),
            prompt: question.prompt,
            form: question.form,
            reply: None,
            attempts: 0,
            usage: None,
            waited: Duration::ZERO,
        }
    }

    fn latency(&self) -> Duration {
        self.started.elapsed().saturating_sub(self.waited)
    }

    fn answered<T>(self, value: T, reply: String, asked_again: Option<String>) -> Answered<T> {
        Answered {
            value,
            usage: self.usage,
            attempts: self.attempts,
            latency: self.latency(),
            prompt: self.prompt.to_string(),
            reply,
            asked_again,
        }
    }

    fn add(&mut self, usage: Option<TokenUsage>) {
        if let Some(more) = usage {
            *self.usage.get_or_insert_default() += more;
        }
    }
}

use std::{
    cmp::Reverse,
    collections::{BTreeMap, BTreeSet, HashMap, HashSet},
    sync::OnceLock,
};

use bm25::{Embedder, EmbedderBuilder, Scorer};

use super::{
    passage::{Passage, passages},
    words::{STOP_WORDS, Terms, is_stop_word, stem, words},
};

/// The documentation, part of the binary: the working directory of an agent is the user's to choose.
macro_rules! pages {
    ($($name:literal),* $(,)?) => {
        &[$((concat!("docs/", $name), include_str!(concat!("../../../docs/", $name)))),*]
    };
}

/// Every page, by its path from the root of the repository.
pub(super) const PAGES: &[(&str, &str)] = pages![
    "agents.md",
    "api.md",
    "checking.md",
    "ci.md",
    "configuration.md",
    "conversations.md",
    "crashes-and-isolation.md",
    "expectations.md",
    "experiment-directory.md",
    "generation.md",
    "getting-started.md",
    "inputs.md",
    "models.md",
    "observations.md",
    "opentelemetry.md",
    "personas.md",
    "recording.md",
    "running.md",
    "security.md",
    "targets.md",
    "testing.md",
    "troubleshooting.md",
];

/// The share of a question's weight that the best passage's section has to hold, or the documentation does not answer it.
const LEAST_COVERAGE: f32 = 0.5;
/// How much longer passages lose against shorter ones, 0 to 1. Table rows are short by nature and should not win by it.
const LENGTH_PENALTY: f32 = 0.2;

/// The documentation, cut into passages that can be searched.
pub(super) struct Index {
    passages: Vec<Passage>,
    /// The terms of each section, by its place.
    sections: HashMap<(&'static str, String), HashSet<String>>,
    embedder: Embedder<u32, Terms>,
    scorer: Scorer<usize, u32>,
    /// How many passages hold a term.
    frequency: HashMap<String, usize>,
    /// Every word, and how often it occurs.
    vocabulary: BTreeMap<String, usize>,
}

/// What a search found.
pub(super) struct Results<'a> {
    /// The best first.
    pub passages: Vec<&'a Passage>,
    /// Whether the best one holds enough of the question to answer it.
    pub covered: bool,
    /// Misspelled words, and what they were read as.
    pub read_as: BTreeMap<String, String>,
}

impl Index {
    /// The index of this repository's documentation, built once in a process.
    pub(super) fn of_documentation() -> &'static Self {
        static INDEX: OnceLock<Index> = OnceLock::new();
        INDEX.get_or_init(|| {
            Self::new(
                PAGES
                    .iter()
                    .flat_map(|(page, markdown)| passages(page, markdown))
                    .collect(),
            )
        })
    }

    pub(super) fn new(passages: Vec<Passage>) -> Self {
        let texts: Vec<String> = passages.iter().map(searched_text).collect();
        let mut vocabulary = BTreeMap::new();
        let mut frequency = HashMap::new();
        let mut sections: HashMap<_, HashSet<String>> = HashMap::new();
        for (passage, text) in passages.iter().zip(&texts) {
            let mut own = HashSet::new();
            for word in words(text) {
                own.insert(stem(&word));
                *vocabulary.entry(word).or_default() += 1;
            }
            for term in &own {
                *frequency.entry(term.clone()).or_default() += 1;
            }
            sections.entry(section(passage)).or_default().extend(own);
        }
        let corpus: Vec<&str> = texts.iter().map(String::as_str).collect();
        let embedder = EmbedderBuilder::with_tokenizer_and_fit_to_corpus(Terms, &corpus)
            .b(LENGTH_PENALTY)
            .build();
        let mut scorer = Scorer::new();
        for (id, text) in texts.iter().enumerate() {
            scorer.upsert(&id, embedder.embed(text));
        }
        Self {
            passages,
            sections,
            embedder,
            scorer,
            frequency,
            vocabulary,
        }
    }

    /// Looks a question up. The same question always gets the same results in the same order.
    pub(super) fn search(&self, question: &str) -> Results<'_> {
        let (asked, read_as) = self.spell(question);
        let mut hits = self.scorer.matches(&self.embedder.embed(&asked.join(" ")));
        hits.sort_by(|a, b| b.score.total_cmp(&a.score).then(a.id.cmp(&b.id)));
        let covered = hits
            .first()
            .is_some_and(|best| self.coverage(&asked, &self.passages[best.id]) >= LEAST_COVERAGE);
        Results {
            passages: hits.iter().map(|hit| &self.passages[hit.id]).collect(),
            covered,
            read_as,
        }
    }

    /// The question's words, each misspelled one replaced by the known word that it most likely means.
    fn spell(&self, question: &str) -> (Vec<String>, BTreeMap<String, String>) {
        let mut asked = Vec::new();
        let mut read_as = BTreeMap::new();
        for word in words(question) {
            if self.frequency.contains_key(&stem(&word)) {
                asked.push(word);
                continue;
            }
            match self.nearest(&word) {
                Some(known) if is_stop_word(known) => {}
                Some(known) => {
                    asked.push(known.to_owned());
                    read_as.insert(word, known.to_owned());
                }
                None => asked.push(word),
            }
        }
        (asked, read_as)
    }

    /// The known word within one slip of the finger, two in a long word; the most frequent of several.
    fn nearest(&self, word: &str) -> Option<&str> {
        let slips = match word.chars().count() {
            0..=4 => return None,
            5..=7 => 1,
            _ => 2,
        };
        let of_pages = self
            .vocabulary
            .iter()
            .map(|(word, count)| (word.as_str(), *count));
        let of_english = STOP_WORDS.iter().map(|word| (*word, usize::MAX));
        of_pages
            .chain(of_english)
            .map(|(known, count)| (strsim::osa_distance(word, known), Reverse(count), known))
            .filter(|(distance, ..)| *distance <= slips)
            .min()
            .map(|(.., known)| known)
    }

    /// The share of the question's weight that a passage and its section hold, 0 to 1. Rare words weigh more, unknown
    /// ones most.
    fn coverage(&self, asked: &[String], passage: &Passage) -> f32 {
        let section = &self.sections[&section(passage)];
        // Ordered, so that the sums are the same each time.
        let terms: BTreeSet<String> = asked.iter().map(|word| stem(word)).collect();
        let (mut held, mut total) = (0.0, 0.0);
        for term in &terms {
            let weight = self.weight(term);
            total += weight;
            if section.contains(term) {
                held += weight;
            }
        }
        held / total
    }

    /// The inverse document frequency of a term.
    #[expect(
        clippy::cast_precision_loss,
        reason = "there are far fewer than 2^23 passages"
    )]
    fn weight(&self, term: &str) -> f32 {
        let holding = self.frequency.get(term).copied().unwrap_or_default() as f32;
        (1.0 + (self.passages.len() as f32 - holding + 0.5) / (holding + 0.5)).ln()
    }
}

fn section(passage: &Passage) -> (&'static str, String) {
    (passage.page, passage.heading.clone())
}

/// What is searched of a passage: headings count twice, for they say what it is about. Code does not count: examples
/// quote inputs, and would answer those.
fn searched_text(passage: &Passage) -> String {
    let Passage {
        title,
        heading,
        text,
        ..
    } = passage;
    format!("{title}\n{heading}\n{heading}\n{text}")
}

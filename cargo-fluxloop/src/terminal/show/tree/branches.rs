use super::super::page::Page;

/// Levels that are drawn where there is no terminal to fit them to.
const UNFITTED: usize = 40;
/// Columns of a level.
const LEVEL: usize = 3;

/// The lines that lead from an observation to what stands below it, on a walk through the tree.
#[derive(Debug)]
pub(super) struct Branches {
    /// Of each level down to the present one: whether others follow in it.
    open: Vec<bool>,
    /// Levels that are drawn; those above them show as `…`.
    most: usize,
}

impl Branches {
    /// Half of the page at most is for branches.
    pub(super) fn new(page: Page) -> Self {
        let most = page
            .columns()
            .map_or(UNFITTED, |columns| columns / 2 / LEVEL);
        Self {
            open: Vec::new(),
            most: most.max(1),
        }
    }

    /// The walk goes on to an observation.
    pub(super) fn step(&mut self, depth: usize, is_last: bool) {
        self.open.truncate(depth);
        self.open.push(!is_last);
    }

    /// What stands before its name.
    pub(super) fn before_name(&self) -> String {
        let [above @ .., own] = self.drawn() else {
            return String::new();
        };
        let end = if *own { "├─ " } else { "└─ " };
        self.beginning() + &trunks(above) + end
    }

    /// What stands before a further line of it.
    pub(super) fn before_details(&self, has_children: bool) -> String {
        self.beginning() + &trunks(self.drawn()) + if has_children { "│  " } else { "   " }
    }

    /// Levels below the root, which has nothing to stand beside.
    fn levels(&self) -> &[bool] {
        self.open.get(1..).unwrap_or_default()
    }

    fn drawn(&self) -> &[bool] {
        let levels = self.levels();
        &levels[levels.len().saturating_sub(self.most)..]
    }

    fn beginning(&self) -> String {
        let is_cut = self.levels().len() > self.most;
        if is_cut {
            "…  ".to_owned()
        } else {
            String::new()
        }
    }
}

fn trunks(levels: &[bool]) -> String {
    let trunk = |open: &bool| if *open { "│  " } else { "   " };
    levels.iter().map(trunk).collect()
}

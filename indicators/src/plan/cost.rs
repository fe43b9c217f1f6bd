//! How much work a plan is, before it is done: what lets a service refuse a computation that would
//! keep it from others.

use super::Plan;
use crate::recipe::{Aggregate, Impute, Treat, WeightRule};

impl Plan<'_> {
    /// Elementary operations the plan takes on a table of so many rows, to an order of magnitude and
    /// rather too many: methods that go on until they converge count with all the rounds they are
    /// allowed.
    ///
    /// ```
    /// use indicators::plan::Plan;
    /// use indicators::framework::Framework;
    /// use indicators::recipe::Recipe;
    ///
    /// let framework: Framework = serde_json::from_str(
    ///     r#"{"nodes":[{"code":"index","kind":"group"},
    ///         {"code":"net","parent":"index","kind":"indicator","direction":"higher_is_better"}]}"#,
    /// )?;
    /// let mut recipe = Recipe::published();
    /// let cheap = Plan::new(&framework, &recipe)?.operations(1000);
    /// recipe.aggregate = serde_json::from_str(r#"{"method":"copeland"}"#)?;
    /// assert!(Plan::new(&framework, &recipe)?.operations(1000) > 10.0 * cheap);
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    #[must_use]
    pub fn operations(&self, n_rows: usize) -> f64 {
        let rows = number(n_rows);
        let indicators = number(self.framework.indicators().len());
        let nodes = number(self.framework.nodes().len());
        // Ranking sorts, and every step reads every cell a few times.
        let mut total = rows * nodes * (20.0 + 2.0 * rows.max(2.0).log2());
        for treat in &self.treat {
            total += match treat {
                Treat::None {} => 0.0,
                // No more points can be pulled in than there are.
                Treat::Winsorise { max_points, .. } => 10.0 * rows * (number(*max_points).min(rows) + 3.0),
                Treat::Transform { .. } => 40.0 * rows,
            };
        }
        total += match &self.recipe.impute {
            Impute::None {} => 0.0,
            Impute::Em { max_iterations, .. } => {
                number(*max_iterations) * rows * indicators * indicators * (indicators / 6.0 + 4.0)
            }
            _ => 50.0 * rows * indicators,
        };
        for group in &self.groups {
            let children = number(self.framework.nodes()[group.node].children().len());
            total += match group.weights {
                WeightRule::Given {} | WeightRule::Equal {} | WeightRule::Set { .. } => children,
                WeightRule::Pca {} => 4.0 * rows * children * children + 100.0 * children.powi(4),
                WeightRule::Critic {} => 6.0 * rows * children * children,
                WeightRule::Entropy {} | WeightRule::Gini {} => 30.0 * rows * children,
                WeightRule::Optimised { correlate_with, max_iterations, .. } => {
                    // Found together, each group solves for all of its family: at most all nodes.
                    let together = if correlate_with.is_some() { nodes } else { children };
                    6.0 * rows * together * together + (number(*max_iterations) + together) * together * together
                }
            };
            total += match group.aggregate {
                Aggregate::Arithmetic {} => 2.0 * rows * children,
                Aggregate::Copeland {} => 2.0 * rows * rows * children,
                // One linear program per row, each with a constraint per row.
                Aggregate::BenefitOfTheDoubt { .. } => 40.0 * rows * rows * children * (children + 4.0),
                _ => 60.0 * rows * children,
            };
        }
        total
    }

    /// Elementary operations that describing the result takes, as [`Plan::operations`]: correlations of
    /// siblings and with the groups above, components of each group, and a run without each node.
    #[must_use]
    pub fn analysis_operations(&self, n_rows: usize) -> f64 {
        let rows = number(n_rows);
        let nodes = self.framework.nodes();
        let mut pairs = number(nodes.len()) * number(self.framework.n_levels());
        let mut total = 0.0;
        for group in &self.groups {
            let children = number(nodes[group.node].children().len());
            let below = number(self.framework.indicators_below(group.node).len());
            pairs += children * children;
            total += rows * (4.0 * children * children + 2.0 * below * below) + 200.0 * children.powi(4);
        }
        // Three kinds of correlation, of which two sort.
        total += pairs * rows * (40.0 + 20.0 * rows.max(2.0).log2());
        total + number(nodes.len()) * self.operations(n_rows)
    }
}

#[expect(clippy::cast_precision_loss, reason = "an estimate")]
fn number(count: usize) -> f64 {
    count as f64
}

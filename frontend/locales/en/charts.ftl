# Charts of regions, criteria and indicators.
sort-by = Sort by: { $heading }
sorted-ascending = Sorted by: { $heading }, ascending
sorted-descending = Sorted by: { $heading }, descending
region-strip-title = { $area } among all regions: { $above } above it, { $below } below
region-strip-median = middle region { $score }
region-contributions-title = How the score adds up
region-contributions-subtitle = Points of the index by criterion, { $year }: their sum is the score. Beside the region: the country, the first and the last of the ranking.
region-won = Against the country it wins most in: { $criterion }, { $points } points
region-lost = Against the country it loses most in: { $criterion }, { $points } points
region-radar-title = { $area }: ahead of the country in { $ahead } of the criteria
criterion-rose = { $area } rose most, by { $points } points.
criterion-fell = { $area } fell most, by { $points } points.
criterion-stood = No region’s score moved since the year before
criterion-change-subtitle = { $measure }, score 0–100: { $before } at the left, { $year } at the right
criterion-change-note = Part of a change can come from an indicator that was not yet, or is no longer, published. No line: no score in one of the years, or another territory.
against-more = Places with more of “{ $one }” tend to have more of “{ $other }”
against-less = Places with more of “{ $one }” tend to have less of “{ $other }”
against-none = No clear link between “{ $one }” and “{ $other }”
against-subtitle = Rank correlation { $link }, places with own values of both: { $count }; the { $year } release
against-note = A link is not a cause. Values taken over from the country or a former region are left out.
against-label = Set against
drill-summary = How it is computed
drill-input = { $series }, { $area }, { $period }: { $value }
drill-vintage = vintage { $vintage }
drill-treated = value { $value } → treated { $treated }
drill-normalised = score: { $sum } = { $score }
drill-clipped = score: { $sum }, outside the goalposts and held within 0–100: { $score }
drill-contribution = contribution: { $score } × weight { $weight } = { $points } points of the index
revisions-title = { $count ->
    [one] { $count } published value was later revised
   *[other] { $count } published values were later revised
}
revisions-most = Most of all: { $area }, { $period }, from { $before } to { $after }.
revisions-meaning = What was known before stays in its vintage.
revisions-day = Vintage of { $day }
revisions-before = Was
revisions-since = since { $day }
revisions-after = Is now
revisions-by = Change
revisions-withdrawn = taken back
revisions-shown = { $shown } of { $count } are shown.
revisions-note = Changes too small for the decimals shown are left out; the files hold them all.

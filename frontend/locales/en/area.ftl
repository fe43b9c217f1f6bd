# Regions, criteria, indicators.
criterion = Criterion
indicator = Indicator
value = Value
period = Period
status = Status
national-value = National value
goalposts = Goalposts
weight = Weight, %
contribution = Contribution, points
source = Source
coverage = Coverage
proxy = proxy
lower-is-better = lower is better
higher-is-better = higher is better
national-only = national only
goalposts-range = { $low } to { $high }
region-headline = { $area }: { $score } of 100 in { $year }, rank { $rank } of { $ranked }
region-not-in-year = { $area } did not exist at the end of { $year }, so it has no index for that year.
region-formed = Formed on { $day } from: { $from }. Before that there is nothing to show; values of the former region are marked.
region-dissolved = Dissolved on { $day }.
region-break = Territory changed on { $day }: { $reason }. Values before and after are not comparable.
region-criteria-subtitle = Score 0–100 by criterion, { $year }; the rank is among the regions
region-ends = Strongest: { $best } ({ $high }); weakest: { $worst } ({ $low })
heat-title-region = Scores by criterion
indicators-title = From value to score
indicators-caption = Every indicator: value → score → weight → contribution to the index
criterion-empty = No regional data are published for this criterion; it does not enter the index.
lines-ahead = { $count ->
    [one] { $area }: better than the country in { $ahead } of { $count } indicator
   *[other] { $area }: better than the country in { $ahead } of { $count } indicators
}
lines-title = Over time
lines-subtitle = Gold: the region. Dashed: the country. A gap with a mark: not comparable with the years before.
remark-denominator = numerator of { $numerator }, population of { $denominator }
remark-across-boundary = the boundary changed after { $period }
remark-break = break in the series in { $period }
remark-back-cast = the provider counts { $period } back to today’s boundaries
criterion-weight = Weight in the index: { $weight }%.
values-widest = { $count ->
    [one] { $indicator }: from { $low } to { $high }
   *[other] Regions differ most in: { $indicator }, from { $low } to { $high }
}
values-title = Values behind the scores
values-subtitle = Values in their own units for the { $year } release; the shade is the score
members-title = What it is measured by
nav-overview-regions = Regions
national-only-finding = Only a national value is published: every region carries the same one, marked as a substitute.
finding-none-indicator = No region has a value of its own for this year.
finding-no-value = No value is published for this year: the indicator does not enter the index.
indicator-bars-subtitle = { $indicator }, { $unit }; values that enter the { $year } release
indicator-line-title = { $indicator }: over time
indicator-line-subtitle = { $measured }; dashed line for the country, grey lines for the regions
line-note = A gap means no data. A mark on a line: not comparable with the period before.
line-earlier = { $area }, earlier
line-earlier-short = earlier
line-earlier-note = Dotted: values of { $area } as known from { $day }, before they were revised.
rules-title = Rules
unit = Unit of measure
direction = Direction
own-weight = Weight
max-age = Greatest age
max-age-years = { $count ->
    [one] { $count } year
   *[other] { $count } years
}
relative-weight = { $weight } within its criterion

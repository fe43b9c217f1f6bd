headline = { $country }: the { $year } index is { $score } of 100
change-up = Like for like, on the indicators known in both years: up { $change } points on { $previous }.
change-down = Like for like, on the indicators known in both years: down { $change } points on { $previous }.
change-same = Like for like, on the indicators known in both years: no change on { $previous }.
break-criteria = another set of criteria: not comparable
headline-no-score = { $country }: there are no data for the { $year } index
rests-on = What this score rests on: { $coverage }.
mean-age = Mean age of the data used: { $years } years.
recordings-notice = { $count ->
    [one] The figures of { $count } source come
   *[other] The figures of { $count } sources come
} from recordings bundled with the program ({ $first } – { $last }); the schedule asks the providers for newer ones.
notice-sources = Freshness of the data
choose-criterion = What to show
choose-year = Year
whole-index = Whole index
show = Show
ranking-title = Ranking of regions
trend-title = National score: { $from } in { $first }, { $to } in { $last }
trend-subtitle = { $measure }, score 0–100: dashed line for the country, grey lines for the regions
trend-note = Each year is computed from the data there are for it: when a new indicator joins, the score may move too. A break in a line is a boundary change or another set of criteria; a region has no line before it existed.
heat-title = Regions by the eight criteria
criteria-without-data = Criteria without published regional data: { $criteria }. They do not enter the index and are not counted as zero.
play = Play the years
stop = Stop
ranking-above = Above the national score: { $above } of { $count } regions
heat-widest = Regions differ most in: { $criterion }, from { $low } to { $high }

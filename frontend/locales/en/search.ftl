# Search.
search = Search
search-label = Search for a region, criterion, indicator or platform
search-title = Found for “{ $words }”
search-found = { $count ->
    [one] { $count } name found.
   *[other] { $count } names found.
}
search-nothing = There is no such name. Try a shorter or another spelling: Kazakh, Russian and English are understood, in Cyrillic and Latin letters.
search-all-regions = All regions
kind-region = region
kind-criterion = criterion
kind-indicator = indicator
search-standing = scores { $score } in { $year }, rank { $rank }
nav-releases = Releases
nav-downloads = Data
kind-platform = learning platform

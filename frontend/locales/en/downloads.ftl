# Downloads.
downloads-title = Data
downloads-intro = Every number on this site is open, as tables for people and as files for programs. Each file names its source, licence and caveats.
downloads-index = Index and criteria
downloads-index-of = Index: { $panel }, { $year }
downloads-observations = Values of indicators
downloads-lists = Code lists
downloads-areas = Regions and countries
downloads-criteria = Criteria
downloads-indicators = Indicators
downloads-sources = Sources
downloads-dataset = Dataset
downloads-formats = Formats
downloads-cite-title = How to cite
downloads-cite = Sandyq: { $index }, release for { $year }, methodology { $framework }. { $link }
downloads-cite-note = The values themselves are under the licence of their provider.
downloads-licences = those of the sources

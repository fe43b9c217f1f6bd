# What can be taken along with a chart.
figure-download = Download:
figure-link = Link
figure-embed = Embed
figure-licence = Licence:
figure-licences = All licences

"""What schemathesis does not know by itself: SDMX-CSV goes over the wire as the text it is."""

import schemathesis

schemathesis.serializer.alias("application/vnd.sdmx.data+csv", "text/plain")

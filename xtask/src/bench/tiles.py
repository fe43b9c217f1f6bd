"""The work of `quarter add-up` in DuckDB, on the same file: areas cut along the rows of tiles, tiles joined, means weighted.

DuckDB's spatial extension is a download from a host of its own, so the join is plain SQL by the same rule: a centre is inside where a
line from it crosses the border an odd number of times. It is given the tiles' centres, which newer files hold, and spared the quadkeys.
"""

import json
import sys
import time

import duckdb

LAYER, QUARTER = sys.argv[1:]

SPANS = """
CREATE TEMP TABLE spans AS
WITH features AS (
    SELECT unnest(CAST(json(content) -> '$.features' AS JSON[])) AS feature FROM read_text(?)
), rings AS (
    SELECT feature ->> '$.properties.iso3166_2' AS area, unnest(flatten(CASE feature ->> '$.geometry.type'
        WHEN 'Polygon' THEN [CAST(feature -> '$.geometry.coordinates' AS DOUBLE[][][])]
        ELSE CAST(feature -> '$.geometry.coordinates' AS DOUBLE[][][][]) END)) AS ring
    FROM features
), points AS (
    SELECT area, ring, unnest(range(1, len(ring))) AS n FROM rings
), edges AS (
    SELECT area, ring[n][1] AS x1, ring[n][2] AS y1, ring[n + 1][1] AS x2, ring[n + 1][2] AS y2 FROM points
), cut AS (
    SELECT *, unnest(range(
        CAST(floor(row_of(greatest(y1, y2))) AS BIGINT), CAST(ceil(row_of(least(y1, y2))) AS BIGINT) + 1)) AS tile_row
    FROM edges WHERE y1 <> y2
), crossings AS (
    SELECT area, tile_row, x1 + (latitude(tile_row) - y1) * (x2 - x1) / (y2 - y1) AS x
    FROM cut WHERE latitude(tile_row) <= greatest(y1, y2) AND latitude(tile_row) > least(y1, y2)
), paired AS (
    SELECT area, tile_row, x AS x_from, lead(x) OVER line AS x_to, row_number() OVER line AS place
    FROM crossings WINDOW line AS (PARTITION BY area, tile_row ORDER BY x)
)
SELECT area, tile_row, x_from, x_to FROM paired WHERE place % 2 = 1
"""

TOTALS = """
WITH tiles AS (
    SELECT CAST(round(row_of(tile_y)) AS BIGINT) AS tile_row, tile_x, tests, devices, avg_d_kbps, avg_u_kbps, avg_lat_ms
    FROM read_parquet(?)
)
SELECT area, count(*), CAST(sum(tests) AS BIGINT), CAST(sum(devices) AS BIGINT), CAST(sum(tests * avg_d_kbps) AS BIGINT),
    CAST(sum(tests * avg_u_kbps) AS BIGINT), CAST(sum(tests * avg_lat_ms) AS BIGINT)
FROM tiles JOIN spans USING (tile_row) WHERE tile_x >= x_from AND tile_x < x_to GROUP BY area ORDER BY area
"""

begun = time.perf_counter()
base = duckdb.connect()
base.execute(
    "CREATE MACRO latitude(r) AS degrees(atan(sinh(pi() * (1 - 2 * (r + 0.5) / 65536))));"
    "CREATE MACRO row_of(lat) AS (1 - asinh(tan(radians(lat))) / pi()) / 2 * 65536 - 0.5"
)
base.execute(SPANS, [LAYER])
totals = {row[0]: row[1:] for row in base.execute(TOTALS, [QUARTER]).fetchall()}
print(json.dumps({"seconds": time.perf_counter() - begun, "version": duckdb.__version__, "totals": totals}))

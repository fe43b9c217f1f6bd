-- Paths that do not come again soon: pages of observations of every size and place, in several formats.
local formats = { "", ".csv", ".jsonstat", ".xlsx", ".zip", ".sdmx.csv", ".csv-metadata.json" }
local areas = { "KZ-10", "KZ-11", "KZ-15", "KZ-19", "KZ-23", "KZ-27", "KZ-31", "KZ-35", "KZ-39", "KZ-43", "KZ-47", "KZ-55",
  "KZ-59", "KZ-61", "KZ-63", "KZ-71", "KZ-75", "KZ-79", "KAZ", "DNK", "EST", "SGP", "GBR" }
local others = { "/kk/", "/ru/regions/KZ-61", "/en/?year=2020", "/api/v1/index", "/api/v1/index.csv?lang=ru",
  "/api/v1/sources", "/api/v1/catalogue.ttl", "/sdmx/2.1/data/BNS_SDG_17_8_1", "/api/v1/robustness.csv" }
local n = os.time() % 1000
request = function()
  n = n + 1
  if n % 5 == 0 then
    return wrk.format("GET", others[n / 5 % #others + 1])
  end
  local area, format = areas[n % #areas + 1], formats[math.floor(n / 7) % #formats + 1]
  local path = "/api/v1/observations" .. format .. "?area=" .. area .. "&start_period=" .. (1990 + n % 34)
  return wrk.format("GET", path .. "&limit=" .. (1 + n % 997))
end

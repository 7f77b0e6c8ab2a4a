-- visit: wrk script. Every request is another visitor's: VISITS names a file of lines
-- "path<TAB>cookie header"; without it every request is "/". Ends with one line that the caller reads:
-- requests per second, p99 in ms, answers of status 400 and more, socket errors, mean bytes of an answer.
local visits = {}
local thread_count = 0

function setup(thread)
  thread:set("number", thread_count)
  thread_count = thread_count + 1
end

function init(args)
  local name = os.getenv("VISITS")
  if name and name ~= "" then
    for line in io.lines(name) do
      local path, cookie = line:match("^([^\t]*)\t(.*)$")
      visits[#visits + 1] = wrk.format("GET", path, { ["Host"] = wrk.headers["Host"], ["Cookie"] = cookie })
    end
  else
    visits[1] = wrk.format("GET", "/")
  end
  at = number * 7919
end

function request()
  at = at + 1
  return visits[at % #visits + 1]
end

function done(summary, latency, requests)
  local e = summary.errors
  io.write(string.format("FIGURES %.1f %.2f %d %d %.0f\n", summary.requests * 1e6 / summary.duration,
    latency:percentile(99) / 1000, e.status, e.connect + e.read + e.write + e.timeout,
    summary.bytes / math.max(summary.requests, 1)))
end

-- Requests that Python has written down: one file for each thread, see bench/requests.py.

local prepared = { numbered = {} }

-- Gives every thread its number; to be called by `setup`.
function prepared.number(thread)
  table.insert(prepared.numbered, thread)
  thread:set("number", #prepared.numbered - 1)
end

-- Reads the file of a thread: the requests, and what kind each is.
function prepared.read(path)
  local requests, kinds = {}, {}
  local file = assert(io.open(path, "rb"))
  for head in file:lines() do
    local kind, size = head:match("^(%S+) (%d+)$")
    table.insert(kinds, kind)
    table.insert(requests, file:read(tonumber(size)))
  end
  file:close()
  return requests, kinds
end

-- Says what Python reads back, see bench/wrk.py; to be called by `done`.
function prepared.report(summary)
  local rounds = 0
  for _, thread in ipairs(prepared.numbered) do
    rounds = math.max(rounds, thread:get("sent") / thread:get("available"))
  end
  local errors = summary.errors
  print(string.format(
    'bench {"requests": %d, "seconds": %.6f, "refused": %d, "broken": %d, "rounds": %.3f}',
    summary.requests, summary.duration / 1e6, errors.status,
    errors.connect + errors.read + errors.write + errors.timeout, rounds
  ))
end

return prepared

-- As people come: requests are due at times by chance, whether or not those before were answered, and latency
-- counts from the time a request was due. wrk does not tell a script which connection it asks for, so this needs
-- as many threads as connections; each is a stream of its own.
-- wrk -t N -c N … -s open_loop.lua URL -- DIRECTORY RATE        (requests/s of each thread)

local here = debug.getinfo(1, "S").source:match("^@(.*)/")
local prepared = dofile(here .. "/prepared.lua")

local ffi = require("ffi")
ffi.cdef [[
  typedef struct { long seconds; long nanoseconds; } bench_time;
  int clock_gettime(int clock, bench_time *time);
]]
local MONOTONIC = ffi.os == "OSX" and 6 or 1
local time = ffi.new("bench_time")

local function now()
  ffi.C.clock_gettime(MONOTONIC, time)
  return tonumber(time.seconds) + tonumber(time.nanoseconds) / 1e9
end

setup = prepared.number

function init(args)
  requests, kinds = prepared.read(args[1], number)
  available, sent, rate, due = #requests, 0, tonumber(args[2]), nil
  latencies, errors = {}, {}
  math.randomseed(number + 1)
end

-- wrk asks this before each request, in whole milliseconds; rounded up, so latencies err to the longer side.
function delay()
  due = (due or now()) - math.log(1 - math.random()) / rate
  return math.max(0, math.ceil((due - now()) * 1000))
end

function request()
  sent = sent + 1
  return requests[(sent - 1) % available + 1]
end

local function count(of, key)
  of[key] = (of[key] or 0) + 1
end

function response(status)
  local kind = kinds[(sent - 1) % available + 1]
  count(latencies, kind .. " " .. math.floor((now() - due) * 10000))
  if status >= 400 then
    count(errors, kind .. " " .. status)
  end
end

local function print_all(word, thread)
  for key, number in pairs(thread:get(word)) do
    print(word .. " " .. key .. " " .. number)
  end
end

-- Latencies come in tenths of a millisecond.
function done(summary)
  prepared.report(summary)
  for _, thread in ipairs(prepared.numbered) do
    print_all("latencies", thread)
    print_all("errors", thread)
  end
end

-- As fast as it goes: each connection sends its next request when the one before was answered.
-- wrk … -s closed_loop.lua URL -- DIRECTORY

local here = debug.getinfo(1, "S").source:match("^@(.*)/")
local prepared = dofile(here .. "/prepared.lua")

setup = prepared.number

function init(args)
  requests = prepared.read(args[1] .. "/" .. number)
  available, sent = #requests, 0
end

function request()
  sent = sent + 1
  return requests[(sent - 1) % available + 1]
end

function done(summary)
  prepared.report(summary)
end

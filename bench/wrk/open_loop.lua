-- Requests that come when people come: an open loop on bare sockets, in LuaJIT. bench/open_loop.py runs it.
--
-- Requests are due at times by chance (a Poisson process), whether or not those before are answered; each takes
-- the connection that has rested longest or waits for one, and its latency counts from when it was due. While
-- there is a connection to spare, what is due is sent and what has come is taken once a millisecond, so nothing
-- is rounded in our favour and little of the processor is taken from the server.

local ffi = require("ffi")

ffi.cdef [[
  struct place { int fd; short events; short revents; };
  struct span { long seconds; long nanoseconds; };
  int clock_gettime(int, struct span *);
  int close(int);
  void *memmem(const void *, size_t, const void *, size_t);
  int nanosleep(const struct span *, struct span *);
  int poll(struct place *, unsigned long, int);
  long recv(int, void *, size_t, int);
  long send(int, const void *, size_t, int);
]]

local C = ffi.C
local TICK = ffi.new("struct span", 0, 1e6)
local LINGER = 10 -- seconds for the last answers; what is not there by then counts as broken
local LONGEST = 1048576 -- bytes of an answer
local POLLIN = 1
local HEADS = 1000 -- kept in mind: most answers have the head of one before

local answer = ffi.new("uint8_t[?]", LONGEST)
local span = ffi.new("struct span")
local heads, heads_known = {}, 0

-- Tells how many bytes an answer has with its head (nil: it comes in chunks), and whether the connection ends.
local function framed(head)
  local known = heads[head]
  if known then return known.size, known.is_last end
  if heads_known == HEADS then heads, heads_known = {}, 0 end
  local fields = head:lower()
  local length = fields:match("\r\ncontent%-length: *(%d+)")
  local is_chunked = fields:find("\r\ntransfer%-encoding: *chunked")
  known = {
    size = not is_chunked and #head + 4 + tonumber(length or 0) or nil,
    is_last = fields:find("\r\nconnection: *close") ~= nil,
  }
  heads[head], heads_known = known, heads_known + 1
  return known.size, known.is_last
end

-- Tells whether the answer, of which so much has been read, is whole, and whether the connection ends with it.
local function whole(read)
  local found = C.memmem(answer, read, "\r\n\r\n", 4)
  if found == nil then return false, false end
  local size, is_last = framed(ffi.string(answer, ffi.cast("uint8_t *", found) - answer))
  if size then return read >= size, is_last end
  return ffi.string(answer + read - 7, 7) == "\r\n0\r\n\r\n", is_last
end

-- One load: its connections, what is sent, and what has come back.
local Load = {}
Load.__index = Load

-- `dial` gives the number of a new connected socket, `clock` is that of the steady clock.
local function load_new(requests, kinds, connections, rate, dial, clock)
  local load = setmetatable({
    requests = requests, kinds = kinds, rate = rate, dial = dial, clock = clock,
    places = ffi.new("struct place[?]", connections), connections = connections,
    asked = {}, due_at = {}, read = {}, -- by connection: the request under way, and what has come of its answer
    resting = {}, first = 1, last = 0, -- a queue of connections
    sent = 0, done = 0, latencies = {}, errors = {},
  }, Load)
  for _, kind in ipairs(kinds) do load.latencies[kind] = load.latencies[kind] or {} end
  for number = 0, connections - 1 do load:connect(number) end
  return load
end

function Load:now()
  C.clock_gettime(self.clock, span)
  return tonumber(span.seconds) + tonumber(span.nanoseconds) * 1e-9
end

function Load:connect(number)
  self.places[number].fd, self.places[number].events = self.dial(), POLLIN
  self:rest(number)
end

function Load:rest(number)
  self.asked[number], self.read[number] = false, ""
  self.last = self.last + 1
  self.resting[self.last] = number
end

function Load:is_anyone_resting()
  return self.first <= self.last
end

function Load:is_all_answered()
  return self.last - self.first + 1 == self.connections
end

-- Sends the next request; a kernel takes at least so little at once from who waits for each answer.
function Load:send(due)
  local number = self.resting[self.first]
  self.resting[self.first] = nil
  self.first = self.first + 1
  self.sent = self.sent + 1
  local index = (self.sent - 1) % #self.requests + 1
  self.asked[number], self.due_at[number] = index, due
  local raw = self.requests[index]
  C.send(self.places[number].fd, raw, #raw, 0)
end

function Load:take(number)
  local rest = self.read[number]
  ffi.copy(answer, rest, #rest)
  local count = tonumber(C.recv(self.places[number].fd, answer + #rest, LONGEST - #rest, 0))
  if count <= 0 then return self:lose(number) end
  local read = #rest + count
  local is_whole, is_last = whole(read)
  if not is_whole then
    self.read[number] = ffi.string(answer, read)
    return
  end
  self:answered(number)
  if is_last then -- as servers do after some thousand requests
    self:lose(number)
  else
    self:rest(number)
  end
end

-- Counts an answer; latencies in tenths of a millisecond.
function Load:answered(number)
  local kind = self.kinds[self.asked[number]]
  local latencies = self.latencies[kind]
  local bucket = math.floor((self:now() - self.due_at[number]) * 10000)
  latencies[bucket] = (latencies[bucket] or 0) + 1
  self.done = self.done + 1
  self.asked[number] = false
  local status = tonumber(ffi.string(answer + 9, 3))
  if status >= 400 then
    local key = kind .. " " .. status
    self.errors[key] = (self.errors[key] or 0) + 1
  end
end

-- Closes a connection and makes another.
function Load:lose(number)
  C.close(self.places[number].fd)
  if not self.asked[number] then self:forget(number) end
  self:connect(number)
end

-- Takes a connection out of those that rest, if it is among them.
function Load:forget(number)
  for at = self.first, self.last do
    if self.resting[at] == number then
      for behind = at, self.last do self.resting[behind] = self.resting[behind + 1] end
      self.last = self.last - 1
      return
    end
  end
end

-- Takes what has come. Where nobody rests there is nothing else to do, so it waits for the first answer.
function Load:listen(is_waiting)
  if not is_waiting then C.nanosleep(TICK, nil) end
  local ready = C.poll(self.places, self.connections, is_waiting and 1 or 0)
  for number = 0, self.connections - 1 do
    if ready <= 0 then return end
    if self.places[number].revents ~= 0 then
      ready = ready - 1
      self:take(number)
    end
  end
end

-- Sends for so many seconds, then waits for the last answers.
function Load:run(seconds)
  local due = self:now()
  local stop = due + seconds
  local function send_due(now)
    while due < stop and due <= now and self:is_anyone_resting() do
      self:send(due)
      due = due - math.log(1 - math.random()) / self.rate
    end
  end
  repeat
    local now = self:now()
    send_due(now)
    self:listen(not self:is_anyone_resting())
  until due >= stop and self:is_all_answered() or now > stop + LINGER
  while due < stop do -- what nobody was free for
    self.sent, due = self.sent + 1, due - math.log(1 - math.random()) / self.rate
  end
end

-- Says what Python reads back, see bench/wrk.py.
function Load:report(seconds)
  local refused = 0
  for _, number in pairs(self.errors) do refused = refused + number end
  local lines = { string.format(
    'bench {"requests": %d, "seconds": %f, "refused": %d, "broken": %d, "rounds": 0}',
    self.done, seconds, refused, self.sent - self.done
  ) }
  for kind, counts in pairs(self.latencies) do
    for bucket, number in pairs(counts) do
      table.insert(lines, string.format("latencies %s %d %d", kind, bucket, number))
    end
  end
  for key, number in pairs(self.errors) do
    table.insert(lines, string.format("errors %s %d", key, number))
  end
  return table.concat(lines, "\n")
end

return function(prepared, file, connections, rate, seconds, dial, clock, seed)
  math.randomseed(seed)
  local requests, kinds = prepared.read_file(file)
  local load = load_new(requests, kinds, connections, rate, dial, clock)
  collectgarbage("stop") -- would stop us, and count as the server's
  load:run(seconds)
  return load:report(seconds)
end

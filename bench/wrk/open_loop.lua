-- Requests that come when people come: an open loop on bare sockets, in LuaJIT. bench/open_loop.py runs it.
--
-- Requests are due at times by chance (a Poisson process), whether or not those before are answered; each takes
-- the connection that has rested longest or waits for one, and its latency counts from when it was due. Once a
-- millisecond what is due is sent and what has come is taken, so nothing is rounded in our favour and little of the
-- processor is taken from the server; more often while all of few connections are taken, since each carries one request between
-- two looks.

local ffi = require("ffi")

-- What the kernel says of a connection; it is packed on x86-64 alone.
ffi.cdef("struct " .. (ffi.arch == "x64" and "__attribute__((packed))" or "") .. [[ event {
  uint32_t what;
  uint64_t number;
};]])
ffi.cdef [[
  struct span { long seconds; long nanoseconds; };
  int atoi(const char *);
  int clock_gettime(int, struct span *);
  int close(int);
  int epoll_create1(int);
  int epoll_ctl(int, int, int, struct event *);
  int epoll_wait(int, struct event *, int, int);
  int memcmp(const void *, const void *, size_t);
  void *memmem(const void *, size_t, const void *, size_t);
  int nanosleep(const struct span *, struct span *);
  long recv(int, void *, size_t, int);
  long send(int, const void *, size_t, int);
  char *strcasestr(const char *, const char *);
]]

local C = ffi.C
local TICK = 1e6 -- nanoseconds
local TICK_OF_EACH = 8e3 -- nanoseconds for each connection while all are taken: at most 125,000 requests a second
local LINGER = 10 -- seconds for the last answers; what is not there by then counts as broken
local LONGEST = 1048576 -- bytes of an answer
local ADD, IN = 1, 1 -- EPOLL_CTL_ADD, EPOLLIN
local LENGTH = "\r\ncontent-length:"
local LAST_CHUNK = "\r\n0\r\n\r\n"

local answer = ffi.new("char[?]", LONGEST)
local span = ffi.new("struct span")

-- Tells whether the answer, of which so much has been read, is whole, and whether the connection ends with it.
-- Makes no strings: LuaJIT keeps each once, and to find that it is new takes long among many that are alike.
local function whole(read)
  local found = C.memmem(answer, read, "\r\n\r\n", 4)
  if found == nil then return false, false end
  local head = ffi.cast("char *", found) - answer
  answer[head] = 0 -- for those who look for a field
  local is_last = C.strcasestr(answer, "\r\nconnection: close") ~= nil
  local is_chunked = C.strcasestr(answer, "\r\ntransfer-encoding: chunked") ~= nil
  local length = C.strcasestr(answer, LENGTH)
  local size = head + 4 + (length ~= nil and C.atoi(length + #LENGTH) or 0)
  answer[head] = 13
  if is_chunked then return C.memcmp(answer + read - #LAST_CHUNK, LAST_CHUNK, #LAST_CHUNK) == 0, is_last end
  return read >= size, is_last
end

-- One load: its connections, what is sent, and what has come back.
local Load = {}
Load.__index = Load

-- `dial` gives the number of a new connected socket, `clock` is that of the steady clock.
local function load_new(requests, kinds, connections, rate, dial, clock)
  local load = setmetatable({
    requests = requests, kinds = kinds, rate = rate, dial = dial, clock = clock,
    sockets = {}, connections = connections, epoll = C.epoll_create1(0),
    events = ffi.new("struct event[?]", connections), event = ffi.new("struct event"),
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
  self.sockets[number] = self.dial()
  self.event.what, self.event.number = IN, number
  C.epoll_ctl(self.epoll, ADD, self.sockets[number], self.event)
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
  C.send(self.sockets[number], raw, #raw, 0)
end

function Load:take(number)
  local rest = self.read[number]
  ffi.copy(answer, rest, #rest)
  local count = tonumber(C.recv(self.sockets[number], answer + #rest, LONGEST - #rest, 0))
  if count <= 0 then return self:lose(number) end
  assert(self.asked[number], "There are bytes that nobody asked for.")
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
  local status = C.atoi(answer + #"HTTP/1.1 ")
  if status >= 400 then
    local key = kind .. " " .. status
    self.errors[key] = (self.errors[key] or 0) + 1
  end
end

-- Closes a connection and makes another.
function Load:lose(number)
  C.close(self.sockets[number])
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

-- Rests for a moment and takes what has come by then.
function Load:listen()
  local tick = self:is_anyone_resting() and TICK or math.min(TICK, TICK_OF_EACH * self.connections)
  span.seconds, span.nanoseconds = 0, tick
  C.nanosleep(span, nil)
  for at = 0, C.epoll_wait(self.epoll, self.events, self.connections, 0) - 1 do
    self:take(tonumber(self.events[at].number))
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
    self:listen()
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
  local requests, kinds = prepared.read(file)
  local load = load_new(requests, kinds, connections, rate, dial, clock)
  collectgarbage("stop") -- would stop us, and count as the server's
  load:run(seconds)
  return load:report(seconds)
end

local Square, Oblong, Dot = {}, {}, {}
Square.__index, Oblong.__index, Dot.__index = Square, Oblong, Dot
function Square:area() return self.side * self.side end
function Oblong:area() return self.a * self.b end
function Dot:area() return 0 end
local function total(shapes, rounds)
  local sum = 0
  for r = 1, rounds do for i = 1, #shapes do sum = sum + shapes[i]:area() end end
  return sum
end
local start = os.clock()
local function square(s) return setmetatable({side = s}, Square) end
local function oblong(a, b) return setmetatable({a = a, b = b}, Oblong) end
local r = total({square(2), oblong(2, 3), setmetatable({}, Dot), square(3), oblong(1, 9)}, 1000000)
print("ns " .. math.floor((os.clock() - start) * 1e9))
print("check " .. r)

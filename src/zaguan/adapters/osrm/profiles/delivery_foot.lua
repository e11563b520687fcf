-- A delivery on foot: OSRM's foot, but never by ferry, and let in where deliveries are.
-- The foot profile comes with OSRM; its folder is put on Lua's path by whoever runs osrm-extract.

local foot = require('foot')
local foot_setup = foot.setup

foot.setup = function()
  local profile = foot_setup()
  profile.route_speeds = {}
  profile.access_tag_blacklist['delivery'] = nil
  profile.access_tag_whitelist['delivery'] = true
  return profile
end

return foot

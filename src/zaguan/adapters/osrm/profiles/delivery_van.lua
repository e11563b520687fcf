-- A delivery van: OSRM's car, but larger, and at home where deliveries are let in.
-- The car profile comes with OSRM; its folder is put on Lua's path by whoever runs osrm-extract.

local car = require('car')
local car_setup = car.setup
local car_way = car.process_way

-- streets for people on foot that vans may enter to deliver
local LET_IN = Set { 'yes', 'delivery', 'destination', 'permit', 'permissive', 'designated' }

car.setup = function()
  local profile = car_setup()

  -- a van of 3.5 t; the limits of a way are the walls, mirrors fold
  profile.vehicle_height = 2.8
  profile.vehicle_width = 2.05
  profile.vehicle_length = 6.5
  profile.vehicle_weight = 3500
  profile.vehicle_max_speed = 100

  -- a stop at the kerb may be left in either direction, so that legs take as long as the matrix says
  profile.properties.continue_straight_at_waypoint = false

  -- ferries and car trains have their own hours and prices, which no matrix knows
  profile.route_speeds = {}

  -- nobody asks to exclude tolls or motorways: without these sets a metric is a quarter of the size
  profile.excludable = Sequence {}

  -- pedestrian streets count only where process_way lets them pass, and never as a way through
  profile.speeds.highway.pedestrian = 8
  profile.restricted_highway_whitelist['pedestrian'] = true

  return profile
end

car.process_way = function(profile, way, result, relations)
  if way:get_value_by_key('highway') == 'pedestrian' then
    local access = way:get_value_by_key('motor_vehicle') or way:get_value_by_key('goods')
    if not access or not LET_IN[access] then
      return
    end
  end
  car_way(profile, way, result, relations)
end

return car

// Kinds of incidents that a person can choose; alerts bring others along.
export const kinds = ["flood_depth", "rain_intensity", "river_level", "traffic_slow", "traffic_accident", "fire", "pm25_hour", "power_outage", "lamp_out", "device_silent", "public_order", "other"] as const;

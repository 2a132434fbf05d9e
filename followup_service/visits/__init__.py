"""Facts about visits: announced, booked, confirmed, attended, missed."""

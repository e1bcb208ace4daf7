"""Search: what front-ends ask, and a page that shows it off."""

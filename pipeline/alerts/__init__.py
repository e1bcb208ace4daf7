"""Finds new stories for saved searches, and tells them."""

"""Feeds that are followed: polled politely, or delivered by WebSub."""

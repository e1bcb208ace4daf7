from __future__ import annotations

from pipeline.search.pages.places import map_of


def test_a_map_has_its_points_inside_and_names_that_are_known() -> None:
    article = {
        "locations": [{"lat": 60.39299, "lon": 5.32415}, {"lat": 53.55073, "lon": 9.99302}, {"lat": 60.39299, "lon": 5.32415}],
        "entities": [{"name": "Bergen", "latitude": 60.39299, "longitude": 5.32415}],
    }  # fmt: skip
    found = map_of(article)
    assert found is not None
    assert [(one.x, one.y, one.name) for one in found.points] == [(185.324, 29.607, "Bergen"), (189.993, 36.449, None)]
    assert all(
        found.left < one.x < found.left + found.width and found.top < one.y < found.top + found.height
        for one in found.points
    )
    assert [one.name for one in found.labels] == ["Bergen"]


def test_the_whole_world_and_its_ends_fit() -> None:
    ends = [(90, 180), (-90, -180), (0, 0)]
    found = map_of({"locations": [{"lat": lat, "lon": lon} for lat, lon in ends]})
    assert found is not None
    assert found.view == "0.00 0.00 360.00 180.00"
    one = map_of({"locations": [{"lat": 89.9, "lon": 179.9}]})
    assert one is not None
    assert (one.left + one.width, one.top) == (360, 0)
    assert map_of({"locations": []}) is None
    assert map_of({"locations": [{"lat": "x"}]}) is None
    many = map_of({"locations": [{"lat": 10 + n / 1000, "lon": 10} for n in range(99)], "entities": [{"name": f"City {n}", "latitude": 10 + n / 1000, "longitude": 10} for n in range(99)]})  # fmt: skip
    assert many is not None
    assert len(many.points) == 30
    assert len(many.labels) <= 2, "names that would cover each other are left out"

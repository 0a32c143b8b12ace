"""How lists of the API are cut into pages."""

from rest_framework.pagination import LimitOffsetPagination


class Pages(LimitOffsetPagination):
    """``?limit=&offset=``: fifty at a time, two hundred at most."""

    default_limit = 50
    max_limit = 200

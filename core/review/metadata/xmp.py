"""Adding to an XMP packet (ISO 16684-1) as text, so that all else in it stays as its author wrote it."""

from __future__ import annotations

import re
from xml.sax.saxutils import escape

from core.review.metadata.values import Metadata, MetadataError

_EMPTY = (
    '<?xpacket begin="\ufeff" id="W5M0MpCehiHzreSzNTczkc9d"?>\n'
    '<x:xmpmeta xmlns:x="adobe:ns:meta/"><rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#">\n'
    '</rdf:RDF></x:xmpmeta>\n<?xpacket end="w"?>'
)
_NAMESPACES = (
    'xmlns:dc="http://purl.org/dc/elements/1.1/" xmlns:xmp="http://ns.adobe.com/xap/1.0/"'
    ' xmlns:exif="http://ns.adobe.com/exif/1.0/" xmlns:photoshop="http://ns.adobe.com/photoshop/1.0/"'
)
_TAGS = re.compile(r"(<dc:subject\b[^>]*>\s*<rdf:Bag\b[^>]*>.*?)(</rdf:Bag>)", re.DOTALL)
_END = "</rdf:RDF>"


def add_xmp(packet: bytes | None, extra: Metadata) -> bytes:
    """An XMP packet with all fields added.

    Args:
        packet: The packet as it is; None to begin a new one.
        extra: What to add; it must not be there yet, but for tags.

    Raises:
        MetadataError: The packet is none that can be added to.
    """
    try:
        text = _EMPTY if packet is None else packet.decode("utf-8")
    except UnicodeDecodeError as error:
        raise MetadataError("its XMP is not in UTF-8") from error
    if extra.tags and "<dc:subject" in text:
        text = _with_tags(text, extra.tags)
        extra = extra.without_tags()
    head, end, tail = text.rpartition(_END)
    if not end:
        raise MetadataError("its XMP has an unusual form")
    properties = "".join(_properties(extra))
    if properties:
        head += f'<rdf:Description rdf:about="" {_NAMESPACES}>{properties}</rdf:Description>\n'
    return (head + end + tail).encode("utf-8")


def _with_tags(text: str, tags: tuple[str, ...]) -> str:
    items = "".join(_item(tag) for tag in tags)
    found, count = _TAGS.subn(lambda match: f"{match[1]}{items}{match[2]}", text, count=1)
    if not count:
        raise MetadataError("its tags in XMP have an unusual form")
    return found


def _properties(extra: Metadata) -> list[str]:
    found = []
    if extra.rating:
        found.append(f"<xmp:Rating>{extra.rating}</xmp:Rating>")
    if extra.date:
        moment = f"{extra.date[:10].replace(':', '-')}T{extra.date[11:19]}"
        found.append(f"<exif:DateTimeOriginal>{escape(moment)}</exif:DateTimeOriginal>")
        found.append(f"<photoshop:DateCreated>{escape(moment)}</photoshop:DateCreated>")
    if extra.place:
        latitude, longitude = extra.place
        found.append(f"<exif:GPSLatitude>{_angle(latitude, 'NS')}</exif:GPSLatitude>")
        found.append(f"<exif:GPSLongitude>{_angle(longitude, 'EW')}</exif:GPSLongitude>")
    if extra.caption:
        text = f'<rdf:li xml:lang="x-default">{escape(extra.caption)}</rdf:li>'
        found.append(f"<dc:description><rdf:Alt>{text}</rdf:Alt></dc:description>")
    if extra.tags:
        items = "".join(_item(tag) for tag in extra.tags)
        found.append(f"<dc:subject><rdf:Bag>{items}</rdf:Bag></dc:subject>")
    return found


def _item(tag: str) -> str:
    return f"<rdf:li>{escape(tag)}</rdf:li>"


def _angle(degrees: float, letters: str) -> str:
    whole, minutes = divmod(abs(degrees) * 60, 60)
    return f"{int(whole)},{minutes:.6f}{letters[degrees < 0]}"

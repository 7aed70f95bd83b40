"""The styles of the Word files: Courier throughout, black, no space but where it is wanted."""

from __future__ import annotations

from pipeline.tlf.fit import SIZES

FONT = "Courier New"
TEXT_WIDTH = 12960

LEVEL = '<w:outlineLvl w:val="0"/>'
CENTRE = '<w:jc w:val="center"/>'
TIGHT = '<w:spacing w:before="0" w:after="0" w:line="240" w:lineRule="auto"/>'
TABLE = (
    '<w:style w:type="table" w:default="1" w:styleId="TableNormal"><w:name w:val="Normal Table"/>'
    '<w:uiPriority w:val="99"/><w:semiHidden/><w:tblPr><w:tblInd w:w="0" w:type="dxa"/></w:tblPr>'
    "</w:style>"
)


def style_definitions() -> list[str]:
    """Every style as a w:style element, without namespace declarations."""
    return [
        _style("Normal", "Normal", TIGHT, ""),
        TABLE,
        _style("Header", "header", f"{_right_tab()}{TIGHT}", ""),
        _style("Heading1", "heading 1", f"{_title()}{LEVEL}", "<w:b/>"),
        _style("DocumentTitle", "Document Title", _title(), "<w:b/>"),
        _style("Banner", "Banner", _banner(), "<w:b/>"),
        _style("Picture", "Picture", f"<w:keepNext/>{TIGHT}{CENTRE}", ""),
        _style("ContentsLine", "Contents Line", _contents(), ""),
        *(_style(f"Cell{size}", f"Cell {size}", TIGHT, _size(size)) for size in SIZES),
        *(_style(f"Note{size}", f"Note {size}", _note(), _size(size)) for size in SIZES),
    ]


def defaults() -> str:
    """The document defaults: the one font in one size, no space between paragraphs."""
    fonts = "".join(f' w:{script}="{FONT}"' for script in ("ascii", "hAnsi", "eastAsia", "cs"))
    return (
        f'<w:docDefaults><w:rPrDefault><w:rPr><w:rFonts{fonts}/><w:sz w:val="20"/>'
        '<w:szCs w:val="20"/><w:lang w:val="en-US" w:eastAsia="en-US" w:bidi="ar-SA"/></w:rPr>'
        f"</w:rPrDefault><w:pPrDefault><w:pPr>{TIGHT}</w:pPr></w:pPrDefault></w:docDefaults>"
    )


def _style(key: str, name: str, paragraph: str, character: str) -> str:
    """One paragraph style."""
    based = '<w:basedOn w:val="Normal"/>' if key != "Normal" else ""
    default = ' w:default="1"' if key == "Normal" else ""
    return (
        f'<w:style w:type="paragraph"{default} w:styleId="{key}"><w:name w:val="{name}"/>{based}'
        f"<w:qFormat/><w:pPr>{paragraph}</w:pPr><w:rPr>{character}</w:rPr></w:style>"
    )


def _size(points: int) -> str:
    """Font size in half-points."""
    return f'<w:sz w:val="{2 * points}"/><w:szCs w:val="{2 * points}"/>'


def _right_tab() -> str:
    """A tab stop at the right margin."""
    return f'<w:tabs><w:tab w:val="right" w:pos="{TEXT_WIDTH}"/></w:tabs>'


def _title() -> str:
    """Centred, with the next paragraph, space around."""
    return (
        '<w:keepNext/><w:keepLines/><w:spacing w:before="120" w:after="120" w:line="240" '
        f'w:lineRule="auto"/>{CENTRE}'
    )


def _banner() -> str:
    """A frame that is seen before the numbers."""
    sides = "".join(
        f'<w:{side} w:val="single" w:sz="8" w:space="3" w:color="000000"/>'
        for side in ("top", "left", "bottom", "right")
    )
    return (
        f'<w:keepNext/><w:keepLines/><w:pBdr>{sides}</w:pBdr><w:shd w:val="clear" w:color="auto" '
        'w:fill="E0E0E0"/><w:spacing w:before="60" w:after="180" w:line="240" w:lineRule="auto"/>'
        f'<w:ind w:left="80" w:right="80"/>{CENTRE}'
    )


def _contents() -> str:
    """Number, title, dots, page; long titles stay clear of the page number."""
    return (
        '<w:tabs><w:tab w:val="left" w:pos="2160"/>'
        f'<w:tab w:val="right" w:leader="dot" w:pos="{TEXT_WIDTH}"/></w:tabs>'
        '<w:spacing w:before="60" w:after="0" w:line="240" w:lineRule="auto"/>'
        '<w:ind w:left="2160" w:right="840" w:hanging="2160"/>'
    )


def _note() -> str:
    """Footnotes stay whole."""
    return f"<w:keepLines/>{TIGHT}"

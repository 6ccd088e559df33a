"""Makes the binary specimens beside it: `python tests/readers/make_specimens.py`.

Needs reportlab, python-docx, odfpy and pyarrow, none of which the tests need. Every sentence in them is our own.

`support-at-work.docx`, `.odt` and `.rtf` were made by LibreOffice 7.4 of the page of that name, for instance by
`soffice --headless --infilter="HTML (StarWriter)" --convert-to "docx:MS Word 2007 XML" support-at-work.html`.
"""

import datetime
import io
import zipfile
from pathlib import Path

HERE = Path(__file__).parent / "specimens"

OPENING = (
    "We have published a plan for support at work, and it sets out what each office will do for people who ask for help. "
    "The plan follows two years of visits, in which we heard from claimants, employers and advisers in every region."
)
COLUMN = (
    "Advisers told us that forms arrive late, that letters contradict one another and that nobody answers the telephone after "
    "four. We agree that this must change. A single point of contact will be named in each letter, and the line will stay open "
    "until six in the evening.",
    "Employers asked for guidance on long-term sickness that fits on a page. We will write it with them. It will say who pays "
    "for which adjustment, and how quickly a decision should be made when somebody is about to return.",
    "Some of those who wrote to us were afraid that a review would cost them their payments. No payment will be reduced while a "
    "review is going on, and the outcome will be explained in plain words.",
)


def make_pdf() -> None:
    from reportlab.lib.enums import TA_JUSTIFY
    from reportlab.lib.pagesizes import A4
    from reportlab.lib.styles import ParagraphStyle
    from reportlab.platypus import BaseDocTemplate, Frame, NextPageTemplate, PageBreak, PageTemplate, Paragraph

    body = ParagraphStyle("body", fontName="Times-Roman", fontSize=10, leading=12.5, spaceAfter=6, alignment=TA_JUSTIFY)
    body.hyphenationLang = ""
    heading = ParagraphStyle("heading", fontName="Helvetica-Bold", fontSize=15, leading=19, spaceAfter=8)
    bullet = ParagraphStyle("bullet", parent=body, leftIndent=14, bulletIndent=2)

    def furniture(canvas, _document) -> None:
        canvas.setFont("Helvetica", 8)
        canvas.drawString(60, 812, "Support at Work: A Plan for Every Office")
        canvas.drawString(290, 24, str(canvas.getPageNumber()))

    document = BaseDocTemplate(
        str(HERE / "white-paper.pdf"), pagesize=A4, title="Support at work", author="Press office", invariant=1
    )
    one = Frame(60, 60, 475, 720, id="one")
    left, right = Frame(60, 60, 225, 720, id="left"), Frame(310, 60, 225, 720, id="right")
    document.addPageTemplates(
        [PageTemplate("single", [one], onPage=furniture), PageTemplate("double", [left, right], onPage=furniture)]
    )
    story = [Paragraph("Support at work", heading), Paragraph(OPENING, body), Paragraph("What we will do", heading)]
    story += [
        Paragraph(text, bullet, bulletText="•")
        for text in ("name one adviser for each person;", "answer every letter.")
    ]
    story += [NextPageTemplate("double"), PageBreak()]
    for number in range(1, 9):
        story.append(Paragraph(f"Chapter {number}", heading))
        story += [Paragraph(text, body) for text in COLUMN]
    document.build(story)


def make_hyphenated_pdf() -> None:
    """Two columns written line by line across the page, as some programs do, with words divided at line ends."""
    from reportlab.pdfgen.canvas import Canvas

    left = [
        "The Department has been re-",
        "viewing the rules for long-",
        "term support. The review-",
        "ers found that most let-",
        "ters were hard to read and",
        "that few were answered.",
    ]
    right = [
        "We will rewrite them all. The",
        "new letters will be shorter, and",
        "people who took part in the re-",
        "view will read them first. No",
        "letter will be sent before they",
        "have agreed that it is clear.",
    ]
    canvas = Canvas(str(HERE / "hyphenated.pdf"), pageCompression=1, invariant=1)
    canvas.setFont("Times-Roman", 11)
    for row, (first, second) in enumerate(zip(left, right, strict=True)):
        canvas.drawString(72, 700 - 14 * row, first)
        canvas.drawString(310, 700 - 14 * row, second)
    canvas.save()


def make_scanned_pdf() -> None:
    from reportlab.pdfgen.canvas import Canvas

    canvas = Canvas(str(HERE / "scan.pdf"), invariant=1)
    canvas.rect(100, 100, 200, 300, fill=1)
    canvas.save()


def make_locked_pdf() -> None:
    from reportlab.lib.pdfencrypt import StandardEncryption
    from reportlab.pdfgen.canvas import Canvas

    canvas = Canvas(str(HERE / "locked.pdf"), encrypt=StandardEncryption("secret", ownerPassword="owner"), invariant=1)
    canvas.drawString(72, 700, "Nobody may read this line.")
    canvas.save()


def make_docx() -> None:
    import docx
    from docx.oxml import parse_xml
    from docx.oxml.ns import nsdecls

    document = docx.Document()
    document.core_properties.title = "Letter to claimants"
    document.core_properties.author = "Press office"
    document.core_properties.modified = datetime.datetime(2025, 3, 18, 12, 0)
    document.add_heading("Letter to claimants", 0)
    document.add_heading("What changes", 1)
    paragraph = document.add_paragraph("Payments go on while a review is open")
    paragraph.add_run(", and ").bold = True
    paragraph.add_run("nobody has to apply again.")
    document.add_paragraph("bring the letter", style="List Bullet")
    document.add_paragraph("bring proof of address", style="List Number")
    document.add_paragraph("“We were never told,” one claimant wrote.", style="Quote")
    table = document.add_table(rows=2, cols=2)
    for cell, text in zip(
        [c for row in table.rows for c in row.cells], ("Office", "Open until", "Leeds", "six"), strict=True
    ):
        cell.text = text
    changed = document.add_paragraph("The line is open ")
    for tag, inner in (("ins", "<w:t>until six</w:t>"), ("del", "<w:delText>until four</w:delText>")):
        changed._p.append(parse_xml(f'<w:{tag} {nsdecls("w")} w:id="1" w:author="A"><w:r>{inner}</w:r></w:{tag}>'))
    changed.add_run(".")
    target = io.BytesIO()
    document.save(target)
    _rewrite(target.getvalue(), HERE / "letter.docx")


def make_odt() -> None:
    from odf import dc, text
    from odf.opendocument import OpenDocumentText
    from odf.style import Style

    document = OpenDocumentText()
    document.meta.addElement(dc.Title(text="Notes for editors"))
    document.meta.addElement(dc.Date(text="2025-03-18T12:00:00"))
    quotation = Style(name="Quotations", family="paragraph")
    document.styles.addElement(quotation)
    document.text.addElement(text.H(outlinelevel=1, text="Notes for editors"))
    paragraph = text.P(text="The scheme began in ")
    paragraph.addElement(text.S())
    paragraph.addElement(text.Span(text="April"))
    paragraph.addText(", in ten offices.")
    document.text.addElement(paragraph)
    items = text.List()
    for line in ("Leeds was the first.", "Cardiff was the last."):
        item = text.ListItem()
        item.addElement(text.P(text=line))
        items.addElement(item)
    document.text.addElement(items)
    document.text.addElement(text.P(stylename=quotation, text="“It helped me to stay in work,” said one of them."))
    target = io.BytesIO()
    document.write(target)
    _rewrite(target.getvalue(), HERE / "notes.odt")


def make_parquet() -> None:
    import pyarrow as pa
    from pyarrow import parquet

    table = pa.table(
        {
            "id": ["a1", "a2", "a3"],
            "day": [datetime.date(2025, 3, 18)] * 3,
            "department": ["Health", "Work", None],
            "text": ["We will publish the review.", "The scheme helps people to stay in work.", None],
        }
    )
    parquet.write_table(table, HERE / "answers.parquet", compression="none")


def _rewrite(data: bytes, path: Path) -> None:
    """Write a zip again with fixed dates, so that the same specimen is the same bytes."""
    with zipfile.ZipFile(io.BytesIO(data)) as source, zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as target:
        for name in source.namelist():
            kind = zipfile.ZIP_STORED if name == "mimetype" else zipfile.ZIP_DEFLATED
            target.writestr(zipfile.ZipInfo(name), source.read(name), kind)


if __name__ == "__main__":
    for make in (make_pdf, make_hyphenated_pdf, make_scanned_pdf, make_locked_pdf, make_docx, make_odt, make_parquet):
        make()

import gzip
import json
import subprocess
import sys
import threading
import time
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest
from typer.testing import CliRunner

import classifier
import cli
from classifier.answers import Service, answers_from_file, cache_folder, is_question, service_path
from classifier.codebook import load_codebook
from classifier.errors import ExitCode, InputError, OutputError, UsageError
from classifier.fetching import Fetcher, Manners, retry_after_seconds
from classifier.labelled_set import load_labelled
from classifier.places import codebook_path
from classifier.references import hash_of, words_of

ROOT = Path(cli.__file__).parent
BY_NUMBER = "https://questions-statements-api.parliament.uk/api/writtenquestions/questions/{}"
BY_DAY = "https://questions-statements.parliament.uk/written-questions/detail/2031-02-03/{}"
QUESTIONS = "/api/writtenquestions/questions/"

# (address, the service's path, its HTML, the text of a local copy, the sentence that is labelled, its labels, its share)
SPECIMENS = [
    (
        BY_NUMBER.format(9000001),
        "9000001",
        "<p>The pilot began in Kettering in May.</p><p> </p><p>Taking part is up to each patient&rsquo;s own wish, as the"
        ' <a href="https://example.org">guide</a>, page 4, makes plain.</p>',
        "The pilot began in Kettering in May.\nTaking part is up to each patient’s own wish, as the guide , page 4, makes plain.",
        "Taking part is up to each patient’s own wish, as the guide, page 4, makes plain.",
        ["voluntary_claim"],
        1.0,
    ),
    (
        BY_NUMBER.format(9000002),
        "9000002",
        "<p>We hold no figures on <em>late</em> buses.&nbsp;The county may (in <strong>2031</strong>) publish some.</p>",
        "We hold no figures on late buses. The county may (in 2031 ) publish some.",
        "The county may (in 2031) publish some.",
        [],
        0.25,
    ),
    (
        BY_DAY.format(4711),
        "2031-02-03/4711",
        "<ul><li>A clerk rings you once a week;</li><li>nobody loses money by saying no.</li></ul>",
        "A clerk rings you once a week;\nnobody loses money by saying no.",
        "nobody loses money by saying no.",
        ["voluntary_claim"],
        0.5,
    ),
    (
        BY_DAY.format("HL42"),
        "2031-02-03/HL42",
        "<p>The bridge at Wem will open in the autumn.</p>",
        "The bridge at Wem will open in the autumn.",
        "The bridge at Wem will open in the autumn.",
        [],
        0.5,
    ),
]


def response_of(html, number=9000001, **fields):
    value = {
        "id": number,
        "house": "Commons",
        "uin": "4711",
        "dateTabled": "2031-02-03T00:00:00",
        "questionText": "To ask …",
    }
    value |= {"answerText": html, "originalAnswerText": "", "comparableAnswerText": "", "dateAnswerCorrected": None}
    return json.dumps({"value": value | fields, "links": []}).encode()


def say(body, status=200, wait=0.0, promised=None, **headers):
    """Return a reply of the stand-in service; `promised` is the length it claims, `wait` the pause before each half."""

    def reply(handler):
        handler.send_response(status)
        for name, value in headers.items():
            handler.send_header(name.replace("_", "-"), value)
        handler.send_header("Content-Length", str(promised or len(body)))
        handler.end_headers()
        for half in (body[: len(body) // 2], body[len(body) // 2 :]):
            time.sleep(wait)
            handler.wfile.write(half)

    return reply


class StandIn:
    """A service on this machine that gives each path its replies in turn, the last one for ever, and keeps what was asked."""

    def __init__(self):
        self.replies = {QUESTIONS + path: [say(response_of(html))] for _, path, html, *_ in SPECIMENS}
        self.asked = []
        self.headers = []
        outer = self

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self):
                outer.asked.append(self.path.removeprefix(QUESTIONS))
                outer.headers.append(dict(self.headers))
                waiting = outer.replies.get(self.path, [say(b"{}", 404)])
                try:
                    (waiting.pop(0) if len(waiting) > 1 else waiting[0])(self)
                except OSError:
                    self.close_connection = True

            def log_message(self, *_):
                pass

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.address = f"http://127.0.0.1:{self.server.server_address[1]}"
        threading.Thread(target=self.server.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True).start()

    def answer(self, path, *replies):
        self.replies[QUESTIONS + path] = list(replies)


@pytest.fixture
def service(monkeypatch):
    monkeypatch.setenv("no_proxy", "127.0.0.1")
    stand_in = StandIn()
    yield stand_in
    stand_in.server.shutdown()
    stand_in.server.server_close()


@pytest.fixture
def folder(tmp_path):
    (tmp_path / "codebook.toml").write_bytes(codebook_path().read_bytes())
    rows = []
    for number, (url, _, _, _, sentence, labels, share) in enumerate(SPECIMENS):
        words = words_of(sentence)
        rows.append(
            {"id": f"q{9 - number}", "url": url, "words": len(words), "sha256": hash_of(words), "labels": labels}
        )
        rows[-1] |= {
            "stance": "asserted" if labels else None,
            "route": f"route_{share}",
            "share": share,
            "annotators": ["a"],
        }
    (tmp_path / "references.jsonl").write_text("\n".join(map(json.dumps, rows)), encoding="utf-8")
    copy = "\n".join(json.dumps({"url": url, "text": text}) for url, _, _, text, *_ in reversed(SPECIMENS))
    (tmp_path / "answers.jsonl").write_text(copy, encoding="utf-8")
    (tmp_path / "answers.jsonl.gz").write_bytes(gzip.compress(copy.encode()))
    return tmp_path


def hydrate(folder, *arguments):
    return CliRunner().invoke(cli.app, ["hydrate", "--labelled", str(folder), *map(str, arguments)])


def ask(folder, service, *arguments):
    return hydrate(
        folder, "--live", "--service", service.address, "--cache", folder / "kept", "--interval", 0, *arguments
    )


def rows_in(path):
    return [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]


def test_a_file_and_the_service_give_the_same_bytes(folder, service):
    def written(result):
        assert result.exit_code == ExitCode.DONE, f"{result.output}{result.exception}"
        return (folder / "hydrated.jsonl").read_bytes()

    plain = written(hydrate(folder, "--from", folder / "answers.jsonl"))
    assert written(hydrate(folder, "--from", folder / "answers.jsonl.gz")) == plain
    assert written(ask(folder, service)) == plain
    assert written(ask(folder, service)) == plain
    assert sorted(service.asked) == sorted(path for _, path, *_ in SPECIMENS), "the second time nothing is asked again"


def test_a_row_holds_the_sentence_its_labels_and_how_it_was_chosen(folder):
    hydrate(folder, "--from", folder / "answers.jsonl.gz")
    rows = rows_in(folder / "hydrated.jsonl")
    assert [row["id"] for row in rows] == ["q6", "q7", "q8", "q9"]
    assert [row["text"] for row in rows] == [sentence for *_, sentence, _, _ in reversed(SPECIMENS)]
    assert [row["weight"] for row in rows] == pytest.approx([2 / 2.25, 2 / 2.25, 4 / 2.25, 1 / 2.25], abs=1e-6)
    loaded = load_labelled(folder / "hydrated.jsonl", load_codebook(codebook_path()))
    assert sum(row.weight for row in loaded) / len(loaded) == pytest.approx(1, abs=1e-5)
    assert {row.kind for row in loaded} == {"real"}
    assert (loaded[3].route, loaded[3].document, loaded[3].group) == ("route_1.0", SPECIMENS[0][0], SPECIMENS[0][0])


def test_what_can_not_be_found_is_counted_and_named_and_never_guessed(folder, service):
    corrected = "<p>The pilot began in Kettering in June.</p><p>Taking part is up to each patient, as the guide makes plain.</p>"
    service.answer("9000001", say(response_of(corrected, dateAnswerCorrected="2031-03-04T00:00:00")))
    service.answer("2031-02-03/HL42", say(b'{"title": "Not Found"}', 404))
    service.answer("2031-02-03/4711", say(response_of(None)))
    result = ask(folder, service)
    assert result.exit_code == ExitCode.SOME_FAILED
    assert f"q9 {SPECIMENS[0][0]}: the answer no longer holds these words (corrected on 2031-03-04)" in result.stderr
    assert f"q6 {SPECIMENS[3][0]}: the service answered 404" in result.stderr
    assert f"q7 {SPECIMENS[2][0]}: the service has no answer to this question" in result.stderr
    assert "3 references were not found." in result.stderr
    assert [row["id"] for row in rows_in(folder / "hydrated.jsonl")] == ["q8"]
    assert result.stdout == ""


def test_the_service_is_asked_only_for_what_the_file_lacks(folder, service):
    lines = (folder / "answers.jsonl").read_text(encoding="utf-8").splitlines()
    (folder / "some.jsonl").write_text("\n".join([*lines[:2], "{", '{"url": 1}', ""]), encoding="utf-8")
    result = ask(folder, service, "--from", folder / "some.jsonl", "--out", folder / "new" / "out.jsonl")
    assert result.exit_code == ExitCode.DONE
    assert sorted(service.asked) == ["9000001", "9000002"]
    assert "some.jsonl:3: not valid JSON" in result.stderr
    assert "some.jsonl:4: needs the fields 'url' and 'text'" in result.stderr
    assert len(rows_in(folder / "new" / "out.jsonl")) == 4


def test_a_killed_run_goes_on_where_it_stopped(folder, service):
    is_asked = threading.Event()

    def hang(handler):
        is_asked.set()
        time.sleep(3)

    service.answer("2031-02-03/4711", hang, say(response_of(SPECIMENS[2][2])))
    command = [sys.executable, str(ROOT / "cli.py"), "hydrate", "--labelled", str(folder), "--live", "--interval", "0"]
    command += ["--service", service.address, "--cache", str(folder / "kept")]
    with subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL) as process:
        assert is_asked.wait(30)
        process.kill()
    assert not (folder / "hydrated.jsonl").exists()
    assert ask(folder, service).exit_code == ExitCode.DONE
    assert service.asked == ["9000001", "9000002", "2031-02-03/4711", "2031-02-03/4711", "2031-02-03/HL42"]


def test_a_kept_answer_that_is_damaged_is_asked_for_again(folder, service):
    ask(folder, service)
    (folder / "kept" / "9000001.json").write_bytes(b'{"value": {"answerText": "<p>The')
    assert ask(folder, service).exit_code == ExitCode.DONE
    assert service.asked.count("9000001") == 2


MANNERS = Manners(interval_seconds=0, timeout_seconds=5, attempts=4, first_wait_seconds=1, longest_wait_seconds=60)
WHOLE = response_of("<p>Yes.</p>")


def fetch(service, *replies, manners=MANNERS):
    """Return the reply of a fetcher and the waits that it would have made."""
    service.answer("1", *replies)
    waits = []
    return Fetcher(manners, is_question, sleep=waits.append).fetch(f"{service.address}{QUESTIONS}1"), waits


@pytest.mark.parametrize("status", [429, 500, 502, 503, 504])
def test_a_passing_failure_is_tried_again_after_ever_longer_waits(service, status):
    reply, waits = fetch(service, say(b"", status), say(b"", status), say(WHOLE))
    assert reply.body == WHOLE
    assert waits == [1, 2]


def test_retry_after_is_honoured_in_seconds_and_as_a_date(service):
    date = (datetime.now(UTC) + timedelta(seconds=40)).strftime("%a, %d %b %Y %H:%M:%S GMT")
    reply, waits = fetch(service, say(b"", 429, Retry_After="7"), say(b"", 503, Retry_After=date), say(WHOLE))
    assert reply.body == WHOLE
    assert waits[0] == 7
    assert 30 < waits[1] <= 40


@pytest.mark.parametrize(("value", "seconds"), [("3", 3.0), (" 3 ", 3.0), ("soon", None), ("", None), ("-3", None)])
def test_retry_after_that_makes_no_sense_is_no_order(value, seconds):
    assert retry_after_seconds(value, datetime.now(UTC)) == seconds


def test_retry_after_in_the_past_means_now():
    assert retry_after_seconds("Wed, 21 Oct 2015 07:28:00 GMT", datetime.now(UTC)) == 0


@pytest.mark.parametrize(
    "cut", [say(WHOLE[:100], promised=len(WHOLE)), say(WHOLE[:100]), say(b""), say(b"<html>busy</html>"), say(b"[]")]
)
def test_a_body_that_is_cut_short_is_asked_for_again(service, cut):
    reply, waits = fetch(service, cut, say(WHOLE))
    assert reply.body == WHOLE
    assert waits == [1]


def test_a_slow_answer_is_given_up_however_steadily_it_trickles(service):
    impatient = Manners(interval_seconds=0, timeout_seconds=0.3, attempts=2, first_wait_seconds=0)
    assert fetch(service, say(WHOLE, wait=0.8), manners=impatient)[0].problem == "no answer within the time allowed"
    assert fetch(service, say(WHOLE, wait=0.2), manners=impatient)[0].problem == "no answer within the time allowed"


def test_an_answer_without_end_is_refused(service):
    small = Manners(interval_seconds=0, max_bytes=50)
    reply, waits = fetch(service, say(WHOLE), manners=small)
    assert reply.problem == "the answer is larger than 50 bytes"
    assert waits == []


@pytest.mark.parametrize(("status", "is_gone"), [(404, True), (410, True), (400, False), (403, False)])
def test_a_lasting_refusal_is_not_tried_again(service, status, is_gone):
    reply, waits = fetch(service, say(b"", status))
    assert reply.is_gone is is_gone
    assert waits == []
    assert str(status) in reply.problem


def test_after_the_last_attempt_the_failure_is_told(service):
    reply, waits = fetch(service, say(b"", 503))
    assert "503" in reply.problem
    assert waits == [1, 2, 4]


def test_a_redirect_can_not_lead_to_a_file(service, tmp_path):
    reply, _ = fetch(service, say(b"", 302, Location=(tmp_path / "x").as_uri()))
    assert reply.problem


def test_it_says_who_is_asking_and_keeps_the_interval(service):
    service.answer("1", say(WHOLE))
    now = [100.0]

    def sleep(seconds):
        now[0] += seconds

    fetcher = Fetcher(Manners(interval_seconds=2.5), is_question, sleep=sleep, clock=lambda: now[0])
    for _ in range(3):
        fetcher.fetch(f"{service.address}{QUESTIONS}1")
    assert now[0] == pytest.approx(105.0)
    assert {headers["User-Agent"] for headers in service.headers} == {f"framing/{classifier.__version__}"}


def service_of(stand_in, cache, sleep=lambda _: None):
    return Service(Fetcher(Manners(interval_seconds=0, attempts=2), is_question, sleep=sleep), cache, stand_in.address)


def test_a_service_that_is_down_is_left_alone(service, tmp_path):
    for number in range(1, 7):
        service.answer(str(number), say(b"", 503))
    answers = list(service_of(service, tmp_path).answers(BY_NUMBER.format(n) for n in range(1, 7)))
    assert service.asked == ["1", "1", "2", "2", "3", "3"]
    assert [answer.problem.startswith("not asked for") for answer in answers] == [False] * 3 + [True] * 3


def test_a_service_that_asks_for_an_hour_gets_it(service, tmp_path):
    service.answer("1", say(b"", 429, Retry_After="3600"))
    first, second = service_of(service, tmp_path).answers([BY_NUMBER.format(1), BY_NUMBER.format(2)])
    assert service.asked == ["1"]
    assert "asks to come back in 3600 seconds" in first.problem
    assert second.problem.startswith("not asked for: the service answered 429")


def test_answers_that_are_gone_do_not_mean_that_the_service_is_down(service, tmp_path):
    service.answer("9", say(WHOLE))
    answers = list(service_of(service, tmp_path).answers(BY_NUMBER.format(n) for n in (1, 2, 3, 4, 9)))
    assert [bool(answer.problem) for answer in answers] == [True] * 4 + [False]


def test_no_service_at_all_is_no_crash(tmp_path, monkeypatch):
    monkeypatch.setenv("no_proxy", "127.0.0.1")
    fetcher = Fetcher(Manners(interval_seconds=0, attempts=1), is_question)
    (answer,) = Service(fetcher, tmp_path, "http://127.0.0.1:9").answers([BY_NUMBER.format(1)])
    assert answer.problem.startswith("no connection (")


@pytest.mark.parametrize(
    ("url", "path"),
    [
        (BY_NUMBER.format(1655797), "1655797"),
        (BY_DAY.format(16607), "2031-02-03/16607"),
        (BY_DAY.format("HL42/"), "2031-02-03/HL42"),
        (BY_DAY.format("../../secret"), None),
        ("https://example.org/1", None),
        ("file:///etc/passwd", None),
    ],
)
def test_an_address_of_the_site_has_its_path_in_the_service(url, path):
    assert service_path(url) == path


def test_an_address_of_no_service_is_a_problem_of_its_own(service, tmp_path):
    (answer,) = service_of(service, tmp_path).answers(["https://example.org/1"])
    assert answer.problem == "not an address of the written-questions service"
    assert service.asked == []


@pytest.mark.parametrize(
    ("environment", "platform", "ending"),
    [
        ({"XDG_CACHE_HOME": "/kept"}, "linux", "kept/framing/answers"),
        ({}, "linux", ".cache/framing/answers"),
        ({}, "darwin", "Library/Caches/framing/answers"),
        ({"LOCALAPPDATA": "C:/Local"}, "win32", "C:/Local/framing/answers"),
    ],
)
def test_what_is_kept_lies_where_the_platform_wants_it(environment, platform, ending):
    assert cache_folder(environment, platform).as_posix().endswith(ending)


def test_a_damaged_or_missing_file_is_named(folder):
    cut = folder / "cut.jsonl.gz"
    cut.write_bytes((folder / "answers.jsonl.gz").read_bytes()[:-20])
    for path, message in ((cut, "damaged or cut short"), (folder / "none.jsonl", "can't be read")):
        with pytest.raises(InputError, match=f"{path.name}: {message}"):
            list(answers_from_file(path, {SPECIMENS[0][0]}, lambda _: None))


def test_nothing_found_is_a_failure_that_leaves_the_old_file(folder):
    (folder / "hydrated.jsonl").write_text("as it was", encoding="utf-8")
    (folder / "other.jsonl").write_text('{"url": "https://example.org/1", "text": "No."}\n', encoding="utf-8")
    result = hydrate(folder, "--from", folder / "other.jsonl")
    assert isinstance(result.exception, InputError)
    assert "none of 4 references" in str(result.exception)
    assert f"q9 {SPECIMENS[0][0]}: no source holds its address" in result.stderr
    assert (folder / "hydrated.jsonl").read_text(encoding="utf-8") == "as it was"


def test_options_that_make_no_sense_say_what_to_do(folder):
    assert "give --from FILE, --live, or both" in str(hydrate(folder).exception)
    wrong = hydrate(folder, "--live", "--service", "example.org", "--cache", folder / "kept")
    assert isinstance(wrong.exception, UsageError)
    assert "is not a web address" in str(wrong.exception)


def test_a_place_that_can_not_be_written_is_named(folder, service):
    (folder / "file").write_text("", encoding="utf-8")
    blocked = hydrate(folder, "--from", folder / "answers.jsonl", "--out", folder / "file" / "out.jsonl")
    assert isinstance(blocked.exception, OutputError)
    kept = hydrate(folder, "--live", "--service", service.address, "--cache", folder / "file" / "kept", "--interval", 0)
    assert isinstance(kept.exception, OutputError)
    assert "--cache" in str(kept.exception)


def test_another_references_file_gets_its_text_from_a_folder_of_texts(tmp_path):
    sentence = "So much for “voluntary”, said the nurse."
    (tmp_path / "texts").mkdir()
    (tmp_path / "texts" / "article.txt").write_text(f"A headline\n\n{sentence} She left.\n", encoding="utf-8")
    common = {"labels": ["voluntary_claim"], "stance": "contested", "route": "all", "share": 1.0, "annotators": ["c"]}
    words = words_of(sentence)
    rows = [
        {"id": f"c{n}", "url": url, "words": len(words), "sha256": hash_of(words), **common}
        for n, url in enumerate(("file:article.txt", "file:gone.txt", "file:../article.txt"))
    ]
    (tmp_path / "critics.jsonl").write_text("".join(json.dumps(row) + "\n" for row in rows))
    (tmp_path / "codebook.toml").write_bytes(codebook_path().read_bytes())
    command = [
        "hydrate",
        "--labelled",
        str(tmp_path),
        "--references",
        "critics.jsonl",
        "--from",
        str(tmp_path / "texts"),
    ]
    refused = CliRunner().invoke(cli.app, command)
    assert isinstance(refused.exception, UsageError)
    found = CliRunner().invoke(cli.app, [*command, "--out", str(tmp_path / "out.jsonl")])
    assert found.exit_code == ExitCode.SOME_FAILED
    assert [json.loads(line)["text"] for line in (tmp_path / "out.jsonl").read_text("utf-8").splitlines()] == [sentence]
    assert "c1 file:gone.txt: " in found.output
    assert "c2 file:../article.txt: " in found.output

#!/usr/bin/python3
# SPDX-License-Identifier: AGPL-3.0-or-later
"""The API: its description is held against its answers, field by field; what nobody may see is in none of them; lists can
be walked while they change; whoever leaves is gone at once; and what programs send wrong is told them."""

import concurrent.futures
import datetime
import glob
import gzip
import hashlib
import json
import os
import re
import socket
import sys
import threading

import jsonschema

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "lib"))
sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "bench"))
import listed_rows  # noqa: E402
from letters import SLUG, TABLE, marks, sign, withdraw, write_appeal  # noqa: E402
from realsite import TOP, Site, main, wait_until  # noqa: E402

ROOT = "/api/v1/appeals"
PROBLEM = "application/problem+json"
PARTS = ("", "/texts/en", "/counts", "/count", "/signatories", "/deliveries", "/updates")
DAY = r"\d{4}-\d\d-\d\d"


def description():
    with open(os.path.join(TOP, "web/static/openapi.json"), encoding="utf-8") as f:
        return json.load(f)


class Api:
    """Asks a site, and holds each answer against the description."""

    document = description()
    seen = set()  # (path template, status)

    def __init__(self, site):
        self.site = site

    def resolve(self, part):
        while "$ref" in part:
            target = self.document
            for name in part["$ref"].removeprefix("#/").split("/"):
                target = target[name]
            part = target
        return part

    def template(self, path):
        path = path.split("?")[0]
        found = [t for t in self.document["paths"] if re.fullmatch(re.sub(r"\{[a-z]+\}", "[^/]+", t), path)]
        assert len(found) == 1, (path, found)
        return found[0]

    def hold(self, path, answer):
        template = self.template(path)
        responses = self.document["paths"][template]["get"]["responses"]
        assert str(answer.status) in responses, (path, answer.status, answer.text)
        said = self.resolve(responses[str(answer.status)])
        for name, header in said.get("headers", {}).items():
            assert answer.headers[name] is not None, (path, answer.status, name)
            jsonschema.validate(answer.headers[name], header["schema"])
        if "content" in said:
            kind = answer.headers["Content-Type"]
            assert list(said["content"]) == [kind], (path, kind)
            schema = {**said["content"][kind]["schema"], "components": self.document["components"]}
            jsonschema.Draft202012Validator(schema, format_checker=jsonschema.FormatChecker()).validate(json.loads(answer.body))
        else:
            assert answer.body == b"", (path, answer.body)
        self.seen.add((template, answer.status))

    def ask(self, path, status=200, **headers):
        answer = self.site.request(path, headers={name.replace("_", "-"): value for name, value in headers.items()})
        assert answer.status == status, (path, answer.status, answer.text)
        self.hold(path, answer)
        return answer

    def get(self, path, status=200):
        return json.loads(self.ask(path, status).body)

    def walk(self, path, between=lambda page: None):
        """Every signatory along the next links."""
        found = []
        while path is not None:
            page = self.get(path)
            found += page["signatories"]
            path = page["links"]["next"]
            between(page)
        return found


def opened(options=None):
    site = Site(options, appeals=False)
    site.publish(write_appeal(site.folder))
    return site


def paths(slug=SLUG):
    return [ROOT, "/api/v1/openapi.json"] + [f"{ROOT}/{slug}{part}" for part in PARTS]


def test_description():
    """Every route is described, every path is served, and no described object may hold more than it says."""
    document = description()
    with open(os.path.join(TOP, "daemon/page/handle_api.c"), encoding="utf-8") as f:
        routes = set(re.findall(r'"(/api/[^"]*)"', f.read().split("patterns[] = {")[1].split("};")[0]))
    described = {re.sub(r"\{[a-z]+\}", "{}", path) for path in document["paths"]}
    assert routes == described, routes ^ described

    def look(part, where):
        if isinstance(part, dict):
            if "properties" in part and part.get("type") in ("object", ["object", "null"]):
                assert part["additionalProperties"] is False and part["required"] == list(part["properties"]), where
            for name, value in part.items():
                look(value, f"{where}/{name}")
        elif isinstance(part, list):
            for i, value in enumerate(part):
                look(value, f"{where}/{i}")
    look(document["components"]["schemas"], "schemas")
    for name, schema in document["components"]["schemas"].items():
        jsonschema.Draft202012Validator.check_schema(schema)
    text = json.dumps(document)
    assert "servers" not in document and "://" not in text, "an address of some machine"
    with opened() as site:
        assert json.loads(site.request("/api/v1/openapi.json").body) == document


def delivered(site):
    """A letter that went out by hand and was answered, a published one, and news."""
    file = os.path.join(site.folder, "letter.pdf")
    number = str(site.json("export", "letter", SLUG, "--to", "ministry", "-o", file)["edition"])
    today = datetime.datetime.now(datetime.timezone.utc).date().isoformat()
    site.run("delivery", "record", SLUG, "--edition", number, "--how", "hand", "--on", today, "--note", "Qnote", "--reference", "Qref")
    site.run("delivery", "respond", SLUG, "--edition", number, "--on", today, "--note", "Qanswer")
    site.run("export", "letter", SLUG, "--publish")
    news = os.path.join(site.folder, "news")
    os.mkdir(news)
    for language, title in (("en", "They were released"), ("ru", "Их освободили")):
        with open(os.path.join(news, language + ".md"), "w", encoding="utf-8") as f:
            f.write(f"---\ntitle: {title}\n---\n\n*{title}.*\n")
    site.run("update", "publish", SLUG, news)


def test_every_answer():
    """Each path answers as described, with what is in the store."""
    with opened() as site:
        api = Api(site)
        ids = {v: sign(site, **marks(v)) for v in TABLE}
        sign(site, organisation="World Body", kind="international", country="", representative="W. P.", visibility="public")
        delivered(site)
        for path in paths():
            api.ask(path)
        appeal = api.get(f"{ROOT}/{SLUG}")
        assert (appeal["state"], appeal["organisations"], appeal["listed"], appeal["form"]) == ("open", 6, "after", "joint")
        assert [a["name"] for a in appeal["addressees"]][:2] == ["Ministry of Labour", "Salt Cape Works"]
        assert "@" not in json.dumps(appeal) and "Assembly Square" not in json.dumps(appeal), "how to reach an addressee"
        assert [t["language"] for t in appeal["texts"]] == ["en", "ru"]
        for link in list(appeal["links"].values()) + [u for t in appeal["texts"] for u in t["links"].values()]:
            assert site.request(link).status == 200, link
        assert api.get(ROOT)["appeals"][0]["organisations"] == 6
        counts = api.get(f"{ROOT}/{SLUG}/counts")
        assert (counts["organisations"], counts["named"], counts["members"], counts["countries"]) == (6, 3, 710003 + 720011, 2)
        assert [(c["country"], c["organisations"]) for c in counts["by_country"]] == [(None, 1), ("BR", 1), ("NO", 1)]
        assert [d["organisations"] for d in counts["by_day"]] == [3]
        assert api.get(f"{ROOT}/{SLUG}/count") == {"organisations": 6}
        listed = api.get(f"{ROOT}/{SLUG}/signatories")["signatories"]
        assert [s["id"] for s in listed][1:] == [ids["public"], ids["organisation"]]
        assert listed[1]["person"] == {"name": "Qreppb Person", "capacity": "Qcappb"} and listed[2]["person"] is None
        assert (listed[0]["country"], listed[1]["members"], listed[2]["town"]) == (None, 710003, "Qtownog")
        events = api.get(f"{ROOT}/{SLUG}/deliveries")["events"]
        assert [(e["event"], e["organisations"], e["edition"]) for e in events] == [
            ("opened", None, None), ("delivered", 6, "letter"), ("answered", None, None)], events
        assert events[1]["addressee"]["name"] == "Ministry of Labour"
        updates = api.get(f"{ROOT}/{SLUG}/updates")["updates"]
        assert [(t["language"], t["title"]) for t in updates[0]["texts"]] == [("en", "They were released"), ("ru", "Их освободили")]
        for query, names in (("country=BR", ["Qorgpb Union"]), ("country=none", ["World Body"]), ("country=GH", []),
                             ("q=qorg", ["Qorgpb Union", "Qorgog Union"]), ("q=qlatog+uni", ["Qorgog Union"]),
                             ("affiliation=QAFFpb", ["Qorgpb Union"]), ("affiliation=none", []),
                             (f"day={listed[0]['signed_on']}&limit=2", None), ("day=1999-12-31", [])):
            page = api.get(f"{ROOT}/{SLUG}/signatories?{query}")
            if names is None:
                assert page["total"] == 3 and len(page["signatories"]) == 2 and page["links"]["next"], page
                assert len(api.walk(f"{ROOT}/{SLUG}/signatories?{query}")) == 3
            else:
                assert ([s["organisation"] for s in page["signatories"]], page["total"]) == (names, len(names)), (query, page)


def test_texts_to_the_byte():
    """A text's source is the file as it was published, and its digest is of that."""
    with Site() as site:
        api = Api(site)
        for folder in sorted(glob.glob(os.path.join(TOP, "contrib/appeals/*/"))):
            slug = os.path.basename(folder.rstrip("/"))
            for file in sorted(glob.glob(folder + "*.md")):
                with open(file, "rb") as f:
                    source = f.read()
                language = os.path.basename(file)[:-3]
                answer = api.ask(f"{ROOT}/{slug}/texts/{language}")
                text = json.loads(answer.body)
                assert answer.headers["Content-Language"] == language
                assert text["source"].encode() == source and text["sha256"] == hashlib.sha256(source).hexdigest()
                assert text["body"].strip() and text["body"].strip() in text["source"]
                assert text["is_authoritative"] == (language == api.get(f"{ROOT}/{slug}")["authoritative_language"])


def everything(api, extra=()):
    """All that anybody can be answered, in one text."""
    out = [api.ask(path).text for path in paths()]
    queries = ["limit=1", "limit=200", *extra]
    out += [json.dumps(api.walk(f"{ROOT}/{SLUG}/signatories?{query}"), ensure_ascii=False) for query in queries]
    return "\n".join(out)


def test_nobody_is_told_of():
    """What each visibility keeps back is in no answer, whatever is asked for; an id of theirs is an id of nobody."""
    with opened() as site:
        api = Api(site)
        ids = {v: sign(site, **marks(v)) for v in TABLE}
        today = site.json("signature", "list", SLUG)[0]["signed_on"]
        extra = [f"day={today}"]
        for visibility in TABLE:
            m = marks(visibility)
            extra += [f"country={m['country']}", f"affiliation={m['affiliation']}", f"q={m['organisation'].split()[0]}",
                      f"q={m['organisation_latin'].split()[0]}", f"q={m['town']}", f"q={m['representative'].split()[0]}"]
        told = everything(api, extra)
        links = re.compile(r'"self":"[^"]*"')  # a link repeats what was asked for
        for visibility in TABLE:
            m, shown = marks(visibility), TABLE[visibility]["public"]
            for name, value in m.items():
                if name in ("visibility", "registration", "kind", "consent") or value is None or len(str(value)) < 4:
                    continue
                word = str(value).split()[0]
                may = shown == "person" and name in ("representative", "capacity") or shown != "counted" and name in (
                    "organisation", "organisation_latin", "town", "affiliation", "members")
                assert (word in links.sub("", told)) == may, (visibility, name, word)
            assert (ids[visibility] in told) == (shown != "counted"), visibility
        hidden = [ids[v] for v in TABLE if TABLE[v]["public"] == "counted"]
        unknown = api.ask(f"{ROOT}/{SLUG}/signatories?after=0000000000000", 400)
        for id in hidden:
            for query in (f"after={id}", f"after={id}.{hidden[0]}", f"q=qorg&after={id}", f"country=GH&after={id}"):
                answer = api.ask(f"{ROOT}/{SLUG}/signatories?{query}", 400)
                assert answer.body == unknown.body, (query, answer.text)
        counts = api.get(f"{ROOT}/{SLUG}/counts")
        assert (counts["organisations"], counts["named"], counts["members"]) == (5, 2, 710003 + 720011)
        assert {c["country"] for c in counts["by_country"]} == {"BR", "NO"} and counts["by_day"][0]["organisations"] == 2
        assert "Qnote" not in told and "Qref" not in told and "Qanswer" not in told


def test_only_listed_ones():
    """Who waits, is held, refused, struck or not confirmed is in no answer and no number."""
    with Site(appeals=False) as site:
        site.publish(write_appeal(site.folder, change=lambda text: text.replace("policy = after", "policy = before")))
        api = Api(site)
        ids = {}
        for act in ("hold", "refuse", "approve", "strike", None):
            ids[act] = sign(site, organisation=f"State{act} Union", visibility="public")
            if act == "strike":
                site.run("signature", "approve", ids[act])
            if act:
                site.run("signature", act, ids[act], "--reason", "test")
        site.sign(SLUG, "en", organisation="Statepending Union", email="a@b.example")
        told = everything(api, ["q=state"])
        assert set(re.findall(r"State\w+ Union", told)) == {"Stateapprove Union"}, told
        assert api.get(f"{ROOT}/{SLUG}/count") == {"organisations": 1}
        assert [id for id in ids.values() if id in told] == [ids["approve"]]


def test_gone_at_once():
    """The answer after a signatory was taken off is without it, and the tag of before is no good any more."""
    with opened() as site:
        api = Api(site)
        ids = [sign(site, organisation=f"Leaving {i} Union", country="BR", affiliation="Qaff") for i in range(3)]
        queries = ["", "?limit=2", "?country=BR", "?affiliation=qaff", "?q=leaving", f"?after={ids[0]}"]
        asked = [f"{ROOT}/{SLUG}/signatories{q}" for q in queries] + [f"{ROOT}/{SLUG}/counts", f"{ROOT}/{SLUG}/count", ROOT]
        for gone in range(2):
            # Asked twice: what is known is told so, from the cache.
            tags = {path: api.ask(path).headers["ETag"] for path in asked}
            for path in asked:
                api.ask(path, 304, If_None_Match=tags[path])
            withdraw(site, ids[2 - gone])
            for path in asked:
                answer = api.ask(path, 200, If_None_Match=tags[path])
                assert f"Leaving {2 - gone}" not in answer.text and ids[2 - gone] not in answer.text, (path, answer.text)
                said = re.search(r'"(?:organisations|total)":(\d+)', answer.text)
                assert said is None or int(said.group(1)) == 2 - gone, (path, answer.text)


def test_walk():
    """Along the next links of thousands everybody who stays is met exactly once, while others come and go, also the very
    one that a page ended with."""
    site = opened()
    listed_rows.fill(site.folder, 4000, slug=SLUG)
    with site:
        api = Api(site)
        path = f"{ROOT}/{SLUG}/signatories"
        before = {s["id"] for s in api.walk(path + "?limit=200")}
        totals = api.get(path)["total"]
        assert len(before) == totals > 2500, totals
        gone, came = set(), set()

        def change(page):
            """Takes off who ended the page and somebody further on; adds one in front and one behind."""
            if not page["links"]["next"] or len(gone) > 30:
                return
            last = page["signatories"][-1]["id"]
            for id in [last, page["signatories"][-2]["id"]] if len(gone) % 4 == 0 else [last]:
                withdraw(site, id)
                gone.add(id)
            ahead = sorted(before - gone - set(met))
            if ahead:
                withdraw(site, ahead[len(ahead) // 2])
                gone.add(ahead[len(ahead) // 2])
            came.add(sign(site, organisation=f"Aaa {len(came)}", country="AF"))
            came.add(sign(site, organisation=f"Zzz {len(came)}", country="ZW"))

        met = []
        path += "?limit=173"
        while path is not None:
            page = api.get(path)
            met += [s["id"] for s in page["signatories"]]
            path = page["links"]["next"]
            change(page)
        assert len(met) == len(set(met)), "somebody was met twice"
        assert len(gone) > 20 and len(came) > 10, (gone, came)
        stayed = before - gone
        assert stayed <= set(met), f"{len(stayed - set(met))} were not met"
        assert set(met) <= before | came
        # A page whose last five left is begun anew, and the program is told so.
        page = api.get(f"{ROOT}/{SLUG}/signatories?limit=5")
        for signatory in page["signatories"]:
            withdraw(site, signatory["id"])
        assert api.get(page["links"]["next"], 400)["parameter"] == "after"
        # Filters, along the way too.
        for query in ("country=FR", "affiliation=itf", "q=harbour"):
            whole = api.walk(f"{ROOT}/{SLUG}/signatories?{query}&limit=7")
            assert len({s["id"] for s in whole}) == len(whole) == api.get(f"{ROOT}/{SLUG}/signatories?{query}")["total"] > 14, query
        assert {s["country"] for s in api.walk(f"{ROOT}/{SLUG}/signatories?country=FR")} == {"FR"}


def test_conditions_and_encodings():
    """Tags, 304, HEAD, gzip and brotli, for every path."""
    with opened() as site:
        api = Api(site)
        for path in paths() + [f"{ROOT}/{SLUG}/signatories?limit=3"]:
            plain = api.ask(path)
            assert plain.headers["Vary"] == "Accept-Encoding" and plain.headers["X-Content-Type-Options"] == "nosniff"
            assert plain.headers["Cache-Control"] == ("public, max-age=3600" if "openapi" in path else "no-cache"), path
            assert plain.headers["Set-Cookie"] is None and plain.headers["X-Robots-Tag"] == "noindex"
            packed = site.request(path, headers={"Accept-Encoding": "gzip"})
            if packed.headers["Content-Encoding"]:
                assert gzip.decompress(packed.body) == plain.body
            if len(plain.body) > 300:
                assert packed.headers["Content-Encoding"] == "gzip", path
                assert site.request(path, headers={"Accept-Encoding": "br"}).headers["Content-Encoding"] == "br", path
            for answer, accept in ((plain, "identity"), (packed, "gzip")):
                again = site.request(path, headers={"Accept-Encoding": accept, "If-None-Match": answer.headers["ETag"]})
                assert (again.status, again.body, again.headers["ETag"]) == (304, b"", answer.headers["ETag"]), path
            api.ask(path, 304, If_None_Match=plain.headers["ETag"])
            assert site.request(path, headers={"If-None-Match": '"other"'}).status == 200
            head = site.request(path, method="HEAD")
            assert (head.status, head.body, head.headers["Content-Length"]) == (200, b"", str(len(plain.body)))
            assert json.loads(plain.body) is not None and plain.body.endswith(b"\n")
        assert api.ask(ROOT).body == api.ask(ROOT).body


def test_other_sites():
    """Scripts of any site may read any answer, also a problem, and may ask with If-None-Match."""
    with opened() as site:
        origin = {"Origin": "https://union.example"}
        for path, method, status in [(p, "GET", 200) for p in paths()] + [
                ("/api/nothing", "GET", 404), (ROOT, "POST", 405), (ROOT + "?x=1", "GET", 400)]:
            answer = site.request(path, headers=origin, method=method, data=b"" if method == "POST" else None)
            assert answer.status == status, (path, answer.status)
            assert answer.headers["Access-Control-Allow-Origin"] == "*", path
            assert answer.headers["Access-Control-Allow-Credentials"] is None, path
            assert answer.headers["Access-Control-Expose-Headers"] == "ETag, Retry-After", path
            assert answer.headers["Cross-Origin-Resource-Policy"] == "cross-origin", path
        for path in paths():
            answer = site.request(path, method="OPTIONS", headers={
                **origin, "Access-Control-Request-Method": "GET", "Access-Control-Request-Headers": "if-none-match"})
            assert (answer.status, answer.body, answer.headers["Allow"]) == (204, b"", "GET, HEAD, OPTIONS"), path
            assert answer.headers["Access-Control-Allow-Methods"] == "GET, HEAD, OPTIONS"
            assert "If-None-Match" in answer.headers["Access-Control-Allow-Headers"]
            assert answer.headers["Access-Control-Allow-Origin"] == "*"
        # The site's pages stay as closed as they were.
        assert site.request(f"/en/{SLUG}").headers["Access-Control-Allow-Origin"] is None


def test_problems():
    """What is wrong is told as a problem, never as a page; a wrong parameter is named."""
    with opened() as site:
        api = Api(site)
        id = sign(site)
        for path in ("/api", "/api/", "/api/v1", "/api/v1/", "/api/v2/appeals", ROOT + "/", f"{ROOT}/{SLUG}/", f"{ROOT}/{SLUG}/nothing",
                     f"{ROOT}/no-such", f"{ROOT}/{SLUG}/texts", f"{ROOT}/{SLUG}/texts/fr", f"{ROOT}/{SLUG}/texts/EN",
                     f"{ROOT}/{SLUG}/texts/..", f"{ROOT}/%2e%2e/counts", f"{ROOT}/No_Such", f"{ROOT}/%c3%28",
                     "/%61pi/nothing", "/api/v1/" + "x" * 3000, f"{ROOT}/no-such/signatories?limit=1", f"{ROOT}/{'x' * 300}"):
            answer = site.request(path, headers={"Accept": "text/html", "Accept-Language": "ru"})
            assert (answer.status, answer.headers["Content-Type"]) == (404, PROBLEM), (path, answer.status, answer.text)
            said = json.loads(answer.body)
            assert (said["status"], said["type"], said["parameter"]) == (404, "about:blank", None)
        for part in PARTS:
            api.ask(f"{ROOT}/no-such{part}", 404)
        for path in (f"{ROOT}/%00", f"{ROOT}/%zz"):  # no address at all
            answer = site.request(path)
            assert (answer.status, answer.headers["Content-Type"]) == (400, PROBLEM), (path, answer.text)
        for method in ("POST", "PUT", "DELETE", "PATCH"):
            answer = site.request(ROOT, method=method, data=b"{}", headers={"Content-Type": "application/json"})
            assert (answer.status, answer.headers["Allow"], answer.headers["Content-Type"]) == (405, "GET, HEAD, OPTIONS", PROBLEM)
        signatories = [(f"limit={v}", "limit") for v in ("0", "201", "-1", "", "x", "1x", "%31%30%30%30", "+5", "1.5", "9" * 30, "%zz", "%00")]
        signatories += [(f"after={v}", "after") for v in ("", "!", "%ff", "A" * 13, "a.", ".a", "..", "0" * 64, "0000000000000", "%zz")]
        signatories += [(f"country={v}", "country") for v in ("", "br", "BRA", "ZZ", "B", "%c3%28", "none%00")]
        signatories += [(f"day={v}", "day") for v in ("", "2026-02-30", "2026-2-3", "yesterday", "20260101", "2026-01-01T00:00:00Z")]
        signatories += [(f"affiliation={v}", "affiliation") for v in ("", "%20", "x" * 300)]
        signatories += [(f"q={v}", "q") for v in ("", "x" * 201, "%ff", "%00", "%20", "-")]
        signatories += [("limit=1&limit=1", "limit"), ("country=BR&q=a", "q"), ("day=2026-01-01&country=BR", "country"),
                        ("page=2", "page"), ("LIMIT=1", "LIMIT"), ("limit", "limit"), ("=1", None), ("&", None), ("limit=1&", None)]
        signatories += [("%zz=1", None), ("x" * 100 + "=1", None), ("%3Cscript%3E=1", "<script>")]
        cases = [(f"{ROOT}/{SLUG}/signatories?{q}", p) for q, p in signatories if q != "limit=1&"]
        cases += [(f"{ROOT}/{SLUG}/updates?{q}", p) for q, p in (("limit=21", "limit"), ("after=0", "after"), ("after=x", "after"), ("q=a", "q"))]
        cases += [(f"{path}?x=1", "x") for path in paths() if path != "x"]
        cases += [(f"{ROOT}/{SLUG}/count?limit=1", "limit")]
        for path, parameter in cases:
            said = api.get(path, 400)
            assert said["parameter"] == parameter and said["detail"], (path, said)
        for path in paths():  # a question mark by itself asks for nothing
            api.ask(path + "?")
        assert api.get(f"{ROOT}/{SLUG}/signatories?after={id}")["signatories"] == []
        assert api.get(f"{ROOT}/{SLUG}/signatories?after=0000000000000.{id}")["signatories"] == []


def raw(site, data):
    with socket.create_connection(("127.0.0.1", site.port), 20) as s:
        s.sendall(data)
        got = b""
        while chunk := s.recv(65536):
            got += chunk
    head, _, body = got.partition(b"\r\n\r\n")
    return int(head.split()[1]), re.search(rb"(?i)content-type: ([^\r]*)", head).group(1).decode(), body


def test_broken_requests():
    """Also what the server refuses before anybody looks at the address is a problem under /api, and a page elsewhere."""
    with opened() as site:
        for path, kind in ((ROOT, PROBLEM), ("/api", PROBLEM), ("/en/", "text/html; charset=utf-8"), ("/apis", "text/html; charset=utf-8")):
            p = path.encode()
            for status, data in ((400, b"GET %s HTTP/1.1\r\n\r\n" % p), (414, b"GET %s?%s HTTP/1.1\r\nHost: a\r\n\r\n" % (p, b"x" * 5000)),
                                 (431, b"GET %s HTTP/1.1\r\nHost: a\r\nX: %s\r\n\r\n" % (p, b"x" * 17000)),
                                 (413, b"POST %s HTTP/1.1\r\nHost: a\r\nContent-Length: 99999999\r\n\r\n" % p),
                                 (505, b"GET %s HTTP/2.0\r\nHost: a\r\n\r\n" % p)):
                got = raw(site, data)
                # A problem without words of its own is a plain failure of that status.
                assert got[:2] == (status, kind), (path, status, got)
                if kind == PROBLEM:
                    assert json.loads(got[2])["status"] == status


def test_limits():
    """Answers to queries are limited for each network; whatever has no query, and the pages, go on."""
    with opened({"limits": {"api_per_hour": 5}}) as site:
        api = Api(site)
        for i in range(5):
            api.ask(f"{ROOT}/{SLUG}/signatories?limit={i + 1}")
        answer = api.ask(f"{ROOT}/{SLUG}/signatories?limit=1", 429)
        assert int(answer.headers["Retry-After"]) > 0
        api.ask(f"{ROOT}/{SLUG}/updates?limit=1", 429)
        for path in paths():
            api.ask(path)
        assert site.request(f"/en/{SLUG}").status == 200


def test_queries_push_out_no_page():
    """However many different queries are asked, the pages in memory stay there."""
    with opened({"limits": {"api_per_hour": 0}}) as site:
        api = Api(site)
        kept = [f"/en/{SLUG}", f"/en/{SLUG}/signatories"] + paths()
        tags = {path: site.request(path).headers["ETag"] for path in kept}
        with concurrent.futures.ThreadPoolExecutor(4) as pool:
            asked = [f"{ROOT}/{SLUG}/signatories?q=word{i}" for i in range(900)]
            assert {a.status for a in pool.map(site.request, asked)} == {200}
        assert {path: site.request(path).headers["ETag"] for path in kept} == tags
        api.ask(asked[0])


def test_busy():
    """When more is asked than can be read, some are told when to come back, as a problem."""
    site = opened({"limits": {"api_per_hour": 0}, "store": {"readers": 1, "read_queue": 1}})
    listed_rows.fill(site.folder, 4000, slug=SLUG)
    with site:
        api = Api(site)
        answers, stop = [], threading.Event()

        def ask(begin):
            for i in range(begin, begin + 400):
                if stop.is_set():
                    return
                path = f"{ROOT}/{SLUG}/signatories?limit=200&q=ha{i}" if i % 2 else f"{ROOT}/{SLUG}/signatories?limit={i % 199 + 1}"
                answer = site.request(path)
                answers.append((path, answer))
                if answer.status == 503:
                    stop.set()
        with concurrent.futures.ThreadPoolExecutor(16) as pool:
            list(pool.map(ask, range(0, 6400, 400)))
        assert stop.is_set(), "it never was too busy"
        for path, answer in answers:
            if answer.status == 503:
                api.hold(path, answer)
                assert int(answer.headers["Retry-After"]) > 0
        wait_until(lambda: site.request(f"{ROOT}/{SLUG}/count").status == 200)


def test_every_status_was_seen():
    """What is described was answered at least once in the tests before."""
    wanted = {(path, int(status)) for path, item in Api.document["paths"].items()
              for status in item["get"]["responses"] if status not in ("default", "503")}
    assert wanted <= Api.seen, sorted(wanted - Api.seen)
    assert any(status == 503 for _, status in Api.seen)


def fields_of(text):
    return dict(line.split(": ", 1) for line in text.splitlines())


def test_security_txt():
    """security.txt names the contact of the configuration and expires within a year; without a contact there is none."""
    path = "/.well-known/security.txt"
    for contact in ("mailto:security@union.example", "https://union.example/security?a=b"):
        with Site({"site": {"contact": contact}}, appeals=False) as site:
            answer = site.request(path)
            assert (answer.status, answer.headers["Content-Type"]) == (200, "text/plain; charset=utf-8")
            fields = fields_of(answer.text)
            assert list(fields) == ["Contact", "Expires", "Preferred-Languages", "Canonical"]
            assert fields["Contact"] == contact and fields["Canonical"] == site.url + path
            left = datetime.datetime.fromisoformat(fields["Expires"].replace("Z", "+00:00")) - datetime.datetime.now(datetime.timezone.utc)
            assert datetime.timedelta(days=30) < left < datetime.timedelta(days=365), fields
            spoken = re.findall(r'hreflang="([a-z]+)"', site.request("/en/").text.split("</head>")[0])
            assert set(fields["Preferred-Languages"].split(", ")) == set(spoken) - {"x"}, (fields, spoken)
            assert site.request(path, method="HEAD").status == 200
            assert site.request(path, method="POST", data=b"").status == 405
            assert site.run("config", "check").returncode == 0
    with Site(appeals=False) as site:
        assert site.request(path).status == 404
    site = Site(appeals=False)
    with open(os.path.join(site.folder, "undersign.conf"), "a", encoding="utf-8") as f:
        f.write("[site]\ncontact = security@union.example\n")
    done = site.run("config", "check", check=False)
    assert done.returncode != 0 and "mailto:" in done.stderr, done


if __name__ == "__main__":
    main([test_description, test_every_answer, test_texts_to_the_byte, test_nobody_is_told_of, test_only_listed_ones, test_gone_at_once,
          test_walk, test_conditions_and_encodings, test_other_sites, test_problems, test_broken_requests, test_limits,
          test_queries_push_out_no_page, test_busy, test_every_status_was_seen, test_security_txt])

# SPDX-License-Identifier: AGPL-3.0-or-later
"""The way of who signs: form, answers to be checked, mail, confirmation, receipt, and the signature's own page."""

import gzip
import html
import html.parser
import os
import re
import sys

sys.path.insert(0, os.path.join(os.path.dirname(__file__), "..", "lib"))
from realsite import Site, body, link, main, own_link, wait_until  # noqa: E402

SLUG = "ardenia-oil-strike"  # it asks for the block for the ILO
FORM = {"Content-Type": "application/x-www-form-urlencoded"}
MARKUP = "\"><script>alert('x')</script><b a='&amp;"


def check(condition, told):
    if not condition:
        raise AssertionError(told)


def equal(got, wanted):
    check(got == wanted, f"{got!r} is not {wanted!r}")


class Fields(html.parser.HTMLParser):
    """What a browser would send of a page's form, without its buttons."""

    def __init__(self, page):
        super().__init__()
        self.values, self.select, self.buttons = {}, None, []
        self.feed(page)

    def handle_starttag(self, tag, attributes):
        a = dict(attributes)
        if tag == "input" and (a["type"] not in ("radio", "checkbox") or "checked" in a):
            check(a["name"] not in self.values, f"{a['name']} stands twice")
            self.values[a["name"]] = a.get("value", "")
        elif tag == "select":
            self.select = a["name"]
            self.values.setdefault(self.select, "")
        elif tag == "option" and self.select and "selected" in a:
            self.values[self.select] = a["value"]
        elif tag == "button":
            self.buttons.append((a.get("name"), a.get("value"), a.get("formaction")))

    def handle_endtag(self, tag):
        if tag == "select":
            self.select = None


def fields(page):
    return Fields(page).values


def visible(page):
    return html.unescape(re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", page)))


def head(answer):
    return [(name, value) for name, value in answer.headers.items() if name != "Date"]


def approve_all(site):
    for signature in site.json("queue"):
        site.run("signature", "approve", signature["id"])


ILO = {"legal_name": "Legal " + MARKUP, "address": "Quay 12", "coverage": "The oil region", "registration": "refused",
       "mandate": "Congress", "mandate_date": "14.03.2026", "members_date": "2026-01-01"}

AWKWARD = {
    "organisation": "  Профсоюз «\"><b>Проба</b>'&amp;&lt;  ",
    "organisation_latin": "Proba \"'<i>&quot;</i> Union",
    "town": "O'Higgins & <Sons>\u00a0",
    "affiliation": "ITUC; «A&B»",
    "members": "1\u00a0500",
    "representative": "A\u0308nne <script>x</script>",
    "capacity": "“Chair” \\ %00 &#x27;",
}


def test_answers_are_checked_first():
    """A good form is answered by its answers, and nothing is stored or mailed before they are sent."""
    with Site() as site:
        answer = site.sign(SLUG, "en", **ILO, updates="yes", step=None)
        equal(answer.status, 200)
        equal(answer.headers["Cache-Control"], "no-store")
        equal(answer.headers["Content-Encoding"], None)
        equal(answer.headers["Referrer-Policy"], "same-origin")
        check("<script" not in answer.text, "markup got through")
        check('name="robots" content="noindex"' in answer.text, "search engines")
        text = visible(answer.text)
        for what in ("Независимый профсоюз «Пример»", "Primer Independent Union", "Trade union", "Kazakhstan", "Алматы",
                     "ITUC", "1,200", "А. Б. Пример", "Председатель", "office@primer.example", "Legal " + MARKUP[:4],
                     "14 March 2026", "Quay 12"):
            check(what in text, f"{what} is missing")
        equal(site.mails(), [])
        steps = Fields(answer.text).buttons
        equal(steps[-1], ("step", "send", None))
        check(all(step[1] == "change" and step[2].startswith(f"/en/{SLUG}/sign#") for step in steps[:-1]), steps)
        equal(site.sign(SLUG, "en", step="check").status, 200)
        equal(site.sign(SLUG, "en", step="nonsense").status, 400)
        equal(site.mails(), [])
        equal(site.request(f"/en/{SLUG}/sign", data={**fields(answer.text), "visibility": "public", "step": "send"}).status, 303)
        page = visible(site.request(link(site.mails(1)[0])).text)
        for what in ("Legal " + MARKUP, "Quay 12", "Независимый профсоюз «Пример»"):
            check(what in page or what in html.unescape(page), f"{what} was lost")


def test_nothing_is_lost():
    """What was typed comes back letter by letter from the answers and from the form that changes them."""
    with Site() as site:
        version = re.search(r'name="consent" value="([^"]+)"', site.request(f"/en/{SLUG}/sign").text).group(1)
        for changed in ({}, {"visibility": "counted"}, {"updates": "yes", "members_unsaid": "yes"},
                        {"visibility": "international", "country": "FR", "kind": "branch"}):
            typed = {**site.form(**{**ILO, **AWKWARD, "country": "GB", "consent": version, **changed}), "nonce": "0f" * 16}
            del typed["step"]
            checked = site.request(f"/en/{SLUG}/sign", data=typed)
            equal(checked.status, 200)
            check("<script>x" not in checked.text, "markup got through")
            equal(fields(checked.text), typed)
            again = site.request(f"/en/{SLUG}/sign", data={**fields(checked.text), "step": "change"})
            equal(again.status, 200)
            check("<title>Error" not in again.text, "there is nothing wrong")
            equal(fields(again.text), typed)
        # Line breaks and controls are refused beside their field, and come back as well.
        typed["town"] = "two\r\nlines\tand\u202e more"
        refused = site.request(f"/en/{SLUG}/sign", data=typed)
        equal(refused.status, 422)
        check('id="town-problem"' in refused.text, "town")
        equal(fields(refused.text), typed)
        again = site.request(f"/en/{SLUG}/sign", data={**typed, "step": "change"})
        equal((again.status, fields(again.text)), (200, typed))


def test_members_unsaid():
    """Who prefers not to say how many members there are is not asked to clear the field."""
    with Site() as site:
        page = visible(site.sign(SLUG, "en", members="nonsense", members_unsaid="yes", step=None).text)
        check("I prefer not to say" in page and "nonsense" not in page, "the choice goes before what was typed")
        equal(site.sign(SLUG, "en", members="4711", members_unsaid="yes").status, 303)
        site.confirm(site.mails(1)[0])
        approve_all(site)
        equal(site.json("signature", "list", SLUG)[0].get("members"), None)
        page = site.sign(SLUG, "en", members="nonsense").text
        check('id="members-problem"' in page, "without the choice it is read")


def test_high_risk_is_asked_again():
    """Who would sign openly from a country marked high-risk is asked once more, the careful answer chosen."""
    with Site() as site:
        for country, visibility, is_asked in (("KZ", "public", True), ("KZ", "organisation", True),
                                              ("KZ", "recipients", True), ("KZ", "international", False), ("GB", "public", False)):
            page = site.sign(SLUG, "en", country=country, visibility=visibility, step=None).text
            equal(fields(page)["visibility"], "counted" if is_asked else visibility)
            equal('type="radio"' in page, is_asked)
        page = site.sign(SLUG, "en", country="KZ", step=None).text
        for choice in ("counted", "public"):
            answer = site.request(f"/en/{SLUG}/sign", data={**fields(page), "visibility": choice, "step": "send",
                                                            "nonce": "", "email": f"{choice}@union.example"})
            equal(answer.status, 303)
        for message in site.mails(2):
            is_open = message["To"].startswith("public@")
            equal("?country=KZ" in site.request(link(message)).text, is_open)
        equal(fields(site.request(f"/en/{SLUG}/sign?country=KZ").text)["visibility"], "counted")
        equal(fields(site.request(f"/en/{SLUG}/sign?country=KZ").text)["country"], "KZ")


def test_news_are_asked_for():
    """Nobody gets news who did not ask."""
    with Site() as site:
        page = site.request(f"/en/{SLUG}/sign").text
        check('id="updates"' in page and "updates" not in fields(page), "it is not ticked")
        check("consent" not in fields(page), "neither is the consent")


def three_mailboxes(site):
    """One that signed, one that waits, one never seen."""
    site.sign(SLUG, "en", email="signed@union.example")
    site.confirm(site.mails(1)[0])
    site.sign(SLUG, "en", email="waits@union.example")
    site.mails(2)
    return ["signed@union.example", "waits@union.example", "never@seen.example"]


def test_the_same_for_every_mailbox():
    """Form, answers, mail page and code page answer the same, byte for byte, whoever asks."""
    with Site() as site:
        mailboxes = three_mailboxes(site)
        for make in (lambda email: site.sign(SLUG, "en", email=email),
                     lambda email: site.sign(SLUG, "en", email=email, step=None, nonce="ab" * 16),
                     lambda email: site.request(f"/en/{SLUG}/mail", data={"email": email}),
                     lambda email: site.request(f"/en/{SLUG}/code", data={"email": email, "code": "0000000000"})):
            answers = [make(email) for email in mailboxes]
            equal(len({(answer.status, answer.headers["Location"]) for answer in answers}), 1)
            equal(len({answer.body.replace(email.encode(), b"") for email, answer in zip(mailboxes, answers)}), 1)
            heads = [[(n, v) for n, v in head(answer) if n != "Content-Length"] for answer in answers]
            check(heads[0] == heads[1] == heads[2], heads)


def test_mail_again():
    """A page mails the links of what a mailbox has, and says the same to everybody."""
    with Site() as site:
        mailboxes = three_mailboxes(site)
        path = f"/en/{SLUG}/mail"
        check(f'href="{path}"' in site.request(f"/en/{SLUG}/sent").text, "the page after the form leads there")
        check('href="/en/mail"' in site.request("/en/privacy").text, "so does the privacy page")
        check(f'href="{path}"' in site.request("/en/mail").text, "the list of appeals")
        for typed in ("", "nonsense", "a@b", "x" * 1000):
            answer = site.request(path, data={"email": typed})
            equal(answer.status, 422)
            check('id="email-problem"' in answer.text and f'value="{typed}"' in answer.text, "it is kept")
        equal(site.request(path, data={"email": mailboxes[0]}, headers={"Origin": "http://evil.example"}).status, 403)
        equal(site.request(path, data=b"email=a&email=b", headers=FORM).status, 400)
        for number, email in enumerate(mailboxes):
            answer = site.request(path, data={"email": email})
            equal((answer.status, answer.headers["Location"]), (303, f"/en/{SLUG}/mailed"))
            message = site.mails(3 + number)[-1]
            equal(message["To"], email)
        signed, waits, never = [body(message) for message in site.mails(5)[2:]]
        check("/w/" in signed and "/c/" not in signed, signed)
        check("/c/" in waits, waits)
        check("/w/" not in never and "/c/" not in never, never)
        equal(site.request(f"/en/{SLUG}/mailed").status, 200)
        equal(site.request("/en/no-such-appeal/mail", data={"email": "a@union.example"}).status, 404)


def test_mail_again_is_limited():
    """Having mails sent is limited as the form is."""
    with Site(options={"limits": {"submissions_per_hour": 2}}) as site:
        path = f"/en/{SLUG}/mail"
        equal([site.request(path, data={"email": f"a{n}@union.example"}).status for n in range(3)], [303, 303, 429])
        equal(site.request(path, data={"email": "none"}).status, 422)


def signed(site, **values):
    """A confirmed signature; the path of its own page and its number."""
    count = len(site.mails())
    site.sign(SLUG, "en", **values)
    message = site.mails(count + 1)[-1]
    site.confirm(message)
    receipt = site.request(link(message)).text
    return re.search(r'href="(/w/[^"]+)"', receipt).group(1), re.search(r'class="number">([^<]+)', receipt).group(1)


def test_own_page():
    """The signature's own page shows all of it, to whoever has the link, and reading changes nothing."""
    with Site() as site:
        site.sign(SLUG, "en", country="FR")
        message = site.mails(1)[0]
        equal(site.request(own_link(message)).status, 200)
        check("not confirmed yet" in visible(site.request(own_link(message)).text), "it waits")
        site.confirm(message)
        path = own_link(message)
        receipt = site.request(link(message)).text
        check(f'href="{path}"' in receipt, "the receipt leads there")
        check(f'href="/en/{SLUG}/share"' in receipt, "and to sharing")
        number = site.json("queue")[0]["id"]
        by_number = site.request(f"/en/{SLUG}/receipt?number={number}").text
        check("/w/" not in by_number and f'href="/en/{SLUG}/mail"' in by_number, "a number is no secret")
        before = site.json("queue")
        for method in ["GET", "HEAD"] * 25:
            answer = site.request(path, method=method)
            equal(answer.status, 200)
            equal(answer.headers["Cache-Control"], "no-store")
            equal(answer.headers["Referrer-Policy"], "no-referrer")
        equal(site.json("queue"), before)
        page = site.request(path).text
        for what in (number, "Независимый профсоюз «Пример»", "France", "А. Б. Пример"):
            check(what in visible(page), f"{what} is missing")
        check("office@primer.example" not in page, "the mailbox is not the server's to show")
        check('name="robots" content="noindex"' in page, "search engines")
        for origin, status in (("http://evil.example", 403), ("null", 400), (site.url, 400)):
            equal((origin, site.request(path, data=b"act=nonsense", headers={**FORM, "Origin": origin}).status), (origin, status))
        for bad in (path[:-1] + ("A" if path[-1] != "A" else "B"), "/w/short", "/w/" + "A" * 32, link(message).replace("/c/", "/w/")):
            equal((bad, site.request(bad).status), (bad, 404))
            equal((bad, site.request(bad, data={"act": "withdraw"}).status), (bad, 404))
        check("Disallow: /w/" in site.request("/robots.txt").text and "Disallow: /u/" in site.request("/robots.txt").text, "robots")


def test_correct_the_name():
    """A slip in the name can be put right until it was checked."""
    with Site() as site:
        path, number = signed(site, organisation="Unoin of Bakers", organisation_latin="Baker")
        page = site.request(path).text
        equal(fields(page)["organisation"], "Unoin of Bakers")
        for typed in ("", MARKUP + "\u202e", "x" * 300, "---"):
            answer = site.request(path, data={"act": "correct", "organisation": typed, "organisation_latin": "Кириллица"})
            equal(answer.status, 422)
            check("<title>Error: " in answer.text and "<script" not in answer.text, "title")
            for name in ("organisation", "organisation_latin"):
                check(f'id="{name}-problem"' in answer.text and f'href="{path}#{name}"' in answer.text, name)
            equal(fields(answer.text)["organisation"], typed)
            equal(fields(answer.text)["organisation_latin"], "Кириллица")
        answer = site.request(path, data={"act": "correct", "organisation": "Union of Bakers", "organisation_latin": "Bakers"})
        equal((answer.status, answer.headers["Location"]), (303, path + "?saved=1"))
        page = site.request(path + "?saved=1").text
        check('role="status"' in page, "it is told")
        equal(site.json("queue")[0]["organisation"], "Union of Bakers")
        # A slip is put right, and no other organisation is made of it.
        answer = site.request(path, data={"act": "correct", "organisation": "Federation of Cooks", "organisation_latin": ""})
        equal(answer.status, 422)
        check('id="organisation-problem"' in answer.text, "it is told beside the field")
        # This mailbox signed by another name already.
        site.sign(SLUG, "en", organisation="Union of Bakes")
        site.confirm([m for m in site.mails(2) if "Bakes" in body(m)][0])
        answer = site.request(path, data={"act": "correct", "organisation": "Union of Bakes", "organisation_latin": ""})
        equal(answer.status, 422)
        check('id="organisation-problem"' in answer.text, "it is told beside the field")
        site.run("signature", "approve", number)
        check('value="correct"' not in site.request(path).text, "it was checked")
        answer = site.request(path, data={"act": "correct", "organisation": "Union of Others", "organisation_latin": ""})
        equal(answer.status, 409)
        equal([row["organisation"] for row in site.json("signature", "list", SLUG) if row["id"] == number], ["Union of Bakers"])


def test_withdraw():
    """The button takes the signature off at once, with a reason or without, signed or not yet."""
    with Site() as site:
        path, number = signed(site, organisation="Union of Divers", email="divers@union.example")
        approve_all(site)
        wait_until(lambda: "Union of Divers" in site.request(f"/en/{SLUG}").text, 5)
        answer = site.request(path, data={"act": "withdraw", "reason": MARKUP + "x" * 2000}, headers={"Origin": "null"})
        equal((answer.status, answer.headers["Location"]), (303, f"/en/{SLUG}/withdrawn"))
        check("Union of Divers" not in site.request(f"/en/{SLUG}").text, "it is gone at once")
        check("Union of Divers" not in site.request(f"/en/{SLUG}/signatories").text, "from the list too")
        equal(site.request(answer.headers["Location"]).status, 200)
        equal(site.request(path, data={"act": "withdraw"}).status, 303)
        page = site.request(path)
        if page.status != 404:
            check("withdrawn" in visible(page.text) and "<form" not in page.text, "it says so")
            check("А. Б. Пример" not in page.text, "the person is gone")
        # One that still waits.
        count = len(site.mails())
        site.sign(SLUG, "en", organisation="Union of Eels", email="eels@union.example")
        message = [m for m in site.mails(count + 1) if m["To"] == "eels@union.example"][0]
        equal(site.request(own_link(message), data={"act": "withdraw"}).status, 303)
        equal(site.confirm(message).status, 404)
        equal(site.json("queue"), [])


def test_news_by_choice():
    """The news can be asked for and ended on the signature's page."""
    with Site() as site:
        path, _ = signed(site, updates="yes")
        for act, other in (("no-news", "news"), ("news", "no-news")):
            check(f'value="{act}"' in site.request(path).text, "the button")
            equal(site.request(path, data={"act": act}).status, 303)
            check(f'value="{other}"' in site.request(path).text, "it is changed")


def test_news_end():
    """The link that ends the news: opening it changes nothing, its button and a mail program's one click end them."""
    with Site() as site:
        folder = os.path.join(site.folder, "news")
        os.mkdir(folder)
        with open(os.path.join(folder, "ru.md"), "w", encoding="utf-8") as f:
            f.write("---\ntitle: Новость\n---\n\nТекст.\n")
        for number in range(3):
            signed(site, organisation=f"Union {number}", email=f"a{number}@union.example", updates="yes")
        approve_all(site)
        site.run("update", "publish", SLUG, folder)
        site.run("update", "send", SLUG, "1", "--key", os.path.join(site.folder, "organiser.key"), "--yes")
        mails = wait_until(lambda: (lambda found: found if len(found) == 3 else None)
                           ([m for m in site.mails() if m["List-Unsubscribe"]]))
        paths = [re.search(r"/u/[A-Za-z0-9_-]{32}", str(m["List-Unsubscribe"])).group(0) for m in mails]

        def wanted():
            return site.json("update", "show", SLUG, "1")["wanted"]
        equal(wanted(), 3)
        for method in ["GET", "HEAD"] * 25:
            answer = site.request(paths[0], method=method)
            equal((answer.status, answer.headers["Cache-Control"]), (200, "no-store"))
            equal(answer.headers["Referrer-Policy"], "no-referrer")
        page = site.request(paths[0]).text
        equal(len(Fields(page).buttons), 1)
        check('content="noindex"' in page and "union.example" not in page, "what it tells")
        equal(site.request(paths[0], data=b"", headers={**FORM, "Origin": "http://evil.example"}).status, 403)
        for bad in ("/u/short", "/u/" + "A" * 32, paths[0].replace("/u/", "/w/"), paths[0].replace("/u/", "/c/")):
            equal((bad, site.request(bad).status), (bad, 404))
            equal((bad, site.request(bad, data={"act": "withdraw"}).status), (bad, 404))
        equal(wanted(), 3)
        # RFC 8058: no redirection, either type of form, no Origin; the browser's button says "null".
        boundary = b'--x\r\nContent-Disposition: form-data; name="List-Unsubscribe"\r\n\r\nOne-Click\r\n--x--\r\n'
        for number, (data, headers) in enumerate(((b"List-Unsubscribe=One-Click", FORM),
                                                  (boundary, {"Content-Type": "multipart/form-data; boundary=x"}),
                                                  (b"", {**FORM, "Origin": "null"}))):
            for _ in range(2):
                answer = site.request(paths[number], data=data, headers=headers)
                equal(answer.status, 200)
                check("<form" not in answer.text, "it says that it is done")
            equal(wanted(), 2 - number)
            check("<form" not in site.request(paths[number]).text, "it stays so")


def languages(site):
    return re.findall(r'hreflang="([a-z]+)"', site.request("/en/").text.split("</head>")[0])


def test_languages():
    """Every public page leads to itself in every other language, in its own name."""
    with Site() as site:
        spoken = [code for code in languages(site) if code != "x"]
        for path in ("", SLUG, f"{SLUG}/signatories", f"{SLUG}/sign", f"{SLUG}/sent", f"{SLUG}/mail", f"{SLUG}/mailed",
                     f"{SLUG}/withdrawn", f"{SLUG}/code", "privacy", "accessibility", "mail"):
            page = site.request(f"/en/{path}").text
            top, rest = page.split("</head>")
            for code in spoken:
                check(f'<link rel="alternate" hreflang="{code}" href="{site.url}/{code}/{path}">' in top, (path, code))
                if code != "en":
                    check(f'<a lang="{code}" hreflang="{code}" href="/{code}/{path}">' in rest, (path, code))
            default = site.url + ("/" if path == "" else f"/ru/{path}")
            check(f'<link rel="alternate" hreflang="x-default" href="{default}">' in top, path)
            for accept in ("fr", "ru;q=0.1", ";;,=q="):
                equal(site.request(f"/en/{path}", headers={"Accept-Language": accept}).headers["Content-Language"], "en")


def test_foot():
    """Every page leads to all appeals, to one's signature, and says what becomes of data and of access."""
    with Site() as site:
        for path in (f"/en/{SLUG}", f"/en/{SLUG}/sign", "/en/nothing/here", "/en/accessibility"):
            page = site.request(path).text
            for href in ("/en/", "/en/mail", "/en/privacy", "/en/accessibility"):
                check(f'href="{href}"' in page.split("<footer")[1], (path, href))


def test_errors_have_a_way_on():
    """Each refusal is a page in the language of the address that leads on; who is to wait is told how long."""
    with Site(options={"limits": {"submissions_per_hour": 1}}) as site:
        site.sign(SLUG, "fr")
        answers = {404: site.request("/fr/nothing/here"), 413: site.sign(SLUG, "fr", organisation="x" * 70000),
                   429: site.sign(SLUG, "fr"), 405: site.request(f"/fr/{SLUG}", data=b"a=b", headers=FORM)}
        for status, answer in answers.items():
            equal(answer.status, status)
            check('href="/fr/"' in answer.text or status == 413, f"{status} has no way on")
            check(re.search(r'href="/[a-z]{2}/"', answer.text), f"{status} has no way on")
            equal(len(re.findall("<h1", answer.text)), 1)
            check('content="noindex"' in answer.text, "search engines")
        check(int(answers[429].headers["Retry-After"]) > 0, "Retry-After")


def test_budgets():
    """No page of any language is over 14 KiB compressed or needs more than two files; the stylesheet is 6 KiB."""
    with Site() as site:
        own, number = signed(site, **ILO)
        waiting = site.request(f"/en/{SLUG}/sign", data=site.form(**ILO, step="check"))
        refused = site.request(f"/en/{SLUG}/sign", data=site.form(**ILO, email=""))
        pages = {"own": site.request(own).body, "check": waiting.body, "refused": refused.body}
        for code in (code for code in languages(site) if code != "x"):
            for path in ("", SLUG, f"{SLUG}/signatories", f"{SLUG}/sign", f"{SLUG}/sign?country=KZ", f"{SLUG}/sent",
                         f"{SLUG}/mail", f"{SLUG}/mailed", f"{SLUG}/withdrawn", f"{SLUG}/code", "privacy",
                         "accessibility", "mail", f"{SLUG}/receipt?number={number}", "nothing/here"):
                answer = site.request(f"/{code}/{path}", headers={"Accept-Encoding": "gzip"})
                is_packed = answer.headers["Content-Encoding"] == "gzip"
                pages[f"/{code}/{path}"] = gzip.decompress(answer.body) if is_packed else answer.body
                check(len(answer.body) <= 14 * 1024, f"/{code}/{path} has {len(answer.body)} bytes")
        for path, page in pages.items():
            size = len(gzip.compress(page))
            check(size <= 14 * 1024, f"{path} has {size} bytes compressed")
            files = set(re.findall(r'<(?:img|link rel="(?:stylesheet|icon)"[^>]*)[^>]* (?:src|href)="([^"]+)"', page.decode()))
            check(len(files) <= 2 and all(name.startswith("/static/") for name in files), f"{path} needs {files}")
        style = re.search(r'rel="stylesheet" href="([^"]+)"', pages["own"].decode()).group(1)
        answer = site.request(style, headers={"Accept-Encoding": "gzip"})
        equal(answer.status, 200)
        size = len(answer.body)
        check(size <= 6 * 1024, f"the stylesheet has {size} bytes")


main([value for name, value in list(globals().items()) if name.startswith("test_")])

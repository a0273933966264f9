# SPDX-License-Identifier: AGPL-3.0-or-later
"""The site as a client sees it: every address, its status, its header fields and what stands on it."""

import gzip
import hashlib
import html
import os
import re
import shutil
import socket
import sqlite3
import sys

sys.path.insert(0, os.path.join(os.path.dirname(__file__), "..", "lib"))
from realsite import TOP, Site, body, link, main, wait_until  # noqa: E402

SLUG = "ardenia-oil-strike"  # it asks for the block for the ILO
OTHER = "ardenia-unions-law"  # it does not
FORM = {"Content-Type": "application/x-www-form-urlencoded"}
MARKUP = "\"><script>alert('x')</script><b a='&amp;"


def visible(page):
    """The page's text, without tags."""
    return html.unescape(re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", page)))


def shown(page):
    """What a browser would show, blanks kept."""
    return html.unescape(re.sub(r"<[^>]+>", "", page))


def check(condition, told):
    if not condition:
        raise AssertionError(told)


def equal(got, wanted):
    check(got == wanted, f"{got!r} is not {wanted!r}")


def approve_all(site):
    for signature in site.json("queue"):
        site.run("signature", "approve", signature["id"])


def languages(site):
    return re.findall(r'hreflang="([a-z]+)"', site.request("/en/").text.split("</head>")[0])


def test_every_page():
    """Every address answers, in every language, with its fields."""
    with Site() as site:
        spoken = languages(site)
        check({"en", "ru", "fr", "es"} <= set(spoken), spoken)
        for language in spoken:
            for path in ("", SLUG, f"{SLUG}/signatories", f"{SLUG}/sign", f"{SLUG}/sent", f"{SLUG}/code", "privacy"):
                answer = site.request(f"/{language}/{path}")
                equal(answer.status, 200)
                equal(answer.headers["Content-Type"], "text/html; charset=utf-8")
                equal(answer.headers["Content-Language"], language)
                equal(answer.headers["X-Content-Type-Options"], "nosniff")
                check("default-src 'none'" in answer.headers["Content-Security-Policy"], "policy")
                check("frame-ancestors 'none'" in answer.headers["Content-Security-Policy"], "policy")
                equal(answer.headers["Set-Cookie"], None)
                equal(answer.headers["Strict-Transport-Security"], None)  # this is plain HTTP
                check(f'<html lang="{language}"' in answer.text, "lang")
                equal(len(re.findall(r"<h1", answer.text)), 1)
                check("<script" not in answer.text, "a script")
                page = re.sub(r'<link rel="alternate"[^>]*>', "", answer.text)
                equal(re.findall(r'(?:src|href|action)="(?:https?:)?//', page), [])
                head = site.request(f"/{language}/{path}", method="HEAD")
                equal((head.status, head.body), (200, b""))
                if not path.endswith("/sign"):  # there each copy has its nonce
                    equal(head.headers["Content-Length"], str(len(answer.body)))


def test_root_and_slashes():
    """"/" goes by Accept-Language; a slash too many or too few is put right."""
    with Site() as site:
        for accept, wanted in (("en", "/en/"), ("fr;q=0.4, es;q=0.9", "/es/"), ("xx", "/ru/"), ("", "/ru/"),
                               (";;,=q=,en;q=zz" + "," * 3000, "/ru/")):
            answer = site.request("/", headers={"Accept-Language": accept})
            equal(answer.status, 302)
            check(answer.headers["Location"] in (wanted, "/en/") if "zz" in accept
                  else answer.headers["Location"] == wanted, (accept, answer.headers["Location"]))
            equal(answer.headers["Vary"], "Accept-Language")
        for path, wanted in (("/ru", "/ru/"), (f"/ru/{SLUG}/", f"/ru/{SLUG}")):
            answer = site.request(path)
            equal((answer.status, answer.headers["Location"]), (308, wanted))


def test_not_found():
    """What is not there is a page in the language of the address, with a way on."""
    with Site() as site:
        for path in ("/xx/", "/ru/no-such-appeal", f"/ru/{SLUG}/nothing", "/ru/no-such-appeal/sign", "/ru/%2e%2e/sign",
                     f"/ru/{SLUG}/signatories?page=2", f"/ru/{SLUG}/signatories?page=-1",
                     f"/ru/{SLUG}/signatories?page=999999", f"/ru/{SLUG}/signatories?page=99999999999999999999",
                     f"/ru/{SLUG}/signatories?page=", f"/ru/{SLUG}/signatories?page=0", f"/ru/{SLUG}/signatories?page=1x",
                     f"/ru/{SLUG}/signatories?page=%zz", f"/ru/{SLUG}/letter.pdf", f"/xx/{SLUG}/letter.pdf",
                     "/ru/no-such-appeal/letter.pdf", f"/r%2fu/{SLUG}/letter.pdf", "/static/style.css",
                     "/c/short", "/c/" + "A" * 32, f"/ru/{SLUG}/receipt?number=abc", f"/ru/{SLUG}/receipt",
                     "/ru/" + "x" * 3000):
            answer = site.request(path, headers={"Accept-Language": "ru"})
            equal((path, answer.status), (path, 404))
            equal(answer.headers["Content-Language"], "ru")
            check('href="/ru/"' in answer.text, "no way on")
        equal(site.request("/en/nothing", headers={"Accept-Language": "ru"}).headers["Content-Language"], "en")


def test_methods():
    """OPTIONS tells, other methods are refused with Allow."""
    with Site() as site:
        answer = site.request(f"/ru/{SLUG}/sign", method="OPTIONS")
        equal((answer.status, answer.headers["Allow"]), (204, "GET, HEAD, OPTIONS, POST"))
        for path, allowed in ((f"/ru/{SLUG}", "GET, HEAD, OPTIONS"), ("/ru/", "GET, HEAD, OPTIONS"),
                              (f"/ru/{SLUG}/code", "GET, HEAD, OPTIONS, POST")):
            answer = site.request(path, method="DELETE")
            equal((answer.status, answer.headers["Allow"]), (405, allowed))
        equal(site.request(f"/ru/{SLUG}", data=b"a=b", headers=FORM).status, 405)


def test_encodings_and_conditions():
    """Public pages come compressed, with a tag for each encoding; a page that is known is a 304."""
    with Site() as site:
        path = f"/ru/{SLUG}"
        plain = site.request(path)
        equal(plain.headers["Content-Encoding"], None)
        equal(plain.headers["Vary"], "Accept-Encoding")
        equal(plain.headers["Cache-Control"], "no-cache")
        packed = site.request(path, headers={"Accept-Encoding": "gzip"})
        equal(packed.headers["Content-Encoding"], "gzip")
        equal(gzip.decompress(packed.body), plain.body)
        brotli = site.request(path, headers={"Accept-Encoding": "gzip, deflate, br"})
        equal(brotli.headers["Content-Encoding"], "br")
        tags = {answer.headers["ETag"] for answer in (plain, packed, brotli)}
        equal(len(tags), 3)
        for answer, accept in ((plain, "identity"), (packed, "gzip"), (brotli, "br")):
            again = site.request(path, headers={"Accept-Encoding": accept, "If-None-Match": answer.headers["ETag"]})
            equal((again.status, again.body, again.headers["ETag"]), (304, b"", answer.headers["ETag"]))
        equal(site.request(path, headers={"If-None-Match": '"other"'}).status, 200)
        form = site.request(path + "/sign", headers={"Accept-Encoding": "gzip"})
        equal(form.headers["Cache-Control"], "private, no-cache")
        check(b'name="nonce"' in gzip.decompress(form.body), "the form's nonce")


def test_budgets():
    """Pages are at most 14 KiB compressed, the stylesheet 6 KiB, kept for ever under its name."""
    with Site() as site:
        for path in ("/ru/", f"/ru/{SLUG}", f"/ru/{SLUG}/sign", "/ru/privacy"):
            size = len(site.request(path, headers={"Accept-Encoding": "gzip"}).body)
            check(size <= 14 * 1024, f"{path} has {size} bytes")
        page = site.request("/ru/").text
        files = re.findall(r'(?:href|src)="(/static/[^"]+)"', page)
        equal(len(files), 2)
        for name in files:
            answer = site.request(name, headers={"Accept-Encoding": "gzip"})
            equal(answer.status, 200)
            check(len(answer.body) <= 6 * 1024, name)
            check("immutable" in answer.headers["Cache-Control"], name)
        equal(site.request("/robots.txt").headers["Content-Type"], "text/plain; charset=utf-8")


def test_nonces_differ():
    """Each copy of the form has its own nonce; the same one signs once."""
    with Site() as site:
        pages = [site.request(f"/ru/{SLUG}/sign").text for _ in range(3)]
        nonces = [re.search(r'name="nonce" value="([0-9a-f]{32})"', page).group(1) for page in pages]
        equal(len(set(nonces)), 3)
        equal(len({page.replace(nonce, "") for page, nonce in zip(pages, nonces)}), 1)
        for _ in range(2):
            equal(site.sign(SLUG, nonce=nonces[0]).status, 303)
        site.sign(SLUG, organisation="Another union")
        equal(len(site.mails(2)), 2)


def test_refused_form():
    """A refused form is a 422 that says what to do beside each field and keeps everything typed."""
    with Site() as site:
        typed = {name: f"{name} {MARKUP}" for name in
                 ("town", "affiliation", "members", "representative", "capacity", "email")}
        typed["organisation_latin"] = "Кириллица " + MARKUP
        answer = site.sign(SLUG, "en", **typed, organisation=MARKUP + "\u202e", kind="nonsense", country="ZZ",
                           visibility="nobody", consent=None)
        equal(answer.status, 422)
        equal(answer.headers["Cache-Control"], "no-store")
        equal(answer.headers["Content-Encoding"], None)
        equal(answer.headers["ETag"], None)
        page = answer.text
        check("<title>Error: " in page, "the title")
        check("<script" not in page, "markup got through")
        for name, value in typed.items():
            found = re.search(rf'<input id="{name}"[^>]* value="([^"]*)"', page)
            equal(html.unescape(found.group(1)), value)
        for name in ("organisation", "organisation_latin", "kind", "country", "members", "email", "consent"):
            check(f'id="{name}-problem"' in page, f"{name} is not told")
            check(f'href="/en/{SLUG}/sign#{name}"' in page, f"{name} is not in the summary")
            check(re.search(rf'<(?:input|select)[^>]*id="{name}"[^>]*aria-invalid="true"', page), f"{name} aria")
        check(f'href="/en/{SLUG}/sign#visibility-public"' in page, "visibility is not in the summary")
        equal(site.mails(), [])
        check("Ошибка: " in site.sign(SLUG, "ru", email="").text, "it is in the page's language")


def test_long_values():
    """A value that is far too long is told so beside its field, and comes back whole."""
    with Site() as site:
        for name in ("organisation", "representative", "town", "legal_name", "mandate_date"):
            for length in (4097, 50000):
                answer = site.sign(SLUG, "en", **{name: "x" * length})
                equal((name, length, answer.status), (name, length, 422))
                check(f'id="{name}-problem"' in answer.text, f"{name} is not told")
                check(f'value="{"x" * length}"' in answer.text, f"{name} is not kept")
                check('value="office@primer.example"' in answer.text, "the others are kept")
        equal(site.sign(SLUG, "en", country="x" * 5000, kind="x" * 5000, visibility="x" * 5000, consent="x" * 5000).status, 422)
        equal(site.sign(SLUG, "en", organisation="x" * 70000).status, 413)


def test_errors_of_the_server_itself():
    """What no page answers is told in the address's language, else in one that the browser asks for."""
    with Site() as site:
        token = "/w/" + "A" * 32 + "/logo"
        for path, accept, said in ((token, "en", "en"), (token, "xx, kk;q=0.5, en;q=0.8", "en"), (token, None, "ru"),
                                   (f"/ru/{SLUG}/sign", "en", "ru"), (f"/en/{SLUG}/sign", "ru", "en")):
            headers = {"Content-Type": "application/x-www-form-urlencoded"}
            if accept:
                headers["Accept-Language"] = accept
            answer = site.request(path, data=b"x" * 300_000, headers=headers)
            equal((path, accept, answer.status), (path, accept, 413))
            check(f'<html lang="{said}"' in answer.text, f"{path} for {accept} is not in {said}")


ILO = {"legal_name": "Legalname " + MARKUP, "address": "Secretquay 12", "coverage": "The oil region",
       "registration": "refused", "mandate": "Congress", "mandate_date": "14.03.2026", "members_date": "2026-01-01"}


def test_ilo_block():
    """The block for the ILO: only where it is asked for, kept when refused, shown before the button, and then nowhere."""
    with Site() as site:
        check("legal_name" in site.request(f"/en/{SLUG}/sign").text, "the block is missing")
        check("legal_name" not in site.request(f"/en/{OTHER}/sign").text, "a block that nobody asked for")
        answer = site.sign(SLUG, "en", **{**ILO, "mandate_date": "2026-02-30", "members_date": "2999-01-01", "registration": "no"})
        equal(answer.status, 422)
        for name in ("mandate_date", "members_date", "registration"):
            check(f'id="{name}-problem"' in answer.text, f"{name} is not told")
            check(f'href="/en/{SLUG}/sign#{name}"' in answer.text, f"{name} is not in the summary")
        for name in ("legal_name", "address", "coverage", "mandate"):
            found = re.search(rf'<input id="{name}"[^>]* value="([^"]*)"', answer.text)
            equal(html.unescape(found.group(1)), ILO[name])
        check('value="2026-02-30"' in answer.text, "the day is kept as typed")
        equal(site.sign(SLUG, "en", **ILO).status, 303)
        message = site.mails(1)[0]
        check("Secretquay" not in body(message), "the mail holds it")
        page = site.request(link(message))
        check("<script" not in page.text, "markup got through")
        for what in ("Legalname " + MARKUP, "Secretquay 12", "registration was refused", "14 March 2026", "1 January 2026"):
            check(what in shown(page.text), f"{what} is missing")
        equal(site.confirm(message).status, 303)
        approve_all(site)
        wait_until(lambda: "1 organisation" in site.request(f"/en/{SLUG}").text, 5)
        places = [site.request(path).text for path in (f"/en/{SLUG}", f"/en/{SLUG}/signatories", "/en/", link(message))]
        places += [site.run("signature", "show", site.json("signature", "list", SLUG)[0]["id"]).stdout,
                   site.run("export", "csv", SLUG).stdout] + [m.as_string() + body(m) for m in site.mails(2)]
        for place in places:
            for what in ("Legalname", "Secretquay", "The oil region", "Congress"):
                check(what not in place, f"{what} stands in\n{place}")
        check(site.json("check", "counts") is not None, "check counts")
        # Where nobody asked, and from who is only counted, it is not even looked at.
        equal(site.sign(OTHER, "en", **{**ILO, "mandate_date": "nonsense"}, email="b@union.example").status, 303)
        equal(site.sign(SLUG, "en", **{**ILO, "mandate_date": "nonsense"}, visibility="counted", email="c@union.example").status, 303)
        for message in site.mails(4)[2:]:
            check("Secretquay" not in site.request(link(message)).text, "it was kept")


def signed(site, count=3):
    """Signatures that are listed and shown; their numbers by name."""
    for number in range(count):
        site.sign(SLUG, "en", organisation=f"Union-{number}", email=f"a{number}@union.example")
        site.confirm(site.mails(number + 1)[number])
    approve_all(site)
    return {row["organisation"]: row["id"] for row in site.json("signature", "list", SLUG)}


def publish(site, language="ru"):
    """Puts the letter on the page; its bytes."""
    path = os.path.join(site.folder, f"letter-{language}.pdf")
    site.run("export", "letter", SLUG, "--lang", language, "--publish", "-o", path)
    with open(path, "rb") as f:
        return f.read()


def test_letter_file():
    """A published letter is served as it was published, with its tag; who is taken off takes it off at once."""
    with Site() as site:
        numbers = signed(site)
        path = f"/ru/{SLUG}/letter.pdf"
        equal(site.request(path).status, 404)
        check("letter.pdf" not in site.request(f"/ru/{SLUG}").text, "a link to nothing")
        bytes_ = publish(site)
        answer = wait_until(lambda: (lambda a: a if a.status == 200 else None)(site.request(path)), 5)
        equal(answer.body, bytes_)
        for name, value in (("Content-Type", "application/pdf"), ("Cache-Control", "no-cache"), ("Content-Language", "ru"),
                            ("Content-Disposition", f'inline; filename="{SLUG}-ru.pdf"'), ("X-Robots-Tag", "noarchive"),
                            ("Referrer-Policy", "no-referrer"), ("X-Content-Type-Options", "nosniff"),
                            ("Content-Encoding", None), ("Content-Length", str(len(bytes_)))):
            equal((name, answer.headers[name]), (name, value))
        equal(answer.headers["ETag"], f'"{hashlib.sha256(bytes_).hexdigest()}"')
        head = site.request(path, method="HEAD")
        equal((head.status, head.body, head.headers["Content-Length"]), (200, b"", str(len(bytes_))))
        again = site.request(path, headers={"If-None-Match": answer.headers["ETag"], "Accept-Encoding": "gzip, br"})
        equal((again.status, again.body, again.headers["ETag"]), (304, b"", answer.headers["ETag"]))
        equal(site.request(path, headers={"If-None-Match": '"other"'}).body, bytes_)
        equal(site.request(path, data=b"a=b", headers=FORM).status, 405)
        equal(site.request(f"/en/{SLUG}/letter.pdf").status, 404)
        page = wait_until(lambda: (lambda text: text if "letter.pdf" in text else None)(site.request(f"/en/{SLUG}").text
                                  if publish(site, "en") else ""), 10)
        found = re.search(rf'<a href="/en/{SLUG}/letter.pdf"[^>]*>([^<]*)</a>', page).group(1)
        check(re.fullmatch(r"The letter with its signatories as PDF \([0-9]+ pages?, [0-9]+ KB\)", found), found)
        # A language without a text offers the letter of the text that it shows.
        check(f'href="/ru/{SLUG}/letter.pdf"' in site.request(f"/fr/{SLUG}").text, "the original's letter")
        # Another signature leaves the letter as it is; its file is not read again.
        site.sign(SLUG, organisation="Union-later", email="later@union.example")
        site.confirm([m for m in site.mails(7) if m["To"] == "later@union.example"][0])
        approve_all(site)
        equal(site.request(path).body, bytes_)
        # A strike takes it off everywhere, also for who has it.
        site.run("signature", "strike", numbers["Union-1"], "--reason", "false")
        for headers in ({}, {"If-None-Match": answer.headers["ETag"]}):
            equal(site.request(path, headers=headers).status, 404)
            equal(site.request(f"/en/{SLUG}/letter.pdf", headers=headers).status, 404)
        check("letter.pdf" not in site.request(f"/ru/{SLUG}").text, "a link to nothing")
        bytes_ = publish(site)
        equal(wait_until(lambda: (lambda a: a if a.status == 200 else None)(site.request(path)), 5).body, bytes_)


def damaged(site):
    """The path of the one published file."""
    folder = os.path.join(site.folder, "letters")
    (name,) = os.listdir(folder)
    return os.path.join(folder, name)


def test_letter_of_an_earlier_text():
    """A new text takes the letter of the one before off its page."""
    with Site(appeals=False) as site:
        folder = os.path.join(site.folder, "appeal")
        shutil.copytree(os.path.join(TOP, "contrib/appeals", SLUG), folder)
        site.publish(folder)
        signed(site, 1)
        publish(site)
        equal(site.request(f"/ru/{SLUG}/letter.pdf").status, 200)
        with open(os.path.join(folder, "ru.md"), "a", encoding="utf-8") as f:
            f.write("\nОдно предложение больше.\n")
        site.run("appeal", "import", folder)
        site.run("appeal", "publish", SLUG, "--yes")
        equal(site.request(f"/ru/{SLUG}/letter.pdf").status, 404)
        check("letter.pdf" not in site.request(f"/ru/{SLUG}").text, "a link to another text's letter")
        check("Одно предложение больше" in site.request(f"/ru/{SLUG}").text, "the new text")


def test_damaged_letter_file():
    """A file that is not what was published is not served, and one that is gone is not there."""
    with Site() as site:
        signed(site, 1)
        bytes_ = publish(site)
        path = damaged(site)
        with open(path, "wb") as f:
            f.write(bytes_[:-1] + bytes([bytes_[-1] ^ 1]))
        equal(site.request(f"/ru/{SLUG}/letter.pdf").status, 500)
        with open(path, "wb") as f:
            f.write(bytes_[:-1])
        equal(site.request(f"/ru/{SLUG}/letter.pdf").status, 500)
        with open(path, "wb") as f:
            f.write(bytes_)
        equal(site.request(f"/ru/{SLUG}/letter.pdf").body, bytes_)
        site.stop()
        os.unlink(path)
        site.start()
        equal(site.request(f"/ru/{SLUG}/letter.pdf").status, 404)


def test_large_letter_file():
    """Many who are being sent a large file share one copy of it, and other pages go on meanwhile."""
    with Site(options={"http": {"connections_per_prefix": 100}}) as site:
        signed(site, 1)
        publish(site)
        path = damaged(site)
        site.stop()
        large = b"%PDF-1.7\n" + os.urandom(30_000_000)
        with open(path, "wb") as f:
            f.write(large)
        with sqlite3.connect(os.path.join(site.folder, "undersign.db")) as store:
            store.execute("UPDATE public_letter SET digest = ?, size = ?", (hashlib.sha256(large).digest(), len(large)))
        store.close()
        new = os.path.join(os.path.dirname(path), re.sub("-[0-9a-f]{8}[.]", f"-{hashlib.sha256(large).hexdigest()[:8]}.",
                                                         os.path.basename(path)))
        os.rename(path, new)
        site.start()
        check(re.search(r"letter.pdf[^<]*31.(MB|МБ)", site.request(f"/ru/{SLUG}").text), "megabytes")
        lines = []
        for _ in range(40):
            line = socket.create_connection(("127.0.0.1", site.port))
            line.sendall(f"GET /ru/{SLUG}/letter.pdf HTTP/1.1\r\nHost: {site.url[7:]}\r\n\r\n".encode())
            lines.append(line)
        heads = [line.recv(100) for line in lines]
        check(all(head.startswith(b"HTTP/1.1 200 ") for head in heads), heads)
        equal(site.request(f"/ru/{SLUG}").status, 200)
        with open(f"/proc/{site.process.pid}/status", encoding="ascii") as f:
            held = int(re.search(r"VmHWM:\s+(\d+)", f.read()).group(1))
        check(held < 150_000, f"{held} KiB for 40 readers of 30 MB")
        got = heads[0]
        while len(got) < len(large):
            got += lines[0].recv(1 << 20)
        check(got.split(b"\r\n\r\n", 1)[1][:1000] == large[:1000] and got.endswith(large[-1000:]), "the bytes")
        for line in lines:
            line.close()
        equal(site.request(f"/ru/{SLUG}/letter.pdf").body, large)


def test_timeline():
    """What became of the letter stands on its page once there is more than the opening."""
    with Site() as site:
        signed(site)
        check('id="happened"' not in site.request(f"/en/{SLUG}").text, "nothing has happened")
        site.run("export", "letter", SLUG, "--to", "president", "-o", os.path.join(site.folder, "p.pdf"))
        check('id="happened"' not in site.request(f"/en/{SLUG}").text, "what was drawn was not delivered")
        site.run("delivery", "record", SLUG, "--edition", "1", "--how", "registered", "--reference", "RR 123",
                 "--note", "Secretnote", "--yes")
        site.run("delivery", "respond", SLUG, "--edition", "1", "--note", "Secretanswer", "--yes")
        page = wait_until(lambda: (lambda text: text if "An answer came from:" in text else None)
                          (site.request(f"/en/{SLUG}").text), 5)
        text = visible(page[page.index('id="happened"'):])
        at = 0
        for part in ("Opened for signatures", "The letter with 3 organisations was delivered to:",
                     "President of the Republic of Ardenia", "An answer came from:",
                     "President of the Republic of Ardenia", "Who has signed"):
            found = text.find(part, at)
            check(found >= 0, f"{part} is missing or too early in {text[:600]}")
            at = found + len(part)
        for part in ("Secretnote", "Secretanswer", "RR 123"):
            check(part not in page, f"{part} is on the page")


def test_choices_are_kept():
    """What was chosen comes back chosen."""
    with Site() as site:
        page = site.sign(SLUG, "en", email="", country="FR", kind="branch", visibility="international").text
        check('<option value="FR" selected>' in page, "country")
        check('<option value="branch" selected>' in page, "kind")
        check(re.search(r'value="international"[^>]* checked', page), "visibility")
        check(re.search(r'name="consent"[^>]* checked', page), "consent")


def test_foreign_forms():
    """A form from elsewhere is refused; a program that says nothing may sign."""
    with Site() as site:
        path = f"/ru/{SLUG}/sign"
        for origin in ("http://evil.example", "null", site.url + ".evil.example", site.url[:-1], "http://"):
            answer = site.request(path, data=site.form(), headers={"Origin": origin})
            equal((origin, answer.status), (origin, 403))
        answer = site.request(path, data=b"{}", headers={"Content-Type": "application/json"})
        equal(answer.status, 415)
        answer = site.request(path, data=b"email=a%40b.example&email=c%40d.example", headers=FORM)
        equal(answer.status, 400)
        answer = site.request(path, data=b"email=%zz", headers=FORM)
        equal(answer.status, 400)
        equal(site.request(path, data=site.form(), headers={"Origin": site.url}).status, 303)
        answer = site.request(path, data=site.form(), headers={"Origin": "http://onion.example", "Host": "onion.example"})
        equal(answer.status, 303)


def test_same_answer_for_known_mailbox():
    """A new mailbox and one that signed get the same answer, byte for byte."""
    with Site() as site:
        answers = []
        for number in range(2):
            answers.append(site.sign(SLUG))
            message = site.mails(number + 1)[number]
            if number == 0:
                equal(site.confirm(message).status, 303)
        answers.append(site.sign(SLUG, email="quite@new.example"))
        heads = [[(name, value) for name, value in answer.headers.items() if name != "Date"] for answer in answers]
        equal(heads[0], heads[1])
        equal(heads[0], heads[2])
        equal({answer.body for answer in answers}, {b""})
        equal({answer.status for answer in answers}, {303})


def test_confirmation():
    """Opening the link changes nothing, however often; the button confirms; the receipt stays."""
    with Site() as site:
        equal(site.sign(SLUG, "en", organisation=MARKUP + " Union", town=MARKUP, representative=MARKUP + "Ann").status, 303)
        path = link(site.mails(1)[0])
        for method in ["GET", "HEAD"] * 25:
            answer = site.request(path, method=method)
            equal(answer.status, 200)
            equal(answer.headers["Cache-Control"], "no-store")
            equal(answer.headers["Referrer-Policy"], "no-referrer")
        equal(site.json("queue"), [])
        page = site.request(path, headers={"Accept-Encoding": "gzip, br"})
        equal(page.headers["Content-Encoding"], None)
        check("<script" not in page.text, "markup got through")
        for what in (MARKUP + " Union", MARKUP + "Ann", "On the persecution", "Release the members"):
            check(what in shown(page.text), f"{what} is missing")
        check("Nothing has been signed yet" in page.text, "the page says where one is")
        equal(page.headers["Content-Language"], "en")
        # Browsers say "null" under this page's referrer policy; a foreign site is refused all the same.
        equal(site.request(path, data=b"", headers={**FORM, "Origin": "http://evil.example"}).status, 403)
        answer = site.request(path, data=b"", headers={**FORM, "Origin": "null"})
        equal((answer.status, answer.headers["Location"]), (303, path))
        equal(len(site.json("queue")), 1)
        receipt = site.request(path)
        equal(receipt.status, 200)
        number = site.json("queue")[0]["id"]
        check(number in receipt.text, "the receipt has the number")
        check("<button" not in receipt.text, "nothing more to press")
        equal(site.request(path, data=b"", headers=FORM).status, 303)
        equal(len(site.json("queue")), 1)
        equal(site.request(path[:-1] + ("A" if path[-1] != "A" else "B")).status, 404)


def test_high_risk_is_warned():
    """What a government would see, from a country marked high-risk, is warned of before it is confirmed; the rest is not."""
    with Site() as site:
        slug = SLUG
        warned = {}
        for number, (country, visibility) in enumerate((("KZ", "public"), ("KZ", "recipients"), ("GB", "public"))):
            site.sign(slug, country=country, visibility=visibility, email=f"o{number}@union.example")
        for message in site.mails(3):
            warned[message["To"]] = "?country=KZ" in site.request(link(message)).text
        assert warned == {"o0@union.example": True, "o1@union.example": True, "o2@union.example": False}, warned


def test_code():
    """The typed code confirms too; a wrong one and an unknown mailbox get one answer."""
    with Site() as site:
        site.sign(SLUG, "en")
        text = body(site.mails(1)[0])
        code = re.search(r"^\s*([0-9A-Z]{5}[- ]?[0-9A-Z]{5})\s*$", text, re.M).group(1)
        path = f"/en/{SLUG}/code"
        refused = [site.request(path, data={"email": email, "code": typed}) for email, typed in
                   (("office@primer.example", "00000-00000"), ("nobody@primer.example", code), ("", ""), (MARKUP, MARKUP))]
        equal([answer.status for answer in refused], [422] * 4)
        plain = [re.sub(r'value="[^"]*"', "", answer.text) for answer in refused]
        equal(len(set(plain)), 1)
        check("<script" not in refused[3].text, "markup got through")
        check("Error: " in refused[0].text, "the title")
        answer = site.request(path, data={"email": "office@primer.example", "code": code.lower()})
        equal(answer.status, 303)
        receipt = site.request(answer.headers["Location"])
        equal(receipt.status, 200)
        check(site.json("queue")[0]["id"] in receipt.text, "the number")
        check("Пример" not in receipt.text, "the receipt by number names nobody")


def test_listing():
    """A decision shows at once where it takes away, within a second where it adds; markup stays text."""
    with Site() as site:
        site.sign(SLUG, organisation=MARKUP + "Quagga", representative=MARKUP + "Person", capacity=MARKUP + "Cap", town=MARKUP)
        site.confirm(site.mails(1)[0])
        check("Quagga" not in site.request(f"/en/{SLUG}").text, "it waits for a moderator")
        approve_all(site)
        page = wait_until(lambda: (lambda text: text if "1 organisation in 1 country" in text else None)
                          (site.request(f"/en/{SLUG}").text), 5)
        check("<script" not in page, "markup got through")
        for what in ("Quagga", "Person", "Cap"):
            check(MARKUP + what in shown(page), f"{what} is not whole")
        check("1 organisation." in site.request("/en/").text, "the list of appeals counts too")
        number = site.json("signature", "list", SLUG)[0]["id"]
        equal(site.request(f"/en/{SLUG}/receipt?number={number}").status, 200)
        site.run("signature", "strike", number, "--reason", "false")
        # Its number was public: what became of it is nobody's to ask.
        equal(site.request(f"/en/{SLUG}/receipt?number={number}").status, 404)
        for path in (f"/en/{SLUG}", f"/en/{SLUG}/signatories"):
            check("Quagga" not in site.request(path).text, f"{path} still shows it")


def test_visibility():
    """The page shows what each signatory chose."""
    with Site() as site:
        for number, choice in enumerate(("public", "organisation", "recipients", "international", "counted")):
            site.sign(SLUG, organisation=f"Org-{choice}", representative=f"Person-{choice}", email=f"a{number}@union.example",
                      visibility=choice)
            site.confirm(site.mails(number + 1)[number])
        approve_all(site)
        page = wait_until(lambda: (lambda text: text if "5 organisations" in text else None)
                          (site.request(f"/en/{SLUG}/signatories").text), 5)
        equal(sorted(re.findall(r"Org-([a-z]+)", page)), ["organisation", "public"])
        equal(re.findall(r"Person-([a-z]+)", page), ["public"])
        check("3 more organisations have signed" in page, "the others are counted")


def test_limits():
    """Too many tries from one network are told when to come back."""
    with Site(options={"limits": {"submissions_per_hour": 2, "codes_per_hour": 2}}) as site:
        for _ in range(3):
            equal(site.sign(SLUG, email="").status, 422)  # what is refused costs nothing
        equal([site.sign(SLUG).status for _ in range(3)], [303, 303, 429])
        answer = site.sign(SLUG)
        check(int(answer.headers["Retry-After"]) > 0, "Retry-After")
        path = f"/ru/{SLUG}/code"
        equal([site.request(path, data={"email": "a", "code": "b"}).status for _ in range(3)], [422, 422, 429])
        equal(site.request(f"/ru/{SLUG}").status, 200)


def test_original_language():
    """A text without a translation is shown in its original language, and says so."""
    with Site() as site:
        page = site.request(f"/es/{SLUG}").text
        check('lang="es"' in page and re.search(r'<article class="letter" lang="ru"', page), "languages")
        check('class="note"' in page, "it is marked")
        check('class="note"' not in site.request(f"/ru/{SLUG}").text, "the original is not")


def test_order_of_the_letter():
    """The document's parts stand as on paper."""
    with Site() as site:
        text = visible(site.request(f"/ru/{SLUG}").text)
        at = 0
        for part in ("Northern Bureau", "СЕВЕРНОЕ БЮРО", "от 30.10.2026 № 14-26", "Заявление", "О преследовании",
                     "С 14 сентября", "Освободить", "Вернуть", "Начать переговоры", "Отменить", "Директор", "В. П. Северина",
                     "Адресаты", "Президент Республики Ардения", "Кто подписал"):
            found = text.find(part, at)
            check(found >= 0, f"{part} is missing or too early")
            at = found + len(part)


def test_countries_in_the_language():
    """Countries are sorted in the page's language, organisations within them too."""
    with Site() as site:
        for number, (name, country) in enumerate((("Яблоко", "AT"), ("Арбуз", "AT"), ("Zeta", "DE"), ("Alpha", "DE"), ("X", "GB"))):
            site.sign(SLUG, organisation=name, country=country, email=f"a{number}@union.example")
            site.confirm(site.mails(number + 1)[number])
        approve_all(site)
        wait_until(lambda: "5 " in visible(site.request(f"/ru/{SLUG}").text), 5)
        for language, wanted in (("ru", ["Австрия", "Великобритания", "Германия"]), ("en", ["Austria", "Germany", "United Kingdom"])):
            page = site.request(f"/{language}/{SLUG}").text
            equal(re.findall(r"<h3>([^<]+)</h3>", page), wanted)
            equal(re.findall(r'class="organisation"><bdi>([^<]+)', page)[:2], ["Арбуз", "Яблоко"])


main([value for name, value in list(globals().items()) if name.startswith("test_")])

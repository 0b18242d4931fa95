"""Who is let in, and what a page may do."""

from __future__ import annotations

from html.parser import HTMLParser

import pytest

from pipeline import errors
from pipeline.review.decisions import FILE
from pipeline.review.web.security import Door
from pipeline.review.web.serving import Place, check
from pipeline.workspace import Workspace
from tests.review.web.consultation import ADDRESS, QUESTION, Client, answer_id

PAGES = (
    "/", "/file/marge", "/file/hasard", "/file/sans-theme", "/file/double", "/conflits", "/double-codage", "/journal",
    "/aide", f"/questions/{QUESTION}", f"/questions/{QUESTION}/paires", "/themes/t-post", "/paires/t-health/t-care",
    f"/reponse/{answer_id(4)}", f"/reponse/{answer_id(6)}", "/organisations?q=caf", "/organisations/o-caf",
    "/plan-de-codage.csv", "/plan-de-codage.md",
)  # fmt: skip


class _Seen(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.labels: set[str | None] = set()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))


@pytest.mark.parametrize("path", PAGES)
def test_nothing_is_shown_without_the_token(workspace: Workspace, path: str) -> None:
    stranger = Client(workspace, name=None)
    assert stranger.get(path).status_code == 403
    assert stranger.get("/entrer?jeton=faux").status_code == 403
    assert stranger.get("/entrer").status_code == 403
    stranger.http.cookies.set("doleances_8765", "faux", domain="127.0.0.1")
    assert stranger.get(path).status_code == 403


def test_the_token_gives_a_cookie_that_scripts_and_other_sites_cannot_use(workspace: Workspace) -> None:
    client = Client(workspace, name=None)
    answer = client.get(f"/entrer?jeton={client.door.token}", follow=False)
    cookie = answer.headers["set-cookie"]
    assert "HttpOnly" in cookie and "SameSite=strict" in cookie
    assert client.door.token not in cookie
    assert client.get("/").url.path == "/nom"  # a name is asked for first


@pytest.mark.parametrize("host", ["evil.example", "evil.example:8765", "127.0.0.1.evil.example", "192.0.2.1", ""])
def test_a_name_that_only_leads_here_is_turned_away(client: Client, host: str) -> None:
    assert client.get("/", headers={"host": host}).status_code == 421


@pytest.mark.parametrize("host", ["localhost:8765", "127.0.0.1", "[::1]:8765", "LOCALHOST"])
def test_the_names_of_this_machine_are_known(host: str) -> None:
    assert Door("127.0.0.1").knows(host)


def test_open_to_other_machines_an_address_is_known_and_a_foreign_name_is_not() -> None:
    door = Door("0.0.0.0", password="secret-secret")
    assert door.knows("192.0.2.1:80") and not door.knows("evil.example")
    assert Door("relecture.example", password="secret-secret").knows("relecture.example:80")


@pytest.mark.parametrize("origin", ["http://evil.example", "null", "", "http://127.0.0.1:1", "https://127.0.0.1"])
def test_a_form_of_another_site_is_refused(client: Client, origin: str) -> None:
    answer = client.post(
        "/decider", headers={"origin": origin}, reponse=answer_id(1), file="", avant="t-health", theme="t-health"
    )
    assert answer.status_code == 403
    assert not (client.site.workspace.path / FILE).exists()


@pytest.mark.parametrize("csrf", ["", "faux"])
def test_a_form_without_what_its_page_gave_it_is_refused(client: Client, csrf: str) -> None:
    assert client.post("/decider", csrf=csrf, reponse=answer_id(1), theme="t-health").status_code == 403
    assert client.post("/annuler", csrf=csrf).status_code == 403
    other = client.door.enter("Autre")
    assert client.post("/decider", csrf=client.door.sessions[other].csrf + "x", reponse="").status_code == 403
    assert not (client.site.workspace.path / FILE).exists()


def test_other_methods_and_other_kinds_of_bodies_are_refused(client: Client) -> None:
    assert client.loop.run_until_complete(client.http.put("/")).status_code == 405
    sent = client.http.post("/decider", json={"csrf": client.csrf}, headers={"origin": ADDRESS})
    assert client.loop.run_until_complete(sent).status_code == 415
    assert client.post("/decider", reponse="x" * 2_100_000).status_code == 413


@pytest.mark.parametrize("path", [*PAGES, "/static/review.css", "/static/review.js", "/rien", "/entrer?jeton=faux"])
def test_every_answer_carries_the_headers(client: Client, path: str) -> None:
    headers = client.get(path).headers
    policy = headers["content-security-policy"]
    assert "default-src 'none'" in policy and "frame-ancestors 'none'" in policy and "unsafe" not in policy
    assert headers["x-content-type-options"] == "nosniff"
    assert headers["cache-control"] == "no-store"
    assert headers["x-frame-options"] == "DENY"


@pytest.mark.parametrize("path", [path for path in PAGES if "codage." not in path])
def test_pages_hold_no_script_style_or_address_that_the_policy_would_stop(client: Client, path: str) -> None:
    answer = client.get(path)
    assert answer.status_code == 200
    seen = _Seen()
    seen.feed(answer.text)
    for tag, attributes in seen.tags:
        assert not [name for name in attributes if name.startswith("on") or name == "style"], tag
        for name in ("src", "href", "action"):
            address = attributes.get(name) or "/"
            assert address.startswith(("/", "#", "data:,")) and not address.startswith("//"), address
    assert all(attributes.get("src") for tag, attributes in seen.tags if tag == "script")


@pytest.mark.parametrize("path", [path for path in PAGES if not path.endswith(".csv")])
def test_what_people_wrote_is_text_and_never_markup(client: Client, path: str) -> None:
    name = "<img src=x onerror=alert(1)>"
    client.post("/nom", nom=name)
    client.post("/themes/t-care/apercu", geste="renommer", label=name)
    client.post("/themes/t-care/appliquer", geste="renommer", label=name)
    client.post("/themes/t-care/dire", geste="noter", note=name)
    client.post("/decider", reponse=answer_id(6), avant="t-post", theme="t-care", dit="themes")
    text = client.get(path).text.replace(r"\<", "")  # as Markdown writes what is no markup
    assert "<script>alert" not in text and "<b>" not in text and "<img" not in text


def test_names_of_private_people_are_masked_and_their_texts_are_whole_in_the_log(client: Client) -> None:
    page = client.get(f"/reponse/{answer_id(4)}").text
    assert "Jeanne Martin" not in page and "[nom]" in page
    client.post("/decider", reponse=answer_id(4), avant="t-post", theme="t-post", dit="themes")
    assert "Jeanne Martin" in (client.site.workspace.path / FILE).read_text(encoding="utf-8")


def test_a_redirection_never_leads_to_another_site(client: Client) -> None:
    client.post("/decider", reponse=answer_id(1), avant="t-health", theme="t-care", dit="themes")
    made = client.site.state.decisions[0].decision_id
    for target in ("//evil.example", "https://evil.example", "/\\evil.example", "javascript:alert(1)"):
        answer = client.post("/annuler", follow=False, decision=made, retour=target)
        assert answer.status_code == 303
        assert answer.headers["location"].startswith("/?")


def test_no_other_interface_without_a_password() -> None:
    check(Place("127.0.0.1"))
    check(Place("::1"))
    check(Place("0.0.0.0", password="huit-lettres"))
    for place in (Place("0.0.0.0"), Place("192.0.2.1", password="court"), Place("::")):
        with pytest.raises(errors.DoleancesError, match="E451"):
            check(place)


def test_with_a_password_the_token_alone_opens_nothing(workspace: Workspace) -> None:
    client = Client(workspace, name=None, host="0.0.0.0", password="huit-lettres")
    token = client.door.token
    assert "password" in client.get(f"/entrer?jeton={token}").text
    assert client.get("/").status_code == 403
    assert not client.door.opens(token) and not client.door.opens("faux", "huit-lettres")
    assert client.post("/entrer", jeton=token, password="huit-lettres").url.path == "/nom"


def test_passwords_cannot_be_tried_without_end() -> None:
    door = Door("0.0.0.0", password="huit-lettres")
    for _ in range(20):
        assert not door.opens(door.token, "essai")
    assert not door.opens(door.token, "huit-lettres")
